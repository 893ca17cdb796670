"""The work queue keeps client-go's promises."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sanb.kernel.controller import Limiter
from sanb.kernel.queue import WorkQueue


def queue() -> WorkQueue:
    return WorkQueue(Limiter())


def test_a_waiting_key_is_not_added_twice() -> None:
    q = queue()
    q.add("a")
    q.add("b")
    q.add("a")
    assert (q.waiting, len(q)) == (("a", "b"), 2)


def test_a_key_carries_the_newest_revision_that_asked_for_it() -> None:
    q = queue()
    q.add("a", 5)
    q.add("a", 9)
    q.add("a", 7)
    assert q.get() == ("a", 9)


def test_a_key_added_while_it_is_processed_comes_back_when_it_is_done() -> None:
    q = queue()
    q.add("a")
    q.get()
    q.add("a", 4)
    assert (q.waiting, q.processing) == ((), ("a",))
    q.done("a")
    assert q.get() == ("a", 4)
    q.done("a")
    assert (q.waiting, q.processing) == ((), ())


def test_back_off_doubles_from_five_milliseconds_to_a_thousand_seconds() -> None:
    q = queue()
    delays = [q.when("a", 1000.0 * n) for n in range(20)]
    assert delays[:10] == [0.005, 0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56]
    assert delays[-2:] == [1000.0, 1000.0]


def test_forgetting_a_key_starts_its_back_off_anew() -> None:
    q = queue()
    for _ in range(4):
        q.when("a", 0.0)
    assert q.requeues("a") == 4
    q.forget("a")
    assert (q.requeues("a"), q.when("a", 0.0)) == (0, 0.005)


def test_more_than_a_hundred_retries_at_once_are_spread_by_the_bucket() -> None:
    q = queue()
    delays = [q.when(number, 0.0) for number in range(103)]
    assert delays[98:] == [0.005, 0.005, 0.1, 0.2, 0.3]


def test_a_later_timer_does_not_replace_an_earlier_one() -> None:
    q = queue()
    assert (q.waits("a", 5.0), q.waits("a", 7.0), q.waits("a", 3.0)) == (True, False, True)
    assert (q.expects("a", 5.0), q.expects("a", 3.0)) == (False, True)


@given(st.lists(st.tuples(st.sampled_from(["add", "get", "done"]), st.sampled_from("abc"))))
def test_no_key_is_processed_twice_at_once_and_none_is_lost(moves: list[tuple[str, str]]) -> None:
    q = queue()
    wanted: set[str] = set()
    busy: list[str] = []
    for move, key in moves:
        if move == "add":
            q.add(key)
            wanted.add(key)
        elif move == "get" and len(q):
            taken = str(q.get()[0])
            assert taken not in busy
            busy.append(taken)
            wanted.discard(taken)
        elif move == "done" and busy:
            q.done(busy.pop(0))
    while busy:
        q.done(busy.pop())
    assert set(q.waiting) == wanted


@given(st.lists(st.sampled_from("abc")), st.lists(st.sampled_from("abc")))
def test_a_fork_of_a_queue_goes_its_own_way(before: list[str], after: list[str]) -> None:
    q = queue()
    for key in before:
        q.add(key)
    fork, kept = q.fork(), q.waiting
    for key in after:
        fork.add(key)
        fork.when(key, 0.0)
    assert (q.waiting, q.back_offs()) == (kept, {})
