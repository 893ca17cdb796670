"""Jobs whose completions are judged one by one: which indexes have failed for good, and which successes are enough."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from sanb.controllers import jobpolicy
from sanb.controllers.owned import phase
from sanb.values import Obj, dig

INDEX: Final = "batch.kubernetes.io/job-completion-index"
FAILURES: Final = "batch.kubernetes.io/job-index-failure-count"
IGNORED: Final = "batch.kubernetes.io/job-index-ignored-failure-count"
FAIL_INDEX: Final = "FailIndex"


def index_of(pod: Obj) -> int | None:
    """The completion index of a Pod."""
    text = (pod["metadata"].get("annotations") or {}).get(INDEX)
    return int(text) if text is not None and text.isdigit() else None


def limited(job: Obj) -> bool:
    """Whether each index may fail so often and no more."""
    return job["spec"].get("backoffLimitPerIndex") is not None


def _noted(pod: Obj, key: str) -> int:
    text = (pod["metadata"].get("annotations") or {}).get(key) or ""
    return int(text) if text.isdigit() else 0


def _match(job: Obj, pod: Obj) -> jobpolicy.Match | None:
    return jobpolicy.matched(job, pod) if phase(pod) == "Failed" else None


def lost(job: Obj, pods: Iterable[Obj]) -> frozenset[int]:
    """The indexes of Pods that failed and may not be tried again."""
    limit = int(job["spec"]["backoffLimitPerIndex"])
    found = set()
    for pod in pods:
        index, match = index_of(pod), _match(job, pod)
        counts = match is None or match.action != jobpolicy.IGNORE
        if index is not None and ((match is not None and match.action == FAIL_INDEX)
                                  or (counts and _noted(pod, FAILURES) >= limit)):
            found.add(index)
    return frozenset(found)


def last_failures(pods: Iterable[Obj]) -> Mapping[int, Obj]:
    """The last Pod that failed, of each index."""
    found: dict[int, Obj] = {}
    for pod in pods:
        index = index_of(pod)
        if phase(pod) == "Failed" and index is not None:
            known = found.get(index)
            if known is None or times(pod) > times(known):
                found[index] = pod
    return found


def times(pod: Obj) -> int:
    """How often Pods of the same index had failed before this one."""
    return _noted(pod, FAILURES) + _noted(pod, IGNORED)


def notes(job: Obj, replaced: Obj | None) -> dict[str, str]:
    """What a new Pod says about the failures of its index so far."""
    if replaced is None:
        return {FAILURES: "0"}
    match, failures, ignored = _match(job, replaced), _noted(replaced, FAILURES), _noted(replaced, IGNORED)
    if match is not None and match.action == jobpolicy.IGNORE:
        ignored += 1
    else:
        failures += 1
    return {FAILURES: str(failures), **({IGNORED: str(ignored)} if ignored else {})}


# ---------------------------------------------------------------------- successes


def enough(job: Obj, done: frozenset[int], numbers: Callable[[str], frozenset[int]]) -> str:
    """Which rule of the successPolicy is fulfilled, as its message says it; "" if none is."""
    for place, rule in enumerate(dig(job, "spec", "successPolicy", "rules", default=()) or ()):
        text, count = rule.get("succeededIndexes"), rule.get("succeededCount")
        wanted = None if text is None else numbers(text)
        reached = len(done if wanted is None else done & wanted)
        if reached >= (len(wanted or ()) if count is None else count):
            return f"Matched rules at index {place}"
    return ""
