"""The channels of a command in a container (its input, outputs and end), over a WebSocket or over SPDY's streams."""

from __future__ import annotations

import asyncio
import json
from abc import ABC, abstractmethod
from codecs import getincrementaldecoder
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from contextlib import suppress
from typing import Any, Final, NamedTuple

from sanb.http.spdysession import Session
from sanb.kubelet.shell import Done

STDIN, STDOUT, STDERR, ERROR, RESIZE, CLOSE = 0, 1, 2, 3, 4, 255
NAMES: Final = {STDIN: "stdin", STDOUT: "stdout", STDERR: "stderr", ERROR: "error", RESIZE: "resize"}
WEBSOCKET: Final = ("v5.channel.k8s.io", "v4.channel.k8s.io")
"""Protocols over WebSocket; only the first has a message for the end of the input."""
SPDY: Final = ("v4.channel.k8s.io", "v3.channel.k8s.io", "v2.channel.k8s.io")
"""Protocols over SPDY; only the first tells the end of a command as a Status, those before it in words."""
NORMAL: Final = 1000
PAUSE: Final = 0.5
"""Seconds without input that count as its end where a protocol cannot say so."""
PATIENCE: Final = 60.0


class Options(NamedTuple):
    """What a client wants of a container."""

    container: str = ""
    command: tuple[str, ...] = ()
    stdin: bool = False
    stdout: bool = False
    stderr: bool = False
    tty: bool = False


class Gone(Exception):
    """The client closed the connection."""


class Channels(ABC):
    """The channels of one connection."""

    closes = True
    """Whether the client can say that the input ends."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._decoder = getincrementaldecoder("utf-8")("replace")

    @abstractmethod
    async def greet(self) -> None:
        """Begin."""

    @abstractmethod
    async def _next(self) -> bytes | None:
        """What came next on stdin; None at its end.

        Raises:
            Gone: the client went away.
        """

    @abstractmethod
    async def _put(self, channel: int, content: bytes) -> None:
        """Send content."""

    @abstractmethod
    async def close(self) -> None:
        """End in good order."""

    async def write(self, channel: int, text: str) -> None:
        """Send text, if the client wants that channel."""
        wanted = {STDOUT: self._options.stdout, STDERR: self._options.stderr, ERROR: True}[channel]
        if text and wanted:
            shown = text.replace("\n", "\r\n") if self._options.tty and channel == STDOUT else text
            await self._put(channel, shown.encode())

    async def read(self) -> str | None:
        """What was typed next; None at the end of the input.

        Raises:
            Gone: the client went away.
        """
        content = await self._next()
        return None if content is None else self._decoder.decode(content)

    async def all(self) -> str:
        """The whole input: until the client closes it, or, where the protocol cannot say so, until it pauses."""
        parts: list[str] = []
        with suppress(TimeoutError):
            while (part := await asyncio.wait_for(self.read(), PATIENCE if self.closes else PAUSE)) is not None:
                parts.append(part)
        return "".join(parts)

    async def drain(self) -> None:
        """Read and forget, until the client goes."""
        with suppress(Gone):
            while True:
                await self.read()
                await asyncio.sleep(0)

    async def finish(self, done: Done) -> None:
        """Say how the command ended."""
        await self._status(ended(done))

    async def fail(self, why: str) -> None:
        """Say why the command could not be started."""
        head = {"metadata": {}, "status": "Failure"}
        await self._status({**head, "message": why, "reason": "InternalError", "code": 500})

    async def _status(self, body: Mapping[str, Any]) -> None:
        await self.write(ERROR, json.dumps(body, separators=(",", ":")))


class WebSocket(Channels):
    """Channels of a WebSocket: the first byte of each message is the channel's number."""

    def __init__(
        self, receive: Callable[[], Awaitable[MutableMapping[str, Any]]],
        send: Callable[[MutableMapping[str, Any]], Awaitable[None]], protocol: str | None, options: Options,
    ) -> None:
        super().__init__(options)
        self._receive, self._send = receive, send
        self.closes = protocol == WEBSOCKET[0]

    async def greet(self) -> None:
        """An empty message tells the client that the connection stands."""
        await self._put(STDOUT if self._options.stdout else ERROR, b"")

    async def _put(self, channel: int, content: bytes) -> None:
        await self._send({"type": "websocket.send", "bytes": bytes([channel]) + content})

    async def _next(self) -> bytes | None:
        while True:
            message = await self._receive()
            if message["type"] == "websocket.disconnect":
                raise Gone
            data = message.get("bytes") or (message.get("text") or "").encode()
            if data[:1] == bytes([CLOSE]) and data[1:2] == bytes([STDIN]):
                return None
            if data[:1] == bytes([STDIN]) and len(data) > 1:
                return bytes(data[1:])

    async def close(self) -> None:
        """Close the connection."""
        await self._send({"type": "websocket.close", "code": NORMAL})


class Streams(Channels):
    """Channels of a SPDY connection: the client makes a stream for each of them."""

    def __init__(self, session: Session, protocol: str, options: Options) -> None:
        super().__init__(options)
        self._session = session
        self._tells_status = protocol == SPDY[0]

    async def greet(self) -> None:
        """Wait for the streams.

        Raises:
            Gone: the client went away, or makes none.
        """
        chosen = self._options
        shown = {STDIN: chosen.stdin, STDOUT: chosen.stdout, STDERR: chosen.stderr and not chosen.tty}
        wanted = {NAMES[ERROR], *(NAMES[channel] for channel, asked in shown.items() if asked)}
        if not await self._session.opened(wanted):
            raise Gone

    async def _put(self, channel: int, content: bytes) -> None:
        if not await self._session.say(NAMES[channel], content):
            raise Gone

    async def _next(self) -> bytes | None:
        if self._session.gone:
            raise Gone
        content = await self._session.heard(NAMES[STDIN])
        if content is None and self._session.gone:
            raise Gone
        return content

    async def drain(self) -> None:
        """Read and forget, until the client goes: the end of its input is not that."""
        with suppress(Gone):
            while await self._next() is not None:
                pass
            await self._session.closed.wait()

    async def _status(self, body: Mapping[str, Any]) -> None:
        if self._tells_status:
            await super()._status(body)
        elif body["status"] != "Success":
            await self.write(ERROR, str(body["message"]))

    async def close(self) -> None:
        """End every stream."""
        self._session.finish()


def ended(done: Done) -> dict[str, Any]:
    """The Status that tells a client how its command ended."""
    if not done.exit_code:
        return {"metadata": {}, "status": "Success"}
    return {
        "metadata": {}, "status": "Failure", "reason": "NonZeroExitCode",
        "message": f"command terminated with non-zero exit code: exit status {done.exit_code}",
        "details": {"causes": [{"reason": "ExitCode", "message": str(done.exit_code)}]},
    }
