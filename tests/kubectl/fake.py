"""A control plane for tests: the real API server's decisions, no controllers."""

from __future__ import annotations

from typing import Any, NamedTuple

from sanb.apiserver.admission import Chain
from sanb.apiserver.request import Request, Response
from sanb.apiserver.server import ApiServer
from sanb.kernel.outcome import Decision, Wait
from sanb.profiles.profile import Profile
from sanb.store.store import Store

NOW = 1_600_000_000.0


class Done(NamedTuple):
    exit_code: int
    stdout: str
    stderr: str


class FakeControlPlane:
    """Requests are decided and committed at once; Secrets of accounts and the like are made by the tests."""

    def __init__(self, minor: str = "1.36") -> None:
        self.profile = Profile.of(minor)
        self.store = Store({})
        self.now = NOW
        self.server = ApiServer(self.profile, 7, chain=Chain(()))
        self.requests: list[Request] = []
        self.executed: list[tuple[str, ...]] = []
        for name in ("default", "kube-system"):
            self.request(Request("create", "namespaces", body={"metadata": {"name": name}}))

    def request(self, request: Request) -> Response:
        self.requests.append(request)
        attempt = 0
        while isinstance(outcome := self.server.handle(self.store, self.now, request, attempt), Wait):
            self.now += outcome.seconds
            attempt += outcome.counts
        assert isinstance(outcome, Decision)
        for write in outcome.writes:
            self.store.commit(write.key, write.obj)
        for key in outcome.tally:
            self.store.tally.add(key)
        response: Response = outcome.response
        return response

    def exec(self, namespace: str, pod: str, container: str, argv: list[str]) -> Any:
        self.executed.append((namespace, pod, container, *argv))
        return Done(0, "ca.crt\nnamespace\ntoken\n", "") if argv[0] == "ls" else Done(2, "", "no\n")
