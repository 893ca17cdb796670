"""DefaultTolerationSeconds: five minutes on a node that is not ready or unreachable."""

from __future__ import annotations

import pytest

from sanb.apiserver.plugins import defaulttolerationseconds
from sanb.profiles.profile import Profile
from tests.apiserver.plugins.desk import Desk, pod

NOT_READY, UNREACHABLE = (
    {"key": f"node.kubernetes.io/{word}", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 300}
    for word in ("not-ready", "unreachable")
)
EVERYTHING = {"operator": "Exists"}
OWN = {"key": "node.kubernetes.io/unreachable", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 5}
NO_SCHEDULE = {"key": "node.kubernetes.io/not-ready", "operator": "Exists", "effect": "NoSchedule"}
ALPHA = {"key": "node.alpha.kubernetes.io/notReady", "operator": "Exists", "effect": "NoExecute"}


@pytest.mark.parametrize(("minor", "given", "expected"), [
    ("1.36", [], [NOT_READY, UNREACHABLE]),
    ("1.36", [OWN], [OWN, NOT_READY]),
    ("1.36", [EVERYTHING], [EVERYTHING]),
    ("1.36", [NO_SCHEDULE], [NO_SCHEDULE, NOT_READY, UNREACHABLE]),
    ("1.10", [ALPHA], [ALPHA, UNREACHABLE]),
    ("1.36", [ALPHA], [ALPHA, NOT_READY, UNREACHABLE]),
])
def test_missing_tolerations_are_added(minor: str, given: list, expected: list) -> None:
    desk = Desk(minor, defaulttolerationseconds.plugin(Profile.of(minor)))
    spec = {"tolerations": given} if given else {}
    assert desk.admit(pod(**spec))["spec"]["tolerations"] == expected


def test_pods_without_tolerations_share_one_list() -> None:
    desk = Desk("1.36", defaulttolerationseconds.plugin(Profile.of("1.36")))
    first, second = desk.admit(pod()), desk.admit(pod())
    assert first["spec"]["tolerations"] is second["spec"]["tolerations"]


def test_a_binding_is_left_alone() -> None:
    desk = Desk("1.36", defaulttolerationseconds.plugin(Profile.of("1.36")))
    given = {"metadata": {"name": "p"}, "target": {"name": "node-1"}}
    assert desk.admit(given, subresource="binding") is given
