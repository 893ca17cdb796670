"""A bench for controllers: the real API server and kernel with only the controllers under test.

What the store holds, what the informers have heard of, and what is still on its way to them are set apart, so that the
tables of upstream ("in the cache", "in the API", "event") can be played; the calls of controllers are listed in order.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sanb.apiserver.admission import Chain
from sanb.apiserver.relations import INDEXERS
from sanb.apiserver.request import ADMIN, Request, UserInfo
from sanb.apiserver.server import ApiServer
from sanb.apiserver.taskapi import TaskApi
from sanb.errors import ApiError
from sanb.kernel.action import Action
from sanb.kernel.controller import Controller
from sanb.kernel.journal import Served
from sanb.kernel.outcome import Outcome
from sanb.kernel.policy import fifo, run
from sanb.kernel.workers import Workers
from sanb.kernel.world import World
from sanb.profiles.profile import Profile
from sanb.store.store import Store
from sanb.values import Obj

NOW = 1_767_225_600.0
"""2026-01-01T00:00:00Z."""

Refusal = Callable[[Request], "ApiError | None"]


class Bench:
    """An API server and some controllers.

    `controllers` is what a controller module's factory returns, or several; None is skipped. `plugins` puts the minor's
    admission plugins in; without them nothing is waited for and no namespace has to exist. `refuse(request)` may return
    an ApiError for a request that shall fail.
    """

    def __init__(
        self, profile: Profile, *controllers: Controller | Sequence[Controller] | None, seed: int = 7,
        authority: Any = None, plugins: bool = False, refuse: Refusal | None = None,
    ) -> None:
        self.profile = profile
        self.seed = seed
        self.refuse = refuse
        self.server = ApiServer(profile, seed, authority, chain=None if plugins else Chain(()))
        self.store = Store(INDEXERS)
        self.world = World(self.store, self._handle, _flat(controllers), self._api, now=NOW)
        self._seen = 0

    def _handle(self, store: Store, now: float, request: Request, attempt: int) -> Outcome:
        refusal = self.refuse(request) if self.refuse is not None else None
        if refusal is not None:
            raise refusal
        return self.server.handle(store, now, request, attempt)

    def _api(self, world: World, workers: Workers, task: Any) -> TaskApi:
        return TaskApi(world, workers, task, self.profile, self.seed)

    # ------------------------------------------------------------------ what there is

    def happens(self, resource: str, obj: Obj) -> Obj:
        """Store an object; its event is on the way to the informers. Returns it as stored."""
        fields = obj["metadata"]
        stored = {**obj, "metadata": {**fields, "resourceVersion": str(self.store.rev + 1)}}
        self.store.commit((resource, fields.get("namespace", ""), fields["name"]), stored)
        self.world.committed(resource)
        return stored

    def vanishes(self, resource: str, namespace: str, name: str) -> None:
        """Take an object out of the store; the event is on the way."""
        self.store.commit((resource, namespace, name), None)
        self.world.committed(resource)

    def known(self, resource: str, obj: Obj) -> Obj:
        """Store an object that the informers have heard of long ago: no controller is told of it."""
        stored = self.happens(resource, obj)
        self.hear(resource)
        return stored

    def hear(self, resource: str) -> None:
        """Let the informers of a resource catch up without telling the controllers."""
        for name, informer in self.world.informers.items():
            if informer.resource == resource:
                while informer.lag:
                    informer.deliver()
                self.world._lagging.pop(name, None)

    def get(self, resource: str, namespace: str, name: str) -> Obj | None:
        """The object in the store, or None."""
        version = self.store.head.get((resource, namespace, name))
        return None if version is None else version.obj

    def names(self, resource: str, namespace: str | None = None) -> list[str]:
        """The names of the objects of a resource."""
        return [version.key[2] for version in self.store.head.scan(resource, namespace)]

    # ------------------------------------------------------------------ what happens

    def run(self, *, deliver: bool = True) -> None:
        """Run until it is quiet. With `deliver=False` the informers learn of nothing new meanwhile."""
        run(self.world, fifo if deliver else _without_delivery)

    def run_for(self, seconds: float) -> None:
        """Run everything that falls due in the next `seconds`, upkeep too."""
        end = self.world.clock.now + seconds

        def due(world: World, enabled: Sequence[Action]) -> Action | None:
            if not enabled or (enabled[0].op == "fire" and _due(world) > end):
                return None
            return enabled[0]

        run(self.world, due, upkeep=True)
        self.world.clock.now = end

    def ask(
        self, verb: str, resource: str, namespace: str = "", name: str = "", body: Any = None, subresource: str = "",
        user: UserInfo = ADMIN, **options: Any,
    ) -> Any:
        """A user's request: runs until it is answered and returns the body.

        Raises:
            ApiError: the request is refused.
        """
        number = self.world.submit(Request(verb, resource, namespace, name, subresource, body, options, user))
        run(self.world, until=lambda world: number in world.replies)
        reply = self.world.replies.pop(number)
        if reply.error is not None:
            raise reply.error
        return reply.response.body

    # ------------------------------------------------------------------ what was done

    def served(self) -> list[Served]:
        """The calls of controllers that were answered since the last time this was asked (not their Events)."""
        entries = list(self.world.journal.after(self._seen))
        self._seen = len(self.world.journal)
        return [entry for entry in entries if entry.actor]

    def calls(self) -> list[str]:
        """The same as text: "update serviceaccounts default/default", "delete pods shop/web" and so on."""
        return [sentence(entry.request) for entry in self.served()]

    def events(self) -> list[str]:
        """All Events as "Reason: message", in order of their making."""
        found = [version.obj for version in self.store.since(0, "events") if version.obj is not None]
        return [f"{event['reason']}: {event.get('message', event.get('note'))}" for event in found]

    def quiet(self) -> bool:
        """Whether all queues are empty and nothing is on the way."""
        return not self.world.enabled(upkeep=False)


def sentence(request: Request) -> str:
    """A request in one line: verb, resource with subresource, and place."""
    body = request.body if isinstance(request.body, dict) else {}
    fields = body.get("metadata") or {}
    name = request.name or fields.get("name") or fields.get("generateName") or ""
    resource = f"{request.resource}/{request.subresource}" if request.subresource else request.resource
    place = f"{request.namespace}/{name}" if request.namespace and name else request.namespace or name
    return f"{request.verb} {resource} {place}"


def _flat(given: Sequence[Controller | Sequence[Controller] | None]) -> list[Controller]:
    found: list[Controller] = []
    for one in given:
        if isinstance(one, Controller):
            found.append(one)
        elif one is not None:
            found.extend(one)
    return found


def _without_delivery(world: World, enabled: Sequence[Action]) -> Action | None:
    return next((action for action in enabled if action.op != "deliver"), None)


def _due(world: World) -> float:
    timer = world.clock.next(upkeep=True)
    return timer.due if timer is not None else world.clock.now
