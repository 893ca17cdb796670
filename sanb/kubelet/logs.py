"""What containers print: what the annotation `sanb.dev/log` says, and nothing of their own, so the errors matter."""

from __future__ import annotations

from typing import Any, Final

from sanb.apiserver import status
from sanb.kernel.world import World
from sanb.kubelet import scripts
from sanb.values import Obj, dig

TRYING: Final = "trying and failing to pull image"
REFUSED: Final = "image can't be pulled"
"""What is said of containers whose image cannot be pulled, while that is tried again and when it just failed."""


def find(world: World, namespace: str, pod: str, container: str) -> tuple[Obj, str]:
    """The Pod and the name of the container whose output is asked for.

    Raises:
        ApiError: 404, there is no such Pod; 400, no such container, or several and none is named.
    """
    version = world.store.head.get(("pods", namespace, pod))
    if version is None or version.obj is None:
        raise status.not_found("pods", pod)
    spec = version.obj["spec"]
    names = [one["name"] for one in spec["containers"]]
    inits = [one["name"] for one in spec.get("initContainers") or ()]
    if not container:
        if len(names) + len(inits) > 1:
            more = f" or one of the init containers: [{' '.join(inits)}]" if inits else ""
            listed = f"choose one of: [{' '.join(names)}]{more}"
            raise status.bad_request(f"a container name must be specified for pod {pod}, {listed}")
        container = names[0]
    if container not in (*names, *inits):
        raise status.bad_request(f"container {container} is not valid for pod {pod}")
    return version.obj, container


def output(pod: Obj, container: str, previous: bool = False) -> tuple[str, bool]:
    """What a container has printed, and whether it may print more.

    Raises:
        ApiError: 400, the container has not started, or never ran before.
    """
    name = pod["metadata"]["name"]
    if not pod["spec"].get("nodeName"):
        return "", False
    found = _status(pod, container)
    state, last = found.get("state") or {}, found.get("lastState") or {}
    if previous:
        if "terminated" not in last:
            raise status.bad_request(f'previous terminated container "{container}" in pod "{name}" not found')
        return scripts.printed(pod, container), False
    if "waiting" in state and "terminated" in last:
        return scripts.printed(pod, container), False
    if "waiting" in state or not state:
        raise status.bad_request(_not_yet(pod, container, state))
    return scripts.printed(pod, container), "running" in state


def _not_yet(pod: Obj, container: str, state: Any) -> str:
    """Why there is nothing to read of a container that was never started."""
    reason = dig(state, "waiting", "reason", default="ContainerCreating")
    place = f'container "{container}" in pod "{pod["metadata"]["name"]}"'
    if reason in ("ErrImagePull", "ImagePullBackOff"):
        return f"{place} is waiting to start: {REFUSED if reason == 'ErrImagePull' else TRYING}"
    return f"{place} is waiting to start: {reason}"


def _status(pod: Obj, container: str) -> Any:
    every = (dig(pod, "status", field, default=()) for field in ("containerStatuses", "initContainerStatuses"))
    return next((one for found in every for one in found if one["name"] == container), {})
