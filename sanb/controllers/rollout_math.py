"""The arithmetic of rollouts: surge and unavailability, how far to scale, how to share a change of size."""

from __future__ import annotations

import math
from typing import Any

from sanb.values import Obj


def replicas(obj: Obj) -> int:
    """`spec.replicas` of a Deployment or a ReplicaSet."""
    return int(obj["spec"].get("replicas", 1))


def reported(replica_set: Obj, field: str = "replicas") -> int:
    """A count in the status."""
    return int((replica_set.get("status") or {}).get(field) or 0)


def total(replica_sets: list[Obj]) -> int:
    """How many Pods ReplicaSets are asked for."""
    return sum(map(replicas, replica_sets))


def total_reported(replica_sets: list[Obj], field: str) -> int:
    """The sum of a count in their status."""
    return sum(reported(replica_set, field) for replica_set in replica_sets)


def active(replica_sets: list[Obj]) -> list[Obj]:
    """Those that are asked for Pods."""
    return [replica_set for replica_set in replica_sets if replicas(replica_set) > 0]


def is_rolling(deployment: Obj) -> bool:
    """Whether the strategy is RollingUpdate."""
    return strategy(deployment) == "RollingUpdate"


def strategy(deployment: Obj) -> str:
    """RollingUpdate or Recreate."""
    return str((deployment["spec"].get("strategy") or {}).get("type") or "RollingUpdate")


def scaled(value: Any, count: int, *, up: bool) -> int:
    """A number, or a percentage of `count` rounded up or down."""
    if isinstance(value, str) and value.endswith("%"):
        share = int(value[:-1]) * count / 100
        return math.ceil(share) if up else math.floor(share)
    return int(value or 0)


def max_surge(deployment: Obj) -> int:
    """How many Pods there may be above the number asked for."""
    return _fenceposts(deployment)[0] if is_rolling(deployment) else 0


def max_unavailable(deployment: Obj) -> int:
    """How many Pods may be missing."""
    count = replicas(deployment)
    if not is_rolling(deployment) or count == 0:
        return 0
    return min(_fenceposts(deployment)[1], count)


def _fenceposts(deployment: Obj) -> tuple[int, int]:
    limits = (deployment["spec"].get("strategy") or {}).get("rollingUpdate") or {}
    count = replicas(deployment)
    surge = scaled(limits.get("maxSurge"), count, up=True)
    missing = scaled(limits.get("maxUnavailable"), count, up=False)
    # with both 0 nothing could ever move
    return surge, missing if surge or missing else 1


def new_size(deployment: Obj, everything: list[Obj], newest: Obj) -> int:
    """The size the newest ReplicaSet may have now."""
    wanted, size = replicas(deployment), replicas(newest)
    if not is_rolling(deployment):
        return wanted
    room = wanted + max_surge(deployment) - total(everything)
    return size if room <= 0 else size + min(room, wanted - size)


def proportion(deployment: Obj, replica_set: Obj, annotated: int | None, to_add: int, added: int) -> int:
    """The share of one ReplicaSet in a change of size by `to_add`, of which `added` are given out."""
    size = replicas(replica_set)
    if size == 0 or to_add in (0, added):
        return 0
    fraction, allowed = _fraction(deployment, size, annotated), to_add - added
    return min(fraction, allowed) if to_add > 0 else max(fraction, allowed)


def _fraction(deployment: Obj, size: int, annotated: int | None) -> int:
    if replicas(deployment) == 0:
        return -size
    before = reported(deployment) if annotated is None else annotated
    if not before:
        return 0
    exact = size * (replicas(deployment) + max_surge(deployment)) / before
    return math.floor(exact + 0.5) - size
