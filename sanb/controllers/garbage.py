"""Garbage collector: deletes what has lost its owners, and lets owners go when their dependents are settled (SEM 6.2).

Upstream keeps a graph of all objects. Here the store's index of owners is the graph, so that an object whose owners are
alive costs a look at each of them and nothing else. Three kinds of keys are queued: `Item("judge", …)` looks at an
object itself, `Item("orphan", …)` cuts the dependents of an object off, `Item("gone", …)` judges the dependents of an
object that is no more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import Any, Final, NamedTuple

from sanb.apiserver import customs
from sanb.apiserver.client import Api
from sanb.apiserver.customs import DEFINITIONS
from sanb.apiserver.resources import Resource, served
from sanb.controllers.identity import PROCESS, account_user
from sanb.controllers.ownership import OWNER_VERSION
from sanb.errors import ApiError
from sanb.kernel.controller import Controller, More, Watch
from sanb.profiles.profile import Profile
from sanb.values import Obj

NAME: Final = "garbage-collector-controller"
ORPHAN: Final = "orphan"
FOREGROUND: Final = "foregroundDeletion"
IGNORED: Final = ("events",)
ABSENT_REMEMBERED: Final = 500
"""So many owners that do not exist are remembered by uid."""
INVALID_NAMESPACE: Final = {"1.10": False, "1.20": True}
"""Whether an owner that lives in another namespace is reported."""


class Item(NamedTuple):
    """One object and what to do about it."""

    work: str
    resource: str
    namespace: str
    name: str
    uid: str


def _item(work: str, resource: str, obj: Obj) -> Item:
    metadata = obj["metadata"]
    return Item(work, resource, metadata.get("namespace", ""), metadata["name"], metadata["uid"])


# ---------------------------------------------------------------------- what it watches


class Kinds:
    """The kinds of a minor, and those of CustomResourceDefinitions, as far as somebody knows of them."""

    def __init__(self, profile: Profile) -> None:
        rows = [row for row in served(profile).values() if row.id not in IGNORED]
        self.builtin = tuple(row.id for row in rows)
        self._by_kind = {row.kind: row for row in rows}

    def watched(self, reader: Any) -> Iterator[str]:
        """The resources whose objects may be owned; `reader` reads the cache."""
        yield from self.builtin
        yield from (row.id for row in _custom(reader))

    def find(self, reference: Obj, reader: Any) -> Resource | None:
        """The kind of an owner; None if nobody knows it here."""
        kind, version = reference["kind"], reference["apiVersion"]
        row = self._by_kind.get(kind)
        if row is not None and (row.serves(version) or (row.group == "apps" and version == OWNER_VERSION["1.10"])):
            return row
        return next((one for one in _custom(reader) if one.kind == kind and version in one.served), None)

    def place(self, reference: Obj, namespace: str, reader: Any) -> tuple[str, str, str] | None:
        """Where the owner of an object in `namespace` would be; None if its kind is unknown here."""
        row = self.find(reference, reader)
        return None if row is None else (row.id, namespace if row.namespaced else "", reference["name"])


def _custom(reader: Any) -> Iterator[Resource]:
    for definition in reader.cached_list(DEFINITIONS):
        row = customs.resource_of(definition)
        if row is not None:
            yield row


@lru_cache(maxsize=64)
def kinds_of(profile: Profile) -> Kinds:
    """The kinds of a profile, put together once."""
    return Kinds(profile)


def _waits(obj: Obj) -> bool:
    """Whether an object is being deleted in the foreground."""
    metadata = obj["metadata"]
    return bool(metadata.get("deletionTimestamp")) and FOREGROUND in (metadata.get("finalizers") or ())


def _matters(old: Obj, new: Obj) -> bool:
    """Whether an update changes owners, finalizers or the deletion."""
    before, after = old["metadata"], new["metadata"]
    for field in ("ownerReferences", "finalizers", "deletionTimestamp"):
        a, b = before.get(field), after.get(field)
        if a is not b and a != b:
            return True
    return False


def _changed(kinds: Kinds, resource: str) -> Callable[[Obj, Any], Iterable[Item]]:
    def keys(obj: Obj, lister: Any) -> Iterable[Item]:
        """What is to be done about an object that appeared or changed: mostly nothing."""
        metadata = obj["metadata"]
        references = metadata.get("ownerReferences")
        deleting = metadata.get("deletionTimestamp")
        items = [*_deleting(resource, obj)] if deleting else []
        if references and not _all_solid(kinds, references, metadata.get("namespace", ""), lister):
            if not deleting:
                items.append(_item("judge", resource, obj))
            items += _waiting_owners(kinds, obj, lister)
        return items

    return keys


def _deleting(resource: str, obj: Obj) -> Iterator[Item]:
    finalizers = obj["metadata"].get("finalizers") or ()
    if ORPHAN in finalizers:
        yield _item("orphan", resource, obj)
    if FOREGROUND in finalizers:
        yield _item("judge", resource, obj)


def _all_solid(kinds: Kinds, references: list[Obj], namespace: str, lister: Any) -> bool:
    for reference in references:
        place = kinds.place(reference, namespace, lister)
        if place is None:
            continue
        owner = lister.cached(*place)
        if owner is None or owner["metadata"]["uid"] != reference["uid"] or _waits(owner):
            return False
    return True


def _waiting_owners(kinds: Kinds, obj: Obj, lister: Any) -> Iterator[Item]:
    """The owners that wait for their dependents: what happens to an object may be what they wait for."""
    metadata = obj["metadata"]
    for reference in metadata.get("ownerReferences") or ():
        place = kinds.place(reference, metadata.get("namespace", ""), lister)
        owner = lister.cached(*place) if place is not None else None
        if place is not None and owner is not None and _waits(owner):
            yield _item("judge", place[0], owner)


def _removed(kinds: Kinds, resource: str) -> Callable[[Obj, Any], Iterator[Item]]:
    def keys(obj: Obj, lister: Any) -> Iterator[Item]:
        """Its dependents lose an owner; an owner that waits for its dependents has one less."""
        uid = obj["metadata"]["uid"]
        if any(lister.may_file(other, "owner", uid) for other in kinds.watched(lister)):
            yield _item("gone", resource, obj)
        yield from _waiting_owners(kinds, obj, lister)

    return keys


def controller(profile: Profile, authority: object, seed: int) -> Controller:
    """The collector of every minor."""
    kinds = kinds_of(profile)
    changes = tuple(_on_change(kinds, resource) for resource in kinds.builtin)
    removals = tuple(_on_delete(kinds, resource) for resource in kinds.builtin)

    def more(definition: Obj) -> Iterator[Watch]:
        """What a CustomResourceDefinition brings."""
        row = customs.resource_of(definition)
        if row is not None:
            yield _on_change(kinds, row.id)
            yield _on_delete(kinds, row.id)

    return Controller(
        NAME, NAME, PROCESS, account_user("generic-garbage-collector"), watches=(*changes, *removals),
        reconcile=reconcile, workers=20, more=More(DEFINITIONS, more),
    )


def _on_change(kinds: Kinds, resource: str) -> Watch:
    return Watch(resource, related=_changed(kinds, resource), on=frozenset({"add", "update"}), changed=_matters)


def _on_delete(kinds: Kinds, resource: str) -> Watch:
    return Watch(resource, related=_removed(kinds, resource), on=frozenset({"delete"}))


# ---------------------------------------------------------------------- one item


async def reconcile(api: Api, key: Item) -> None:
    """Do what is to be done about one object."""
    if key.work == "gone":
        for resource, dependent in _dependents(api, key.uid):
            api.enqueue(_item("judge", resource, dependent))
    elif key.work == "orphan":
        await _cut_off(api, key)
    else:
        await _judge(api, key)


def _dependents(api: Api, uid: str) -> Iterator[tuple[str, Obj]]:
    for resource in kinds_of(api.profile).watched(api):
        for dependent in api.cached_by(resource, "owner", uid):
            yield resource, dependent


async def _judge(api: Api, item: Item) -> None:
    """Delete an object that has owners and none that is alive; drop the references to those that are not."""
    latest = await _live(api, item.resource, item.namespace, item.name)
    if latest is None or latest["metadata"]["uid"] != item.uid:
        return
    if latest["metadata"].get("deletionTimestamp"):
        if _waits(latest):
            await _wait_for_dependents(api, item, latest)
        return
    references = latest["metadata"].get("ownerReferences") or []
    solid, dangling, waiting = await _classified(api, item, latest, references)
    if solid and (dangling or waiting):
        await _drop(api, item, [*dangling, *waiting])
        for reference in waiting:
            _judge_owner(api, item, reference)
    elif not solid and references:
        await _collect(api, item, latest, waiting)


async def _live(api: Api, resource: str, namespace: str, name: str) -> Obj | None:
    try:
        return await api.get(resource, namespace, name)
    except ApiError as error:
        if error.code == 404:
            return None
        raise


def _judge_owner(api: Api, item: Item, reference: Obj) -> None:
    place = kinds_of(api.profile).place(reference, item.namespace, api)
    if place is not None:
        api.enqueue(Item("judge", *place, reference["uid"]))


async def _classified(
    api: Api, item: Item, obj: Obj, references: list[Obj]
) -> tuple[list[Obj], list[Obj], list[Obj]]:
    """The references to owners that are alive, absent, and waiting for their dependents to go."""
    solid: list[Obj] = []
    dangling: list[Obj] = []
    waiting: list[Obj] = []
    kinds = kinds_of(api.profile)
    for reference in references:
        row = kinds.find(reference, api)
        if row is None or (not item.namespace and row.namespaced):
            # a kind nobody knows here, or an owner that a cluster-scoped object cannot have: leave the object alone
            solid.append(reference)
            continue
        if api.recall(("absent", reference["uid"], item.namespace)):
            dangling.append(reference)
            continue
        owner = await _live(api, row.id, item.namespace if row.namespaced else "", reference["name"])
        if owner is None or owner["metadata"]["uid"] != reference["uid"]:
            _remember_absent(api, ("absent", reference["uid"], item.namespace))
            _report_elsewhere(api, item, obj, reference, row.id)
            dangling.append(reference)
        else:
            (waiting if _waits(owner) else solid).append(reference)
    return solid, dangling, waiting


def _remember_absent(api: Api, key: tuple[str, str, str]) -> None:
    """Remember an owner that does not exist, and forget the one remembered longest ago."""
    place = api.recall("next") or 0
    oldest = api.recall(("slot", place))
    if oldest is not None:
        api.keep(oldest, None)
    api.keep(("slot", place), key)
    api.keep(key, True)
    api.keep("next", (place + 1) % ABSENT_REMEMBERED)


def _report_elsewhere(api: Api, item: Item, obj: Obj, reference: Obj, resource: str) -> None:
    """Warn of an owner that lives in another namespace: such a reference counts for nothing."""
    if not item.namespace or not api.profile.pick(INVALID_NAMESPACE):
        return
    if any(owner["metadata"]["uid"] == reference["uid"] for owner in api.cached_list(resource)):
        kind = f"{reference['apiVersion']}/{reference['kind']}"
        named = f"[{kind}, namespace: {item.namespace}, name: {reference['name']}, uid: {reference['uid']}]"
        text = f'ownerRef {named} does not exist in namespace "{item.namespace}"'
        api.event(obj, obj["kind"], "Warning", "OwnerRefInvalidNamespace", text)


async def _drop(api: Api, item: Item, references: list[Obj]) -> None:
    """Take references out of an object; nothing is left to do if it is gone or another one."""
    try:
        if item.resource in kinds_of(api.profile).builtin:
            removed = [{"$patch": "delete", "uid": reference["uid"]} for reference in references]
            body = {"metadata": {"ownerReferences": removed, "uid": item.uid}}
            await api.patch(item.resource, item.namespace, item.name, body, kind="strategic")
        else:
            await _drop_whole(api, item, [reference["uid"] for reference in references])
    except ApiError as error:
        if error.code not in (404, 422):
            raise


async def _drop_whole(api: Api, item: Item, gone: list[str]) -> None:
    """The same for a custom kind, where a patch replaces the whole list."""
    latest = await _live(api, item.resource, item.namespace, item.name)
    if latest is not None:
        metadata = latest["metadata"]
        kept = [one for one in metadata.get("ownerReferences") or () if one["uid"] not in gone]
        body = {"metadata": {"ownerReferences": kept or None, "resourceVersion": metadata["resourceVersion"]}}
        await api.patch(item.resource, item.namespace, item.name, body, kind="merge")


async def _collect(api: Api, item: Item, obj: Obj, waiting: list[Obj]) -> None:
    """Delete an object without living owners: as its owner goes, as its finalizers say, else in the background."""
    finalizers = obj["metadata"].get("finalizers") or ()
    if waiting and next(_dependents(api, item.uid), None) is not None:
        await _unblock_circle(api, item, obj)
        propagation = "Foreground"
    elif ORPHAN in finalizers:
        propagation = "Orphan"
    else:
        propagation = "Foreground" if FOREGROUND in finalizers else "Background"
    try:
        await api.delete(item.resource, item.namespace, item.name, uid=item.uid, propagation=propagation)
    except ApiError as error:
        if error.code != 404:
            raise


async def _unblock_circle(api: Api, item: Item, obj: Obj) -> None:
    """In a circle of owners everybody would wait for everybody: the object stops blocking its own owners."""
    if not any(_waits(dependent) for _, dependent in _dependents(api, item.uid)):
        return
    blocking = [one for one in obj["metadata"].get("ownerReferences") or () if one.get("blockOwnerDeletion")]
    if blocking:
        patches = [{"uid": one["uid"], "blockOwnerDeletion": False} for one in blocking]
        body = {"metadata": {"ownerReferences": patches, "uid": item.uid}}
        await api.patch(item.resource, item.namespace, item.name, body, kind="strategic")


# ---------------------------------------------------------------------- owners that are being deleted


def _blocks(dependent: Obj, uid: str) -> bool:
    references = dependent["metadata"]["ownerReferences"]
    return any(one["uid"] == uid and one.get("blockOwnerDeletion") for one in references)


async def _wait_for_dependents(api: Api, item: Item, obj: Obj) -> None:
    """Foreground deletion: judge the dependents that block; let the owner go when there are none."""
    blocking = [(resource, one) for resource, one in _dependents(api, item.uid) if _blocks(one, item.uid)]
    for resource, dependent in blocking:
        if not _waits(dependent):
            api.enqueue(_item("judge", resource, dependent))
    if not blocking:
        await _finish(api, item, obj, FOREGROUND)


async def _cut_off(api: Api, item: Item) -> None:
    """Orphan deletion: take the owner out of its dependents, then let it go."""
    for resource, dependent in _dependents(api, item.uid):
        await _drop(api, _item("judge", resource, dependent), [{"uid": item.uid}])
    latest = await _live(api, item.resource, item.namespace, item.name)
    if latest is not None and latest["metadata"]["uid"] == item.uid:
        await _finish(api, item, latest, ORPHAN)


async def _finish(api: Api, item: Item, obj: Obj, finalizer: str) -> None:
    """Take a finalizer away.

    Raises:
        ApiError: the object has changed meanwhile: the item comes back.
    """
    metadata = obj["metadata"]
    finalizers = metadata.get("finalizers") or []
    if finalizer not in finalizers:
        return
    body = {"metadata": {
        "resourceVersion": metadata["resourceVersion"], "finalizers": [one for one in finalizers if one != finalizer],
    }}
    try:
        await api.patch(item.resource, item.namespace, item.name, body, kind="merge")
    except ApiError as error:
        if error.code != 404:
            raise
