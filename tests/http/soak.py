"""A mixed load for as long as one likes: `python -m tests.http.soak --seconds 300` (`make soak`).

64 clients create, change, read, list and delete in eight namespaces, 200 watches look on. Every watch of a namespace must have
seen the same bytes, and these must be what the writers were answered: nothing lost, nothing twice, nothing out of order.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from time import monotonic
from typing import Any, NamedTuple

from bench.load import TOKEN, Connection

CLIENTS, WATCHES, SPACES = 64, 200, 8
SERVE = ("sanb.cli", "serve", "--port", "0", "--token", TOKEN, "--controllers", "namespace,garbagecollector", "--nodes", "0")
LAST = "last"
"""The object whose deletion tells the watches that it is over."""


class Soaked(NamedTuple):
    """What came of it."""

    requests: int
    events: int
    memory: list[int]
    """KiB of the server, each second."""


class Watch:
    """One watch: a digest of what it saw, and for some the events themselves."""

    def __init__(self, connection: Connection, keep: bool) -> None:
        self._connection = connection
        self._digest = sha256()
        self.count = 0
        self.kept: list[tuple[str, str, int]] | None = [] if keep else None

    async def follow(self) -> str:
        """Look on until the end; the digest."""
        async for line in self._connection.lines():
            self._digest.update(line)
            self.count += 1
            last = line.startswith(b'{"type":"DELETED"') and b'"name":"last"' in line
            if self.kept is not None:
                event = json.loads(line)
                fields = event["object"]["metadata"]
                self.kept.append((event["type"], fields["name"], int(fields["resourceVersion"])))
            if last:
                break
        return self._digest.hexdigest()


async def _write(url: str, number: int, until: float, told: list[tuple[str, str, int]]) -> int:
    """One client: what it was answered goes to `told`; how many requests it made."""
    connection, count = await Connection(url).open(), 0
    place = f"/api/v1/namespaces/soak-{number % SPACES}/configmaps"

    async def change(method: str, path: str, kind: str, name: str, body: Any) -> None:
        answer = json.loads(await connection.ask(method, path, body))
        if kind != "DELETED":
            told.append((kind, name, int(answer["metadata"]["resourceVersion"])))
        else:
            told.append((kind, name, 0))

    while monotonic() < until:
        name = f"c-{number}-{count}"
        await change("POST", place, "ADDED", name, {"metadata": {"name": name}, "data": {"a": "x" * 200}})
        await change("PUT", f"{place}/{name}", "MODIFIED", name, {"metadata": {"name": name}, "data": {"a": "y" * 200}})
        assert json.loads(await connection.ask("GET", f"{place}/{name}"))["data"]["a"] == "y" * 200
        if count % 50 == 0:
            listed = json.loads(await connection.ask("GET", f"{place}?limit=20"))
            assert any(item["metadata"]["name"] for item in listed["items"])
        await change("DELETE", f"{place}/{name}", "DELETED", name, None)
        count += 5
    connection.close()
    return count


async def _sample(process: int, memory: list[int]) -> None:
    """Note the memory of the server once a second, where the system tells it."""
    status = Path(f"/proc/{process}/status")
    while status.exists():
        lines = [line for line in status.read_text().splitlines() if line.startswith("VmRSS")]
        memory.append(int(lines[0].split()[1]) if lines else 0)
        await asyncio.sleep(1)


async def soak(url: str, seconds: float, process: int = 0) -> Soaked:
    """Put the load on a server and check what the watches saw."""
    setup = await Connection(url).open()
    watches: list[Watch] = []
    for space in range(SPACES):
        await setup.ask("POST", "/api/v1/namespaces", {"metadata": {"name": f"soak-{space}"}})
        place = f"/api/v1/namespaces/soak-{space}/configmaps"
        version = json.loads(await setup.ask("GET", place))["metadata"]["resourceVersion"]
        for number in range(WATCHES // SPACES):
            connection = await Connection(url).open()
            await connection.send("GET", f"{place}?watch=true&resourceVersion={version}")
            await connection.head()
            watches.append(Watch(connection, keep=number == 0))
    following = [asyncio.create_task(watch.follow()) for watch in watches]
    memory: list[int] = []
    sampling = asyncio.create_task(_sample(process, memory))
    told: list[list[tuple[str, str, int]]] = [[] for _ in range(CLIENTS)]
    until = monotonic() + seconds
    counts = await asyncio.gather(*(_write(url, number, until, told[number]) for number in range(CLIENTS)))
    end = await Connection(url).open()  # the first one has been idle for so long that it was hung up on
    for space in range(SPACES):
        place = f"/api/v1/namespaces/soak-{space}/configmaps"
        await end.ask("POST", place, {"metadata": {"name": LAST}})
        await end.ask("DELETE", f"{place}/{LAST}")
    digests = await asyncio.wait_for(asyncio.gather(*following), 60)
    sampling.cancel()
    _check(watches, digests, told)
    return Soaked(sum(counts), sum(watch.count for watch in watches), memory)


def _check(watches: list[Watch], digests: list[str], told: list[list[tuple[str, str, int]]]) -> None:
    each = WATCHES // SPACES
    for space in range(SPACES):
        mine = digests[space * each : (space + 1) * each]
        assert len(set(mine)) == 1, f"watches of soak-{space} saw different things"
        seen = watches[space * each].kept
        assert seen is not None
        revisions = [revision for _, _, revision in seen]
        assert revisions == sorted(set(revisions)), f"events of soak-{space} are out of order"
        for number in range(space, CLIENTS, SPACES):
            ours = [event for event in seen if event[1].startswith(f"c-{number}-")]
            wanted = told[number]
            assert [event[:2] for event in ours] == [event[:2] for event in wanted], f"client {number}: lost or reordered"
            assert all(a[2] == b[2] for a, b in zip(ours, wanted, strict=True) if b[0] != "DELETED")


def run(seconds: float) -> Soaked:
    """Serve a cluster in a process of its own and put the load on it."""
    process = subprocess.Popen([sys.executable, "-u", "-m", *SERVE], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        url = process.stdout.readline().split(" at ")[1].split(" ")[0]
        return asyncio.run(soak(url, seconds, process.pid))
    finally:
        process.terminate()
        process.wait(20)


def main() -> None:
    """Run and tell."""
    parser = argparse.ArgumentParser(prog="python -m tests.http.soak", description=__doc__)
    parser.add_argument("--seconds", type=float, default=300.0)
    seconds = parser.parse_args().seconds
    found = run(seconds)
    memory = found.memory or [0]
    parts = max(1, round(seconds / 60))
    minutes = [memory[len(memory) * part // parts - 1] for part in range(1, parts + 1)]
    print(f"{found.requests:,} requests ({found.requests / seconds:,.0f}/s)")
    print(f"{found.events:,} events to {WATCHES} watches, none lost, none out of order")
    print(f"memory of the server after each minute: {', '.join(f'{size / 1024:.0f}' for size in minutes)} MiB")


if __name__ == "__main__":
    main()
