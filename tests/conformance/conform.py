"""Plays scenarios in process and compares them step by step with what real servers answered."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from sanb.controlplane import ControlPlane
from tests.conformance import compare, run, transport

HERE = Path(__file__).parent
MINORS = ("1.10", "1.23", "1.36")
Difference = tuple[int, str, Any, Any]


class Result(NamedTuple):
    """One scenario of one minor: how many steps agree of how many, and where they differ."""

    minor: str
    scenario: str
    agreed: int
    steps: int
    differences: tuple[Difference, ...] = ()


def scenarios() -> list[dict[str, Any]]:
    """All scenarios, by name."""
    return [yaml.safe_load(path.read_text()) for path in sorted((HERE / "scenarios").glob("*.yaml"))]


def golden(minor: str, name: str) -> dict[str, Any] | None:
    """What the real server of a minor answered, or None if the scenario is not for it."""
    path = HERE / "traces" / minor / f"{name}.json"
    return json.loads(path.read_text()) if path.exists() else None


def plane_of(minor: str) -> transport.Plane:
    """A cluster without scheduler and kubelet, as the real ones were."""
    return ControlPlane(minor, seed=1, controllers="*,-scheduler,-kubelet")


def play(
    scenario: dict[str, Any], minor: str, plane_of: Callable[[str], transport.Plane] = plane_of
) -> dict[str, Any]:
    """The normalised trace of one scenario; a plane of its own for each."""
    plane = plane_of(minor)
    return _played(scenario, minor, transport.InProcess(plane), transport.VirtualClock(plane))


def play_served(scenario: dict[str, Any], minor: str) -> dict[str, Any]:
    """The same over HTTPS."""
    from tests.conformance import https

    plane = ControlPlane(minor, seed=1, controllers="*,-scheduler,-kubelet")
    with https.served(plane) as api:
        return _played(scenario, minor, api, transport.VirtualClock(plane))


def _played(scenario: dict[str, Any], minor: str, api: Any, clock: Any) -> dict[str, Any]:
    trace: dict[str, Any] = run.play(scenario, int(minor.partition(".")[2]), api, clock, seed=7)
    return json.loads(json.dumps(trace))  # type: ignore[no-any-return]


def compared(minor: str, name: str, wanted: list[Any], got: list[Any]) -> Result:
    """Step by step: a step agrees when the whole record is equal."""
    found: list[Difference] = []
    agreed = 0
    for number, step in enumerate(wanted):
        here = list(compare.differences(step, got[number])) if number < len(got) else [("", "a step", "<none>")]
        agreed += not here
        found.extend((number, *one) for one in here)
    return Result(minor, name, agreed, len(wanted), tuple(found))


Play = Callable[[dict[str, Any], str], dict[str, Any]]


def results(minors: tuple[str, ...] = MINORS, only: tuple[str, ...] = (), play: Play = play) -> Iterator[Result]:
    """Every scenario of every minor that has a trace."""
    for minor in minors:
        for scenario in scenarios():
            name = scenario["name"]
            trace = golden(minor, name)
            if trace is None or (only and not any(name.startswith(prefix) for prefix in only)):
                continue
            try:
                got = play(scenario, minor)["steps"]
            except Exception as error:  # one scenario that breaks must not hide the others
                yield Result(minor, name, 0, len(trace["steps"]), ((0, "", "a trace", repr(error)),))
                continue
            yield compared(minor, name, trace["steps"], got)
