"""A world without Kubernetes: its requests put values into a store, its controllers copy them."""

from __future__ import annotations

from typing import Any, NamedTuple

from sanb.errors import ApiError
from sanb.kernel.controller import Controller, Limiter, Watch
from sanb.kernel.outcome import Decision, Outcome, Wait, Write
from sanb.kernel.task import Await, Task
from sanb.kernel.workers import Workers
from sanb.kernel.world import World
from sanb.store.store import Store


class Ask(NamedTuple):
    """put: store; drop: delete; get: read; wait: be decided again `size` times."""

    verb: str
    resource: str
    name: str
    size: int = 0


def handle(store: Store, now: float, request: Ask, attempt: int) -> Outcome:
    """The API server of the toy."""
    key = (request.resource, "", request.name)
    version = store.head.get(key)
    if request.verb == "wait" and attempt < request.size:
        return Wait(0.5, "patience")
    if request.verb == "refuse":
        raise ApiError({"code": 409, "reason": "Conflict", "message": "no"})
    if request.verb == "put" or request.verb == "wait":
        obj = {"metadata": {"name": request.name}, "size": request.size}
        return Decision(Reply(201, obj), (Write(key, obj),))
    if version is None:
        raise ApiError({"code": 404, "reason": "NotFound", "message": f"{request.name} not found"})
    return Decision(Reply(200, version.obj), (Write(key, None),) if request.verb == "drop" else ())


class Reply(NamedTuple):
    code: int
    body: Any


class Api:
    """What a toy reconcile is given."""

    def __init__(self, world: World, workers: Workers, task: Task) -> None:
        self._task, self._lister = task, world.lister(workers.controller.process)
        self._workers = workers

    def call(self, verb: str, resource: str, name: str, size: int = 0) -> Await:
        return Await(self._task, Ask(verb, resource, name, size))

    def cached(self, resource: str, name: str) -> Any:
        return self._task.observe(("cached", resource, name), lambda: self._lister.cached(resource, "", name))


async def copy(api: Api, name: str) -> None:
    """Keep `copies` equal to `originals`, in two calls so that there is a middle."""
    original = api.cached("originals", name)
    if original is None:
        return
    await api.call("put", "drafts", name, original["size"])
    await api.call("put", "copies", name, original["size"])


def names(obj: dict[str, Any]) -> tuple[str, ...]:
    return (obj["metadata"]["name"],)


def copier(reconcile: Any = copy, **options: Any) -> Controller:
    """A controller that copies originals."""
    return Controller(
        "copier", "copier", "toy", "copier", (Watch("originals", names),), reconcile,
        **{"limiter": Limiter(), **options},
    )


def world(*controllers: Controller, now: float = 100.0) -> World:
    """A toy world."""
    return World(Store({}), handle, controllers or (copier(),), Api, now=now)


def contents(of: World, resource: str) -> dict[str, int]:
    """name -> size of all that is stored."""
    return {version.key[2]: version.last["size"] for version in of.store.head.scan(resource)}
