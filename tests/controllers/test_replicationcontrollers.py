"""ReplicationControllers: what differs from ReplicaSets."""

from __future__ import annotations

from typing import Any

import pytest

from sanb.controllers import replicationcontrollers
from tests.controllers.harness import Bench
from tests.controllers.workloads import LABELS, bench, make_ready, pods, template

RC = "replicationcontrollers"


def started(replicas: int, minor: str = "1.36") -> Bench:
    world = bench(replicationcontrollers, minor=minor)
    spec: dict[str, Any] = {"replicas": replicas, "selector": LABELS, "template": template()}
    world.ask("create", RC, "ns", body={"metadata": {"name": "rc"}, "spec": spec})
    world.run()
    return world


@pytest.mark.parametrize("minor", ["1.10", "1.36"])
def test_pods_are_made_and_owned_under_v1(minor: str) -> None:
    world = started(2, minor)
    owners = [pod["metadata"]["ownerReferences"][0] for pod in pods(world)]
    assert [(one["apiVersion"], one["kind"]) for one in owners] == [("v1", "ReplicationController")] * 2


def test_the_status_counts_without_terminating_pods() -> None:
    world = started(2)
    make_ready(world)
    found = world.get(RC, "ns", "rc")
    assert found is not None
    assert found["status"] == {
        "replicas": 2, "fullyLabeledReplicas": 2, "readyReplicas": 2, "availableReplicas": 2, "observedGeneration": 1,
    }


def test_its_plain_selector_adopts_and_releases() -> None:
    world = bench(replicationcontrollers)
    body = {"metadata": {"name": "mine", "labels": LABELS}, "spec": {"containers": [{"name": "c", "image": "i"}]}}
    world.ask("create", "pods", "ns", body=body)
    spec = {"replicas": 1, "selector": LABELS, "template": template()}
    world.ask("create", RC, "ns", body={"metadata": {"name": "rc"}, "spec": spec})
    world.run()
    assert world.names("pods") == ["mine"]
    world.ask("patch", "pods", "ns", "mine", {"metadata": {"labels": {"app": "x"}}}, patchType="merge")
    world.run()
    assert len(pods(world)) == 2
    assert world.get("pods", "ns", "mine")["metadata"].get("ownerReferences") is None  # type: ignore[index]


def test_scaling_down_deletes_pods() -> None:
    world = started(3)
    world.ask("patch", RC, "ns", "rc", {"spec": {"replicas": 1}}, patchType="merge")
    world.run()
    assert len(pods(world)) == 1
