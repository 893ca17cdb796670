"""The world lists everything that can happen next, and only that happens."""

from __future__ import annotations

from typing import Any

import pytest

from sanb.errors import NondeterminismError, UsageError
from sanb.kernel import policy
from sanb.kernel.action import Action
from sanb.kernel.controller import Retry, Upkeep
from sanb.kernel.policy import Busy
from tests.kernel import toy
from tests.kernel.toy import Ask


def test_a_submitted_call_is_served_only_when_the_world_steps() -> None:
    world = toy.world()
    number = world.submit(Ask("put", "originals", "x", 3))
    assert world.enabled() == [Action("serve", "kube-apiserver", number)]
    assert toy.contents(world, "originals") == {}
    world.step(world.enabled()[0])
    assert toy.contents(world, "originals") == {"x": 3}
    assert world.replies[number].response.code == 201


def test_one_write_goes_through_informer_queue_and_worker_step_by_step() -> None:
    world = toy.world()
    world.submit(Ask("put", "originals", "x", 3))
    ops = []
    while (action := world.first()) is not None:
        world.step(action)
        ops.append(f"{action.op} {action.actor}")
    assert ops == [
        "serve kube-apiserver", "deliver toy/originals", "start copier", "serve kube-apiserver", "reply copier",
        "serve kube-apiserver", "reply copier",
    ]
    assert toy.contents(world, "copies") == {"x": 3}


def test_an_action_that_is_not_enabled_is_refused_with_those_that_are() -> None:
    world = toy.world()
    world.submit(Ask("put", "originals", "x"))
    with pytest.raises(UsageError, match="start copier x is not enabled now; enabled: serve kube-apiserver 1"):
        world.step(Action("start", "copier", "x"))


def test_a_wait_is_decided_again_after_its_time() -> None:
    world = toy.world()
    world.submit(Ask("wait", "originals", "x", 3))
    policy.run(world, until=lambda w: toy.contents(w, "originals") != {})
    assert world.clock.now == 101.5


def test_an_informer_shows_what_it_was_told_not_what_is() -> None:
    world = toy.world()
    world.submit(Ask("put", "originals", "x", 1))
    policy.run(world)
    world.submit(Ask("put", "originals", "x", 2))
    world.step(world.enabled()[0])
    informer = world.informers["toy/originals"]
    assert informer.lag == 1
    assert informer.get(("originals", "", "x"))["size"] == 1  # type: ignore[index]
    world.step(Action("deliver", "toy/originals"))
    assert informer.get(("originals", "", "x"))["size"] == 2  # type: ignore[index]


def test_a_key_that_changes_while_it_is_processed_is_processed_again() -> None:
    world = toy.world()
    world.submit(Ask("put", "originals", "x", 1))
    policy.run(world, until=lambda w: bool(w.workers["copier"].tasks))
    world.submit(Ask("put", "originals", "x", 2))
    policy.run(world)
    assert toy.contents(world, "copies") == {"x": 2}


def test_a_refused_call_raises_in_the_reconcile_and_the_key_comes_back_with_back_off() -> None:
    async def stubborn(api: Any, key: str) -> None:
        await api.call("refuse", "copies", key)

    world = toy.world(toy.copier(stubborn, retries=3))
    world.submit(Ask("put", "originals", "x"))
    policy.run(world)
    refused = [entry.time for entry in world.journal if entry.code == 409]
    assert [round(time - 100, 3) for time in refused] == [0, 0.005, 0.015, 0.035]


def test_a_retry_without_a_limit_becomes_upkeep_so_that_the_world_gets_quiet() -> None:
    async def never(api: Any, key: str) -> None:
        raise Retry

    world = toy.world(toy.copier(never))
    world.submit(Ask("put", "originals", "x"))
    policy.run(world)
    assert world.workers["copier"].queue.requeues("x") == 6
    assert world.first() is None
    assert world.first(upkeep=True) == Action("fire", "copier", "x")


def test_upkeep_goes_on_only_up_to_the_horizon() -> None:
    async def daily(api: Any, key: str) -> Upkeep:
        await api.call("put", "copies", key, 1)
        return Upkeep(86400.0)

    world = toy.world(toy.copier(daily))
    world.submit(Ask("put", "originals", "x"))
    policy.run(world, upkeep=True, horizon=100.0 + 2.5 * 86400)
    assert [entry.time for entry in world.journal][1:] == [100.0, 86500.0, 172900.0]


def test_a_world_in_circles_is_stopped_and_the_busiest_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    async def spin(api: Any, key: str) -> float:
        return 1e-9

    monkeypatch.setattr(policy, "BUSY_ACTIONS", 50)
    world = toy.world(toy.copier(spin))
    world.submit(Ask("put", "originals", "x"))
    with pytest.raises(Busy, match=r"Busiest of the last 1000: copier \("):
        policy.run(world)


def test_a_foreign_awaitable_is_refused_with_the_controllers_name() -> None:
    class Foreign:
        def __await__(self) -> Any:
            yield "something else"

    async def wrong(api: Any, key: str) -> None:
        await Foreign()

    world = toy.world(toy.copier(wrong))
    world.submit(Ask("put", "originals", "x"))
    with pytest.raises(UsageError, match="controller 'copier' awaited 'something else' while reconciling 'x'"):
        policy.run(world)


def test_a_fork_in_the_middle_of_a_reconcile_goes_on_by_itself() -> None:
    world = toy.world()
    world.submit(Ask("put", "originals", "x", 3))
    policy.run(world, until=lambda w: toy.contents(w, "drafts") != {})
    fork = world.fork()
    assert fork.fingerprint() == world.fingerprint()
    policy.run(fork)
    assert (toy.contents(fork, "copies"), toy.contents(world, "copies")) == ({"x": 3}, {})
    policy.run(world)
    assert fork.fingerprint() == world.fingerprint()


def test_forks_of_every_state_of_a_run_end_alike() -> None:
    world = toy.world()
    world.submit(Ask("put", "originals", "x", 3))
    world.submit(Ask("put", "originals", "y", 4))
    ends = set()
    while (action := world.first()) is not None:
        fork = world.fork()
        policy.run(fork)
        ends.add(fork.fingerprint())
        world.step(action)
    assert ends == {world.fingerprint()}


def test_a_reconcile_that_does_not_repeat_itself_is_named() -> None:
    turns = iter(range(100))

    async def moody(api: Any, key: str) -> None:
        await api.call("put", "drafts", f"{key}{next(turns)}")
        await api.call("put", "copies", key)

    world = toy.world(toy.copier(moody))
    world.submit(Ask("put", "originals", "x"))
    policy.run(world, until=lambda w: toy.contents(w, "drafts") != {})
    fork = world.fork()
    with pytest.raises(NondeterminismError, match="controller 'copier' did not repeat itself for key 'x': at step 0"):
        policy.run(fork)


def test_the_fingerprint_is_of_the_state_not_of_the_way_there() -> None:
    one, two = toy.world(), toy.world()
    for name in "xy":
        one.submit(Ask("put", "originals", name, 1))
    for name in "yx":
        two.submit(Ask("put", "originals", name, 1))
    policy.run(one)
    policy.run(two)
    assert one.fingerprint() == two.fingerprint()
    two.submit(Ask("put", "originals", "x", 2))
    policy.run(two)
    assert one.fingerprint() != two.fingerprint()


def test_what_nobody_waits_for_any_longer_is_served_all_the_same() -> None:
    world = toy.world()
    number = world.submit(Ask("put", "originals", "x", 3))
    world.abandon(number)
    policy.run(world)
    assert (toy.contents(world, "copies"), world.replies) == ({"x": 3}, {})


def test_a_bug_in_a_reconcile_reaches_the_caller_with_its_key_and_the_world_goes_on() -> None:
    async def broken(api: Any, key: str) -> None:
        if key == "x":
            raise ZeroDivisionError
        await toy.copy(api, key)

    world = toy.world(toy.copier(broken))
    world.submit(Ask("put", "originals", "x", 1))
    with pytest.raises(ZeroDivisionError) as caught:
        policy.run(world)
    assert caught.value.__notes__ == ["controller 'copier' failed while reconciling 'x'; the key was dropped"]
    world.submit(Ask("put", "originals", "y", 2))
    policy.run(world)
    assert toy.contents(world, "copies") == {"y": 2}


def test_actions_are_numbered_by_their_place_also_after_one_that_could_not_be() -> None:
    world = toy.world()
    world.submit(Ask("put", "originals", "a", 1))
    with pytest.raises(UsageError):
        world.step(Action("start", "copier", "b"))
    policy.run(world)
    assert [stepped.step for stepped in world.actions] == list(range(1, world.steps + 1))
    assert [stepped.step for stepped in world.actions.after(3)] == list(range(4, world.steps + 1))
    assert world.actions[2].step == 3
    served = [stepped.step for stepped in world.actions if stepped.op == "serve"]
    assert served == [entry.step for entry in world.journal]
