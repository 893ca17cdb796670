"""What a Job's podFailurePolicy says about Pods that failed: fail the Job, do not count the Pod, or count it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from sanb.values import Obj, dig

FAIL: Final = "FailJob"
IGNORE: Final = "Ignore"


class Match(NamedTuple):
    """The first rule that fits a Pod: what it does, and why it fits."""

    action: str
    why: str


def matched(job: Obj, pod: Obj) -> Match | None:
    """The first rule of a Job's policy that fits a Pod that failed; None if there is none."""
    for index, rule in enumerate(dig(job, "spec", "podFailurePolicy", "rules", default=())):
        why = next(_reasons(rule, pod), "")
        if why:
            return Match(rule["action"], f"{why} matching {rule['action']} rule at index {index}")
    return None


def _reasons(rule: Obj, pod: Obj) -> Iterator[str]:
    place = f"{pod['metadata']['namespace']}/{pod['metadata']['name']}"
    codes = rule.get("onExitCodes")
    if codes is not None:
        for name, code in _ended(pod, codes.get("containerName")):
            if code and (code in codes["values"]) is (codes["operator"] == "In"):
                yield f"Container {name} for pod {place} failed with exit code {code}"
        return
    conditions: Any = dig(pod, "status", "conditions", default=())
    for pattern in rule.get("onPodConditions") or ():
        for one in conditions:
            if one["type"] == pattern["type"] and one["status"] == pattern.get("status", "True"):
                yield f"Pod {place} has condition {one['type']}"


def _ended(pod: Obj, wanted: str | None) -> Iterator[tuple[str, int]]:
    """The containers that ended, with their exit codes."""
    status = pod.get("status") or {}
    for one in (*(status.get("initContainerStatuses") or ()), *(status.get("containerStatuses") or ())):
        ended = (one.get("state") or {}).get("terminated")
        if ended is not None and wanted in (None, one["name"]):
            yield one["name"], int(ended.get("exitCode") or 0)
