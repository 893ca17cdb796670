"""Virtual time and the timers on it."""

from __future__ import annotations

from collections.abc import Container, Hashable
from heapq import heappop, heappush
from typing import NamedTuple

from sanb.values import pack


class Timer(NamedTuple):
    """Due at `due` seconds since the epoch; ties go off in the order they were set."""

    due: float
    order: int
    actor: str
    item: Hashable


class _Heap:
    """A heap that forks share until one of them writes."""

    __slots__ = ("_shared", "_timers")

    def __init__(self, timers: list[Timer] | None = None) -> None:
        self._timers: list[Timer] = timers if timers is not None else []
        self._shared = False

    def _own(self) -> list[Timer]:
        if self._shared:
            self._timers = list(self._timers)
            self._shared = False
        return self._timers

    def push(self, timer: Timer) -> None:
        heappush(self._own(), timer)

    def pop(self) -> Timer:
        return heappop(self._own())

    def peek(self) -> Timer | None:
        return self._timers[0] if self._timers else None

    def all(self) -> list[Timer]:
        return sorted(self._timers)

    def fork(self) -> _Heap:
        other = _Heap(self._timers)
        self._shared = other._shared = True
        return other


class Clock:
    """`now` moves only when a timer fires or somebody advances it.

    Progress timers lead somewhere and keep the world busy. Upkeep timers come back for ever; a world with nothing but
    upkeep timers is quiet.
    """

    __slots__ = ("_order", "_progress", "_upkeep", "now")

    def __init__(self, now: float = 0.0) -> None:
        self.now = now
        self._order = 0
        self._progress = _Heap()
        self._upkeep = _Heap()

    def set(self, due: float, actor: str, item: Hashable, *, upkeep: bool = False) -> None:
        """Set a timer."""
        self._order += 1
        (self._upkeep if upkeep else self._progress).push(pack(Timer, (due, self._order, actor, item)))

    def next(self, *, upkeep: bool) -> Timer | None:
        """The earliest progress timer, or with `upkeep` the earliest of both kinds."""
        first = self._progress.peek()
        if upkeep:
            second = self._upkeep.peek()
            if first is None or (second is not None and second < first):
                return second
        return first

    def pop(self, timer: Timer) -> None:
        """Take out a timer that `next` returned, and move time to when it is due."""
        heap = self._progress if self._progress.peek() is timer else self._upkeep
        heap.pop()
        self.now = max(self.now, timer.due)

    def advance(self, to: float) -> None:
        """Let time pass, up to `to`, without anything going off."""
        self.now = max(self.now, to)

    def timers(self) -> list[tuple[Timer, bool]]:
        """All timers with whether they are upkeep, in order of time."""
        both = [(t, False) for t in self._progress.all()] + [(t, True) for t in self._upkeep.all()]
        return sorted(both)

    def forget(self, actors: Container[str]) -> None:
        """Take out the timers of these actors."""
        kept = [timer for timer in self.timers() if timer[0].actor not in actors]
        self._progress, self._upkeep = _Heap(), _Heap()
        for timer, upkeep in kept:
            (self._upkeep if upkeep else self._progress).push(timer)

    def fork(self) -> Clock:
        """A clock with the same time and timers."""
        other = Clock(self.now)
        other._order = self._order
        other._progress = self._progress.fork()
        other._upkeep = self._upkeep.fork()
        return other
