"""Server-side apply and the field managers of an object (metadata.managedFields)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from sanb.apiserver import fieldset, status
from sanb.apiserver.fieldset import EMPTY, FieldSet, Path
from sanb.apiserver.request import UserInfo
from sanb.apiserver.resources import Resource
from sanb.apiserver.schema import Field, Type, type_of
from sanb.errors import ApiError
from sanb.profiles.profile import Profile
from sanb.values import Obj, json_default

LAST_APPLIED: Final = "kubectl.kubernetes.io/last-applied-configuration"
BEFORE: Final = "before-first-apply"
"""The manager of what was there before anybody was followed."""
ANCIENT: Final = "ancient-changes"
MOST_UPDATERS: Final = 10
"""So many managers that update are kept apart; of more the oldest become one."""
TRACKED: Final = {"1.10": False, "1.18": True}
"""Whether managers are followed from an object's creation on, not only from the first apply."""
NAMES_KIND: Final = {"1.10": False, "1.26": True}
"""Whether the complaint about a wrong version names the whole type."""
SUBRESOURCES: Final = {"1.10": False, "1.22": True}
"""Whether a manager is another one for each subresource."""
_META: Final = (
    "name", "namespace", "creationTimestamp", "selfLink", "uid", "clusterName", "generation", "managedFields",
    "resourceVersion",
)
STRIPPED: Final[FieldSet] = frozenset((
    ("f:apiVersion",), ("f:kind",), ("f:metadata",), *(("f:metadata", f"f:{name}") for name in _META),
))
"""What nobody owns."""


class Manager(NamedTuple):
    """Who: two entries of one manager differ in what they did, in which version, to which subresource."""

    name: str
    operation: str
    version: str = ""
    """Empty for those who apply: they stay the same whatever version they apply in."""
    subresource: str = ""

    @property
    def text(self) -> str:
        """The manager in a message about conflicts."""
        text = f'"{self.name}"'
        if self.subresource:
            text += f' with subresource "{self.subresource}"'
        return f"{text} using {self.version}" if self.operation == "Update" else text

    @property
    def identifier(self) -> str:
        """The text that the server sorts managers by."""
        pairs = zip(("manager", "operation", "apiVersion", "subresource"), self, strict=True)
        return json.dumps({key: value for key, value in pairs if value}, separators=(",", ":"), ensure_ascii=False)


class Owned(NamedTuple):
    """What a manager owns, in which version, and since when."""

    fields: FieldSet
    version: str
    time: str


Managers = dict[Manager, Owned]


# ---------------------------------------------------------------------- managedFields


def read(entries: list[Obj] | None) -> Managers:
    """The managers of an object; none if the entries cannot be read."""
    found: Managers = {}
    for entry in entries or ():
        operation, version = entry.get("operation"), entry.get("apiVersion")
        if operation not in ("Apply", "Update") or not version or entry.get("fieldsType") != "FieldsV1":
            return {}
        name, sub = entry.get("manager", ""), entry.get("subresource", "")
        manager = Manager(name, operation, version if operation == "Update" else "", sub)
        found[manager] = Owned(fieldset.decode(entry.get("fieldsV1") or {}), version, entry.get("time", ""))
    return found


def written(managers: Managers) -> list[Obj]:
    """The entries of managedFields: those who applied first, each kind by time."""
    listed = sorted(managers.items(), key=_rank)
    return [_entry(manager, owned) for manager, owned in listed]


def _rank(one: tuple[Manager, Owned]) -> tuple[str, ...]:
    manager, owned = one
    return manager.operation, owned.time, manager.name, owned.version, manager.subresource


def _entry(manager: Manager, owned: Owned) -> Obj:
    entry: Obj = {"manager": manager.name, "operation": manager.operation, "apiVersion": owned.version}
    if owned.time:
        entry["time"] = owned.time
    entry["fieldsType"] = "FieldsV1"
    entry["fieldsV1"] = fieldset.encode(owned.fields)
    if manager.subresource:
        entry["subresource"] = manager.subresource
    return entry


def _with(obj: Obj, managers: Managers, old: Obj | None) -> Obj:
    """The object with these managers; the old entries, and the same object, where nothing changed."""
    metadata = obj.get("metadata") or {}
    before = (old or {}).get("metadata", {}).get("managedFields")
    entries = before if before and read(before) == managers else written(managers)
    if metadata.get("managedFields") is entries:
        return obj
    if not entries:
        if "managedFields" not in metadata:
            return obj
        return {**obj, "metadata": {key: value for key, value in metadata.items() if key != "managedFields"}}
    return {**obj, "metadata": {**metadata, "managedFields": entries}}


def _ignored(resource: Resource, subresource: str) -> tuple[Path, ...]:
    """What a request cannot change and therefore not own."""
    if subresource == "status":
        return (("f:spec",),)
    return (("f:status",),) if "status" in resource.subresources else ()


def _own(fields: FieldSet, resource: Resource, subresource: str) -> FieldSet:
    ignored = _ignored(resource, subresource)
    fields -= STRIPPED
    return fields - fieldset.below(fields, *ignored) if ignored else fields


# ---------------------------------------------------------------------- updates

COMPONENTS: Final = (
    ("system:serviceaccount:kube-system:", "kube-controller-manager"),
    ("system:kube-controller-manager", "kube-controller-manager"),
    ("system:node:", "kubelet"),
    ("system:kube-scheduler", "kube-scheduler"),
    ("system:apiserver", "kube-apiserver"),
)
"""Beginnings of user names, and the programs that call themselves so."""


def manager_of(options: Mapping[str, Any], user: UserInfo) -> str:
    """The name of the manager that a request is: the one it gives, or the program whose user it is."""
    given = options.get("fieldManager")
    if given:
        return str(given)
    return next((program for start, program in COMPONENTS if user.name.startswith(start)), "unknown")


def track_managers(
    resource: Resource, old: Obj, new: Obj, manager: str, now_text: str, profile: Profile, subresource: str = ""
) -> Obj:
    """The new object with its field managers brought up to date; `old` is {} for one that is created.

    Whoever changes a field owns it alone. An object whose managers nobody followed so far stays so, and so does one
    whose managers the client takes away by an empty list.
    """
    given = (new.get("metadata") or {}).get("managedFields")
    if given is not None and (not given or given == [{}]):
        managers: Managers = {}
    else:
        managers = read(given) or read((old.get("metadata") or {}).get("managedFields"))
    if old and not managers:
        return _with(new, {}, None)
    managers = _updated(resource, old, new, managers, _updater(resource, manager, subresource, profile), now_text)
    return _with(new, managers, old)


def _updater(resource: Resource, manager: str, subresource: str, profile: Profile) -> Manager:
    sub = subresource if profile.pick(SUBRESOURCES) else ""
    return Manager(manager or "unknown", "Update", resource.api_version, sub)


def _updated(resource: Resource, old: Obj, new: Obj, managers: Managers, who: Manager, now_text: str) -> Managers:
    change = fieldset.compared(old, new, type_of(resource))
    taken = change.added | change.modified
    found: Managers = {}
    for manager, owned in managers.items():
        left = owned.fields - change.removed - taken
        if left:
            found[manager] = owned._replace(fields=left)
    mine = _own(taken, resource, who.subresource)
    if mine:
        before = found.get(who)
        found[who] = Owned(mine | before.fields if before else mine, who.version, now_text)
    return _capped(found)


def _capped(managers: Managers) -> Managers:
    """At most MOST_UPDATERS managers that update: of more, the oldest become one."""
    updaters = [manager for manager in managers if manager.operation == "Update"]
    if len(updaters) <= MOST_UPDATERS:
        return managers
    updaters.sort(key=lambda one: (managers[one].time, one.name))
    oldest = updaters[:len(updaters) - MOST_UPDATERS + 1]
    version = managers[oldest[0]].version
    fields = EMPTY.union(*(managers[one].fields for one in oldest))
    rest = {manager: owned for manager, owned in managers.items() if manager not in oldest}
    return {**rest, Manager(ANCIENT, "Update", version): Owned(fields, version, managers[oldest[-1]].time)}


# ---------------------------------------------------------------------- apply


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
    return managers or _updated(resource, {}, live, {}, _updater(resource, BEFORE, "", profile), now_text)


def _applied(
    resource: Resource, live: Obj | None, body: Obj, managers: Managers, who: Manager, force: bool, now_text: str
) -> Obj:
    struct, before = type_of(resource), live or {}
    last = managers.get(who)
    mine = _own(fieldset.of(body, struct), resource, who.subresource)
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
    return _with(merged, found, live)


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
