"""Nodes as a cluster starts with them."""

from __future__ import annotations

import pytest

from sanb.controllers.nodes import described, node
from sanb.errors import UsageError
from sanb.profiles.profile import Profile

NEW = Profile.of("1.36")


def test_a_number_makes_so_many_ample_nodes_that_register_themselves() -> None:
    requests = list(described(NEW, 2))
    assert [request.body["metadata"]["name"] for request in requests] == ["node-1", "node-2"]
    assert [request.user.name for request in requests] == ["system:node:node-1", "system:node:node-2"]
    assert {request.body["status"]["allocatable"]["pods"] for request in requests} == {"1M"}


def test_a_described_node_holds_110_pods_unless_it_says_otherwise() -> None:
    first, second = described(NEW, [{"name": "a"}, {"name": "b", "pods": 3}])
    assert (first.body["status"]["capacity"]["pods"], second.body["status"]["capacity"]["pods"]) == ("110", "3")


def test_platform_labels_follow_the_minor() -> None:
    assert sorted(node(Profile.of("1.10"), {"name": "n"})["metadata"]["labels"]) == [
        "beta.kubernetes.io/arch", "beta.kubernetes.io/os", "kubernetes.io/hostname",
    ]
    assert sorted(node(NEW, {"name": "n", "labels": {"zone": "a"}})["metadata"]["labels"]) == [
        "beta.kubernetes.io/arch", "beta.kubernetes.io/os", "kubernetes.io/arch", "kubernetes.io/hostname",
        "kubernetes.io/os", "zone",
    ]


def test_the_kubelet_says_its_version_and_that_it_is_ready() -> None:
    made = node(Profile.of("1.23"), {"name": "n"})
    assert made["status"]["nodeInfo"]["kubeletVersion"] == "v1.23.0"
    assert [(c["type"], c["status"]) for c in made["status"]["conditions"]] == [
        ("MemoryPressure", "False"), ("DiskPressure", "False"), ("PIDPressure", "False"), ("Ready", "True"),
    ]
    assert made["status"]["conditions"][-1]["lastHeartbeatTime"] == "2026-01-01T00:00:00Z"


def test_taints_and_cordons_are_taken_over() -> None:
    taint = {"key": "gpu", "effect": "NoSchedule"}
    made = node(NEW, {"name": "n", "taints": [taint], "unschedulable": True})
    assert (made["spec"]["taints"], made["spec"]["unschedulable"]) == ([taint], True)


@pytest.mark.parametrize(
    ("nodes", "says"),
    [
        ([{"pods": 1}], "description 1 has no name"),
        ([{"name": "n", "colour": "red"}], "'colour'"),
        ([{"name": "n"}, {"name": "n"}], "'n' is described twice"),
    ],
)
def test_a_description_that_cannot_be_is_refused_with_a_reason(nodes: list[dict[str, object]], says: str) -> None:
    with pytest.raises(UsageError, match=says):
        list(described(NEW, nodes))
