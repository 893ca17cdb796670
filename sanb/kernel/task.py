"""Tasks: a reconcile in the middle of its work is a coroutine and its transcript.

A coroutine cannot be copied. What it has observed can: a fork keeps the transcript and runs the coroutine anew over it
when it first needs it.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Hashable
from typing import Any, NamedTuple

from sanb.errors import ApiError, NondeterminismError, UsageError
from sanb.kernel.journal import Cause
from sanb.values import Lazy, ident, pack

Entry = tuple[tuple[Any, ...], Any, bool]
"""One observation or act: what was asked, what came back, and whether it came as an error. There are dozens for every
object, so it is a plain tuple."""


class Await:
    """An API call that has been composed; awaiting it hands it to the kernel."""

    __slots__ = ("_task", "request")

    def __init__(self, task: Task, request: Any) -> None:
        self._task = task
        self.request = request

    def __await__(self) -> Generator[Await, Any, Any]:
        if not self._task.repeating:
            return (yield self)
        _, result, error = self._task.repeated(("call", self.request))
        if error:
            raise result
        return result


class Finished(NamedTuple):
    """The reconcile has returned `value`, or raised `error`."""

    value: Any
    error: Exception | None


class Task:
    """One run of one reconcile for one key."""

    __slots__ = ("_coroutine", "_make", "_position", "cause", "controller", "key", "repeating", "transcript", "why")

    def __init__(
        self, controller: str, key: Hashable, cause: int, make: Callable[[Task], Any], transcript: list[Entry] | None = None
    ) -> None:
        self.controller = controller
        self.key = key
        self.cause = cause
        self.why = pack(Cause, (controller, key, cause))
        self.transcript: list[Entry] = transcript if transcript is not None else []
        self.repeating = False
        """Whether a rebuilt frame is still running over what was observed before."""
        self._make = make
        self._coroutine: Any = None
        self._position = 0

    def resume(self, result: Any = None, error: bool = False) -> Any:
        """Run until the next call or the end; returns the request to serve, or `Finished`.

        `result` answers the call that the task waits for, if it waits for one.
        """
        if self._coroutine is None:
            return self._rebuild(result, error) if self.transcript or result is not None else self.begin()
        self._answer(result, error)
        return self._advance(result, error)

    def begin(self) -> Any:
        """Run from the start to the first call or the end."""
        self._coroutine = self._make(self)
        return self._advance(None, False)

    def _answer(self, result: Any, error: bool) -> None:
        self.transcript[-1] = (self.transcript[-1][0], result, error)

    def _rebuild(self, result: Any, error: bool) -> Any:
        """A fork's frame: the coroutine runs again over what was observed, the last entry being answered now."""
        self._answer(result, error)
        self._position = 0
        self.repeating = True
        return self.begin()

    def _advance(self, result: Any, error: bool) -> Any:
        try:
            yielded = self._coroutine.throw(result) if error else self._coroutine.send(result)
        except StopIteration as stop:
            return pack(Finished, (stop.value, None))
        except (NondeterminismError, UsageError):
            raise
        except Exception as failure:  # the queue decides what an error of a reconcile means
            return Finished(None, failure)
        if not isinstance(yielded, Await):
            raise UsageError(
                f"controller {self.controller!r} awaited {yielded!r} while reconciling {self.key!r}: a reconcile may await "
                "only the verbs of its api (api.get, api.create, ...), because nothing else can be replayed; "
                "take the foreign await out of it"
            )
        self.transcript.append((("call", yielded.request), None, False))
        return yielded.request

    def repeated(self, call: tuple[Any, ...]) -> Entry:
        """The recorded entry for `call`, while the task is `repeating`."""
        entry = self.transcript[self._position]
        if entry[0] != call:
            raise NondeterminismError(
                f"controller {self.controller!r} did not repeat itself for key {self.key!r}: at step {self._position} it "
                f"first did {entry[0]!r} and now {call!r}; a reconcile may depend only on its api and its key "
                "(look for a clock, a random number or a set that is iterated)"
            )
        self._position += 1
        self.repeating = self._position < len(self.transcript)
        return entry

    def observe(self, call: tuple[Any, ...], look: Callable[[], Any]) -> Any:
        """Read something, or repeat what was read."""
        if self.repeating:
            return self.repeated(call)[1]
        result = look()
        self.transcript.append((call, result, False))
        return result

    def fork(self, make: Callable[[Task], Any]) -> Task:
        """The same task without its frame."""
        return Task(self.controller, self.key, self.cause, make, list(self.transcript))

    def ident(self) -> tuple[Any, ...]:
        """What it has observed, without revisions and times."""
        return (self.controller, self.key, *(ident(bare(entry)) for entry in self.transcript))


def bare(value: Any) -> Any:
    """A value without what depends on the path that led to it: revisions and times."""
    if isinstance(value, ApiError):
        return bare(value.status)
    if isinstance(value, dict):
        return {k: bare(v) for k, v in value.items() if k not in ("resourceVersion", "creationTimestamp")}
    if isinstance(value, (list, tuple)):
        return [bare(item) for item in value]
    return value if isinstance(value, (str, int, float, bool, type(None), Lazy)) else repr(value)
