"""The store: one log, the table that folds it, and the counters of keyed entropy."""

from __future__ import annotations

from collections.abc import Hashable, Iterable

from sanb.errors import SanbError
from sanb.store.cow import CowMap
from sanb.store.index import Indexers, IndexPlan, Parts
from sanb.store.log import Log, Tape
from sanb.store.memory import Memory
from sanb.store.table import Table
from sanb.store.version import Version
from sanb.values import Key, Late, Obj

UID = "uid"
"""The first part of the keys that count how many objects there were of a name."""


class Compacted(SanbError):
    """The revision asked for is no longer kept; `oldest` is."""

    def __init__(self, rev: int, oldest: int) -> None:
        super().__init__(f"revision {rev} is compacted: the oldest one kept is {oldest}")
        self.rev = rev
        self.oldest = oldest


class Tally:
    """How often something was drawn, by key: names and UIDs are keyed by it, so that no two draws coincide."""

    __slots__ = ("_counts", "floor")

    def __init__(self) -> None:
        self._counts: CowMap[int] = CowMap()
        self.floor = 0
        """What every count of UIDs begins with: not less than any that was forgotten."""

    def get(self, key: tuple[Hashable, ...]) -> int:
        """How often `key` was drawn so far."""
        return self._counts.get(key[:2], key[2:]) or (self.floor if key[0] == UID else 0)

    def add(self, key: tuple[Hashable, ...]) -> None:
        """Count one more."""
        bucket, place = self._counts.writable(key[:2]), key[2:]
        bucket[place] = (bucket.get(place) or (self.floor if key[0] == UID else 0)) + 1

    def forget(self, key: tuple[Hashable, ...]) -> None:
        """Let go of a count of UIDs. No draw comes twice all the same, since every count begins with more from now on."""
        count = self._counts.get(key[:2], key[2:])
        if count is not None:
            self.floor = max(self.floor, count)
            self._counts.drop(key[:2], key[2:])

    def set(self, key: tuple[Hashable, ...], count: int) -> None:
        """Go on from a count that was saved."""
        self._counts.put(key[:2], key[2:], count)

    def all(self) -> dict[tuple[Hashable, ...], int]:
        """Everything that was counted."""
        names = sorted(self._counts.names(), key=repr)
        return {(*name, *place): n for name in names for place, n in (self._counts.bucket(name) or {}).items()}  # type: ignore[misc]

    def fork(self) -> Tally:
        """Counters that go on independently."""
        other = Tally()
        other._counts, other.floor = self._counts.fork(), self.floor
        return other


class Store:
    """`commit` is the only way anything changes."""

    __slots__ = ("_log", "_marked", "_plan", "_shared", "head", "mark", "memory", "rev", "tally")

    def __init__(
        self, indexers: Indexers, rev: int = 0, marked: Iterable[str] = (), *, parts: Parts | None = None
    ) -> None:
        self._plan = IndexPlan(indexers, parts)
        self._marked = frozenset(marked)
        self.mark: Version | None = None
        """The last version of a `marked` resource: while it is the same one, all of theirs are the same."""
        self._log = Log()
        self.head = Table(self._plan)
        self.tally = Tally()
        self.memory = Memory()
        """What the server that keeps this store remembers beside it."""
        self.rev = rev
        self._shared = 0
        """The last revision that a fork has, too."""
        self._log.oldest = rev

    def commit(self, key: Key, obj: Obj | Late | None) -> Version:
        """Append the next version of `key`; None deletes it. The value must not be changed afterwards."""
        self.rev = rev = self.rev + 1
        version = self.head.commit(rev, key, obj)
        log, resource = self._log, key[0]
        log.all.append(version)
        tape = log.by_resource.get(resource)
        if tape is None:
            tape = log.tape(resource)
        tape.append(version)
        if resource in self._marked:
            self.mark = version
        return version

    def restore(self, rev: int, key: Key, obj: Obj) -> None:
        """Put in an object that was saved, at the revision that it had; what was before it is not there."""
        self.rev = rev - 1
        self.commit(key, obj)

    def written(self, rev: int) -> list[Version]:
        """The versions above `rev`, oldest first, even if nobody may ask for them any more."""
        return self._log.since(rev)

    @property
    def oldest(self) -> int:
        """The revision below which nothing can be asked for."""
        return self._log.oldest

    def compact(self, rev: int) -> None:
        """Refuse what is older than `rev` from now on."""
        self._log.oldest = max(self._log.oldest, min(rev, self.rev))

    def forget(self, rev: int) -> None:
        """Let go of what is older than `rev`: it is refused from now on, and takes no memory."""
        self.compact(rev)
        get = self.head.get
        for version in self._log.forget(self._log.oldest):
            if version.rev > self._shared:
                version.prev = None
            if version.obj is None and get(version.key) is None:
                self.tally.forget((UID, *version.key))

    def follow(self, rev: int, resource: str) -> list[Version]:
        """The versions of a resource above `rev`, for somebody who has seen all before: only what is missing is refused.

        Raises:
            Compacted: versions above `rev` are not kept any more.
        """
        if rev < self._log.lost.get(resource, 0):
            raise Compacted(rev, self._log.oldest)
        return self._log.since(rev, resource)

    def since(self, rev: int, resource: str | None = None) -> list[Version]:
        """The versions above `rev`, oldest first.

        Raises:
            Compacted: `rev` is older than what is kept.
        """
        if rev < self._log.oldest:
            raise Compacted(rev, self._log.oldest)
        return self._log.since(rev, resource)

    def at(self, rev: int) -> Table:
        """The table as it was at `rev`."""
        if rev >= self.rev:
            return self.head.fork()
        if rev < self._log.oldest:
            raise Compacted(rev, self._log.oldest)
        table = self.head.fork()
        for version in reversed(self._log.since(rev)):
            before = version.prev
            table.apply(before if before is not None and before.obj is not None else Version(rev, version.key, None, None))
        return table

    def files(self, resource: str, obj: Obj) -> set[tuple[str, Hashable]]:
        """(index name, value) pairs under which the table files `obj`."""
        return set(self._plan.entries(resource, obj))

    def tape_length(self, resource: str) -> int:
        """How many versions of a resource there are: the cursor of somebody who has seen them all."""
        return len(self._log.tape(resource))

    def tape(self, resource: str) -> Tape[Version]:
        """The versions of a resource, to be read only."""
        return self._log.tape(resource)

    def nth(self, resource: str, position: int) -> Version:
        """The version at a cursor's position."""
        return self._log.tape(resource)[position]

    def fork(self) -> Store:
        """A store with the same past and an own future; constant in the number of objects."""
        other: Store = Store.__new__(Store)
        other._plan = self._plan
        other._marked, other.mark = self._marked, self.mark
        other._log = self._log.fork()
        self._shared = other._shared = self.rev
        other.head = self.head.fork()
        other.tally = self.tally.fork()
        other.memory = self.memory.fork()
        other.rev = self.rev
        return other
