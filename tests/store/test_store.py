"""The store keeps every version, forks cheaply, and never forgets what a revision looked like."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sanb.store.log import SEGMENT, Numbered, Tape
from sanb.store.store import Compacted, Store, Tally
from sanb.values import Key, Late, Obj

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


@given(WRITES)
def test_who_looks_after_every_write_sees_all_in_order(writes: list[Any]) -> None:
    store = Store(INDEXERS)
    model: dict[Key, Obj] = {}
    for key, value in writes:
        if value is None and key not in model:
            continue
        fork = store.fork()
        store.commit(key, value)
        model = {k: v for k, v in {**model, key: value}.items() if v is not None}
        pods = sorted(key for key in model if key[0] == "pods")
        for table in (store.head, store.fork().head):
            assert [version.key for version in table.scan("pods")] == pods
            assert [version.key for version in table.by("pods", "size", 1)] == [key for key in pods if model[key]["size"] == 1]
        assert [v.key for v in fork.head.scan("pods")] == sorted(v.key for v in fork.head.scan("pods"))
        fork.commit(("pods", "a", "new"), obj(1))
        assert ("pods", "a", "new") in [version.key for version in fork.head.scan("pods", "a")]


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


# ---------------------------------------------------------------------- what saves work


def pod(status: str, spec: Obj, metadata: Obj) -> Obj:
    return {"metadata": metadata, "spec": spec, "status": status}


def test_the_indexers_are_not_asked_again_while_the_parts_they_look_at_stay() -> None:
    asked: list[str] = []

    def size(value: Obj) -> int:
        asked.append(value["status"])
        return int(value["spec"]["size"])

    store = Store({"pods": {"size": size}}, parts={"pods": ("spec",)})
    small: Obj = {"size": 1}
    for status, spec, metadata in (("a", small, {}), ("b", small, {"labels": {}}), ("c", {"size": 2}, {})):
        store.commit(("pods", "s", "x"), pod(status, spec, metadata))
    assert asked == ["a", "b", "c"]  # b once, as what was there before c
    assert [v.rev for v in store.head.by("pods", "size", 2)] == [3]
    assert store.head.by("pods", "size", 1) == []


def test_an_index_shows_the_newest_version_of_an_object_that_is_filed_as_before() -> None:
    store = Store({"pods": {"size": lambda value: value["spec"]["size"]}}, parts={"pods": ("spec",)})
    spec: Obj = {"size": 1}
    for status in "ab":
        store.commit(("pods", "s", "x"), pod(status, spec, {}))
    assert [v.last["status"] for v in store.head.by("pods", "size", 1)] == ["b"]


@pytest.mark.parametrize("field", ["ownerReferences", "annotations"])
def test_owners_and_annotations_count_as_parts_of_every_resource(field: str) -> None:
    store = Store({"pods": {"size": lambda value: len(value["metadata"].get(field, ()))}}, parts={"pods": ()})
    for size in (0, 2):
        store.commit(("pods", "s", "x"), {"metadata": {field: ["o"] * size}})
    assert [len(store.head.by("pods", "size", size)) for size in (0, 2)] == [0, 1]


def test_an_object_that_is_made_late_is_made_once_and_with_its_revision() -> None:
    made: list[int] = []

    def make(rev: int, name: str) -> Obj:
        made.append(rev)
        return {"size": 3, "name": name, "rev": rev}

    store = Store({"pods": INDEXERS["pods"]}, rev=10)
    version = store.commit(("events", "s", "x"), Late(make, "x"))
    fork = store.fork()
    assert made == []
    assert version.obj == {"size": 3, "name": "x", "rev": 11}
    assert fork.head.get(("events", "s", "x")).obj is version.last  # type: ignore[union-attr]
    assert made == [11]
    other = Store({}).commit(("events", "s", "y"), {"size": 3, "name": "x", "rev": 11})
    assert version.ident == other.ident


def test_an_object_that_is_made_late_can_be_changed_and_deleted() -> None:
    store = Store({"*": {"size": lambda value: value["size"] or None}})
    key = ("events", "s", "x")
    store.commit(key, Late(lambda rev: {"size": 0}))
    store.commit(key, obj(1))
    assert [v.rev for v in store.head.by("events", "size", 1)] == [2]
    store.commit(key, None)
    store.commit(key, Late(lambda rev: {"size": 0}))
    assert [(v.rev, v.last["size"]) for v in store.since(0)] == [(1, 0), (2, 1), (3, 1), (4, 0)]
    assert store.head.count("events") == 1


@given(st.lists(st.tuples(st.integers(0, 3), st.sampled_from([1, 2, SEGMENT - 1, SEGMENT, SEGMENT + 3])), max_size=12))
@settings(max_examples=30)
def test_a_tape_and_its_forks_are_lists_of_their_own(moves: list[tuple[int, int]]) -> None:
    tapes: list[tuple[Tape[int], list[int]]] = [(Tape(), [])]
    for which, count in moves:
        tape, model = tapes[which % len(tapes)]
        for number in range(count):
            tape.append(number)
            model.append(number)
        tapes.append((tape.fork(), list(model)))
    for tape, model in tapes:
        assert (len(tape), list(tape)) == (len(model), model)
        for position in {0, 1, SEGMENT - 1, SEGMENT, SEGMENT + 1, len(model) // 2, max(0, len(model) - 1), len(model)}:
            assert list(tape.after(position)) == model[position:]
            assert position >= len(model) or tape[position] == model[position]


MOVES = st.tuples(st.integers(0, 2), st.sampled_from(["append", "fork", "forget"]), st.integers(0, 2 * SEGMENT))


@given(st.lists(MOVES, max_size=14))
@settings(max_examples=60)
def test_what_a_tape_forgets_keeps_no_room_and_its_forks_have_it_all_the_same(moves: list[tuple[int, str, int]]) -> None:
    """Numbers stay what they were. Segments that forks share go as a whole, so a little more may be kept than was asked for."""
    tapes: list[tuple[Tape[int], list[int], int]] = [(Tape(), [], 0)]
    for which, move, count in moves:
        tape, model, gone = tapes[which % len(tapes)]
        if move == "append":
            for _ in range(count):
                tape.append(len(model))
                model.append(len(model))
        elif move == "fork":
            tapes.append((tape.fork(), list(model), gone))
        else:
            tape.forget(count)
            tapes[which % len(tapes)] = (tape, model, max(gone, min(count, len(model))))
    for tape, model, gone in tapes:
        assert tape.first <= gone and len(tape) == len(model)
        assert list(tape) == model[tape.first :] == list(tape.after(0))
        for position in {tape.first, gone, (gone + len(model)) // 2, len(model) - 1, len(model)} - {-1}:
            assert list(tape.after(position)) == model[max(position, tape.first) :]
            assert position >= len(model) or position < tape.first or tape[position] == model[position]
        if tape.first:
            with pytest.raises(IndexError, match="is not kept any more"):
                _ = tape[tape.first - 1]


def test_rows_keep_their_numbers_when_those_before_are_forgotten() -> None:
    rows: Numbered[tuple[int, str]] = Numbered(tuple)
    for letter in "abcd":
        rows.append((letter,))
    rows.forget(2)
    assert list(rows) == [(3, "c"), (4, "d")] and rows[3] == (4, "d") and len(rows) == 4
    with pytest.raises(IndexError, match=r"item 1 is not kept any more: the first one is 2"):
        _ = rows[1]


@given(WRITES, WRITES, st.integers(0, 80))
def test_what_is_forgotten_is_refused_and_everything_since_is_as_it_was(
    before: list[Any], after: list[Any], rev: int
) -> None:
    store, whole = Store(INDEXERS), Store(INDEXERS)
    for one in (store, whole):
        fill(one, before)
    store.forget(rev)
    oldest = store.oldest
    assert oldest == min(rev, store.rev)
    for one in (store, whole):
        for key, value in after:
            if value is not None or one.head.get(key) is not None:
                one.commit(key, value)
    for at in range(oldest, store.rev + 1):
        assert contents(store.at(at)) == contents(whole.at(at))
        assert [v.rev for v in store.since(at)] == [v.rev for v in whole.since(at)]
        assert [v.rev for v in store.since(at, "pods")] == [v.rev for v in store.follow(at, "pods")]
    assert [v.rev for v in store.written(0)] == list(range(oldest + 1, store.rev + 1))
    if oldest:
        with pytest.raises(Compacted):
            store.since(oldest - 1)


def test_who_has_seen_everything_of_a_resource_misses_nothing_by_what_is_forgotten() -> None:
    store = Store({})
    for number in range(4):
        store.commit(("pods", "", str(number)), {})
    for _ in range(3):
        store.commit(("nodes", "", "n"), {})
    store.forget(6)
    assert store.follow(4, "pods") == [] and [v.rev for v in store.follow(6, "nodes")] == [7]
    for rev, resource in ((3, "pods"), (5, "nodes")):
        with pytest.raises(Compacted):
            store.follow(rev, resource)


def test_counts_of_uids_that_are_forgotten_are_not_counted_again() -> None:
    tally = Tally()
    for _ in range(3):
        tally.add(("uid", "pods", "", "a"))
    tally.add(("name", "pods", "", "a-"))
    tally.forget(("uid", "pods", "", "a"))
    tally.forget(("uid", "pods", "", "never"))
    fork = tally.fork()
    for one in (tally, fork):
        assert [one.get((kind, "pods", "", "b")) for kind in ("uid", "name")] == [3, 0]
        one.add(("uid", "pods", "", "a"))
        one.add(("name", "pods", "", "a-"))
        assert one.all() == {("uid", "pods", "", "a"): 4, ("name", "pods", "", "a-"): 2}
