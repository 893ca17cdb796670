"""Priority: the number that every Pod gets."""

from __future__ import annotations

import pytest

from sanb.apiserver.admission import Chain
from sanb.apiserver.plugins import priority
from sanb.profiles.profile import Profile
from tests.apiserver.alone import Alone
from tests.apiserver.alone import pod as alone_pod
from tests.apiserver.plugins.desk import Desk, pod


def desk_of(minor: str) -> Desk:
    plugin = priority.plugin(Profile.of(minor))
    assert plugin is not None
    return Desk(minor, plugin)


def test_1_10_has_no_priorities() -> None:
    assert priority.plugin(Profile.of("1.10")) is None


@pytest.mark.parametrize(("minor", "spec"), [
    ("1.11", {"priority": 0}),
    ("1.18", {"priority": 0}),
    ("1.19", {"priority": 0, "preemptionPolicy": "PreemptLowerPriority"}),
    ("1.36", {"priority": 0, "preemptionPolicy": "PreemptLowerPriority"}),
])
def test_a_pod_without_class_has_priority_zero(minor: str, spec: dict) -> None:
    assert desk_of(minor).admit(pod())["spec"] == spec


def test_the_built_in_classes_have_their_numbers() -> None:
    desk = desk_of("1.36")
    assert desk.admit(pod(priorityClassName="system-node-critical"))["spec"]["priority"] == 2_000_001_000
    assert desk.admit(pod(priorityClassName="system-cluster-critical"))["spec"]["priority"] == 2_000_000_000


def test_before_1_17_the_built_in_classes_are_for_kube_system() -> None:
    desk, given = desk_of("1.16"), pod(priorityClassName="system-node-critical")
    assert desk.refused(given).message == (
        'pods "myname" is forbidden: pods with system-node-critical priorityClass is not permitted in myns namespace'
    )
    assert desk.admit(given, namespace="kube-system")["spec"]["priority"] == 2_000_001_000


def test_an_unknown_class_is_refused() -> None:
    error = desk_of("1.36").refused(pod(priorityClassName="high"))
    assert error.message == 'pods "myname" is forbidden: no PriorityClass with name high was found'


@pytest.mark.parametrize(("spec", "why"), [
    (
        {"priority": 5},
        "the integer value of priority (5) must not be provided in pod spec;"
        " priority admission controller computed 0 from the given PriorityClass name",
    ),
    (
        {"preemptionPolicy": "Never"},
        "the string value of PreemptionPolicy (Never) must not be provided in pod spec;"
        " priority admission controller computed PreemptLowerPriority from the given PriorityClass name",
    ),
])
def test_a_number_of_ones_own_is_refused(spec: dict, why: str) -> None:
    assert desk_of("1.36").refused(pod(**spec)).message == f'pods "myname" is forbidden: {why}'


def test_an_update_that_leaves_the_priority_out_keeps_it() -> None:
    old = pod(priority=0, preemptionPolicy="PreemptLowerPriority")
    assert desk_of("1.36").admit(pod(), operation="UPDATE", old=old)["spec"] == old["spec"]


def test_a_complete_update_is_left_alone() -> None:
    given = pod(priority=0, preemptionPolicy="PreemptLowerPriority")
    assert desk_of("1.36").admit(given, operation="UPDATE", old=given) is given


CLASSES = "priorityclasses.scheduling.k8s.io"


def server(minor: str = "1.36") -> Alone:
    plugin = priority.plugin(Profile.of(minor))
    assert plugin is not None
    return Alone(minor, chain=Chain((plugin,)))


def test_a_pod_gets_what_its_class_says() -> None:
    found = server()
    body = {"metadata": {"name": "high"}, "value": 1000, "preemptionPolicy": "Never"}
    found.ask("create", CLASSES, body=body)
    spec = found.body("create", "pods", "shop", body=alone_pod("a", priorityClassName="high"))["spec"]
    assert (spec["priority"], spec["preemptionPolicy"]) == (1000, "Never")
    refused = found.refused("create", "pods", "shop", body=alone_pod("b", priorityClassName="high", priority=7))
    assert refused["message"] == (
        'pods "b" is forbidden: the integer value of priority (7) must not be provided in pod spec;'
        " priority admission controller computed 1000 from the given PriorityClass name"
    )


def test_a_default_class_is_for_pods_without_one_and_there_is_only_one() -> None:
    found = server("1.18")
    found.ask("create", CLASSES, body={"metadata": {"name": "usual"}, "value": 5, "globalDefault": True})
    spec = found.body("create", "pods", "shop", body=alone_pod("a"))["spec"]
    assert (spec["priorityClassName"], spec["priority"]) == ("usual", 5)
    second = {"metadata": {"name": "other"}, "value": 6, "globalDefault": True}
    assert found.refused("create", CLASSES, body=second)["message"] == (
        'priorityclasses.scheduling.k8s.io "other" is forbidden: '
        "PriorityClass usual is already marked as default. Only one default can exist"
    )
