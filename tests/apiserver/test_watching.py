"""Watch: events since a revision, selector transitions, the errors of old and future revisions."""

from __future__ import annotations

import pytest

from sanb.apiserver.watching import Event, Watcher
from tests.apiserver.alone import Alone, config


def _watch(server: Alone, **options: object) -> Watcher:
    watcher = server.ask("watch", "configmaps", "shop", **options).body
    assert isinstance(watcher, Watcher)
    return watcher


def _seen(events: list[Event]) -> list[tuple[str, str, str]]:
    return [(e.type, e.object["metadata"]["name"], e.object["metadata"]["resourceVersion"]) for e in events]


def _labelled(name: str, **labels: str) -> dict:
    body = config(name)
    body["metadata"]["labels"] = labels
    return body


def test_events_since_a_revision_come_in_order() -> None:
    server = Alone()
    server.ask("create", "configmaps", "shop", body=config("a"))
    watcher = _watch(server, resourceVersion="1")
    server.ask("create", "configmaps", "shop", body=config("b"))
    server.ask("patch", "configmaps", "shop", "b", {"data": {"k": "v"}}, patchType="merge")
    server.ask("delete", "configmaps", "shop", "b")
    assert _seen(watcher.poll(server.store)) == [("ADDED", "b", "2"), ("MODIFIED", "b", "3"), ("DELETED", "b", "4")]
    assert watcher.poll(server.store) == []


def test_a_watch_without_a_revision_begins_with_what_there_is() -> None:
    server = Alone()
    server.ask("create", "configmaps", "shop", body=config("a"))
    watcher = _watch(server)
    server.ask("create", "configmaps", "shop", body=config("b"))
    assert _seen(watcher.poll(server.store)) == [("ADDED", "a", "1"), ("ADDED", "b", "2")]


def test_a_watch_from_a_revision_that_is_yet_to_come_tells_what_comes_after_it() -> None:
    server = Alone()
    watcher = _watch(server, resourceVersion="2")
    seen = []
    for name in ("a", "b", "c"):
        server.ask("create", "configmaps", "shop", body=config(name))
        seen += _seen(watcher.poll(server.store))
    assert seen == [("ADDED", "c", "3")]


def test_what_there_is_at_a_revision_that_is_yet_to_come_cannot_be_told() -> None:
    server = Alone()
    watcher = _watch(server, resourceVersion="9", sendInitialEvents="true", resourceVersionMatch="NotOlderThan")
    [event] = watcher.poll(server.store)
    assert (event.type, event.object["code"], event.object["message"]) == (
        "ERROR", 504, "Timeout: Too large resource version: 9, current: 0")
    assert watcher.closed and watcher.poll(server.store) == []


def test_other_namespaces_and_resources_are_not_seen() -> None:
    server = Alone()
    server.ask("create", "configmaps", "shop", body=config("x"))
    watcher = _watch(server, resourceVersion="1")
    server.ask("create", "configmaps", "other", body=config("a"))
    server.ask("create", "secrets", "shop", body={"metadata": {"name": "a"}})
    assert watcher.poll(server.store) == []


def test_a_label_selector_makes_added_and_deleted_of_changes() -> None:
    server = Alone()
    server.ask("create", "configmaps", "shop", body=config("first"))
    watcher = _watch(server, resourceVersion="1", labelSelector="app=x")
    server.ask("create", "configmaps", "shop", body=_labelled("a", app="y"))
    for value in ("x", "y"):
        server.ask("patch", "configmaps", "shop", "a", {"metadata": {"labels": {"app": value}}}, patchType="merge")
    events = watcher.poll(server.store)
    assert _seen(events) == [("ADDED", "a", "3"), ("DELETED", "a", "4")]
    assert events[1].object["metadata"]["labels"] == {"app": "x"}


def test_a_field_selector_narrows_a_watch_to_one_name() -> None:
    server = Alone()
    watcher = _watch(server, fieldSelector="metadata.name=b")
    for name in ("a", "b"):
        server.ask("create", "configmaps", "shop", body=config(name))
    assert _seen(watcher.poll(server.store)) == [("ADDED", "b", "2")]


@pytest.mark.parametrize(("minor", "reason"), [("1.10", "Gone"), ("1.36", "Expired")])
def test_a_compacted_revision_is_one_error_event_and_the_end(minor: str, reason: str) -> None:
    server = Alone(minor)
    for name in ("a", "b", "c"):
        server.ask("create", "configmaps", "shop", body=config(name))
    server.store.compact(3)
    watcher = _watch(server, resourceVersion="1")
    (event,) = watcher.poll(server.store)
    assert (event.type, event.object["code"], event.object["reason"]) == ("ERROR", 410, reason)
    assert event.object["message"] == "too old resource version: 1 (3)"
    assert watcher.closed and watcher.poll(server.store) == []


def test_a_revision_that_is_no_number_is_a_500_without_a_reason() -> None:
    status = Alone().refused("watch", "configmaps", "shop", resourceVersion="abc")
    assert (status["code"], status.get("reason")) == (500, None)
    assert status["message"] == 'resourceVersion: Invalid value: "abc": strconv.ParseUint: parsing "abc": invalid syntax'


def test_bookmarks_tell_how_far_a_watch_has_come_when_asked_for() -> None:
    server = Alone()
    server.ask("create", "configmaps", "shop", body=config("a"))
    watcher = _watch(server, allowWatchBookmarks="true")
    watcher.poll(server.store)
    event = watcher.bookmark()
    assert event is not None and event.type == "BOOKMARK"
    assert event.object["metadata"]["resourceVersion"] == "1" and event.object["kind"] == "ConfigMap"
    assert _watch(server).bookmark() is None


def test_a_delete_event_has_the_revision_of_the_deletion() -> None:
    server = Alone()
    made = server.body("create", "configmaps", "shop", body=config("a"))
    watcher = _watch(server, resourceVersion="1")
    server.ask("delete", "configmaps", "shop", "a")
    (event,) = watcher.poll(server.store)
    assert event.object["metadata"] == {**made["metadata"], "resourceVersion": "2"}
