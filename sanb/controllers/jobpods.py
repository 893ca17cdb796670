"""The Pods of a Job: which count, how many are wanted, how long to wait after failures, and what a new one is like."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from sanb.controllers import jobindexes, jobpolicy
from sanb.controllers.jobindexes import INDEX, index_of
from sanb.controllers.owned import ENDED, deleted, phase, pod_body
from sanb.controllers.victims import ready_since
from sanb.profiles.profile import Profile
from sanb.times import parse
from sanb.values import Obj

KIND: Final = "Job"
FINALIZER: Final = "batch.kubernetes.io/job-tracking"
UNLIMITED: Final = 2**31 - 1
NOBODY: Final[frozenset[int]] = frozenset()
NOTHING: Final[Mapping[int, Obj]] = {}


class Traits(NamedTuple):
    """How one minor's Jobs are: each field is a row of `TRAITS`."""

    tracking: bool
    suspend: bool
    indexed: bool
    index_label: bool
    ready: bool
    terminating: bool
    targets: bool
    completed_event: bool
    back_off: tuple[float, float]
    policy: bool
    per_index: bool
    success: bool
    replacement: bool
    managed: bool

    @classmethod
    def of(cls, profile: Profile) -> Traits:
        """The traits of a profile's minor."""
        return cls(*(profile.pick(TRAITS[field]) for field in cls._fields))


TRAITS: Final[dict[str, dict[str, Any]]] = {
    # Pods are held by a finalizer until they are counted (gate JobTrackingWithFinalizers)
    "tracking": {"1.10": False, "1.25": True},
    "suspend": {"1.10": False, "1.22": True},
    "indexed": {"1.10": False, "1.22": True},
    "index_label": {"1.10": False, "1.28": True},
    "ready": {"1.10": False, "1.24": True},
    "terminating": {"1.10": False, "1.29": True},
    # conditions SuccessCriteriaMet and FailureTarget come before the last ones
    "targets": {"1.10": False, "1.31": True},
    "completed_event": {"1.10": False, "1.18": True},
    # first and longest seconds between a failure and the next Pod
    "back_off": {"1.10": (10.0, 360.0), "1.27": (10.0, 600.0)},
    # podFailurePolicy is looked at (gate JobPodFailurePolicy)
    "policy": {"1.10": False, "1.26": True},
    # each index has a limit of its own (gate JobBackoffLimitPerIndex)
    "per_index": {"1.10": False, "1.29": True},
    # some successes may be enough (gate JobSuccessPolicy)
    "success": {"1.10": False, "1.31": True},
    # Pods may be replaced only once they have ended (gate JobPodReplacementPolicy)
    "replacement": {"1.10": False, "1.29": True},
    # somebody else may see to a Job (gate JobManagedBy)
    "managed": {"1.10": False, "1.32": True},
}


class Tally(NamedTuple):
    """What the Pods of a Job come to: `counted` are the uids of those whose end is in the numbers."""

    active: list[Obj]
    succeeded: int
    failed: int
    restarted: int
    done: frozenset[int]
    """The completion indexes that have succeeded."""
    ready: int
    terminating: int
    counted: frozenset[str]
    last_failure: float
    """When the last Pod failed; 0 if none has."""
    verdict: str = ""
    """Why a rule of the podFailurePolicy makes the Job fail."""
    lost: frozenset[int] = frozenset()
    """The completion indexes that have failed for good, where each has a limit of its own."""
    last: Mapping[int, Obj] = NOTHING
    """The last Pod that failed of each index, where each has a limit of its own."""
    enough: str = ""
    """Which rule of the successPolicy is fulfilled."""


def restarts(pod: Obj) -> int:
    """How often containers of a Pod were started again."""
    status = pod.get("status") or {}
    every = (*(status.get("initContainerStatuses") or ()), *(status.get("containerStatuses") or ()))
    return sum(int(one.get("restartCount") or 0) for one in every)


def is_indexed(job: Obj) -> bool:
    """Whether each completion has a number."""
    return bool(job["spec"].get("completionMode") == "Indexed")


def tally(job: Obj, pods: list[Obj], known: frozenset[str], traits: Traits) -> Tally:
    """Count the Pods of a Job; with tracking the status has those counted before, `known` are some of them."""
    old: Obj = job.get("status") or {}
    fresh = [pod for pod in pods if not traits.tracking or (held(pod) and pod["metadata"]["uid"] not in known)]
    won = [pod for pod in fresh if phase(pod) == "Succeeded"]
    early = traits.tracking and not ended_only(job, traits)
    lost = [pod for pod in fresh if phase(pod) == "Failed" or (early and _cut_off(pod))]
    active = [pod for pod in pods if phase(pod) not in ENDED and not deleted(pod)]
    done = parsed(old.get("completedIndexes") or "")
    if is_indexed(job):
        new = {index for pod in won if (index := index_of(pod)) is not None and index < _completions(job)}
        succeeded, done = len(done | new), done | new
    else:
        succeeded = len(won) + (int(old.get("succeeded") or 0) if traits.tracking else 0)
    matches = [jobpolicy.matched(job, pod) for pod in lost if phase(pod) == "Failed"] if traits.policy else []
    ignored = sum(1 for one in matches if one is not None and one.action == jobpolicy.IGNORE)
    failed = len(lost) - ignored + (int(old.get("failed") or 0) if traits.tracking else 0)
    separate = traits.per_index and jobindexes.limited(job)
    gone = parsed(old.get("failedIndexes") or "") | jobindexes.lost(job, lost) if separate else NOBODY
    return Tally(
        active, succeeded, failed, sum(restarts(pod) for pod in active), done,
        sum(1 for pod in active if _ready(pod)),
        sum(1 for pod in pods if deleted(pod) and phase(pod) not in ENDED),
        frozenset(pod["metadata"]["uid"] for pod in (*won, *lost)),
        max((_ended_at(pod) for pod in pods if phase(pod) == "Failed"), default=0.0),
        next((one.why for one in matches if one is not None and one.action == jobpolicy.FAIL), ""),
        gone - done, jobindexes.last_failures(pods) if separate else NOTHING,
        jobindexes.enough(job, done, parsed) if traits.success and is_indexed(job) else "",
    )


def ended_only(job: Obj, traits: Traits) -> bool:
    """Whether a Pod that is being deleted counts and is replaced only when it has ended."""
    return traits.replacement and job["spec"].get("podReplacementPolicy") == "Failed"


def _cut_off(pod: Obj) -> bool:
    """Whether a Pod was deleted before it had succeeded."""
    return deleted(pod) and phase(pod) not in ENDED


def _ready(pod: Obj) -> bool:
    return ready_since(pod) is not None


def held(pod: Obj) -> bool:
    """Whether the finalizer of Jobs holds a Pod."""
    return FINALIZER in (pod["metadata"].get("finalizers") or ())


def _ended_at(pod: Obj) -> float:
    """When the last container of a Pod ended."""
    times = [
        parse(one["state"]["terminated"]["finishedAt"])
        for one in (pod.get("status") or {}).get("containerStatuses") or ()
        if (one.get("state") or {}).get("terminated", {}).get("finishedAt")
    ]
    return max(times, default=parse(pod["metadata"]["creationTimestamp"]))


def _completions(job: Obj) -> int:
    return int(job["spec"].get("completions") or 0)


def wanted(job: Obj, found: Tally) -> int:
    """How many Pods should be active now."""
    parallelism, completions = int(job["spec"].get("parallelism", 1)), job["spec"].get("completions")
    if completions is None:
        # one that has succeeded says that the work is done: no new ones
        return min(len(found.active), parallelism) if found.succeeded else parallelism
    return max(0, min(parallelism, int(completions) - found.succeeded))


def indexes(job: Obj, found: Tally, count: int) -> Iterator[int | None]:
    """The completion indexes of new Pods, the smallest that are free; None where completions have no number."""
    if not is_indexed(job):
        yield from [None] * count
        return
    busy = {index_of(pod) for pod in found.active} | found.done | found.lost
    free = (index for index in range(_completions(job)) if index not in busy)
    for _, index in zip(range(count), free, strict=False):
        yield index


def back_off(job: Obj, found: Tally, traits: Traits, now: float) -> float:
    """Seconds until another Pod may be made after the last failure."""
    if not found.failed or not found.last_failure:
        return 0.0
    first, longest = traits.back_off
    pause = min(first * 2.0 ** min(found.failed - 1, 20), longest)
    return max(0.0, found.last_failure + pause - now)


def index_pause(found: Tally, index: int, traits: Traits, now: float) -> float:
    """Seconds until a Pod of this index may be made, where each index has a limit of its own."""
    failed = found.last.get(index)
    if failed is None:
        return 0.0
    first, longest = traits.back_off
    pause = min(first * 2.0 ** min(jobindexes.times(failed), 20), longest)
    return max(0.0, _ended_at(failed) + pause - now)


def body(profile: Profile, job: Obj, index: int | None, traits: Traits, found: Tally | None = None) -> Obj:
    """A new Pod of a Job."""
    pod = pod_body(profile, job, KIND)
    metadata, spec = pod["metadata"], pod["spec"]
    if traits.tracking:
        metadata["finalizers"] = [*(metadata.get("finalizers") or ()), FINALIZER]
    if index is None:
        return pod
    metadata["annotations"] = {**(metadata.get("annotations") or {}), INDEX: str(index)}
    if found is not None and traits.per_index and jobindexes.limited(job):
        metadata["annotations"] |= jobindexes.notes(job, found.last.get(index))
    if traits.index_label:
        metadata["labels"] = {**(metadata.get("labels") or {}), INDEX: str(index)}
    name = job["metadata"]["name"]
    metadata["generateName"] = f"{name}-{index}-"
    path = f"metadata.labels['{INDEX}']" if traits.index_label else f"metadata.annotations['{INDEX}']"
    variable = {"name": "JOB_COMPLETION_INDEX", "valueFrom": {"fieldRef": {"fieldPath": path}}}
    given = {field: [_with(one, variable) for one in spec[field]]
             for field in ("initContainers", "containers") if spec.get(field)}
    return {**pod, "spec": {**spec, **given, "hostname": f"{name}-{index}"}}


def _with(container: Obj, variable: Obj) -> Obj:
    """A container with one more variable, unless it sets that itself."""
    env = container.get("env") or []
    return container if any(one["name"] == variable["name"] for one in env) else {**container, "env": [*env, variable]}


# ---------------------------------------------------------------------- numbers as text


def parsed(text: str) -> frozenset[int]:
    """The numbers that a text like "0,2-4" lists."""
    found: set[int] = set()
    for part in filter(None, text.split(",")):
        first, _, last = part.partition("-")
        found.update(range(int(first), int(last or first) + 1))
    return frozenset(found)


def listed(numbers: frozenset[int]) -> str:
    """Numbers as Kubernetes lists them: three or more in a row as a range."""
    parts: list[str] = []
    run: list[int] = []
    for number in [*sorted(numbers), None]:
        if run and number == run[-1] + 1:
            run.append(number)
            continue
        if len(run) > 2:
            parts.append(f"{run[0]}-{run[-1]}")
        else:
            parts.extend(map(str, run))
        run = [] if number is None else [number]
    return ",".join(parts)
