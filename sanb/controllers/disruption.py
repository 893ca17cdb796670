"""Disruption controller: how many Pods of a PodDisruptionBudget may be evicted now."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from sanb.apiserver.client import Api
from sanb.apiserver.relations import controller_of
from sanb.controllers.identity import PROCESS, account_user
from sanb.controllers.owned import GATHERED, deleted, matters, own_key, readiness
from sanb.controllers.ownership import chooser, involved
from sanb.controllers.rollout_math import scaled
from sanb.controllers.victims import ready_since
from sanb.errors import ApiError
from sanb.kernel.controller import Controller, Watch
from sanb.profiles.profile import Profile
from sanb.times import parse, rfc3339
from sanb.values import Obj

NAME: Final = "disruption-controller"
RESOURCE: Final = "poddisruptionbudgets.policy"
KIND: Final = "PodDisruptionBudget"
PATIENCE: Final = 120.0
"""So many seconds an evicted Pod is taken to be on its way out."""
SCALED: Final = {
    "ReplicaSet": "replicasets.apps", "StatefulSet": "statefulsets.apps",
    "ReplicationController": "replicationcontrollers",
}
"""Controllers that say how many Pods they want."""
CONDITION: Final = {"1.10": False, "1.20": True}
"""Whether the status has the condition DisruptionAllowed."""
MATCHES_ALL: Final = {"1.10": False, "1.21": True}
"""Whether an empty selector chooses every Pod of the namespace (policy/v1) or none."""

Key = tuple[str, str]


def _budgets(pod: Obj, lister: Any) -> Iterator[Key]:
    """The budgets that choose a Pod."""
    for budget in lister.cached_list(RESOURCE, pod["metadata"]["namespace"]):
        if chooser(budget["spec"].get("selector"))(pod):
            yield from own_key(budget)


def _changed(old: Obj, new: Obj) -> bool:
    return matters(old, new) or readiness(old, new)


def _all(owner: Obj, lister: Any) -> Iterator[Key]:
    """All budgets of the namespace of a controller whose size has changed."""
    for budget in lister.cached_list(RESOURCE, owner["metadata"]["namespace"]):
        yield from own_key(budget)


def _resized(old: Obj, new: Obj) -> bool:
    return bool(old["spec"].get("replicas") != new["spec"].get("replicas"))


def controller(profile: Profile, authority: object, seed: int) -> Controller:
    """The controller of every minor."""
    sizes = tuple(
        Watch(resource, related=_all, on=frozenset({"update"}), changed=_resized)
        for resource in (*SCALED.values(), "deployments.apps")
    )
    return Controller(
        NAME, NAME, PROCESS, account_user(NAME),
        watches=(
            Watch(RESOURCE, keys=own_key),
            Watch("pods", related=_budgets, changed=_changed, delay=GATHERED),
            *sizes,
        ),
        reconcile=reconcile,
    )


# ---------------------------------------------------------------------- one sync


async def reconcile(api: Api, key: Any) -> float | None:
    """Count the Pods of one budget; returns when an evicted Pod should be gone."""
    budget = api.cached(RESOURCE, *key)
    if budget is None:
        return None
    subject = involved(api.profile, budget, KIND)
    pods = _pods(api, budget)
    if not pods:
        api.event(subject, KIND, "Normal", "NoPods", "No matching pods found")
    disrupted, wait = _disrupted(api, budget, pods)
    try:
        expected, desired = _expected(api, budget, pods)
    except LookupError as error:
        text = f"Failed to calculate the number of expected pods: {error.args[0]}"
        api.event(subject, KIND, "Warning", "CalculateExpectedPodCountFailed", text)
        await _fail(api, budget, str(error.args[0]))
        return wait
    healthy = sum(
        1 for pod in pods
        if not deleted(pod) and pod["metadata"]["name"] not in disrupted and ready_since(pod) is not None
    )
    allowed = max(0, healthy - desired) if expected > 0 else 0
    await _report(api, budget, disrupted, allowed, healthy, desired, expected)
    return wait


def _pods(api: Api, budget: Obj) -> list[Obj]:
    selector = budget["spec"].get("selector")
    if selector is None or (not any(selector.values()) and not api.profile.pick(MATCHES_ALL)):
        return []
    wanted = chooser(selector)
    return [pod for pod in api.cached_list("pods", budget["metadata"]["namespace"]) if wanted(pod)]


def _disrupted(api: Api, budget: Obj, pods: list[Obj]) -> tuple[Obj, float | None]:
    """The Pods that were evicted and are still there, and seconds until the first of them should be gone."""
    old, now = (budget.get("status") or {}).get("disruptedPods") or {}, api.now
    found, wait = {}, None
    for pod in pods:
        name = pod["metadata"]["name"]
        if name not in old or deleted(pod):
            continue
        left = parse(old[name]) + PATIENCE - now
        if left > 0:
            found[name] = old[name]
            wait = left if wait is None else min(wait, left)
            continue
        place = f"{budget['metadata']['namespace']}/{budget['metadata']['name']}"
        api.event(pod, "Pod", "Warning", "NotDeleted", f"Pod was expected by PDB {place} to be deleted but it wasn't")
    return found, wait


def _expected(api: Api, budget: Obj, pods: list[Obj]) -> tuple[int, int]:
    """How many Pods there should be, and how many of them healthy.

    Raises:
        LookupError: a Pod's controller does not say how many it wants.
    """
    spec = budget["spec"]
    if (most := spec.get("maxUnavailable")) is not None:
        expected = _scale(api, pods)
        return expected, max(0, expected - scaled(most, expected, up=True))
    least = spec.get("minAvailable")
    if isinstance(least, str):
        expected = _scale(api, pods)
        return expected, scaled(least, expected, up=True)
    return len(pods), int(least or 0)


def _scale(api: Api, pods: list[Obj]) -> int:
    """The sizes of all controllers of these Pods, each once."""
    sizes: dict[str, int] = {}
    for pod in pods:
        owner = controller_of(pod)
        name, space = pod["metadata"]["name"], pod["metadata"]["namespace"]
        if owner is None:
            continue
        if owner["uid"] in sizes:
            continue
        found = api.cached(SCALED[owner["kind"]], space, owner["name"]) if owner["kind"] in SCALED else None
        if found is None or found["metadata"]["uid"] != owner["uid"]:
            raise LookupError(f'found no controllers for pod "{name}"')
        above = controller_of(found)
        if above is not None and above["kind"] == "Deployment":
            deployment = api.cached("deployments.apps", space, above["name"])
            found = deployment if deployment is not None else found
        sizes[found["metadata"]["uid"]] = int(found["spec"].get("replicas", 1))
    return sum(sizes.values())


# ---------------------------------------------------------------------- status


async def _report(
    api: Api, budget: Obj, disrupted: Obj, allowed: int, healthy: int, desired: int, expected: int
) -> None:
    old: Obj = budget.get("status") or {}
    status: Obj = {
        "observedGeneration": budget["metadata"].get("generation", 0), "disruptionsAllowed": allowed,
        "currentHealthy": healthy, "desiredHealthy": desired, "expectedPods": expected,
    }
    if disrupted:
        status["disruptedPods"] = disrupted
    if api.profile.pick(CONDITION):
        reason, state = ("SufficientPods", "True") if allowed > 0 else ("InsufficientPods", "False")
        status["conditions"] = _conditions(api, budget, old, state, reason, "")
    if status != old:
        await api.update(RESOURCE, {**budget, "status": status}, subresource="status")


async def _fail(api: Api, budget: Obj, message: str) -> None:
    """Nothing may be evicted while nobody knows how many Pods there should be."""
    old: Obj = budget.get("status") or {}
    status = {**old, "disruptionsAllowed": 0}
    if api.profile.pick(CONDITION):
        status["conditions"] = _conditions(api, budget, old, "False", "SyncFailed", message)
    if status != old:
        try:
            await api.update(RESOURCE, {**budget, "status": status}, subresource="status")
        except ApiError as error:
            if error.code != 409:
                raise


def _conditions(api: Api, budget: Obj, old: Obj, state: str, reason: str, message: str) -> list[Obj]:
    known = next((one for one in old.get("conditions") or () if one["type"] == "DisruptionAllowed"), None)
    since = known["lastTransitionTime"] if known is not None and known["status"] == state else rfc3339(api.now)
    return [{
        "type": "DisruptionAllowed", "status": state, "observedGeneration": budget["metadata"].get("generation", 0),
        "lastTransitionTime": since, "reason": reason, "message": message,
    }]
