"""A dictionary of buckets that forks share until one of them writes.

Both levels are copied on write: a fork costs one small object, the first write after it one shard and one bucket.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Any, Generic, TypeVar

V = TypeVar("V")
SHARDS = 64
MASK = SHARDS - 1


class Bucket(dict[Any, V], Generic[V]):
    """Entries of one bucket; `owner` is the token of the only map that may write it.

    `order` are its keys sorted, or None: who puts a new key in, or takes one out, makes it None again, unless nobody ever
    asks for these keys in order.
    """

    __slots__ = ("order", "owner")

    def __init__(self, owner: object, entries: Any = ()) -> None:
        super().__init__(entries)
        self.owner = owner
        self.order: list[Any] | None = entries.order if entries.__class__ is Bucket else None

    def sorted(self) -> list[Any]:
        """The keys in order, for reading only."""
        order = self.order
        if order is None:
            order = self.order = sorted(self)
        return order


class CowMap(Generic[V]):
    """`bucket name -> {key: value}`, forkable in constant time."""

    __slots__ = ("_owner", "shards")

    def __init__(self) -> None:
        self._owner = object()
        # for reading also by those of this package who cannot afford a call
        self.shards: list[Bucket[Bucket[V]] | None] = [None] * SHARDS

    def bucket(self, name: Hashable) -> Bucket[V] | None:
        """The entries of one bucket, for reading only."""
        shard = self.shards[hash(name) & MASK]
        return None if shard is None else shard.get(name)

    def get(self, name: Hashable, key: Hashable) -> V | None:
        """One entry, or None."""
        shard = self.shards[hash(name) & MASK]
        if shard is None:
            return None
        bucket = shard.get(name)
        return None if bucket is None else bucket.get(key)

    def put(self, name: Hashable, key: Hashable, value: V) -> None:
        """Set one entry."""
        bucket = self.writable(name)
        if key not in bucket:
            bucket.order = None
        bucket[key] = value

    def drop(self, name: Hashable, key: Hashable) -> None:
        """Take one entry out; an empty bucket goes with it, or buckets of gone objects would stay for ever."""
        bucket = self.writable(name)
        bucket.pop(key, None)
        bucket.order = None
        if not bucket:
            del self.shards[hash(name) & MASK][name]  # type: ignore[union-attr]

    def fork(self) -> CowMap[V]:
        """A map with the same contents; from now on each side copies what it writes."""
        other: CowMap[V] = CowMap.__new__(CowMap)
        other._owner = object()
        other.shards = list(self.shards)
        self._owner = object()
        return other

    def names(self) -> Iterator[Hashable]:
        """All bucket names, in no particular order: sort before anything depends on it."""
        for shard in self.shards:
            if shard is not None:
                yield from shard

    def writable(self, name: Hashable) -> Bucket[V]:
        """The entries of one bucket, for reading and writing until the next fork; use `drop` to take some out."""
        owner = self._owner
        shard = self.shards[hash(name) & MASK]
        if shard is not None and shard.owner is owner:
            bucket = shard.get(name)
            if bucket is not None and bucket.owner is owner:
                return bucket
        return self._own(name)

    def _own(self, name: Hashable) -> Bucket[V]:
        """The bucket after it, and its shard, have been made or copied for this map alone."""
        place, owner = hash(name) & MASK, self._owner
        shard = self.shards[place]
        if shard is None or shard.owner is not owner:
            shard = self.shards[place] = Bucket(owner, shard or ())
        bucket = shard.get(name)
        if bucket is None or bucket.owner is not owner:
            bucket = shard[name] = Bucket(owner, bucket or ())
        return bucket
