"""Columns that a CustomResourceDefinition adds to tables, and the paths by which they find their values."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Final, NamedTuple

from sanb.apiserver.ages import age
from sanb.apiserver.cells import Cell
from sanb.apiserver.columns import AGE, NAME, Column
from sanb.apiserver.view import View
from sanb.values import Obj

_STEP: Final = re.compile(
    r"""\.?\[\?\(@(?P<left>[^=!<>)]*)\s*(?P<test>==|!=)\s*(?P<right>"[^"]*"|'[^']*'|[^)]*)\)\]"""
    r"""|\.?\[(?P<index>-?\d+|\*)\]|\.?\['(?P<quoted>[^']*)'\]|\.(?P<name>(?:\\.|[^.\[\\])+)"""
)


class Step(NamedTuple):
    """One step of a path: a field, an index, all items (`*`), or the items that pass a test."""

    kind: str
    key: Any
    inner: tuple[Step, ...] = ()
    wanted: str = ""


@lru_cache(maxsize=4096)
def steps(path: str) -> tuple[Step, ...]:
    """The steps of a simple JSONPath; empty if it cannot be read."""
    text = path.strip().removeprefix("{").removesuffix("}")
    if text and text[0] not in ".[":
        text = f".{text}"
    found: list[Step] = []
    position = 0
    while position < len(text):
        match = _STEP.match(text, position)
        if match is None:
            return ()
        found.append(_step(match))
        position = match.end()
    return tuple(found)


def _step(match: re.Match[str]) -> Step:
    if match["test"]:
        wanted = match["right"].strip().strip("\"'")
        return Step(match["test"], None, steps(match["left"].strip()), wanted)
    if match["index"] is not None:
        return Step("all", None) if match["index"] == "*" else Step("index", int(match["index"]))
    if match["quoted"] is not None:
        return Step("field", match["quoted"])
    return Step("field", re.sub(r"\\(.)", r"\1", match["name"]))


def values(obj: Any, path: tuple[Step, ...]) -> Iterator[Any]:
    """All values at a path."""
    if not path:
        yield obj
        return
    step, rest = path[0], path[1:]
    for value in _next(obj, step):
        yield from values(value, rest)


def _next(obj: Any, step: Step) -> Iterator[Any]:
    if step.kind == "field":
        if isinstance(obj, dict) and step.key in obj:
            yield obj[step.key]
    elif step.kind == "index":
        if isinstance(obj, list) and -len(obj) <= step.key < len(obj):
            yield obj[step.key]
    else:
        items = obj if isinstance(obj, list) else list(obj.values()) if isinstance(obj, dict) else []
        for item in items:
            if step.kind == "all" or _passes(item, step):
                yield item


def _passes(item: Any, step: Step) -> bool:
    found = [_text(value) for value in values(item, step.inner)]
    return (step.wanted in found) is (step.kind == "==") and bool(found)


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def of(columns: tuple[Obj, ...]) -> tuple[Column, ...]:
    """The columns of a custom kind: its name, and what the definition says; without that, its age."""
    if not columns:
        return NAME, AGE
    return NAME, *(_column(one) for one in columns)


def _column(one: Obj) -> Column:
    path = one.get("jsonPath") or one.get("JSONPath") or ""
    about = one.get("description") or f"Custom resource definition column (in JSONPath format): {path}"
    kind = one.get("type", "string")
    return Column(one["name"], _cell(steps(path), kind), kind, one.get("priority") or 0, one.get("format") or "", about)


def _cell(path: tuple[Step, ...], kind: str) -> Cell:
    def cell(obj: Obj, view: View) -> Any:
        found = list(values(obj, path)) if path else []
        if not found or found[0] is None:
            return None
        return " ".join(map(_printed, found)) if kind == "string" else shown(found[0], kind, view)

    return cell


def shown(value: Any, kind: str, view: View) -> Any:
    """A value as a cell of a column type shows it; None where it is of another type."""
    if kind == "date":
        return age(value, view.now, view.profile) if isinstance(value, str) and value else "<unknown>"
    if kind == "boolean":
        return value if isinstance(value, bool) else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return int(value) if kind == "integer" else value


def _printed(value: Any) -> str:
    if isinstance(value, str):
        return value
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
