"""Defaults of Jobs and CronJobs."""

from __future__ import annotations

from functools import partial
from typing import Any, Final

from sanb.apiserver.defaults.fill import Change, every, fill, within
from sanb.apiserver.defaults.pods import template
from sanb.profiles.profile import Profile
from sanb.values import Obj

COMPLETION: Final[dict[str, dict[str, Any]]] = {
    "1.10": {},
    "1.22": {"completionMode": "NonIndexed", "suspend": False},
}
"""What Jobs have besides (gates IndexedJob and SuspendJob: on from 1.22)."""
REPLACEMENT: Final = {"1.10": False, "1.29": True}
"""Whether a Job says when it replaces its Pods (gate JobPodReplacementPolicy)."""
INDEX_LIMIT: Final = {"1.10": False, "1.29": True}
"""Whether a limit per index lifts the limit of all (gate JobBackoffLimitPerIndex)."""
CRON_JOB: Final = {"concurrencyPolicy": "Allow", "suspend": False, "successfulJobsHistoryLimit": 3, "failedJobsHistoryLimit": 1}
_UNLIMITED: Final = 2**31 - 1
_CONDITION: Final = {"status": "True"}


def job(profile: Profile) -> Change:
    """The change that completes a Job: its labels, where it has none, are those of its Pods."""
    spec = _spec_of(profile)

    def change(obj: Obj) -> Obj:
        labels = ((obj.get("spec") or {}).get("template") or {}).get("metadata", {}).get("labels")
        if labels and not obj["metadata"].get("labels"):
            obj = {**obj, "metadata": {**obj["metadata"], "labels": labels}}
        return within(obj, "spec", spec)

    return change


def cron_job(profile: Profile) -> Change:
    """The change that completes a CronJob and the Jobs in it."""
    jobs = partial(within, key="spec", change=_spec_of(profile))

    def spec(found: Obj) -> Obj:
        return within(fill(found, CRON_JOB), "jobTemplate", jobs)

    return partial(within, key="spec", change=spec)


def _spec_of(profile: Profile) -> Change:
    defaults, limited = profile.pick(COMPLETION), profile.pick(INDEX_LIMIT)
    replaced, pods = profile.pick(REPLACEMENT), template(profile)

    def change(spec: Obj) -> Obj:
        if spec.get("completions") is None and spec.get("parallelism") is None:
            spec = {**spec, "completions": 1}
        most = _UNLIMITED if limited and spec.get("backoffLimitPerIndex") is not None else 6
        spec = fill(spec, {"parallelism": 1, "backoffLimit": most, **defaults})
        policy = spec.get("podFailurePolicy")
        if replaced and "podReplacementPolicy" not in spec:
            spec = {**spec, "podReplacementPolicy": "Failed" if policy is not None else "TerminatingOrFailed"}
        if policy is not None:
            spec = within(spec, "podFailurePolicy", partial(every, key="rules", change=_rule))
        return within(spec, "template", pods)

    return change


def _rule(rule: Obj) -> Obj:
    return every(rule, "onPodConditions", _pattern)


def _pattern(found: Obj) -> Obj:
    return found if found.get("status") else {**found, **_CONDITION}
