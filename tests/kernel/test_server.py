"""The API server as an actor: calls that need another call first, and processes that start anew."""

from __future__ import annotations

from typing import Any

import pytest

from sanb.errors import ApiError
from sanb.kernel import policy
from sanb.kernel.outcome import Decision, Learned, Outcome, Prelude
from sanb.kernel.workers import Workers
from sanb.kernel.world import World
from sanb.store.store import Store
from tests.kernel import toy
from tests.kernel.toy import Ask, Reply


def handle(store: Store, now: float, request: Ask, attempt: int) -> Outcome:
    """A toy whose `prepared` wants another call first, and remembers that it was asked."""
    if request.verb == "prepared":
        first = Ask("put", "originals", "first") if request.size == 0 else Ask("refuse", "originals", "x")
        return Prelude(request._replace(verb="put"), (Learned("asked", request.name, now + 10.0),), first)
    if request.verb == "renamed":
        return Prelude(request._replace(verb="put", name="other"))
    if request.verb == "learned":
        return Decision(Reply(200, store.memory.get("asked", now)), (), (), (Learned("asked", request.name, now + 1),))
    return toy.handle(store, now, request, attempt)


def world() -> World:
    return World(Store({}), handle, [toy.copier()], toy.Api, now=100.0)


def answer(found: World, ask: Ask, pick: Any = policy.fifo) -> Any:
    number = found.submit(ask)
    policy.run(found, pick, until=lambda w: number in w.replies)
    return found.replies.pop(number)


@pytest.mark.parametrize("pick", [policy.fifo, *(policy.seeded(n) for n in range(20))])
def test_the_first_call_is_answered_before_the_one_that_needs_it(pick: Any) -> None:
    found = world()
    found.submit(Ask("put", "originals", "before"))
    assert answer(found, Ask("prepared", "originals", "then"), pick).response.code == 201
    order = [version.key[2] for version in found.store.since(0, "originals")]
    assert order.index("first") < order.index("then")


def test_a_first_call_that_fails_does_not_hold_up_the_other_one() -> None:
    found = world()
    assert answer(found, Ask("prepared", "originals", "then", 1)).response.code == 201
    assert [served.code for served in found.journal.after(0)][:2] == [409, 201]


def test_the_journal_has_the_request_as_it_was_decided() -> None:
    found = world()
    answer(found, Ask("renamed", "originals", "x"))
    assert [served.request for served in found.journal.after(0)] == [Ask("put", "originals", "other")]


def test_what_was_learned_is_there_for_the_next_call_and_its_time() -> None:
    found = world()
    answer(found, Ask("prepared", "originals", "then"))
    assert answer(found, Ask("learned", "originals", "now")).response.body == "then"
    assert answer(found, Ask("learned", "originals", "now")).response.body == "now"
    found.clock.advance(101.0)
    assert answer(found, Ask("learned", "originals", "now")).response.body is None


def test_a_fork_in_the_middle_of_it_goes_on_alike() -> None:
    found = world()
    number = found.submit(Ask("prepared", "originals", "then"))
    found.step(found.enabled()[0])
    other = found.fork()
    assert other.server.pending(number) and other.fingerprint() == found.fingerprint()
    for one in (found, other):
        policy.run(one)
        assert toy.contents(one, "copies") == {"first": 0, "then": 0}


# ---------------------------------------------------------------------- restart


def nothing(new: Workers, old: Workers) -> None:
    """Nothing is left to the next process."""


def test_a_process_that_starts_anew_lists_what_there_is() -> None:
    found = world()
    for name in ("a", "b", "c"):
        found.submit(Ask("put", "originals", name))
    found.submit(Ask("drop", "originals", "b"))
    while found.server.calls:
        found.step(found.enabled()[0])
    found.restart(handle, [toy.copier()], toy.Api, ("toy",), nothing)
    assert [action.op for action in found.enabled()] == ["start"]
    policy.run(found)
    assert toy.contents(found, "copies") == {"a": 0, "c": 0}


def test_reconciles_and_timers_end_with_their_process() -> None:
    found = world()
    number = found.submit(Ask("put", "originals", "a"))
    while "a" not in toy.contents(found, "drafts"):
        found.step(found.enabled()[0])
    found.clock.set(500.0, "copier", "a")
    found.restart(handle, [], toy.Api, ("toy",), nothing)
    assert number in found.replies
    assert found.enabled() == [] and found.clock.timers() == []
    assert toy.contents(found, "copies") == {}


def test_other_processes_go_on_and_so_do_the_calls_of_users() -> None:
    found = world()
    found.submit(Ask("put", "originals", "a"))
    while "a" not in toy.contents(found, "drafts"):
        found.step(found.enabled()[0])
    number = found.submit(Ask("wait", "originals", "b", 3))
    found.step(next(action for action in found.enabled() if action.item == number))
    found.restart(handle, [toy.copier()], toy.Api, ("another",), nothing)
    policy.run(found)
    assert number in found.replies
    assert toy.contents(found, "copies") == {"a": 0, "b": 3}


def test_what_is_kept_of_a_memory_is_said_by_the_caller() -> None:
    found = world()
    found.workers["copier"].memory.put("lasting", "k", 1)
    found.workers["copier"].memory.put("passing", "k", 2)

    def inherit(new: Workers, old: Workers) -> None:
        new.inherit(old, lambda bucket, key, value: value if bucket == "lasting" else None)

    found.store.memory.put("asked", 1, 1e9, 0.0)
    found.restart(handle, [toy.copier()], toy.Api, ("toy",), inherit)
    memory = found.workers["copier"].memory
    assert (memory.get("lasting", "k"), memory.get("passing", "k")) == (1, None)
    assert found.store.memory.get("asked", 0.0) is None


def test_a_handler_of_another_program_decides_from_then_on() -> None:
    found = world()

    def closed(store: Store, now: float, request: Ask, attempt: int) -> Outcome:
        raise ApiError({"code": 503, "message": "no"})

    number = found.submit(Ask("put", "originals", "a"))
    found.restart(closed, [toy.copier()], toy.Api, (), nothing)
    policy.run(found)
    assert found.replies[number].error is not None
