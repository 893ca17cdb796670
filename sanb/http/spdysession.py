"""A connection that was upgraded to SPDY: the streams that a client makes on it, by what they are for."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from contextlib import suppress
from http import HTTPStatus
from typing import Final

from sanb.http import spdy
from sanb.http.wire import Message

UPGRADE: Final = "SPDY/3.1"
KIND: Final = "streamtype"
"""The header of a stream that says what it is for."""
PIECE: Final = 1 << 15
MOST_UNREAD: Final = 1 << 20
"""Bytes of input that wait to be read; the client has to wait with more."""
MOST_STREAMS: Final = 16
STARTING: Final = 30.0
"""Seconds that a client has to make its streams."""


class Session(asyncio.Protocol):
    """What uvicorn hands over when a client asks for the upgrade: first an answer, `accept` or `refuse`, then streams.

    Attributes:
        closed: set when the connection has ended.
    """

    def __init__(self, transport: asyncio.Transport, lost: Callable[[], None]) -> None:
        self.closed = asyncio.Event()
        self._transport = transport
        self._lost = lost
        self._spdy = spdy.Spdy()
        self._kinds: dict[int, str] = {}
        self._streams: dict[str, int] = {}
        self._heard: dict[str, list[bytes | None]] = {}
        self._unread = 0
        self._changed = asyncio.Event()
        self._writable = asyncio.Event()
        self._writable.set()

    @property
    def gone(self) -> bool:
        """Whether the connection has ended."""
        return self.closed.is_set()

    # ------------------------------------------------------------------ the answer to the upgrade

    def accept(self, protocol: str) -> None:
        """Take the connection over."""
        headers = (("Connection", "Upgrade"), ("Upgrade", UPGRADE), ("X-Stream-Protocol-Version", protocol))
        self._transport.write(_head(101, headers))

    def refuse(self, message: Message) -> None:
        """Answer that nothing comes of it, and close."""
        length = ("Content-Length", str(len(message.body)))
        self._transport.write(_head(message.code, (*message.headers, length, ("Connection", "close"))) + message.body)
        self._transport.close()

    # ------------------------------------------------------------------ streams

    async def opened(self, kinds: Iterable[str]) -> bool:
        """Wait until the client has made these streams; whether it has."""
        wanted = set(kinds)
        with suppress(TimeoutError):
            async with asyncio.timeout(STARTING):
                while not wanted <= self._streams.keys():
                    if self.gone:
                        return False
                    await self._change()
                return True
        self._transport.close()
        return False

    async def heard(self, kind: str) -> bytes | None:
        """What came next on a stream; None at its end, or when the connection has ended."""
        heard = self._heard.setdefault(kind, [])
        while not heard:
            if self.gone:
                return None
            await self._change()
        if heard[0] is None:
            return None
        content = heard.pop(0)
        self._unread -= len(content or b"")
        if self._unread <= MOST_UNREAD and not self.gone:
            self._transport.resume_reading()
        return content

    async def say(self, kind: str, content: bytes) -> bool:
        """Send on a stream, once the client takes it; False if it is gone."""
        stream = self._streams.get(kind)
        for start in range(0, len(content) if stream is not None else 0, PIECE):
            await self._writable.wait()
            if self.gone:
                return False
            self._transport.write(spdy.data(stream or 0, content[start : start + PIECE]))
        return not self.gone

    def finish(self) -> None:
        """End every stream: the client then ends the connection."""
        if not self.gone:
            self._transport.write(b"".join(spdy.data(stream, b"", last=True) for stream in self._kinds))

    async def _change(self) -> None:
        self._changed.clear()
        await self._changed.wait()

    # ------------------------------------------------------------------ asyncio's side

    def data_received(self, data: bytes) -> None:
        """Bytes came."""
        try:
            for frame in self._spdy.feed(data):
                self._take(frame)
        except spdy.Broken:
            self._transport.write(spdy.goaway(max(self._kinds, default=0), spdy.PROTOCOL_ERROR))
            self._transport.close()
        self._changed.set()

    def _take(self, frame: spdy.Frame) -> None:
        if frame.kind == spdy.SYN_STREAM:
            self._make(frame)
        elif frame.kind == spdy.PING:
            self._transport.write(spdy.ping(frame.stream))
        elif frame.kind == spdy.GOAWAY:
            self._transport.close()
        kind = self._kinds.get(frame.stream)
        if kind is None:
            return
        heard = self._heard.setdefault(kind, [])
        if frame.kind == spdy.DATA and frame.data and kind == "stdin":
            heard.append(frame.data)
            self._unread += len(frame.data)
            if self._unread > MOST_UNREAD:
                self._transport.pause_reading()
        if frame.last or frame.kind == spdy.RST_STREAM:
            heard.append(None)

    def _make(self, frame: spdy.Frame) -> None:
        kind = frame.headers.get(KIND, "")
        if not kind or kind in self._streams or len(self._streams) >= MOST_STREAMS:
            self._transport.write(spdy.reset(frame.stream))
            return
        self._streams[kind] = frame.stream
        self._kinds[frame.stream] = kind
        self._transport.write(self._spdy.reply(frame.stream))

    def pause_writing(self) -> None:
        """The client takes no more for now."""
        self._writable.clear()

    def resume_writing(self) -> None:
        """The client takes more."""
        self._writable.set()

    def eof_received(self) -> bool:
        """The client says nothing more: close."""
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection has ended."""
        self.closed.set()
        self._changed.set()
        self._writable.set()
        self._lost()

    def shutdown(self) -> None:
        """The server ends."""
        self._transport.close()


def _head(code: int, headers: Iterable[tuple[str, str]]) -> bytes:
    lines = [f"HTTP/1.1 {code} {HTTPStatus(code).phrase}", *(f"{name}: {value}" for name, value in headers), "", ""]
    return "\r\n".join(lines).encode("latin-1")
