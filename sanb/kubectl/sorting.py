"""--sort-by: objects in order of the value at a path, as kubectl sorts them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

from sanb.kubectl.result import error
from sanb.values import Obj
from sanb.views import jsonpath

_PARTS: Final = re.compile(r"(\d+)")
_AMOUNT: Final = re.compile(r"(\d+(?:\.\d+)?)(m|k|M|G|T|P|Ki|Mi|Gi|Ti|Pi)?")
_SCALE: Final = {
    "": 1.0,
    "m": 1e-3,
    "k": 1e3,
    "M": 1e6,
    "G": 1e9,
    "T": 1e12,
    "P": 1e15,
    "Ki": 2.0**10,
    "Mi": 2.0**20,
    "Gi": 2.0**30,
    "Ti": 2.0**40,
    "Pi": 2.0**50,
}


def rows(found: Sequence[Obj], key: str) -> list[Obj]:
    """Rows of a table, sorted by their objects; none if no object has the field, as kubectl prints it."""
    if len(found) < 2:
        return list(found)
    path = _path(key)
    try:
        values = [jsonpath.find(path, row["object"]) for row in found]
    except jsonpath.JsonPathError:
        return []
    if not any(values):
        return []
    return [row for _, row in sorted(zip(values, found, strict=True), key=lambda pair: _order(pair[0]))]


def objects(found: Sequence[Obj], key: str) -> list[Obj]:
    """Objects, sorted."""
    path = _path(key)
    return sorted(found, key=lambda obj: _order(_values(path, obj)))


def _path(key: str) -> str:
    return key.strip().strip("'\"").removeprefix("{").removesuffix("}")


def _values(path: str, obj: Obj) -> list[Any]:
    try:
        return jsonpath.find(path, obj)
    except jsonpath.JsonPathError as problem:
        raise error(f"{problem}") from None


def _order(found: list[Any]) -> tuple[int, float, list[tuple[int, int, str]]]:
    if not found:
        return (0, 0.0, [])
    value = found[0]
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        text = str(value)
        amount = _AMOUNT.fullmatch(text)
        return (1, float(amount[1]) * _SCALE[amount[2] or ""], []) if amount else (2, 0.0, natural(text))
    return (1, float(value), [])


def natural(text: str) -> list[tuple[int, int, str]]:
    """A key that sorts `web-2` before `web-10`."""
    return [(0, int(part), "") if part.isdigit() else (1, 0, part) for part in _PARTS.split(text) if part]
