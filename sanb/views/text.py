"""The tables of `kubectl get` as text (SEM 12.1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sanb.profiles.profile import Profile
from sanb.values import Obj
from sanb.views import tablewriter

MINIMUM: Final = {"1.10": 10, "1.12": 6}
"""The least width of a column with its padding."""
PADDING: Final = 3


def lines(rows: Sequence[Sequence[str]], profile: Profile) -> str:
    """Rows of cells as kubectl aligns them in this minor."""
    return tablewriter.table(rows, profile.pick(MINIMUM), PADDING)


def cell(value: Any) -> str:
    """One value in a table."""
    if value is None:
        return "<none>"
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return text.split("\n", 1)[0] + "..." if "\n" in text else text


def labels(found: Mapping[str, str] | None) -> str:
    """Labels in one cell."""
    return ",".join(f"{key}={found[key]}" for key in sorted(found)) if found else "<none>"


def rows(
    table: Obj,
    *,
    wide: bool = False,
    headers: bool = True,
    namespaces: bool = False,
    prefix: str = "",
    show_labels: bool = False,
    label_columns: Sequence[str] = (),
) -> list[list[str]]:
    """The cells of a Table body that its reader asked for.

    `namespaces` puts the namespace first, `prefix` goes before names, `label_columns` are keys of labels.
    """
    shown = [number for number, column in enumerate(table["columnDefinitions"]) if wide or not column["priority"]]
    found: list[list[str]] = []
    if headers:
        names = [table["columnDefinitions"][number]["name"].upper() for number in shown]
        more = [key.rpartition("/")[2].upper() for key in label_columns]
        found.append([*(["NAMESPACE"] * namespaces), *names, *more, *(["LABELS"] * show_labels)])
    if not (prefix or label_columns or show_labels):
        found += _plain(table["rows"], shown, namespaces)
        return found
    for row in table["rows"]:
        metadata = row["object"]["metadata"]
        cells = [cell(row["cells"][number]) for number in shown]
        if prefix:
            place = next(i for i, n in enumerate(shown) if table["columnDefinitions"][n]["name"] == "Name")
            cells[place] = f"{prefix}/{cells[place]}"
        own = metadata.get("labels") or {}
        more = [own.get(key, "") for key in label_columns]
        ending = [labels(own)] if show_labels else []
        found.append([*([metadata.get("namespace", "")] if namespaces else []), *cells, *more, *ending])
    return found


def _plain(rows: Sequence[Obj], shown: Sequence[int], namespaces: bool) -> list[list[str]]:
    """The same without anything but the cells, and the namespace."""
    if not shown or not rows:
        return []
    whole = len(shown) == len(rows[0]["cells"])
    found = []
    for row in rows:
        cells = row["cells"] if whole else [row["cells"][number] for number in shown]
        texts = [one if one.__class__ is str and "\n" not in one else cell(one) for one in cells]
        found.append([row["object"]["metadata"].get("namespace", ""), *texts] if namespaces else texts)
    return found
