"""What a Deployment says of its rollout: counts, conditions and the progress deadline."""

from __future__ import annotations

from typing import Any, Final

from sanb.apiserver.client import Api
from sanb.controllers.rollout_math import max_unavailable, replicas, reported, total, total_reported
from sanb.times import parse, rfc3339
from sanb.values import Obj

NO_DEADLINE: Final = 2**31 - 1
TERMINATING_COUNT: Final = {"1.10": False, "1.35": True}
"""Whether the status counts terminating Pods (gate DeploymentReplicaSetTerminatingReplicas)."""
AVAILABLE: Final = ("MinimumReplicasAvailable", "Deployment has minimum availability.")
UNAVAILABLE: Final = ("MinimumReplicasUnavailable", "Deployment does not have minimum availability.")
COMPLETE: Final = "NewReplicaSetAvailable"
UPDATED: Final = "ReplicaSetUpdated"
TIMED_OUT: Final = "ProgressDeadlineExceeded"


# ---------------------------------------------------------------------- conditions


def condition(now: float, kind: str, status: str, reason: str, message: str) -> Obj:
    """A condition that begins now."""
    stamp = rfc3339(now)
    return {
        "type": kind, "status": status, "lastUpdateTime": stamp, "lastTransitionTime": stamp, "reason": reason,
        "message": message,
    }


def find(status: Obj, kind: str) -> Obj | None:
    """One condition of a status."""
    conditions: list[Obj] = status.get("conditions") or []
    return next((one for one in conditions if one["type"] == kind), None)


def without(status: Obj, kind: str) -> Obj:
    """The status without a condition."""
    if find(status, kind) is None:
        return status
    kept = [one for one in status["conditions"] if one["type"] != kind]
    return _with_conditions(status, kept)


def put(status: Obj, new: Obj) -> Obj:
    """The status with a condition; the old one stays if status and reason are the same."""
    old = find(status, new["type"])
    if old is not None and old["status"] == new["status"]:
        if old["reason"] == new["reason"]:
            return status
        new = {**new, "lastTransitionTime": old["lastTransitionTime"]}
    kept = [one for one in status.get("conditions") or () if one["type"] != new["type"]]
    return _with_conditions(status, [*kept, new])


def _with_conditions(status: Obj, conditions: list[Obj]) -> Obj:
    if conditions:
        return {**status, "conditions": conditions}
    return {field: value for field, value in status.items() if field != "conditions"}


# ---------------------------------------------------------------------- counts


def counted(api: Api, deployment: Obj, everything: list[Obj], newest: Obj | None) -> Obj:
    """The status that follows from the ReplicaSets."""
    available = total_reported(everything, "availableReplicas")
    counts = {
        "replicas": total_reported(everything, "replicas"),
        "updatedReplicas": reported(newest) if newest is not None else 0,
        "readyReplicas": total_reported(everything, "readyReplicas"),
        "availableReplicas": available,
        "unavailableReplicas": max(0, total(everything) - available),
    }
    status: Obj = {"observedGeneration": deployment["metadata"].get("generation", 0)}
    status.update({field: count for field, count in counts.items() if count})
    before = deployment.get("status") or {}
    for field in ("collisionCount", "conditions"):
        if field in before:
            status[field] = before[field]
    if api.profile.pick(TERMINATING_COUNT) and (leaving := _terminating(everything)) is not None:
        status["terminatingReplicas"] = leaving
    enough = available >= replicas(deployment) - max_unavailable(deployment)
    return put(status, condition(api.now, "Available", str(enough), *(AVAILABLE if enough else UNAVAILABLE)))


def _terminating(everything: list[Obj]) -> int | None:
    """How many Pods are terminating; None as long as a ReplicaSet has not counted its own."""
    found = [(replica_set.get("status") or {}).get("terminatingReplicas") for replica_set in everything]
    return None if None in found else sum(count for count in found if count is not None)


def complete(deployment: Obj, status: Obj) -> bool:
    """Whether all Pods are new and available and the old ones are gone."""
    wanted, counts = replicas(deployment), ("updatedReplicas", "replicas", "availableReplicas")
    return (
        all(reported({"status": status}, field) == wanted for field in counts)
        and status.get("observedGeneration", 0) >= deployment["metadata"].get("generation", 0)
    )


# ---------------------------------------------------------------------- progress


def has_deadline(deployment: Obj) -> bool:
    """Whether a rollout that makes no progress is reported."""
    seconds = deployment["spec"].get("progressDeadlineSeconds")
    return seconds is not None and seconds != NO_DEADLINE


def rolled(api: Api, deployment: Obj, everything: list[Obj], newest: Obj | None) -> Obj:
    """The status of a rollout: counts, progress, and the failure of a ReplicaSet if there is one."""
    status = counted(api, deployment, everything, newest)
    if not has_deadline(deployment):
        status = without(status, "Progressing")
    else:
        status = _progress(api, deployment, status, newest)
    failures = _failures(everything, newest)
    return put(status, failures[0]) if failures else without(status, "ReplicaFailure")


def _progress(api: Api, deployment: Obj, status: Obj, newest: Obj | None) -> Obj:
    before = deployment.get("status") or {}
    known = find(before, "Progressing")
    done = reported({"status": status}) == reported({"status": status}, "updatedReplicas")
    if done and known is not None and known["reason"] == COMPLETE:
        return status
    kind, name = ("Deployment", deployment) if newest is None else ("ReplicaSet", newest)
    subject = f'{kind} "{name["metadata"]["name"]}"'
    now = api.now
    if complete(deployment, status):
        text = f"{subject} has successfully progressed."
        return put(status, condition(now, "Progressing", "True", COMPLETE, text))
    if _progressing(before, status):
        new = condition(now, "Progressing", "True", UPDATED, f"{subject} is progressing.")
        if known is not None:
            if known["status"] == "True":
                new["lastTransitionTime"] = known["lastTransitionTime"]
            status = without(status, "Progressing")
        return put(status, new)
    if _timed_out(deployment, status, now):
        return put(status, condition(now, "Progressing", "False", TIMED_OUT, f"{subject} has timed out progressing."))
    return status


def _progressing(before: Obj, after: Obj) -> bool:
    old, new = {"status": before}, {"status": after}
    stale_before = reported(old) - reported(old, "updatedReplicas")
    stale_after = reported(new) - reported(new, "updatedReplicas")
    counts = ("updatedReplicas", "readyReplicas", "availableReplicas")
    return stale_after < stale_before or any(reported(new, field) > reported(old, field) for field in counts)


def _timed_out(deployment: Obj, status: Obj, now: float) -> bool:
    known = find(status, "Progressing")
    if known is None or known["reason"] == COMPLETE:
        return False
    if known["reason"] == TIMED_OUT:
        return True
    return bool(parse(known["lastUpdateTime"]) + deployment["spec"]["progressDeadlineSeconds"] < now)


def deadline(deployment: Obj, status: Obj, now: float) -> float | None:
    """Seconds until a rollout that stands still has timed out; None if it cannot."""
    known = find(deployment.get("status") or {}, "Progressing")
    if not has_deadline(deployment) or known is None:
        return None
    if complete(deployment, status) or known["reason"] == TIMED_OUT:
        return None
    due = parse(known["lastUpdateTime"]) + deployment["spec"]["progressDeadlineSeconds"]
    return float(max(0.0, due - now)) + 1.0


def _failures(everything: list[Obj], newest: Obj | None) -> list[Any]:
    """The failure of the newest ReplicaSet, or else those of the others, as conditions of the Deployment."""
    if newest is not None and (own := find(newest.get("status") or {}, "ReplicaFailure")) is not None:
        return [_taken_over(own)]
    found = (find(replica_set.get("status") or {}, "ReplicaFailure") for replica_set in everything)
    return [_taken_over(one) for one in found if one is not None]


def _taken_over(failure: Obj) -> Obj:
    stamp = failure["lastTransitionTime"]
    return {
        "type": "ReplicaFailure", "status": failure["status"], "lastUpdateTime": stamp, "lastTransitionTime": stamp,
        "reason": failure["reason"], "message": failure["message"],
    }
