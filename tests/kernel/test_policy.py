"""Who goes next is a policy's choice; the outcome of a run does not depend on it, its path does."""

from __future__ import annotations

import pytest

from sanb.kernel import policy
from sanb.kernel.action import Action
from sanb.kernel.world import World
from tests.kernel import toy
from tests.kernel.toy import Ask


def busy() -> World:
    world = toy.world()
    for number, name in enumerate("abcd"):
        world.submit(Ask("put", "originals", name, number))
    return world


def path(world: World) -> list[Action]:
    return [Action(s.op, s.actor, s.item) for s in world.actions]


@pytest.mark.parametrize("seed", range(5))
def test_a_seeded_run_is_the_same_every_time(seed: int) -> None:
    one, two = busy(), busy()
    policy.run(one, policy.seeded(seed))
    policy.run(two, policy.seeded(seed))
    assert path(one) == path(two)


def test_different_seeds_take_different_paths_to_the_same_state() -> None:
    paths, ends = set(), set()
    for seed in range(10):
        world = busy()
        policy.run(world, policy.seeded(seed))
        paths.add(tuple(path(world)))
        ends.add(tuple(sorted(toy.contents(world, "copies").items())))
    assert (len(paths), ends) == (10, {(("a", 0), ("b", 1), ("c", 2), ("d", 3))})


def test_the_fast_path_makes_the_steps_of_the_slow_one() -> None:
    one, two = busy(), busy()
    policy.run(one, policy.fifo)
    policy.run(two, lambda world, enabled: enabled[0] if enabled else None)
    assert path(one) == path(two)


def test_a_seeded_fork_goes_on_as_its_origin_would() -> None:
    world = busy()
    pick = policy.seeded(3)
    policy.run(world, pick, until=lambda w: w.steps >= 12)
    fork = world.fork()
    policy.run(world, pick)
    policy.run(fork, pick)
    assert path(world) == path(fork)


def test_a_replay_takes_exactly_the_recorded_path() -> None:
    world, again = busy(), busy()
    policy.run(world, policy.seeded(7))
    policy.run(again, policy.replay(path(world)))
    assert (path(again), again.fingerprint()) == (path(world), world.fingerprint())


def test_a_hidden_controller_does_nothing_and_goes_on_afterwards() -> None:
    world = busy()
    policy.run(world, policy.hiding(policy.fifo, frozenset({"copier"})))
    assert toy.contents(world, "copies") == {}
    assert world.workers["copier"].queue.waiting == ("a", "b", "c", "d")
    policy.run(world)
    assert toy.contents(world, "copies") == {"a": 0, "b": 1, "c": 2, "d": 3}


def test_a_timed_run_prefers_what_is_quick() -> None:
    world = busy()
    policy.run(world, policy.timed(1, lambda action: 0.0 if action.op == "deliver" else 50.0))
    assert toy.contents(world, "copies") == {"a": 0, "b": 1, "c": 2, "d": 3}
    first = [step.op for step in world.actions][:4]
    assert "deliver" in first
