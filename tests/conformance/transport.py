"""The `api` and the `clock` that `run.play` needs, in process: HTTP messages through `wire`, time from the cluster."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Protocol

from sanb.apiserver.request import ADMIN, ANONYMOUS, NOBODY, Request, Response, UserInfo
from sanb.apiserver.watching import Watcher
from sanb.errors import ApiError
from sanb.http import nonresource, watch, wire
from sanb.profiles.profile import Profile
from sanb.store.store import Store


class Plane(Protocol):
    """What the transport needs of a cluster."""

    profile: Profile
    store: Store

    @property
    def now(self) -> float: ...

    def request(self, request: Request) -> Response: ...

    def advance(self, seconds: float) -> None: ...


class Answer:
    """The part of a `requests.Response` that is looked at."""

    def __init__(self, message: wire.Message, lines: Iterator[bytes] | None = None) -> None:
        self.status_code = message.code
        self.headers = _Headers(message.headers)
        self._body = message.body
        self._lines = lines

    @property
    def text(self) -> str:
        return self._body.decode()

    def json(self) -> Any:
        return json.loads(self._body)

    def iter_lines(self) -> Iterator[bytes]:
        yield from self._lines if self._lines is not None else self._body.splitlines()

    def close(self) -> None:
        """Nothing is open."""


class _Headers(dict[str, str]):
    """Header names in any case."""

    def __init__(self, headers: tuple[tuple[str, str], ...]) -> None:
        super().__init__()
        for name, value in headers:
            known = self.get(name.lower())
            super().__setitem__(name.lower(), f"{known}, {value}" if known else value)

    def __contains__(self, name: object) -> bool:
        return super().__contains__(str(name).lower())

    def __getitem__(self, name: str) -> str:
        return super().__getitem__(name.lower())

    def get(self, name: str, default: Any = None) -> Any:
        return super().get(name.lower(), default)


HOST = "127.0.0.1:6443"


class InProcess:
    """`api` of `run.play`: the same calls as over HTTP, without a socket."""

    base = f"https://{HOST}"

    def __init__(self, plane: Plane) -> None:
        self._plane = plane

    def call(
        self, method: str, path: str, body: Any = None, headers: Mapping[str, str | None] | None = None,
        auth: str | None = None, stream: bool = False, timeout: float = 60,
    ) -> Answer:
        given = {"Accept": "application/json", "User-Agent": "python-requests/2"}
        data = b""
        if body is not None:
            given["Content-Type"] = "application/json"
            data = body.encode() if isinstance(body, str) else json.dumps(body).encode()
        given.update({k: v for k, v in (headers or {}).items() if v is not None})
        message = self._send(method, path, given, data, auth)
        return Answer(message, self._events(message.stream, path) if message.stream is not None else None)

    def _send(
        self, method: str, path: str, headers: Mapping[str, str], data: bytes, auth: str | None
    ) -> wire.Message:
        user = ADMIN if auth is None else ANONYMOUS if auth == "none" else NOBODY
        token = auth if user is NOBODY and auth else ""
        try:
            request = wire.parse(self._plane.profile, method, path, headers, data, user)._replace(token=token)
            message = wire.render(self._plane.request(request))
            # a real client's next request comes milliseconds later: what needs no time has happened by then
            self._plane.advance(0.0)
            return message
        except wire.NotServed:
            return self._elsewhere(method, path, headers, user, token)
        except ApiError as error:
            return wire.refuse(error, path)

    def _elsewhere(
        self, method: str, path: str, headers: Mapping[str, str], user: UserInfo, token: str
    ) -> wire.Message:
        """The answer to a path that is no resource, for those who may ask for it."""
        wanted = wire.impersonated({name.lower(): value for name, value in headers.items()})
        try:
            where = path.partition("?")[0]
            self._plane.request(
                Request(method.lower(), "", path=where, impersonate=wanted, user=user, token=token)
            )
        except ApiError as error:
            return wire.refuse(error, path)
        lower = {name.lower(): value for name, value in headers.items()}
        return nonresource.Site(self._plane, lambda: HOST).answer(method, path, lower)

    def _events(self, watcher: Watcher, path: str) -> Iterator[bytes]:
        for event in watcher.poll(self._plane.store):
            yield watch.frame(event).rstrip(b"\n")
        if not watcher.closed:
            self._plane.advance(_timeout(path))
            for event in watcher.poll(self._plane.store):
                yield watch.frame(event).rstrip(b"\n")

    def json(self, method: str, path: str, body: Any = None, **options: Any) -> tuple[int, Any]:
        answer = self.call(method, path, body, **options)
        try:
            return answer.status_code, answer.json()
        except ValueError:
            return answer.status_code, answer.text


def _timeout(path: str) -> float:
    _, _, value = path.partition("timeoutSeconds=")
    return float(value.split("&")[0] or 0)


class VirtualClock:
    """`clock` of `run.play`: sleeping lets the cluster run."""

    def __init__(self, plane: Plane) -> None:
        self._plane = plane

    def time(self) -> float:
        return self._plane.now

    def sleep(self, seconds: float) -> None:
        self._plane.advance(seconds)
