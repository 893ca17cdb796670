"""Every recorded scenario of this version's scope, step by step against what real 1.10, 1.23 and 1.36 answered."""

from __future__ import annotations

import pytest

from tests.conformance import compare
from tests.conformance.conform import MINORS, Result, compared, golden, play, scenarios

CASES = [
    (minor, scenario) for minor in MINORS for scenario in scenarios() if golden(minor, scenario["name"]) is not None
]


@pytest.mark.parametrize(("minor", "scenario"), CASES, ids=lambda v: v if isinstance(v, str) else v["name"])
def test_every_step_is_answered_as_by_a_real_control_plane(minor: str, scenario: dict[str, object]) -> None:
    name = str(scenario["name"])
    wanted = golden(minor, name)
    assert wanted is not None
    result: Result = compared(minor, name, wanted["steps"], play(scenario, minor)["steps"])
    shown = [f"step {n} {path}: want {compare.short(a)} got {compare.short(b)}" for n, path, a, b in result.differences]
    assert not shown, "\n".join(shown)
