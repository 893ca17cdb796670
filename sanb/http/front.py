"""The counter of a served cluster: HTTP messages in, HTTP messages out. It knows the lock, no sockets, no threads."""

from __future__ import annotations

import logging
from collections.abc import Callable
from math import inf
from typing import Final
from urllib.parse import urlsplit

from sanb.apiserver import status
from sanb.apiserver.request import Request
from sanb.controlplane import ControlPlane
from sanb.errors import ApiError, SanbError
from sanb.http import gojson, identity, negotiation, nonresource, remote, wire
from sanb.http.calls import Answer, Call, Pending, Watched
from sanb.http.faults import Fault, meet
from sanb.http.pace import Pace
from sanb.http.wire import Message

LOG: Final = logging.getLogger("sanb.http")
UNANSWERED: Final = "the cluster does not answer: its API server is paused, or the request waits for what never comes"
FAULT: Final = "this is a fault of sanb; its log (sanb.http) has the traceback"


class Front:
    """Answers HTTP requests with a cluster.

    `admin_token` is the bearer token of the user `admin`; `pace` says how virtual time goes on; `address` is where
    clients reach the server (host:port), for those answers that say so. `history` is how many revisions, calls and actions
    are kept at least; None for all.
    """

    def __init__(
        self, plane: ControlPlane, admin_token: str, pace: Pace, address: str = "", history: int | None = None
    ) -> None:
        self.plane = plane
        self.pace = pace
        self.address = address
        self.faults: tuple[Fault, ...] = ()
        """Requests that fail on purpose; what goes past HTTP does not."""
        self._token = admin_token
        self._history = history
        self._full = plane.world.steps + 2 * history if history else inf
        """The step at which what is older than the history is let go of."""
        self._site = nonresource.Site(plane, lambda: self.address)

    def request_of(self, call: Call) -> Request:
        """The request that a call is: about a resource, or about a path that is none.

        Raises:
            ApiError: the call cannot be a request; 401, if besides its credential is none.
        """
        user, token = identity.identify(call.headers, call.certificate, self._token, self.plane.now)
        try:
            request = negotiation.request_of(
                self.plane.profile, call.method, call.target, call.headers, call.body, user,
                self.plane.custom(),
            )
        except wire.NotServed:
            path = urlsplit(call.target).path
            wanted = wire.impersonated(call.headers)
            request = Request(call.method.lower(), "", user=user, impersonate=wanted, path=path)
        except ApiError:
            if token:
                self.plane.authenticate(token)  # whoever is nobody is told that first
            raise
        meet(self.faults, request)
        return request._replace(token=token) if token else request

    def answer(self, call: Call) -> Answer:
        """Answer one request, and let the cluster go on; Pending if the answer needs time to pass."""
        with self.plane.lock:
            if self.plane.world.steps >= self._full:
                self._forget()
            return self._guarded(call, lambda: self._answer(call))

    def _forget(self) -> None:
        assert self._history is not None
        self.plane.forget(self._history)
        wire.TEXTS.age()
        self._full = self.plane.world.steps + max(1, self._history // 4)

    def look(self, pending: Pending) -> Answer:
        """The answer to a request that was pending, if it is there by now."""
        with self.plane.lock:
            return self._guarded(pending.call, lambda: self._collect(pending))

    def give_up(self, pending: Pending) -> Message:
        """Nobody waits for the answer any longer."""
        with self.plane.lock:
            self.plane.world.abandon(pending.number)
        return negotiation.refused(pending.call.headers, status.failure(504, "Timeout", UNANSWERED))

    def tick(self) -> None:
        """Let happen what fell due by itself."""
        with self.plane.lock:
            self.pace.begin(self.plane)

    def due(self) -> float | None:
        """Seconds until something happens by itself, or None for never."""
        return self.pace.due(self.plane)

    def _guarded(self, call: Call, answer: Callable[[], Answer]) -> Answer:
        try:
            return answer()
        except ApiError as error:
            return negotiation.refused(call.headers, error, call.target)
        except SanbError as error:
            return negotiation.refused(call.headers, status.internal(str(error)))
        except RecursionError:
            return negotiation.refused(call.headers, status.bad_request(gojson.TOO_DEEP))
        except Exception:  # a fault of ours: the client learns that it is one, the log has the rest
            LOG.exception("%s %s", call.method, call.target)
            return negotiation.refused(call.headers, status.internal(FAULT))

    def _answer(self, call: Call) -> Answer:
        plane = self.plane
        self.pace.begin(plane)
        request = self.request_of(call)
        number = plane.submit(request)
        self.pace.serve(plane)
        return self._collect(Pending(number, call, request))

    def _collect(self, pending: Pending) -> Answer:
        call, request = pending.call, pending.request
        try:
            response = self.plane.collect(pending.number)
        finally:
            self.pace.after(self.plane)
        if response is None:
            return pending
        if request.path:
            found = self._site.answer(call.method, call.target, call.headers)
            return found._replace(headers=(*found.headers, *wire.warned(response.warnings)))
        if request.subresource in remote.STREAMED:
            return remote.answer(self.plane, request, call)
        message = negotiation.answered(request, response, call.headers)
        return message if message.stream is None else Watched(message, message.stream, request, call)
