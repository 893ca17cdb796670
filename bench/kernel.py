"""The kernel's loop against SimPy on the same work: items that go through a queue, a worker and a server."""

from __future__ import annotations

from typing import Any

from bench.measure import Row, at_least, best
from sanb.kernel import policy
from sanb.kernel.controller import Controller, Watch
from sanb.kernel.outcome import Decision, Write
from sanb.kernel.task import Await
from sanb.kernel.world import World
from sanb.store.store import Store
from sanb.values import quiet_gc

COUNT = 20_000


def ours(count: int) -> int:
    """Each item: put by a user, told to an informer, started by a worker, written by the server, reply received."""

    def handle(store: Store, now: float, request: Any, attempt: int) -> Decision:
        resource, name = request
        obj = {"metadata": {"name": name}}
        return Decision(obj, (Write((resource, "", name), obj),))

    class Api:
        def __init__(self, world: Any, workers: Any, task: Any) -> None:
            self.task = task

    async def reconcile(api: Any, key: str) -> None:
        await Await(api.task, ("copies", key))

    controller = Controller(
        "copier", "copier", "p", "u", (Watch("items", lambda obj: (obj["metadata"]["name"],)),), reconcile, workers=5
    )

    def answered(store: Store, now: float, request: Any, attempt: int) -> Decision:
        decision = handle(store, now, request, attempt)
        return Decision(_Response(201, decision.response), decision.writes)

    world = World(Store({}), answered, (controller,), Api)
    for number in range(count):
        world.submit(("items", f"item-{number}"), "")
    with quiet_gc():
        policy.run(world)
    assert world.store.rev == 2 * count
    return world.steps


class _Response:
    __slots__ = ("body", "code")

    def __init__(self, code: int, body: Any) -> None:
        self.code, self.body = code, body


def theirs(count: int) -> int:
    """The same with SimPy: a store as queue, five workers, a server resource; events counted."""
    import simpy

    env = simpy.Environment()
    queue, server = simpy.Store(env), simpy.Resource(env, capacity=1)
    objects: dict[str, Any] = {}
    events = 0

    def user() -> Any:
        nonlocal events
        for number in range(count):
            objects[f"items/item-{number}"] = {"metadata": {"name": f"item-{number}"}}
            yield queue.put(f"item-{number}")
            events += 1

    def worker() -> Any:
        nonlocal events
        while True:
            name = yield queue.get()
            with server.request() as turn:
                yield turn
                objects[f"copies/{name}"] = {"metadata": {"name": name}}
            yield env.timeout(0)
            events += 4

    env.process(user())
    for _ in range(5):
        env.process(worker())
    with quiet_gc():
        env.run()
    assert len(objects) == 2 * count
    return events


def rows(scale: float) -> list[Row]:
    """Actions a second against events a second."""
    count = int(COUNT * scale)
    done: dict[str, int] = {}

    def ran(name: str, work: Any) -> None:
        done[name] = work(count)

    mine = best(lambda: ran("ours", ours), 3)
    other = best(lambda: ran("theirs", theirs), 3)
    rate, instead = done["ours"] / mine, done["theirs"] / other
    return [
        at_least(
            "kernel loop", f"{rate / 1e3:.0f} k actions/s", f"SimPy {instead / 1e3:.0f} k events/s", rate / instead, 0.25
        )
    ]
