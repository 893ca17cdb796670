"""An object's YAML line by line, each with who wrote it: the author's own words, what the API server added, what came later."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from sanb.store.version import Version
from sanb.values import Key, Lazy, Obj, plain
from sanb.views.causes import Causes, who
from sanb.yamltext import to_yaml

Path = tuple[Any, ...]
OWN: Final = "own"
"""Written by whoever created the object."""
ADDED: Final = "added"
"""Added by the API server when the object was created: defaults and admission."""
LATER: Final = "later"
"""Written after that."""
FIRST: Final = ("apiVersion", "kind", "metadata", "type", "spec", "data", "status")
HIDDEN: Final = ("managedFields",)


class Line(NamedTuple):
    """One line; `who` says whom a `later` one comes from, `path` its place."""

    text: str
    origin: str
    who: str = ""
    path: str = ""


def lines(cp: Any, key: Key, causes: Causes) -> tuple[list[Line], str]:
    """The object of a key as it is now, and who wrote it first ("admin"); no lines if it is not there."""
    version = cp.store.head.get(key)
    if version is None or version.obj is None:
        return [], ""
    history = _history(version)
    call = causes.call(history[0].rev)
    wrote = call.request.body if call is not None and isinstance(call.request.body, dict) else None
    if call is not None and call.request.resource != key[0]:
        wrote = None
    author = who(call) if call is not None else "the cluster's first second"
    return list(_Marker(history, wrote, causes).lines(plain(version.obj))), author


def preview(sent: Obj, stored: Obj) -> list[Line]:
    """What would be stored for what is sent."""
    return list(_Marker([Version(0, ("", "", ""), stored, None)], sent, None).lines(plain(stored)))


def _history(version: Version) -> list[Version]:
    """The versions of one life of the object, oldest first."""
    found = [version]
    while found[-1].prev is not None and found[-1].prev.obj is not None:
        found.append(found[-1].prev)
    return found[::-1]


class _Marker:
    def __init__(self, history: list[Version], wrote: Any, causes: Causes | None) -> None:
        self._history = history
        self._wrote = wrote
        self._causes = causes

    def lines(self, obj: Obj) -> Iterator[Line]:
        """All lines."""
        yield from self._mapping(obj, (), "")

    def _mapping(self, value: Obj, path: Path, indent: str) -> Iterator[Line]:
        keys = [name for name in FIRST if name in value] if not path else []
        for name in [*keys, *(name for name in sorted(value) if name not in keys)]:
            if path == ("metadata",) and name in HIDDEN:
                continue
            yield from self._field(name, value[name], (*path, name), indent)

    def _field(self, name: str, value: Any, path: Path, indent: str) -> Iterator[Line]:
        head = to_yaml({name: None}).rstrip("\n").removesuffix(" null")
        if isinstance(value, dict) and value:
            yield self._line(indent + head, path)
            yield from self._mapping(value, path, indent + "  ")
        elif isinstance(value, list) and value:
            yield self._line(indent + head, path)
            for number, item in enumerate(value):
                yield from self._item(item, (*path, number), indent)
        else:
            for text in to_yaml({name: value}).rstrip("\n").split("\n"):
                yield self._line(indent + text, path)

    def _item(self, value: Any, path: Path, indent: str) -> Iterator[Line]:
        if isinstance(value, dict) and value:
            first, *rest = self._mapping(value, path, indent + "  ")
            yield first._replace(text=f"{indent}- {first.text[len(indent) + 2:]}")
            yield from rest
        else:
            for text in to_yaml([value]).rstrip("\n").split("\n"):
                yield self._line(indent + text, path)

    def _line(self, text: str, path: Path) -> Line:
        place = ".".join(map(str, path))
        now = _at(self._history[-1].obj, path)
        since = self._history[-1]
        for version in reversed(self._history[:-1]):
            if _shape(_at(version.obj, path)) != _shape(now):
                break
            since = version
        if since is not self._history[0]:
            call = self._causes.call(since.rev) if self._causes is not None else None
            return Line(text, LATER, who(call) if call is not None else "", place)
        if self._wrote is None:
            return Line(text, OWN, "", place)
        own = _at(self._wrote, path)
        return Line(text, OWN if own is not _NONE and _shape(own) == _shape(now) else ADDED, "", place)


_NONE: Final = object()


def _at(value: Any, path: Path) -> Any:
    """What is at a path; items of lists are found by name, because lists grow at both ends."""
    for place, step in enumerate(path):
        if isinstance(value, dict):
            value = value.get(step, _NONE)
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            value = value[step]
        else:
            return _NONE
        if value is _NONE:
            return _NONE if place < len(path) else value
    return value


def _shape(value: Any) -> Any:
    """What is compared of a value: of mappings and lists only that they are there, their lines speak for themselves."""
    if isinstance(value, dict):
        return "mapping" if value else "{}"
    if isinstance(value, list):
        return "list" if value else "[]"
    return value.args if isinstance(value, Lazy) else value
