"""Indexers: which functions of a value the table keeps look-ups for; given from above."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping
from typing import Any

from sanb.values import Obj

Indexer = Callable[[Obj], Any]
Indexers = Mapping[str, Mapping[str, Indexer]]
"""resource (or "*" for all) -> index name -> function giving None, one value, or a list of values."""


Parts = Mapping[str, tuple[str, ...]]
"""resource -> the top-level fields that its indexers look at, besides ownerReferences and annotations (SEEN)."""
SEEN = ("ownerReferences", "annotations")


class IndexPlan:
    """The indexers of each resource, resolved once."""

    __slots__ = ("_by_resource", "_indexers", "_parts")

    def __init__(self, indexers: Indexers, parts: Parts | None = None) -> None:
        self._indexers = indexers
        self._parts: Parts = parts or {}
        self._by_resource: dict[str, tuple[tuple[str, Indexer], ...]] = {}

    def kept(self, resource: str, new: Obj, old: Obj) -> bool:
        """Whether it is plain without asking the indexers that both objects are filed in the same way.

        Values share what did not change: a Pod whose status changed has the very `spec` of the version before.
        """
        parts = self._parts.get(resource)
        if parts is None:
            return False
        for part in parts:
            if new.get(part) is not old.get(part):
                return False
        after, before = new["metadata"], old["metadata"]
        owners, annotations = SEEN
        return after.get(owners) is before.get(owners) and after.get(annotations) is before.get(annotations)

    def of(self, resource: str) -> tuple[tuple[str, Indexer], ...]:
        """(index name, function) pairs that concern `resource`."""
        plan = self._by_resource.get(resource)
        if plan is None:
            plan = (*self._indexers.get("*", {}).items(), *self._indexers.get(resource, {}).items())
            self._by_resource[resource] = plan
        return plan

    def entries(self, resource: str, obj: Obj) -> Iterator[tuple[str, Hashable]]:
        """(index name, value) pairs under which `obj` is filed."""
        for name, indexer in self.of(resource):
            value = indexer(obj)
            if value is None:
                continue
            if type(value) is list:
                for one in value:
                    yield name, one
            else:
                yield name, value
