"""DaemonSet controller: which Nodes, how Pods are bound, updates, history."""

from __future__ import annotations

from typing import Any

import pytest

from sanb.controllers import daemonsets
from sanb.controllers.daemonnodes import target
from sanb.kernel.policy import seeded
from tests.controllers.harness import Bench
from tests.controllers.workloads import bench, make_ready, pods, template, workload

SETS = "daemonsets.apps"


def node(world: Bench, name: str, labels: dict[str, str] | None = None, **spec: Any) -> None:
    world.ask("create", "nodes", "", body={"metadata": {"name": name, "labels": labels or {}}, "spec": spec})


def started(minor: str = "1.36", names: str = "abc", **spec: Any) -> Bench:
    world = bench(daemonsets, minor=minor)
    for name in names:
        node(world, name)
    create(world, **spec)
    return world


def create(world: Bench, **spec: Any) -> None:
    body = workload("ds", 0, **spec)
    del body["spec"]["replicas"]
    world.ask("create", SETS, "ns", body=body)
    world.run()


def status(world: Bench) -> Any:
    found = world.get(SETS, "ns", "ds")
    assert found is not None
    return found["status"]


def targets(world: Bench) -> list[str]:
    return sorted(target(pod) for pod in pods(world))


def images(world: Bench) -> list[str]:
    return sorted(pod["spec"]["containers"][0]["image"] for pod in pods(world))


def change(world: Bench, **spec: Any) -> None:
    world.ask("patch", SETS, "ns", "ds", {"spec": {"template": template("j"), **spec}}, patchType="merge")
    world.run()


# ---------------------------------------------------------------------- where


def test_every_node_gets_a_pod_also_one_that_comes_later() -> None:
    world = started()
    assert targets(world) == ["a", "b", "c"]
    node(world, "d")
    world.run()
    assert targets(world) == ["a", "b", "c", "d"]


def test_before_1_12_the_controller_binds_its_pods_itself() -> None:
    assert [pod["spec"].get("nodeName") for pod in pods(started("1.11", "a"))] == ["a"]
    (pod,) = pods(started("1.12", "a"))
    assert "nodeName" not in pod["spec"]
    required = pod["spec"]["affinity"]["nodeAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]
    fields = [{"key": "metadata.name", "operator": "In", "values": ["a"]}]
    assert required == {"nodeSelectorTerms": [{"matchFields": fields}]}


def test_its_pods_tolerate_what_is_wrong_with_nodes_but_not_taints_of_others() -> None:
    world = bench(daemonsets)
    node(world, "full", taints=[{"key": "node.kubernetes.io/disk-pressure", "effect": "NoSchedule"}])
    node(world, "cordoned", unschedulable=True)
    node(world, "reserved", taints=[{"key": "gpu", "effect": "NoSchedule"}])
    create(world)
    assert targets(world) == ["cordoned", "full"]
    keys = [one["key"].removeprefix("node.kubernetes.io/") for one in pods(world)[0]["spec"]["tolerations"]]
    assert keys == ["not-ready", "unreachable", "disk-pressure", "memory-pressure", "pid-pressure", "unschedulable"]


def test_a_node_selector_chooses_nodes_and_a_changed_label_moves_pods() -> None:
    world = bench(daemonsets)
    node(world, "a", {"disk": "ssd"})
    node(world, "b")
    body = template()
    body["spec"]["nodeSelector"] = {"disk": "ssd"}
    create(world, template=body)
    assert targets(world) == ["a"]
    world.ask("patch", "nodes", "", "a", {"metadata": {"labels": {"disk": None}}}, patchType="merge")
    world.ask("patch", "nodes", "", "b", {"metadata": {"labels": {"disk": "ssd"}}}, patchType="merge")
    world.run()
    assert targets(world) == ["b"]


def test_a_pod_stays_where_a_taint_only_keeps_new_ones_away() -> None:
    world = started(names="a")
    taint = {"key": "gpu", "effect": "NoSchedule"}
    world.ask("patch", "nodes", "", "a", {"spec": {"taints": [taint]}}, patchType="merge")
    world.run()
    assert targets(world) == ["a"]
    assert (status(world)["desiredNumberScheduled"], status(world)["numberMisscheduled"]) == (0, 1)
    world.ask("patch", "nodes", "", "a", {"spec": {"taints": [{**taint, "effect": "NoExecute"}]}}, patchType="merge")
    world.run()
    assert targets(world) == []


# ---------------------------------------------------------------------- Pods


def test_the_status_counts_nodes() -> None:
    world = started()
    make_ready(world, 2)
    assert status(world) == {
        "currentNumberScheduled": 3, "numberMisscheduled": 0, "desiredNumberScheduled": 3, "numberReady": 2,
        "observedGeneration": 1, "updatedNumberScheduled": 3, "numberAvailable": 2, "numberUnavailable": 1,
    }


def test_a_failed_pod_is_deleted_told_and_made_anew() -> None:
    world = started(names="a")
    (pod,) = pods(world)
    name = pod["metadata"]["name"]
    world.ask("patch", "pods", "ns", name, {"status": {"phase": "Failed"}}, "status", patchType="merge")
    world.run()
    assert targets(world) == ["a"]
    assert f"FailedDaemonPod: Found failed daemon pod ns/{name} on node a, will try to kill it" in world.events()


def test_pods_that_fail_again_and_again_are_deleted_less_and_less_often() -> None:
    world = started(names="a")
    times = []
    for _ in range(4):
        (pod,) = pods(world)
        name = pod["metadata"]["name"]
        world.ask("patch", "pods", "ns", name, {"status": {"phase": "Failed"}}, "status", patchType="merge")
        world.run()
        times.append(world.world.clock.now - 1_767_225_600)
    assert times == [0, 1, 3, 7]


# ---------------------------------------------------------------------- updates


def test_a_rolling_update_replaces_as_many_pods_at_once_as_may_be_unavailable() -> None:
    world = started()
    make_ready(world)
    change(world)
    seen = [images(world)]
    for _ in range(3):
        make_ready(world)
        seen.append(images(world))
    assert seen == [["i", "i", "j"], ["i", "j", "j"], ["j", "j", "j"], ["j", "j", "j"]]


def test_pods_that_are_not_available_anyway_are_replaced_first_and_all() -> None:
    world = started()
    make_ready(world, 1)
    change(world)
    assert images(world) == ["i", "j", "j"]


def test_with_surge_the_new_pod_is_there_before_the_old_one_goes() -> None:
    strategy = {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}}
    world = started(names="a", updateStrategy=strategy)
    make_ready(world)
    change(world)
    assert images(world) == ["i", "j"]
    make_ready(world)
    assert images(world) == ["j"]


def test_on_delete_leaves_old_pods_alone() -> None:
    world = started(updateStrategy={"type": "OnDelete"})
    make_ready(world)
    change(world)
    assert images(world) == ["i", "i", "i"]
    world.ask("delete", "pods", "ns", world.names("pods")[0])
    world.run()
    assert images(world) == ["i", "i", "j"]


def test_revisions_are_kept_up_to_the_limit_and_name_their_template() -> None:
    world = started(names="a", revisionHistoryLimit=1)
    hashes = {pods(world)[0]["metadata"]["labels"]["controller-revision-hash"]}
    for image in ("x", "y", "z"):
        world.ask("patch", SETS, "ns", "ds", {"spec": {"template": template(image)}}, patchType="merge")
        world.run()
        make_ready(world)
        hashes.add(pods(world)[0]["metadata"]["labels"]["controller-revision-hash"])
    kept = world.names("controllerrevisions.apps")
    assert (len(hashes), len(kept)) == (4, 2)
    assert {name.removeprefix("ds-") for name in kept} < hashes


@pytest.mark.parametrize("seed", range(6))
def test_whatever_the_order_of_happenings_a_node_never_gets_two_pods(seed: int) -> None:
    world = bench(daemonsets)
    for name in "abcd":
        node(world, name)
    body = workload("ds", 0)
    del body["spec"]["replicas"]
    world.ask("create", SETS, "ns", body=body)
    policy = seeded(seed)
    most = 0
    for _ in range(400):
        action = policy(world.world, world.world.enabled(upkeep=False))
        if action is None:
            break
        world.world.step(action)
        most = max(most, len(pods(world)))
    assert (most, targets(world)) == (4, ["a", "b", "c", "d"])
