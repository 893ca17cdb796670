"""What nobody means well: bodies, paths, heads and clients that a server must survive, each told as an API server tells it."""

from __future__ import annotations

import json
import logging
import re
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

pytest.importorskip("uvicorn", reason="serving needs the extra serve")

import sanb
from sanb.http import app as application
from sanb.http import protocol
from sanb.http.serve import Served, serve
from tests.http.served import Http

CONFIGMAPS = "/api/v1/namespaces/default/configmaps"
CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
MERGE, APPLY, YAML = "application/merge-patch+json", "application/apply-patch+yaml", "application/yaml"
FREE = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    """One cluster for all of these: it has to survive them together."""
    cluster = sanb.Cluster("1.36", seed=3)
    cluster.run()
    with serve(cluster) as api:
        yield api


@pytest.fixture
def ask(served: Served, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> Iterator[Http]:
    """A client; whatever it sends, no fault of ours is logged and the server answers afterwards."""
    http = Http(served, tmp_path)
    with caplog.at_level(logging.ERROR, "sanb.http"):
        yield http
        assert http("GET", "/readyz").text == "ok"
    assert not caplog.records, caplog.records[0].exc_text


def _raw(api: Served, *pieces: bytes, seconds: float = 20.0) -> bytes:
    """What the server answers to bytes until it closes the connection, which it must; pieces wait for answers to those before."""
    context = ssl.create_default_context(cadata=api.ca)
    got = b""
    with closing(context.wrap_socket(socket.create_connection(("127.0.0.1", api.port)), server_hostname="127.0.0.1")) as client:
        client.settimeout(seconds)
        try:
            for piece in pieces[:-1]:
                client.sendall(piece)
                got += client.recv(65536)
            client.sendall(pieces[-1])
            while part := client.recv(65536):
                got += part
        except TimeoutError:
            raise AssertionError(f"the server leaves the connection open after {got[:300]!r}") from None
        except OSError:  # it was broken off
            pass
    return got


def _nested(depth: int) -> str:
    return '{"a":' * depth + "1" + "}" * depth


# ---------------------------------------------------------------------- transport


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1])
@pytest.mark.filterwarnings("ignore:ssl.TLSVersion")
def test_old_tls_is_refused(served: Served, version: ssl.TLSVersion) -> None:
    context = ssl.create_default_context(cadata=served.ca)
    context.minimum_version = context.maximum_version = version
    context.set_ciphers("ALL:@SECLEVEL=0")
    with socket.create_connection(("127.0.0.1", served.port)) as plain, pytest.raises(ssl.SSLError):
        context.wrap_socket(plain, server_hostname="127.0.0.1")


def test_plain_text_and_garbage_are_hung_up_on(served: Served, ask: Http) -> None:
    for data in (b"GET / HTTP/1.1\r\n\r\n", b"\x00" * 100):
        with socket.create_connection(("127.0.0.1", served.port)) as plain:
            plain.settimeout(10)
            plain.sendall(data)
            assert not plain.recv(1000).startswith(b"HTTP")
    assert _raw(served, b"\x00\x01garbage\r\n\r\n").startswith(b"HTTP/1.1 400 ")


# ---------------------------------------------------------------------- heads


HEAD = b"POST " + CONFIGMAPS.encode() + b" HTTP/1.1\r\nHost: x\r\n"


@pytest.mark.parametrize(
    "head",
    [
        b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
        b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
        b"Content-Length: -2\r\n\r\n{}",
        b"Content-Length: 2 3\r\n\r\n{}",
        b"Content-Length : 2\r\n\r\n{}",
        b"X: a\x00b\r\n\r\n",
        b"X Y: a\r\n\r\n",
        b"Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
    ],
)
def test_heads_that_two_parsers_could_read_differently_are_refused(served: Served, ask: Http, head: bytes) -> None:
    got = _raw(served, HEAD + head + b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    assert got.startswith(b"HTTP/1.1 400 ")
    assert got.count(b"HTTP/1.1 ") == 1, "what follows is not read as a request of its own"


def test_a_head_that_is_too_large_is_a_431(served: Served, ask: Http) -> None:
    size = protocol.LARGEST_HEAD + 100_000
    line = b"GET / HTTP/1.1\r\n"
    for head in (line + b"X: " + b"a" * size, b"GET /" + b"a" * size, line + b"X: y\r\n" * (size // 6)):
        got = _raw(served, head)
        assert got == b"" or got.startswith((b"HTTP/1.1 431 ", b"HTTP/1.1 400 "))
        assert not got.startswith(b"HTTP/1.1 2")


LINE = b"GET /healthz HTTP/1.1\r\n"


@pytest.mark.parametrize("begin", [b"GET /", LINE + b"X: ", LINE + b"X: y\r\n" * 1000 + b"X: "], ids=["path", "field", "fields"])
@pytest.mark.parametrize("before", [(), (LINE + b"Host: x\r\n\r\n",)], ids=["first", "second"])
def test_a_head_of_one_byte_too_many_is_a_431_whichever_it_is(
    ask: Http, served: Served, monkeypatch: pytest.MonkeyPatch, begin: bytes, before: tuple[bytes, ...]
) -> None:
    """What is sent is read to its end, or the answer would be lost as the connection breaks off."""
    monkeypatch.setattr(protocol, "LARGEST_HEAD", 20_000)
    codes = re.findall(rb"HTTP/1.1 (\d+)", _raw(served, *before, begin.ljust(20_001, b"a")))
    assert codes == [b"200"] * len(before) + [b"431"]


def test_a_head_of_as_many_bytes_as_allowed_is_read(ask: Http, served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "LARGEST_HEAD", 20_000)
    end = b"\r\nConnection: close\r\n\r\n"
    head = LINE + b"Host: x\r\nX: "
    assert _raw(served, head.ljust(20_000 - len(end), b"a") + end).startswith(b"HTTP/1.1 200 OK\r\n")


def test_a_head_that_takes_too_long_ends_the_connection(ask: Http, served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "SLOW_HEAD", 0.3)
    assert _raw(served, b"GET /healthz HTTP/1.1\r\nHost:") == b""
    assert _raw(served, b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\nGET /healthz HT").count(b"HTTP/1.1 200") == 1
    assert _raw(served, b"") == b"", "one who says nothing at all is hung up on as well"


def test_a_head_that_came_in_time_leaves_all_the_time_for_the_answer(
    ask: Http, served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(protocol, "SLOW_HEAD", 1.0)
    got = ask("GET", f"{CONFIGMAPS}?watch=1&timeoutSeconds=2")
    assert got.text.count('"ADDED"') == len(ask("GET", CONFIGMAPS).json()["items"])


# ---------------------------------------------------------------------- paths


@pytest.mark.parametrize(
    "path",
    [
        "/../../etc/passwd", "/api/v1/namespaces/../../../etc/passwd", "/openapi/v3/../../../etc/passwd", "/%00",
        "/%2e%2e/%2e%2e/etc/passwd", "/api/v1/namespaces/default/configmaps/..%2f..%2f..%2fetc%2fpasswd",
        "/api/v1/namespaces/%00/pods/x", "/metrics/../etc",
        "/api/v1/namespaces/default/pods/%ff%fe", "//etc/passwd", "/static/%5c..%5c", "/" + "a/" * 5000,
    ],
)
def test_paths_lead_nowhere_but_to_the_api(served: Served, ask: Http, path: str) -> None:
    head = f"GET {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {served.token}\r\nConnection: close\r\n\r\n"
    got = _raw(served, head.encode())
    assert got.split(b" ")[1] in (b"404", b"403"), got
    assert b"root:" not in got


# ---------------------------------------------------------------------- bodies


def test_a_body_that_is_too_large_is_a_413_however_it_comes(ask: Http) -> None:
    large = b'{"metadata":{"name":"a"},"data":{"a":"' + b"x" * application.LARGEST + b'"}}'
    answer = ask("POST", CONFIGMAPS, large, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["reason"]) == (413, "RequestEntityTooLarge")
    pieces = ask("POST", CONFIGMAPS, iter([large[:1_000_000]] * 4), headers={"Content-Type": "application/json"})
    assert pieces.status_code == 413


def test_a_body_that_is_announced_as_too_large_is_refused_before_it_comes(
    ask: Http, served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(application, "SLOW_BODY", 0.3)
    end = b"\r\nConnection: close\r\n\r\n"
    got = [_raw(served, HEAD + b"Content-Length: %d" % (application.LARGEST + more) + end)[:13] for more in (0, 1)]
    assert got == [b"HTTP/1.1 408 ", b"HTTP/1.1 413 "]


@pytest.mark.parametrize("depth", [250, 700, 980, 5_000, 300_000])
def test_bodies_that_are_nested_too_deep_are_refused(ask: Http, depth: int) -> None:
    kinds = [
        ("POST", CONFIGMAPS, "application/json", '{"metadata":{"name":"a"},"x":%s}'),
        ("POST", CONFIGMAPS, YAML, '{metadata: {name: "a"}, x: %s}'),
        ("PATCH", f"{CONFIGMAPS}/kube-root-ca.crt", MERGE, '{"data":%s}'),
        ("PATCH", f"{CONFIGMAPS}/kube-root-ca.crt", "application/strategic-merge-patch+json", '{"data":%s}'),
        ("PATCH", f"{CONFIGMAPS}/kube-root-ca.crt", "application/json-patch+json", '[{"op":"add","path":"/data/x","value":%s}]'),
        ("PATCH", f"{CONFIGMAPS}/a?fieldManager=me", APPLY, '{"apiVersion":"v1","kind":"ConfigMap","data":%s}'),
        ("DELETE", f"{CONFIGMAPS}/kube-root-ca.crt", "application/json", '{"x":%s}'),
    ]
    for method, path, media, text in kinds:
        for inner in (_nested(depth), "[" * depth + "]" * depth):
            answer = ask(method, path, text % inner, headers={"Content-Type": media})
            assert answer.status_code == 400, (method, media, answer.text[:300])
            assert "exceeded max depth" in answer.json()["message"]


def test_what_is_nested_as_deep_as_allowed_can_be_stored_changed_listed_and_watched(ask: Http) -> None:
    names = {"kind": "Deep", "plural": "deeps", "singular": "deep"}
    version = {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": FREE}}
    spec = {"group": "sanb.example", "names": names, "scope": "Namespaced", "versions": [version]}
    assert ask("POST", CRDS, {"metadata": {"name": "deeps.sanb.example"}, "spec": spec}).status_code == 201
    deeps = "/apis/sanb.example/v1/namespaces/default/deeps"
    body = '{"apiVersion":"sanb.example/v1","kind":"Deep","metadata":{"name":"a"},"x":%s}'
    assert ask("POST", deeps, body % _nested(190), headers={"Content-Type": "application/json"}).status_code == 201
    for media in (MERGE, APPLY):
        query = "?fieldManager=me&force=true" if media == APPLY else ""
        answer = ask("PATCH", f"{deeps}/a{query}", body % _nested(180), headers={"Content-Type": media})
        assert answer.status_code == 200, answer.text[:300]
    for accept in ("application/json", YAML, "application/json;as=Table;v=v1;g=meta.k8s.io"):
        assert ask("GET", deeps, headers={"Accept": accept}).status_code == 200
    assert ask("GET", f"{deeps}?watch=1&timeoutSeconds=1").text.count('"ADDED"') == 1
    assert ask("DELETE", f"{deeps}/a").status_code == 200


LAUGHS = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 10)
)


def test_a_billion_laughs_are_refused(ask: Http) -> None:
    text = f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: laughs}}\n{LAUGHS}"
    answer = ask("POST", CONFIGMAPS, text, headers={"Content-Type": YAML})
    assert (answer.status_code, "excessive aliasing" in answer.text) == (400, True)
    answer = ask("PATCH", f"{CONFIGMAPS}/laughs?fieldManager=me", text, headers={"Content-Type": APPLY})
    assert (answer.status_code, "excessive aliasing" in answer.text) == (400, True)
    few = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: few, labels: &l {a: b}, annotations: *l}\n"
    assert ask("POST", CONFIGMAPS, few, headers={"Content-Type": YAML}).json()["metadata"]["annotations"] == {"a": "b"}
    assert ask("POST", CONFIGMAPS, "a: &a [*a]\n", headers={"Content-Type": YAML}).status_code == 400


def test_text_that_is_no_text_becomes_what_go_makes_of_it(ask: Http) -> None:
    for name, data in (("utf", b"\xff\xfe"), ("half", b"\\ud800"), ("pair", b"\\ud83d\\ude00")):
        body = b'{"metadata":{"name":"%s"},"data":{"a":"%s"}}' % (name.encode(), data)
        answer = ask("POST", CONFIGMAPS, body, headers={"Content-Type": "application/json"})
        assert answer.status_code == 201
        assert answer.json()["data"]["a"] == {"utf": "\ufffd\ufffd", "half": "\ufffd", "pair": "😀"}[name]
    assert ask("GET", CONFIGMAPS).status_code == 200


def test_of_a_key_that_is_there_twice_the_last_counts(ask: Http) -> None:
    body = '{"metadata":{"name":"twice"},"data":{"a":"1","a":"2"}}'
    answer = ask("POST", CONFIGMAPS, body, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["data"]) == (201, {"a": "2"})


LONG = f'{{"metadata":{{"name":"n","generation":{"9" * 5000}}}}}'


@pytest.mark.parametrize("body", ["", "NaN", "[]", "1", '"x"', "null", "{", "\ufffe", LONG])
def test_bodies_that_are_no_object_are_refused(ask: Http, body: str) -> None:
    answer = ask("POST", CONFIGMAPS, body.encode(), headers={"Content-Type": "application/json"})
    assert answer.status_code in (400, 422)
    assert "Traceback" not in answer.text and "Python" not in answer.text


# ---------------------------------------------------------------------- load


def test_more_requests_than_there_are_seats_are_told_to_come_back(ask: Http, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(application, "MOST_REQUESTS", 0)
    answer = ask("GET", CONFIGMAPS)
    assert (answer.status_code, answer.headers["Retry-After"], answer.json()["reason"]) == (429, "1", "TooManyRequests")
    assert ask("GET", "/livez").text == "ok"


def test_a_seat_is_free_again_when_its_request_is_answered(ask: Http, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(application, "MOST_REQUESTS", 1)
    codes = [ask("GET", path).status_code for path in (CONFIGMAPS, f"{CONFIGMAPS}/nope", CONFIGMAPS)]
    assert codes == [200, 404, 200]
    assert ask("POST", CONFIGMAPS, "{", headers={"Content-Type": "application/json"}).status_code == 400
    assert ask("GET", CONFIGMAPS).status_code == 200


def test_a_body_that_does_not_come_is_given_up(ask: Http, served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(application, "SLOW_BODY", 0.3)
    got = _raw(served, HEAD + b"Content-Length: 10\r\nConnection: close\r\n\r\n{")
    assert got.startswith(b"HTTP/1.1 408 ")


def _deaf(api: Served) -> ssl.SSLSocket:
    """A connection that takes in very little unless somebody reads."""
    plain = socket.socket()
    plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    plain.connect(("127.0.0.1", api.port))
    return ssl.create_default_context(cadata=api.ca).wrap_socket(plain, server_hostname="127.0.0.1")


def _hung_up(api: Served, count: int) -> bool:
    """Whether soon there are no more than so many connections."""
    end = threading.Event()
    for _ in range(200):
        if len(api._server.server_state.connections) <= count:
            return True
        end.wait(0.1)
    return False


@pytest.mark.parametrize("times", [1, 400], ids=["one-large-answer", "many-small-ones"])
def test_an_answer_that_nobody_reads_does_not_stay(
    ask: Http, served: Served, monkeypatch: pytest.MonkeyPatch, times: int
) -> None:
    """Neither one that is larger than what the system takes in, nor those to requests that are sent without a look at them."""
    for module in (application, protocol):
        monkeypatch.setattr(module, "SLOW_READER", 0.5)
    size = 900_000 if times == 1 else 90_000
    for number in range(12):
        body = {"metadata": {"name": f"large-{number}"}, "data": {"a": "x" * size}}
        assert ask("POST", CONFIGMAPS, body).status_code == 201
    path = CONFIGMAPS if times == 1 else f"{CONFIGMAPS}/large-0"
    head = f"GET {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {served.token}\r\n\r\n"
    assert _hung_up(served, 0)
    with closing(_deaf(served)) as stuck:
        stuck.sendall(head.encode() * times)
        assert ask("GET", "/readyz").text == "ok"
        assert _hung_up(served, 0)
    for number in range(12):
        assert ask("DELETE", f"{CONFIGMAPS}/large-{number}").status_code == 200


def test_an_answer_that_is_read_slowly_comes_whole(ask: Http, served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (application, protocol):
        monkeypatch.setattr(module, "SLOW_READER", 0.5)
    body = {"metadata": {"name": "large"}, "data": {"a": "x" * 900_000}}
    assert ask("POST", CONFIGMAPS, body).status_code == 201
    head = f"GET {CONFIGMAPS}/large HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {served.token}\r\n"
    end = threading.Event()
    with closing(_deaf(served)) as slow:
        slow.sendall((head + "\r\n").encode() * 7 + (head + "Connection: close\r\n\r\n").encode())
        got = b""
        while part := slow.recv(16384):
            got += part
            if len(got) % 64 == 0:
                end.wait(0.02)
    assert (got.count(b"HTTP/1.1 200 OK"), got.count(b"x" * 900_000)) == (8, 8)
    assert ask("DELETE", f"{CONFIGMAPS}/large").status_code == 200


def test_those_who_do_not_read_are_hung_up_on_and_nobody_waits_for_them(
    ask: Http, served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(application, "SLOW_READER", 0.5)
    body = {"metadata": {"name": "large"}, "data": {"a": "x" * 900_000}}
    assert ask("POST", CONFIGMAPS, body).status_code == 201
    with closing(_deaf(served)) as stuck:
        head = f"GET {CONFIGMAPS}?watch=1 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {served.token}\r\n\r\n"
        stuck.sendall(head.encode())
        for number in range(12):
            patch = {"data": {"a": str(number % 10) * 900_000}}
            answer = ask("PATCH", f"{CONFIGMAPS}/large", json.dumps(patch), headers={"Content-Type": MERGE})
            assert answer.status_code == 200
        end = threading.Event()
        for _ in range(100):
            if served._app._watches == 0:
                break
            end.wait(0.1)
        assert served._app._watches == 0
    assert ask("DELETE", f"{CONFIGMAPS}/large").status_code == 200
