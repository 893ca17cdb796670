"""Server-side apply: a configuration laid over an object, with conflicts between field managers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from sanb.apiserver import fieldset, status
from sanb.apiserver.fieldset import EMPTY, FieldSet
from sanb.apiserver.managers import (
    SUBRESOURCES,
    Manager,
    Managers,
    Owned,
    owned_by,
    read,
    updated,
    updater,
    with_managers,
)
from sanb.apiserver.resources import Resource
from sanb.apiserver.schema import Field, Type, type_of
from sanb.errors import ApiError
from sanb.profiles.profile import Profile
from sanb.values import Obj, json_default

LAST_APPLIED: Final = "kubectl.kubernetes.io/last-applied-configuration"
BEFORE: Final = "before-first-apply"
"""The manager of what was there before anybody was followed."""
NAMES_KIND: Final = {"1.10": False, "1.26": True}
"""Whether the complaint about a wrong version names the whole type."""


def server_side_apply(
    resource: Resource, live: Obj | None, body: Any, manager: str, force: bool, now_text: str, profile: Profile,
    subresource: str = "",
) -> Obj:
    """The object that an applied configuration makes of the live one; the same object if nothing changes.

    Raises:
        ApiError: 400, the configuration is not of the resource's type; 409, others own fields that it changes.
    """
    _check(resource, body, profile)
    managers = _known(resource, live, now_text, profile)
    who = Manager(manager, "Apply", "", subresource if profile.pick(SUBRESOURCES) else "")
    try:
        new = _applied(resource, live, body, managers, who, force, now_text)
    except _Conflicts as found:
        if manager != "kubectl" or live is None:
            raise conflicts(found.fields) from None
        left = _not_last_applied(resource, live, found.fields)
        if any(left.values()):
            raise conflicts(left) from None
        new = _applied(resource, live, body, managers, who, True, now_text)
    return _last_applied(new, body) if manager == "kubectl" and live is not None and new is not live else new


class _Conflicts(Exception):
    """Others own fields that the configuration changes."""

    def __init__(self, fields: dict[Manager, FieldSet]) -> None:
        super().__init__()
        self.fields = fields


def _known(resource: Resource, live: Obj | None, now_text: str, profile: Profile) -> Managers:
    """The managers of the live object; what nobody was followed for belongs to one that came before."""
    if live is None:
        return {}
    managers = read(live["metadata"].get("managedFields"))
    return managers or updated(resource, {}, live, {}, updater(resource, BEFORE, "", profile), now_text)


def _applied(
    resource: Resource, live: Obj | None, body: Obj, managers: Managers, who: Manager, force: bool, now_text: str
) -> Obj:
    struct, before = type_of(resource), live or {}
    last = managers.get(who)
    mine = owned_by(fieldset.of(body, struct), resource, who.subresource)
    merged: Obj = fieldset.merged(before, body, struct)
    if last is not None:
        others = EMPTY.union(*(owned.fields for manager, owned in managers.items() if manager != who))
        merged = _pruned(merged, last.fields, mine | others, struct)
    found = _shared(before, merged, managers, who, force, struct)
    same_owner = last is not None and last.fields == mine and found == {m: o for m, o in managers.items() if m != who}
    if merged is before and same_owner:
        return before
    if mine:
        time = last.time if last is not None and merged is before and last.fields == mine else now_text
        found[who] = Owned(mine, resource.api_version, time)
    return with_managers(merged, found, live)


def _pruned(merged: Obj, last: FieldSet, kept: FieldSet, struct: Type | None) -> Obj:
    """The object without what the manager applied last time and does not apply now, unless somebody else owns it."""
    gone = fieldset.with_parents(last, struct) - fieldset.with_parents(kept, struct)
    result: Obj = fieldset.without(merged, gone, struct)
    return result


def _shared(before: Obj, merged: Obj, managers: Managers, who: Manager, force: bool, struct: Type | None) -> Managers:
    """What the other managers still own.

    Raises:
        _Conflicts: the configuration changes something that they own, and is not forced.
    """
    if merged is before:
        return {manager: owned for manager, owned in managers.items() if manager != who}
    change = fieldset.compared(before, merged, struct)
    taken = change.added | change.modified
    disputed = {m: owned.fields & taken for m, owned in managers.items() if m != who and owned.fields & taken}
    if disputed and not force:
        raise _Conflicts(disputed)
    found: Managers = {}
    for manager, owned in managers.items():
        left = owned.fields - disputed.get(manager, EMPTY) - change.removed
        if manager != who and left:
            found[manager] = owned._replace(fields=left)
    return found


# ---------------------------------------------------------------------- refusals


def conflicts(fields: Mapping[Manager, FieldSet]) -> ApiError:
    """409: whose fields the configuration would change."""
    listed = [
        (manager, fieldset.shown(path))
        for manager in sorted(fields, key=lambda one: one.identifier) for path in fieldset.ordered(fields[manager])
    ]
    causes = [
        {"reason": "FieldManagerConflict", "message": f"conflict with {manager.text}", "field": path}
        for manager, path in listed
    ]
    if len(listed) == 1:
        message = f"Apply failed with 1 conflict: conflict with {listed[0][0].text}: {listed[0][1]}"
    else:
        lines: list[str] = []
        for manager in dict.fromkeys(manager for manager, _ in listed):
            lines.append(f"conflicts with {manager.text}:")
            lines.extend(f"- {path}" for one, path in listed if one == manager)
        message = f"Apply failed with {len(listed)} conflicts: " + "\n".join(lines)
    return status.failure(409, "Conflict", message, {"causes": causes})


def _check(resource: Resource, body: Any, profile: Profile) -> None:
    if not isinstance(body, dict):
        raise status.bad_request(f"error decoding YAML: cannot apply {json.dumps(body)}: it is no object")
    version, kind = body.get("apiVersion") or "", body.get("kind") or ""
    group, _, short = version.rpartition("/")
    type_text = f"{group}/{short}, Kind={kind}"
    right = version == resource.api_version
    if profile.pick(NAMES_KIND) and not (right and kind == resource.kind):
        raise status.bad_request(f"invalid object type: {type_text}")
    if not right:
        raise status.bad_request(
            "Incorrect version specified in apply patch. "
            f"Specified patch version: {version}, expected: {resource.api_version}"
        )
    metadata = body.get("metadata") or {}
    if metadata.get("managedFields") is not None:
        raise status.bad_request("metadata.managedFields must be nil")
    place = f"({metadata.get('namespace') or ''}/{metadata.get('name') or ''}; {type_text})"
    if kind != resource.kind:
        raise _untyped(place, f"no corresponding type for {type_text}")
    faults = sorted(_faults(body, fieldset.root(type_of(resource)), ""))
    if faults:
        listed = faults[0] if len(faults) == 1 else "errors:\n  " + "\n  ".join(faults)
        raise _untyped(place, listed)


def _untyped(place: str, why: str) -> ApiError:
    return status.failure(500, "", f"failed to create typed patch object {place}: {why}")


def _faults(value: Any, field: Field | None, path: str) -> list[str]:
    """Fields that the type does not have, and list items that cannot be told apart."""
    faults: list[str] = []
    if isinstance(value, dict) and field is not None and field.kind == "object" and field.type is not None:
        for name, part in value.items():
            inner, here = field.type.field(name), f"{path}.{name}"
            faults += [f"{here}: field not declared in schema"] if inner is None else _faults(part, inner, here)
    elif isinstance(value, list) and field is not None:
        inner, seen = fieldset.items_of(field), set()
        for number, item in enumerate(value):
            here = f"[{number}]"
            if field.list_kind in ("map", "set"):
                name = fieldset.element(field, item)
                here = fieldset.shown((name,))
                if name in seen:
                    faults.append(f"{path}: duplicate entries for key {here}")
                seen.add(name)
            faults += _faults(item, inner, path + here)
    return faults


# ---------------------------------------------------------------------- objects that kubectl apply made


def _not_last_applied(resource: Resource, live: Obj, disputed: Mapping[Manager, FieldSet]) -> dict[Manager, FieldSet]:
    """The conflicts that are not about fields of the annotation of client-side apply: those kubectl may take over."""
    try:
        last = json.loads((live["metadata"].get("annotations") or {}).get(LAST_APPLIED) or "null")
    except ValueError:
        return dict(disputed)
    if not isinstance(last, dict) or last.get("apiVersion") != resource.api_version:
        return dict(disputed)
    struct = type_of(resource)
    change = fieldset.compared(last, live, struct)
    allowed = fieldset.of(last, struct) - change.modified - change.added - change.removed
    left = {manager: fields - allowed for manager, fields in disputed.items()}
    return {manager: fields for manager, fields in left.items() if fields}


def _last_applied(new: Obj, body: Obj) -> Obj:
    """The object with the annotation of client-side apply, where it has one, brought up to date."""
    metadata = new["metadata"]
    notes = metadata.get("annotations") or {}
    if LAST_APPLIED not in notes:
        return new
    text = json.dumps(body, separators=(",", ":"), sort_keys=True, ensure_ascii=False, default=json_default) + "\n"
    return {**new, "metadata": {**metadata, "annotations": {**notes, LAST_APPLIED: text}}}
