"""What one process knows of the objects that there are: its informers, read."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from sanb.errors import UsageError
from sanb.kernel.informer import Informer


class Lister:
    """Read access to the informers of one process."""

    __slots__ = ("_all", "_known", "_process")

    def __init__(self, informers: dict[str, Informer], process: str) -> None:
        self._all = informers  # not the world: it holds its listers, and forks should go when nobody holds them
        self._process = process
        self._known: dict[str, Informer] = {}

    def informer(self, resource: str) -> Informer:
        """The informer of a resource.

        Raises:
            UsageError: no controller of this process declared that it reads the resource.
        """
        informer = self._known.get(resource)
        if informer is not None:
            return informer
        informer = self._all.get(f"{self._process}/{resource}")
        if informer is None:
            raise UsageError(
                f"{self._process} has no informer for {resource!r}: add it to the watches or lists of the controller"
            )
        self._known[resource] = informer
        return informer

    def cached(self, resource: str, namespace: str, name: str) -> Any:
        """The object as this process knows it, or None."""
        return self.informer(resource).get((resource, namespace, name))

    def cached_by(self, resource: str, index: str, value: Hashable) -> tuple[Any, ...]:
        """Objects filed under `value`, in order of (namespace, name)."""
        return self.informer(resource).by(index, value)

    def may_file(self, resource: str, index: str, value: Hashable) -> bool:
        """Whether anything may be filed under `value`; a cheap "no" is certain where the informer is up to date."""
        return self.informer(resource).may_file(index, value)

    def count_by(self, resource: str, index: str, value: Hashable) -> int:
        """How many objects are filed under `value`."""
        return self.informer(resource).count(index, value)

    def cached_list(self, resource: str, namespace: str | None = None) -> tuple[Any, ...]:
        """All objects, in order of (namespace, name)."""
        return self.informer(resource).list(namespace)
