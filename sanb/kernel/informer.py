"""Informers: a cursor on the log of one resource, and the view of the cluster as of that cursor.

A view is not a second table. Objects whose newest version has not been delivered are kept in an overlay with the version
that was; everything else is read from the table at head. So an informer that is up to date costs nothing, and staleness
is the distance between two cursors.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import Any

from sanb.kernel.controller import Watch
from sanb.store.store import Store
from sanb.store.version import Version
from sanb.values import Key, Obj


class Listeners:
    """Which controllers want to be told what by one informer, each with its name, in the order in which they are told.

    Several ask the same of an update; so what they ask (`changed`) is listed once, and each says where its question stands.
    """

    __slots__ = ("add", "always", "changed", "delete", "update")

    def __init__(self) -> None:
        self.add: list[tuple[str, Watch]] = []
        self.delete: list[tuple[str, Watch]] = []
        self.update: list[tuple[str, Watch, int]] = []
        self.changed: list[Callable[[Obj, Obj], bool]] = []
        self.always = False
        """Whether somebody is to be told of every update."""

    def listen(self, name: str, watch: Watch) -> None:
        """Tell a controller, too."""
        if "add" in watch.on:
            self.add.append((name, watch))
        if "delete" in watch.on:
            self.delete.append((name, watch))
        if "update" in watch.on:
            if watch.changed is not None and watch.changed not in self.changed:
                self.changed.append(watch.changed)
            place = -1 if watch.changed is None else self.changed.index(watch.changed)
            self.always = self.always or place < 0
            self.update.append((name, watch, place))


class Informer:
    """What one process knows of one resource."""

    __slots__ = ("_covered", "_overlay", "_store", "name", "position", "resource", "tape")

    def __init__(self, name: str, resource: str, store: Store) -> None:
        self.name = name
        self.resource = resource
        self._store = store
        self.tape = store.tape(resource)
        self.position = self.tape.first
        self._covered = 0
        self._overlay: dict[Key, Version | None] = {}

    @property
    def lag(self) -> int:
        """How many versions have not been delivered."""
        return len(self.tape) - self.position

    @property
    def revision(self) -> int:
        """The revision of the last version that was delivered, 0 before the first."""
        return self.tape[self.position - 1].rev if self.position else 0

    def deliver(self) -> tuple[Version, Version | None]:
        """Learn of the next version; returns it and the one known before (None: the object is new)."""
        tape, position = self.tape, self.position
        version = tape.items[position - tape.start] if position >= tape.start else tape[position]
        self.position = position + 1
        before = version.prev
        if self._covered >= self.position or (self._overlay and version.key in self._overlay):
            self._settle(version)
        return version, before if before is not None and before.obj is not None else None

    def relist(self) -> Iterator[Version]:
        """List anew, as a process that has just started: the objects that there are, as of now."""
        self.position, self._covered, self._overlay = len(self.tape), 0, {}
        return iter(self._store.head.scan(self.resource))

    def _settle(self, version: Version) -> None:
        """After a delivery: the object is as of `version`, unless the table at head says the same."""
        known = version if version.obj is not None else None
        if self._store.head.get(version.key) is known:
            self._overlay.pop(version.key, None)
        else:
            self._overlay[version.key] = known

    def _stale(self) -> dict[Key, Version | None]:
        """The overlay, extended to all that was committed since it was last looked at."""
        end = len(self.tape)
        start = max(self._covered, self.position)
        if start < end:
            for position in range(start, end):
                version = self.tape[position]
                if version.key not in self._overlay:
                    before = version.prev
                    self._overlay[version.key] = before if before is not None and before.obj is not None else None
            self._covered = end
        return self._overlay

    def get(self, key: Key) -> Obj | None:
        """The object as this informer knows it."""
        tape = self.tape
        if tape.start + len(tape.items) > self.position:
            stale = self._stale()
            if key in stale:
                known = stale[key]
                return None if known is None else known.obj
        version = self._store.head.get(key)
        return None if version is None else version.obj

    def by(self, index: str, value: Hashable) -> tuple[Obj, ...]:
        """Objects filed under `value`, in order of (namespace, name)."""
        found: Sequence[Version] = self._store.head.by(self.resource, index, value)
        if self.lag:
            files = self._store.files
            found = self._merge(found, lambda v: (index, value) in files(self.resource, v.last))
        return tuple(version.last for version in found)

    def may_file(self, index: str, value: Hashable) -> bool:
        """Whether anything is filed under `value`, or may be: an informer that is behind is not searched for it."""
        return self.lag > 0 or self._store.head.tally(self.resource, index, value) > 0

    def count(self, index: str, value: Hashable) -> int:
        """How many objects are filed under `value`; constant in their number where the informer is up to date."""
        return len(self.by(index, value)) if self.lag else self._store.head.tally(self.resource, index, value)

    def list(self, namespace: str | None = None) -> tuple[Obj, ...]:
        """All objects, in order of (namespace, name)."""
        found: Sequence[Version] = self._store.head.scan(self.resource, namespace)
        if self.lag:
            found = self._merge(found, lambda v: namespace is None or v.key[1] == namespace)
        return tuple(version.last for version in found)

    def _merge(self, found: Sequence[Version], belongs: Callable[[Version], bool]) -> Sequence[Version]:
        stale = self._stale()
        fresh = [version for version in found if version.key not in stale]
        fresh += [version for version in stale.values() if version is not None and belongs(version)]
        return sorted(fresh, key=lambda version: version.key)

    def fork(self, store: Store) -> Informer:
        """The same informer on a forked store."""
        other = Informer(self.name, self.resource, store)
        other.position, other._covered, other._overlay = self.position, self._covered, dict(self._overlay)
        return other

    def ident(self) -> tuple[Any, ...]:
        """The undelivered tail, without revisions."""
        tail = self.tape.after(self.position)
        return (self.name, *((version.key, version.ident) for version in tail))
