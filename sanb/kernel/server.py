"""The API server as an actor: pending calls, served one at a time."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Container
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from sanb.errors import ApiError
from sanb.kernel.action import Action
from sanb.kernel.journal import Cause
from sanb.kernel.outcome import Decision, Learned, Outcome, Prelude, Wait
from sanb.store.store import Store
from sanb.values import ident

if TYPE_CHECKING:
    from sanb.kernel.world import World

NAME: Final = "kube-apiserver"
_tuple = tuple.__new__
"""Makes a named tuple without the Python function that it has for this."""
Handler = Callable[[Store, float, Any, int], Outcome]


class Call(NamedTuple):
    """A request on its way; `client` is the controller that waits for the answer, "" if nobody does, None for a user."""

    id: int
    request: Any
    client: str | None
    cause: Cause | None
    attempt: int = 0


class Reply(NamedTuple):
    """The answer to a call: a response, or an error."""

    response: Any
    error: ApiError | None


class Server:
    """Decides calls in the order in which they came."""

    __slots__ = ("_behind", "_handle", "_sleeping", "calls", "last_id")

    def __init__(self, handle: Handler) -> None:
        self._handle = handle
        self.calls: OrderedDict[int, Call] = OrderedDict()
        self._sleeping: dict[int, Call] = {}
        self._behind: dict[int, int] = {}
        self.last_id = 0

    def submit(self, request: Any, client: str | None, cause: Cause | None) -> int:
        """Take a call in; returns its number."""
        self.last_id = number = self.last_id + 1
        self.calls[number] = _tuple(Call, (number, request, client, cause, 0))
        return number

    def ready(self) -> list[Action]:
        """A call each that can be served."""
        return [Action("serve", NAME, number) for number in self.calls]

    def serve(self, world: World, number: int) -> None:
        """Decide one call; commit its writes; hand the reply on, or let it sleep."""
        call = self.calls.pop(number)
        store = world.store
        first = store.rev
        error: ApiError | None = None
        response: Any = None
        kept: Any = None
        try:
            outcome = self._handle(store, world.clock.now, call.request, call.attempt)
        except ApiError as refusal:
            error, code, message = refusal, refusal.code, refusal.message
            for key in refusal.tally:
                store.tally.add(key)
        else:
            if not isinstance(outcome, Decision):
                self._put_off(world, call, outcome)
                return
            response, kept, message = outcome.response, outcome.kept, ""
            code = response.code
            self._commit(world, outcome)
        last = store.rev
        first, last = (first + 1, last) if last > first else (0, 0)
        client = call.client
        world.journal.append(
            (world.steps, world.clock.now, client or "", call.request, code, first, last, call.cause, message, kept)
        )
        if client != "":
            world.answer(call, Reply(response, error))
        if self._behind and number in self._behind:
            self._next(self._behind.pop(number))

    def _put_off(self, world: World, call: Call, outcome: Wait | Prelude) -> None:
        """A call is decided again later: after a time, after another call, or at once as another request."""
        number = call.id
        if isinstance(outcome, Wait):
            self._sleeping[number] = call._replace(attempt=call.attempt + outcome.counts)
            world.clock.set(world.clock.now + outcome.seconds, NAME, number)
            return
        self._learn(world, outcome.learned)
        self._sleeping[number] = call._replace(request=outcome.request)
        if outcome.first is None:
            self._next(number)
            return
        ahead = self.submit(outcome.first, "", call.cause)
        self._behind[ahead] = number
        self.calls.move_to_end(ahead, last=False)

    def _next(self, number: int) -> None:
        """A sleeping call is the next one to be decided."""
        self.wake(number)
        self.calls.move_to_end(number, last=False)

    def _learn(self, world: World, learned: tuple[Learned, ...]) -> None:
        now = world.clock.now
        for key, value, until in learned:
            world.store.memory.put(key, value, until, now)

    def _commit(self, world: World, decision: Decision) -> None:
        store, (_, writes, tally, learned, _) = world.store, decision
        for key, obj in writes:
            store.commit(key, obj)
            world.committed(key[0])
        for counter in tally:
            store.tally.add(counter)
        if learned:
            self._learn(world, learned)

    def wake(self, number: int) -> None:
        """A sleeping call is to be decided again."""
        self.calls[number] = self._sleeping.pop(number)

    def restart(self, handle: Handler, gone: Container[str]) -> None:
        """Go on with another handler; calls of controllers that are `gone` end unanswered, and nobody sleeps any longer."""
        self._handle = handle
        waiting = {**self.calls, **self._sleeping}
        self.calls = OrderedDict((number, waiting[number]) for number in sorted(waiting) if waiting[number].client not in gone)
        self._sleeping, self._behind = {}, {}

    def pending(self, number: int) -> bool:
        """Whether a call is still without an answer."""
        return number in self.calls or number in self._sleeping

    def asked_by(self, clients: Container[str]) -> list[int]:
        """The calls of these clients that have no answer yet."""
        return [number for calls in (self.calls, self._sleeping) for number, call in calls.items() if call.client in clients]

    def fork(self) -> Server:
        """A server with the same calls."""
        other = Server(self._handle)
        other.calls, other._sleeping, other.last_id = self.calls.copy(), dict(self._sleeping), self.last_id
        other._behind = dict(self._behind)
        return other

    def ident(self) -> tuple[Any, ...]:
        """The pending calls, without their numbers."""
        calls = [*self.calls.values(), *self._sleeping.values()]
        return tuple(sorted((call.client or "", call.attempt, ident(call.request)) for call in calls))
