"""Patches: JSON (RFC 6902), merge (RFC 7386) and strategic merge, with the answers of real servers to wrong ones."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any, Final

from sanb.apiserver import status
from sanb.apiserver.resources import Resource
from sanb.apiserver.schema import type_of
from sanb.apiserver.strategicmerge import BadPatch, CannotMerge, go_text, strategic
from sanb.errors import ApiError
from sanb.profiles.profile import Profile
from sanb.values import Obj, json_default

MOST_OPERATIONS: Final = 10_000
UNPROCESSABLE: Final = "the server rejected our request due to an error in our request"
REFUSAL: Final = {"1.10": "500", "1.14": "422"}
"""How a patch that does not fit the object is refused: 500 with the reason, or 422 without."""
NOT_A_LIST: Final = {
    "1.10": "json: cannot unmarshal {got} into Go value of type jsonpatch.Patch",
    "1.25": "error decoding patch: json: cannot unmarshal {got} into Go value of type []handlers.jsonPatchOp",
}
NOT_A_MAP: Final = {
    "1.10": "Invalid JSON Patch",
    "1.25": "error decoding patch: json: cannot unmarshal {got} into Go value of type map[string]interface {{}}",
}
STRATEGIC_NOT_A_MAP: Final = "json: cannot unmarshal {got} into Go value of type map[string]interface {{}}"


class DoesNotApply(ValueError):
    """A JSON patch does not fit the document; the text is the one that 1.10 shows."""


def apply_patch(kind: str, resource: Resource, current: Obj, body: Any, profile: Profile) -> Obj:
    """The object that a patch of `kind` (json, merge, strategic) makes of `current`, which stays as it is.

    The same object if nothing changes.

    Raises:
        ApiError: 400, it is no patch; 422 or 500, it does not fit the object.
    """
    return PATCHES[kind](resource, current, body, profile)


def _json(resource: Resource, current: Obj, body: Any, profile: Profile) -> Obj:
    if not isinstance(body, list) or not all(isinstance(item, dict) for item in body):
        wrong = body if not isinstance(body, list) else next(item for item in body if not isinstance(item, dict))
        raise _undecodable(profile, profile.pick(NOT_A_LIST).format(got=_json_kind(wrong)))
    if len(body) > MOST_OPERATIONS:
        text = f"The allowed maximum operations in a JSON patch is {MOST_OPERATIONS}, got {len(body)}"
        raise status.failure(413, "RequestEntityTooLarge", text)
    try:
        new = json_patch(current, body)
    except DoesNotApply as error:
        raise refused(profile, str(error)) from None
    if not isinstance(new, dict):
        raise refused(profile, f"json: cannot unmarshal {_json_kind(new)} into Go value of type {resource.kind}")
    return new


def _merge(resource: Resource, current: Obj, body: Any, profile: Profile) -> Obj:
    if not isinstance(body, dict):
        raise _undecodable(profile, profile.pick(NOT_A_MAP).format(got=_json_kind(body)))
    return merge_patch(current, body)  # type: ignore[no-any-return]


def _strategic(resource: Resource, current: Obj, body: Any, profile: Profile) -> Obj:
    if not isinstance(body, dict):
        raise _undecodable(profile, STRATEGIC_NOT_A_MAP.format(got=_json_kind(body)))
    try:
        return strategic(current, body, type_of(resource))
    except BadPatch as error:
        raise status.bad_request(str(error)) from None
    except CannotMerge as error:
        raise refused(profile, str(error)) from None


PATCHES: Final[dict[str, Callable[[Resource, Obj, Any, Profile], Obj]]] = {
    "json": _json, "merge": _merge, "strategic": _strategic,
}


def _undecodable(profile: Profile, text: str) -> ApiError:
    return status.failure(500, "", text) if profile.pick(REFUSAL) == "500" else status.bad_request(text)


def refused(profile: Profile, why: str) -> ApiError:
    """The answer to a patch that does not fit the object."""
    if profile.pick(REFUSAL) == "500":
        return status.failure(500, "", why)
    return status.failure(422, "Invalid", UNPROCESSABLE, {})


def misfit(kind: str, body: Any, patched: Obj, error: ApiError, profile: Profile) -> ApiError:
    """The answer to a patch whose result is no object of its kind; `error` is what a create with it would be told."""
    why = error.message.partition(": ")[2] if " cannot be handled as a " in error.message else error.message
    if profile.pick(REFUSAL) == "500":
        return status.failure(500, "", why)
    if kind == "strategic":
        shown, found = go_text(body), _MISMATCH.search(why)
        why = _converted(*found.groups()) if found else why
    else:
        shown = json.dumps(patched, separators=(",", ":"), sort_keys=True, ensure_ascii=False, default=json_default)
    fault = status.invalid_value("patch", shown, why)
    causes = [{"reason": fault.reason, "message": fault.detail, "field": fault.field}]
    return status.failure(422, "Invalid", f' "" is invalid: {fault.text}', {"causes": causes})


_MISMATCH: Final = re.compile(r"cannot unmarshal (\w+) into .* of type (\S+)$")
_GO_TYPES: Final = {"number": "int64", "object": "map[string]interface {}", "array": "[]interface {}"}


def _converted(got: str, wanted: str) -> str:
    """The complaint about a value of another type as a strategic patch words it."""
    if wanted.startswith("map["):
        return f"cannot restore map from {_GO_TYPES.get(got, got)}"
    if wanted.startswith("[]"):
        return f"cannot restore slice from {_GO_TYPES.get(got, got)}"
    if "." in wanted:
        return f"cannot restore struct from: {_GO_TYPES.get(got, got)}"
    return f"cannot convert {_GO_TYPES.get(got, got)} to {wanted}"


def _json_kind(value: Any) -> str:
    """What Go calls a JSON value."""
    if isinstance(value, bool):
        return "bool"
    return {dict: "object", list: "array", str: "string", type(None): "null"}.get(type(value), "number")


# ---------------------------------------------------------------------- RFC 7386


def merge_patch(target: Any, patch: Any) -> Any:
    """A JSON merge patch: dictionaries merge, null removes, everything else replaces."""
    if not isinstance(patch, dict):
        return target if _equal(target, patch) else patch
    if not isinstance(target, dict):
        return {key: merge_patch(None, value) for key, value in patch.items() if value is not None}
    changes: Obj = {}
    gone = []
    for key, value in patch.items():
        if value is None:
            if key in target:
                gone.append(key)
        elif key not in target or (new := merge_patch(target[key], value)) is not target[key]:
            changes[key] = new if key in target else merge_patch(None, value)
    if gone:
        target = {key: value for key, value in target.items() if key not in gone}
    return {**target, **changes} if changes else target


def _equal(left: Any, right: Any) -> bool:
    """Equality of JSON values: true is not 1."""
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(_equal(left[key], right[key]) for key in left)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(_equal, left, right))
    return bool(left == right)


# ---------------------------------------------------------------------- RFC 6902


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
    return document if _equal(result, document) else result


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
    if not _equal(_found(document, path), operation.get("value")):
        raise DoesNotApply(f"Testing value {operation.get('path')} failed")
    return document


OPERATIONS: Final[dict[str, Callable[[Any, Obj], Any]]] = {
    "add": _add, "remove": _remove, "replace": _replace, "move": _move, "copy": _copy, "test": _test,
}
