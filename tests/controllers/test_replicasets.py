"""ReplicaSet controller: the number of Pods, its slow start, expectations, adoption, victims and status."""

from __future__ import annotations

from typing import Any

import pytest

from sanb.apiserver.status import failure
from sanb.controllers import replicasets
from sanb.controllers.victims import chosen
from sanb.kernel.policy import seeded
from tests.controllers.workloads import LABELS, bench, make_ready, pods, refusing, workload


def started(replicas: int, minor: str = "1.36", options: dict[str, Any] | None = None, **spec: Any) -> Any:
    world = bench(replicasets, minor=minor, **(options or {}))
    world.ask("create", "replicasets.apps", "ns", body=workload("rs", replicas, **spec))
    world.run()
    return world


def status(world: Any) -> dict[str, Any]:
    return world.get("replicasets.apps", "ns", "rs")["status"]


def test_missing_pods_are_made_from_the_template_and_owned() -> None:
    world = started(2)
    made = pods(world)
    assert [pod["metadata"]["labels"] for pod in made] == [LABELS, LABELS]
    assert {pod["metadata"]["generateName"] for pod in made} == {"rs-"}
    owner = world.get("replicasets.apps", "ns", "rs")
    assert made[0]["metadata"]["ownerReferences"] == [{
        "apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "rs", "uid": owner["metadata"]["uid"],
        "controller": True, "blockOwnerDeletion": True,
    }]


def test_1_10_knows_itself_under_the_extensions_group() -> None:
    assert pods(started(1, "1.10"))[0]["metadata"]["ownerReferences"][0]["apiVersion"] == "extensions/v1beta1"


def test_the_status_tells_what_the_pods_are() -> None:
    world = started(3)
    assert status(world) == {
        "replicas": 3, "fullyLabeledReplicas": 3, "observedGeneration": 1, "terminatingReplicas": 0,
    }
    make_ready(world, 2)
    assert status(world) == {
        "replicas": 3, "fullyLabeledReplicas": 3, "readyReplicas": 2, "availableReplicas": 2, "observedGeneration": 1,
        "terminatingReplicas": 0,
    }


def test_older_minors_do_not_count_terminating_pods() -> None:
    assert status(started(1, "1.23")) == {"replicas": 1, "fullyLabeledReplicas": 1, "observedGeneration": 1}


def test_after_a_refusal_in_a_batch_the_rest_of_the_sync_is_skipped() -> None:
    """Slow start: 1, 2, 4 … requests; the first batch is refused, so a sync asks once however many are missing."""
    world = bench(replicasets, refuse=refusing(("create", "pods")))
    world.ask("create", "replicasets.apps", "ns", body=workload("rs", 100))
    world.run()
    creations = [call for call in world.calls() if call.startswith("create pods")]
    assert len(creations) == len([1 for text in world.events() if text == "FailedCreate: Error creating: no room"])
    assert 1 < len(creations) < 12


def test_a_batch_is_finished_when_one_of_it_is_refused() -> None:
    """1 and 2 succeed, then the batch of 4 meets two refusals: 7 requests in this sync."""
    asked = []

    def refuse(request: Any) -> Any:
        if (request.verb, request.resource) != ("create", "pods"):
            return None
        asked.append(request)
        return failure(403, "Forbidden", "no room") if len(asked) in (4, 5) else None

    world = bench(replicasets, refuse=refuse)
    world.ask("create", "replicasets.apps", "ns", body=workload("rs", 20))
    world.run()
    first_report = next(i for i, call in enumerate(world.calls()) if call.startswith("update replicasets.apps/status"))
    assert first_report == 7
    assert len(pods(world)) == 20


def test_a_refusal_becomes_a_condition_that_goes_when_pods_can_be_made() -> None:
    closed = [True]
    refuse = refusing(("create", "pods"))
    world = bench(replicasets, refuse=lambda request: refuse(request) if closed[0] else None)
    world.ask("create", "replicasets.apps", "ns", body=workload("rs", 1))
    world.run()
    assert status(world)["conditions"] == [{
        "type": "ReplicaFailure", "status": "True", "lastTransitionTime": "2026-01-01T00:00:00Z",
        "reason": "FailedCreate", "message": "no room",
    }]
    closed[0] = False
    world.run_for(60)
    assert "conditions" not in status(world)
    assert status(world)["replicas"] == 1


def test_no_more_than_500_pods_are_made_in_one_sync() -> None:
    world = started(501)
    calls = world.calls()
    first_report = next(i for i, call in enumerate(calls) if call.startswith("update replicasets.apps/status"))
    assert first_report == 500
    assert len(pods(world)) == 501


@pytest.mark.parametrize("seed", range(8))
def test_a_stale_cache_never_makes_a_pod_twice(seed: int) -> None:
    """Expectations: whatever order deliveries and syncs have, there are never more Pods than asked for."""
    world = bench(replicasets)
    world.ask("create", "replicasets.apps", "ns", body=workload("rs", 6))
    policy = seeded(seed)
    most = 0
    for _ in range(400):
        enabled = world.world.enabled(upkeep=False)
        if not enabled:
            break
        world.world.step(policy(world.world, enabled))
        most = max(most, len(pods(world)))
    assert most == 6


def test_too_many_pods_are_deleted_and_reported() -> None:
    world = started(3)
    world.calls()
    world.ask("patch", "replicasets.apps", "ns", "rs", {"spec": {"replicas": 1}}, patchType="merge")
    world.run()
    assert len(pods(world)) == 1
    assert [call.split("-")[0] for call in world.calls() if "pods" in call] == ["delete pods ns/rs"] * 2
    assert len([text for text in world.events() if text.startswith("SuccessfulDelete: Deleted pod: rs-")]) == 2


def test_an_orphan_that_matches_is_adopted_instead_of_making_one() -> None:
    world = bench(replicasets)
    pod = {"metadata": {"name": "mine", "labels": LABELS}, "spec": {"containers": [{"name": "c", "image": "i"}]}}
    world.ask("create", "pods", "ns", body=pod)
    world.ask("create", "replicasets.apps", "ns", body=workload("rs", 1))
    world.run()
    assert world.names("pods") == ["mine"]
    assert pods(world)[0]["metadata"]["ownerReferences"][0]["name"] == "rs"


def test_a_pod_whose_labels_no_longer_match_is_released_and_replaced() -> None:
    world = started(1)
    name = world.names("pods")[0]
    world.ask("patch", "pods", "ns", name, {"metadata": {"labels": {"app": "other"}}}, patchType="merge")
    world.run()
    assert world.get("pods", "ns", name)["metadata"].get("ownerReferences") is None
    assert len(pods(world)) == 2


def test_a_deleted_pod_is_replaced() -> None:
    world = started(1)
    name = world.names("pods")[0]
    world.ask("delete", "pods", "ns", name)
    world.run()
    assert len(pods(world)) == 1
    assert world.names("pods") != [name]


def test_a_pod_that_failed_no_longer_counts() -> None:
    world = started(1)
    name = world.names("pods")[0]
    world.ask("patch", "pods", "ns", name, {"status": {"phase": "Failed"}}, "status", patchType="merge")
    world.run()
    assert len(pods(world)) == 2
    assert status(world)["replicas"] == 1


def test_pods_are_available_when_they_have_been_ready_for_long_enough() -> None:
    world = started(1, minReadySeconds=30)
    make_ready(world, 0)
    name = world.names("pods")[0]
    stamp = "2026-01-01T00:00:00Z"
    ready = {"status": {"conditions": [{"type": "Ready", "status": "True", "lastTransitionTime": stamp}]}}
    world.ask("patch", "pods", "ns", name, ready, "status", patchType="strategic")
    world.run_for(29)
    assert (status(world)["readyReplicas"], status(world).get("availableReplicas")) == (1, None)
    world.run_for(2)
    assert status(world)["availableReplicas"] == 1


def test_a_replicaset_that_is_being_deleted_makes_no_pods() -> None:
    world = bench(replicasets)
    world.ask("create", "replicasets.apps", "ns", body=workload("rs", 0))
    world.ask("delete", "replicasets.apps", "ns", "rs", {"propagationPolicy": "Foreground"})
    world.ask("patch", "replicasets.apps", "ns", "rs", {"spec": {"replicas": 2}}, patchType="merge")
    world.run()
    assert pods(world) == []


def victim(name: str, **given: Any) -> dict[str, Any]:
    """A Pod for choosing: node, phase, ready (since), cost, restarts, born."""
    conditions = [{"type": "Ready", "status": "True", "lastTransitionTime": given["ready"]}] if "ready" in given else []
    annotations = {"controller.kubernetes.io/pod-deletion-cost": given["cost"]} if "cost" in given else {}
    return {
        "metadata": {
            "name": name, "creationTimestamp": given.get("born", "2026-01-01T00:00:00Z"), "annotations": annotations,
        },
        "spec": {"nodeName": given.get("node", "n")},
        "status": {
            "phase": given.get("phase", "Running"), "conditions": conditions,
            "containerStatuses": [{"restartCount": given.get("restarts", 0)}],
        },
    }


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (victim("z", node=""), victim("a")),
        (victim("z", phase="Pending"), victim("a", phase="Unknown")),
        (victim("z", phase="Unknown"), victim("a")),
        (victim("z"), victim("a", ready="2026-01-01T00:00:00Z")),
        (victim("z", cost="-1"), victim("a")),
        (victim("z", ready="2026-01-02T00:00:00Z"), victim("a", ready="2026-01-01T00:00:00Z")),
        (victim("z", restarts=3), victim("a")),
        (victim("z", born="2026-01-02T00:00:00Z"), victim("a")),
    ],
)
def test_the_pod_that_does_less_goes_first(first: dict[str, Any], second: dict[str, Any]) -> None:
    assert chosen([second, first], 1, [first, second], by_cost=True) == [first]


def test_the_pod_on_the_crowded_node_goes_first() -> None:
    alone, crowded, other = victim("a", node="x"), victim("z", node="y"), victim("o", node="y")
    assert chosen([alone, crowded], 1, [alone, crowded, other], by_cost=True) == [crowded]


def test_old_minors_do_not_know_the_deletion_cost() -> None:
    cheap, plain = victim("z", cost="-1"), victim("a")
    assert chosen([cheap, plain], 1, [], by_cost=False) == [plain]
