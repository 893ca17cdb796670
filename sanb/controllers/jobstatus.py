"""The status of a Job: when it is complete, when it has failed, and what it reports."""

from __future__ import annotations

from typing import Final, NamedTuple

from sanb.apiserver.client import Api
from sanb.controllers import jobindexes, jobpods
from sanb.controllers.jobpods import Tally, Traits
from sanb.times import rfc3339
from sanb.values import Obj

DEFAULT_LIMIT: Final = 6


class Verdict(NamedTuple):
    """How a Job ends: the condition's type, and why."""

    kind: str
    reason: str
    message: str


COMPLETE: Final = Verdict("Complete", "CompletionsReached", "Reached expected number of succeeded pods")
TOO_LONG: Final = Verdict("Failed", "DeadlineExceeded", "Job was active longer than specified deadline")
TOO_OFTEN: Final = Verdict("Failed", "BackoffLimitExceeded", "Job has reached the specified backoff limit")
LOST: Final = Verdict("Failed", "FailedIndexes", "Job has failed indexes")
TOO_MANY: Final = Verdict(
    "Failed", "MaxFailedIndexesExceeded", "Job has exceeded the specified maximal number of failed indexes",
)
TARGETS: Final = {"Complete": "SuccessCriteriaMet", "Failed": "FailureTarget"}


def condition(job: Obj, kind: str) -> Obj | None:
    """A condition of a Job that is true."""
    conditions: list[Obj] = (job.get("status") or {}).get("conditions") or []
    return next((one for one in conditions if one["type"] == kind and one["status"] == "True"), None)


def finished(job: Obj) -> bool:
    """Whether a Job is complete or has failed."""
    return any(condition(job, kind) is not None for kind in ("Complete", "Failed"))


def judged(job: Obj, found: Tally, elapsed: float, traits: Traits) -> Verdict | None:
    """How the Job ends now; None if it goes on. What was announced before stays so."""
    for kind, target in TARGETS.items():
        if (known := condition(job, target)) is not None:
            return Verdict(kind, known.get("reason") or "", known.get("message") or "")
    if found.verdict:
        return Verdict("Failed", "PodFailurePolicy", found.verdict)
    spec = job["spec"]
    limit = spec.get("backoffLimit", DEFAULT_LIMIT)
    on_failure = (spec["template"].get("spec") or {}).get("restartPolicy") == "OnFailure"
    restarted = on_failure and found.restarted > 0 and found.restarted >= limit
    if found.failed > limit or restarted:
        return TOO_OFTEN
    deadline = spec.get("activeDeadlineSeconds")
    suspended = traits.suspend and spec.get("suspend")
    if deadline is not None and elapsed >= deadline and not suspended:
        return TOO_LONG
    completions = spec.get("completions")
    if (verdict := _by_index(spec, found)) is not None:
        return verdict
    if found.enough:
        return Verdict("Complete", "SuccessPolicy", found.enough)
    if completions is None:
        done = found.succeeded > 0 and not found.active
    else:
        done = found.succeeded >= completions
    return COMPLETE if done else None


def _by_index(spec: Obj, found: Tally) -> Verdict | None:
    """How a Job ends of which indexes have failed for good."""
    most = spec.get("maxFailedIndexes")
    if not found.lost:
        return None
    if most is not None and len(found.lost) > most:
        return TOO_MANY
    return LOST if len(found.lost) + found.succeeded >= int(spec.get("completions") or 0) else None


def composed(
    api: Api, job: Obj, status: Obj, found: Tally, active: int, verdict: Verdict | None, traits: Traits, *,
    suspended: bool,
) -> Obj:
    """The status to report: `status` is the old one with its start."""
    stamp = rfc3339(api.now)
    cut = len(found.active) - active if verdict is not None and not traits.tracking else 0
    failed = found.failed + (cut if verdict is not None and verdict.kind == "Failed" else 0)
    new = {**status, "active": active, "succeeded": found.succeeded, "failed": failed}
    if traits.ready:
        new["ready"] = 0 if verdict is not None or suspended else found.ready
    if traits.terminating:
        new["terminating"] = found.terminating + len(found.active) - min(active, len(found.active))
    if traits.tracking:
        new["uncountedTerminatedPods"] = {}
    if jobpods.is_indexed(job):
        new["completedIndexes"] = jobpods.listed(found.done)
    for field in ("active", "succeeded", "failed", "completedIndexes"):
        if not new.get(field):
            new.pop(field, None)
    if traits.per_index and jobindexes.limited(job):
        new["failedIndexes"] = jobpods.listed(found.lost)
    conditions = list(status.get("conditions") or ())
    if traits.suspend:
        conditions = _suspension(conditions, stamp, suspended=suspended)
        if suspended and verdict is None:
            new.pop("startTime", None)
    if verdict is not None:
        conditions = _ending(conditions, verdict, stamp, traits, waits=bool(new.get("terminating") or active))
        if any(one["type"] == "Complete" for one in conditions):
            new["completionTime"] = stamp
    if conditions:
        new["conditions"] = conditions
    return new


def _ending(conditions: list[Obj], verdict: Verdict, stamp: str, traits: Traits, *, waits: bool) -> list[Obj]:
    """With the conditions of the end; in minors that announce it, the last one comes when no Pod is left."""
    known = {one["type"] for one in conditions}
    bare = verdict.kind == "Complete" and not traits.targets
    reason, message = ("", "") if bare else (verdict.reason, verdict.message)
    announced = traits.targets or verdict.reason == "PodFailurePolicy"
    kinds = [TARGETS[verdict.kind], verdict.kind] if announced else [verdict.kind]
    if announced and waits:
        kinds = kinds[:1]
    return conditions + [_condition(kind, "True", reason, message, stamp) for kind in kinds if kind not in known]


def _suspension(conditions: list[Obj], stamp: str, *, suspended: bool) -> list[Obj]:
    known = next((one for one in conditions if one["type"] == "Suspended"), None)
    if known is None:
        if not suspended:
            return conditions
        return [*conditions, _condition("Suspended", "True", "JobSuspended", "Job suspended", stamp)]
    if (known["status"] == "True") == suspended:
        return conditions
    new = (
        _condition("Suspended", "True", "JobSuspended", "Job suspended", stamp) if suspended
        else _condition("Suspended", "False", "JobResumed", "Job resumed", stamp)
    )
    return [new if one is known else one for one in conditions]


def _condition(kind: str, status: str, reason: str, message: str, stamp: str) -> Obj:
    made: Obj = {"type": kind, "status": status, "lastProbeTime": stamp, "lastTransitionTime": stamp}
    if reason:
        made |= {"reason": reason, "message": message}
    return made
