"""Servers to be measured beside ours, each a process: `python -m bench.servers echo` prints its URL when it listens."""

from __future__ import annotations

import asyncio
import json
import ssl
import sys
import tempfile
from pathlib import Path

from bench.load import pod


async def kmock(count: int) -> None:
    """kmock, a mock of the API for tests, as its documentation starts it, with so many Pods in it."""
    from kmock import KubernetesEmulator, Server, resource

    async with KubernetesEmulator() as handler, Server(handler) as server:
        for number in range(count):
            handler.objects[resource("", "v1", "pods"), "default", f"n-{number:06}"] = pod(f"n-{number:06}")
        print(str(server.url).rstrip("/"), flush=True)
        await asyncio.Event().wait()


class Echo(asyncio.Protocol):
    """Answers every request with the same Pod: what the load itself can do."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A client is there."""
        assert isinstance(transport, asyncio.Transport)
        self._transport, self._read = transport, b""
        body = json.dumps(pod("echo")).encode()
        self._answer = b"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body) + body

    def data_received(self, data: bytes) -> None:
        """Part of a request."""
        self._read += data
        head, end, body = self._read.partition(b"\r\n\r\n")
        if not end:
            return
        length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0] or b"0")
        if len(body) >= length:
            self._read = body[length:]
            self._transport.write(self._answer)


async def echo() -> None:
    """A server that does nothing, over TLS as ours."""
    from sanb import Cluster
    from sanb.tokens import ca, keys

    authority = Cluster("1.36", nodes=0).authority
    key = keys.generate()
    with tempfile.TemporaryDirectory() as folder:
        chain = Path(folder) / "chain.pem"
        chain.write_text(ca.serving(authority.ca_pem, authority.ca_key, key, ("127.0.0.1",), authority.started) + key.pem)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(chain)
    server = await asyncio.get_running_loop().create_server(Echo, "127.0.0.1", 0, ssl=context)
    print(f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(kmock(int(sys.argv[2])) if sys.argv[1] == "kmock" else echo())
