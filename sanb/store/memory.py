"""What a process remembers for a while without storing it: answers that a server gives again until they expire."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any, Final

FEW: Final = 1024
"""Expired entries are looked for only when there are more than this, and again when there are twice as many."""


class Memory:
    """Entries that are forgotten at a point of virtual time."""

    __slots__ = ("_entries", "_most", "_shared")

    def __init__(self) -> None:
        self._entries: dict[Hashable, tuple[float, Any]] = {}
        self._shared = False
        self._most = FEW

    def get(self, key: Hashable, now: float) -> Any:
        """What was put under `key`, or None if there is nothing or its time is over."""
        entry = self._entries.get(key)
        return None if entry is None or now >= entry[0] else entry[1]

    def put(self, key: Hashable, value: Any, until: float, now: float) -> None:
        """Remember `value` until a point of time."""
        entries = self._entries
        if self._shared or len(entries) >= self._most:
            entries = self._entries = {k: entry for k, entry in entries.items() if entry[0] > now}
            self._shared, self._most = False, max(FEW, 2 * len(entries))
        entries[key] = (until, value)

    def clear(self) -> None:
        """Forget everything: the process starts anew."""
        self._entries, self._shared, self._most = {}, False, FEW

    def fork(self) -> Memory:
        """A memory of the same contents; whoever writes first copies."""
        other = Memory()
        other._entries, other._most = self._entries, self._most
        self._shared = other._shared = True
        return other

    def ident(self, now: float) -> tuple[str, ...]:
        """What is remembered at this moment, without the times at which it ends."""
        return tuple(sorted(repr(key) for key, entry in self._entries.items() if entry[0] > now))
