"""Counters and memories that note what changed, so that only that is written when a cluster is saved."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from sanb.store.cow import CowMap
from sanb.store.store import Tally


class NotedTally(Tally):
    """The counters of keyed entropy; `touched` are those that were counted since it was last emptied, `forgotten` those
    that were let go of."""

    __slots__ = ("forgotten", "touched")

    def __init__(self, before: Tally) -> None:
        self._counts, self.floor = before._counts, before.floor
        self.forgotten: dict[tuple[Hashable, ...], None] = {}
        self.touched: dict[tuple[Hashable, ...], None] = {}

    def add(self, key: tuple[Hashable, ...]) -> None:
        """Count one more."""
        super().add(key)
        self.touched[key] = None
        self.forgotten.pop(key, None)

    def forget(self, key: tuple[Hashable, ...]) -> None:
        """Let go of a count."""
        super().forget(key)
        self.touched.pop(key, None)
        self.forgotten[key] = None


class NotedMap(CowMap[Any]):
    """The memory of a component; what is written or taken out is noted in `touched` as (component, bucket, key)."""

    __slots__ = ("component", "touched")

    def __init__(self, before: CowMap[Any], component: str, touched: dict[tuple[str, Hashable, Hashable], None]) -> None:
        self._owner = object()
        self.shards = list(before.shards)
        self.component = component
        self.touched = touched

    def put(self, name: Hashable, key: Hashable, value: Any) -> None:
        """Set one entry."""
        self.writable(name)[key] = value
        self.touched[self.component, name, key] = None

    def drop(self, name: Hashable, key: Hashable) -> None:
        """Take one entry out."""
        super().drop(name, key)
        self.touched[self.component, name, key] = None
