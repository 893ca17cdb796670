"""The append-only log: segments that forks share, and one open list that belongs to its tape alone."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator
from typing import Any, Generic, Self, TypeVar

from sanb.store.version import Version

T = TypeVar("T")
SEGMENT = 1024
"""A segment that is shorter is joined with the next one, so that many forks do not make many segments."""


class Tape(Generic[T]):
    """A list that only grows at the end and forks in the time of copying its segment pointers.

    What was appended since the last fork is in the open list; a fork closes it. So appending, which happens a hundred times
    for every Pod, is the list's own method.
    """

    __slots__ = ("_ends", "_open", "_sealed", "append")

    def __init__(self) -> None:
        self._sealed: tuple[list[T], ...] = ()
        self._ends: tuple[int, ...] = (0,)
        self._begin()

    def _begin(self) -> None:
        self._open: list[T] = []
        self.append: Callable[[Any], None] = self._open.append
        """Add one item at the end."""

    def __len__(self) -> int:
        return self._ends[-1] + len(self._open)

    @property
    def length(self) -> int:
        """The same as `len()`, for those who ask all the time."""
        return self._ends[-1] + len(self._open)

    def __getitem__(self, position: int) -> T:
        start = self._ends[-1]
        if position >= start:
            return self._open[position - start]
        segment = bisect_right(self._ends, position) - 1
        return self._sealed[segment][position - self._ends[segment]]

    def __iter__(self) -> Iterator[T]:
        return self.after(0)

    def after(self, position: int) -> Iterator[T]:
        """The items from `position` on."""
        start = self._ends[-1]
        if position < start:
            segment = bisect_right(self._ends, position) - 1
            offset = position - self._ends[segment]
            for items in self._sealed[segment:]:
                yield from items[offset:] if offset else items
                offset = 0
        yield from self._open[max(0, position - start) :]  # a copy of the tail: skipping to it could take for ever

    def fork(self) -> Self:
        """A tape with the same items that grows independently."""
        if self._open:
            self._seal()
        other = self._empty()
        other._sealed, other._ends = self._sealed, self._ends
        return other

    def _seal(self) -> None:
        """Close the open list: nobody writes to it from now on."""
        items, sealed, ends = self._open, self._sealed, self._ends
        if sealed and len(sealed[-1]) + len(items) <= SEGMENT:
            items, sealed, ends = [*sealed[-1], *items], sealed[:-1], ends[:-1]
        self._sealed, self._ends = (*sealed, items), (*ends, ends[-1] + len(items))
        self._begin()

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
        if tape is None:
            tape = self.tape(version.key[0])
        tape.append(version)

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
