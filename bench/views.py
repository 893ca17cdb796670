"""Frames against bare pandas, graphs, forks of a whole cluster, and what the import costs."""

from __future__ import annotations

import statistics
import subprocess
import sys
from typing import Any

from bench import cluster
from bench.measure import Row, at_most, best, seconds, told
from sanb.apiserver.request import Request

COUNT = 100_000


def rows(scale: float) -> list[Row]:
    """Everything that reads a cluster of many Pods."""
    count = int(COUNT * scale)
    c = cluster.stored(count)
    return [*_forks(c, count), *_frames(c, count), *_graph(c, count), *_import()]


def _forks(c: Any, count: int) -> list[Row]:
    took = best(c.fork, 20)
    return [at_most(f"fork of a cluster of {count:,} Pods", f"{took * 1e3:.3f} ms", "1 ms", took * 1e3, 1.0)]


def _frames(c: Any, count: int) -> list[Row]:
    import pandas as pd

    c.fork().frames.pods  # noqa: B018 - pandas itself is loaded now
    full = best(lambda: c.fork().frames.pods, 3)
    made = c.frames.pods
    types = made.dtypes.to_dict()
    columns = made.to_dict("list")
    columns["created"] = made["created"].dt.strftime("%Y-%m-%dT%H:%M:%SZ").tolist()

    def bare() -> Any:
        """The same columns in the same dtypes, from lists; times from the texts that the API gives."""
        series = {
            name: pd.Series(values, dtype="category" if isinstance(types[name], pd.CategoricalDtype) else types[name])
            for name, values in columns.items() if name != "created"
        }
        times = pd.to_datetime(columns["created"], utc=True).as_unit("ns")
        return pd.DataFrame({**series, "created": times})

    plain = best(bare, 3)
    updates = []
    for turn in range(3):
        for number in range(0, count, 100):
            patch = {"metadata": {"labels": {"turn": str(turn)}}}
            where = (f"ns-{number % cluster.NAMESPACES}", f"p{number}")
            c.request(Request("patch", "pods", *where, body=patch, options={"patchType": "merge"}))
        updates.append(seconds(lambda: c.frames.pods))
    update = statistics.median(updates)
    return [
        at_most(f"frame of {count:,} Pods", f"{full * 1e3:.0f} ms", f"bare pandas {plain * 1e3:.0f} ms", full / plain, 2.0),
        at_most("that frame after 1 % changed", f"{update * 1e3:.0f} ms", f"built anew {full * 1e3:.0f} ms", update / full, 0.25),
    ]


def _graph(c: Any, count: int) -> list[Row]:
    made: list[Any] = []
    took = seconds(lambda: made.append(c.graph()))
    return [told(f"graph of {count:,} Pods", f"{took:.2f} s ({made[0].number_of_edges():,} edges)")]


def _import() -> list[Row]:
    def run(code: str) -> float:
        return min(seconds(lambda: subprocess.run([sys.executable, "-c", code], check=True)) for _ in range(7))

    bare = run("pass")
    name, whole = ((run(code) - bare) * 1e3 for code in ("import sanb", "import sanb; sanb.Cluster"))
    return [
        at_most("import sanb beyond the interpreter", f"{name:.0f} ms", "150 ms", name / 150, 1.0),
        told("the same with sanb.Cluster, which is loaded when it is first used", f"{whole:.0f} ms"),
    ]
