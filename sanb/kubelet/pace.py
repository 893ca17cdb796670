"""When the kubelet looks at a Pod again, and what it makes of one that it has no memory of."""

from __future__ import annotations

from typing import Final

from sanb.apiserver.client import Api
from sanb.kernel.controller import Upkeep
from sanb.kubelet import lives
from sanb.kubelet.stages import NEVER, PROGRESS_REPEATS, Life, Run, resync
from sanb.values import Obj

EARLIER: Final = 0.001
"""A back-off that an event has made promising is waited for: on a timer so much earlier than that of upkeep."""

PodKey = tuple[str, str]


def awaiting(life: Life) -> Life:
    """The Pod with the time at which something is due next."""
    if life.stage != "running":
        return life
    return life._replace(due=min(life.wake, min((run.due for run in life.runs), default=NEVER)))


def pause(life: Life, now: float) -> float | Upkeep | None:
    """When to come back: what runs, or has failed again and again, does not keep the world busy."""
    if life.due == NEVER:
        return None
    if life.stage == "running":
        return life.due - now if any(map(_busy, life.runs)) else Upkeep(life.due - now)
    return Upkeep(life.due - now) if life.failures > PROGRESS_REPEATS else life.due - now


def _busy(run: Run) -> bool:
    """Whether what is due with a container is worth waiting for: not if it has failed again and again."""
    return run.due < NEVER and (max(run.failures, run.restarts) <= PROGRESS_REPEATS or run.then in lives.HELD)


def waited_for(api: Api, key: PodKey, life: Life, now: float) -> float | Upkeep | None:
    """An event came before its time: something that the Pod uses, or the Pod itself, has changed."""
    if life.stage == "done":
        return None
    if life.stage == "running":
        due = resync(life, api.draw("resync"), now)
        new = life._replace(wake=min(due, life.wake), runs=tuple(map(_promising, life.runs)))
        if new != life:
            life = awaiting(new)
            api.keep(key, life)
        return pause(life, now)
    if life.failures > PROGRESS_REPEATS:
        life = life._replace(due=life.due - EARLIER)
        api.keep(key, life)
    return life.due - now


def _promising(run: Run) -> Run:
    """A container that waits for what may be there now: the next attempt is waited for."""
    if run.waiting[0] == "CreateContainerConfigError" and run.failures > PROGRESS_REPEATS:
        return run._replace(failures=PROGRESS_REPEATS, due=run.due - EARLIER)
    return run


def adopted(pod: Obj, now: str, host: str) -> Life:
    """What a kubelet without memory makes of a Pod: one that runs goes on running, any other begins."""
    state, spec = pod.get("status") or {}, pod["spec"]
    initialized = "" if spec.get("initContainers") else now
    life = Life(pod["metadata"]["uid"], spec["nodeName"], began=now, host=host, initialized=initialized)
    if state.get("phase") != "Running":
        return life
    statuses = (*(state.get("initContainerStatuses") or ()), *(state.get("containerStatuses") or ()))
    runs = tuple(_lived(one) for one in statuses)
    count = len(spec.get("initContainers") or ()) + len(spec["containers"])
    if len(runs) != count or not all(run.began for run in runs):
        return life
    began = state.get("startTime") or runs[0].began
    return life._replace(
        stage="running", position=count, began=began, sandbox=began, initialized=began, runs=runs,
        ip=state.get("podIP") or "",
    )


def _lived(status: Obj) -> Run:
    """A container as its status tells of it."""
    state, restarts = status.get("state") or {}, int(status.get("restartCount") or 0)
    if "running" in state:
        began = state["running"].get("startedAt") or ""
        return Run(began, ready=began if status.get("ready") else "", restarts=restarts)
    ended = state.get("terminated") or {}
    return Run(
        ended.get("startedAt") or "", ended.get("finishedAt") or "", int(ended.get("exitCode") or 0),
        ended.get("reason") or "", restarts=restarts,
    )
