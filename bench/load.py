"""The load on a server, as a process of its own: `python -m bench.load WHAT URL ...` prints what it took as JSON.

`requests` is sixteen threads with the HTTP library that most programs use; what that costs bounds the figure. `lean` is
sixteen connections that hardly cost anything, so that it is the server that is measured.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import ssl
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from time import perf_counter
from typing import Any
from urllib.parse import urlsplit

CLIENTS = 16
SPACE = "/api/v1/namespaces/default"
PODS = f"{SPACE}/pods"
TOKEN = "secret"


def pod(name: str) -> dict[str, Any]:
    """A Pod as most are created."""
    return {
        "apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "namespace": "default"},
        "spec": {"containers": [{"name": "c", "image": "busybox"}]},
    }


def account(name: str) -> dict[str, Any]:
    """A ServiceAccount."""
    return {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": name, "namespace": "default"}}


# ---------------------------------------------------------------------- the usual client


def flood(url: str, kind: str, count: int, start: int) -> float:
    """Seconds that `count` creates take, by sixteen threads with `requests`."""
    import requests

    make, numbers, lock = pod if kind == "pods" else account, iter(range(start, start + count)), threading.Lock()

    def work() -> None:
        with requests.Session() as session:
            session.trust_env, session.verify = False, False
            session.headers["Authorization"] = f"Bearer {TOKEN}"
            while True:
                with lock:
                    number = next(numbers, None)
                if number is None:
                    return
                answer = session.post(f"{url}{SPACE}/{kind}", json=make(f"n-{number:06}"))
                assert answer.status_code < 300, answer.text

    threads = [threading.Thread(target=work) for _ in range(CLIENTS)]
    began = perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return perf_counter() - began


# ---------------------------------------------------------------------- the lean client


class Connection:
    """One kept-alive connection of the lean client."""

    def __init__(self, url: str) -> None:
        self._at = urlsplit(url)

    async def open(self) -> Connection:
        """Connect."""
        tls = None
        if self._at.scheme == "https":
            tls = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            tls.check_hostname, tls.verify_mode = False, ssl.CERT_NONE
        self._in, self._out = await asyncio.open_connection(self._at.hostname, self._at.port, ssl=tls, limit=2**26)
        return self

    async def send(self, method: str, path: str, body: Any = None) -> None:
        """Send a request."""
        data = b"" if body is None else json.dumps(body).encode()
        head = (
            f"{method} {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {TOKEN}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(data)}\r\n\r\n"
        )
        self._out.write(head.encode() + data)
        await self._out.drain()

    async def head(self) -> int | None:
        """Read the head of an answer: the length of its body, None if it comes in chunks."""
        text = (await self._in.readuntil(b"\r\n\r\n")).decode().lower()
        assert text.split(" ", 2)[1].startswith("2"), text
        _, found, rest = text.partition("content-length:")
        return int(rest.split("\r\n")[0]) if found else None

    async def ask(self, method: str, path: str, body: Any = None) -> bytes:
        """Send a request and read its answer."""
        await self.send(method, path, body)
        length = await self.head()
        if length is not None:
            return await self._in.readexactly(length)
        parts = []
        while size := int(await self._in.readline(), 16):
            parts.append(await self._in.readexactly(size))
            await self._in.readline()
        await self._in.readline()
        return b"".join(parts)

    async def see(self, word: bytes, count: int) -> None:
        """Read until a word came so many times."""
        kept, seen = b"", 0
        while seen < count:
            data = await self._in.read(2**18)
            assert data, f"the stream ended after {seen} events"
            whole = kept + data
            seen += whole.count(word)
            kept = whole[-len(word) + 1 :]

    async def lines(self) -> AsyncIterator[bytes]:
        """The lines of an answer that comes in chunks, after its head."""
        kept = b""
        while size := int(await self._in.readline(), 16):
            *whole, kept = (kept + await self._in.readexactly(size)).split(b"\n")
            await self._in.readline()
            for line in whole:
                yield line

    def close(self) -> None:
        """Hang up."""
        self._out.close()


async def _shared(url: str, tasks: Iterator[Callable[[Connection], Any]]) -> float:
    """Seconds in which sixteen connections do all tasks."""
    connections = [await Connection(url).open() for _ in range(CLIENTS)]

    async def work(connection: Connection) -> None:
        for task in tasks:
            await task(connection)

    began = perf_counter()
    await asyncio.gather(*map(work, connections))
    took = perf_counter() - began
    for connection in connections:
        connection.close()
    return took


def _asking(*words: Any) -> Callable[[Connection], Any]:
    return lambda connection: connection.ask(*words)


async def create(url: str, count: int, start: int) -> float:
    """Seconds that `count` creates of Pods take."""
    return await _shared(url, (_asking("POST", PODS, pod(f"n-{n:06}")) for n in range(start, start + count)))


async def get(url: str, count: int, start: int) -> float:
    """Seconds that `count` gets take."""
    return await _shared(url, (_asking("GET", f"{PODS}/n-{start + n % 100:06}") for n in range(count)))


async def fetch(url: str, count: int, start: int) -> float:
    """Seconds that one list takes, the shortest of three."""
    connection = await Connection(url).open()
    times = []
    for _ in range(3):
        began = perf_counter()
        body = await connection.ask("GET", PODS)
        times.append(perf_counter() - began)
        assert body.count(b'"busybox"') >= count, "the list is not whole"
    connection.close()
    return min(times)


async def fan(url: str, count: int, start: int, watchers: int = 200) -> float:
    """Seconds until 200 watchers have seen `count` Pods that are created meanwhile."""
    connections = [await Connection(url).open() for _ in range(watchers)]
    version = json.loads(await connections[0].ask("GET", f"{PODS}?limit=1"))["metadata"].get("resourceVersion", "")
    for connection in connections:
        await connection.send("GET", f"{PODS}?watch=true&resourceVersion={version}")
    await asyncio.sleep(2)  # some servers send nothing, not even a head, before the first event
    began = perf_counter()
    seen = [asyncio.create_task(connection.see(b'"ADDED"', count)) for connection in connections]
    await create(url, count, start)
    await asyncio.gather(*seen)
    took = perf_counter() - began
    for connection in connections:
        connection.close()
    return took


def main() -> None:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(prog="python -m bench.load", description=__doc__)
    parser.add_argument("what", choices=["requests", "create", "get", "list", "fan"])
    parser.add_argument("url")
    parser.add_argument("--kind", default="pods", choices=["pods", "serviceaccounts"])
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--start", type=int, default=0)
    given = parser.parse_args()
    if given.what == "requests":
        import warnings

        warnings.simplefilter("ignore")
        took = flood(given.url, given.kind, given.count, given.start)
    else:
        work = {"create": create, "get": get, "list": fetch, "fan": fan}[given.what]
        took = asyncio.run(work(given.url, given.count, given.start))
    print(json.dumps(took))


if __name__ == "__main__":
    main()
