"""What containers print: what the annotation `sanb.dev/log` says, and nothing of their own, so the errors matter."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from sanb.apiserver import queryoptions, status
from sanb.apiserver.status import FieldError
from sanb.kernel.world import World
from sanb.kubelet import scripts
from sanb.times import parse
from sanb.values import Obj, dig

TRYING: Final = "trying and failing to pull image"
POSITIVE: Final = "must be greater than 0"
REFUSED: Final = "image can't be pulled"
"""What is said of containers whose image cannot be pulled, while that is tried again and when it just failed."""


class Wanted(NamedTuple):
    """Which part of an output is asked for: lines since a time, the last so many of them, so many bytes of those."""

    since: float | None = None
    tail: int | None = None
    limit: int | None = None
    timestamps: bool = False


def wanted(name: str, options: Mapping[str, Any], now: float) -> Wanted:
    """The part of a Pod's output that the query of a request asks for.

    Raises:
        ApiError: 422, nothing can be meant by it; 400, a number is none.
    """
    tail, limit, seconds = (queryoptions.number(options.get(name)) for name in ("tailLines", "limitBytes", "sinceSeconds"))
    moment = str(options.get("sinceTime") or "")
    faults = list(_faults(tail, limit, seconds, moment))
    if faults:
        raise status.invalid("PodLogOptions", "", name, faults)
    try:
        since = parse(moment) if moment else None if seconds is None else now - seconds
    except ValueError:
        raise status.bad_request(f'parsing time {status.quoted(moment)} as "2006-01-02T15:04:05Z07:00"') from None
    return Wanted(since, tail, limit, queryoptions.flag(options.get("timestamps")))


def _faults(tail: int | None, limit: int | None, seconds: int | None, moment: str) -> Iterator[FieldError]:
    if tail is not None and tail < 0:
        yield status.invalid_value("tailLines", tail, "must be greater than or equal to 0")
    if limit is not None and limit < 1:
        yield status.invalid_value("limitBytes", limit, POSITIVE)
    if seconds is not None and moment:
        yield status.field_forbidden("", "at most one of `sinceTime` or `sinceSeconds` may be specified")
    elif seconds is not None and seconds < 1:
        yield status.invalid_value("sinceSeconds", seconds, POSITIVE)


def part(text: str, wanted: Wanted) -> str:
    """The part of an output that is asked for; a line that begins with a time was printed then."""
    lines = text.splitlines(keepends=True)
    if wanted.since is not None:
        lines = [line for line in lines if (at := _at(line)) is None or at >= wanted.since]
    if wanted.tail is not None:
        lines = lines[len(lines) - min(wanted.tail, len(lines)):]
    if not wanted.timestamps:
        lines = [line if _at(line) is None else line.partition(" ")[2] for line in lines]
    whole = "".join(lines)
    return whole if wanted.limit is None else whole.encode()[:wanted.limit].decode(errors="ignore")


def _at(line: str) -> float | None:
    """When a line was printed, if it tells."""
    word = line.partition(" ")[0]
    try:
        return parse(word) if word.endswith("Z") and "T" in word else None
    except ValueError:
        return None


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
        if len(names) > 1:
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
