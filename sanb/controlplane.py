"""The control plane: store, API server, controllers and kubelets of one profile. It owns the lock and knows no views."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from math import inf
from threading import RLock
from typing import TYPE_CHECKING, Any, Final, Self

from sanb import durations
from sanb.apiserver import bootstrap, bootstraproles, customs
from sanb.apiserver.admission import Chain
from sanb.apiserver.authn import WHO, static_user
from sanb.apiserver.authorizer import Authorizer, authorizer
from sanb.apiserver.plugins.chain import CHAIN
from sanb.apiserver.relations import GRANTING, INDEXERS, PARTS
from sanb.apiserver.request import NOBODY, Request, Response, UserInfo
from sanb.apiserver.resources import Resource
from sanb.apiserver.server import ApiServer
from sanb.apiserver.taskapi import TaskApi
from sanb.components import AGGREGATION, APISERVER, Component, chosen, compose, find
from sanb.controllers.nodes import described
from sanb.errors import UsageError
from sanb.kernel import policy as policies
from sanb.kernel.action import Action
from sanb.kernel.policy import Policy, Ran
from sanb.kernel.server import Reply
from sanb.kernel.world import MakeApi, World
from sanb.profiles.profile import MINORS, Profile
from sanb.recording import ORIGIN, Recorded
from sanb.renewal import Renewable
from sanb.store.store import Store
from sanb.times import parse
from sanb.tokens.authority import Authority
from sanb.values import quiet_gc

if TYPE_CHECKING:
    from sanb.kubelet.shell import Done

START: Final = parse("2026-01-01T00:00:00Z")
"""When every cluster begins, unless it is told otherwise."""
FIRST_REVISION: Final = 100
"""Revisions up to this one are history that nobody can ask for, as in a server that has been up for a moment."""
ANSWER_HORIZON: Final = 3600.0
"""Virtual seconds after which a call without an answer is given up: no wait of the API server is longer."""
Nodes = int | Sequence[Mapping[str, Any]]


def _store() -> Store:
    return Store(INDEXERS, FIRST_REVISION, GRANTING, parts=PARTS)


def _opened(reply: Reply) -> Response:
    if reply.error is not None:
        raise reply.error.with_traceback(None)
    response: Response = reply.response
    return response


class ControlPlane(Recorded, Renewable):
    """One cluster: `request` asks the API server, `run` lets everything happen that can.

    Parameters: see `sanb.Cluster`, which adds kubectl and views to it.
    """

    def __init__(
        self, minor: str = MINORS[-1], *, seed: int = 0, gates: Mapping[str, bool] | None = None,
        controllers: str | Iterable[str] = "*", nodes: Nodes | None = None, keys: str = "seeded",
        policy: Policy = policies.fifo, start: float | str = START, authorization: str = "RBAC",
        admission: Iterable[str] = (), tokens: Mapping[str, Any] | None = None,
    ) -> None:
        self.lock = RLock()
        self.profile = Profile.of(minor, gates)
        self._gates = dict(gates or {})
        self.seed = seed
        self._policy: Policy = policies.fifo
        self._paused: dict[str, None] = {}
        self.observers: list[Callable[[], None]] = []
        """Called with the lock held when something may have happened; whoever answers or tells others comes after them."""
        self._components = chosen(controllers)
        nodes = (1 if "kubelet" in self.components else 0) if nodes is None else nodes
        begin = durations.moment(start)
        plugins = admission.split(",") if isinstance(admission, str) else [*admission]
        self._setup: dict[str, Any] = {
            "minor": minor, "seed": seed, "gates": self._gates, "controllers": list(self.components),
            "nodes": nodes if isinstance(nodes, int) else [dict(node) for node in nodes], "keys": keys, "start": begin,
            "authorization": authorization, "admission": plugins, "tokens": dict(tokens or {}),
        }
        self.authority = Authority.make(self.profile, seed, begin, keys=keys)
        self._bearers: dict[str, UserInfo] = {}
        self._server = self._make_server()
        self._record(0)
        store = _store()
        bootstraproles.bootstrap(store, self.profile, seed, begin, aggregated=AGGREGATION in self.components)
        self._compose(store, begin)
        for request in (*bootstrap.requests(self.profile), *described(self.profile, nodes, begin)):
            self._ask(request)
        # from here on a trace has everything; what came before follows from the setup, whatever the policy
        self._record(self.world.steps)
        self._policy = policy

    @classmethod
    def restored(
        cls, setup: Mapping[str, Any], authority: Authority, origin: str, fill: Callable[[Store, Authority], None], now: float,
    ) -> Self:
        """A cluster that goes on from what was saved in `origin`: `fill` puts the objects into the store."""
        plane = cls(**{**setup, "keys": "seeded", "nodes": 0})  # of which only what has no state is kept
        plane._setup = {**setup, ORIGIN: origin}
        plane.authority = authority.adopted(plane.profile)
        plane._server = plane._make_server()
        store = _store()
        fill(store, plane.authority)
        plane._compose(store, now)
        plane._record(0)
        return plane

    @property
    def setup(self) -> dict[str, Any]:
        """What a cluster like this one is made with now."""
        known = {key: value for key, value in self._setup.items() if key != ORIGIN}
        return {**known, "minor": self.minor, "gates": self._gates, "controllers": list(self.components)}

    def _make_server(self) -> ApiServer:
        profile, setup = self.profile, self._setup
        authorize = authorizer(setup["authorization"])
        chain = Chain(CHAIN(profile, setup["admission"], authorize.decide))
        return ApiServer(profile, self.seed, self.authority, authorize=authorize, chain=chain, static=self._static())

    def _static(self) -> dict[str, UserInfo]:
        return {token: static_user(token, user) for token, user in self._setup["tokens"].items()} | self._bearers

    def admit(self, token: str, user: UserInfo | None) -> None:
        """Let whoever bears this token be this user (None: nobody any longer), as long as a front door stands open.

        It is in no trace and in no saved file: a door chooses its token anew each time.
        """
        with self.lock:
            rest = {other: found for other, found in self._bearers.items() if other != token}
            self._bearers = rest if user is None else {**rest, token: user}
            self._server.static = self._static()

    def _make_api(self) -> MakeApi:
        profile, seed = self.profile, self.seed
        return lambda world, workers, task: TaskApi(world, workers, task, profile, seed)

    def _compose(self, store: Store, now: float) -> None:
        controllers, self._actors = compose(self._components, self.profile, self.authority, self.seed)
        self.world = World(store, self._server.handle, controllers, self._make_api(), now=now)

    # ------------------------------------------------------------------ what it is

    @property
    def minor(self) -> str:
        """The Kubernetes minor, for example "1.36"."""
        return self.profile.minor

    @property
    def components(self) -> tuple[str, ...]:
        """The names of the components that run beside the API server."""
        return tuple(row.name for row in self._components)

    @property
    def server(self) -> ApiServer:
        """The API server: what decides requests."""
        return self._server

    @property
    def authorizer(self) -> Authorizer:
        """Who decides what somebody may do."""
        return self._server.authorize

    @property
    def store(self) -> Store:
        """All objects and their history."""
        return self.world.store

    def resources(self) -> Mapping[str, Resource]:
        """The kinds that there are now, by id: those of the minor, and those of CustomResourceDefinitions."""
        return customs.kinds(self.profile, self.store.head)

    def custom(self) -> tuple[Resource, ...]:
        """The kinds that CustomResourceDefinitions make now."""
        return tuple(customs.rows(self.store.head))

    @property
    def now(self) -> float:
        """Virtual seconds since the epoch."""
        return self.world.clock.now

    # ------------------------------------------------------------------ calls

    def request(self, request: Request) -> Response:
        """Send a request and let the world go on until it is answered.

        Raises:
            ApiError: the request was refused.
            UsageError: the API server is paused.
        """
        with self.lock:
            return self._ask(request)

    def _ask(self, request: Request) -> Response:
        world = self.world
        number = self._submit(request)
        if number not in world.replies:
            self._go(lambda world: number in world.replies, horizon=world.clock.now + ANSWER_HORIZON)
        reply = world.replies.pop(number, None)
        if reply is None:
            world.abandon(number)
            raise UsageError(self._unanswered(request))
        return _opened(reply)

    def _unanswered(self, request: Request) -> str:
        what = f"{request.verb} {request.resource} {request.name}".strip()
        if APISERVER in self._paused:
            return f"{what}: {APISERVER} is paused, so nobody answers; leave the `with paused(...)` block first"
        return f"{what}: no answer within {ANSWER_HORIZON:.0f} virtual seconds; submit() sends a call without waiting"

    def authenticate(self, token: str) -> tuple[UserInfo, tuple[str, ...]]:
        """Whose bearer token this is, and the warnings that its use brings.

        Raises:
            ApiError: 401, nobody accepts it.
        """
        answer = self.request(Request(WHO, "", path="/", user=NOBODY, token=token))
        return answer.body, answer.warnings

    def submit(self, request: Request) -> int:
        """Send a request without waiting; returns the number of the call. `step` or `run` serve it."""
        with self.lock:
            return self._submit(request)

    def _submit(self, request: Request) -> int:
        self._note("request", request)
        return self.world.submit(request)

    def collect(self, number: int) -> Response | None:
        """The answer to a submitted call, or None if it is not there yet.

        Raises:
            ApiError: the request was refused.
        """
        with self.lock:
            reply = self.world.replies.pop(number, None)
            return None if reply is None else _opened(reply)

    def exec(self, namespace: str, pod: str, container: str, argv: list[str], stdin: str = "") -> Done:
        """Run a command in a container."""
        from sanb.kubelet import shell

        with self.lock:
            return shell.execute(self.world, self.profile, namespace, pod, container, argv, stdin)

    # ------------------------------------------------------------------ going on

    def enabled(self) -> list[Action]:
        """All that can happen next, paused components left out."""
        with self.lock:
            return self._visible(self.world.enabled())

    def _visible(self, actions: list[Action]) -> list[Action]:
        hidden = self._hidden()
        return [a for a in actions if a.op == "fire" or a.actor not in hidden] if hidden else actions

    def step(self, action: Action | None = None) -> Action | None:
        """Make one action happen: this one, or the one that the policy picks; None if nothing can happen.

        Raises:
            UsageError: the action is not enabled.
        """
        with self.lock:
            if action is None:
                enabled = self._visible(self.world.enabled(upkeep=False)) or self._visible(self.world.enabled())
                action = self._policy(self.world, enabled) if enabled else None
            if action is not None:
                self.world.step(action)
                self._tell()
            return action

    def run(
        self, until: Callable[[Any], bool] | float | str | None = None, *, for_: float | str | None = None,
        policy: Policy | None = None,
    ) -> Ran:
        """Let everything happen that can, and tell how much that was.

        Without arguments: to quiet, which fires no upkeep timers (token refresh, resync). `until` a condition on the
        cluster, or a point of virtual time (seconds since the epoch, RFC 3339 text); `for_` a duration in seconds or
        like "2h": then whatever falls due happens, upkeep included.

        Raises:
            Busy: the world acts without changing anything.
            UsageError: a duration or time is malformed.
        """
        with self.lock, quiet_gc():
            steps, began = self.world.steps, self.now
            if until is None and for_ is None:
                self._go(None, policy=policy)
            elif callable(until):
                limit = inf if for_ is None else self.now + durations.seconds(for_)
                self._go(lambda world: until(self), upkeep=True, horizon=limit, policy=policy)
            else:
                to = self.now + durations.seconds(for_) if for_ is not None else durations.moment(until or 0.0)
                self._advance(to, policy)
            quiet = not self._visible(self.world.enabled(upkeep=False))
            return Ran(self.world.steps - steps, self.now - began, quiet)

    def run_until(self, fulfilled: Callable[[], bool], seconds: float) -> None:
        """Let everything happen that can until `fulfilled`, for at most so many virtual seconds."""
        with self.lock:
            self._go(lambda world: fulfilled(), upkeep=True, horizon=self.now + seconds)

    def settle(self, seconds: float = inf, until: Callable[[], bool] | None = None) -> None:
        """Let everything happen that is under way, for at most so many virtual seconds; upkeep does not go on.

        `until` is asked before each action: somebody who shows what happens takes breaks.
        """
        with self.lock:
            self._go(None if until is None else lambda world: until(), horizon=self.now + seconds)

    def advance(self, seconds: float) -> None:
        """Let virtual time pass."""
        with self.lock:
            self._advance(self.now + seconds, None)

    def _advance(self, to: float, policy: Policy | None) -> None:
        self._go(None, upkeep=True, horizon=to, policy=policy)
        if self.now < to:
            self._note("advance", to)
            self.world.clock.advance(to)
            self._tell()

    def _go(
        self, until: Callable[[World], bool] | None, *, upkeep: bool = False, horizon: float = inf,
        policy: Policy | None = None,
    ) -> None:
        chosen_policy = policy or self._policy
        hidden = self._hidden()
        if hidden:
            chosen_policy = policies.hiding(chosen_policy, hidden)
        try:
            policies.run(self.world, chosen_policy, until, upkeep=upkeep, horizon=horizon)
        finally:
            self._tell()

    def _tell(self) -> None:
        """Tell whoever looks on from outside, for example open watches, that something may have happened."""
        for observer in self.observers:
            observer()

    # ------------------------------------------------------------------ pausing

    @contextmanager
    def paused(self, *names: str) -> Iterator[None]:
        """Components that do nothing while the block lasts; their queues fill and they go on afterwards.

        Raises:
            UsageError: there is no such component.
        """
        found = [APISERVER if name in (APISERVER, "apiserver") else self._running(name).name for name in names]
        fresh = [name for name in found if name not in self._paused]
        self._paused.update(dict.fromkeys(fresh))
        try:
            yield
        finally:
            for name in fresh:
                self._paused.pop(name, None)

    def _running(self, name: str) -> Component:
        row = find(name)
        if row not in self._components:
            running = ", ".join(self.components) or "nothing"
            raise UsageError(f"{row.name} does not run in this cluster, which runs {running}")
        return row

    def _hidden(self) -> frozenset[str]:
        if not self._paused:
            return frozenset()
        return frozenset(actor for name in self._paused for actor in self._actors.get(name, (name,)))

    # ------------------------------------------------------------------ copies

    def fork(self) -> Self:
        """A cluster in the same state with its own future."""
        with self.lock:
            other = type(self).__new__(type(self))
            other.__dict__.update(self.__dict__)
            other.lock = RLock()
            other.world = self.world.fork()
            other._commands = self._commands.fork()
            other._paused = {}
            other.observers = []
            return other

    def fingerprint(self) -> int:
        """A 64-bit identity of the state; equal for equal seeds and calls."""
        with self.lock:
            return self.world.fingerprint()
