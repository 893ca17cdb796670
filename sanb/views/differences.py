"""Where two clusters differ to which the same was done: objects that only one has, and fields."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple

from sanb.apiserver.resources import BY_KIND
from sanb.values import Lazy, Obj
from sanb.views.layout.model import LAYERS
from sanb.views.relate import thing_id

OWN: Final = frozenset({"uid", "resourceVersion", "creationTimestamp", "managedFields", "generation"})
"""What is different for every object anyway."""
LONGEST: Final = 44
"""Characters of a value that are told."""
NOTHING: Final = "–"


class Row(NamedTuple):
    """One difference: of a whole object (no `path`) or of a field of it; `values` has one text for each cluster."""

    about: str
    path: str
    values: tuple[str, ...]


def differences(clusters: Sequence[Any]) -> list[Row]:
    """All differences, in the order of kinds and names; namespaces of the system are left out."""
    worlds = [_objects(cp) for cp in clusters]
    found: list[Row] = []
    for about in sorted(dict.fromkeys(name for world in worlds for name in world), key=_place):
        objects = [world.get(about) for world in worlds]
        if any(obj is None for obj in objects):
            found.append(Row(about, "", tuple(NOTHING if obj is None else "there" for obj in objects)))
        else:
            found += [Row(about, path, values) for path, values in _fields([dict(_leaves(obj)) for obj in objects])]
    return found


def signs(clusters: Sequence[Any]) -> list[dict[str, str]]:
    """For each cluster its objects that differ: "only" if not all have it, "differs" if a field does."""
    found: list[dict[str, str]] = [{} for _ in clusters]
    for row in differences(clusters):
        for place, value in enumerate(row.values):
            if row.path or value != NOTHING:
                found[place][row.about] = "differs" if row.path else "only"
    return found


def _objects(cp: Any) -> dict[str, Obj]:
    found = {}
    for kind in ("Namespace", *LAYERS):
        row = BY_KIND.get(kind)
        if row is None:
            continue
        for version in cp.store.head.scan(row.id):
            space = version.key[1] or (version.key[2] if kind == "Namespace" else "")
            if version.obj is not None and not space.startswith("kube-"):
                found[thing_id(kind, version.key[1], version.key[2])] = version.obj
    return found


def _place(about: str) -> tuple[str, int, str]:
    kind, *rest = about.split("/")
    layers = [each.lower() for each in ("Namespace", *LAYERS)]
    return (rest[0] if len(rest) > 1 or kind == "namespace" else "~", layers.index(kind), about)


def _fields(objects: list[dict[str, str]]) -> Iterator[tuple[str, tuple[str, ...]]]:
    for path in dict.fromkeys(path for leaves in objects for path in leaves):
        values = tuple(leaves.get(path, NOTHING) for leaves in objects)
        if len(set(values)) > 1:
            yield path, values


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Every field that is no mapping or list, by its path; items that have a name by that."""
    if isinstance(value, dict) and value:
        for name in value:
            if path != "metadata" or name not in OWN:
                yield from _leaves(value[name], f"{path}.{name}" if path else name)
    elif isinstance(value, list) and value:
        for number, item in enumerate(value):
            name = item.get("name") or item.get("type") if isinstance(item, dict) else None
            yield from _leaves(item, f"{path}[{_steady(str(name)) if name else number}]")
    elif not path.endswith("uid") and not _moment(value):
        text = "(signed when it is read)" if isinstance(value, Lazy) else _steady(str(value))
        yield path, text if len(text) <= LONGEST else f"{text[:LONGEST - 1]}…"


def _moment(value: Any) -> bool:
    return isinstance(value, str) and len(value) in (20, 27) and value.endswith("Z") and value[10:11] == "T"


def _steady(name: str) -> str:
    """A name without the letters that are drawn for it."""
    head, dash, tail = name.rpartition("-")
    return f"{head}-*" if dash and len(tail) == 5 and all(letter in _DRAWN for letter in tail) else name


_DRAWN: Final = frozenset("bcdfghjklmnpqrstvwxz2456789")
