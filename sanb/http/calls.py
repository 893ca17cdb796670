"""What goes over the counter of a served cluster: calls, and the kinds of answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from sanb.apiserver.request import Request
from sanb.apiserver.watching import Watcher
from sanb.http.wire import Message


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
