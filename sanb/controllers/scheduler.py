"""Scheduler: gives every pending Pod a Node, the least loaded of those that are feasible (SEM 6.4).

Looking at all Nodes for every Pod would cost Pods times Nodes. So one look makes a plan: which Nodes the next Pods with
the same wishes go to, in the order in which they fill up evenly. A plan is used as long as its Nodes have the number of
Pods that it foresaw.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from heapq import heapify, heappop, heapreplace
from typing import Any, Final, NamedTuple

from sanb.apiserver.client import Api
from sanb.apiserver.request import UserInfo
from sanb.controllers.placement import Place, obstacle, place_of
from sanb.errors import ApiError
from sanb.kernel.controller import Controller, Watch
from sanb.profiles.profile import Profile
from sanb.times import rfc3339
from sanb.values import Obj

NAME: Final = "kube-scheduler"
USER: Final = UserInfo("system:kube-scheduler", groups=("system:authenticated",))
OURS: Final = "default-scheduler"
ENDED: Final = ("Succeeded", "Failed")
AHEAD: Final = 128
"""A plan reaches at least so many Pods ahead."""
BACK_OFF: Final = (1.0, 10.0)
"""First and longest seconds before a Pod that fitted nowhere is tried again, when something has changed."""

ASSIGNED: Final = {
    "1.10": "Successfully assigned {name} to {node}", "1.12": "Successfully assigned {space}/{name} to {node}",
}
NO_NODES: Final = "no nodes available to schedule pods"
FULL: Final = {"1.10": "Insufficient pods", "1.19": "Too many pods"}
PREEMPTION: Final = {
    "1.10": "", "1.24": " preemption: {text}", "1.34": " no new claims to deallocate, preemption: {text}",
}
"""What the refusal says about preemption."""
UNHELPFUL: Final = "Preemption is not helpful for scheduling"
NO_VICTIMS: Final = "No preemption victims found for incoming pod"
NODES_KEY: Final = ("", "nodes")
FREED_KEY: Final = ("", "freed")

Key = tuple[str, str]


class Places(NamedTuple):
    """All Nodes, as last looked at; `plain` if every Node takes every Pod without wishes."""

    nodes: tuple[Place, ...]
    plain: bool


class Plan(NamedTuple):
    """The Nodes the next Pods go to, with the number of Pods each should have by then."""

    places: Places
    steps: tuple[tuple[str, int], ...]
    position: int = 0


# ---------------------------------------------------------------------- what it watches


def _pending(pod: Obj) -> Iterable[Key]:
    spec, metadata = pod["spec"], pod["metadata"]
    if spec.get("nodeName") or spec.get("schedulerName", OURS) != OURS or spec.get("schedulingGates"):
        return ()
    if metadata.get("deletionTimestamp") or (pod.get("status") or {}).get("phase") in ENDED:
        return ()
    return ((metadata["namespace"], metadata["name"]),)


def _pending_matters(old: Obj, new: Obj) -> bool:
    """Whether a Pod without a Node changed in what decides about its place; its status does not."""
    if new["spec"].get("nodeName"):
        return False
    a, b = old["metadata"].get("labels"), new["metadata"].get("labels")
    return (old["spec"] is not new["spec"] and old["spec"] != new["spec"]) or (a is not b and a != b)


def _freed(pod: Obj) -> Iterable[Key]:
    return (FREED_KEY,) if pod["spec"].get("nodeName") else ()


def _has_ended(old: Obj, new: Obj) -> bool:
    return (new.get("status") or {}).get("phase") in ENDED and (old.get("status") or {}).get("phase") not in ENDED


def _nodes_changed(node: Obj) -> Iterable[Key]:
    return (NODES_KEY,)


def _node_matters(old: Obj, new: Obj) -> bool:
    return place_of(old) != place_of(new)


def controller(profile: Profile, authority: object, seed: int) -> Controller:
    """The scheduler of every minor."""
    assigned = profile.pick(ASSIGNED)

    async def schedule(api: Api, key: Any) -> None:
        await reconcile(api, key, assigned)

    return Controller(
        NAME, NAME, NAME, USER,
        watches=(
            Watch("pods", keys=_pending, on=frozenset({"add"})),
            Watch("pods", keys=_pending, on=frozenset({"update"}), changed=_pending_matters),
            Watch("pods", keys=_freed, on=frozenset({"update"}), changed=_has_ended),
            Watch("pods", keys=_freed, on=frozenset({"delete"})),
            Watch("nodes", keys=_nodes_changed, changed=_node_matters),
        ),
        reconcile=schedule,
    )


# ---------------------------------------------------------------------- one Pod


async def reconcile(api: Api, key: Any, assigned: str) -> None:
    """Bind one pending Pod, or say why that is impossible; on a change of Nodes try those that wait again."""
    if key in (NODES_KEY, FREED_KEY):
        api.keep("places", None)
        _wake(api, "full")
        if key == NODES_KEY:
            _wake(api, "unfit")
        return
    pod = api.cached("pods", *key)
    if pod is None or not _pending(pod):
        api.keep(("tries", key), None)
        return
    places = api.recall("places")
    if places is None:
        places = _look(api)
    assumed = _assumed(api)
    node, reasons = _choose(api, pod, places, assumed)
    if node is None:
        await _refuse(api, key, pod, len(places.nodes), reasons)
    elif await _bind(api, pod, node, assigned):
        api.keep("assumed", (*assumed, (key, node)))
        if (pod.get("status") or {}).get("conditions"):
            api.keep(("tries", key), None)


def _look(api: Api) -> Places:
    nodes = tuple(place_of(node) for node in api.cached_list("nodes") if not node["metadata"].get("deletionTimestamp"))
    places = Places(nodes, all(node.plain for node in nodes))
    api.keep("places", places)
    return places


def _assumed(api: Api) -> tuple[tuple[Key, str], ...]:
    """The Pods that were bound and that the cache does not show on their Nodes yet."""
    known: tuple[tuple[Key, str], ...] = api.recall("assumed") or ()
    return tuple(one for one in known if _unseen(api.cached("pods", *one[0])))


def _unseen(pod: Obj | None) -> bool:
    return pod is not None and not pod["spec"].get("nodeName")


async def _bind(api: Api, pod: Obj, node: str, assigned: str) -> bool:
    """Bind a Pod to a Node; False if somebody was faster."""
    metadata = pod["metadata"]
    space, name = metadata["namespace"], metadata["name"]
    body = {
        "apiVersion": "v1", "kind": "Binding", "metadata": {"namespace": space, "name": name, "uid": metadata["uid"]},
        "target": {"kind": "Node", "name": node},
    }
    try:
        await api.create("pods", space, body, name=name, subresource="binding")
    except ApiError as error:
        if error.code in (404, 409):
            return False
        api.event(pod, "Pod", "Warning", "FailedScheduling", f"Binding rejected: {error.message}")
        raise
    api.event(pod, "Pod", "Normal", "Scheduled", assigned.format(space=space, name=name, node=node))
    return True


# ---------------------------------------------------------------------- choosing


def _choose(
    api: Api, pod: Obj, places: Places, assumed: tuple[tuple[Key, str], ...]
) -> tuple[str | None, dict[str, int]]:
    """The Node for a Pod, or None and how many Nodes refuse it for which reason."""
    wishes = ("plan", _wishes(pod, places))
    plan: Plan | None = api.recall(wishes)
    if plan is not None and plan.places is places and plan.position < len(plan.steps):
        node, load = plan.steps[plan.position]
        if _load(api, node, assumed) == load:
            api.keep(wishes, plan._replace(position=plan.position + 1))
            return node, {}
    steps, reasons = _plan(api, pod, places, assumed)
    if not steps:
        return None, reasons
    api.keep(wishes, Plan(places, steps, 1))
    return steps[0][0], {}


def _wishes(pod: Obj, places: Places) -> str:
    """What distinguishes Pods in the eyes of the Nodes there are."""
    spec = pod["spec"]
    selector, affinity = spec.get("nodeSelector"), (spec.get("affinity") or {}).get("nodeAffinity")
    if places.plain and not selector and not affinity:
        return ""
    tolerations = None if places.plain else spec.get("tolerations")
    return json.dumps([selector, affinity, tolerations], sort_keys=True)


def _load(api: Api, node: str, assumed: tuple[tuple[Key, str], ...]) -> int:
    return api.count_by("pods", "node", node) + sum(1 for _, other in assumed if other == node)


def _plan(
    api: Api, pod: Obj, places: Places, assumed: tuple[tuple[Key, str], ...]
) -> tuple[tuple[tuple[str, int], ...], dict[str, int]]:
    """The order in which the feasible Nodes fill up, or why there are none."""
    reasons: dict[str, int] = {}
    heap: list[tuple[int, int, str, int]] = []
    for place in places.nodes:
        why = obstacle(api.profile, pod, place)
        load = 0 if why else _load(api, place.name, assumed)
        ended = 0 if why or load < place.pods else _ended(api, place.name)
        if not why and load - ended >= place.pods:
            why = api.profile.pick(FULL)
        if why:
            reasons[why] = reasons.get(why, 0) + 1
        else:
            heap.append((load, api.draw("tie", place.name), place.name, place.pods + ended))
    heapify(heap)
    steps: list[tuple[str, int]] = []
    ahead = max(AHEAD, len(heap))
    while heap and len(steps) < ahead:
        load, tie, name, limit = heap[0]
        if load >= limit:
            heappop(heap)
            continue
        steps.append((name, load))
        heapreplace(heap, (load + 1, tie, name, limit))
    return tuple(steps), reasons


def _ended(api: Api, node: str) -> int:
    """Pods of a Node that have ended: they are counted and take no room."""
    return sum(1 for pod in api.cached_by("pods", "node", node) if (pod.get("status") or {}).get("phase") in ENDED)


# ---------------------------------------------------------------------- Pods that fit nowhere


async def _refuse(api: Api, key: Key, pod: Obj, count: int, reasons: dict[str, int]) -> None:
    """Say why a Pod cannot be scheduled, and remember to try again when something changes."""
    full = api.profile.pick(FULL)
    _wait(api, key, "full" if full in reasons else "unfit")
    text = _explained(api, count, reasons, full)
    api.event(pod, "Pod", "Warning", "FailedScheduling", text)
    old = next((c for c in (pod.get("status") or {}).get("conditions") or () if c["type"] == "PodScheduled"), None)
    if old is not None and (old["status"], old.get("reason"), old.get("message")) == ("False", "Unschedulable", text):
        return
    since = old["lastTransitionTime"] if old is not None and old["status"] == "False" else rfc3339(api.now)
    condition = {
        "type": "PodScheduled", "status": "False", "lastProbeTime": None, "lastTransitionTime": since,
        "reason": "Unschedulable", "message": text,
    }
    try:
        await api.patch(
            "pods", *key, {"status": {"conditions": [condition]}}, kind="strategic", subresource="status"
        )
    except ApiError as error:
        if error.code != 404:
            raise


def _explained(api: Api, count: int, reasons: dict[str, int], full: str) -> str:
    if not count:
        return NO_NODES
    head = f"0/{count} nodes are available: "
    listed = ", ".join(sorted(f"{number} {why}" for why, number in reasons.items()))
    words = {NO_VICTIMS: reasons.get(full, 0), UNHELPFUL: count - reasons.get(full, 0)}
    outcome = ", ".join(sorted(f"{number} {why}" for why, number in words.items() if number))
    return f"{head}{listed}.{api.profile.pick(PREEMPTION).format(text=f'{head}{outcome}.')}"


def _wait(api: Api, key: Key, what: str) -> None:
    tries, _ = api.recall(("tries", key)) or (0, 0.0)
    api.keep(("tries", key), (tries + 1, api.now))
    place = api.recall(("waiting", what)) or 0
    api.keep(("waiting", what, place), key)
    api.keep(("waiting", what), place + 1)


def _wake(api: Api, what: str) -> None:
    """Try the Pods again that wait for `what` to change, each after its back-off."""
    for place in range(api.recall(("waiting", what)) or 0):
        key = api.recall(("waiting", what, place))
        api.keep(("waiting", what, place), None)
        tries, failed = api.recall(("tries", key)) or (0, 0.0)
        seconds = min(BACK_OFF[0] * 2.0 ** max(0, tries - 1), BACK_OFF[1])
        api.enqueue(key, failed + seconds - api.now if tries else 0.0)
    api.keep(("waiting", what), None)
