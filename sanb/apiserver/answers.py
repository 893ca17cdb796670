"""Answers in the version that a client asks for, where that is not the one in which objects are stored."""

from __future__ import annotations

from typing import Any

from sanb.apiserver.conversions import converted
from sanb.apiserver.request import Decision, Outcome, Response
from sanb.apiserver.resources import Resource
from sanb.apiserver.watching import Event, Watcher
from sanb.values import Obj


def answered(outcome: Outcome, resource: Resource, version: str) -> Outcome:
    """The outcome with its body in `version`."""
    if not isinstance(outcome, Decision):
        return outcome
    response: Response = outcome.response
    body = _body(response.body, resource, version)
    return outcome if body is response.body else outcome._replace(response=response._replace(body=body))


def _body(body: Any, resource: Resource, version: str) -> Any:
    if isinstance(body, Watcher):
        return _Converting(body, resource, version)
    if not isinstance(body, dict):
        return body
    kind = body.get("kind")
    if kind == resource.kind:
        return _object(body, resource, version)
    if kind == f"{resource.kind}List":
        items, metadata = [_object(item, resource, version) for item in body["items"]], body["metadata"]
        if "selfLink" in metadata:
            metadata = _linked(metadata, resource.stored, version)
        return {**body, "apiVersion": version, "metadata": metadata, "items": items}
    if kind == "Table":
        return {**body, "rows": [_row(row, resource, version) for row in body["rows"]]}
    return body


def _row(row: Obj, resource: Resource, version: str) -> Obj:
    obj = row.get("object")
    return row if not obj or obj.get("kind") != resource.kind else {**row, "object": _object(obj, resource, version)}


def _object(obj: Obj, resource: Resource, version: str) -> Obj:
    if resource.custom is not None:
        return {**obj, "apiVersion": version}
    before = obj.get("apiVersion", resource.api_version)
    found = converted(resource.kind, before, version, obj)
    return {**found, "metadata": _linked(found["metadata"], before, version)} if "selfLink" in found["metadata"] else found


def _linked(metadata: Obj, before: str, version: str) -> Obj:
    """The metadata with the link of the version that was asked for."""
    return {**metadata, "selfLink": metadata["selfLink"].replace(f"/apis/{before}/", f"/apis/{version}/", 1)}


class _Converting(Watcher):
    """A watcher whose objects are converted."""

    __slots__ = ("_inner", "_row", "_version")

    def __init__(self, inner: Watcher, resource: Resource, version: str) -> None:
        self._inner = inner
        self._row = resource
        self._version = version

    @property
    def closed(self) -> bool:
        """Whether nothing more will come."""
        return self._inner.closed

    @closed.setter
    def closed(self, value: bool) -> None:
        self._inner.closed = value

    def poll(self, store: Any) -> list[Event]:
        """The events since the last poll."""
        return [self._converted(event) for event in self._inner.poll(store)]

    def bookmark(self) -> Event | None:
        """An event that only tells how far the watch has come, if the client asked for such."""
        event = self._inner.bookmark()
        return None if event is None else self._converted(event)

    def _converted(self, event: Event) -> Event:
        if event.type == "ERROR":
            return event
        if event.type == "BOOKMARK":
            return event._replace(object={**event.object, "apiVersion": self._version})
        return event._replace(object=_object(event.object, self._row, self._version))
