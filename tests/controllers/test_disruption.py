"""PodDisruptionBudgets: their status, and evictions that honour them."""

from __future__ import annotations

from typing import Any

import pytest

from sanb.controllers import disruption, replicasets
from sanb.errors import ApiError
from tests.controllers.harness import Bench
from tests.controllers.workloads import LABELS, bench, make_ready, workload

BUDGETS = "poddisruptionbudgets.policy"


def started(replicas: int = 3, minor: str = "1.36", ready: int = 1000, **spec: Any) -> Bench:
    world = bench(disruption, replicasets, minor=minor)
    world.ask("create", "replicasets.apps", "ns", body=workload("rs", replicas))
    budget(world, "b", **spec)
    make_ready(world, ready)
    return world


def budget(world: Bench, name: str, **spec: Any) -> None:
    body = {"metadata": {"name": name}, "spec": {"selector": {"matchLabels": LABELS}, **spec}}
    world.ask("create", BUDGETS, "ns", body=body)
    world.run()


def status(world: Bench) -> Any:
    found = world.get(BUDGETS, "ns", "b")
    assert found is not None
    return found["status"]


def counts(world: Bench) -> tuple[int, int, int, int]:
    found = status(world)
    return found["disruptionsAllowed"], found["currentHealthy"], found["desiredHealthy"], found["expectedPods"]


def evict(world: Bench, place: int = 0) -> Any:
    return world.ask("create", "pods", "ns", world.names("pods")[place], {}, "eviction")


@pytest.mark.parametrize(
    ("spec", "wanted"),
    [
        ({"minAvailable": 2}, (1, 3, 2, 3)),
        ({"minAvailable": "50%"}, (1, 3, 2, 3)),
        ({"maxUnavailable": 1}, (1, 3, 2, 3)),
        ({"maxUnavailable": "34%"}, (2, 3, 1, 3)),
        ({"maxUnavailable": 0}, (0, 3, 3, 3)),
    ],
)
def test_the_status_says_how_many_may_go(spec: dict[str, Any], wanted: tuple[int, ...]) -> None:
    assert counts(started(**spec)) == wanted


@pytest.mark.parametrize(("minor", "told"), [("1.19", False), ("1.20", True)])
def test_the_condition_says_so_too(minor: str, told: bool) -> None:
    conditions = status(started(minor=minor, minAvailable=2)).get("conditions", [])
    assert [(one["type"], one["status"], one["reason"]) for one in conditions] == (
        [("DisruptionAllowed", "True", "SufficientPods")] if told else []
    )


def test_a_budget_that_chooses_nothing_says_so() -> None:
    world = bench(disruption)
    budget(world, "b", minAvailable=1)
    assert counts(world) == (0, 0, 1, 0)
    assert "NoPods: No matching pods found" in world.events()


def test_a_pod_whose_controller_tells_no_size_stops_the_counting() -> None:
    world = bench(disruption)
    owner = {"apiVersion": "batch/v1", "kind": "Job", "name": "j", "uid": "u", "controller": True}
    body = {"metadata": {"name": "p", "labels": LABELS, "ownerReferences": [owner]},
            "spec": {"containers": [{"name": "c", "image": "i"}]}}
    world.ask("create", "pods", "ns", body=body)
    budget(world, "b", maxUnavailable=1)
    assert status(world)["conditions"][0]["reason"] == "SyncFailed"
    why = 'Failed to calculate the number of expected pods: found no controllers for pod "p"'
    assert f"CalculateExpectedPodCountFailed: {why}" in world.events()


def test_an_eviction_takes_one_and_the_next_is_refused_until_a_new_pod_is_ready() -> None:
    world = started(maxUnavailable=1)
    assert evict(world)["status"] == "Success"
    assert status(world)["disruptionsAllowed"] == 0
    assert list(status(world)["disruptedPods"].values()) == ["2026-01-01T00:00:00Z"]
    with pytest.raises(ApiError) as refused:
        evict(world, 1)
    assert refused.value.status["code"] == 429
    assert refused.value.message == "Cannot evict pod as it would violate the pod's disruption budget."
    assert refused.value.status["details"]["causes"] == [{
        "reason": "DisruptionBudget", "message": "The disruption budget b needs 2 healthy pods and has 3 currently",
    }]
    world.run()
    make_ready(world)
    assert counts(world) == (1, 3, 2, 3)
    assert evict(world)["status"] == "Success"


def test_a_pod_with_two_budgets_cannot_be_evicted() -> None:
    world = started(maxUnavailable=1)
    budget(world, "other", maxUnavailable=1)
    with pytest.raises(ApiError, match="more than one PodDisruptionBudget") as refused:
        evict(world)
    assert refused.value.status["code"] == 500


def test_a_budget_that_was_not_looked_at_yet_refuses() -> None:
    world = bench(replicasets)
    world.ask("create", "replicasets.apps", "ns", body=workload("rs", 1))
    budget(world, "b", minAvailable=0)
    make_ready(world)
    with pytest.raises(ApiError) as refused:
        evict(world)
    assert refused.value.status["details"]["causes"][0]["message"] == (
        "The disruption budget b is still being processed by the server."
    )
    assert refused.value.status["details"]["retryAfterSeconds"] == 10


def test_pods_that_are_pending_can_always_go() -> None:
    world = started(ready=0, minAvailable=3)
    assert evict(world)["status"] == "Success"


def test_a_pod_that_is_not_ready_may_go_while_enough_others_are() -> None:
    world = started(maxUnavailable=1)
    evict(world)
    world.run()
    sick = next(
        pod.obj for pod in world.store.head.scan("pods") if pod.obj and pod.obj["status"]["phase"] == "Pending"
    )
    name = sick["metadata"]["name"]
    world.ask("patch", "pods", "ns", name, {"status": {"phase": "Running"}}, "status", patchType="merge")
    assert world.ask("create", "pods", "ns", name, {}, "eviction")["status"] == "Success"


def test_a_pod_that_was_evicted_and_stays_is_healthy_again_after_two_minutes() -> None:
    world = started(maxUnavailable=1)
    name = world.names("pods")[0]
    world.ask("patch", BUDGETS, "ns", "b", {"status": {"disruptedPods": {name: "2026-01-01T00:00:00Z"}}}, "status",
              patchType="merge")
    world.run_for(60)
    assert counts(world)[:2] == (0, 2)
    world.run_for(61)
    assert counts(world)[:2] == (1, 3)
    assert "NotDeleted: Pod was expected by PDB ns/b to be deleted but it wasn't" in world.events()
