"""The workers of one controller: a work queue and the tasks in the middle of their work."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, Any

from sanb.errors import ApiError
from sanb.kernel.action import Action
from sanb.kernel.controller import Controller, Retry, Upkeep, Watch
from sanb.kernel.queue import WorkQueue
from sanb.kernel.server import Reply
from sanb.kernel.task import Finished, Task, bare
from sanb.store.cow import CowMap
from sanb.values import Obj, ident

if TYPE_CHECKING:
    from sanb.kernel.world import World

UPKEEP_AFTER = 5
"""From this repeat on a back-off no longer keeps the world busy (architecture: when is it quiet)."""


class Workers:
    """Runs `controller.reconcile` for the keys of its queue, at most `controller.workers` at once."""

    __slots__ = ("_make_api", "controller", "memory", "name", "queue", "replies", "waiting")

    def __init__(self, controller: Controller, make_api: Callable[[World, Workers, Task], Any]) -> None:
        self.controller = controller
        self.name = controller.name
        self.queue = WorkQueue(controller.limiter)
        self.memory: CowMap[Any] = CowMap()
        self.replies: dict[int, Reply] = {}
        self.waiting: dict[int, Task] = {}
        """The reconciles that wait for an answer, by call."""
        self._make_api = make_api

    @property
    def can_start(self) -> bool:
        """Whether a worker is idle and a key waits."""
        return bool(self.queue.order) and len(self.waiting) < self.controller.workers

    @property
    def tasks(self) -> tuple[Task, ...]:
        """The reconciles that wait for an answer."""
        return tuple(self.waiting.values())

    def ready(self) -> list[Action]:
        """A reply each that can be received, and the key that can be started."""
        actions = [Action("reply", self.name, number) for number in self.replies]
        if self.can_start:
            actions.append(Action("start", self.name, self.queue.first()))
        return actions

    def handle(self, world: World, watch: Watch, rev: int, obj: Obj) -> None:
        """An informer's event: put the keys it concerns into the queue."""
        if watch.related is not None:
            keys = watch.related(obj, world.lister(self.controller.process))
        else:
            assert watch.keys is not None, f"{self.name}: a Watch needs keys or related"
            keys = watch.keys(obj)
        added = False
        for key in keys:
            if watch.delay:
                self.add_after(world, key, watch.delay)
            else:
                self.queue.add(key, rev)
                added = True
        if added:
            world.mark(self)

    def add_after(self, world: World, key: Hashable, seconds: float, *, upkeep: bool = False) -> None:
        """AddAfter: put a key in when `seconds` have passed, unless it is coming sooner."""
        if seconds <= 0:
            self.queue.add(key)
            world.mark(self)
            return
        due = world.clock.now + seconds
        if self.queue.waits(key, due):
            world.clock.set(due, self.name, key, upkeep=upkeep)

    def start(self, world: World) -> Hashable:
        """Begin to reconcile the oldest key; returns it."""
        key, cause = self.queue.get()
        task = Task(self.name, key, cause, self._coroutine(world))
        self._proceed(world, task, task.begin())
        return key

    def reply(self, world: World, number: int) -> None:
        """A waiting reconcile learns the answer to its call and goes on."""
        reply = self.replies.pop(number)
        task = self.waiting.pop(number)
        if reply.error is not None:
            self._proceed(world, task, task.resume(reply.error, error=True))
        else:
            self._proceed(world, task, task.resume(reply.response.body))

    def _coroutine(self, world: World) -> Callable[[Task], Any]:
        return lambda task: self.controller.reconcile(self._make_api(world, self, task), task.key)

    def _proceed(self, world: World, task: Task, outcome: Any) -> None:
        if outcome.__class__ is not Finished:
            self.waiting[world.server.submit(outcome, self.name, task.why)] = task
            return
        key, queue = task.key, self.queue
        if outcome.error is not None:
            self._failed(world, key, outcome.error)
        else:
            queue.forget(key)
            if outcome.value is not None:
                upkeep = isinstance(outcome.value, Upkeep)
                seconds = outcome.value.seconds if upkeep else outcome.value
                self.add_after(world, key, seconds, upkeep=upkeep)
        queue.done(key)

    def _failed(self, world: World, key: Hashable, error: Exception) -> None:
        if not isinstance(error, (Retry, ApiError)):
            self.queue.forget(key)
            self.queue.done(key)
            error.add_note(f"controller {self.name!r} failed while reconciling {key!r}; the key was dropped")
            raise error
        queue, limit = self.queue, self.controller.retries
        if limit is not None and queue.requeues(key) >= limit:
            queue.forget(key)
            return
        repeats = queue.requeues(key)
        self.add_after(world, key, queue.when(key, world.clock.now), upkeep=repeats >= UPKEEP_AFTER)

    def fire(self, world: World, key: Hashable, due: float) -> None:
        """A timer of this queue has gone off."""
        if self.queue.expects(key, due):
            self.queue.arrived(key)
            self.queue.add(key)
            world.mark(self)

    def inherit(self, before: Workers, kept: Callable[[Hashable, Hashable, Any], Any]) -> None:
        """Take over what outlives a process of what it remembered: `kept(bucket, key, value)`, None for what does not."""
        for bucket in sorted(before.memory.names(), key=repr):
            for key, value in (before.memory.bucket(bucket) or {}).items():
                found = kept(bucket, key, value)
                if found is not None:
                    self.memory.put(bucket, key, found)

    def fork(self, world: World) -> Workers:
        """The same workers in a forked world; frames are rebuilt when they are needed."""
        other = Workers(self.controller, self._make_api)
        other.queue = self.queue.fork()
        other.memory = self.memory.fork()
        other.replies = dict(self.replies)
        other.waiting = {number: task.fork(other._coroutine(world)) for number, task in self.waiting.items()}
        return other

    def ident(self) -> tuple[Any, ...]:
        """Queue, back-offs, transcripts and what the process remembers."""
        queue, memory = self.queue, self.memory
        remembered = [
            (repr(bucket), sorted((repr(key), ident(bare(value))) for key, value in (memory.bucket(bucket) or {}).items()))
            for bucket in sorted(memory.names(), key=repr)
        ]
        return (
            self.name, queue.waiting, queue.processing, tuple(sorted(queue.back_offs().items(), key=repr)),
            tuple(task.ident() for task in self.waiting.values()), remembered,
        )
