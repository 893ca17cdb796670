"""Sets of fields as values: who owns what of an object, as server-side apply sees it (FieldsV1).

A path is a tuple of FieldsV1's elements, `f:name`, `k:{"name":"c"}`, `v:"x"`; a set is a frozenset of paths, so that
union, intersection and difference are Python's own.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any, Final, NamedTuple

from sanb.apiserver.schema import Field, Type
from sanb.values import Obj

Path = tuple[str, ...]
FieldSet = frozenset[Path]
Parts = list[tuple[str, Any, Field | None]]
"""The parts of a value: path element, value, field."""
Found = tuple[list[Path], list[Path], list[Path]]
EMPTY: Final[FieldSet] = frozenset()
KEY_DEFAULTS: Final = {"protocol": "TCP"}
"""Keys that an element of a list may leave out."""
ABSENT: Final = object()
RANKS: Final = {"f": 0, "k": 1, "v": 2, "i": 3}


class Comparison(NamedTuple):
    """What differs between two objects."""

    added: FieldSet
    modified: FieldSet
    removed: FieldSet


# ---------------------------------------------------------------------- the tree of an object


def element(field: Field, item: Any) -> str:
    """The path element of a list's item: by its keys, or by its value."""
    if field.list_kind == "set" or not isinstance(item, dict):
        return "v:" + json.dumps(item, separators=(",", ":"), default=str)
    keys = {key: item.get(key, KEY_DEFAULTS.get(key)) for key in sorted(field.keys)}
    return "k:" + json.dumps(keys, separators=(",", ":"), ensure_ascii=False, default=str)


def items_of(field: Field) -> Field:
    """The items of a list as a field of their own."""
    kind = field.item or "raw"
    atomic = field.type is None or field.type.atomic
    return Field(field.name, kind, field.type, list_kind="atomic" if atomic else "granular")


def children(value: Any, field: Field | None) -> Parts | None:
    """The parts that are owned one by one, or None for a leaf: a scalar or what is owned as a whole."""
    if isinstance(value, dict):
        if field is not None and (field.list_kind == "atomic" or field.kind == "raw"):
            return None
        struct = None if field is None or field.kind == "map" else field.type
        return [(f"f:{name}", part, struct.field(name) if struct else None) for name, part in value.items()]
    if isinstance(value, list) and field is not None and field.list_kind in ("map", "set"):
        inner = items_of(field)
        return [(element(field, item), item, inner) for item in value]
    return None


def root(struct: Type | None) -> Field:
    """The object itself as a field."""
    return Field("", "object", struct, list_kind="granular")


def of(value: Any, struct: Type | None) -> FieldSet:
    """All that an applied configuration says."""
    return frozenset(_paths(value, root(struct), ()))


def _paths(value: Any, field: Field | None, path: Path) -> Iterator[Path]:
    parts = children(value, field)
    if parts is None:
        yield path
        return
    for name, part, inner in parts:
        here = (*path, name)
        if name[0] != "f" or part in ({}, []):
            yield here
        yield from _paths(part, inner, here)


# ---------------------------------------------------------------------- comparing


def compared(old: Any, new: Any, struct: Type | None) -> Comparison:
    """Which fields `new` has more, other and less than `old`."""
    found: Found = ([], [], [])
    _compare(old, new, root(struct), (), found)
    return Comparison(*map(frozenset, found))


def _compare(old: Any, new: Any, field: Field | None, path: Path, found: Found) -> None:
    if old is new:
        return
    if old is ABSENT or new is ABSENT:
        _whole(new if old is ABSENT else old, field, path, found[0 if old is ABSENT else 2])
        return
    before, after = children(old, field), children(new, field)
    if not before and not after:
        if old != new or isinstance(old, bool) != isinstance(new, bool):
            found[1].append(path)
        return
    ours = {name: part for name, part, _ in before or ()}
    for name, part, inner in after or ():
        held = ours.pop(name, ABSENT)
        if held is ABSENT and inner is not None and inner.always and isinstance(part, (dict, list)):
            held = {} if isinstance(part, dict) else []
        _compare(held, part, inner, (*path, name), found)
    if ours:
        for name, part, inner in before or ():
            if name in ours:
                _compare(part, ABSENT, inner, (*path, name), found)


def _whole(value: Any, field: Field | None, path: Path, found: list[Path]) -> None:
    """All that there is of a value."""
    found.append(path)
    for name, part, inner in children(value, field) or ():
        _whole(part, inner, (*path, name), found)


# ---------------------------------------------------------------------- merging and removing


def merged(live: Any, config: Any, struct: Type | None) -> Any:
    """The live object with an applied configuration laid over it; shares what does not change."""
    return _merge(live, config, root(struct))


def _merge(live: Any, config: Any, field: Field | None) -> Any:
    ours, theirs = children(live, field), children(config, field)
    if not ours and not theirs:
        return live if live == config and isinstance(live, bool) == isinstance(config, bool) else config
    if ours is None or theirs is None:
        return live if config is None or live == config else config
    if isinstance(config, list):
        return _merge_list(live, ours, theirs)
    result = live
    held = {name: part for name, part, _ in ours}
    for name, part, inner in theirs:
        before = held.get(name, ABSENT)
        new = part if before is ABSENT else _merge(before, part, inner)
        if new is not before:
            result = {**result, name[2:]: new}
    return result


def _merge_list(live: list[Any], ours: Parts, theirs: Parts) -> list[Any]:
    """The items of both in the configuration's order; those of the live list alone stay among the others."""
    held = {name: part for name, part, _ in ours}
    wanted = {name: (part, inner) for name, part, inner in theirs}
    shared = [name for name in wanted if name in held]
    left, right = list(held), list(wanted)
    result: list[Any] = []
    while left or right:
        if left and right and left[0] != right[0] and left[0] in wanted and shared and shared[0] != left[0]:
            left.pop(0)
        elif left and left[0] not in wanted:
            result.append(held[left.pop(0)])
        elif right:
            name = right.pop(0)
            part, inner = wanted[name]
            result.append(_merge(held[name], part, inner) if name in held else part)
            if name in shared:
                shared.remove(name)
            if left and left[0] == name:
                left.pop(0)
        else:
            left.pop(0)
    same = len(result) == len(live) and all(a is b for a, b in zip(result, live, strict=True))
    return live if same else result


def without(value: Any, gone: FieldSet, struct: Type | None) -> Any:
    """The object without the fields of a set; what becomes empty by that goes too."""
    return _without(value, encode(gone), root(struct)) if gone else value


def _without(value: Any, gone: Obj, field: Field | None) -> Any:
    parts = children(value, field)
    if not parts:
        return value
    kept: list[tuple[str, Any]] = []
    for name, part, inner in parts:
        node = gone.get(name)
        if node is None:
            kept.append((name, part))
        elif node and "." not in node:
            new = _without(part, node, inner)
            if new is part or new not in ({}, []):
                kept.append((name, new))
    if len(kept) == len(parts) and all(a[1] is b[1] for a, b in zip(kept, parts, strict=True)):
        return value
    return [part for _, part in kept] if isinstance(value, list) else {name[2:]: part for name, part in kept}


def with_parents(fields: FieldSet, struct: Type | None) -> FieldSet:
    """The set and all fields of structs that lead to its members: they count as there when anything below is."""
    more = set(fields)
    for path in fields:
        field: Field | None = root(struct)
        for depth, name in enumerate(path[:-1], 1):
            named = name[0] == "f" and field is not None and field.kind == "object" and field.type is not None
            field = _step(field, name)
            if named and field is not None:
                more.add(path[:depth])
    return frozenset(more)


def _step(field: Field | None, name: str) -> Field | None:
    if field is None:
        return None
    if name[0] != "f":
        return items_of(field)
    return field.type.field(name[2:]) if field.kind == "object" and field.type is not None else None


def below(fields: FieldSet, *prefixes: Path) -> FieldSet:
    """The members of a set at or below any of the prefixes."""
    return frozenset(path for path in fields if any(path[:len(prefix)] == prefix for prefix in prefixes))


# ---------------------------------------------------------------------- FieldsV1


@lru_cache(maxsize=1024)
def encode(fields: FieldSet) -> Obj:
    """A set as FieldsV1, which must not be changed: objects of the same form share one."""
    tree: Obj = {}
    for path in ordered(fields):
        node = tree
        for name in path:
            node = node.setdefault(name, {})
        node["."] = {}
    return {name: _folded(node) for name, node in tree.items()}


def _folded(node: Obj) -> Obj:
    if len(node) == 1 and "." in node:
        return {}
    return {name: part if name == "." else _folded(part) for name, part in node.items()}


def decode(tree: Obj) -> FieldSet:
    """FieldsV1 as a set; elements of kinds that nobody knows are ignored."""
    return frozenset(_decoded(tree, ()))


def _decoded(tree: Obj, path: Path) -> Iterator[Path]:
    for name, node in tree.items():
        if name == ".":
            yield path
        elif name[:2] in ("f:", "k:", "v:", "i:"):
            if not node:
                yield (*path, name)
            else:
                yield from _decoded(node, (*path, name))


def ordered(fields: Iterable[Path]) -> list[Path]:
    """The paths in the order in which the API server tells them."""
    return sorted(fields, key=lambda path: [(RANKS[name[0]], name) for name in path])


def shown(path: Path) -> str:
    """A path for people: `.spec.containers[name="c"].image`."""
    return "".join(map(_shown, path))


def _shown(name: str) -> str:
    kind, _, text = name.partition(":")
    if kind == "f":
        return f".{text}"
    if kind == "k":
        keys = json.loads(text)
        return "[" + ",".join(f"{key}={_scalar(keys[key])}" for key in sorted(keys)) + "]"
    return f"[={text}]" if kind == "v" else f"[{text}]"


def _scalar(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
