"""What deciding a request may read: the newest state, the time, the profile, keyed draws. Nothing here changes anything."""

from __future__ import annotations

from collections.abc import Hashable

from sanb import entropy
from sanb.profiles.profile import Profile
from sanb.store.store import Store
from sanb.store.table import Table
from sanb.times import rfc3339
from sanb.values import Key, Obj


class View:
    """The world as one request sees it.

    `now` is in seconds since the epoch. `scope` identifies the request for keyed draws: the object it is about and how often
    its name was drawn or made before, so that each incarnation of a name draws anew and every attempt draws the same.
    `also` is what admission wants written together with the object: keys and values.
    """

    __slots__ = ("also", "now", "profile", "scope", "seed", "store", "table")

    def __init__(
        self, store: Store, now: float, profile: Profile, seed: int, scope: tuple[Hashable, ...] = ()
    ) -> None:
        self.store = store
        self.table: Table = store.head
        self.now = now
        self.profile = profile
        self.seed = seed
        self.scope = scope
        self.also: tuple[tuple[Key, Obj], ...] = ()

    @property
    def now_text(self) -> str:
        """`now` as Kubernetes writes times."""
        return rfc3339(self.now)

    def get(self, resource: str, namespace: str, name: str) -> Obj | None:
        """One object, or None."""
        version = self.table.get((resource, namespace, name))
        return None if version is None else version.obj

    def scan(self, resource: str, namespace: str | None = None) -> list[Obj]:
        """All objects of a resource, in order of (namespace, name)."""
        return [version.obj for version in self.table.scan(resource, namespace) if version.obj is not None]

    def by(self, resource: str, index: str, value: Hashable) -> list[Obj]:
        """Objects filed under `value`, in order of (namespace, name)."""
        return [version.obj for version in self.table.by(resource, index, value) if version.obj is not None]

    def draw(self, *key: object) -> int:
        """A 64-bit number that belongs to this request and `key`."""
        return entropy.draw(self.seed, "request", *self.scope, *key)

    def suffix(self, *key: object) -> str:
        """Five characters as `generateName` appends them, belonging to this request and `key`."""
        return entropy.suffix(self.seed, "request", *self.scope, *key)
