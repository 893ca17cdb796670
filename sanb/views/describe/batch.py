"""Descriptions of Jobs and CronJobs."""

from __future__ import annotations

from typing import Final

from sanb.apiserver.ages import human
from sanb.times import parse
from sanb.values import Obj, dig
from sanb.views.describe.common import Reader, controlled_by, date, events, heading, labels, line, notes
from sanb.views.describe.pod import template
from sanb.views.describe.sets import selector_text

MODE: Final = {"1.10": False, "1.21": True}
SUSPEND: Final = {"1.10": False, "1.30": True}
READY: Final = {"1.10": False, "1.24": True}
ZONE: Final = {"1.10": False, "1.36": True}
DURATION: Final = {"1.10": False, "1.13": True}


def job(obj: Obj, reader: Reader) -> str:
    """A Job with its Pods."""
    spec, metadata, status, profile = obj["spec"], obj["metadata"], obj.get("status") or {}, reader.profile
    body = line("Name", metadata["name"]) + line("Namespace", metadata["namespace"])
    body += line("Selector", selector_text(spec.get("selector")))
    body += labels(metadata.get("labels")) + notes(metadata.get("annotations"), profile) + controlled_by(obj)
    body += line("Parallelism", spec.get("parallelism", 1)) + line("Completions", spec.get("completions", "<unset>"))
    if profile.pick(MODE):
        body += line("Completion Mode", spec.get("completionMode", "NonIndexed"))
    if profile.pick(SUSPEND):
        body += line("Suspend", str(spec.get("suspend", False)).lower())
        body += line("Backoff Limit", spec.get("backoffLimit", 6))
        if spec.get("ttlSecondsAfterFinished") is not None:
            body += line("TTL Seconds After Finished", spec["ttlSecondsAfterFinished"])
    body += _times(status, reader)
    if spec.get("activeDeadlineSeconds") is not None:
        body += line("Active Deadline Seconds", f"{spec['activeDeadlineSeconds']}s")
    active = f"{status.get('active', 0)} {'Active' if profile.pick(MODE) else 'Running'}"
    active += f" ({status.get('ready', 0)} Ready)" if profile.pick(READY) else ""
    body += line(
        "Pods Statuses", f"{active} / {status.get('succeeded', 0)} Succeeded / {status.get('failed', 0)} Failed"
    )
    if spec.get("completionMode") == "Indexed":
        body += line("Completed Indexes", status.get("completedIndexes") or "<none>")
    return body + template(spec.get("template") or {}, reader) + events(obj, reader)


def _times(status: Obj, reader: Reader) -> str:
    begin, end = status.get("startTime"), status.get("completionTime")
    body = line("Start Time", date(begin)) if begin else ""
    body += line("Completed At", date(end)) if end else ""
    if begin and end and reader.profile.pick(DURATION):
        body += line("Duration", human(parse(end) - parse(begin)))
    return body


def cronjob(obj: Obj, reader: Reader) -> str:
    """A CronJob with what its Jobs are like."""
    spec, status = obj["spec"], obj.get("status") or {}
    inner = dig(spec, "jobTemplate", "spec", default={})
    body = heading(obj, reader) + line("Schedule", spec["schedule"])
    body += line("Concurrency Policy", spec.get("concurrencyPolicy", "Allow"))
    body += line("Suspend", str(bool(spec.get("suspend"))))
    if reader.profile.pick(ZONE):
        body += line("Time Zone", spec.get("timeZone", "<unset>"))
    body += line("Successful Job History Limit", spec.get("successfulJobsHistoryLimit", "<unset>"))
    body += line("Failed Job History Limit", spec.get("failedJobsHistoryLimit", "<unset>"))
    deadline = spec.get("startingDeadlineSeconds")
    body += line("Starting Deadline Seconds", f"{deadline}s" if deadline is not None else "<unset>")
    body += line("Selector", selector_text(inner["selector"]) if inner.get("selector") else "<unset>")
    body += line("Parallelism", inner.get("parallelism", "<unset>")) + line(
        "Completions", inner.get("completions", "<unset>")
    )
    if inner.get("activeDeadlineSeconds") is not None:
        body += line("Active Deadline Seconds", f"{inner['activeDeadlineSeconds']}s")
    body += template(inner.get("template") or {}, reader)
    body += line("Last Schedule Time", date(status.get("lastScheduleTime")))
    active = ", ".join(one["name"] for one in status.get("active") or ())
    return body + line("Active Jobs", active or "<none>") + events(obj, reader)
