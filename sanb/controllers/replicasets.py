"""ReplicaSet controller: so many Pods as the ReplicaSet says, made in slow-start batches (SEM 6.3).

ReplicationControllers are the same under another name: `Flavor` has what differs.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from typing import Any, Final, NamedTuple

from sanb.apiserver.client import Api
from sanb.apiserver.relations import controller_of
from sanb.controllers import victims
from sanb.controllers.identity import PROCESS, account_user
from sanb.controllers.owned import (
    GATHERED,
    Expected,
    active,
    controlled_by,
    controlled_or_adoptable,
    create_pod,
    delete_pod,
    ended,
    label_selector,
    leaving,
    matters,
    own_key,
    pod_body,
    readiness,
    report,
    settled,
    slowly,
    surprising,
)
from sanb.controllers.ownership import claim
from sanb.controllers.victims import ready_since
from sanb.errors import ApiError
from sanb.kernel.controller import Controller, Watch
from sanb.profiles.profile import Profile
from sanb.times import parse, rfc3339
from sanb.values import Obj

NAME: Final = "replicaset-controller"
BURST: Final = 500
"""Most Pods made or deleted in one sync."""
TERMINATING_COUNT: Final = {"1.10": False, "1.35": True}
"""Whether the status counts terminating Pods (gate DeploymentReplicaSetTerminatingReplicas)."""
DELETION_COST: Final = {"1.10": False, "1.22": True}
"""Whether the deletion cost of Pods counts (gate PodDeletionCost)."""

Key = tuple[str, str]


class Flavor(NamedTuple):
    """What distinguishes the kinds that keep a number of Pods: `selector` gives an object's LabelSelector."""

    component: str
    account: str
    resource: str
    kind: str
    selector: Callable[[Obj], Any]
    terminating: bool
    """Whether its status may count terminating Pods."""


REPLICA_SETS: Final = Flavor(NAME, NAME, "replicasets.apps", "ReplicaSet", label_selector, True)


# ---------------------------------------------------------------------- what it watches


def controller(profile: Profile, authority: object, seed: int) -> Controller:
    """The controller of every minor."""
    return made(REPLICA_SETS)


def made(flavor: Flavor) -> Controller:
    """The controller of one kind."""
    name, resource, controlled = flavor.component, flavor.resource, controlled_by(flavor.kind)
    related = controlled_or_adoptable(resource, flavor.kind, flavor.selector)

    async def sync(api: Api, key: Any) -> float | None:
        return await reconcile(api, key, flavor)

    return Controller(
        name, name, PROCESS, account_user(flavor.account),
        watches=(
            Watch(resource, keys=own_key),
            Watch("pods", related=related, on=frozenset({"add", "update"}), changed=matters),
            Watch("pods", keys=controlled, on=frozenset({"update"}), changed=readiness, delay=GATHERED),
            Watch("pods", keys=surprising(controlled), on=frozenset({"delete"})),
            Watch("pods", keys=leaving(controlled), on=frozenset({"delete"}), delay=GATHERED),
        ),
        reconcile=sync, workers=5,
    )


# ---------------------------------------------------------------------- one sync


async def reconcile(api: Api, key: Any, flavor: Flavor) -> float | None:
    """Bring the Pods of one ReplicaSet to their number and report it; returns when a Pod will have become available."""
    namespace, name = key
    replica_set = api.cached(flavor.resource, namespace, name)
    if replica_set is None:
        api.keep(key, None)
        return None
    certain = settled(api, key, namespace)
    mine = api.cached_by("pods", "owner", replica_set["metadata"]["uid"])
    orphans = [pod for pod in api.cached_by("pods", "orphan", namespace) if active(pod)]
    pods = await claim(
        api, replica_set, flavor.kind, (flavor.resource, "pods"), [pod for pod in mine if active(pod)], orphans,
        flavor.selector(replica_set),
    )
    failure: ApiError | None = None
    if certain and not replica_set["metadata"].get("deletionTimestamp"):
        failure = await _manage(api, key, flavor, replica_set, pods)
    status = _status(api, replica_set, pods, failure)
    if flavor.terminating and api.profile.pick(TERMINATING_COUNT):
        going = sum(1 for pod in mine if pod["metadata"].get("deletionTimestamp") and not ended(pod))
        status["terminatingReplicas"] = going
    await report(api, flavor.resource, replica_set, status)
    if failure is not None:
        raise failure
    return _next_available(api, replica_set, pods)


async def _manage(api: Api, key: Hashable, flavor: Flavor, replica_set: Obj, pods: list[Obj]) -> ApiError | None:
    """Make what is missing or delete what is too much; returns the first refusal."""
    missing = int(replica_set["spec"].get("replicas", 1)) - len(pods)
    if missing > 0:
        return await _create(api, key, flavor, replica_set, min(missing, BURST))
    if missing < 0:
        return await _delete(api, key, flavor, replica_set, pods, min(-missing, BURST))
    return None


async def _create(api: Api, key: Hashable, flavor: Flavor, replica_set: Obj, count: int) -> ApiError | None:
    body = pod_body(api.profile, replica_set, flavor.kind)
    revision = ""

    async def act() -> ApiError | None:
        nonlocal revision
        pod, refusal = await create_pod(api, replica_set, flavor.kind, body)
        if pod is not None:
            revision = pod["metadata"]["resourceVersion"]
        return refusal

    refusal = await slowly(count, act)
    if revision:
        api.keep(key, Expected(revision))
    return refusal


async def _delete(
    api: Api, key: Hashable, flavor: Flavor, replica_set: Obj, pods: list[Obj], count: int
) -> ApiError | None:
    refusal: ApiError | None = None
    doomed: list[tuple[str, str]] = []
    by_cost = api.profile.pick(DELETION_COST)
    for pod in victims.chosen(pods, count, _related(api, flavor, replica_set, pods), by_cost=by_cost):
        refused = await delete_pod(api, replica_set, flavor.kind, pod)
        if refused is None:
            doomed.append((pod["metadata"]["name"], pod["metadata"]["uid"]))
        refusal = refusal or refused
    api.keep(key, Expected("", tuple(doomed)))
    return refusal


def _related(api: Api, flavor: Flavor, replica_set: Obj, pods: list[Obj]) -> Iterable[Obj]:
    """All active Pods of the ReplicaSets that have the same controller."""
    owner = controller_of(replica_set)
    if owner is None:
        return pods
    siblings = api.cached_by(flavor.resource, "owner", owner["uid"])
    found = (pod for sibling in siblings for pod in api.cached_by("pods", "owner", sibling["metadata"]["uid"]))
    return [pod for pod in found if active(pod)]


# ---------------------------------------------------------------------- status


def _status(api: Api, replica_set: Obj, pods: list[Obj], failure: ApiError | None) -> Obj:
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


def _next_available(api: Api, replica_set: Obj, pods: list[Obj]) -> float | None:
    """Seconds until the next ready Pod has been ready for long enough."""
    seconds = replica_set["spec"].get("minReadySeconds") or 0
    if not seconds:
        return None
    now = api.now
    waits = [parse(since) + seconds - now for pod in pods if (since := ready_since(pod))]
    waits = [wait for wait in waits if wait > 0]
    return min(waits) if waits else None
