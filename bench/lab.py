"""The Lab: what a step sends to the browser, and how long a click waits, in small and large clusters."""

from __future__ import annotations

import json
from time import perf_counter
from typing import Any

import sanb
from bench.measure import Row, at_most

SMALL, LARGE = 20, 1_000
CLICKS = 12
PATIENCE = 0.1
"""Seconds in which a click is answered."""


class Ears:
    """A panel whose messages are counted instead of sent."""

    def __init__(self, cluster: Any) -> None:
        self.panel = cluster.lab()
        self.sizes: list[int] = []
        self.panel.send = lambda message, buffers=None: self.sizes.append(len(json.dumps(message)))
        self.ask("hello")

    def ask(self, what: str, **rest: Any) -> None:
        """A click, answered."""
        self.panel._received(self.panel, {"id": 1, "do": what, **rest}, [])


def rows(scale: float) -> list[Row]:
    """Bytes and seconds of a step, by the number of objects."""
    sizes = (SMALL, max(SMALL * 2, int(LARGE * min(1.0, scale))))
    (few, quick), (many, slow) = (min((_stepped(count) for _ in range(2)), key=lambda one: one[1]) for count in sizes)
    there = f"{sizes[1]:,} objects"
    return [
        at_most(f"bytes of a step in the Lab at {there}", f"{many:,.0f}", f"{few:,.0f} at {SMALL}", many / few, 1.25),
        at_most(f"answer to a click at {there}", f"{slow * 1e3:.1f} ms", f"{quick * 1e3:.1f} ms at {SMALL}; 100 ms",
                slow / PATIENCE, 1.0),
    ]


def _stepped(count: int) -> tuple[float, float]:
    """The bytes that a step sends in the mean, and the seconds of the slowest."""
    cluster = sanb.Cluster("1.36")
    for number in range(count):
        cluster.create("configmap", f"c-{number}", data={"key": "value"})
    cluster.run()
    ears = Ears(cluster)
    ears.ask("create", form="namespace", values={"name": "zz"})
    ears.sizes.clear()
    slowest = 0.0
    for _ in range(CLICKS):
        start = perf_counter()
        ears.ask("step")
        slowest = max(slowest, perf_counter() - start)
    size = sum(ears.sizes) / CLICKS
    cluster.lab.close()
    return size, slowest
