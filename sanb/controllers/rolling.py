"""Scaling the ReplicaSets of a Deployment: rolling update, Recreate, and sharing a change of size."""

from __future__ import annotations

from typing import Final

from sanb.apiserver.client import Api
from sanb.controllers.ownership import involved
from sanb.controllers.revisions import DESIRED, MAXIMUM, age, annotate, annotations_of, number, sizes
from sanb.controllers.rollout_math import (
    active,
    is_rolling,
    max_surge,
    max_unavailable,
    new_size,
    proportion,
    replicas,
    reported,
    total,
    total_reported,
)
from sanb.values import Obj, evolve

SETS: Final = "replicasets.apps"
SCALED: Final = {
    "1.10": "Scaled {way} replica set {name} to {new}", "1.25": "Scaled {way} replica set {name} to {new} from {old}",
    "1.32": "Scaled {way} replica set {name} from {old} to {new}",
}
"""What the Event of a scaling says."""
CREATED: Final = {
    "1.10": "Scaled up replica set {name} to {new}", "1.32": "Scaled up replica set {name} from 0 to {new}",
}
"""The same when the ReplicaSet is new."""


async def scale(api: Api, deployment: Obj, replica_set: Obj, size: int) -> Obj | None:
    """Give a ReplicaSet a size and the annotations that go with it; None if it already has that size."""
    old = replicas(replica_set)
    changed = annotate(replica_set, {**annotations_of(replica_set), **sizes(deployment)})
    if old == size and changed is replica_set:
        return None
    updated = await api.update(SETS, evolve(changed, ("spec", "replicas"), size))
    if old == size:
        return None
    text = api.profile.pick(SCALED).format(
        way="up" if old < size else "down", name=replica_set["metadata"]["name"], old=old, new=size
    )
    api.event(involved(api.profile, deployment, "Deployment"), "Deployment", "Normal", "ScalingReplicaSet", text)
    return updated


async def _to(api: Api, deployment: Obj, replica_set: Obj, size: int) -> bool:
    """Scale unless the size is right; annotations alone are no reason."""
    return replicas(replica_set) != size and await scale(api, deployment, replica_set, size) is not None


# ---------------------------------------------------------------------- rolling update


async def grow_new(api: Api, deployment: Obj, everything: list[Obj], newest: Obj) -> bool:
    """Give the newest ReplicaSet as many Pods as there is room for."""
    wanted = replicas(deployment)
    size = wanted if replicas(newest) > wanted else new_size(deployment, everything, newest)
    return await _to(api, deployment, newest, size)


async def shrink_old(api: Api, deployment: Obj, olds: list[Obj], newest: Obj) -> bool:
    """Take Pods from the old ReplicaSets, first those that are no good, as far as availability allows."""
    olds = active(olds)
    if not olds:
        return False
    least = replicas(deployment) - max_unavailable(deployment)
    missing = replicas(newest) - reported(newest, "availableReplicas")
    spare = total([*olds, newest]) - least - missing
    if spare <= 0:
        return False
    olds, cleaned = await _shrink_unhealthy(api, deployment, sorted(olds, key=age), spare)
    taken = await _shrink_available(api, deployment, olds, newest, least)
    return cleaned + taken > 0


async def _shrink_unhealthy(api: Api, deployment: Obj, olds: list[Obj], most: int) -> tuple[list[Obj], int]:
    result, taken = list(olds), 0
    for place, replica_set in enumerate(olds):
        if taken >= most:
            break
        size = replicas(replica_set)
        step = min(most - taken, size - reported(replica_set, "availableReplicas"))
        if size == 0 or step <= 0:
            continue
        updated = await scale(api, deployment, replica_set, size - step)
        result[place] = updated or replica_set
        taken += step
    return result, taken


async def _shrink_available(api: Api, deployment: Obj, olds: list[Obj], newest: Obj, least: int) -> int:
    spare, taken = total_reported([*olds, newest], "availableReplicas") - least, 0
    for replica_set in olds:
        if taken >= spare:
            break
        size = replicas(replica_set)
        if size == 0:
            continue
        step = min(size, spare - taken)
        await _to(api, deployment, replica_set, size - step)
        taken += step
    return taken


async def shrink_all(api: Api, deployment: Obj, olds: list[Obj]) -> bool:
    """Take all Pods from the old ReplicaSets."""
    scaled = False
    for replica_set in active(olds):
        scaled = await _to(api, deployment, replica_set, 0) or scaled
    return scaled


# ---------------------------------------------------------------------- a Deployment of another size


async def resize(api: Api, deployment: Obj, newest: Obj | None, olds: list[Obj]) -> None:
    """Follow a change of `spec.replicas`: the only active ReplicaSet takes all of it, several share it."""
    one = _active_or_latest(newest, olds)
    if one is not None:
        await _to(api, deployment, one, replicas(deployment))
    elif newest is not None and _saturated(deployment, newest):
        await shrink_all(api, deployment, olds)
    elif is_rolling(deployment):
        await _share(api, deployment, active([*olds, newest] if newest is not None else olds))


def _active_or_latest(newest: Obj | None, olds: list[Obj]) -> Obj | None:
    """The only active ReplicaSet; without an active one the newest; None if several are active."""
    found = active([*olds, newest] if newest is not None else olds)
    if len(found) > 1:
        return None
    if found:
        return found[0]
    if newest is not None:
        return newest
    return max(olds, key=age, default=None)


def _saturated(deployment: Obj, newest: Obj) -> bool:
    wanted = replicas(deployment)
    return replicas(newest) == wanted == number(newest, DESIRED) and reported(newest, "availableReplicas") == wanted


async def _share(api: Api, deployment: Obj, found: list[Obj]) -> None:
    wanted = replicas(deployment)
    to_add = (wanted + max_surge(deployment) if wanted > 0 else 0) - total(found)
    found = sorted(found, key=age, reverse=to_add > 0)
    found.sort(key=replicas, reverse=True)
    added, planned = 0, []
    for replica_set in found:
        share = proportion(deployment, replica_set, number(replica_set, MAXIMUM), to_add, added)
        planned.append(replicas(replica_set) + share)
        added += share
    if planned and to_add:
        planned[0] = max(0, planned[0] + to_add - added)
    for replica_set, size in zip(found, planned, strict=True):
        await scale(api, deployment, replica_set, size)
