"""The work queue, with client-go's promises (SEM 4.5).

A key that waits is not added twice; a key being processed that is added again comes back when it is done; no key is
processed twice at once.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from typing import Final

from sanb.kernel.controller import Limiter
from sanb.store.cow import CowMap

BUCKET_RATE: Final = 10.0
BUCKET_BURST: Final = 100.0
_WAITING: Final = "waiting"


class WorkQueue:
    """Keys to reconcile; each carries the revision that last asked for it."""

    __slots__ = ("_bucket", "_due", "_limiter", "_processing", "_requeues", "order")

    def __init__(self, limiter: Limiter) -> None:
        self._limiter = limiter
        # a plain dictionary used as a FIFO is quadratic: its front fills with deleted slots
        self.order: OrderedDict[Hashable, int] = OrderedDict()
        self._processing: dict[Hashable, int] = {}
        self._requeues: dict[Hashable, int] = {}
        self._due: CowMap[float] = CowMap()
        self._bucket: tuple[float, float] | None = None

    def __len__(self) -> int:
        """How many keys could be taken."""
        return len(self.order)

    def add(self, key: Hashable, cause: int = 0) -> None:
        """Ask for `key` to be processed; `cause` is the revision that made it necessary."""
        if key in self._processing:
            self._processing[key] = max(cause, self._processing[key], 1)
        elif key not in self.order or cause > self.order[key]:
            self.order[key] = cause

    def get(self) -> tuple[Hashable, int]:
        """Take the oldest key and the revision that asked for it."""
        key, cause = self.order.popitem(last=False)
        self._processing[key] = 0
        return key, cause

    def first(self) -> Hashable:
        """The key that `get` would take."""
        return next(iter(self.order))

    def done(self, key: Hashable) -> None:
        """Processing has ended; a key that was added meanwhile goes back into the queue."""
        again = self._processing.pop(key)
        if again:
            self.order[key] = again

    def forget(self, key: Hashable) -> None:
        """Start the back-off of `key` anew."""
        self._requeues.pop(key, None)

    def requeues(self, key: Hashable) -> int:
        """How often `key` was added rate limited since it was last forgotten."""
        return self._requeues.get(key, 0)

    def when(self, key: Hashable, now: float) -> float:
        """Count one more rate-limited addition of `key` and return its delay in seconds."""
        count = self._requeues.get(key, 0)
        self._requeues[key] = count + 1
        exponential = min(self._limiter.base * 2.0 ** min(count, 64), self._limiter.cap)
        return max(exponential, self._bucket_delay(now))

    def _bucket_delay(self, now: float) -> float:
        tokens, last = self._bucket or (BUCKET_BURST, now)
        tokens = min(BUCKET_BURST, tokens + (now - last) * BUCKET_RATE) - 1.0
        self._bucket = (tokens, now)
        return 0.0 if tokens >= 0 else -tokens / BUCKET_RATE

    def waits(self, key: Hashable, due: float) -> bool:
        """Note that `key` is to be added at `due`; False if it is already coming sooner."""
        coming = self._due.get(_WAITING, key)
        if coming is not None and coming <= due:
            return False
        self._due.put(_WAITING, key, due)
        return True

    def expects(self, key: Hashable, due: float) -> bool:
        """Whether the timer of `key` at `due` is the one that counts."""
        return self._due.get(_WAITING, key) == due

    def due(self, key: Hashable) -> float | None:
        """When `key` is added by itself; None if it waits for nothing."""
        return self._due.get(_WAITING, key)

    def arrived(self, key: Hashable) -> None:
        """The wait of `key` is over."""
        self._due.drop(_WAITING, key)

    @property
    def waiting(self) -> tuple[Hashable, ...]:
        """The keys that could be taken, oldest first."""
        return tuple(self.order)

    @property
    def processing(self) -> tuple[Hashable, ...]:
        """The keys being processed."""
        return tuple(self._processing)

    def back_offs(self) -> dict[Hashable, int]:
        """Rate-limited additions by key, of the keys that have any."""
        return dict(self._requeues)

    def fork(self) -> WorkQueue:
        """A queue in the same state."""
        other = WorkQueue(self._limiter)
        other.order = self.order.copy()
        other._processing = dict(self._processing)
        other._requeues = dict(self._requeues)
        other._due = self._due.fork()
        other._bucket = self._bucket
        return other
