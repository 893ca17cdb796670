"""The append-only log: sealed segments that forks share, and one open segment that is copied when shared."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any, Generic, Self, TypeVar

from sanb.store.version import Version

T = TypeVar("T")
SEGMENT = 1024


class Tape(Generic[T]):
    """A list that only grows at the end and forks in the time of copying its segment pointers."""

    __slots__ = ("_open", "_sealed", "_shared", "length")

    def __init__(self) -> None:
        self._sealed: tuple[list[T], ...] = ()
        self._open: list[T] = []
        self._shared = False
        self.length = 0
        """The same as `len()`, for those who ask all the time."""

    def __len__(self) -> int:
        return self.length

    def append(self, item: T) -> None:
        """Add one item at the end."""
        if self._shared:
            self._open = list(self._open)
            self._shared = False
        items = self._open
        items.append(item)
        self.length += 1
        if len(items) == SEGMENT:
            self._sealed = (*self._sealed, items)
            self._open = []

    def __getitem__(self, position: int) -> T:
        segment, offset = divmod(position, SEGMENT)
        return self._sealed[segment][offset] if segment < len(self._sealed) else self._open[offset]

    def __iter__(self) -> Iterator[T]:
        return self.after(0)

    def after(self, position: int) -> Iterator[T]:
        """The items from `position` on."""
        segment, offset = divmod(position, SEGMENT)
        for items in self._sealed[segment:]:
            yield from islice(items, offset, None)
            offset = 0
        if segment <= len(self._sealed):
            yield from islice(self._open, offset, None)

    def fork(self) -> Self:
        """A tape with the same items that grows independently."""
        other = self._empty()
        other._sealed, other._open, other.length = self._sealed, self._open, self.length
        self._shared = other._shared = True
        return other

    def _empty(self) -> Self:
        return type(self)()


class Rows(Tape[Any], Generic[T]):
    """A tape of named tuples that are kept as plain ones: most are never looked at, and a plain one costs a third."""

    __slots__ = ("_kind",)

    def __init__(self, kind: Callable[[Any], T]) -> None:
        super().__init__()
        self._kind = kind

    def __getitem__(self, position: int) -> T:
        return self._kind(super().__getitem__(position))

    def after(self, position: int) -> Iterator[T]:
        """The items from `position` on."""
        return map(self._kind, super().after(position))

    def _empty(self) -> Self:
        return type(self)(self._kind)


class Log:
    """Versions in order of revision, for all resources together and for each alone."""

    __slots__ = ("_all", "_by_resource", "oldest")

    def __init__(self) -> None:
        self._all: Tape[Version] = Tape()
        self._by_resource: dict[str, Tape[Version]] = {}
        self.oldest = 0

    def append(self, version: Version) -> None:
        """Add a version; revisions must grow."""
        self._all.append(version)
        tape = self._by_resource.get(version.key[0])
        (self.tape(version.key[0]) if tape is None else tape).append(version)

    def tape(self, resource: str) -> Tape[Version]:
        """All versions of one resource: what an informer is a cursor on."""
        tape = self._by_resource.get(resource)
        if tape is None:
            tape = self._by_resource[resource] = Tape()
        return tape

    def since(self, rev: int, resource: str | None = None) -> list[Version]:
        """The versions above `rev`, oldest first."""
        tape = self._all if resource is None else self.tape(resource)
        return list(tape.after(_position(tape, rev)))

    def fork(self) -> Log:
        """A log with the same past."""
        other = Log()
        other._all = self._all.fork()
        other._by_resource = {resource: tape.fork() for resource, tape in self._by_resource.items()}
        other.oldest = self.oldest
        return other


def _position(tape: Tape[Version], rev: int) -> int:
    """How many versions of the tape are at or below `rev`."""
    return bisect_right(_Revisions(tape), rev)


class _Revisions:
    """A tape seen as the sequence of its revisions, for bisection."""

    __slots__ = ("_tape",)

    def __init__(self, tape: Tape[Version]) -> None:
        self._tape = tape

    def __len__(self) -> int:
        return len(self._tape)

    def __getitem__(self, position: int) -> int:
        return self._tape[position].rev
