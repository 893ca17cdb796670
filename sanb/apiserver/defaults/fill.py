"""How defaults are put into values: a value that lacks nothing comes back as the very same object."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sanb.values import Obj

Change = Callable[[Any], Any]


def fill(obj: Obj, defaults: Mapping[str, Any]) -> Obj:
    """The object with those of the defaults that it lacks."""
    return obj if obj.keys() >= defaults.keys() else {**defaults, **obj}


def put(obj: Obj, key: str, value: Any) -> Obj:
    """The object with this value under the key."""
    return obj if obj.get(key) is value else {**obj, key: value}


def within(obj: Obj, key: str, change: Change) -> Obj:
    """The object with the value under `key` changed, if it has one."""
    value = obj.get(key)
    if value is None:
        return obj
    new = change(value)
    return obj if new is value else {**obj, key: new}


def each(items: list[Any], change: Change) -> list[Any]:
    """The list with every item changed."""
    changed = [change(item) for item in items]
    return items if all(new is old for new, old in zip(changed, items)) else changed


def every(obj: Obj, key: str, change: Change) -> Obj:
    """The object with every item of the list under `key` changed, if it has one."""
    items = obj.get(key)
    return put(obj, key, each(items, change)) if items else obj
