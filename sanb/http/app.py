"""The ASGI application: sockets' side of `Front`. It knows connections, open watches, and who must be woken."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from contextlib import suppress
from typing import Any, Final, TypeVar

from sanb.apiserver import status
from sanb.errors import ApiError
from sanb.http import negotiation, remote, watch
from sanb.http.calls import ALWAYS, SLOW_READER, Answer, Call, Followed, Pending, Watched, joined
from sanb.http.front import Front
from sanb.http.hub import Hub
from sanb.http.wire import Message

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
T = TypeVar("T")

LOG: Final = logging.getLogger("sanb.http")

LARGEST: Final = 3 * 1024 * 1024
"""Bytes of a request body; the API server refuses more."""
PATIENCE: Final = 60.0
"""Seconds that a request waits for its answer."""
SOON: Final[float | None] = 0.05
AGAIN: Final = 1.0
"""Seconds after which is tried again what failed without anybody having asked for it."""
BOOKMARK: Final = 60.0
"""Seconds between bookmarks."""
MOST_WATCHES: Final = 2000
SLOW_BODY: Final = 30.0
"""Seconds that a client has to send its body."""
MOST_REQUESTS: Final = 600
"""So many requests are under way at once, as many as an API server has seats; more are told to come back."""
EXEMPT: Final = ("/healthz", "/livez", "/readyz")
PIECE: Final = 1 << 18
"""Bytes of a large answer that are sent before anybody looks whether the client reads."""
GATHER: Final = 0.02
"""Seconds in which events are gathered for a watch that was just sent some: many clients cost many system calls."""


class App:
    """Serves one cluster: `uvicorn.run(App(front))`. Everything runs in one event loop: nothing waits for threads."""

    def __init__(self, front: Front) -> None:
        self.front = front
        self._plane = front.plane
        self._hub = Hub(front.plane, self._plan)
        self._encoder = watch.Encoder(front.plane)
        self._watches = 0
        self._busy = 0
        self._alarm: asyncio.TimerHandle | None = None
        self._ticker: asyncio.Task[None] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One connection's request, as ASGI hands it over."""
        if scope["type"] == "http":
            await self._http(scope, receive, send)
        elif scope["type"] == "websocket":
            await remote.serve(self, scope, receive, send)
        elif scope["type"] == "spdy":
            await remote.upgrade(self, scope)
        elif scope["type"] == "lifespan":
            await self._lifespan(receive, send)

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                self._hub.open(asyncio.get_running_loop())
                self._ring()
                await send({"type": "lifespan.startup.complete"})
            else:
                self._hub.close()
                for waiting in (self._alarm, self._ticker):
                    if waiting is not None:
                        waiting.cancel()
                await send({"type": "lifespan.shutdown.complete"})
                return

    def stop(self) -> None:
        """End what stays open; called from any thread."""
        self._hub.stop()

    def _plan(self) -> None:
        """See to it that what falls due between requests happens in time."""
        if self._hub.closed:
            return
        lock, seconds = self._plane.lock, SOON  # to look again, if somebody reads the cluster right now
        if lock.acquire(blocking=False):
            try:
                seconds = self.front.due()
            finally:
                lock.release()
        loop, alarm = asyncio.get_running_loop(), self._alarm
        if seconds is None or (alarm is not None and alarm.when() <= loop.time() + seconds):
            return  # never, or an alarm goes off before
        if alarm is not None:
            alarm.cancel()
        self._alarm = loop.call_later(seconds, self._ring)

    def _ring(self) -> None:
        self._alarm = None
        self._ticker = asyncio.create_task(self._tick())

    async def _tick(self) -> None:
        """Let happen what has fallen due."""
        try:
            await self.locked(self.front.tick)
        except Exception:  # for example a file that cannot be written now
            LOG.exception("what fell due did not happen")
            self._alarm = asyncio.get_running_loop().call_later(AGAIN, self._ring)
        else:
            self._plan()

    async def locked(self, work: Callable[..., T], *arguments: Any) -> T:
        """Call `work` with the plane's lock: here if it is free, in a thread while somebody else holds it."""
        lock = self._plane.lock
        if lock.acquire(blocking=False):
            try:
                return work(*arguments)
            finally:
                lock.release()
        return await asyncio.to_thread(work, *arguments)

    # ------------------------------------------------------------------ requests

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        ready: Answer | None = scope.pop("sanb.answer", None)
        headers = fields(scope)
        if ready is None and self._busy >= MOST_REQUESTS and not scope["path"].startswith(EXEMPT):
            return await respond(send, negotiation.refused(headers, status.too_many_requests()), scope["method"])
        self._busy += 1
        try:
            if ready is None:
                body = await _body(headers, receive)
                if body is None:
                    return None
                call = Call(scope["method"], target(scope), headers, body, certificate(scope))
                ready = await self.locked(self.front.answer, call)
            answer = await self._settled(ready)
        except ApiError as error:
            return await respond(send, negotiation.refused(headers, error), scope["method"])
        finally:
            self._busy -= 1
        if isinstance(answer, Watched):
            return await self._watch(answer, receive, send)
        if isinstance(answer, Followed):
            return await self._follow(answer, receive, send)
        return await respond(send, answer, scope["method"])

    def quick(self, call: Call) -> Answer | None:
        """The answer to a call, or None if it cannot be given at once: there are too many, or somebody holds the lock."""
        if self._busy >= MOST_REQUESTS and not call.target.startswith(EXEMPT):
            return None
        lock = self._plane.lock
        if not lock.acquire(blocking=False):
            return None
        try:
            return self.front.answer(call)
        finally:
            lock.release()

    async def _settled(self, answer: Answer) -> Message | Watched | Followed:
        """The answer, once it is there."""
        if not isinstance(answer, Pending):
            return answer
        changed = self._hub.subscribe()
        deadline = asyncio.get_running_loop().time() + PATIENCE
        try:
            while isinstance(answer, Pending):
                left = deadline - asyncio.get_running_loop().time()
                if left <= 0:
                    return await self.locked(self.front.give_up, answer)
                with suppress(TimeoutError):
                    await asyncio.wait_for(changed.wait(), left)
                changed.clear()
                answer = await self.locked(self.front.look, answer)
            return answer
        finally:
            self._hub.forget(changed)

    # ------------------------------------------------------------------ what stays open

    async def _watch(self, watched: Watched, receive: Receive, send: Send) -> None:
        """Send events as they come, until the client goes, its time is over or the watch breaks off."""
        if self._watches >= MOST_WATCHES:
            return await respond(send, negotiation.refused(watched.call.headers, status.too_many_requests()), "GET")
        gone = asyncio.create_task(_gone(receive))
        changed = self._hub.subscribe(watched.request.resource)
        self._watches += 1
        try:
            await send(_start(watched.message, ()))
            await self._events(watched, changed, gone, send)
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        finally:
            self._watches -= 1
            self._hub.forget(changed)
            gone.cancel()
        return None

    async def _events(self, watched: Watched, changed: asyncio.Event, gone: asyncio.Task[None], send: Send) -> None:
        loop, watcher = asyncio.get_running_loop(), watched.watcher
        lines = self._encoder.of(watched.request)
        end, mark, sent = loop.time() + watch.timeout(watched.request.options), loop.time() + BOOKMARK, 0.0
        gone.add_done_callback(lambda _: changed.set())
        alarm = loop.call_at(min(end, mark), changed.set)
        try:
            while True:
                changed.clear()
                events = await self.locked(lambda: lines(watcher.poll(self._plane.store)))
                now = loop.time()
                if now >= mark:
                    mark = now + BOOKMARK
                    bookmark = watcher.bookmark()
                    events += lines([bookmark]) if bookmark is not None else b""
                if events:
                    sent = now
                    async with asyncio.timeout(SLOW_READER):
                        await send({"type": "http.response.body", "body": events, "more_body": True})
                if watcher.closed or now >= end or gone.done() or self._hub.closed:
                    return
                if alarm.when() <= now:
                    alarm = loop.call_at(min(end, mark), changed.set)
                await changed.wait()
                if (early := sent + GATHER - loop.time()) > 0:
                    await asyncio.sleep(early)
        finally:
            alarm.cancel()

    async def _follow(self, followed: Followed, receive: Receive, send: Send) -> None:
        """Send what a container prints, as it comes."""
        gone = asyncio.create_task(_gone(receive))
        changed = self._hub.subscribe()
        try:
            await send(_start(followed.message, ()))
            while True:
                changed.clear()
                text, more = await self.locked(followed.read)
                if text:
                    await send({"type": "http.response.body", "body": text, "more_body": True})
                if not more or gone.done() or self._hub.closed:
                    break
                await _either(changed, gone, BOOKMARK)
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        finally:
            self._hub.forget(changed)
            gone.cancel()


# ---------------------------------------------------------------------- ASGI


def fields(scope: Scope) -> dict[str, str]:
    """The headers of a request: names in lower case, repeated ones joined by commas."""
    return joined(scope["headers"])


def target(scope: Scope) -> str:
    """The path with its query, as the client sent it."""
    path = scope.get("raw_path") or scope["path"].encode()
    query = scope.get("query_string") or b""
    whole: bytes = path + b"?" + query if query else path
    return whole.decode("latin-1")


def certificate(scope: Scope) -> bytes | None:
    """The certificate that the client showed, DER."""
    found: bytes | None = scope.get("sanb.certificate")
    return found


async def _body(headers: Mapping[str, str], receive: Receive) -> bytes | None:
    """The body of a request; None if the client went away.

    Raises:
        ApiError: 413, it is too large; 408, it takes too long.
    """
    if int(headers.get("content-length") or 0) > LARGEST:
        raise status.too_large_request(LARGEST)
    parts: list[bytes] = []
    size = 0
    more = "content-length" in headers or "transfer-encoding" in headers
    try:
        async with asyncio.timeout(SLOW_BODY):
            while more:
                message = await receive()
                if message["type"] == "http.disconnect":
                    return None
                parts.append(message.get("body", b""))
                size += len(parts[-1])
                if size > LARGEST:
                    raise status.too_large_request(LARGEST)
                more = message.get("more_body", False)
    except TimeoutError:
        raise status.failure(408, "Timeout", "the body of the request did not arrive in time") from None
    return b"".join(parts)


def _start(message: Message, extra: tuple[tuple[bytes, bytes], ...]) -> dict[str, Any]:
    headers = [(name.lower().encode(), value.encode()) for name, value in message.headers]
    return {"type": "http.response.start", "status": message.code, "headers": [*headers, *ALWAYS, *extra]}


async def respond(send: Send, message: Message, method: str) -> None:
    """Send a whole message, as fast as its client reads it.

    Raises:
        TimeoutError: it does not.
    """
    await send(_start(message, ((b"content-length", str(len(message.body)).encode()),)))
    body = b"" if method == "HEAD" else message.body
    for start in range(0, len(body) or 1, PIECE):
        piece, more = body[start : start + PIECE], start + PIECE < len(body)
        async with asyncio.timeout(SLOW_READER):
            await send({"type": "http.response.body", "body": piece, "more_body": more})


async def _gone(receive: Receive) -> None:
    """Return when the client has closed the connection."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def _either(changed: asyncio.Event, gone: asyncio.Task[None], seconds: float) -> None:
    """Wait until something changed, the client went or the time is over."""
    waiting = asyncio.ensure_future(changed.wait())
    try:
        await asyncio.wait({waiting, gone}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        waiting.cancel()
