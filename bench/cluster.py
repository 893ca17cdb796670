"""The whole: Pods through admission to Running, ServiceAccounts to their token Secrets; how time grows with size."""

from __future__ import annotations

import math
import tracemalloc
from collections.abc import Callable
from copy import deepcopy
from typing import Any

from bench.measure import Row, at_most, seconds, told
from sanb.apiserver.request import Request
from sanb.cluster import Cluster
from sanb.values import Obj, quiet_gc

COUNT = 100_000
NAMESPACES = 100
NODES = [f"node-{number + 1}" for number in range(NAMESPACES)]
"""A Pod's `nodeName` is the very text that its Node has for a name, so Pods of one node share it."""


def pods(count: int) -> Cluster:
    """So many Pods on 1.36, created through full admission and reconciled until all run."""
    c = Cluster("1.36", seed=1, nodes=100)
    _spaces(c)
    with quiet_gc():
        for number in range(count):
            body = {"metadata": {"name": f"p{number}"}, "spec": {"containers": [{"name": "c", "image": "nginx"}]}}
            c.request(Request("create", "pods", f"ns-{number % NAMESPACES}", body=body))
        c.run()
    assert c.store.head.count("pods") == count
    return c


def stored(count: int) -> Cluster:
    """So many Pods that run, as `pods` makes them, in seconds: all versions of one that was made in full, told of others.

    For measuring what reads Pods; they are written in the same order as if all had been made at once.
    """
    c = pods(NAMESPACES)
    versions: list[Obj] = []
    version = c.store.head.get(("pods", "ns-5", "p5"))
    while version is not None:
        versions.insert(0, version.last)
        version = version.prev
    before: list[Obj] = [{}] * count
    with quiet_gc():
        for old, new in zip(({}, *versions), versions, strict=False):
            for number in range(NAMESPACES, count):
                before[number] = _told_of(number, old, new, before[number], str(c.store.rev + 1))
                c.store.commit(("pods", f"ns-{number % NAMESPACES}", f"p{number}"), before[number])
    return c


def _told_of(number: int, old: Obj, new: Obj, mine: Obj, revision: str) -> Obj:
    """The version `new` after `old`, of another Pod whose version before it was `mine`: what stayed is shared."""
    made: Obj = {key: mine[key] if old.get(key) is value else deepcopy(value) for key, value in new.items()}
    if "metadata" in mine:
        metadata = mine["metadata"]
    else:
        own = {"name": f"p{number}", "namespace": f"ns-{number % NAMESPACES}", "uid": f"{number:08x}-0000-4000-8000-000000000000"}
        metadata = {**made["metadata"], **own}
    made["metadata"] = {**metadata, "resourceVersion": revision}
    if "nodeName" in made["spec"] and made["spec"] is not mine.get("spec"):
        made["spec"]["nodeName"] = NODES[number % NAMESPACES]
    return made


def accounts(count: int) -> Cluster:
    """So many ServiceAccounts on 1.10, reconciled until each has its token Secret."""
    c = Cluster("1.10", seed=1)
    _spaces(c)
    with quiet_gc():
        for number in range(count):
            body = {"metadata": {"name": f"sa{number}"}}
            c.request(Request("create", "serviceaccounts", f"ns-{number % NAMESPACES}", body=body))
        c.run()
    assert c.store.head.count("secrets") >= count
    return c


def _spaces(c: Cluster) -> None:
    for number in range(NAMESPACES):
        c.request(Request("create", "namespaces", body={"metadata": {"name": f"ns-{number}"}}))
    c.run()


def _memory(make: Callable[[int], Cluster], count: int) -> float:
    """Bytes that each object costs, all versions and the journal included."""
    tracemalloc.start()
    kept = make(count)
    used = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    del kept
    return used / count


def _line(what: str, make: Callable[[int], Cluster], sizes: tuple[int, ...], instead: str) -> list[Row]:
    took: list[float] = []
    steps = 0
    for size in sizes:
        made: list[Any] = []
        took.append(seconds(lambda made=made, size=size: made.append(make(size))))
        steps = made[0].world.steps
    slope = math.log(took[-1] / took[0]) / math.log(sizes[-1] / sizes[0])
    rate = f"{sizes[-1] / took[-1]:,.0f}/s, {steps / took[-1] / 1e3:.0f} k actions/s"
    times = ", ".join(f"{size:,}: {t:.2f} s" for size, t in zip(sizes, took, strict=True))
    return [
        told(f"{sizes[-1]:,} {what}", f"{took[-1]:.1f} s ({rate})", instead),
        at_most(f"growth of that ({times}), exponent", "", "linear: 1", slope, 1.1),
        told(f"memory of each of {sizes[0]:,} {what}", f"{_memory(make, sizes[0]) / 1024:.1f} KiB"),
    ]


def rows(scale: float) -> list[Row]:
    """Pods on 1.36 and token Secrets on 1.10."""
    sizes = tuple(max(100, int(COUNT * scale * part)) for part in (0.01, 0.1, 1.0))
    return [
        *_line("Pods created and run on 1.36", pods, sizes, "client-go's fake, create alone: 684/s"),
        *_line("ServiceAccounts with token Secrets on 1.10", accounts, sizes, "a real 1.10: 357/s"),
    ]
