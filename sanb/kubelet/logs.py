"""What containers print, as far as a simulated container prints anything: nothing of its own, so the errors matter."""

from __future__ import annotations

from typing import Any

from sanb.apiserver import status
from sanb.kernel.world import World
from sanb.values import Obj, dig


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
    if previous:
        raise status.bad_request(f'previous terminated container "{container}" in pod "{name}" not found')
    state = _state(pod, container)
    if "waiting" in state or not state:
        reason = dig(state, "waiting", "reason", default="ContainerCreating")
        raise status.bad_request(f'container "{container}" in pod "{name}" is waiting to start: {reason}')
    return "", "running" in state


def _state(pod: Obj, container: str) -> Any:
    every = (dig(pod, "status", field, default=()) for field in ("containerStatuses", "initContainerStatuses"))
    return next((dict(one.get("state") or {}) for found in every for one in found if one["name"] == container), {})
