"""JSON patches: the operations of RFC 6902, as the API server's library understands them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from sanb.values import Obj


class DoesNotApply(ValueError):
    """A JSON patch does not fit the document; the text is the one that 1.10 shows."""


def equal(left: Any, right: Any) -> bool:
    """Equality of JSON values: true is not 1."""
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(equal(left[key], right[key]) for key in left)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(equal, left, right))
    return bool(left == right)


def json_patch(document: Any, operations: list[Obj]) -> Any:
    """A JSON patch, operation by operation.

    Raises:
        DoesNotApply: an operation does not fit, or a test fails.
    """
    result = document
    for operation in operations:
        kind = operation.get("op")
        apply = OPERATIONS.get(kind) if isinstance(kind, str) else None
        if apply is None:
            raise DoesNotApply(f"Unexpected kind: {kind if isinstance(kind, str) else 'unknown'}")
        result = apply(result, operation)
    return document if equal(result, document) else result


def steps(operation: Obj, field: str = "path") -> tuple[str, ...]:
    """The steps of a JSON pointer."""
    pointer = operation.get(field)
    if not isinstance(pointer, str):
        raise DoesNotApply(f"jsonpatch {operation.get('op')} operation does not apply: doc is missing path: ")
    return tuple(step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:])


def _missing(operation: Obj, what: str = "path", field: str = "path") -> DoesNotApply:
    kind, pointer = operation["op"], operation.get(field)
    return DoesNotApply(f"jsonpatch {kind} operation does not apply: doc is missing {what}: {pointer}")


def _position(step: str, size: int, end: bool = False) -> int:
    """The index that a step means; a negative one counts from the end, `-` is behind the last where `end` allows it."""
    if step == "-" and end:
        return size
    try:
        place = int(step)
    except ValueError:
        raise DoesNotApply(f'strconv.Atoi: parsing "{step}": invalid syntax') from None
    if not -size - end <= place < size + end:
        raise DoesNotApply(f"Unable to access invalid index: {place}")
    return place + size + end if place < 0 else place


def _found(document: Any, path: tuple[str, ...]) -> Any:
    """The value at a path, or None where a step is missing."""
    for step in path:
        if isinstance(document, dict):
            document = document.get(step)
        elif isinstance(document, list):
            document = document[_position(step, len(document))]
        else:
            return None
    return document


def _changed(document: Any, path: tuple[str, ...], change: Callable[[Any, str], Any]) -> Any:
    """A copy of the document in which `change(parent, last step)` stands for the parent of the path's end."""
    head, rest = path[0], path[1:]
    if not rest:
        return change(document, head)
    if isinstance(document, dict):
        return {**document, head: _changed(document[head], rest, change)}
    place = _position(head, len(document))
    return [*document[:place], _changed(document[place], rest, change), *document[place + 1:]]


def _reachable(document: Any, path: tuple[str, ...]) -> bool:
    """Whether the parent of a path is there and holds others."""
    if not path:
        return False
    try:
        return isinstance(_found(document, path[:-1]), (dict, list))
    except DoesNotApply:
        return False


def _insert(parent: Any, step: str, value: Any) -> Any:
    if isinstance(parent, dict):
        return {**parent, step: value}
    place = _position(step, len(parent), end=True)
    return [*parent[:place], value, *parent[place:]]


def _put(parent: Any, step: str, value: Any) -> Any:
    if isinstance(parent, dict):
        return {**parent, step: value}
    place = _position(step, len(parent))
    return [*parent[:place], value, *parent[place + 1:]]


def _drop(parent: Any, step: str) -> Any:
    if isinstance(parent, dict):
        if step not in parent:
            raise DoesNotApply(f"Unable to remove nonexistent key: {step}")
        return {key: value for key, value in parent.items() if key != step}
    place = _position(step, len(parent))
    return [*parent[:place], *parent[place + 1:]]


def _add(document: Any, operation: Obj) -> Any:
    path = steps(operation)
    if not path and operation.get("path") == "":
        return operation.get("value")
    if not _reachable(document, path):
        raise _missing(operation)
    return _changed(document, path, lambda parent, step: _insert(parent, step, operation.get("value")))


def _remove(document: Any, operation: Obj) -> Any:
    path = steps(operation)
    if not _reachable(document, path):
        raise _missing(operation)
    return _changed(document, path, _drop)


def _replace(document: Any, operation: Obj) -> Any:
    path = steps(operation)
    if not path and operation.get("path") == "":
        return operation.get("value")
    if not _reachable(document, path):
        raise _missing(operation)
    parent = _found(document, path[:-1])
    if isinstance(parent, dict) and path[-1] not in parent:
        raise _missing(operation, "key")
    return _changed(document, path, lambda parent, step: _put(parent, step, operation.get("value")))


def _move(document: Any, operation: Obj) -> Any:
    origin, path = steps(operation, "from"), steps(operation)
    if not _reachable(document, origin):
        raise _missing(operation, "from path", "from")
    value = _found(document, origin)
    document = _changed(document, origin, _drop)
    if not _reachable(document, path):
        raise _missing(operation, "destination path")
    return _changed(document, path, lambda parent, step: _insert(parent, step, value))


def _copy(document: Any, operation: Obj) -> Any:
    origin, path = steps(operation, "from"), steps(operation)
    if not _reachable(document, origin):
        raise _missing(operation, "from path", "from")
    value = _found(document, origin)
    parent = _found(document, origin[:-1])
    if isinstance(parent, dict) and origin[-1] not in parent:
        raise _missing(operation, "from path", "from")
    if not _reachable(document, path):
        raise _missing(operation, "destination path")
    return _changed(document, path, lambda parent, step: _insert(parent, step, value))


def _test(document: Any, operation: Obj) -> Any:
    path = steps(operation)
    if path and not _reachable(document, path):
        raise _missing(operation)
    if not equal(_found(document, path), operation.get("value")):
        raise DoesNotApply(f"Testing value {operation.get('path')} failed")
    return document


OPERATIONS: Final[dict[str, Callable[[Any, Obj], Any]]] = {
    "add": _add, "remove": _remove, "replace": _replace, "move": _move, "copy": _copy, "test": _test,
}
