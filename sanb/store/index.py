"""Indexers: which functions of a value the table keeps look-ups for; given from above."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping
from typing import Any

from sanb.values import Obj

Indexer = Callable[[Obj], Any]
Indexers = Mapping[str, Mapping[str, Indexer]]
"""resource (or "*" for all) -> index name -> function giving None, one value, or a list of values."""


class IndexPlan:
    """The indexers of each resource, resolved once."""

    __slots__ = ("_by_resource", "_indexers")

    def __init__(self, indexers: Indexers) -> None:
        self._indexers = indexers
        self._by_resource: dict[str, tuple[tuple[str, Indexer], ...]] = {}

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
