"""Job controller: Pods until so many have succeeded, or too many have failed, or it took too long."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from sanb.apiserver.client import Api
from sanb.controllers import jobindexes, jobpods, jobstatus
from sanb.controllers.identity import PROCESS, account_user
from sanb.controllers.jobpods import Tally, Traits
from sanb.controllers.owned import (
    Expected,
    active,
    controlled_by,
    controlled_or_adoptable,
    create_pod,
    delete_pod,
    deleted,
    own_key,
    relabelled,
    settled,
)
from sanb.controllers.ownership import claim, involved
from sanb.controllers.victims import ready_since
from sanb.errors import ApiError
from sanb.kernel.controller import Controller, Upkeep, Watch
from sanb.profiles.profile import Profile
from sanb.times import parse, rfc3339
from sanb.values import Obj

NAME: Final = "job-controller"
RESOURCE: Final = "jobs.batch"
KIND: Final = "Job"
BURST: Final = 500
OURS: Final = "kubernetes.io/job-controller"
"""Whom a Job is managed by that this controller sees to."""

Key = tuple[str, str]


def _matters(old: Obj, new: Obj) -> bool:
    """Whether a change of a Pod can matter: owner, labels, finalizers, deletion, phase, readiness or restarts."""
    if relabelled(old, new) or old["metadata"].get("finalizers") != new["metadata"].get("finalizers"):
        return True
    a, b = old.get("status") or {}, new.get("status") or {}
    if a.get("phase") != b.get("phase") or ready_since(old) != ready_since(new):
        return True
    return jobpods.restarts(old) != jobpods.restarts(new)


def controller(profile: Profile, authority: object, seed: int) -> Controller:
    """The controller of every minor."""
    traits = Traits.of(profile)
    adoptable = controlled_or_adoptable(RESOURCE, KIND)

    def related(pod: Obj, lister: Any) -> Iterable[tuple[str, ...]]:
        return (*adoptable(pod, lister), *_orphaned(pod))

    async def sync(api: Api, key: Any) -> float | Upkeep | None:
        return await reconcile(api, key, traits)

    return Controller(
        NAME, NAME, PROCESS, account_user(NAME),
        watches=(
            Watch(RESOURCE, keys=own_key),
            Watch("pods", related=related, on=frozenset({"add", "update"}), changed=_matters),
            Watch("pods", keys=controlled_by(KIND), on=frozenset({"delete"})),
        ),
        reconcile=sync, workers=5,
    )


def _orphaned(pod: Obj) -> Iterable[tuple[str, ...]]:
    """A Pod that is held by the finalizer of Jobs and belongs to none any more has to be let go."""
    metadata = pod["metadata"]
    if not jobpods.held(pod) or tuple(controlled_by(KIND)(pod)):
        return ()
    return (("orphan", metadata["namespace"], metadata["name"]),)


# ---------------------------------------------------------------------- one sync


async def reconcile(api: Api, key: Any, traits: Traits) -> float | Upkeep | None:
    """Bring one Job further and report it; returns when to look again."""
    if len(key) == 3:
        await _free(api, key)
        return None
    namespace, name = key
    job = api.cached(RESOURCE, namespace, name)
    if job is None:
        for place in (key, ("status", key), ("counted", key)):
            api.keep(place, None)
        await _let_go(api, namespace, name)
        return None
    if traits.managed and job["spec"].get("managedBy", OURS) != OURS:
        return None
    written = api.recall(("status", key))
    if written is not None and not api.reached(RESOURCE, written):
        return None
    certain = settled(api, key, namespace)
    mine = api.cached_by("pods", "owner", job["metadata"]["uid"])
    if jobstatus.finished(job):
        await _release(api, mine)
        api.keep(("counted", key), None)
        return None
    orphans = [pod for pod in api.cached_by("pods", "orphan", namespace) if active(pod)]
    pods = await claim(api, job, KIND, (RESOURCE, "pods"), mine, orphans)
    held = {pod["metadata"]["uid"] for pod in pods if jobpods.held(pod)}
    known = frozenset(uid for uid in api.recall(("counted", key)) or () if uid in held)
    tally = jobpods.tally(job, pods, known, traits)
    if traits.tracking:
        api.keep(("counted", key), tuple(sorted(known)))
    return await _sync(api, key, job, pods, tally, traits, certain=certain)


async def _sync(
    api: Api, key: Key, job: Obj, pods: list[Obj], tally: Tally, traits: Traits, *, certain: bool
) -> float | Upkeep | None:
    old: Obj = job.get("status") or {}
    suspended = traits.suspend and bool(job["spec"].get("suspend"))
    status, started = dict(old), old.get("startTime")
    if started is None and not suspended:
        started = status["startTime"] = rfc3339(api.now)
    verdict = jobstatus.judged(job, tally, _elapsed(api, started), traits)
    wait: float | None = None
    count, refusal = len(tally.active), None
    if verdict is not None or suspended:
        count = await _stop(api, key, job, tally)
    elif certain and not deleted(job):
        count, wait, refusal = await _manage(api, key, job, tally, traits)
    status = jobstatus.composed(api, job, status, tally, count, verdict, traits, suspended=suspended)
    if status != old:
        updated = await api.update(RESOURCE, {**job, "status": status}, subresource="status")
        api.keep(("status", key), updated["metadata"]["resourceVersion"])
        _tell(api, job, old, status, suspended=suspended, traits=traits)
    if traits.tracking:
        known = frozenset(api.recall(("counted", key)) or ()) | tally.counted
        api.keep(("counted", key), tuple(sorted(known)))
        await _release(api, [pod for pod in pods if pod["metadata"]["uid"] in known])
    if refusal is not None:
        raise refusal
    late = _deadline(api, job, started, suspended=suspended, over=verdict is not None)
    if wait is None:
        return None if late is None else Upkeep(late)
    return wait if late is None else min(wait, late)


def _elapsed(api: Api, started: str | None) -> float:
    return api.now - parse(started) if started else 0.0


def _deadline(api: Api, job: Obj, started: str | None, *, suspended: bool, over: bool) -> float | None:
    """Seconds until the Job has been active for too long."""
    limit = job["spec"].get("activeDeadlineSeconds")
    if limit is None or started is None or suspended or over:
        return None
    return max(0.001, parse(started) + float(limit) - api.now)


async def _manage(
    api: Api, key: Key, job: Obj, tally: Tally, traits: Traits
) -> tuple[int, float | None, ApiError | None]:
    """Make the Pods that are wanted or delete those that are too many; returns how many are active then."""
    wanted = jobpods.wanted(job, tally)
    count = len(tally.active)
    if wanted < count:
        for pod in sorted(tally.active, key=_usefulness)[: count - wanted]:
            if await delete_pod(api, job, KIND, pod) is None:
                count -= 1
        return count, None, None
    if wanted == count:
        return count, None, None
    if jobpods.ended_only(job, traits):
        wanted -= tally.terminating
    places = list(jobpods.indexes(job, tally, max(0, min(wanted - count, BURST))))
    if traits.per_index and jobindexes.limited(job):
        places, pause = _ripe(places, tally, traits, api.now)
    else:
        pause = jobpods.back_off(job, tally, traits, api.now)
    if pause > 0 and not (places and jobindexes.limited(job)):
        return count, pause, None
    revision, refusal = "", None
    for index in places:
        made, refusal = await create_pod(api, job, KIND, jobpods.body(api.profile, job, index, traits, tally))
        if made is None:
            break
        revision, count = made["metadata"]["resourceVersion"], count + 1
    if revision:
        api.keep(key, Expected(revision))
    return count, pause or None, refusal


def _ripe(
    places: list[int | None], tally: Tally, traits: Traits, now: float
) -> tuple[list[int | None], float]:
    """The indexes whose Pods may be made now, and the seconds until the next one may."""
    pauses = [jobpods.index_pause(tally, index, traits, now) for index in places if index is not None]
    ripe = [index for index, pause in zip(places, pauses, strict=True) if not pause]
    return ripe, min((pause for pause in pauses if pause), default=0.0)


def _usefulness(pod: Obj) -> tuple[bool, bool, str]:
    """Pods that do less go first."""
    return bool(pod["spec"].get("nodeName")), ready_since(pod) is not None, pod["metadata"]["name"]


async def _stop(api: Api, key: Key, job: Obj, tally: Tally) -> int:
    """Delete all Pods that are active; returns how many stay."""
    left, gone = 0, []
    for pod in tally.active:
        if await delete_pod(api, job, KIND, pod) is None:
            gone.append((pod["metadata"]["name"], pod["metadata"]["uid"]))
        else:
            left += 1
    if gone:
        api.keep(key, Expected("", tuple(gone)))
    return left


def _tell(api: Api, job: Obj, old: Obj, status: Obj, *, suspended: bool, traits: Traits) -> None:
    subject = involved(api.profile, job, KIND)
    known = {one["type"] for one in old.get("conditions") or () if one["status"] == "True"}
    for one in status.get("conditions") or ():
        if one["type"] in known or one["status"] != "True":
            continue
        if one["type"] == "Failed":
            api.event(subject, KIND, "Warning", one["reason"], one["message"])
        elif one["type"] == "Complete" and traits.completed_event:
            api.event(subject, KIND, "Normal", "Completed", "Job completed")
        elif one["type"] == "Suspended":
            api.event(subject, KIND, "Normal", "Suspended", "Job suspended")
    if "Suspended" in known and not suspended:
        api.event(subject, KIND, "Normal", "Resumed", "Job resumed")


# ---------------------------------------------------------------------- the finalizer


async def _release(api: Api, pods: Iterable[Obj]) -> None:
    """Take the finalizer off Pods that are counted or need not be any more."""
    for pod in pods:
        metadata = pod["metadata"]
        finalizers = metadata.get("finalizers") or ()
        if jobpods.FINALIZER in finalizers:
            rest = [one for one in finalizers if one != jobpods.FINALIZER]
            body = {"metadata": {"uid": metadata["uid"], "finalizers": rest or None}}
            try:
                await api.patch("pods", metadata["namespace"], metadata["name"], body)
            except ApiError as error:
                if error.code not in (404, 409, 422):
                    raise


async def _free(api: Api, key: tuple[str, str, str]) -> None:
    """Let go a Pod that belongs to no Job any more."""
    pod = api.cached("pods", key[1], key[2])
    if pod is not None and tuple(_orphaned(pod)):
        await _release(api, (pod,))


async def _let_go(api: Api, namespace: str, name: str) -> None:
    """Let go the Pods of a Job that is gone."""
    keys = controlled_by(KIND)
    await _release(api, [pod for pod in api.cached_list("pods", namespace) if (namespace, name) in keys(pod)])
