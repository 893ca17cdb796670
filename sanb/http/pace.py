"""How virtual time goes on while clients ask: all at once, or with the wall clock, which is handed in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Protocol

from sanb.controlplane import ControlPlane

FARTHEST: Final = 3600.0
"""Virtual seconds that a request can set off at a fast pace; what waits longer needs somebody who lets time pass."""
RESTING: Final = 3600.0
"""Seconds after which a clock looks again when nothing is due."""


class Pace(Protocol):
    """What happens beside the requests. Every method is called with the plane's lock held."""

    def begin(self, plane: ControlPlane) -> None:
        """A request is there: bring virtual time up to date."""

    def serve(self, plane: ControlPlane) -> None:
        """A request was submitted: let it be answered, if that needs no time to pass."""

    def after(self, plane: ControlPlane) -> None:
        """A request was answered: let what it set off happen."""

    def due(self, plane: ControlPlane) -> float | None:
        """Seconds until something happens by itself; None for never."""


class Fast:
    """Everything that a request sets off happens before the next one, however much virtual time it takes."""

    def begin(self, plane: ControlPlane) -> None:
        """Nothing: time stands still between requests."""

    def serve(self, plane: ControlPlane) -> None:
        """Let time pass until the answer is there."""
        plane.settle(FARTHEST)

    def after(self, plane: ControlPlane) -> None:
        """Go on until nothing but upkeep is left."""
        plane.settle(FARTHEST)

    def due(self, plane: ControlPlane) -> float | None:
        """Never: nothing happens without a request."""
        return None


class Manual:
    """Time stands still but for what an answer needs, as with calls from Python; somebody else lets it pass."""

    def begin(self, plane: ControlPlane) -> None:
        """Nothing: time stands still between requests."""

    def serve(self, plane: ControlPlane) -> None:
        """Let as much time pass as the answer needs."""
        plane.run_until(lambda: bool(plane.world.replies), FARTHEST)

    def after(self, plane: ControlPlane) -> None:
        """Let happen what needs no time."""
        plane.advance(0.0)

    def due(self, plane: ControlPlane) -> float | None:
        """Never: nothing happens without a request."""
        return None


class Realtime:
    """Virtual time follows the wall clock from its start on; timers go off when the wall clock reaches them."""

    def __init__(self, wall: Callable[[], float]) -> None:
        self._wall = wall
        self._offset: float | None = None

    def begin(self, plane: ControlPlane) -> None:
        """Let happen what fell due since the last time."""
        now = self._wall()
        if self._offset is None:
            self._offset = plane.now - now
        # whoever calls run() beside us moves time ahead: from there on it follows the wall clock again
        self._offset = max(self._offset, plane.now - now)
        plane.advance(max(0.0, now + self._offset - plane.now))

    def serve(self, plane: ControlPlane) -> None:
        """Let happen what needs no time."""
        plane.advance(0.0)

    def after(self, plane: ControlPlane) -> None:
        """Nothing: what needs no time has happened with the answer."""

    def due(self, plane: ControlPlane) -> float | None:
        """When the next timer goes off."""
        timer = plane.world.clock.next(upkeep=True)
        now = plane.now if self._offset is None else max(plane.now, self._wall() + self._offset)
        return RESTING if timer is None else min(RESTING, max(0.0, timer.due - now))
