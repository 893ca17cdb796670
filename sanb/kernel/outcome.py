"""What deciding a call comes to: an answer with writes, a wait, or something that has to happen first."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any, NamedTuple

from sanb.values import Key, Late, Obj


class Write(NamedTuple):
    """One object to commit; `obj` None deletes. The commit fills in `metadata.resourceVersion`."""

    key: Key
    obj: Obj | Late | None


class Learned(NamedTuple):
    """Something that the server's process remembers until a point of virtual time (`Store.memory`)."""

    key: Hashable
    value: Any
    until: float


class Decision(NamedTuple):
    """The answer and at most one batch of writes.

    `tally` are the counters of keyed entropy to advance (`Store.tally`); `kept` goes into the journal.
    """

    response: Any
    writes: tuple[Write, ...] = ()
    tally: tuple[tuple[object, ...], ...] = ()
    learned: tuple[Learned, ...] = ()
    kept: Any = None


class Wait(NamedTuple):
    """Decide again after `seconds` of virtual time; nothing was written.

    `counts` is added to the attempt of the call: who waits can choose it so that several waits of one call are told apart.
    """

    seconds: float
    reason: str
    counts: int = 1


class Prelude(NamedTuple):
    """Remember `learned`, let the call `first` be answered if there is one, and then decide `request` instead."""

    request: Any
    learned: tuple[Learned, ...] = ()
    first: Any = None


Outcome = Decision | Wait | Prelude
