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

    __slots__ = ("_ends", "_sealed", "append", "items", "start")

    def __init__(self) -> None:
        self._sealed: tuple[list[T], ...] = ()
        self._ends: tuple[int, ...] = (0,)
        self._begin()

    def _begin(self) -> None:
        self.start: int = self._ends[-1]
        self.items: list[T] = []
        """The open list, whose first item is number `start`: to be read by those who cannot afford a call."""
        self.append: Callable[[Any], None] = self.items.append
        """Add one item at the end."""

    def __len__(self) -> int:
        return self.start + len(self.items)

    def __getitem__(self, position: int) -> T:
        if position >= self.start:
            return self.items[position - self.start]
        segment = bisect_right(self._ends, position) - 1
        if segment < 0:
            raise IndexError(f"item {position} is not kept any more: the first one is {self.first}")
        return self._sealed[segment][position - self._ends[segment]]

    def __iter__(self) -> Iterator[T]:
        return self.after(0)

    @property
    def first(self) -> int:
        """The number of the first item that is kept; 0 unless some were forgotten."""
        return self._ends[0]

    def forget(self, position: int) -> None:
        """Let go of the items before `position`; the others keep their numbers. What forks share goes segment by segment."""
        whole = min(bisect_right(self._ends, position) - 1, len(self._sealed))
        if whole > 0:
            self._sealed, self._ends = self._sealed[whole:], self._ends[whole:]
        count = min(position - self.start, len(self.items))
        if count > 0:  # then no segment is left
            del self.items[:count]
            self.start += count
            self._ends = (self.start,)

    def after(self, position: int) -> Iterator[T]:
        """The items from `position` on."""
        position = max(position, self._ends[0])
        if position < self.start:
            segment = bisect_right(self._ends, position) - 1
            offset = position - self._ends[segment]
            for items in self._sealed[segment:]:
                yield from items[offset:] if offset else items
                offset = 0
        yield from self.items[max(0, position - self.start) :]  # a copy of the tail: skipping to it could take for ever

    def fork(self) -> Self:
        """A tape with the same items that grows independently."""
        if self.items:
            self._seal()
        other = self._empty()
        other._sealed, other._ends, other.start = self._sealed, self._ends, self.start
        return other

    def _seal(self) -> None:
        """Close the open list: nobody writes to it from now on."""
        items, sealed, ends = self.items, self._sealed, self._ends
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


class Numbered(Rows[T]):
    """Rows that begin with their own number, from 1 on: it is not kept, since it follows from their place."""

    __slots__ = ()

    def __getitem__(self, position: int) -> T:
        return self._kind((position + 1, *Tape.__getitem__(self, position)))

    def after(self, position: int) -> Iterator[T]:
        """The items from `position` on."""
        position = max(position, self.first)
        return (self._kind((number, *row)) for number, row in enumerate(Tape.after(self, position), position + 1))


class Log:
    """Versions in order of revision, for all resources together and for each alone."""

    __slots__ = ("all", "by_resource", "lost", "oldest")

    def __init__(self) -> None:
        self.all: Tape[Version] = Tape()
        self.by_resource: dict[str, Tape[Version]] = {}
        self.lost: dict[str, int] = {}
        """By resource, the revision of the newest version that is not kept any more, or not with what was before it."""
        self.oldest = 0

    def tape(self, resource: str) -> Tape[Version]:
        """All versions of one resource: what an informer is a cursor on."""
        tape = self.by_resource.get(resource)
        if tape is None:
            tape = self.by_resource[resource] = Tape()
        return tape

    def since(self, rev: int, resource: str | None = None) -> list[Version]:
        """The versions above `rev`, oldest first."""
        tape = self.all if resource is None else self.tape(resource)
        return list(tape.after(_position(tape, rev)))

    def forget(self, rev: int) -> list[Version]:
        """Let go of the versions up to `rev`, but for the last one of every resource; returns them."""
        tape = self.all
        gone = []
        for version in tape.after(tape.first):
            if version.rev > rev:
                break
            gone.append(version)
        tape.forget(tape.first + len(gone))
        for resource, tape in self.by_resource.items():
            end = _position(tape, rev)
            if end > tape.first:
                self.lost[resource] = tape[end - 1].rev
                tape.forget(min(end, len(tape) - 1))
        return gone

    def fork(self) -> Log:
        """A log with the same past."""
        other = Log()
        other.lost = dict(self.lost)
        other.all = self.all.fork()
        other.by_resource = {resource: tape.fork() for resource, tape in self.by_resource.items()}
        other.oldest = self.oldest
        return other


def _position(tape: Tape[Version], rev: int) -> int:
    """How many versions of the tape are at or below `rev`."""
    return bisect_right(_Revisions(tape), rev, tape.first)


class _Revisions:
    """A tape seen as the sequence of its revisions, for bisection."""

    __slots__ = ("_tape",)

    def __init__(self, tape: Tape[Version]) -> None:
        self._tape = tape

    def __len__(self) -> int:
        return len(self._tape)

    def __getitem__(self, position: int) -> int:
        return self._tape[position].rev
