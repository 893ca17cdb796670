"""SPDY/3.1, of which Kubernetes' older clients make their commands in containers: frames and nothing else.

    spdy = Spdy()
    for frame in spdy.feed(data): ...
    transport.write(spdy.reply(frame.stream))

A connection has one `Spdy`: both directions compress the headers of all their frames as one stream.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

VERSION: Final = 3
SYN_STREAM, SYN_REPLY, RST_STREAM, SETTINGS, PING, GOAWAY, HEADERS, WINDOW_UPDATE = 1, 2, 3, 4, 6, 7, 8, 9
DATA: Final = 0
FIN: Final = 1
"""The flag of a sender's last frame of a stream."""
PROTOCOL_ERROR: Final = 1
HEAD: Final = 8
LONGEST: Final = 1 << 20
"""Bytes of a frame; clients send 32 KiB at once."""
LONGEST_HEADERS: Final = 1 << 16
"""Bytes of headers once they are decompressed."""
_WORDS: Final = (
    "options head post put delete trace accept accept-charset accept-encoding accept-language accept-ranges age allow "
    "authorization cache-control connection content-base content-encoding content-language content-length "
    "content-location content-md5 content-range content-type date etag expect expires from host if-match "
    "if-modified-since if-none-match if-range if-unmodified-since last-modified location max-forwards pragma "
    "proxy-authenticate proxy-authorization range referer retry-after server te trailer transfer-encoding upgrade "
    "user-agent vary via warning www-authenticate method get status 200~OK version HTTP/1.1 url public set-cookie "
    "keep-alive origin "
)
_REST: Final = (
    "100101201202205206300302303304305306307402405406407408409410411412413414415416417502504505203 Non-Authoritative "
    "Information204 No Content301 Moved Permanently400 Bad Request401 Unauthorized403 Forbidden404 Not Found500 Inter"
    "nal Server Error501 Not Implemented503 Service UnavailableJan Feb Mar Apr May Jun Jul Aug Sept Oct Nov Dec 00:00"
    ":00 Mon, Tue, Wed, Thu, Fri, Sat, Sun, GMTchunked,text/html,image/png,image/jpg,image/gif,application/xml,applic"
    "ation/xhtml+xml,text/plain,text/javascript,publicprivatemax-age=gzip,deflate,sdchcharset=utf-8charset=iso-8859-1"
    ",utf-,*,enq=0."
)
DICTIONARY: Final = b"".join(
    len(word).to_bytes(4, "big") + word.replace("~", " ").encode() for word in _WORDS.split()
) + _REST.encode()
"""What headers are compressed with (draft-mbelshe-httpbis-spdy-00, 2.6.10.1): words with their lengths, and a text."""


class Frame(NamedTuple):
    """One frame; `stream` of a PING is its number, and of a GOAWAY the last stream that was served."""

    kind: int
    stream: int = 0
    flags: int = 0
    data: bytes = b""
    headers: Mapping[str, str] = {}

    @property
    def last(self) -> bool:
        """Whether its sender sends nothing more on the stream."""
        return bool(self.flags & FIN) and self.kind in (DATA, SYN_STREAM, SYN_REPLY, HEADERS)


class Broken(Exception):
    """What came is no SPDY, or too much of it: the connection cannot go on."""


class Spdy:
    """One end of a connection: makes frames, and reads those of the other end."""

    def __init__(self) -> None:
        self._left = bytearray()
        self._packer = zlib.compressobj(zdict=DICTIONARY)
        self._unpacker = zlib.decompressobj(zdict=DICTIONARY)

    # ------------------------------------------------------------------ reading

    def feed(self, data: bytes) -> Iterator[Frame]:
        """The frames that are whole with this.

        Raises:
            Broken: they cannot be read.
        """
        self._left += data
        while len(self._left) >= HEAD:
            size = int.from_bytes(self._left[5:HEAD], "big")
            if size > LONGEST:
                raise Broken(f"a frame of {size} bytes")
            if len(self._left) < HEAD + size:
                return
            first, flags = int.from_bytes(self._left[:4], "big"), self._left[4]
            body = bytes(self._left[HEAD : HEAD + size])
            del self._left[: HEAD + size]
            yield self._frame(first, flags, body) if first >> 31 else Frame(DATA, first, flags, body)

    def _frame(self, first: int, flags: int, body: bytes) -> Frame:
        version, kind = first >> 16 & 0x7FFF, first & 0xFFFF
        if version != VERSION:
            raise Broken(f"SPDY of version {version}")
        if kind == SETTINGS:
            return Frame(kind, 0, flags, body)
        if len(body) < 4:
            raise Broken(f"a frame of kind {kind} with {len(body)} bytes")
        stream = int.from_bytes(body[:4], "big")
        if kind == PING:
            return Frame(kind, stream, flags)
        stream &= 0x7FFFFFFF
        if kind == SYN_STREAM:
            return Frame(kind, stream, flags, headers=self._unpacked(body[10:]))
        if kind in (SYN_REPLY, HEADERS):
            return Frame(kind, stream, flags, headers=self._unpacked(body[4:]))
        return Frame(kind, stream, flags, body[4:])

    def _unpacked(self, packed: bytes) -> dict[str, str]:
        try:
            block = self._unpacker.decompress(packed, LONGEST_HEADERS)
        except zlib.error as error:
            raise Broken(f"headers that cannot be decompressed: {error}") from None
        if self._unpacker.unconsumed_tail:
            raise Broken("too many headers")
        found: dict[str, str] = {}
        place = 4
        for _ in range(int.from_bytes(block[:4], "big")):
            pair = []
            for _ in range(2):
                size = int.from_bytes(block[place : place + 4], "big")
                place += 4 + size
                if place > len(block):
                    raise Broken("headers that end too early")
                pair.append(block[place - size : place].decode("latin-1"))
            found[pair[0].lower()] = pair[1]
        return found

    # ------------------------------------------------------------------ writing

    def open(self, stream: int, headers: Mapping[str, str], flags: int = 0) -> bytes:
        """The frame that makes a stream."""
        return _control(SYN_STREAM, _number(stream) + bytes(6) + self._packed(headers), flags)

    def reply(self, stream: int, headers: Mapping[str, str] | None = None, flags: int = 0) -> bytes:
        """The frame that takes a stream which the other end has made."""
        return _control(SYN_REPLY, _number(stream) + self._packed(headers or {}), flags)

    def _packed(self, headers: Mapping[str, str]) -> bytes:
        block = _number(len(headers)) + b"".join(
            _number(len(one.encode())) + one.encode() for pair in headers.items() for one in pair
        )
        return self._packer.compress(block) + self._packer.flush(zlib.Z_SYNC_FLUSH)


def data(stream: int, content: bytes, last: bool = False) -> bytes:
    """What is said on a stream."""
    return _number(stream) + bytes([FIN if last else 0]) + len(content).to_bytes(3, "big") + content


def reset(stream: int, code: int = PROTOCOL_ERROR) -> bytes:
    """The frame that breaks a stream off."""
    return _control(RST_STREAM, _number(stream) + _number(code))


def ping(number: int) -> bytes:
    """A PING, or the answer to one, which is the same."""
    return _control(PING, _number(number))


def goaway(last: int, code: int = 0) -> bytes:
    """The frame that announces the end of the connection."""
    return _control(GOAWAY, _number(last) + _number(code))


def _control(kind: int, body: bytes, flags: int = 0) -> bytes:
    return _number(0x80000000 | VERSION << 16 | kind) + bytes([flags]) + len(body).to_bytes(3, "big") + body


def _number(value: int) -> bytes:
    return value.to_bytes(4, "big")
