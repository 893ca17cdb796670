"""The status that a kubelet reports, by minor."""

from __future__ import annotations

import pytest

from tests.kubelet.node import Node, access, container

TYPES = {
    "1.10": ["Initialized", "Ready", "PodScheduled"],
    "1.11": ["Initialized", "Ready", "ContainersReady", "PodScheduled"],
    "1.29": ["PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled"],
}


@pytest.mark.parametrize("minor", TYPES)
def test_the_conditions_of_a_minor(minor: str) -> None:
    node = Node(minor)
    assert [one["type"] for one in node.start()["status"]["conditions"]] == TYPES[minor]


def test_the_fields_of_1_10() -> None:
    status = Node("1.10").start()["status"]
    assert set(status) == {"phase", "conditions", "hostIP", "podIP", "startTime", "containerStatuses", "qosClass"}
    (one,) = status["containerStatuses"]
    assert (one["image"], one["imageID"][:32]) == ("nginx:1.25", "docker-pullable://nginx@sha256:9")
    assert one["containerID"].startswith("docker://")
    assert "started" not in one


def test_the_fields_of_1_36() -> None:
    status = Node("1.36").start(**access())["status"]
    assert status["podIPs"] == [{"ip": status["podIP"]}]
    assert status["hostIPs"] == [{"ip": status["hostIP"]}]
    (one,) = status["containerStatuses"]
    assert one["image"] == "docker.io/library/nginx:1.25"
    assert one["imageID"].startswith("docker.io/library/nginx@sha256:")
    assert one["containerID"].startswith("containerd://")
    assert one["started"] is True
    assert one["volumeMounts"] == [
        {"name": "kube-api-access-abcde", "mountPath": "/var/run/secrets/kubernetes.io/serviceaccount"}
    ]


def test_a_pod_that_is_being_created_says_which_containers_are_not_ready() -> None:
    node = Node()
    node.create(containers=[container("a"), container("b")])
    node.bench.run_for(0.2)
    status = node.pod()["status"]
    assert status["phase"] == "Pending"
    assert [one["state"] for one in status["containerStatuses"]] == [{"waiting": {"reason": "ContainerCreating"}}] * 2
    ready = next(one for one in status["conditions"] if one["type"] == "Ready")
    assert ready == {
        "type": "Ready",
        "status": "False",
        "lastProbeTime": None,
        "lastTransitionTime": "2026-01-01T00:00:00Z",
        "reason": "ContainersNotReady",
        "message": "containers with unready status: [a b]",
        "observedGeneration": 1,
    }


def test_the_time_of_scheduling_and_conditions_of_others_are_kept() -> None:
    node = Node("1.33", machine=False)
    node.start()
    others = [
        {"type": "PodScheduled", "status": "True", "lastProbeTime": None, "lastTransitionTime": "2025-12-31T23:59:59Z"},
        {"type": "example.com/gate", "status": "True", "lastProbeTime": None, "lastTransitionTime": None},
    ]
    node.bench.ask("patch", "pods", "shop", "web", {"status": {"conditions": others}}, "status", patchType="merge")
    node.machine()
    node.bench.run()
    assert node.pod()["status"]["conditions"][-2:] == others


def test_a_finished_init_container_is_completed() -> None:
    status = Node().start(initContainers=[container("setup", "busybox:1")])["status"]
    (one,) = status["initContainerStatuses"]
    assert one["ready"] is True
    assert one["state"]["terminated"]["reason"] == "Completed"
    assert one["state"]["terminated"]["containerID"] == one["containerID"]


def test_pods_of_the_same_second_share_their_conditions() -> None:
    """100,000 Pods are kept: what is equal is one object."""
    node = Node()
    node.start("a")
    node.create("one", containers=[container()])
    node.create("two", containers=[container()])
    node.bench.run_for(0.2)
    one, two = (node.pod(name)["status"] for name in ("one", "two"))
    assert one["conditions"] is two["conditions"]
    assert one["containerStatuses"][0] is two["containerStatuses"][0]
