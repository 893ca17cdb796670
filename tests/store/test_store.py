"""The store keeps every version, forks cheaply, and never forgets what a revision looked like."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sanb.store.log import SEGMENT
from sanb.store.store import Compacted, Store
from sanb.values import Key, Obj

INDEXERS = {"*": {"size": lambda obj: obj["size"]}, "pods": {"tags": lambda obj: obj.get("tags")}}
KEYS = st.tuples(st.sampled_from(["pods", "nodes"]), st.sampled_from(["", "a", "b"]), st.sampled_from(["x", "y", "z"]))
VALUES = st.none() | st.fixed_dictionaries(
    {"size": st.integers(0, 3), "tags": st.lists(st.sampled_from("pq"), unique=True, max_size=2)}
)
WRITES = st.lists(st.tuples(KEYS, VALUES), max_size=40)


def obj(size: int, *tags: str) -> Obj:
    return {"size": size, "tags": list(tags)}


def fill(store: Store, writes: list[tuple[Key, Obj | None]]) -> dict[Key, Obj]:
    """Commit the writes that make sense; returns what a plain dictionary would hold."""
    model: dict[Key, Obj] = {}
    for key, value in writes:
        if value is None and key not in model:
            continue
        store.commit(key, value)
        if value is None:
            del model[key]
        else:
            model[key] = value
    return model


def contents(table: Any) -> dict[Key, Obj]:
    return {version.key: version.obj for name in ("nodes", "pods") for version in table.scan(name)}


def test_revisions_grow_by_one_with_each_commit() -> None:
    store = Store(INDEXERS, rev=10)
    assert [store.commit(("pods", "a", name), obj(1)).rev for name in "xyx"] == [11, 12, 13]
    assert store.rev == 13


def test_a_version_knows_the_one_before() -> None:
    store = Store(INDEXERS)
    first = store.commit(("pods", "a", "x"), obj(1))
    gone = store.commit(("pods", "a", "x"), None)
    assert (gone.prev, gone.obj, gone.last) == (first, None, obj(1))


def test_an_index_follows_its_objects() -> None:
    store = Store(INDEXERS)
    store.commit(("pods", "a", "x"), obj(1, "p"))
    store.commit(("pods", "b", "x"), obj(1, "p", "q"))
    store.commit(("pods", "a", "x"), obj(2, "q"))
    names = [version.key[1] for version in store.head.by("pods", "tags", "q")]
    assert names == ["a", "b"]
    assert [v.key[1] for v in store.head.by("pods", "tags", "p")] == ["b"]
    assert [v.key[1] for v in store.head.by("pods", "size", 1)] == ["b"]


@given(WRITES)
def test_the_head_is_the_fold_of_all_writes(writes: list[Any]) -> None:
    store = Store(INDEXERS)
    model = fill(store, writes)
    assert contents(store.head) == model


@given(WRITES)
def test_indexes_hold_what_a_full_scan_would_find(writes: list[Any]) -> None:
    store = Store(INDEXERS)
    model = fill(store, writes)
    for size in range(4):
        wanted = sorted(key for key, value in model.items() if key[0] == "pods" and value["size"] == size)
        assert [version.key for version in store.head.by("pods", "size", size)] == wanted
    for tag in "pq":
        wanted = sorted(key for key, value in model.items() if key[0] == "pods" and tag in value["tags"])
        assert [version.key for version in store.head.by("pods", "tags", tag)] == wanted


@given(WRITES, WRITES)
def test_a_fork_and_its_origin_do_not_see_each_others_writes(before: list[Any], after: list[Any]) -> None:
    store = Store(INDEXERS)
    fill(store, before)
    frozen = contents(store.head)
    fork = store.fork()
    for key, value in after:
        if value is not None:
            fork.commit(key, value)
    assert contents(store.head) == frozen
    expected = {**frozen, **{key: value for key, value in after if value is not None}}
    assert contents(fork.head) == expected


@given(WRITES, WRITES)
def test_an_origin_that_goes_on_does_not_change_its_fork(before: list[Any], after: list[Any]) -> None:
    store = Store(INDEXERS)
    fill(store, before)
    fork = store.fork()
    frozen, revision = contents(fork.head), fork.rev
    for key, value in after:
        if value is not None:
            store.commit(key, value)
    assert (contents(fork.head), fork.rev, len(fork.since(0))) == (frozen, revision, revision)


@settings(max_examples=50)
@given(WRITES)
def test_every_past_revision_can_be_looked_at(writes: list[Any]) -> None:
    store = Store(INDEXERS)
    seen: dict[int, dict[Key, Obj]] = {0: {}}
    model: dict[Key, Obj] = {}
    for key, value in writes:
        if value is None and key not in model:
            continue
        version = store.commit(key, value)
        model = {k: v for k, v in {**model, key: value}.items() if v is not None}
        seen[version.rev] = model
    for rev, wanted in seen.items():
        assert contents(store.at(rev)) == wanted


def test_since_gives_the_tail_of_one_resource_across_segments() -> None:
    store = Store({})
    for number in range(2 * SEGMENT + 10):
        store.commit(("pods" if number % 2 else "nodes", "", str(number)), {"n": number})
    tail = store.since(2 * SEGMENT + 4, "pods")
    assert [version.rev for version in tail] == [2 * SEGMENT + n for n in (6, 8, 10)]


def test_what_is_compacted_is_refused_and_says_what_is_kept() -> None:
    store = Store({})
    for number in range(5):
        store.commit(("pods", "", str(number)), {})
    store.compact(3)
    with pytest.raises(Compacted, match="revision 2 is compacted: the oldest one kept is 3"):
        store.since(2)
    assert [version.rev for version in store.since(3)] == [4, 5]


def test_equal_contents_have_equal_identities_whatever_their_revision() -> None:
    store = Store({})
    one = store.commit(("pods", "", "x"), {"metadata": {"name": "x", "resourceVersion": "1"}})
    two = store.commit(("pods", "", "x"), {"metadata": {"name": "x", "resourceVersion": "2"}})
    three = store.commit(("pods", "", "x"), {"metadata": {"name": "x", "labels": {}}})
    assert one.ident == two.ident != three.ident
