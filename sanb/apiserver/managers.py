"""Field managers: who owns which fields of an object (metadata.managedFields)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from sanb.apiserver import fieldset, shapes
from sanb.apiserver.fieldset import EMPTY, FieldSet, Path
from sanb.apiserver.request import UserInfo
from sanb.apiserver.resources import Resource
from sanb.apiserver.schema import type_of
from sanb.profiles.profile import Profile
from sanb.values import Obj

ANCIENT: Final = "ancient-changes"
MOST_UPDATERS: Final = 10
"""So many managers that update are kept apart; of more the oldest become one."""
TRACKED: Final = {"1.10": False, "1.18": True}
"""Whether managers are followed from an object's creation on, not only from the first apply."""
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


def with_managers(obj: Obj, managers: Managers, old: Obj | None) -> Obj:
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


def owned_by(fields: FieldSet, resource: Resource, subresource: str) -> FieldSet:
    """Of some fields those that a request to the resource, or its subresource, comes to own."""
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
        return with_managers(new, {}, None)
    managers = updated(resource, old, new, managers, updater(resource, manager, subresource, profile), now_text)
    return with_managers(new, managers, old)


def updater(resource: Resource, manager: str, subresource: str, profile: Profile) -> Manager:
    """Who updates, as managedFields tells it apart."""
    sub = subresource if profile.pick(SUBRESOURCES) else ""
    return Manager(manager or "unknown", "Update", resource.api_version, sub)


def updated(resource: Resource, old: Obj, new: Obj, managers: Managers, who: Manager, now_text: str) -> Managers:
    """The managers after `who` made `new` of `old`: it owns what it changed, and nobody owns what is gone."""
    if not (old or managers or resource.custom):
        mine = _made(resource, new, who.subresource)
        return {who: Owned(mine, who.version, now_text)} if mine else {}
    change = fieldset.compared(old, new, type_of(resource))
    taken = change.added | change.modified
    found: Managers = {}
    for manager, owned in managers.items():
        left = owned.fields - change.removed - taken
        if left:
            found[manager] = owned._replace(fields=left)
    mine = owned_by(taken, resource, who.subresource)
    if mine:
        before = found.get(who)
        found[who] = Owned(mine | before.fields if before else mine, who.version, now_text)
    return _capped(found)


def _made(resource: Resource, new: Obj, subresource: str) -> FieldSet:
    """What whoever creates an object owns of it."""
    def find() -> FieldSet:
        change = fieldset.compared({}, new, type_of(resource))
        return owned_by(change.added | change.modified, resource, subresource)

    return shapes.remembered((resource.id, resource.api_version, subresource, "status" in resource.subresources), new, find)


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
