"""What goes over the counter of a served cluster: calls, and the kinds of answers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Final, NamedTuple

from sanb.apiserver.request import Request
from sanb.apiserver.watching import Watcher
from sanb.http.wire import Message

ALWAYS: Final = ((b"cache-control", b"no-cache, private"),)
"""Headers of every answer."""
SLOW_READER: Final = 60.0
"""Seconds that a client may leave unread what it is sent, before it is hung up on."""


class Call(NamedTuple):
    """An HTTP request; header names are in lower case, repeated ones joined by commas."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes = b""
    certificate: bytes | None = None
    """The certificate that the client showed, DER."""


class Pending(NamedTuple):
    """A request that is not answered yet: ask `Front.look` again when something has happened."""

    number: int
    call: Call
    request: Request


class Watched(NamedTuple):
    """The answer is a watch: `message` has its head, `watcher` its events."""

    message: Message
    watcher: Watcher
    request: Request
    call: Call


class Followed(NamedTuple):
    """The answer is what a container prints: `read` gives what is new, and whether more may come."""

    message: Message
    read: Callable[[], tuple[bytes, bool]]


Answer = Message | Pending | Watched | Followed


def joined(headers: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """The headers of a request: names in lower case, repeated ones joined by commas."""
    found: dict[str, str] = {}
    for raw_name, raw in headers:
        name, value = raw_name.decode("latin-1").lower(), raw.decode("latin-1")
        found[name] = f"{found[name]},{value}" if name in found else value
    return found
