"""Deployment, ReplicaSet, scheduler and collector together, in any order and from any fork: the end is the same."""

from __future__ import annotations

from typing import Any

import pytest

from sanb.controllers import deployments, garbage, nodes, replicasets, scheduler
from sanb.kernel.policy import fifo, run, seeded
from tests.controllers.harness import Bench
from tests.controllers.workloads import bench, workload


def cluster() -> Bench:
    world = bench(deployments, replicasets, garbage, scheduler)
    for request in nodes.described(world.profile, 2):
        world.ask("create", "nodes", body=request.body)
    world.ask("create", "deployments.apps", "ns", body=workload("web", 4))
    return world


def outcome(store: Any) -> tuple[Any, ...]:
    """What is left: ReplicaSets with their sizes, Pods, and how full the Nodes are."""
    found = {name: [v.obj for v in store.head.scan(name)] for name in ("deployments.apps", "replicasets.apps", "pods")}
    per_node: dict[str, int] = {}
    for pod in found["pods"]:
        node = pod["spec"].get("nodeName", "")
        per_node[node] = per_node.get(node, 0) + 1
    statuses = [
        {k: v for k, v in one["status"].items() if k not in ("conditions", "observedGeneration")}
        for one in found["deployments.apps"]
    ]
    return statuses, [one["spec"]["replicas"] for one in found["replicasets.apps"]], sorted(per_node.values())


DONE = ([{"replicas": 4, "updatedReplicas": 4, "unavailableReplicas": 4, "terminatingReplicas": 0}], [4], [2, 2])


@pytest.mark.parametrize("seed", range(12))
def test_every_order_of_events_leads_to_the_same_cluster(seed: int) -> None:
    world = cluster()
    run(world.world, seeded(seed))
    assert outcome(world.store) == DONE


@pytest.mark.parametrize("steps", range(0, 60, 4))
def test_a_fork_at_any_step_goes_on_like_the_original(steps: int) -> None:
    world = cluster().world
    for _ in range(steps):
        world.step(world.enabled(upkeep=False)[0])
    other = world.fork()
    run(world, fifo)
    run(other, fifo)
    assert outcome(other.store) == DONE
    assert other.fingerprint() == world.fingerprint()


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("propagation", ["Background", "Foreground"])
def test_a_deleted_deployment_leaves_nothing_behind_in_any_order(seed: int, propagation: str) -> None:
    world = bench(deployments, replicasets, garbage)
    world.ask("create", "deployments.apps", "ns", body=workload("web", 3))
    for _ in range(10 + 5 * seed):
        world.world.step(world.world.enabled(upkeep=False)[0])
    world.ask("delete", "deployments.apps", "ns", "web", {"propagationPolicy": propagation})
    run(world.world, seeded(seed))
    assert [world.names(resource) for resource in ("deployments.apps", "replicasets.apps", "pods")] == [[], [], []]
