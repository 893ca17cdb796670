"""The store against a plain dictionary with the same indexes; forks."""

from __future__ import annotations

from typing import Any

from bench.measure import Row, at_most, best
from sanb.store.store import Store
from sanb.values import Key, quiet_gc

COUNT = 100_000
INDEXERS: Any = {
    "pods": {
        "node": lambda obj: obj["spec"].get("nodeName"),
        "account": lambda obj: (obj["metadata"]["namespace"], obj["spec"]["serviceAccountName"]),
    },
}


class DictionaryStore:
    """What one writes without sanb: a dictionary, a log, and the same indexes; no forks."""

    def __init__(self) -> None:
        self.objects: dict[Key, Any] = {}
        self.log: list[tuple[int, Key, Any, Any]] = []
        self.index: dict[tuple[str, str, Any], dict[Key, Any]] = {}

    def commit(self, key: Key, obj: Any) -> None:
        old = self.objects.get(key)
        self.log.append((len(self.log) + 1, key, obj, old))
        self.objects[key] = obj
        for name, indexer in INDEXERS[key[0]].items():
            before = indexer(old) if old is not None else None
            after = indexer(obj)
            if before is not None and before != after:
                self.index[key[0], name, before].pop(key, None)
            if after is not None:
                self.index.setdefault((key[0], name, after), {})[key] = obj


def pods(count: int) -> list[tuple[Key, Any]]:
    """Pods as they come from admission, roughly."""
    return [
        (("pods", f"ns-{number % 100}", f"pod-{number}"), {
            "metadata": {"namespace": f"ns-{number % 100}", "name": f"pod-{number}"},
            "spec": {"serviceAccountName": "default", "nodeName": f"node-{number % 10}"},
        })
        for number in range(count)
    ]


def rows(scale: float) -> list[Row]:
    """commit and fork."""
    count = int(COUNT * scale)
    objects = pods(count)

    def fill(store: Any) -> Any:
        with quiet_gc():
            for key, obj in objects:
                store.commit(key, obj)
        return store

    ours, theirs = best(lambda: fill(Store(INDEXERS)), 3), best(lambda: fill(DictionaryStore()), 3)
    full = fill(Store(INDEXERS))
    fork = best(full.fork, 50)
    return [
        at_most(
            "commit into the store", f"{ours / count * 1e6:.1f} µs", f"dictionary store {theirs / count * 1e6:.1f} µs",
            ours / theirs, 2.5,
        ),
        at_most(f"fork of the store at {count:,} Pods", f"{fork * 1e3:.3f} ms", "1 ms", fork * 1e3, 1.0),
    ]
