"""SPDY/3.1: frames by themselves, and a client of our own that runs commands in a container over it."""

from __future__ import annotations

import asyncio
import json
import socket
import ssl
import time
import zlib
from collections.abc import Iterator
from typing import Any

import pytest

from sanb import Cluster
from sanb.http import spdy, spdysession
from sanb.http.serve import Served

EXEC = "/api/v1/namespaces/default/pods/web/exec?container=c"
V4 = "v4.channel.k8s.io"


# ---------------------------------------------------------------------- frames


def test_the_dictionary_is_the_one_of_the_draft() -> None:
    """1423 bytes; zlib names dictionaries by their Adler-32, 0xE3C6A7C2 here."""
    assert (len(spdy.DICTIONARY), zlib.adler32(spdy.DICTIONARY)) == (1423, 0xE3C6A7C2)


def test_frames_come_out_as_they_went_in_however_they_are_cut() -> None:
    one, other = spdy.Spdy(), spdy.Spdy()
    sent = one.open(1, {"streamtype": "error"}) + one.open(3, {"streamtype": "stdin", "a": "ä"}, spdy.FIN)
    sent += one.reply(2) + spdy.data(3, b"hello", last=True) + spdy.ping(7) + spdy.goaway(3) + spdy.reset(1, 5)
    got = [frame for byte in sent for frame in other.feed(bytes([byte]))]
    assert [(frame.kind, frame.stream, frame.last) for frame in got] == [
        (spdy.SYN_STREAM, 1, False), (spdy.SYN_STREAM, 3, True), (spdy.SYN_REPLY, 2, False), (spdy.DATA, 3, True),
        (spdy.PING, 7, False), (spdy.GOAWAY, 3, False), (spdy.RST_STREAM, 1, False),
    ]
    assert got[0].headers == {"streamtype": "error"} and got[1].headers["a"] == "ä".encode().decode("latin-1")
    assert got[3].data == b"hello"
    assert got[6].data == (5).to_bytes(4, "big")


def test_settings_are_read_over_and_flags_of_other_frames_end_no_stream() -> None:
    sent = b"\x80\x03\x00\x04\x01\x00\x00\x0c" + (1).to_bytes(4, "big") + bytes(8)
    sent += b"\x80\x03\x00\x06\x01\x00\x00\x04" + (9).to_bytes(4, "big")
    got = list(spdy.Spdy().feed(sent))
    assert [(frame.kind, frame.stream, frame.last) for frame in got] == [(spdy.SETTINGS, 0, False), (spdy.PING, 9, False)]


def test_names_of_headers_are_told_in_small_letters() -> None:
    (frame,) = spdy.Spdy().feed(spdy.Spdy().open(1, {"StreamType": "Error"}))
    assert frame.headers == {"streamtype": "Error"}


@pytest.mark.parametrize(("sent", "why"), [
    (b"\x80\x02\x00\x01\x00\x00\x00\x0a" + bytes(10), "SPDY of version 2"),
    (b"\x00\x00\x00\x01\x00\xff\xff\xff", "a frame of 16777215 bytes"),
    (b"\x80\x03\x00\x01\x00\x00\x00\x0e" + bytes(10) + b"junk", "headers that cannot be decompressed"),
    (b"\x80\x03\x00\x07\x00\x00\x00\x01\x00", "a frame of kind 7 with 1 bytes"),
])
def test_what_is_no_spdy_is_refused(sent: bytes, why: str) -> None:
    with pytest.raises(spdy.Broken, match=why):
        list(spdy.Spdy().feed(sent))


def test_headers_that_swell_are_refused() -> None:
    sent = spdy.Spdy().open(1, {"a": "x" * 1_000_000})
    assert len(sent) < 5000
    with pytest.raises(spdy.Broken, match="too many headers"):
        list(spdy.Spdy().feed(sent))


def test_headers_that_lie_about_their_length_are_refused() -> None:
    packer = zlib.compressobj(zdict=spdy.DICTIONARY)
    block = packer.compress((1).to_bytes(4, "big") + (99).to_bytes(4, "big") + b"short") + packer.flush(zlib.Z_SYNC_FLUSH)
    sent = b"\x80\x03\x00\x02\x00" + (4 + len(block)).to_bytes(3, "big") + bytes(4) + block
    with pytest.raises(spdy.Broken, match="end too early"):
        list(spdy.Spdy().feed(sent))


# ---------------------------------------------------------------------- a connection


class Client:
    """The least that a client must do."""

    def __init__(self, api: Served, target: str, protocols: str = V4, token: str = "") -> None:
        context = ssl.create_default_context(cadata=api.ca)
        self._wire = context.wrap_socket(socket.create_connection(("127.0.0.1", api.port), 10), server_hostname="127.0.0.1")
        head = {
            "Host": "x", "Authorization": f"Bearer {token or api.token}", "Connection": "Upgrade", "Upgrade": "SPDY/3.1",
            "Content-Length": "0", **({"X-Stream-Protocol-Version": protocols} if protocols else {}),
        }
        lines = [f"POST {target} HTTP/1.1", *(f"{name}: {value}" for name, value in head.items()), "", ""]
        self._wire.sendall("\r\n".join(lines).encode())
        self._file = self._wire.makefile("rb")
        self.head = [line.decode().strip() for line in iter(self._file.readline, b"\r\n")]
        self.spdy = spdy.Spdy()
        self.replied: list[int] = []
        self.said: dict[int, bytes] = {}

    def send(self, sent: bytes) -> None:
        """Send frames."""
        self._wire.sendall(sent)

    def open(self, *kinds: str) -> None:
        """Make streams 1, 3, 5 ..."""
        for place, kind in enumerate(kinds):
            self.send(self.spdy.open(2 * place + 1, {"streamtype": kind}))

    def frames(self) -> Iterator[spdy.Frame]:
        """What comes, until the server closes."""
        while content := self._wire.recv(65536):
            yield from self.spdy.feed(content)

    def until_ended(self, streams: int) -> None:
        """Read until so many streams have ended."""
        for frame in self.frames():
            if frame.kind == spdy.SYN_REPLY:
                self.replied.append(frame.stream)
            self.said[frame.stream] = self.said.get(frame.stream, b"") + frame.data
            streams -= frame.last
            if not streams:
                self._file.close()
                return self._wire.close()
        raise AssertionError("the server closed the connection")

    def body(self) -> bytes:
        """What follows the head of an answer."""
        return self._file.read()


@pytest.fixture(autouse=True)
def pod(cluster: Cluster) -> None:
    """A Pod that runs."""
    cluster.create("pod", "web", body={"spec": {"containers": [{"name": "c", "image": "nginx"}]}})
    cluster.run()


def test_a_command_has_streams_for_its_outputs_and_its_end(api: Served) -> None:
    client = Client(api, f"{EXEC}&command=sh&command=-c&command=echo+out;echo+err>%262;exit+3&stdout=1&stderr=1")
    assert client.head == [
        "HTTP/1.1 101 Switching Protocols", "Connection: Upgrade", "Upgrade: SPDY/3.1", f"X-Stream-Protocol-Version: {V4}",
    ]
    client.open("error", "stdout", "stderr")
    client.until_ended(3)
    assert client.replied == [1, 3, 5]
    assert (client.said[3], client.said[5]) == (b"out\n", b"err\n")
    end = json.loads(client.said[1])
    assert end["details"] == {"causes": [{"reason": "ExitCode", "message": "3"}]}


def _connections(api: Served, wanted: int) -> bool:
    """Whether soon there are so many connections."""
    for _ in range(200):
        if len(api._server.server_state.connections) == wanted:
            return True
        time.sleep(0.02)
    return False


def test_a_connection_that_is_handed_over_counts_once_and_not_when_it_has_ended(api: Served) -> None:
    assert _connections(api, 0)
    client = Client(api, f"{EXEC}&command=cat&stdin=1&stdout=1")
    client.open("error", "stdin", "stdout")
    assert [type(one).__name__ for one in api._server.server_state.connections] == ["Session"]
    client.send(spdy.data(3, b"", last=True))
    client.until_ended(2)
    assert _connections(api, 0)


def test_older_protocols_tell_the_end_in_words(api: Served) -> None:
    client = Client(api, f"{EXEC}&command=sh&command=-c&command=exit+3&stdout=1", "v2.channel.k8s.io")
    client.open("error", "stdout")
    client.until_ended(2)
    assert client.said[1] == b"command terminated with non-zero exit code: exit status 3"


def test_input_is_read_to_its_end_in_pieces_that_cut_letters(api: Served) -> None:
    text = "grün " * 20_000
    client = Client(api, f"{EXEC}&command=cat&stdin=1&stdout=1")
    client.open("error", "stdin", "stdout")
    content = text.encode()
    for start in range(0, len(content), 1001):
        client.send(spdy.data(3, content[start : start + 1001]))
    client.send(spdy.data(3, b"", last=True))
    client.until_ended(2)
    assert client.said[5].decode() == text


def test_pings_are_answered_and_streams_without_a_use_are_reset(api: Served) -> None:
    client = Client(api, f"{EXEC}&command=cat&stdin=1&stdout=1")
    client.send(spdy.ping(41) + client.spdy.open(1, {}) + client.spdy.open(3, {"streamtype": "error"}))
    client.send(client.spdy.open(5, {"streamtype": "error"}))
    frames = client.frames()
    assert [(frame.kind, frame.stream) for _, frame in zip(range(4), frames)] == [
        (spdy.PING, 41), (spdy.RST_STREAM, 1), (spdy.SYN_REPLY, 3), (spdy.RST_STREAM, 5),
    ]


def test_a_client_has_so_many_streams_at_most(api: Served) -> None:
    client = Client(api, f"{EXEC}&command=cat&stdin=1&stdout=1")
    kinds = [f"kind-{number}" for number in range(spdysession.MOST_STREAMS + 2)]
    client.open(*kinds)
    got = [(frame.kind, frame.stream) for _, frame in zip(kinds, client.frames())]
    most = 2 * spdysession.MOST_STREAMS
    taken = [(spdy.SYN_REPLY, one) for one in range(1, most, 2)]
    assert got == [*taken, (spdy.RST_STREAM, most + 1), (spdy.RST_STREAM, most + 3)]


def test_an_input_that_is_broken_off_has_ended(api: Served) -> None:
    client = Client(api, f"{EXEC}&command=cat&stdin=1&stdout=1")
    client.open("error", "stdin", "stdout")
    client.send(spdy.data(3, b"half") + spdy.reset(3))
    client.until_ended(2)
    assert client.said[5] == b"half"


def test_a_client_that_says_goodbye_is_let_go(api: Served) -> None:
    client = Client(api, f"{EXEC}&command=cat&stdin=1&stdout=1")
    client.send(spdy.goaway(0))
    assert list(client.frames()) == []


def test_a_client_that_makes_no_streams_is_let_go(api: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spdysession, "STARTING", 0.2)
    client = Client(api, f"{EXEC}&command=cat&stdin=1&stdout=1")
    client.send(client.spdy.open(1, {"streamtype": "error"}))
    assert [frame.kind for frame in client.frames()] == [spdy.SYN_REPLY]


def test_a_terminal_needs_no_stream_for_errors(api: Served) -> None:
    client = Client(api, f"{EXEC}&command=sh&command=-c&command=echo+err>%262&stdout=1&stderr=1&tty=1")
    client.open("error", "stdout")
    client.until_ended(2)
    assert client.said[3] == b"err\r\n"


def test_of_the_protocols_that_both_know_the_clients_first_is_taken(api: Served) -> None:
    client = Client(api, f"{EXEC}&command=ls", "v9.channel.k8s.io, v3.channel.k8s.io, v4.channel.k8s.io")
    assert client.head[-1] == "X-Stream-Protocol-Version: v3.channel.k8s.io"


@pytest.mark.parametrize("minor", ["1.30", "1.36"])
def test_whoever_may_not_run_commands_is_refused_before_the_upgrade(minor: str) -> None:
    old = Cluster(minor, seed=3)
    old.create("pod", "web", body={"spec": {"containers": [{"name": "c", "image": "nginx"}]}})
    old.run()
    token = str(old.kubectl("create token default")).strip()
    with old.serve() as api:
        client = Client(api, f"{EXEC}&command=ls", token=token)
        assert client.head[0] == "HTTP/1.1 403 Forbidden"
        assert json.loads(client.body())["message"] == (
            'pods "web" is forbidden: User "system:serviceaccount:default:default" cannot create resource "pods/exec" in API '
            'group "" in the namespace "default"'
        )


class Wire(asyncio.Transport):
    """A transport that notes what becomes of it."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[str] = []
        self.sent: list[bytes] = []

    def write(self, data: Any) -> None:
        self.sent.append(data)

    def close(self) -> None:
        self.calls.append("close")

    def pause_reading(self) -> None:
        self.calls.append("pause")

    def resume_reading(self) -> None:
        self.calls.append("resume")


def _session() -> tuple[spdysession.Session, Wire, spdy.Spdy]:
    wire, client = Wire(), spdy.Spdy()
    session = spdysession.Session(wire, lambda: wire.calls.append("lost"))
    for place, kind in enumerate(("stdin", "stdout")):
        session.data_received(client.open(2 * place + 1, {"streamtype": kind}))
    wire.sent.clear()
    return session, wire, client


def test_a_client_waits_with_more_input_until_what_it_sent_is_read() -> None:
    async def check() -> None:
        session, wire, _ = _session()
        half = spdysession.MOST_UNREAD // 2 + 1
        session.data_received(spdy.data(1, b"a" * half))
        assert wire.calls == []
        session.data_received(spdy.data(1, b"b" * half))
        assert wire.calls == ["pause"]
        assert await session.heard("stdin") == b"a" * half
        assert wire.calls == ["pause", "resume"]

    asyncio.run(check())


def test_what_comes_on_other_streams_than_the_input_is_dropped() -> None:
    session, wire, _ = _session()
    session.data_received(spdy.data(3, b"a" * (spdysession.MOST_UNREAD // 2)) * 4)
    assert wire.calls == [] and session._unread == 0


def test_much_output_goes_in_pieces_and_waits_for_the_client() -> None:
    async def check() -> None:
        session, wire, _ = _session()
        session.pause_writing()
        saying = asyncio.create_task(session.say("stdout", b"x" * (2 * spdysession.PIECE + 1)))
        await asyncio.sleep(0)
        assert wire.sent == []
        session.resume_writing()
        assert await saying is True
        assert [len(one) - spdy.HEAD for one in wire.sent] == [32 * 1024, 32 * 1024, 1]

    asyncio.run(check())


def test_whoever_waits_is_told_when_the_connection_ends() -> None:
    async def check() -> None:
        session, wire, _ = _session()
        session.pause_writing()
        waiting = [session.heard("stdin"), session.say("stdout", b"x"), session.opened(["never"])]
        tasks = [asyncio.create_task(one) for one in waiting]
        await asyncio.sleep(0)
        session.connection_lost(None)
        assert await asyncio.wait_for(asyncio.gather(*tasks), 10) == [None, False, False]
        assert (wire.calls, wire.sent, session.gone) == (["lost"], [], True)

    asyncio.run(check())


def test_the_end_of_the_server_closes_the_connection() -> None:
    session, wire, _ = _session()
    session.shutdown()
    assert wire.calls == ["close"]


def test_a_connection_that_breaks_the_rules_is_closed(api: Served) -> None:
    client = Client(api, f"{EXEC}&command=cat&stdin=1&stdout=1")
    client.send(b"\x80\x09\x00\x01\x00\x00\x00\x00")
    assert [frame.kind for frame in client.frames()] == [spdy.GOAWAY]


@pytest.mark.parametrize(("target", "protocols", "code", "message"), [
    (EXEC.replace("web", "nope") + "&command=ls", V4, 404, 'pods "nope" not found'),
    (f"{EXEC}&command=ls", "v9.channel.k8s.io", 403,
     "unable to upgrade: unable to negotiate protocol: client supports [v9.channel.k8s.io], server accepts "
     "[v4.channel.k8s.io v3.channel.k8s.io v2.channel.k8s.io]"),
    (f"{EXEC}&command=ls", "", 400, "unable to upgrade: X-Stream-Protocol-Version is required"),
    ("/api/v1/namespaces/default/pods/web/portforward", "portforward.k8s.io", 501,
     "port-forward is not served: containers of this cluster are simulated and listen on no port"),
])
def test_what_cannot_be_done_is_refused_before_the_upgrade(
    api: Served, target: str, protocols: str, code: int, message: str
) -> None:
    client = Client(api, target, protocols)
    assert client.head[0].split()[1] == str(code)
    body = json.loads(client.body())
    assert (body["kind"], body["code"], body["message"]) == ("Status", code, message)


def test_the_server_can_end_while_a_command_waits_for_input(cluster: Cluster) -> None:
    with cluster.serve() as api:
        client = Client(api, f"{EXEC}&command=cat&stdin=1&stdout=1")
        client.open("error", "stdin", "stdout")
        assert next(client.frames()).kind == spdy.SYN_REPLY
    assert api.closed
