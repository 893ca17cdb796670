"""Strategic merge patches: lists that have a merge key are merged element by element; directives delete and replace."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from sanb.apiserver.schema import VALUES, Field, Type
from sanb.values import Obj

PATCH: Final = "$patch"
RETAIN: Final = "$retainKeys"
DELETE_FROM: Final = "$deleteFromPrimitiveList/"
ORDER: Final = "$setElementOrder/"
NO_ORDER_MATCH: Final = "The order in patch list:\n{patch}\n doesn't match {directive} list:\n{order}\n"


class BadPatch(ValueError):
    """The patch is not of the form that it should have: the client's fault (400)."""


class CannotMerge(ValueError):
    """The patch is well formed but does not fit the object (422)."""


def strategic(original: Obj, patch: Obj, struct: Type | None) -> Obj:
    """The object that the patch makes of `original`, which is not touched; the same object if nothing changes.

    `struct` tells which lists merge; None for what has no type: plain maps.

    Raises:
        BadPatch, CannotMerge: with the API server's text.
    """
    directive = patch.get(PATCH)
    if directive is not None:
        return _whole(directive, patch)
    patch, ordered = _ordered(original, patch, struct)
    result = _retained(original, patch)
    for name, value in ordered.items():
        if name not in original or original[name] != value:
            result = {**result, name: value}
    for name, value in patch.items():
        if name == RETAIN or name.startswith(ORDER):
            continue
        if name.startswith(DELETE_FROM):
            result = _without(result, name.removeprefix(DELETE_FROM), value)
            continue
        changed = _changed(result, name, value, struct.field(name) if struct else None)
        if changed is _ABSENT and name in result:
            result = {key: held for key, held in result.items() if key != name}
        elif changed is not _ABSENT and changed is not result.get(name, _ABSENT):
            result = {**result, name: changed}
    return result


_ABSENT: Final = object()


def _whole(directive: Any, patch: Obj) -> Obj:
    if directive == "replace":
        return {key: value for key, value in patch.items() if key != PATCH}
    if directive == "delete":
        return {}
    raise BadPatch(f"Unknown patch type found: {directive}" if isinstance(directive, str) else "Invalid patch type")


def _retained(original: Obj, patch: Obj) -> Obj:
    """The original without the fields that `$retainKeys` does not name."""
    kept = patch.get(RETAIN)
    if kept is None:
        return original
    named = [key for key, value in patch.items() if key != RETAIN and not key.startswith("$") and value is not None]
    if not isinstance(kept, list) or any(key not in kept for key in named):
        raise BadPatch("invalid patch format of retainKeys")
    return original if all(key in kept for key in original) else {k: v for k, v in original.items() if k in kept}


def _without(original: Obj, name: str, values: Any) -> Obj:
    """The original with scalars taken out of one of its lists."""
    if not isinstance(values, list):
        raise BadPatch("invalid patch format of primitive list")
    before = original.get(name)
    if not isinstance(before, list) or not any(item in values for item in before):
        return original
    return {**original, name: [item for item in before if item not in values]}


def _changed(original: Obj, name: str, value: Any, field: Field | None) -> Any:
    """What the patch makes of one field; _ABSENT if it goes."""
    if value is None:
        return _ABSENT
    before = original.get(name)
    if isinstance(value, dict):
        return strategic(before, value, _struct(field)) if isinstance(before, dict) else _fresh(value)
    if isinstance(value, list):
        if field is None or not field.merge:
            return before if _same(before, value) else value
        return _merged(before, value, field) if isinstance(before, list) else _added(value)
    return before if name in original and _same(before, value) else value


def _struct(field: Field | None) -> Type | None:
    return field.type if field is not None and field.kind != "map" else None


def _same(left: Any, right: Any) -> bool:
    """Equality of JSON values: true is not 1."""
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    return bool(left == right)


def _fresh(value: Any) -> Any:
    """A value of the patch that meets nothing: without nulls and directives."""
    if isinstance(value, dict):
        if value.get(PATCH) == "delete":
            return {}
        return {k: _fresh(v) for k, v in value.items() if v is not None and not k.startswith("$")}
    return value


def _added(patch: list[Any]) -> list[Any]:
    """A list of the patch that meets no list, without the elements that only direct."""
    return [_fresh(item) for item in patch if not (isinstance(item, dict) and PATCH in item)]


# ---------------------------------------------------------------------- lists


def _merged(original: list[Any], patch: list[Any], field: Field) -> list[Any]:
    """A list of the object with the elements of the patch merged into it."""
    if not patch:
        return original
    if not all(isinstance(item, dict) for item in (*original, *patch)):
        if any(isinstance(item, (dict, list)) for item in (*original, *patch)):
            raise CannotMerge("list element types are not identical")
        return _arranged(list(dict.fromkeys((*original, *patch))), patch, original, _identity(""))
    key = field.merge
    merged, wanted = _directed(original, patch, key)
    if wanted is None:
        return merged
    for item in wanted:
        merged = _put(merged, item, key, field)
    return _arranged(merged, wanted, original, _identity(key))


def _directed(original: list[Any], patch: list[Any], key: str) -> tuple[list[Any], list[Any] | None]:
    """The list after the elements that direct, and the elements that do not; None if the list is replaced."""
    special = [item for item in patch if PATCH in item]
    rest = [item for item in patch if PATCH not in item]
    for item in special:
        if item[PATCH] == "replace":
            return [_fresh(one) for one in rest], None
        if item[PATCH] == "merge":
            raise CannotMerge("merging lists cannot yet be specified in the patch")
        if item[PATCH] != "delete":
            raise BadPatch(f"Unknown patch type found: {item[PATCH]}")
    gone = [_key(item, key) for item in special]
    return ([item for item in original if item.get(key) not in gone] if gone else original), rest


def _key(item: Obj, key: str) -> Any:
    if key not in item:
        raise CannotMerge(f"map: {go_text(item)} does not contain declared merge key: {key}")
    return item[key]


def go_text(value: Any) -> str:
    """A value as Go prints it."""
    if isinstance(value, dict):
        return "map[" + " ".join(f"{key}:{go_text(value[key])}" for key in sorted(value)) + "]"
    if isinstance(value, list):
        return "[" + " ".join(go_text(item) for item in value) + "]"
    return "<nil>" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _put(merged: list[Any], item: Obj, key: str, field: Field) -> list[Any]:
    wanted = _key(item, key)
    for place, before in enumerate(merged):
        if before.get(key) == wanted:
            new = strategic(before, item, field.type)
            return merged if new is before else [*merged[:place], new, *merged[place + 1:]]
    return [*merged, _fresh(item)]


def _arranged(
    merged: list[Any], wanted: Sequence[Any], server: list[Any], identity: Callable[[Any], Any]
) -> list[Any]:
    """The elements in the order of the patch, those that only the server knows kept where they were among them."""
    order = [identity(item) for item in wanted]
    before = [identity(item) for item in server]
    asked = sorted((item for item in merged if identity(item) in order), key=lambda item: order.index(identity(item)))
    kept = [item for item in merged if identity(item) not in order]
    result: list[Any] = []
    while kept and asked:
        left, right = identity(kept[0]), identity(asked[0])
        first = left in before and right in before and before.index(left) < before.index(right)
        result.append(kept.pop(0) if first else asked.pop(0))
    result += asked or kept
    return server if _same(result, server) else result


# ---------------------------------------------------------------------- $setElementOrder


def _ordered(original: Obj, patch: Obj, struct: Type | None) -> tuple[Obj, Obj]:
    """The patch without the lists whose order it sets, and those lists as they become."""
    directives = [name for name in patch if name.startswith(ORDER)]
    if not directives:
        return patch, {}
    result: Obj = {}
    for directive in directives:
        name, order = directive.removeprefix(ORDER), patch[directive]
        changes, before = patch.get(name), original.get(name)
        field = struct.field(name) if struct else None
        key = field.merge if field is not None and field.merge != VALUES else ""
        _check_order(directive, order, changes, key)
        if field is None or (before is None and changes is None):
            continue
        merged: list[Any] = before or []
        if changes is not None:
            merged = _merged(before, changes, field) if before is not None else _added(changes)
        deleted = patch.get(DELETE_FROM + name)
        if isinstance(deleted, list):
            merged = [item for item in merged if item not in deleted]
        result[name] = _arranged(merged, order, before or [], _identity(key))
    left = {k: v for k, v in patch.items() if k not in result and k.removeprefix(DELETE_FROM) not in result}
    return left, result


def _identity(key: str) -> Callable[[Any], Any]:
    return (lambda item: item.get(key)) if key else (lambda item: item)


def _check_order(directive: str, order: Any, changes: Any, key: str) -> None:
    """The elements that are changed must stand in the order that is set."""
    identity = _identity(key)
    if not isinstance(order, list) or (key and not all(isinstance(item, dict) for item in order)):
        raise BadPatch("invalid patch format of setElementOrder list")
    named = [identity(item) for item in order]
    changed = [
        identity(item) for item in changes or ()
        if not (isinstance(item, dict) and item.get(PATCH) in ("delete", "replace"))
    ]
    rest = iter(named)
    if not all(any(item == other for other in rest) for item in changed):
        raise CannotMerge(NO_ORDER_MATCH.format(patch=go_text(changes), directive=directive, order=go_text(order)))
