"""The verbs a reconcile awaits, and what it may read: the whole of a controller's view of the world."""

from __future__ import annotations

from collections.abc import Awaitable, Hashable
from typing import Any, Protocol

from sanb.apiserver.request import UserInfo
from sanb.profiles.profile import Profile
from sanb.values import Obj


class Api(Protocol):
    """Given to every reconcile as its first argument. Reads come from informers; verbs are awaited.

    Times are virtual seconds since the Unix epoch. Objects are read-only values: change them with `values.evolve`.
    """

    profile: Profile

    @property
    def now(self) -> float: ...

    def cached(self, resource: str, namespace: str, name: str) -> Obj | None:
        """The object in this process's informer, or None."""
        ...

    def cached_by(self, resource: str, index: str, value: Hashable) -> tuple[Obj, ...]:
        """Objects of an informer index, in order of (namespace, name). Index names: apiserver/relations.py."""
        ...

    def cached_list(self, resource: str, namespace: str | None = None) -> tuple[Obj, ...]:
        """All cached objects of a resource, in order of (namespace, name)."""
        ...

    def count_by(self, resource: str, index: str, value: Hashable) -> int:
        """How many objects an informer index files under `value`."""
        ...

    def reached(self, resource: str, revision: str) -> bool:
        """Whether this process's informer has been told of the resource's changes up to `revision` (a resourceVersion)."""
        ...

    def mutated(self, resource: str, obj: Obj, seconds: float) -> None:
        """Put a fresh object into the mutation cache: `cached` prefers it to an older cached one for `seconds`."""
        ...

    def recall(self, key: Hashable) -> Any:
        """What this controller kept under `key`, or None (its process memory: lost in a crash, not in the store)."""
        ...

    def keep(self, key: Hashable, value: Any) -> None:
        """Keep a value (never change it later) in process memory; None forgets it."""
        ...

    def draw(self, *key: object) -> int:
        """A 64-bit number keyed by seed, controller, queue key and `key`."""
        ...

    def suffix(self, *key: object) -> str:
        """Five random characters, another each time it is called by this controller for this queue key."""
        ...

    def enqueue(self, key: Hashable, after: float = 0.0) -> None:
        """Add a key to this controller's own queue."""
        ...

    def event(self, involved: Obj, kind: str, type: str, reason: str, message: str, path: str = "") -> None:
        """Record a Kubernetes Event about `involved`, or its field `path` (fire and forget, as client-go's recorder)."""
        ...

    def act_as(self, user: UserInfo) -> None:
        """Make the calls that follow as `user` (a kubelet acts as its node)."""
        ...

    def get(self, resource: str, namespace: str, name: str) -> Awaitable[Obj]: ...
    def list(self, resource: str, namespace: str = "", **options: Any) -> Awaitable[Obj]: ...
    def create(self, resource: str, namespace: str, body: Obj, *, name: str = "", subresource: str = "") -> Awaitable[Obj]: ...
    def update(self, resource: str, body: Obj, *, subresource: str = "") -> Awaitable[Obj]: ...
    def patch(
        self, resource: str, namespace: str, name: str, body: Any, *, kind: str = "merge", subresource: str = ""
    ) -> Awaitable[Obj]: ...
    def delete(
        self, resource: str, namespace: str, name: str, *, uid: str = "", resource_version: str = "",
        propagation: str = "", grace: int | None = None,
    ) -> Awaitable[Obj]: ...
    def deletecollection(self, resource: str, namespace: str, *, propagation: str = "") -> Awaitable[Obj]: ...
