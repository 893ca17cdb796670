"""Which rule of a podFailurePolicy fits a Pod, and why."""

from __future__ import annotations

from typing import Any

import pytest

from sanb.controllers import jobpolicy
from sanb.controllers.jobpolicy import Match


def ended(name: str, code: int | None) -> dict[str, Any]:
    return {"name": name, "state": {"running": {}} if code is None else {"terminated": {"exitCode": code}}}


def pod(*main: tuple[str, int | None], init: tuple[tuple[str, int | None], ...] = (), **conditions: str) -> dict[str, Any]:
    return {"metadata": {"namespace": "ns", "name": "p"}, "status": {
        "initContainerStatuses": [ended(*one) for one in init], "containerStatuses": [ended(*one) for one in main],
        "conditions": [{"type": kind, "status": status} for kind, status in conditions.items()],
    }}


def codes(operator: str, *values: int, of: str | None = None, action: str = "FailJob") -> dict[str, Any]:
    named = {"containerName": of} if of else {}
    return {"action": action, "onExitCodes": {"operator": operator, "values": list(values), **named}}


def condition(kind: str, action: str = "Ignore", **status: str) -> dict[str, Any]:
    return {"action": action, "onPodConditions": [{"type": kind, **status}]}


def why(container: str, code: int, action: str = "FailJob", index: int = 0) -> Match:
    failed = f"Container {container} for pod ns/p failed with exit code {code}"
    return Match(action, f"{failed} matching {action} rule at index {index}")


CASES: list[tuple[list[dict[str, Any]], dict[str, Any], Match | None]] = [
    ([codes("In", 3, 42)], pod(("c", 42)), why("c", 42)),
    ([codes("In", 3)], pod(("c", 42)), None),
    ([codes("NotIn", 3)], pod(("c", 42)), why("c", 42)),
    ([codes("NotIn", 42)], pod(("c", 42)), None),
    ([codes("NotIn", 3)], pod(("c", 0)), None),  # it did not fail
    ([codes("In", 42)], pod(("c", None)), None),
    ([codes("In", 42, of="d")], pod(("c", 42)), None),
    ([codes("In", 42, of="d")], pod(("c", 42), ("d", 42)), why("d", 42)),
    ([codes("In", 42)], pod(("c", None), init=(("i", 42),)), why("i", 42)),
    ([codes("In", 3), codes("In", 42, action="Count"), codes("In", 42)], pod(("c", 42)), why("c", 42, "Count", 1)),
    ([condition("Lost")], pod(Lost="True"), Match("Ignore", "Pod ns/p has condition Lost matching Ignore rule at index 0")),
    ([condition("Lost")], pod(Lost="False"), None),
    ([condition("Lost", status="False")], pod(Lost="False"),
     Match("Ignore", "Pod ns/p has condition Lost matching Ignore rule at index 0")),
    ([condition("Lost")], pod(Other="True"), None),
    ([], pod(("c", 42)), None),
]


@pytest.mark.parametrize(("rules", "failed", "found"), CASES)
def test_the_first_rule_that_fits_is_found(rules: list[dict[str, Any]], failed: dict[str, Any], found: Match | None) -> None:
    assert jobpolicy.matched({"spec": {"podFailurePolicy": {"rules": rules}}}, failed) == found


def test_a_job_without_a_policy_has_no_rule() -> None:
    assert jobpolicy.matched({"spec": {}}, pod(("c", 42))) is None
