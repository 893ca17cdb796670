"""Who must be woken when something changed: watches by resource, and those who wait for anything."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from threading import get_ident

from sanb.controlplane import ControlPlane


class Hub:
    """Events of asyncio that are set when the cluster changed, by whatever thread; `also` is called in the loop's."""

    def __init__(self, plane: ControlPlane, also: Callable[[], None]) -> None:
        self._plane = plane
        self._also = also
        self._loop: asyncio.AbstractEventLoop | None = None
        self._any: dict[asyncio.Event, None] = {}
        self._by_resource: dict[str, dict[asyncio.Event, None]] = {}
        self._seen: dict[str, int] = {}
        self._waking = False
        self._thread = 0
        self.closed = False

    def open(self, loop: asyncio.AbstractEventLoop) -> None:
        """Begin to listen to the cluster."""
        self._loop, self._thread = loop, get_ident()
        self._plane.observers.append(self._changed)

    def close(self) -> None:
        """Stop listening, and wake everybody so that they can end."""
        self.closed = True
        if self._changed in self._plane.observers:
            self._plane.observers.remove(self._changed)
        for events in (self._any, *self._by_resource.values()):
            for event in events:
                event.set()

    def stop(self) -> None:
        """The same from another thread."""
        if self._loop is not None:
            with suppress(RuntimeError):  # the loop is gone already
                self._loop.call_soon_threadsafe(self.close)

    def subscribe(self, resource: str = "") -> asyncio.Event:
        """An event that is set when objects of a resource, or without one anything, may have changed."""
        event = asyncio.Event()
        if resource:
            self._seen.setdefault(resource, self._plane.store.tape_length(resource))
            self._by_resource.setdefault(resource, {})[event] = None
        else:
            self._any[event] = None
        return event

    def forget(self, event: asyncio.Event) -> None:
        """Nobody waits for this event any longer."""
        self._any.pop(event, None)
        for events in self._by_resource.values():
            events.pop(event, None)

    def _changed(self) -> None:
        """Called by the cluster, in any thread, with its lock held."""
        if not self._waking and self._loop is not None:
            self._waking = True
            try:
                if get_ident() == self._thread:  # which need not be woken
                    self._loop.call_soon(self._wake)
                else:
                    self._loop.call_soon_threadsafe(self._wake)
            except RuntimeError:  # the loop is gone: nobody is left to wake
                self._waking = False

    def _wake(self) -> None:
        self._waking = False
        for event in self._any:
            event.set()
        store = self._plane.store
        for resource, events in self._by_resource.items():
            length = store.tape_length(resource)
            if length != self._seen.get(resource):
                self._seen[resource] = length
                for event in events:
                    event.set()
        self._also()
