"""Policies: who goes next. A policy is given the world and what is enabled, and picks one action or none."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from math import inf
from typing import TYPE_CHECKING, NamedTuple

from sanb.entropy import draw
from sanb.errors import SanbError
from sanb.kernel.action import Action

if TYPE_CHECKING:
    from sanb.kernel.world import World

Policy = Callable[["World", Sequence[Action]], Action | None]
BUSY_ACTIONS = 20_000
"""So many actions without a new version, plus some per object, and a run is taken to go in circles."""


class Ran(NamedTuple):
    """What a run came to: `actions` made, virtual `seconds` passed, and whether nothing but upkeep is left to do."""

    actions: int
    seconds: float
    quiet: bool

    def __repr__(self) -> str:
        state = "quiet" if self.quiet else "more to do"
        return f"{self.actions} actions in {self.seconds:.3f} s of virtual time; {state}"


def fifo(world: World, enabled: Sequence[Action]) -> Action | None:
    """The first enabled action: answers, then calls, then informers, then workers, time last."""
    return enabled[0] if enabled else None


def seeded(seed: int) -> Policy:
    """A random order that depends only on `seed` and the step, so that a fork goes on identically."""

    def pick(world: World, enabled: Sequence[Action]) -> Action | None:
        return enabled[draw(seed, "step", world.steps) % len(enabled)] if enabled else None

    return pick


def timed(seed: int, latency: Callable[[Action], float]) -> Policy:
    """Each action gets a keyed delay of up to `latency(action)` when it becomes enabled; the earliest goes first."""
    due: dict[Action, float] = {}

    def pick(world: World, enabled: Sequence[Action]) -> Action | None:
        for action in enabled:
            if action not in due:
                share = draw(seed, "latency", world.steps, action) / 2**64
                due[action] = world.steps + latency(action) * share
        chosen = min(enabled, key=lambda action: due[action], default=None)
        if chosen is not None:
            del due[chosen]
        return chosen

    return pick


def replay(actions: Iterable[Action]) -> Policy:
    """Exactly these actions, in order; stops when they are used up."""
    rest = iter(actions)

    def pick(world: World, enabled: Sequence[Action]) -> Action | None:
        return next(rest, None)

    return pick


def hiding(policy: Policy, names: frozenset[str]) -> Policy:
    """`policy` without the actions of these actors: what is hidden does not run, which is what a pause is.

    Timers still go off; they only put keys into queues.
    """

    def pick(world: World, enabled: Sequence[Action]) -> Action | None:
        return policy(world, [a for a in enabled if a.op == "fire" or a.actor not in names])

    return pick


class Busy(SanbError):
    """The world acts without changing anything."""


def run(
    world: World,
    policy: Policy = fifo,
    until: Callable[[World], bool] | None = None,
    *,
    upkeep: bool = False,
    horizon: float = inf,
) -> None:
    """Step until the policy picks nothing, or `until(world)` is true; no timer due after `horizon` goes off.

    Raises:
        Busy: so many actions passed without a new version that the world seems to go in circles.
    """
    store, clock, go = world.store, world.clock, world.go
    while True:
        rev, now = store.rev, clock.now
        limit = BUSY_ACTIONS + 50 * rev
        for _ in range(limit + 1):
            if until is not None and until(world):
                return
            if policy is fifo:
                if not go(upkeep, horizon):
                    return
            else:
                action = policy(world, world.enabled(upkeep=upkeep, horizon=horizon))
                if action is None:
                    return
                world.step(action)
            if store.rev != rev or (upkeep and clock.now != now):
                break
        else:
            raise _busy(world, limit + 1)


def _busy(world: World, count: int) -> Busy:
    last = list(world.actions.after(max(0, len(world.actions) - 1000)))
    totals: dict[str, int] = {}
    for stepped in last:
        totals[stepped.actor] = totals.get(stepped.actor, 0) + 1
    busiest = ", ".join(f"{name} ({n})" for name, n in sorted(totals.items(), key=lambda item: (-item[1], item[0]))[:3])
    tail = "; ".join(f"{s.op} {s.actor} {s.item}" for s in last[-5:])
    return Busy(
        f"{count} actions without a new version: a controller seems to go in circles. Busiest of the last 1000: {busiest}. "
        f"Last actions: {tail}. Step by hand (step(), enabled()) to see why, or pause the controller."
    )


__all__ = ["Busy", "Policy", "fifo", "hiding", "replay", "run", "seeded", "timed"]
