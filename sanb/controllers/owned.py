"""What all controllers of Pods have in common: whom a Pod concerns, what counts, what was done and is not seen yet."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Hashable, Iterable, Iterator
from typing import Any, Final, NamedTuple

from sanb.apiserver.client import Api
from sanb.apiserver.relations import controller_of
from sanb.controllers.ownership import chooser, involved, reference
from sanb.controllers.victims import ready_since
from sanb.errors import ApiError
from sanb.profiles.profile import Profile
from sanb.values import Obj

ENDED: Final = ("Succeeded", "Failed")
GATHERED: Final = 0.1
"""Seconds for which news that only change the status are gathered.

A real controller needs time for every sync, and meanwhile its queue gathers; one that takes none would count all its
Pods again for each of them.
"""

Key = tuple[str, str]
Keys = Callable[[Obj], Iterable[Key]]
Related = Callable[[Obj, Any], Iterable[Key]]
Act = Callable[[], Awaitable[ApiError | None]]


class Expected(NamedTuple):
    """What the cache must show before Pods may be counted again: creations up to a revision, and these deletions."""

    revision: str
    doomed: tuple[tuple[str, str], ...] = ()
    """(name, uid) of Pods that were told to go."""


# ---------------------------------------------------------------------- whom it concerns


def own_key(obj: Obj) -> Iterable[Key]:
    """An object concerns its own key."""
    metadata = obj["metadata"]
    return ((metadata["namespace"], metadata["name"]),)


def controlled_by(kind: str) -> Keys:
    """The key of the controller of an object, if that is of this kind."""

    def keys(obj: Obj) -> Iterable[Key]:
        for owner in obj["metadata"].get("ownerReferences") or ():
            if owner.get("controller"):
                return ((obj["metadata"]["namespace"], owner["name"]),) if owner["kind"] == kind else ()
        return ()

    return keys


def controlled_or_adoptable(resource: str, kind: str, selector: Callable[[Obj], Any] | None = None) -> Related:
    """The controller of an object, if it is of this kind; for an orphan those that might adopt it."""
    keys, choice = controlled_by(kind), selector or label_selector

    def related(obj: Obj, lister: Any) -> Iterable[Key]:
        if controller_of(obj) is not None:
            return keys(obj)
        return _adopters(obj, lister) if obj["metadata"].get("labels") else ()

    def _adopters(obj: Obj, lister: Any) -> Iterator[Key]:
        for owner in lister.cached_list(resource, obj["metadata"]["namespace"]):
            if chooser(choice(owner))(obj):
                yield from own_key(owner)

    return related


def label_selector(owner: Obj) -> Any:
    """`spec.selector` as a LabelSelector."""
    return owner["spec"].get("selector")


def leaving(keys: Keys) -> Keys:
    """`keys` of what is being deleted: its end was awaited."""
    return lambda obj: keys(obj) if obj["metadata"].get("deletionTimestamp") else ()


def surprising(keys: Keys) -> Keys:
    """`keys` of what goes without having been deleted before."""
    return lambda obj: () if obj["metadata"].get("deletionTimestamp") else keys(obj)


def matters(old: Obj, new: Obj) -> bool:
    """Whether a change of a Pod can change what its controller does."""
    return relabelled(old, new) or (ended(new) and not ended(old))


def relabelled(old: Obj, new: Obj) -> bool:
    """Whether an object has got other labels or owners, or is to go.

    Several controllers ask it of every change of a Pod, one after the other: the last answer is at hand.
    """
    last = _LAST[0]
    if last[0] is old and last[1] is new:
        return last[2]
    answer = any(new["metadata"].get(field) != old["metadata"].get(field) for field in _LABELLING)
    _LAST[0] = (old, new, answer)
    return answer


_LABELLING: Final = ("labels", "ownerReferences", "deletionTimestamp")
_LAST: Final[list[tuple[Obj, Obj, bool]]] = [({}, {}, False)]
"""What was asked last, and the answer; one tuple, so that threads cannot mix theirs."""


def readiness(old: Obj, new: Obj) -> bool:
    """Whether a change of a Pod can only change what its controller says."""
    return old.get("status") is not new.get("status") and ready_since(old) != ready_since(new)


# ---------------------------------------------------------------------- what counts


def phase(pod: Obj) -> str:
    """The phase of a Pod."""
    return (pod.get("status") or {}).get("phase") or ""


def ended(pod: Obj) -> bool:
    """Whether a Pod has succeeded or failed."""
    return (pod.get("status") or {}).get("phase") in ENDED


def deleted(obj: Obj) -> bool:
    """Whether an object is being deleted."""
    return bool(obj["metadata"].get("deletionTimestamp"))


def active(pod: Obj) -> bool:
    """Whether a Pod counts as one that works or will work."""
    return not pod["metadata"].get("deletionTimestamp") and not ended(pod)


def settled(api: Api, key: Hashable, namespace: str) -> bool:
    """Whether the cache shows what the last sync did; without this a stale cache would make Pods twice."""
    expected: Expected | None = api.recall(key)
    if expected is None:
        return True
    if expected.revision and not api.reached("pods", expected.revision):
        return False
    for name, uid in expected.doomed:
        pod = api.cached("pods", namespace, name)
        if pod is not None and pod["metadata"]["uid"] == uid and not pod["metadata"].get("deletionTimestamp"):
            return False
    api.keep(key, None)
    return True


# ---------------------------------------------------------------------- what it does


async def slowly(count: int, act: Act) -> ApiError | None:
    """Act `count` times in batches of 1, 2, 4 and so on; after a batch with a refusal the rest is left out."""
    batch = 1
    while count > 0:
        batch = min(batch, count)
        refusal: ApiError | None = None
        for _ in range(batch):
            refused = await act()
            refusal = refusal or refused
        if refusal is not None:
            return refusal
        count -= batch
        batch *= 2
    return None


def pod_body(profile: Profile, owner: Obj, kind: str) -> Obj:
    """The Pod that a workload asks for: its template, with a name to complete and its owner."""
    template = owner["spec"].get("template") or {}
    given = template.get("metadata") or {}
    metadata: Obj = {field: given[field] for field in ("labels", "annotations", "finalizers") if given.get(field)}
    metadata["generateName"] = f"{owner['metadata']['name']}-"
    metadata["ownerReferences"] = [reference(profile, owner, kind)]
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": template.get("spec") or {}}


async def create_pod(api: Api, owner: Obj, kind: str, body: Obj) -> tuple[Obj | None, ApiError | None]:
    """Make a Pod and tell of it: the Pod, or None and why not (no reason where the namespace goes away)."""
    subject = involved(api.profile, owner, kind)
    try:
        pod = await api.create("pods", owner["metadata"]["namespace"], body)
    except ApiError as error:
        if error.has_cause("NamespaceTerminating"):
            return None, None
        api.event(subject, kind, "Warning", "FailedCreate", f"Error creating: {error.message}")
        return None, error
    api.event(subject, kind, "Normal", "SuccessfulCreate", f"Created pod: {pod['metadata']['name']}")
    return pod, None


async def delete_pod(api: Api, owner: Obj, kind: str, pod: Obj) -> ApiError | None:
    """Delete a Pod and tell of it; returns why it could not be deleted. One that is gone is as good as deleted."""
    subject, metadata = involved(api.profile, owner, kind), pod["metadata"]
    try:
        await api.delete("pods", metadata["namespace"], metadata["name"])
    except ApiError as error:
        if error.code == 404:
            return None
        api.event(subject, kind, "Warning", "FailedDelete", f"Error deleting: {error.message}")
        return error
    api.event(subject, kind, "Normal", "SuccessfulDelete", f"Deleted pod: {metadata['name']}")
    return None


async def report(api: Api, resource: str, obj: Obj, status: Obj) -> None:
    """Write a status if it says something new; after a refusal once more, on the newest object."""
    if status == obj.get("status"):
        return
    metadata = obj["metadata"]
    try:
        await api.update(resource, {**obj, "status": status}, subresource="status")
    except ApiError:
        fresh = await api.get(resource, metadata["namespace"], metadata["name"])
        await api.update(resource, {**fresh, "status": status}, subresource="status")


async def forgiving(call: Awaitable[Any], *codes: int) -> Any:
    """The answer to a call; None when it is refused with one of these codes."""
    try:
        return await call
    except ApiError as error:
        if error.code in codes:
            return None
        raise
