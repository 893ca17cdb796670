"""Patches: JSON (RFC 6902), merge (RFC 7386) and strategic merge, with the answers of real servers to wrong ones."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any, Final

from sanb.apiserver import status
from sanb.apiserver.jsonpatch import DoesNotApply, equal, json_patch
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
    merged: Obj = merge_patch(current, body)
    return merged


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
        return target if equal(target, patch) else patch
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
