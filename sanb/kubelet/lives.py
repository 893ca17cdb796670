"""The life of one container: started, ready, ended, held back, started again. Each happening makes a new `Run`.

Nothing is written here and Events are only noted (`Step.tell`); who calls reports the status first.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from sanb.apiserver.relations import controller_of
from sanb.kubelet import containers, scripts
from sanb.kubelet.containers import Blocked
from sanb.kubelet.scripts import Script
from sanb.kubelet.stages import NEVER, NOTHING, SYNC_BACK_OFF, Ended, Run, back_off
from sanb.kubelet.texts import Texts
from sanb.kubelet.times import go_duration
from sanb.times import parse
from sanb.values import Obj

if TYPE_CHECKING:
    from sanb.kubelet.kubelet import Step

RECOVERED: Final = 600.0
"""A container that ran for so long starts its back-off anew."""
KILLED: Final = 137
HELD: Final = ("back-off", "pull-back-off")
"""What makes a container that has failed one that waits."""
PROBES: Final = {
    "httpGet": "HTTP probe failed with statuscode: {code}",
    "tcpSocket": "dial tcp {ip}:{port}: connect: connection refused",
    "grpc": 'service unhealthy (responded with "NOT_SERVING")',
}
"""What a failing probe says, by its kind."""


# ---------------------------------------------------------------------- what a container is to do


def end(step: Step, index: int, container: Obj, told: Script, restarts: int) -> tuple[float | None, int]:
    """After how many seconds this run of a container exits, and with which code."""
    key = (index, restarts) if restarts else (index,)
    init = containers.finishes(step.pod["spec"], index)
    if told is scripts.RUNS and not init:
        return (step.draw("work", *key), 0) if _works(step.pod, index) else (None, 0)
    stage = "init" if init else "work"
    after, code = told.ends(restarts, step.draw(stage, *key))
    if after is None and (init or _works(step.pod, index)):
        return step.draw(stage, *key), 0
    return after, code


def _works(pod: Obj, index: int) -> bool:
    """Whether a container does work that has an end: it is one of a Job and no sidecar."""
    if index < len(pod["spec"].get("initContainers") or ()) or pod["spec"].get("restartPolicy", "Always") == "Always":
        return False
    owner = controller_of(pod)
    return owner is not None and owner["kind"] == "Job"


def launch(step: Step, index: int, before: Run | None, texts: Texts) -> Run:
    """Create and start a container; its environment goes into `step.env`.

    Raises:
        Blocked: it cannot be made.
    """
    pod = step.pod
    container = containers.at(pod, index)
    told = scripts.script(pod, container["name"])
    env = containers.variables(step, container, texts)
    if told.start_error:
        raise Blocked("RunContainerError", told.start_error, "Failed", f"Error: {told.start_error}")
    step.env = env
    containers.tell_started(step, container, texts)
    restarts, last = (before.restarts, before.last) if before is not None else (0, None)
    failures = before.failures if before is not None and before.began else 0
    if before is not None and before.began:
        restarts, last = restarts + 1, Ended(before.began, before.ended, before.code, before.reason, before.restarts)
    ready = "" if told.ready_after or containers.finishes(pod["spec"], index) else step.text
    if told.ready_after and container.get("readinessProbe"):
        _unhealthy(step, container, "Readiness", "readinessProbe")
    run = Run(step.text, ready=ready, restarts=restarts, last=last, failures=failures)
    return scheduled(step, index, container, run, told)


def scheduled(step: Step, index: int, container: Obj, run: Run, told: Script) -> Run:
    """A run with what happens to it next."""
    found = (NEVER, "")
    after, _ = end(step, index, container, told, run.restarts)
    if after is not None:
        found = (step.started(run) + after, "exit")
    if not run.ready and told.ready_after and not containers.finishes(step.pod["spec"], index):
        found = min(found, (step.started(run) + told.ready_after, "ready"))
    if told.unhealthy_after is not None:
        found = min(found, (step.started(run) + told.unhealthy_after, "unhealthy"))
    return run._replace(due=found[0], then=found[1]) if found[1] else run


# ---------------------------------------------------------------------- what happens to it


def _exit(step: Step, index: int, run: Run, texts: Texts) -> Run:
    container = containers.at(step.pod, index)
    _, code = end(step, index, container, scripts.script(step.pod, container["name"]), run.restarts)
    return over(step, index, run, code)


def over(step: Step, index: int, run: Run, code: int) -> Run:
    """A run that ends now, and whether the container is started again."""
    reason = "Error" if code else "Completed"
    run = run._replace(ended=step.text, code=code, reason=reason, ready="", due=NEVER, then="")
    if not _again(step.pod["spec"], index, code):
        return run
    lived = step.now - parse(run.began)
    failures = 1 if lived >= RECOVERED else run.failures + 1
    then = "restart" if failures == 1 else "back-off"
    return run._replace(failures=failures, due=step.now + step.draw("sync", index, run.restarts), then=then)


def _again(spec: Obj, index: int, code: int) -> bool:
    """Whether a container is started again after it has exited."""
    inits, policy = spec.get("initContainers") or (), spec.get("restartPolicy", "Always")
    if index < len(inits):
        return inits[index].get("restartPolicy") == "Always" or (code != 0 and policy != "Never")
    return bool(policy == "Always" or (policy == "OnFailure" and code != 0))


def _hold(step: Step, index: int, run: Run, texts: Texts) -> Run:
    """Too many ends in a row: wait before it is started again."""
    pause = back_off(SYNC_BACK_OFF, run.failures - 1)
    container, metadata = containers.at(step.pod, index), step.pod["metadata"]
    place = {"name": container["name"], "pod": metadata["name"], "space": metadata["namespace"], "uid": metadata["uid"]}
    message = texts.crash_loop.format(pause=go_duration(pause), **place)
    containers.tell(step, container, "Warning", "BackOff", texts.back_off.format(**place))
    due = max(parse(run.ended) + pause, step.now + 0.001)
    return run._replace(waiting=("CrashLoopBackOff", message), due=due, then="restart")


def _restart(step: Step, index: int, run: Run, texts: Texts) -> Run:
    container = containers.at(step.pod, index)
    try:
        took = containers.pull(step, container, texts)
        if took is None:
            return launch(step, index, run, texts)
    except Blocked as block:
        return blocked(step, index, run, block)
    return run._replace(due=step.now + took, then="pulled", pulled=took)


def _pulled(step: Step, index: int, run: Run, texts: Texts) -> Run:
    try:
        containers.pulled(step, containers.at(step.pod, index), run.pulled, texts)
        return launch(step, index, run, texts)
    except Blocked as block:
        return blocked(step, index, run, block)


def blocked(step: Step, index: int, run: Run, block: Blocked) -> Run:
    """A container that cannot be made: why, and when that is tried again."""
    container, failures = containers.at(step.pod, index), run.failures + 1
    containers.tell(step, container, "Warning", block.event, block.text)
    held = run._replace(waiting=(block.reason, block.message), failures=failures)
    if block.reason == "ErrImagePull":
        containers.tell(step, container, "Warning", "Failed", "Error: ErrImagePull")
        return held._replace(due=step.now + step.draw("sync", index, failures), then="pull-back-off")
    return held._replace(due=step.now + back_off(SYNC_BACK_OFF, failures), then="restart")


def _hold_pull(step: Step, index: int, run: Run, texts: Texts) -> Run:
    """An image could not be pulled: wait before that is tried again."""
    container = containers.at(step.pod, index)
    short = texts.pull_back_off.format(image=container.get("image", ""), why="").rstrip(": ")
    message = texts.pull_back_off.format(image=container.get("image", ""), why=f"ErrImagePull: {run.waiting[1]}")
    containers.tell(step, container, "Normal", "BackOff", short)
    containers.tell(step, container, "Warning", "Failed", "Error: ImagePullBackOff")
    due = step.now + back_off(SYNC_BACK_OFF, run.failures)
    return run._replace(waiting=("ImagePullBackOff", message), due=due, then="restart")


def _ready(step: Step, index: int, run: Run, texts: Texts) -> Run:
    container = containers.at(step.pod, index)
    told = scripts.script(step.pod, container["name"])
    return scheduled(step, index, container, run._replace(ready=step.text, due=NEVER, then=""), told)


def _sick(step: Step, index: int, run: Run, texts: Texts) -> Run:
    """The liveness probe fails; after as many failures as it allows the container is killed."""
    container = containers.at(step.pod, index)
    probe = container.get("livenessProbe") or {}
    _unhealthy(step, container, "Liveness", "livenessProbe")
    wait = (probe.get("failureThreshold", 3) - 1) * float(probe.get("periodSeconds", 10))
    return run._replace(due=step.now + max(wait, 0.001), then="kill")


def _kill(step: Step, index: int, run: Run, texts: Texts) -> Run:
    container = containers.at(step.pod, index)
    _unhealthy(step, container, "Liveness", "livenessProbe")
    containers.tell(step, container, "Normal", "Killing", texts.unhealthy_killing.format(name=container["name"]))
    return over(step, index, run, KILLED)


def _unhealthy(step: Step, container: Obj, title: str, field: str) -> None:
    probe = container.get(field) or {}
    kind = next((kind for kind in PROBES if kind in probe), "")
    port = (probe.get(kind) or {}).get("port", "") if kind else ""
    code = 503 if title == "Readiness" else 500
    what = PROBES[kind].format(code=code, ip=step.life.ip, port=port) if kind else "command failed"
    containers.tell(step, container, "Warning", "Unhealthy", f"{title} probe failed: {what}")


HAPPENINGS: Final[dict[str, Callable[[Step, int, Run, Texts], Run]]] = {
    "exit": _exit, "back-off": _hold, "restart": _restart, "pulled": _pulled, "pull-back-off": _hold_pull,
    "ready": _ready, "unhealthy": _sick, "kill": _kill,
}


def advance(step: Step, index: int, run: Run, texts: Texts) -> Run:
    """What is due with a container."""
    return HAPPENINGS[run.then](step, index, run, texts)


def stopped(step: Step, run: Run) -> Run:
    """A sidecar that is stopped because the others have finished."""
    if run.ended or not run.began:
        return run._replace(due=NEVER, then="", waiting=NOTHING)
    return run._replace(ended=step.text, code=0, reason="Completed", ready="", due=NEVER, then="", waiting=NOTHING)
