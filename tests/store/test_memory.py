"""What a process remembers for a while."""

from __future__ import annotations

from sanb.store import memory
from sanb.store.memory import Memory


def test_an_entry_is_there_until_its_time() -> None:
    found = Memory()
    found.put("k", "v", 10.0, 0.0)
    assert (found.get("k", 9.9), found.get("k", 10.0), found.get("other", 0.0)) == ("v", None, None)


def test_forks_go_on_apart() -> None:
    one = Memory()
    one.put("k", "v", 10.0, 0.0)
    other = one.fork()
    one.put("only", 1, 10.0, 0.0)
    other.put("k", "w", 10.0, 0.0)
    assert (one.get("k", 0.0), other.get("k", 0.0), other.get("only", 0.0)) == ("v", "w", None)


def test_what_is_over_is_swept_when_there_is_much() -> None:
    found = Memory()
    for number in range(3 * memory.FEW):
        found.put(number, number, number + 1.0, float(number))
    assert len(found._entries) <= memory.FEW
    assert found.get(3 * memory.FEW - 1, 3 * memory.FEW - 1.0) == 3 * memory.FEW - 1


def test_the_identity_is_what_is_remembered_now_without_times() -> None:
    one, other = Memory(), Memory()
    one.put("k", "v", 10.0, 0.0)
    other.put("k", "v", 110.0, 100.0)
    assert one.ident(5.0) == other.ident(105.0) != one.ident(10.0) == ()
    one.clear()
    assert one.ident(5.0) == ()
