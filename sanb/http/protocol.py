"""uvicorn's protocols, which additionally hand over the certificate that a client showed, and connections for SPDY."""

from __future__ import annotations

import asyncio
from typing import Any, Final

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from sanb.http.spdysession import UPGRADE, Session

LARGEST_HEAD: Final = 1024 * 1024
"""Bytes of a request line with its headers, as in Go's server."""
SLOW_HEAD: Final = 32.0
"""Seconds that a client has to send them."""
TOO_LARGE: Final = b"HTTP/1.1 431 Request Header Fields Too Large\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
SPDY = UPGRADE.lower().encode()


def _with_certificate(app: Any, transport: asyncio.BaseTransport) -> Any:
    """The application, told who is at the other end of this connection."""
    tls = transport.get_extra_info("ssl_object")
    certificate = tls.getpeercert(binary_form=True) if tls is not None else None
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
        if not self._parts:
            self._loop.call_soon(self._flush)
        self._parts.append(data)

    def _flush(self) -> None:
        if self._parts:
            whole = b"".join(self._parts)
            self._parts.clear()
            self._transport.write(whole)

    def close(self) -> None:
        """Close, once everything is sent."""
        self._flush()
        self._transport.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)


class Protocol(HttpToolsProtocol):
    """HTTP/1.1."""

    _head: int | None = 0
    """Bytes of the head that is being read; None while there is none."""
    _slow: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A client is there."""
        super().connection_made(Joined(transport))  # type: ignore[arg-type]
        self.app = _with_certificate(self.app, transport)
        self._slow = self.loop.call_later(SLOW_HEAD, transport.abort)

    def connection_lost(self, exc: Exception | None) -> None:
        """The client is gone."""
        self._in_time()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Part of a request. A head that is too large, or takes too long, ends the connection."""
        if self._head is not None:
            self._head += len(data)
            if self._head > LARGEST_HEAD:
                if not self.transport.is_closing():
                    self.transport.write(TOO_LARGE)
                    self.transport.close()
                return
        super().data_received(data)

    def on_message_begin(self) -> None:
        """A head begins."""
        if self._slow is None:
            self._slow = self.loop.call_later(SLOW_HEAD, self.transport.abort)
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """The head is there."""
        self._head = None
        self._in_time()
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """What comes next is another head."""
        self._head = 0
        super().on_message_complete()

    def _in_time(self) -> None:
        if self._slow is not None:
            self._slow.cancel()
            self._slow = None

    def _should_upgrade(self) -> bool:
        return super()._should_upgrade() or self._get_upgrade() == SPDY

    def handle_websocket_upgrade(self) -> None:
        """A client has asked for another protocol on this connection."""
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


class WebSockets(WebSocketsSansIOProtocol):
    """WebSocket."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A connection was upgraded."""
        super().connection_made(transport)
        self.app = _with_certificate(self.app, transport)
