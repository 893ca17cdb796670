"""Eviction: a deletion that PodDisruptionBudgets may refuse for now."""

from __future__ import annotations

from typing import Any, Final

from sanb.apiserver import queryoptions, status, verbs_delete
from sanb.apiserver.context import Context
from sanb.apiserver.request import Decision, Outcome, Write
from sanb.store.selectors import matches
from sanb.times import rfc3339
from sanb.values import Obj, dig

BUDGETS: Final = "poddisruptionbudgets.policy"
MATCHES_ALL: Final = {"1.10": False, "1.21": True}
"""Whether an empty selector chooses every Pod of the namespace (policy/v1) or none."""
CONDITION: Final = {"1.10": False, "1.20": True}
UNREADY: Final = {"1.10": False, "1.18": True}
"""Whether a Pod that is not ready may always go while enough others are."""
FREE: Final = ("Pending", "Succeeded", "Failed")
"""Phases of Pods that no budget keeps."""
REMEMBERED: Final = 2000
"""So many Pods may be on their way out at once."""
SEVERAL: Final = "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support."
VIOLATED: Final = "Cannot evict pod as it would violate the pod's disruption budget."


def evict(context: Context) -> Outcome:
    """Delete a Pod as its eviction asks, if its budget allows it, and note that in the budget.

    Raises:
        ApiError: 429, the budget does not allow it now; 500, the Pod has more than one.
    """
    pod, note = context.live(), None
    budgets = _budgets(context, pod)
    if budgets and not _free(pod):
        if len(budgets) > 1:
            raise status.failure(500, "", SEVERAL)
        note = _noted(context, budgets[0], pod)
    body = dig(context.request.body, "deleteOptions", default=None)
    context.request = context.request._replace(body=body, verb="delete", subresource="")
    context.options = queryoptions.settled(context)
    outcome = verbs_delete.delete(context)
    if not isinstance(outcome, Decision):
        return outcome
    writes = (*outcome.writes, note) if note is not None and outcome.writes else outcome.writes
    response = outcome.response._replace(code=201, body=status.success(201))
    return outcome._replace(response=response, writes=writes)


def _free(pod: Obj) -> bool:
    return bool(pod["metadata"].get("deletionTimestamp")) or (pod.get("status") or {}).get("phase") in FREE


def _budgets(context: Context, pod: Obj) -> list[Obj]:
    """The budgets that choose a Pod."""
    everything = context.view.profile.pick(MATCHES_ALL)
    found: list[Obj] = []
    for budget in context.view.scan(BUDGETS, pod["metadata"]["namespace"]):
        selector: Any = budget["spec"].get("selector")
        if selector is None or (not any(selector.values()) and not everything):
            continue
        if matches(selector, pod["metadata"].get("labels")):
            found.append(budget)
    return found


def _noted(context: Context, budget: Obj, pod: Obj) -> Write | None:
    """The budget with one disruption less; None if this Pod may go without one.

    Raises:
        ApiError: none is allowed.
    """
    metadata, state = budget["metadata"], budget.get("status") or {}
    name, pick = metadata["name"], context.view.profile.pick
    if int(state.get("observedGeneration") or 0) < int(metadata.get("generation") or 0):
        raise _refused(f"The disruption budget {name} is still being processed by the server.", 10)
    allowed = int(state.get("disruptionsAllowed") or 0)
    healthy, desired = int(state.get("currentHealthy") or 0), int(state.get("desiredHealthy") or 0)
    if pick(UNREADY) and not _ready(pod) and desired <= healthy and desired > 0:
        return None
    if budget["spec"].get("unhealthyPodEvictionPolicy") == "AlwaysAllow" and not _ready(pod):
        return None
    if allowed <= 0:
        raise _refused(f"The disruption budget {name} needs {desired} healthy pods and has {healthy} currently")
    disrupted = state.get("disruptedPods") or {}
    if len(disrupted) > REMEMBERED:
        detail = "DisruptedPods map too big - too many evictions not confirmed by PDB controller"
        raise status.forbidden(BUDGETS, name, detail)
    stamp = rfc3339(context.view.now)
    new = {**state, "disruptionsAllowed": allowed - 1, "disruptedPods": {**disrupted, pod["metadata"]["name"]: stamp}}
    if allowed == 1 and pick(CONDITION):
        new["conditions"] = [_insufficient(one, stamp) for one in state.get("conditions") or ()]
    return Write((BUDGETS, metadata["namespace"], name), {**budget, "status": new})


def _refused(cause: str, retry: int = 0) -> Exception:
    details: Obj = {"causes": [{"reason": "DisruptionBudget", "message": cause}]}
    if retry:
        details["retryAfterSeconds"] = retry
    return status.failure(429, "TooManyRequests", VIOLATED, details)


def _insufficient(condition: Obj, stamp: str) -> Obj:
    if condition["type"] != "DisruptionAllowed" or condition["status"] == "False":
        return condition
    return {**condition, "status": "False", "reason": "InsufficientPods", "lastTransitionTime": stamp}


def _ready(pod: Obj) -> bool:
    conditions = (pod.get("status") or {}).get("conditions") or ()
    return any(one["type"] == "Ready" and one["status"] == "True" for one in conditions)
