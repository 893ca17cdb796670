"""uvicorn's protocols, which additionally hand over the certificate that a client showed, and connections for SPDY."""

from __future__ import annotations

import asyncio
from functools import lru_cache
from typing import Any, Final

import httptools
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from sanb.http.calls import ALWAYS, SLOW_READER, Call, joined
from sanb.http.spdysession import UPGRADE, Session
from sanb.http.wire import Message

LARGEST_HEAD: Final = 1024 * 1024
"""Bytes of a request line with its headers, as in Go's server."""
SLOW_HEAD: Final = 32.0
"""Seconds that a client has to send them."""
LARGE: Final = 1 << 18
"""Bytes of an answer that is not sent at once, but as its client reads."""
TOO_LARGE: Final = b"HTTP/1.1 431 Request Header Fields Too Large\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
SPDY = UPGRADE.lower().encode()


def shown(transport: asyncio.BaseTransport) -> bytes | None:
    """The certificate that the client showed, DER."""
    tls = transport.get_extra_info("ssl_object")
    found: bytes | None = tls.getpeercert(binary_form=True) if tls is not None else None
    return found


def with_certificate(app: Any, certificate: bytes | None) -> Any:
    """The application, told who is at the other end of this connection."""
    if certificate is None:
        return app

    async def told(scope: Any, receive: Any, send: Any) -> None:
        scope["sanb.certificate"] = certificate
        await app(scope, receive, send)

    return told


class Joined:
    """A transport that sends what is written in one go as one piece: the head of an answer with its body."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._loop = asyncio.get_running_loop()
        self._parts: list[bytes] = []

    def write(self, data: bytes) -> None:
        """Send with whatever is written before the event loop goes on."""
        if len(data) >= LARGE:
            self.write_at_once(data)
            return
        if not self._parts:
            self._loop.call_soon(self._flush)
        self._parts.append(data)

    def _flush(self) -> None:
        if self._parts:
            whole = b"".join(self._parts)
            self._parts.clear()
            self._transport.write(whole)

    def write_at_once(self, data: bytes) -> None:
        """Send now, after what was written before."""
        self._flush()
        self._transport.write(data)

    def close(self) -> None:
        """Close, once everything is sent."""
        self._flush()
        self._transport.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)


@lru_cache(maxsize=1024)
def _head(code: int, headers: tuple[tuple[str, str], ...], more: tuple[tuple[bytes, bytes], ...]) -> bytes:
    """The head of an answer, up to the length of its body."""
    lines = [(name.lower().encode(), value.encode()) for name, value in headers]
    text = b"".join(name + b": " + value + b"\r\n" for name, value in (*more, *lines, *ALWAYS))
    return STATUS_LINE[code] + text + b"content-length: "


class Protocol(HttpToolsProtocol):
    """HTTP/1.1. A request that is there in one piece and can be answered at once is: without a task, without messages.

    What cannot (watches, what needs time, large bodies and answers, other protocols) goes the way of ASGI.
    """

    _length: int | None = 0
    """Bytes of the head that is being read; None while there is none."""
    _begun = False
    """Whether a part of a head is there."""
    _slow: asyncio.TimerHandle | None = None
    _stuck: asyncio.TimerHandle | None = None
    _parts: list[bytes] | None = None
    """The body so far of a request that may be answered at once."""
    _last = 0.0
    """When the last answer was given."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A client is there."""
        super().connection_made(Joined(transport))  # type: ignore[arg-type]
        self._certificate = shown(transport)
        self._quick = self.app.quick
        self.app = with_certificate(self.app, self._certificate)
        self._slow = self.loop.call_later(SLOW_HEAD, transport.abort)

    def connection_lost(self, exc: Exception | None) -> None:
        """The client is gone."""
        self._forget()
        super().connection_lost(exc)

    # ------------------------------------------------------------------ what comes

    def data_received(self, data: bytes) -> None:
        """Part of a request. A head that is too large, or takes too long, ends the connection."""
        if self._length is not None:
            self._length += len(data)
            if self._length > LARGEST_HEAD:
                if not self.transport.is_closing():
                    self.transport.write(TOO_LARGE)
                    self.transport.close()
                return
        super().data_received(data)
        if self._parts is not None:
            self._start()
        elif self._begun and self._slow is None:
            self._slow = self.loop.call_later(SLOW_HEAD, self.transport.abort)

    def on_message_begin(self) -> None:
        """A head begins."""
        self._begun = True
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """The head is there."""
        self._length, self._begun = None, False
        self._in_time()
        if self._simple():
            self._parts = []
        else:
            super().on_headers_complete()

    def _simple(self) -> bool:
        """Whether the request may be answered at once, if its body is there too."""
        parser = self.parser
        return (
            (self.cycle is None or self.cycle.response_complete) and not self.pipeline and not self.expect_100_continue
            and parser.should_keep_alive() and not parser.should_upgrade() and parser.get_http_version() == "1.1"
            and parser.get_method() != b"HEAD" and self.url[:1] == b"/" and b"#" not in self.url
            and not self.transport.is_closing()
        )

    def on_body(self, body: bytes) -> None:
        """Part of a body."""
        if self._parts is not None:
            self._parts.append(body)
        else:
            super().on_body(body)

    def on_message_complete(self) -> None:
        """What comes next is another head."""
        self._length = 0
        if self._parts is None:
            super().on_message_complete()
            return
        call = Call(
            self.parser.get_method().decode("latin-1"), self.url.decode("latin-1"), joined(self.headers), b"".join(self._parts),
            self._certificate,
        )
        answer = self._quick(call)
        if answer.__class__ is Message and len(answer.body) < LARGE:
            self._parts = None
            self._answer(answer)
        else:
            self.scope["sanb.answer"] = answer  # type: ignore[typeddict-unknown-key]
            self._start()
            super().on_message_complete()

    def _answer(self, message: Message) -> None:
        head = _head(message.code, message.headers, tuple(self.server_state.default_headers))
        self.transport.write_at_once(b"%s%d\r\n\r\n%s" % (head, len(message.body), message.body))  # type: ignore[attr-defined]
        self.server_state.total_requests += 1
        self._last = self.loop.time()
        if self.timeout_keep_alive_task is None:
            self.timeout_keep_alive_task = self.loop.call_later(self.timeout_keep_alive, self.timeout_keep_alive_handler)

    def _start(self) -> None:
        """Let the application have the request, as far as it has come."""
        parts, self._parts = self._parts or (), None
        super().on_headers_complete()
        for part in parts:
            super().on_body(part)

    def _in_time(self) -> None:
        if self._slow is not None:
            self._slow.cancel()
            self._slow = None

    # ------------------------------------------------------------------ who says nothing, who does not read

    def _unset_keepalive_if_required(self) -> None:
        """One timer does for many requests: it finds out itself how long ago the last one was."""

    def _forget(self) -> None:
        """No timers any longer."""
        self._in_time()
        for timer in (self.timeout_keep_alive_task, self._stuck):
            if timer is not None:
                timer.cancel()
        self.timeout_keep_alive_task = self._stuck = None

    def on_response_complete(self) -> None:
        """An answer is sent."""
        before, self._last = self.timeout_keep_alive_task, self.loop.time()
        super().on_response_complete()
        if before is not None and before is not self.timeout_keep_alive_task:
            before.cancel()

    def timeout_keep_alive_handler(self) -> None:
        """Hang up on a client that has asked for nothing for a while."""
        self.timeout_keep_alive_task = None
        if self.cycle is not None and not self.cycle.response_complete:
            return  # it waits for us; its answer starts the time anew
        left = self._last + self.timeout_keep_alive - self.loop.time()
        if left > 0:
            self.timeout_keep_alive_task = self.loop.call_later(left, self.timeout_keep_alive_handler)
        else:
            super().timeout_keep_alive_handler()

    def pause_writing(self) -> None:
        """The client does not read what it has asked for: it is asked for nothing more, and has a while to go on."""
        super().pause_writing()
        self.flow.pause_reading()
        self._patience(self.transport.get_write_buffer_size())

    def _patience(self, unread: int) -> None:
        self._stuck = self.loop.call_later(SLOW_READER, self._look, unread)

    def _look(self, before: int) -> None:
        unread = self.transport.get_write_buffer_size()
        if unread < before:
            self._patience(unread)
        else:
            self.transport.abort()

    def resume_writing(self) -> None:
        """It has read."""
        if self._stuck is not None:
            self._stuck.cancel()
            self._stuck = None
        super().resume_writing()
        if not self.pipeline:
            self.flow.resume_reading()

    # ------------------------------------------------------------------ other protocols

    def _should_upgrade(self) -> bool:
        return super()._should_upgrade() or self._get_upgrade() == SPDY

    def handle_websocket_upgrade(self) -> None:
        """A client has asked for another protocol on this connection."""
        self._forget()
        if self._get_upgrade() == SPDY:
            self._hand_over()
        else:
            super().handle_websocket_upgrade()

    def _hand_over(self) -> None:
        """Let the application have the connection for SPDY: a scope of its own type has it."""
        self.connections.discard(self)
        session = Session(self.transport, lambda: self.connections.discard(session))
        self.connections.add(session)  # type: ignore[arg-type]
        self.transport.set_protocol(session)
        url = httptools.parse_url(self.url)
        scope = {**self.scope, "type": "spdy", "raw_path": url.path, "query_string": url.query or b"", "session": session}
        task = self.loop.create_task(self.app(scope, None, None))
        task.add_done_callback(lambda done: self._end(done, session))
        self.tasks.add(task)

    def _end(self, task: asyncio.Task[None], session: Session) -> None:
        self.tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            self.logger.error("SPDY connection failed", exc_info=task.exception())
            session.shutdown()
