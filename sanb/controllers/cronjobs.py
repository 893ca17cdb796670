"""CronJob controller: Jobs at the times of a schedule, on the virtual clock."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

from sanb.apiserver.client import Api
from sanb.controllers import cron, jobstatus
from sanb.controllers.identity import PROCESS, account_user
from sanb.controllers.owned import controlled_by, deleted, own_key
from sanb.controllers.ownership import involved, reference
from sanb.errors import ApiError
from sanb.kernel.controller import Controller, Upkeep, Watch
from sanb.profiles.profile import Profile
from sanb.times import parse, rfc3339
from sanb.values import Obj

NAME: Final = "cronjob-controller"
RESOURCE: Final = "cronjobs.batch"
JOBS: Final = "jobs.batch"
KIND: Final = "CronJob"
DELTA: Final = 0.1
"""So many seconds after its time a schedule is looked at, against clocks that differ."""
MANY: Final = 100
"""More missed times than this are complained about."""

MINUTES: Final = {"1.10": 1, "1.21": 60}
"""The seconds that the number in a Job's name counts."""
COMPLETED: Final = {
    "1.10": "Saw completed job: {name}", "1.15": "Saw completed job: {name}, status: {how}",
    "1.31": "Saw completed job: {name}, condition: {how}",
}
STAMP: Final = {"1.10": False, "1.28": True}
"""Whether Jobs are annotated with the time that they were meant for."""
SUCCESSFUL_TIME: Final = {"1.10": False, "1.21": True}
ZONES: Final = {"1.10": False, "1.25": True}
ANNOTATION: Final = "batch.kubernetes.io/cronjob-scheduled-timestamp"

Key = tuple[str, str]


def controller(profile: Profile, authority: object, seed: int) -> Controller:
    """The controller of every minor."""
    return Controller(
        NAME, NAME, PROCESS, account_user(NAME),
        watches=(Watch(RESOURCE, keys=own_key), Watch(JOBS, keys=controlled_by(KIND))),
        reconcile=reconcile, workers=5,
    )


# ---------------------------------------------------------------------- one sync


async def reconcile(api: Api, key: Any) -> Upkeep | None:
    """Start what is due and clean up; returns when the next Job is due, which nothing waits for."""
    cronjob = api.cached(RESOURCE, *key)
    if cronjob is None:
        return None
    mine = list(api.cached_by(JOBS, "owner", cronjob["metadata"]["uid"]))
    status = _seen(api, cronjob, mine)
    await _clean_up(api, cronjob, mine)
    wait: Upkeep | None = None
    if not deleted(cronjob) and not cronjob["spec"].get("suspend"):
        status, wait = await _schedule(api, cronjob, status)
    if status != (cronjob.get("status") or {}):
        await api.update(RESOURCE, {**cronjob, "status": status}, subresource="status")
    return wait


def _seen(api: Api, cronjob: Obj, mine: list[Obj]) -> Obj:
    """The status with the Jobs that are still active."""
    old: Obj = cronjob.get("status") or {}
    by_uid = {job["metadata"]["uid"]: job for job in mine}
    active: list[Obj] = []
    for one in old.get("active") or ():
        job = by_uid.get(one["uid"])
        if job is None:
            if api.cached(JOBS, cronjob["metadata"]["namespace"], one["name"]) is None and _reached(api, one):
                _tell(api, cronjob, "Normal", "MissingJob", f"Active job went missing: {one['name']}")
                continue
        elif jobstatus.finished(job):
            how = "Complete" if jobstatus.condition(job, "Complete") is not None else "Failed"
            text = api.profile.pick(COMPLETED).format(name=one["name"], how=how)
            _tell(api, cronjob, "Normal", "SawCompletedJob", text)
            continue
        active.append(one)
    status = {**old, "active": active}
    if not active:
        status.pop("active")
    if api.profile.pick(SUCCESSFUL_TIME):
        done = [job["status"]["completionTime"] for job in mine if (job.get("status") or {}).get("completionTime")]
        last = max([*done, *filter(None, [old.get("lastSuccessfulTime")])], default="")
        if last:
            status["lastSuccessfulTime"] = last
    return status


def _reached(api: Api, reference: Obj) -> bool:
    """Whether the cache has been told of everything up to the making of a Job."""
    revision = reference.get("resourceVersion")
    return not revision or api.reached(JOBS, revision)


async def _clean_up(api: Api, cronjob: Obj, mine: list[Obj]) -> None:
    """Delete the oldest finished Jobs beyond the limits."""
    for kind, field in (("Complete", "successfulJobsHistoryLimit"), ("Failed", "failedJobsHistoryLimit")):
        limit = cronjob["spec"].get(field)
        if limit is None:
            continue
        found = [job for job in mine if jobstatus.condition(job, kind) is not None and not deleted(job)]
        found.sort(key=lambda job: ((job.get("status") or {}).get("startTime") or "", job["metadata"]["name"]))
        for job in found[: max(0, len(found) - limit)]:
            await _delete(api, cronjob, job["metadata"]["name"])


async def _schedule(api: Api, cronjob: Obj, status: Obj) -> tuple[Obj, Upkeep | None]:
    """Start the Job that is due, if one is; returns the status and when to look again."""
    spec, now = cronjob["spec"], api.now
    zone = spec.get("timeZone") or "" if api.profile.pick(ZONES) else ""
    try:
        schedule = cron.parse(spec["schedule"], zone)
    except ValueError as error:
        text = f"unparseable schedule: {_quoted(spec['schedule'])} : {error}"
        _tell(api, cronjob, "Warning", "UnparseableSchedule", text)
        return status, None
    due, missed = _latest(cronjob, schedule, now)
    following = schedule.after(now)
    wait = None if following is None else Upkeep(following + DELTA - now)
    if missed > MANY:
        text = "too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check clock skew"
        _tell(api, cronjob, "Warning", "TooManyMissedTimes", text)
    if due is None:
        return status, wait
    deadline = spec.get("startingDeadlineSeconds")
    if deadline is not None and due + deadline < now:
        moment = datetime.fromtimestamp(due, UTC).strftime("%a, %d %b %Y %H:%M:%S +0000")
        _tell(api, cronjob, "Warning", "MissSchedule", f"Missed scheduled time to start a job: {moment}")
        return status, wait
    return await _start(api, cronjob, status, due), wait


def _latest(cronjob: Obj, schedule: cron.Schedule, now: float) -> tuple[float | None, int]:
    """The latest time of the schedule that has come since the last one, and how many have."""
    last = (cronjob.get("status") or {}).get("lastScheduleTime") or cronjob["metadata"]["creationTimestamp"]
    earliest = parse(last)
    if (deadline := cronjob["spec"].get("startingDeadlineSeconds")) is not None:
        earliest = max(earliest, now - deadline)
    due, count = None, 0
    moment = schedule.after(earliest)
    while moment is not None and moment <= now:
        due, count = moment, count + 1
        moment = schedule.after(moment)
    return due, count


async def _start(api: Api, cronjob: Obj, status: Obj, due: float) -> Obj:
    """Start the Job of one time, as the concurrency policy allows."""
    policy, active = cronjob["spec"].get("concurrencyPolicy", "Allow"), list(status.get("active") or ())
    name = f"{cronjob['metadata']['name']}-{int(due) // api.profile.pick(MINUTES)}"
    if any(one["name"] == name for one in active):
        return status
    if policy == "Forbid" and active:
        text = "Not starting job because prior execution is running and concurrency policy is Forbid"
        _tell(api, cronjob, "Normal", "JobAlreadyActive", text)
        return status
    if policy == "Replace":
        for one in active:
            await _delete(api, cronjob, one["name"])
        active = []
    try:
        job = await api.create(JOBS, cronjob["metadata"]["namespace"], _job(api, cronjob, name, due))
    except ApiError as error:
        if error.has_cause("NamespaceTerminating"):
            return status
        if error.reason != "AlreadyExists":
            _tell(api, cronjob, "Warning", "FailedCreate", f"Error creating job: {error.message}")
            raise
        return {**status, "lastScheduleTime": rfc3339(due)}
    _tell(api, cronjob, "Normal", "SuccessfulCreate", f"Created job {name}")
    metadata = job["metadata"]
    one = {
        "kind": "Job", "namespace": metadata["namespace"], "name": name, "uid": metadata["uid"],
        "apiVersion": "batch/v1", "resourceVersion": metadata["resourceVersion"],
    }
    return {**status, "active": [*active, one], "lastScheduleTime": rfc3339(due)}


def _job(api: Api, cronjob: Obj, name: str, due: float) -> Obj:
    template = cronjob["spec"]["jobTemplate"]
    given = template.get("metadata") or {}
    metadata: Obj = {field: given[field] for field in ("labels", "annotations") if given.get(field)}
    if api.profile.pick(STAMP):
        metadata["annotations"] = {**(metadata.get("annotations") or {}), ANNOTATION: rfc3339(due)}
    metadata |= {"name": name, "namespace": cronjob["metadata"]["namespace"],
                 "ownerReferences": [reference(api.profile, cronjob, KIND)]}
    return {"apiVersion": "batch/v1", "kind": "Job", "metadata": metadata, "spec": template.get("spec") or {}}


async def _delete(api: Api, cronjob: Obj, name: str) -> None:
    try:
        await api.delete(JOBS, cronjob["metadata"]["namespace"], name, propagation="Background")
    except ApiError as error:
        if error.code == 404:
            return
        _tell(api, cronjob, "Warning", "FailedDelete", f"Deleted job: {error.message}")
        raise
    _tell(api, cronjob, "Normal", "SuccessfulDelete", f"Deleted job {name}")


def _tell(api: Api, cronjob: Obj, kind: str, reason: str, message: str) -> None:
    api.event(involved(api.profile, cronjob, KIND), KIND, kind, reason, message)


def _quoted(text: str) -> str:
    return f'"{text}"'
