"""What deciding a call comes to: an answer with writes, or a wait."""

from __future__ import annotations

from typing import Any, NamedTuple

from sanb.values import Key, Late, Obj


class Write(NamedTuple):
    """One object to commit; `obj` None deletes. The commit fills in `metadata.resourceVersion`."""

    key: Key
    obj: Obj | Late | None


class Decision(NamedTuple):
    """The answer and at most one batch of writes.

    `tally` are the counters of keyed entropy to advance (`Store.tally`).
    """

    response: Any
    writes: tuple[Write, ...] = ()
    tally: tuple[tuple[object, ...], ...] = ()


class Wait(NamedTuple):
    """Decide again after `seconds` of virtual time; nothing was written.

    `counts` is added to the attempt of the call: who waits can choose it so that several waits of one call are told apart.
    """

    seconds: float
    reason: str
    counts: int = 1


Outcome = Decision | Wait
