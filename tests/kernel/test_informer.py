"""An informer shows the cluster as of its cursor, whoever asks and whenever."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from sanb.kernel.informer import Informer
from sanb.store.store import Store

NAMES = ("a", "b")


def put(store: Store, name: str, value: int | None) -> None:
    obj = None if value is None else {"metadata": {"name": name, "namespace": "x"}, "value": value}
    store.commit(("things", "x", name), obj)


def shown(informer: Informer) -> dict[str, Any]:
    found = {name: informer.get(("things", "x", name)) for name in NAMES}
    return {name: obj["value"] for name, obj in found.items() if obj is not None}


def test_a_version_that_was_delivered_unasked_replaces_one_that_was_asked_for() -> None:
    store = Store({})
    informer = Informer("p/things", "things", store)
    put(store, "a", 1)
    informer.deliver()
    put(store, "a", 2)
    assert shown(informer) == {"a": 1}
    put(store, "a", 3)
    informer.deliver()
    informer.deliver()
    put(store, "b", 1)
    assert shown(informer) == {"a": 3}


@given(st.lists(st.one_of(st.just("deliver"), st.just("look"), st.tuples(st.sampled_from(NAMES), st.integers(0, 3)))))
def test_it_shows_exactly_what_was_delivered(steps: list[Any]) -> None:
    """A model beside it folds the delivered versions; value 0 deletes."""
    store = Store({})
    informer = Informer("p/things", "things", store)
    model: dict[str, int] = {}
    values: list[tuple[str, int]] = []
    there: set[str] = set()
    for step in steps:
        if step == "deliver":
            if informer.lag:
                name, value = values[informer.position]
                informer.deliver()
                model.pop(name, None)
                model |= {name: value} if value else {}
        elif step == "look":
            assert shown(informer) == model
            assert [obj["value"] for obj in informer.list()] == [model[name] for name in sorted(model)]
        else:
            name, value = step
            if value or name in there:
                put(store, name, value or None)
                values.append((name, value))
                there = there | {name} if value else there - {name}
    assert shown(informer) == model
