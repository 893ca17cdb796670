"""Controllers as declarations: what they watch, how a key is made, and the coroutine that reconciles one key."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Hashable, Iterable
from typing import Any, Final, NamedTuple

from sanb.values import Obj

ALL: Final = frozenset({"add", "update", "delete"})


class Watch(NamedTuple):
    """One informer handler.

    `keys(obj)` yields the work-queue keys of an event (the new value; on delete the last known one). `related(obj, lister)`
    is the same with read access to the process's informers. `changed(old, new)` may drop update events (None: keep all).
    """

    resource: str
    keys: Callable[[Obj], Iterable[Hashable]] | None = None
    on: frozenset[str] = ALL
    changed: Callable[[Obj, Obj], bool] | None = None
    related: Callable[[Obj, Any], Iterable[Hashable]] | None = None
    delay: float = 0.0


class Limiter(NamedTuple):
    """Seconds of the work queue's exponential back-off: `base * 2**n`, at most `cap` (SEM 4.5)."""

    base: float = 0.005
    cap: float = 1000.0


class More(NamedTuple):
    """Watches that are not known from the start: `watches(obj)` are those that an object of `resource` brings."""

    resource: str
    watches: Callable[[Obj], Iterable[Watch]]


class Controller(NamedTuple):
    """One queue with its workers.

    `name` is unique; `component` is the name in the table of components that `controllers=` and `paused` use;
    `process` decides which informers it shares. `reconcile(api, key)` returns None (Forget) or a number of seconds
    (Forget, then AddAfter). It raises `Retry` for AddRateLimited; an `ApiError` that escapes counts as `Retry`.
    `retries` None means without limit. `lists` are resources it reads from cache without handling their events.
    `on_start` are keys queued once when the controller starts. `endures(key)` tells what of that which it keeps in memory
    outlives its process, for example because a machine has it. `more` says which objects bring further watches.
    """

    name: str
    component: str
    process: str
    user: Any
    watches: tuple[Watch, ...]
    reconcile: Callable[[Any, Any], Awaitable[float | Upkeep | None]]
    workers: int = 1
    retries: int | None = None
    limiter: Limiter = Limiter()
    lists: tuple[str, ...] = ()
    on_start: tuple[Hashable, ...] = ()
    endures: Callable[[Any], bool] | None = None
    more: More | None = None


class Retry(Exception):
    """Raised by a reconcile: put the key back with the queue's back-off."""


class Upkeep(NamedTuple):
    """Returned by a reconcile: Forget, and come back after `seconds`, on a timer that `run()` does not wait for."""

    seconds: float
