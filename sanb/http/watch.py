"""Watch streams as bytes: one JSON document a line."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from sanb.apiserver import tables
from sanb.apiserver.request import Request
from sanb.apiserver.view import View
from sanb.apiserver.watching import Event
from sanb.controlplane import ControlPlane
from sanb.http.text import Texts, dumps
from sanb.values import Obj

Shape = Callable[[Event], Obj]
KEPT: Final = 256 * 1024
"""Bytes of events of a kind that are remembered because the next watcher will want the same."""
LONGEST: Final = 2400.0
"""Seconds a watch lasts if the client does not say."""


def frame(event: Event) -> bytes:
    """One event as a line."""
    return _line(event.type, event.object)


def frames(events: Iterable[Event]) -> bytes:
    """Events as lines."""
    return b"".join(frame(event) for event in events)


def _line(kind: str, obj: Any) -> bytes:
    return dumps({"type": kind, "object": obj}) + b"\n"


def timeout(options: Mapping[str, Any]) -> float:
    """How many seconds the client lets a watch last."""
    try:
        return float(options.get("timeoutSeconds") or LONGEST)
    except ValueError:
        return LONGEST


class Encoder:
    """Writes events for many watchers; what two of them want in the same form is written once."""

    def __init__(self, plane: ControlPlane) -> None:
        self._plane = plane
        self._known: dict[str, Texts] = {}

    def plain(self, events: Iterable[Event]) -> bytes:
        """Events with whole objects as lines."""
        return b"".join(self._frame(event) + b"\n" for event in events)

    def _frame(self, event: Event) -> bytes:
        texts = self._known.get(event.type)
        if texts is None:
            texts = self._known[event.type] = Texts(KEPT)
        return texts.of(event.object, lambda obj: {"type": event.type, "object": obj})

    def of(self, request: Request) -> Callable[[Iterable[Event]], bytes]:
        """How the events of one watch are written: whole objects, rows of Tables or metadata only."""
        if request.options.get("as") == "Table":
            return _Rows(self._plane, request).lines
        if request.options.get("as") == "PartialObjectMetadata":
            return self._metadata
        return self.plain

    def _metadata(self, events: Iterable[Event]) -> bytes:
        return b"".join(frame(event._replace(object=_partial(event))) for event in events)


def _partial(event: Event) -> Obj:
    if event.type == "ERROR":
        return event.object
    return {"kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1", "metadata": event.object["metadata"]}


class _Rows:
    """Events as Tables of one row; only the first says what the columns are."""

    def __init__(self, plane: ControlPlane, request: Request) -> None:
        self._plane = plane
        self._options = request.options
        self._resource = plane.resources()[request.resource]
        self._first = True

    def lines(self, events: Iterable[Event]) -> bytes:
        """Events as lines."""
        return b"".join(frame(event._replace(object=self._table(event))) for event in events)

    def _table(self, event: Event) -> Obj:
        if event.type == "ERROR":
            return event.object
        plane = self._plane
        view = View(plane.store, plane.now, plane.profile, plane.seed)
        shown = [] if event.type == "BOOKMARK" else [event.object]
        found = tables.rows(self._resource, view, self._options, shown)
        found["metadata"] = {"resourceVersion": event.object["metadata"]["resourceVersion"]}
        if event.type == "BOOKMARK":
            found["rows"] = [{"cells": None, "object": event.object}]
        if not self._first:
            found["columnDefinitions"] = None
        self._first = False
        return found
