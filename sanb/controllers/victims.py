"""Which Pods a ReplicaSet gives up first when it has too many."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from sanb.times import parse
from sanb.values import Obj

PHASES: Final = {"Pending": 0, "Unknown": 1, "Running": 2}
REMEMBERED: Final = 512
_SEEN: Final[dict[int, tuple[list[Obj], str | None]]] = {}
"""Answers by the identity of the list, which is held, so that no other list can have it."""
DELETION_COST: Final = "controller.kubernetes.io/pod-deletion-cost"


def ready_since(pod: Obj) -> str | None:
    """Since when a Pod is ready, or None if it is not.

    This is asked of every version of every Pod by everybody; kubelets share lists of conditions among Pods.
    """
    conditions = (pod.get("status") or {}).get("conditions")
    if not conditions:
        return None
    seen = _SEEN.get(id(conditions))
    if seen is None or seen[0] is not conditions:
        if len(_SEEN) >= REMEMBERED:
            _SEEN.clear()
        seen = _SEEN[id(conditions)] = (conditions, _ready_since(conditions))
    return seen[1]


def _ready_since(conditions: list[Obj]) -> str | None:
    for condition in conditions:
        if condition["type"] == "Ready":
            return condition.get("lastTransitionTime") or "" if condition["status"] == "True" else None
    return None


def chosen(pods: list[Obj], count: int, related: Iterable[Obj], *, by_cost: bool) -> list[Obj]:
    """The `count` Pods to delete.

    First those without a node, then those that do less: pending before running, not ready before ready, cheaper before
    dearer (`by_cost`: the annotation of the deletion cost counts), crowded nodes before others (`related` are all Pods
    of the same Deployment), ready for a shorter time, restarted more often, younger.
    """
    if count >= len(pods):
        return pods
    crowd: dict[str, int] = {}
    for pod in related:
        node = pod["spec"].get("nodeName") or ""
        crowd[node] = crowd.get(node, 0) + 1
    return sorted(pods, key=lambda pod: _rank(pod, crowd, by_cost))[:count]


def _rank(pod: Obj, crowd: dict[str, int], by_cost: bool) -> tuple[Any, ...]:
    node = pod["spec"].get("nodeName") or ""
    status, metadata = pod.get("status") or {}, pod["metadata"]
    since = ready_since(pod)
    return (
        bool(node), PHASES.get(status.get("phase", ""), 0), since is not None, _cost(metadata) if by_cost else 0,
        -crowd.get(node, 0), -parse(since) if since else 0.0, -_restarts(status), -parse(metadata["creationTimestamp"]),
        metadata["name"],
    )


def _cost(metadata: Obj) -> int:
    text = (metadata.get("annotations") or {}).get(DELETION_COST, "0")
    try:
        return int(text)
    except ValueError:
        return 0


def _restarts(status: Obj) -> int:
    return max((container.get("restartCount", 0) for container in status.get("containerStatuses") or ()), default=0)
