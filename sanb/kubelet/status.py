"""The status of a Pod as its kubelet reports it: a function of the Pod and of what the kubelet remembers."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from hashlib import blake2b
from typing import Any, Final, NamedTuple

from sanb.kubelet.images import Image, image
from sanb.kubelet.stages import Life
from sanb.profiles.profile import Profile
from sanb.values import Obj

CONTAINERS_READY: Final = {"1.10": False, "1.11": True}
SANDBOX_CONDITION: Final = {"1.10": False, "1.29": True}
"""Condition PodReadyToStartContainers."""
STARTED: Final = {"1.10": False, "1.16": True}
POD_IPS: Final = {"1.10": False, "1.16": True}
HOST_IPS: Final = {"1.10": False, "1.29": True}
MOUNTS: Final = {"1.10": False, "1.31": True}
OBSERVED: Final = {"1.10": False, "1.34": True}
RUNTIME: Final = {"1.10": "docker", "1.24": "containerd"}
FAILED_REASON: Final = {"1.10": "ContainersNotReady", "1.26": "PodFailed"}
"""Why a Pod that has failed is not ready."""
ENDED: Final = ("Succeeded", "Failed")
OWN: Final = frozenset({"PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled"})
EMPTY: Final[Obj] = {}


class Shape(NamedTuple):
    """Which fields one minor's status has."""

    containers_ready: bool
    sandbox_condition: bool
    started: bool
    pod_ips: bool
    host_ips: bool
    mounts: bool
    observed: bool
    runtime: str
    failed_reason: str

    @classmethod
    def of(cls, profile: Profile) -> Shape:
        """The shape of a profile's minor."""
        pick = profile.pick
        return cls(
            pick(CONTAINERS_READY), pick(SANDBOX_CONDITION), pick(STARTED), pick(POD_IPS), pick(HOST_IPS), pick(MOUNTS),
            pick(OBSERVED), pick(RUNTIME), pick(FAILED_REASON),
        )


def phase(spec: Obj, life: Life) -> str:
    """The phase that the containers of a Pod come to."""
    inits, runs, policy = spec.get("initContainers") or (), life.runs, spec.get("restartPolicy", "Always")
    first = len(inits)
    if first and policy == "Never":
        for one, run in zip(inits, runs, strict=False):
            if run.ended and run.code and one.get("restartPolicy") != "Always":
                return "Failed"
    if len(runs) < first + len(spec["containers"]):
        return "Pending"
    running = failed = False
    for run in runs[first:]:
        if not run.began:
            return "Pending"
        running = running or not run.ended
        failed = failed or run.code != 0
    if running or policy == "Always" or (failed and policy == "OnFailure"):
        return "Running"
    return "Failed" if failed else "Succeeded"


def shown(life: Life) -> tuple[Any, ...]:
    """What of the containers is in the status."""
    return tuple((run.began, run.ended, run.ready, run.waiting, run.restarts) for run in life.runs)


def compose(shape: Shape, pod: Obj, life: Life) -> Obj:
    """The status to report now."""
    spec, before, metadata = pod["spec"], pod.get("status") or EMPTY, pod["metadata"]
    inits, containers = spec.get("initContainers") or (), spec["containers"]
    now = phase(spec, life)
    generation = metadata.get("generation", 0) if shape.observed else 0
    status: Obj = {"phase": now}
    if generation:
        status["observedGeneration"] = generation
    status["conditions"] = _conditions(shape, pod, life, inits, containers, generation, before.get("conditions"), now)
    status["hostIP"] = life.host
    if shape.host_ips:
        status["hostIPs"] = _addresses(life.host)
    if life.ip:
        status["podIP"] = life.ip
        if shape.pod_ips:
            status["podIPs"] = [{"ip": life.ip}]
    status["startTime"] = life.began
    if inits:
        status["initContainerStatuses"] = [
            _container(shape, one, life, number, "PodInitializing", init=True) for number, one in enumerate(inits)
        ]
    reason = "PodInitializing" if inits else "ContainerCreating"
    status["containerStatuses"] = [
        _container(shape, one, life, number, reason) for number, one in enumerate(containers, len(inits))
    ]
    if "qosClass" in before:
        status["qosClass"] = before["qosClass"]
    return status


# ---------------------------------------------------------------------- containers


def _container(shape: Shape, container: Obj, life: Life, number: int, reason: str, *, init: bool = False) -> Obj:
    name, asked = container["name"], container.get("image", "")
    if number >= len(life.runs):
        return _waiting(name, asked, reason, "", shape.started)
    run = life.runs[number]
    if not run.began:
        return _waiting(name, asked, *(run.waiting if run.waiting[0] else (reason, "")), shape.started)
    found, identity = image(asked), container_id(shape.runtime, life.uid, name, run.restarts)
    ready = bool(run.ready) if not init else (bool(run.ready) or (bool(run.ended) and not run.code))
    state, last = _running(run.began), EMPTY
    if run.last is not None:
        before = container_id(shape.runtime, life.uid, name, run.last.number)
        last = _ended(run.last.began, run.last.ended, run.last.code, run.last.reason, before)
    if run.ended:
        state = _ended(run.began, run.ended, run.code, run.reason, identity)
        if run.waiting[0]:
            state, last = {"waiting": {"reason": run.waiting[0], "message": run.waiting[1]}}, state
    status: Obj = {
        "name": name, "state": state, "lastState": last, "ready": ready, "restartCount": run.restarts,
        "image": _image(shape.runtime, found), "imageID": _image_id(shape.runtime, found), "containerID": identity,
    }
    if shape.started:
        status["started"] = not run.ended
    if shape.mounts and container.get("volumeMounts"):
        status["volumeMounts"] = [_mount(one) for one in container["volumeMounts"]]
    return status


def container_id(runtime: str, uid: str, name: str, restarts: int = 0) -> str:
    """The runtime's identity of a container, another after every restart."""
    text = f"{uid}/{name}/{restarts}" if restarts else f"{uid}/{name}"
    return f"{runtime}://{blake2b(text.encode(), digest_size=32).hexdigest()}"


@lru_cache(maxsize=4096)
def _waiting(name: str, asked: str, reason: str, message: str, started: bool) -> Obj:
    waiting = {"reason": reason, "message": message} if message else {"reason": reason}
    status: Obj = {
        "name": name, "state": {"waiting": waiting}, "lastState": EMPTY, "ready": False, "restartCount": 0,
        "image": asked, "imageID": "",
    }
    return {**status, "started": False} if started else status


@lru_cache(maxsize=4096)
def _running(since: str) -> Obj:
    return {"running": {"startedAt": since}}


def _ended(began: str, ended: str, code: int, reason: str, identity: str) -> Obj:
    return {
        "terminated": {
            "exitCode": code, "reason": reason, "startedAt": began, "finishedAt": ended, "containerID": identity
        }
    }


def _image(runtime: str, found: Image) -> str:
    return found.familiar if runtime == "docker" else found.canonical


def _image_id(runtime: str, found: Image) -> str:
    if runtime == "docker":
        familiar = found.repository.removeprefix("docker.io/").removeprefix("library/")
        return f"docker-pullable://{familiar}@sha256:{found.digest}"
    return f"{found.repository}@sha256:{found.digest}"


def _mount(mount: Obj) -> Obj:
    status = {"name": mount["name"], "mountPath": mount["mountPath"]}
    if mount.get("readOnly"):
        return {**status, "readOnly": True, "recursiveReadOnly": "Disabled"}
    return status


@lru_cache(maxsize=4096)
def _addresses(ip: str) -> list[Obj]:
    return [{"ip": ip}]


# ---------------------------------------------------------------------- conditions


def _conditions(
    shape: Shape, pod: Obj, life: Life, inits: Sequence[Obj], containers: Sequence[Obj], generation: int, before: Any,
    now: str,
) -> list[Obj]:
    since, runs = life.began, life.runs
    scheduled = since
    others: list[Obj] = []
    for one in before or ():
        if one["type"] == "PodScheduled":
            scheduled = one["lastTransitionTime"]
        elif one["type"] not in OWN:
            others.append(one)
    incomplete = tuple(one["name"] for one in inits[life.position :]) if not life.initialized else ()
    count, first = len(runs), len(inits)
    unready = tuple(
        one["name"] for n, one in enumerate(containers, first) if n >= count or not runs[n].ready
    )
    ready = (life.unready or since) if unready else max(run.ready for run in runs[first:])
    ending = ("", "PodCompleted", shape.failed_reason)[ENDED.index(now) + 1] if now in ENDED else ""
    own = _own(
        shape, since, life.sandbox, life.initialized or since, incomplete, ready, unready, scheduled, generation, ending
    )
    return [*own, *others] if others else own


@lru_cache(maxsize=4096)
def _own(
    shape: Shape, since: str, sandbox: str, initialized: str, incomplete: tuple[str, ...], ready: str,
    unready: tuple[str, ...], scheduled: str, generation: int, ending: str,
) -> list[Obj]:
    """The conditions that a kubelet reports, shared by all Pods of which the same is true."""
    waits = ("False", "ContainersNotInitialized", f"containers with incomplete status: [{' '.join(incomplete)}]")
    lacks: tuple[str, ...] = ("False", ending)
    if ending in ("", "ContainersNotReady"):
        lacks = ("False", "ContainersNotReady", f"containers with unready status: [{' '.join(unready)}]")
    true = ("True",)
    done = ("True", "PodCompleted") if ending == "PodCompleted" else true
    found: list[Obj] = []
    if shape.sandbox_condition:
        found.append(_condition("PodReadyToStartContainers", sandbox or since, "True" if sandbox else "False"))
    found.append(_condition("Initialized", initialized, *(waits if incomplete else done)))
    found.append(_condition("Ready", ready, *(lacks if unready else true)))
    if shape.containers_ready:
        found.append(_condition("ContainersReady", ready, *(lacks if unready else true)))
    found.append(_condition("PodScheduled", scheduled))
    return [{**one, "observedGeneration": generation} for one in found] if generation else found


def _condition(kind: str, since: str, status: str = "True", reason: str = "", message: str = "") -> Obj:
    condition: Obj = {"type": kind, "status": status, "lastProbeTime": None, "lastTransitionTime": since}
    if not reason:
        return condition
    return {**condition, "reason": reason, "message": message} if message else {**condition, "reason": reason}
