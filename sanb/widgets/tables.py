"""The frames as rows for the browser, made without pandas."""

from __future__ import annotations

from typing import Any, Final

from sanb.apiserver.resources import RESOURCES
from sanb.errors import UsageError
from sanb.times import rfc3339
from sanb.views.framecolumns import FRAMES, JOURNALS, TIME
from sanb.views.relate import thing_id

MOST: Final = 500
"""Rows that are sent; the newest of a journal."""
SILENT: Final = ("uid",)
"""Columns that nobody reads in a table."""


def names() -> list[str]:
    """The tables that there are."""
    return [*FRAMES, *JOURNALS]


def rows(cp: Any, name: str, namespace: str | None = None) -> dict[str, Any]:
    """Columns, rows with the id of the object that each is about, and how many rows there are in all.

    Raises:
        UsageError: there is no such table.
    """
    if name in FRAMES:
        columns, found, total = _objects(cp, name, namespace)
    elif name in JOURNALS:
        columns, found, total = _journal(cp, name)
    else:
        raise UsageError(f"there is no table {name!r}; there are {', '.join(names())}")
    kept = [place for place, column in enumerate(columns) if column.name not in SILENT]
    times = {place for place, column in enumerate(columns) if column.dtype == TIME}
    shown = [[about, *(_cell(row[place], place in times) for place in kept)] for about, row in found]
    return {"name": name, "columns": [[columns[place].name, columns[place].doc] for place in kept], "rows": shown, "total": total}


def _objects(cp: Any, name: str, namespace: str | None) -> tuple[Any, list[tuple[str, Any]], int]:
    frame = FRAMES[name]
    resource = RESOURCES[frame.resource]
    versions = cp.store.head.scan(frame.resource, namespace if resource.namespaced and namespace else None)
    found: list[tuple[str, Any]] = []
    for version in versions:
        about = thing_id(resource.kind, version.key[1], version.key[2])
        if name == "events":
            about = _about(version.last)
        found += [(about, row) for row in frame.rows(version.last)]
        if len(found) >= MOST:
            break
    total = len(found) if len(found) < MOST else max(len(versions), len(found))
    return frame.columns, found[:MOST], total


def _about(event: Any) -> str:
    subject = event.get("involvedObject") or event.get("regarding") or {}
    return thing_id(subject.get("kind", ""), subject.get("namespace", ""), subject.get("name", ""))


def _journal(cp: Any, name: str) -> tuple[Any, list[tuple[str, Any]], int]:
    journal = JOURNALS[name]
    entries = getattr(cp.world, journal.name)
    start = max(0, len(entries) - MOST)
    found = [(_subject(entry), row) for entry in entries.after(start) for row in journal.rows(entry)]
    return journal.columns, found[::-1], len(entries)


def _subject(entry: Any) -> str:
    request: Any = getattr(entry, "request", None)
    row = RESOURCES.get(request.resource) if request is not None else None
    return thing_id(row.kind, request.namespace, request.name) if row is not None and request.name else ""


def _cell(value: Any, moment: bool) -> Any:
    if moment and isinstance(value, (int, float)):
        return rfc3339(value)
    return value if value is None or isinstance(value, (str, int, float, bool)) else str(value)
