"""The world: everything that can happen next, and one way to make it happen."""

from __future__ import annotations

from collections.abc import Callable, Container, Hashable, Sequence
from math import inf
from typing import Any

from sanb.errors import UsageError
from sanb.kernel.action import Action
from sanb.kernel.clock import Clock, Timer
from sanb.kernel.controller import Controller
from sanb.kernel.informer import Informer, Listeners
from sanb.kernel.journal import Cause, Served, Stepped
from sanb.kernel.lister import Lister
from sanb.kernel.server import NAME as SERVER
from sanb.kernel.server import Call, Handler, Reply, Server
from sanb.kernel.workers import Workers
from sanb.store.log import Numbered, Rows
from sanb.store.store import Store
from sanb.values import ident

MakeApi = Callable[["World", Workers, Any], Any]


class World:
    """Store, clock and actors. Users submit calls; `step` does one enabled action; nothing else changes anything."""

    def __init__(
        self, store: Store, handle: Handler, controllers: Sequence[Controller], make_api: MakeApi, *, now: float = 0.0
    ) -> None:
        self.store = store
        self.clock = Clock(now)
        self.steps = 0
        self.journal: Rows[Served] = Rows(Served._make)
        self.actions: Numbered[Stepped] = Numbered(Stepped._make)
        self.server = Server(handle)
        self.workers: dict[str, Workers] = {c.name: Workers(c, make_api) for c in controllers}
        self.informers: dict[str, Informer] = {}
        self.replies: dict[int, Reply] = {}
        self.recorders: dict[str, Any] = {}
        """What components remember together, by name; each has a `fork()`."""
        self._abandoned: set[int] = set()
        self._lagging: dict[str, Informer] = {}
        self._startable: dict[str, Workers] = {}
        self._replied: dict[tuple[str, int], None] = {}
        self._listers: dict[str, Lister] = {}
        self._deliveries: dict[str, tuple[float, str, str, None]] = {}
        self._wire()

    def _wire(self, started: Container[str] | None = None) -> None:
        """Make the informers that the controllers need, and find who listens to which.

        `started` are the controllers that have just begun; all, if nothing is said.
        """
        self._listeners: dict[str, Listeners] = {}
        self._by_resource: dict[str, list[str]] = {}
        for workers in self.workers.values():
            controller = workers.controller
            for watch in controller.watches:
                name = self._informer(controller.process, watch.resource)
                self._listeners[name].listen(controller.name, watch)
            for resource in controller.lists:
                self._informer(controller.process, resource)
            if started is None or controller.name in started:
                for key in controller.on_start:
                    workers.queue.add(key)
                    self.mark(workers)
        self._more = {w.controller.more.resource for w in self.workers.values() if w.controller.more is not None}
        self._extended: dict[tuple[str, str], None] = {}
        for resource in sorted(self._more):
            self._extend(resource)
        for name in [name for name in self.informers if name not in self._listeners]:
            del self.informers[name]
        for name, informer in self.informers.items():
            if informer.lag:
                self._lagging[name] = informer

    def _extend(self, resource: str) -> None:
        """Wire the watches that objects of a resource bring; what forks share is left as it is."""
        objects = [version.obj for version in self.store.head.scan(resource) if version.obj is not None]
        for workers in self.workers.values():
            controller = workers.controller
            if controller.more is None or controller.more.resource != resource:
                continue
            for watch in (watch for obj in objects for watch in controller.more.watches(obj)):
                key = (controller.name, f"{watch.resource} {','.join(sorted(watch.on))}")
                if key not in self._extended:
                    self._extended = {**self._extended, key: None}
                    self._listeners, self._by_resource = dict(self._listeners), dict(self._by_resource)
                    name = self._informer(controller.process, watch.resource)
                    self._listeners[name].listen(controller.name, watch)

    def _informer(self, process: str, resource: str) -> str:
        name = f"{process}/{resource}"
        if name not in self.informers:
            self.informers[name] = Informer(name, resource, self.store)
        if name not in self._listeners:
            self._listeners[name] = Listeners()
            self._by_resource.setdefault(resource, []).append(name)
        return name

    # ------------------------------------------------------------------ what actors tell the world

    def submit(self, request: Any, client: str | None = None, cause: Cause | None = None) -> int:
        """Send a request to the API server; returns the number of the call."""
        return self.server.submit(request, client, cause)

    def abandon(self, number: int) -> None:
        """Nobody waits for this call any longer; it is served all the same."""
        if self.replies.pop(number, None) is None:
            self._abandoned.add(number)

    def committed(self, resource: str) -> None:
        """A version of `resource` was committed: its informers are behind."""
        if resource in self._more:
            self._extend(resource)
        for name in self._by_resource.get(resource, ()):
            self._lagging[name] = self.informers[name]

    def answer(self, call: Call, reply: Reply) -> None:
        """Hand an answer to whoever waits for it."""
        if call.client and call.id not in self._abandoned:
            self.workers[call.client].replies[call.id] = reply
            self._replied[call.client, call.id] = None
        elif call.client is None and call.id not in self._abandoned:
            self.replies[call.id] = reply
        self._abandoned.discard(call.id)

    def lister(self, process: str) -> Lister:
        """What one process knows."""
        lister = self._listers.get(process)
        if lister is None:
            lister = self._listers[process] = Lister(self.informers, process)
        return lister

    # ------------------------------------------------------------------ what can happen

    def enabled(self, *, upkeep: bool = True, horizon: float = inf) -> list[Action]:
        """All that can happen next, in a fixed order; without `upkeep`, not what only comes back for ever.

        Timers that are due after `horizon` (seconds since the epoch) are left out.
        """
        actions = [Action("reply", name, number) for name, number in self._replied]
        actions += self.server.ready()
        actions += [Action("deliver", name) for name in self._lagging]
        actions += [Action("start", name, w.queue.first()) for name, w in self._startable.items() if w.can_start]
        timer = self.clock.next(upkeep=upkeep)
        if timer is not None and timer.due <= horizon:
            actions.append(Action("fire", timer.actor, timer.item))
        return actions

    def first(self, *, upkeep: bool = False, horizon: float = inf) -> Action | None:
        """The first enabled action, without making the list of all."""
        if self._replied:
            name, number = next(iter(self._replied))
            return Action("reply", name, number)
        if self.server.calls:
            return Action("serve", SERVER, next(iter(self.server.calls)))
        if self._lagging:
            return Action("deliver", next(iter(self._lagging)))
        if self._startable:
            name, workers = next(iter(self._startable.items()))
            return Action("start", name, workers.queue.first())
        timer = self.clock.next(upkeep=upkeep)
        return None if timer is None or timer.due > horizon else Action("fire", timer.actor, timer.item)

    def go(self, upkeep: bool = False, horizon: float = inf) -> bool:
        """Make the first enabled action happen, if there is one: `first` and `step` in one, for long runs."""
        item: Hashable
        self.steps += 1
        try:
            if self._replied:
                op, (actor, item) = "reply", next(iter(self._replied))
                self._reply(actor, item)
            elif self.server.calls:
                op, actor, item = "serve", SERVER, next(iter(self.server.calls))
                self.server.serve(self, item)  # type: ignore[arg-type]
            elif self._lagging:
                actor = next(iter(self._lagging))
                self._deliver(actor)
                self.actions.append(self._told(actor))
                return True
            elif self._startable:
                op, (actor, workers) = "start", next(iter(self._startable.items()))
                item = workers.start(self)
                self.mark(workers)
            else:
                timer = self.clock.next(upkeep=upkeep)
                if timer is None or timer.due > horizon:
                    self.steps -= 1
                    return False
                op, (_, _, actor, item) = "fire", timer
                self._fired(timer)
        except Exception:
            self.steps -= 1  # the number of an action is its place among those that happened
            raise
        self.actions.append((self.clock.now, op, actor, item))
        return True

    def step(self, action: Action) -> None:
        """Make one enabled action happen.

        Raises:
            UsageError: the action is not enabled; the text lists what is.
        """
        self.steps += 1
        op, actor, item = action
        try:
            if op == "serve":
                self.server.serve(self, item)  # type: ignore[arg-type]
            elif op == "deliver":
                self._deliver(actor)
            elif op == "reply":
                self._reply(actor, item)  # type: ignore[arg-type]
            elif op == "start":
                self._start(actor, item)
            else:
                self._fire(actor, item)
        except Exception as error:
            self.steps -= 1
            # a reconcile that failed with a KeyError of its own carries a note that names it
            if not isinstance(error, KeyError) or hasattr(error, "__notes__") or action in self.enabled():
                raise
            listed = "; ".join(f"{a.op} {a.actor} {a.item}" for a in self.enabled()) or "nothing"
            raise UsageError(f"{op} {actor} {item} is not enabled now; enabled: {listed}") from None
        self.actions.append((self.clock.now, op, actor, item))

    def _told(self, name: str) -> tuple[float, str, str, None]:
        """The row of a delivery: many in a row are the same, and are one tuple."""
        now, row = self.clock.now, self._deliveries.get(name)
        if row is None or row[0] is not now:
            row = self._deliveries[name] = (now, "deliver", name, None)
        return row

    def _reply(self, name: str, number: int) -> None:
        del self._replied[name, number]
        workers = self.workers[name]
        workers.reply(self, number)
        self.mark(workers)

    def mark(self, workers: Workers) -> None:
        """A queue has got work or a worker is through: from now on it can start, or it cannot."""
        if workers.queue.order and len(workers.waiting) < workers.controller.workers:
            self._startable[workers.name] = workers
        elif workers.name in self._startable:
            del self._startable[workers.name]

    def _start(self, name: str, key: Hashable) -> None:
        workers = self._startable[name]
        if workers.queue.first() != key:
            raise KeyError(key)
        workers.start(self)
        self.mark(workers)

    def _deliver(self, name: str) -> None:
        informer = self._lagging[name]
        version, before = informer.deliver()
        tape = informer.tape
        if informer.position >= tape.start + len(tape.items):
            del self._lagging[name]
        obj, listeners = version.obj, self._listeners[name]
        if obj is not None and before is not None:
            old: Any = before.obj
            verdicts = [changed(old, obj) for changed in listeners.changed]
            if not any(verdicts) and not listeners.always:
                return  # most changes concern nobody
            for controller, watch, place in listeners.update:
                if place < 0 or verdicts[place]:
                    self.workers[controller].handle(self, watch, version.rev, obj)
            return
        for controller, watch in listeners.delete if obj is None else listeners.add:
            self.workers[controller].handle(self, watch, version.rev, version.last)

    def _fire(self, actor: str, item: Hashable) -> None:
        timer = self.clock.next(upkeep=False)
        if timer is None or (timer.actor, timer.item) != (actor, item):
            timer = self.clock.next(upkeep=True)
        if timer is None or (timer.actor, timer.item) != (actor, item):
            raise KeyError(item)
        self._fired(timer)

    def _fired(self, timer: Timer) -> None:
        self.clock.pop(timer)
        if timer.actor == SERVER:
            self.server.wake(timer.item)  # type: ignore[arg-type]
        else:
            self.workers[timer.actor].fire(self, timer.item, timer.due)

    # ------------------------------------------------------------------ processes that start anew

    def restart(
        self, handle: Handler | None, controllers: Sequence[Controller], make_api: MakeApi, processes: Container[str],
        inherit: Callable[[Workers, Workers], None],
    ) -> None:
        """These processes end and start anew, as other programs perhaps, and so does the API server if it gets a `handle`.

        Queues, timers and reconciles of theirs are lost; they list what there is. What they have asked an API server that
        goes on is served all the same, and nobody hears the answer. `inherit(new, old)` gives the new workers of a
        controller what outlives its process.
        """
        before = self.workers
        gone = {name for name, workers in before.items() if workers.controller.process in processes}
        if handle is not None:
            self.clock.forget({*gone, SERVER})
            self.server.restart(handle, gone)
            self.store.memory.clear()
        else:
            self.clock.forget(gone)
            self._abandoned.update(self.server.asked_by(gone))
        self._replied = {place: None for place in self._replied if place[0] not in gone}
        fresh = {c.name: Workers(c, make_api) for c in controllers if c.process in processes}
        self.workers = {c.name: fresh[c.name] if c.name in fresh else before[c.name] for c in controllers}
        for name, workers in fresh.items():
            if name in before:
                inherit(workers, before[name])
        for name in [name for name, informer in self.informers.items() if name.partition("/")[0] in processes]:
            del self.informers[name]
        self._listers, self._lagging, self._deliveries, self._startable = {}, {}, {}, {}
        self._wire(started=fresh)
        self._list(processes)

    def _list(self, processes: Container[str]) -> None:
        """The informers of these processes list what there is, and tell their controllers."""
        for name, informer in self.informers.items():
            if name.partition("/")[0] not in processes:
                continue
            self._lagging.pop(name, None)
            for version in informer.relist():
                for controller, watch in self._listeners[name].add:
                    self.workers[controller].handle(self, watch, version.rev, version.last)
        for workers in self.workers.values():
            self.mark(workers)

    def forget(self, keep: int) -> None:
        """Let go of the past but for the last `keep` calls, actions and revisions, and whatever has not been delivered."""
        rev = self.store.rev - keep
        for informer in self._lagging.values():
            rev = min(rev, informer.tape[informer.position].rev - 1)
        self.store.forget(rev)
        self.journal.forget(len(self.journal) - keep)
        self.actions.forget(len(self.actions) - keep)

    # ------------------------------------------------------------------ copies and identity

    def fork(self) -> World:
        """A world in the same state with its own future; constant in the number of objects."""
        other: World = World.__new__(World)
        other.store = self.store.fork()
        other.clock = self.clock.fork()
        other.steps = self.steps
        other.journal, other.actions = self.journal.fork(), self.actions.fork()
        other.server = self.server.fork()
        other.workers = {name: workers.fork(other) for name, workers in self.workers.items()}
        other.informers = {name: informer.fork(other.store) for name, informer in self.informers.items()}
        other.replies = dict(self.replies)
        other.recorders = {name: recorder.fork() for name, recorder in self.recorders.items()}
        other._abandoned = set(self._abandoned)
        other._lagging = {name: other.informers[name] for name in self._lagging}
        other._startable = {name: other.workers[name] for name in self._startable}
        other._replied = dict(self._replied)
        other._listers, other._deliveries = {}, {}
        other._listeners, other._by_resource = self._listeners, self._by_resource
        other._more, other._extended = self._more, self._extended
        return other

    def fingerprint(self) -> int:
        """A 64-bit identity of the state: contents, undelivered tails, queues, transcripts, pending calls, timers.

        Absolute revisions, times and the path that led here do not enter.
        """
        return ident((
            self.store.head.contents(),
            [informer.ident() for _, informer in sorted(self.informers.items())],
            [workers.ident() for _, workers in sorted(self.workers.items())],
            self.server.ident(),
            self.store.memory.ident(self.clock.now),
            [(timer.actor, timer.item, upkeep) for timer, upkeep in self.clock.timers()],
        ))
