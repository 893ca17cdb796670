"""An API server with a store and nobody else: requests as one-liners for tests."""

from __future__ import annotations

from typing import Any

from sanb.apiserver.admission import Chain
from sanb.apiserver.relations import INDEXERS
from sanb.apiserver.request import ADMIN, Request, Response, UserInfo
from sanb.apiserver.server import ApiServer
from sanb.errors import ApiError
from sanb.kernel.outcome import Decision, Wait
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
        request = Request(verb, resource, namespace, name, subresource, body, options, user)
        attempt = 0
        while isinstance(outcome := self.server.handle(self.store, self.now, request, attempt), Wait):
            self.waits.append(outcome)
            self.now += outcome.seconds
            attempt += outcome.counts
        self.commit(outcome)
        response: Response = outcome.response
        return response

    def commit(self, decision: Decision) -> None:
        for write in decision.writes:
            self.store.commit(write.key, write.obj)
        for key in decision.tally:
            self.store.tally.add(key)

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
