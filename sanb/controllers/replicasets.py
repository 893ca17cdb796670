"""ReplicaSet controller: so many Pods as the ReplicaSet says, made in slow-start batches (SEM 6.3)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Hashable, Iterable, Iterator
from typing import Any, Final, NamedTuple

from sanb.apiserver.client import Api
from sanb.apiserver.relations import controller_of
from sanb.controllers import victims
from sanb.controllers.identity import PROCESS, account_user
from sanb.controllers.ownership import chooser, claim, involved, reference
from sanb.controllers.victims import ready_since
from sanb.errors import ApiError
from sanb.kernel.controller import Controller, Watch
from sanb.profiles.profile import Profile
from sanb.times import parse, rfc3339
from sanb.values import Obj

NAME: Final = "replicaset-controller"
RESOURCE: Final = "replicasets.apps"
KIND: Final = "ReplicaSet"
BURST: Final = 500
"""Most Pods made or deleted in one sync."""
GATHERED: Final = 0.1
"""Seconds for which news that only change the status are gathered.

A real controller needs time for every sync, and meanwhile its queue gathers; one that takes none would count all its
Pods again for each of them.
"""
ENDED: Final = ("Succeeded", "Failed")
TERMINATING_COUNT: Final = {"1.10": False, "1.35": True}
"""Whether the status counts terminating Pods (gate DeploymentReplicaSetTerminatingReplicas)."""
DELETION_COST: Final = {"1.10": False, "1.22": True}
"""Whether the deletion cost of Pods counts (gate PodDeletionCost)."""

Key = tuple[str, str]


class Expected(NamedTuple):
    """What the cache must show before Pods may be counted again: creations up to a revision, and these deletions."""

    revision: str
    doomed: tuple[tuple[str, str], ...]
    """(name, uid) of Pods that were told to go."""


# ---------------------------------------------------------------------- what it watches


def _own_key(obj: Obj) -> Iterable[Key]:
    metadata = obj["metadata"]
    return ((metadata["namespace"], metadata["name"]),)


def _controller_key(pod: Obj) -> Iterable[Key]:
    owner = controller_of(pod)
    if owner is None or owner["kind"] != KIND:
        return ()
    return ((pod["metadata"]["namespace"], owner["name"]),)


def _pod_keys(pod: Obj, lister: Any) -> Iterable[Key]:
    """The ReplicaSet that controls a Pod; for an orphan those that might adopt it."""
    if controller_of(pod) is not None:
        return _controller_key(pod)
    return _adopters(pod, lister)


def _adopters(pod: Obj, lister: Any) -> Iterator[Key]:
    if not pod["metadata"].get("labels"):
        return
    for replica_set in lister.cached_list(RESOURCE, pod["metadata"]["namespace"]):
        if chooser(replica_set["spec"].get("selector"))(pod):
            yield from _own_key(replica_set)


def _matters(old: Obj, new: Obj) -> bool:
    """Whether a change of a Pod can change what its ReplicaSet does."""
    before, after = old["metadata"], new["metadata"]
    for field in ("labels", "ownerReferences", "deletionTimestamp"):
        a, b = before.get(field), after.get(field)
        if a is not b and a != b:
            return True
    return _ended(new) and not _ended(old)


def _readiness(old: Obj, new: Obj) -> bool:
    """Whether a change of a Pod can only change what its ReplicaSet says."""
    return old.get("status") is not new.get("status") and ready_since(old) != ready_since(new)


def _surprising(pod: Obj) -> Iterable[Key]:
    return () if pod["metadata"].get("deletionTimestamp") else _controller_key(pod)


def _awaited(pod: Obj) -> Iterable[Key]:
    return _controller_key(pod) if pod["metadata"].get("deletionTimestamp") else ()


def controller(profile: Profile, authority: object, seed: int) -> Controller:
    """The controller of every minor."""
    return Controller(
        NAME, NAME, PROCESS, account_user(NAME),
        watches=(
            Watch(RESOURCE, keys=_own_key),
            Watch("pods", related=_pod_keys, on=frozenset({"add", "update"}), changed=_matters),
            Watch("pods", keys=_controller_key, on=frozenset({"update"}), changed=_readiness, delay=GATHERED),
            Watch("pods", keys=_surprising, on=frozenset({"delete"})),
            Watch("pods", keys=_awaited, on=frozenset({"delete"}), delay=GATHERED),
        ),
        reconcile=reconcile, workers=5,
    )


# ---------------------------------------------------------------------- one sync


async def reconcile(api: Api, key: Any) -> float | None:
    """Bring the Pods of one ReplicaSet to their number and report it; returns when a Pod will have become available."""
    namespace, name = key
    replica_set = api.cached(RESOURCE, namespace, name)
    if replica_set is None:
        api.keep(key, None)
        return None
    settled = _settled(api, key, namespace)
    mine = api.cached_by("pods", "owner", replica_set["metadata"]["uid"])
    orphans = [pod for pod in api.cached_by("pods", "orphan", namespace) if _active(pod)]
    pods = await claim(
        api, replica_set, KIND, (RESOURCE, "pods"), [pod for pod in mine if _active(pod)], orphans
    )
    failure: ApiError | None = None
    if settled and not replica_set["metadata"].get("deletionTimestamp"):
        failure = await _manage(api, key, replica_set, pods)
    leaving = sum(1 for pod in mine if pod["metadata"].get("deletionTimestamp") and not _ended(pod))
    await _report(api, replica_set, _status(api, replica_set, pods, leaving, failure))
    if failure is not None:
        raise failure
    return _next_available(api, replica_set, pods)


def _active(pod: Obj) -> bool:
    return not pod["metadata"].get("deletionTimestamp") and not _ended(pod)


def _ended(pod: Obj) -> bool:
    return (pod.get("status") or {}).get("phase") in ENDED


def _settled(api: Api, key: Hashable, namespace: str) -> bool:
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


async def _manage(api: Api, key: Hashable, replica_set: Obj, pods: list[Obj]) -> ApiError | None:
    """Make what is missing or delete what is too much; returns the first refusal."""
    missing = int(replica_set["spec"].get("replicas", 1)) - len(pods)
    if missing > 0:
        return await _create(api, key, replica_set, min(missing, BURST))
    if missing < 0:
        return await _delete(api, key, replica_set, pods, min(-missing, BURST))
    return None


async def _slowly(count: int, act: Callable[[], Awaitable[ApiError | None]]) -> ApiError | None:
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


async def _create(api: Api, key: Hashable, replica_set: Obj, count: int) -> ApiError | None:
    body = pod_body(api.profile, replica_set)
    namespace = replica_set["metadata"]["namespace"]
    subject = involved(api.profile, replica_set)
    revision = ""

    async def act() -> ApiError | None:
        nonlocal revision
        try:
            pod = await api.create("pods", namespace, body)
        except ApiError as error:
            if error.has_cause("NamespaceTerminating"):
                return None
            api.event(subject, KIND, "Warning", "FailedCreate", f"Error creating: {error.message}")
            return error
        revision = pod["metadata"]["resourceVersion"]
        api.event(subject, KIND, "Normal", "SuccessfulCreate", f"Created pod: {pod['metadata']['name']}")
        return None

    refusal = await _slowly(count, act)
    if revision:
        api.keep(key, Expected(revision, ()))
    return refusal


def pod_body(profile: Profile, replica_set: Obj) -> Obj:
    """The Pod that a ReplicaSet asks for: its template, with a name to complete and its owner."""
    template = replica_set["spec"].get("template") or {}
    given = template.get("metadata") or {}
    metadata: Obj = {field: given[field] for field in ("labels", "annotations", "finalizers") if given.get(field)}
    metadata["generateName"] = f"{replica_set['metadata']['name']}-"
    metadata["ownerReferences"] = [reference(profile, replica_set, KIND)]
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": template.get("spec") or {}}


async def _delete(api: Api, key: Hashable, replica_set: Obj, pods: list[Obj], count: int) -> ApiError | None:
    subject, refusal = involved(api.profile, replica_set), None
    doomed: list[tuple[str, str]] = []
    by_cost = api.profile.pick(DELETION_COST)
    for pod in victims.chosen(pods, count, _related(api, replica_set, pods), by_cost=by_cost):
        metadata = pod["metadata"]
        try:
            await api.delete("pods", metadata["namespace"], metadata["name"])
        except ApiError as error:
            if error.code != 404:
                api.event(subject, KIND, "Warning", "FailedDelete", f"Error deleting: {error.message}")
                refusal = refusal or error
                continue
        else:
            api.event(subject, KIND, "Normal", "SuccessfulDelete", f"Deleted pod: {metadata['name']}")
        doomed.append((metadata["name"], metadata["uid"]))
    api.keep(key, Expected("", tuple(doomed)))
    return refusal


def _related(api: Api, replica_set: Obj, pods: list[Obj]) -> Iterable[Obj]:
    """All active Pods of the ReplicaSets that have the same controller."""
    owner = controller_of(replica_set)
    if owner is None:
        return pods
    siblings = api.cached_by(RESOURCE, "owner", owner["uid"])
    found = (pod for sibling in siblings for pod in api.cached_by("pods", "owner", sibling["metadata"]["uid"]))
    return [pod for pod in found if _active(pod)]


# ---------------------------------------------------------------------- status


def _status(api: Api, replica_set: Obj, pods: list[Obj], leaving: int, failure: ApiError | None) -> Obj:
    """The status as the sync found it: the Pods of before, with the failure of now."""
    labels = tuple(((replica_set["spec"].get("template") or {}).get("metadata") or {}).get("labels", {}).items())
    labeled = ready = available = 0
    seconds, now = replica_set["spec"].get("minReadySeconds") or 0, api.now
    for pod in pods:
        have = pod["metadata"].get("labels") or {}
        labeled += all(have.get(key) == value for key, value in labels)
        since = ready_since(pod)
        if since is not None:
            ready += 1
            available += not seconds or parse(since) + seconds <= now
    counts = {"fullyLabeledReplicas": labeled, "readyReplicas": ready, "availableReplicas": available}
    status: Obj = {"replicas": len(pods), **{field: count for field, count in counts.items() if count}}
    status["observedGeneration"] = replica_set["metadata"].get("generation", 0)
    if api.profile.pick(TERMINATING_COUNT):
        status["terminatingReplicas"] = leaving
    conditions = _conditions(api, replica_set, len(pods), failure)
    if conditions:
        status["conditions"] = conditions
    return status


def _conditions(api: Api, replica_set: Obj, count: int, failure: ApiError | None) -> list[Obj]:
    conditions: list[Obj] = (replica_set.get("status") or {}).get("conditions") or []
    known = any(condition["type"] == "ReplicaFailure" for condition in conditions)
    if failure is None:
        return [c for c in conditions if c["type"] != "ReplicaFailure"] if known else conditions
    if known:
        return conditions
    reason = "FailedCreate" if count < int(replica_set["spec"].get("replicas", 1)) else "FailedDelete"
    return [*conditions, {
        "type": "ReplicaFailure", "status": "True", "lastTransitionTime": rfc3339(api.now), "reason": reason,
        "message": failure.message,
    }]


async def _report(api: Api, replica_set: Obj, status: Obj) -> None:
    """Write the status if it says something new; after a refusal once more, on the newest object."""
    if status == replica_set.get("status"):
        return
    metadata = replica_set["metadata"]
    try:
        await api.update(RESOURCE, {**replica_set, "status": status}, subresource="status")
    except ApiError:
        fresh = await api.get(RESOURCE, metadata["namespace"], metadata["name"])
        await api.update(RESOURCE, {**fresh, "status": status}, subresource="status")


def _next_available(api: Api, replica_set: Obj, pods: list[Obj]) -> float | None:
    """Seconds until the next ready Pod has been ready for long enough."""
    seconds = replica_set["spec"].get("minReadySeconds") or 0
    if not seconds:
        return None
    now = api.now
    waits = [parse(since) + seconds - now for pod in pods if (since := ready_since(pod))]
    waits = [wait for wait in waits if wait > 0]
    return min(waits) if waits else None
