"""Letting things happen: one by one at a speed, or as fast as it goes, in slices so that messages get through.

No threads: a slice is made under the cluster's lock, then others have their turn. So it works in Pyodide, and a cell can
`await` it.
"""

from __future__ import annotations

import asyncio
from time import monotonic
from typing import TYPE_CHECKING, Any, Final

from sanb.errors import SanbError

if TYPE_CHECKING:
    from sanb.widgets.desk import Desk

SLICE: Final = 0.04
"""Seconds that are worked before others have their turn."""
FASTEST: Final = 50.0
"""Actions a second that are shown one by one."""


class Player:
    """`mode` is "" (stopped), "play" or "run"; playing goes on when there is something to do again, running ends."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.mode = ""
        self.speed = 2.0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._going = False

    def attach(self) -> None:
        """Remember the notebook's event loop: what comes from other threads is played there."""
        try:
            self._loop = asyncio.get_running_loop()
        except RuntimeError:
            self._loop = None

    @property
    def loop(self) -> asyncio.AbstractEventLoop | None:
        """The loop, if it still runs."""
        return self._loop if self._loop is not None and self._loop.is_running() else None

    def start(self, mode: str, speed: float = 0.0) -> None:
        """Begin to play or to run; without an event loop it is done at once."""
        self.mode = mode
        if speed:
            self.speed = min(FASTEST, max(0.1, speed))
        if self.loop is None:
            while self._slice():
                pass
            self.mode = ""
        else:
            self.wake()

    def stop(self) -> None:
        """Stop after the action that is being made."""
        self.mode = ""

    def wake(self) -> None:
        """Something may have to be done: go on if playing."""
        loop = self.loop
        if self.mode and not self._going and loop is not None:
            self._going = True
            loop.call_soon_threadsafe(lambda: loop.create_task(self._go()))

    async def _go(self) -> None:
        try:
            await self.go()
        finally:
            self._going = False
        # what came up while the last slice was shown
        if self.mode == "play" and self._desk.busy():
            self.wake()

    async def go(self) -> None:
        """Play or run until there is nothing to do, or until somebody stops it."""
        while self.mode and self._slice():
            await asyncio.sleep(1 / self.speed if self.mode == "play" else 0)
        if self.mode == "run":
            self.mode = ""
        self._desk.publish()

    def _slice(self) -> bool:
        """Make what fits into one turn happen; tells whether more can."""
        desk = self._desk
        try:
            with desk.cluster.lock:
                if not desk.busy():
                    return False
                if self.mode == "play":
                    desk.step(None)
                else:
                    desk.run_until(monotonic() + SLICE)
                more = desk.busy()
        except SanbError as problem:
            desk.say("err", str(problem))
            self.mode = ""
            more = False
        desk.publish()
        return more

    def state(self) -> dict[str, Any]:
        """For the browser."""
        return {"mode": self.mode, "speed": self.speed}
