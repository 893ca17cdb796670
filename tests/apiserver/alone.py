"""An API server with a store and nobody else: requests as one-liners for tests."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from sanb.apiserver.admission import Chain
from sanb.apiserver.relations import INDEXERS
from sanb.apiserver.request import ADMIN, NOBODY, Request, Response, UserInfo
from sanb.apiserver.server import ApiServer
from sanb.errors import ApiError
from sanb.kernel.outcome import Decision, Learned, Prelude, Wait
from sanb.profiles.profile import Profile
from sanb.store.store import Store
from sanb.values import Obj

NOW = 1_600_000_000.0
NOW_TEXT = "2020-09-13T12:26:40Z"


class Alone:
    """One API server; each request is decided and committed at once."""

    def __init__(self, minor: str = "1.36", seed: int = 7, chain: Chain | None = None, gates: Any = None) -> None:
        self.store = Store(INDEXERS)
        self.now = NOW
        self.server = ApiServer(Profile.of(minor, gates), seed, chain=Chain(()) if chain is None else chain)
        self.waits: list[Wait] = []

    def ask(
        self, verb: str, resource: str, namespace: str = "", name: str = "", body: Any = None, subresource: str = "",
        user: UserInfo = ADMIN, **options: Any,
    ) -> Response:
        return self.make(Request(verb, resource, namespace, name, subresource, body, options, user))

    def shown(self, token: str, verb: str, resource: str, *place: str, **options: Any) -> Response:
        """The same for whoever shows a token."""
        return self.make(Request(verb, resource, *place, options=options, user=NOBODY, token=token))

    def make(self, request: Request) -> Response:
        """Let a request be decided as often as it takes, and commit what it came to."""
        attempt = 0
        while not isinstance(outcome := self.server.handle(self.store, self.now, request, attempt), Decision):
            if isinstance(outcome, Prelude):
                request = self._prelude(outcome)
                continue
            self.waits.append(outcome)
            self.now += outcome.seconds
            attempt += outcome.counts
        self.commit(outcome)
        response: Response = outcome.response
        return response

    def _prelude(self, prelude: Prelude) -> Request:
        self._learn(prelude.learned)
        if prelude.first is not None:
            with suppress(ApiError):  # nobody waits for what it comes to
                self.make(prelude.first)
        request: Request = prelude.request
        return request

    def _learn(self, learned: tuple[Learned, ...]) -> None:
        for key, value, until in learned:
            self.store.memory.put(key, value, until, self.now)

    def commit(self, decision: Decision) -> None:
        for write in decision.writes:
            self.store.commit(write.key, write.obj)
        for key in decision.tally:
            self.store.tally.add(key)
        self._learn(decision.learned)

    def body(self, *arguments: Any, **options: Any) -> Obj:
        found: Obj = self.ask(*arguments, **options).body
        return found

    def refused(self, *arguments: Any, **options: Any) -> Obj:
        """The Status of a request that must be refused."""
        try:
            answer = self.ask(*arguments, **options)
        except ApiError as error:
            return error.status
        raise AssertionError(f"was not refused: {answer}")


def config(name: str, **data: str) -> Obj:
    """A ConfigMap."""
    return {"metadata": {"name": name}, "data": data}


def pod(name: str, **spec: Any) -> Obj:
    """A Pod of one container."""
    return {"metadata": {"name": name}, "spec": {"containers": [{"name": "c", "image": "nginx"}], **spec}}
