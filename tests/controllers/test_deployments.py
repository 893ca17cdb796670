"""Deployment controller: names, revisions, rollouts, scaling, pauses, conditions."""

from __future__ import annotations

from typing import Any

import pytest

from sanb.apiserver.status import failure
from sanb.controllers import deployments, replicasets
from sanb.controllers.rollout_math import max_surge, max_unavailable, proportion
from tests.controllers.workloads import bench, finish_rollout, make_ready, pods, refusing, sizes, workload

PREFIX = "deployment.kubernetes.io/"


def started(replicas: int, minor: str = "1.36", *, ready: bool = True, alone: bool = False, **spec: Any) -> Any:
    world = bench(*((deployments,) if alone else (deployments, replicasets)), minor=minor)
    world.ask("create", "deployments.apps", "ns", body=workload("web", replicas, **spec))
    world.run()
    if ready:
        make_ready(world)
    return world


def patch(world: Any, spec: dict[str, Any], kind: str = "merge") -> None:
    world.ask("patch", "deployments.apps", "ns", "web", {"spec": spec}, patchType=kind)
    world.run()


def new_image(world: Any, image: str = "j") -> None:
    patch(world, {"template": {"spec": {"containers": [{"name": "c", "image": image}]}}}, "strategic")


def deployment(world: Any) -> dict[str, Any]:
    return world.get("deployments.apps", "ns", "web")


def condition(world: Any, kind: str) -> tuple[str, str, str] | None:
    for one in deployment(world)["status"].get("conditions", ()):
        if one["type"] == kind:
            return one["status"], one["reason"], one["message"]
    return None


def sets(world: Any) -> list[dict[str, Any]]:
    return [world.get("replicasets.apps", "ns", name) for name in world.names("replicasets.apps")]


# ---------------------------------------------------------------------- names and revisions


def test_the_label_is_the_decimal_hash_in_1_10_and_the_end_of_the_name_later() -> None:
    old, new = sets(started(1, "1.10", alone=True))[0], sets(started(1, alone=True))[0]
    assert old["metadata"]["labels"]["pod-template-hash"].isdecimal()
    assert new["metadata"]["name"] == f"web-{new['metadata']['labels']['pod-template-hash']}"
    assert not old["metadata"]["name"].endswith(old["metadata"]["labels"]["pod-template-hash"])
    for made in (old, new):
        hashed = made["metadata"]["labels"]["pod-template-hash"]
        assert made["spec"]["selector"]["matchLabels"] == {"app": "web", "pod-template-hash": hashed}
        assert made["spec"]["template"]["metadata"]["labels"] == {"app": "web", "pod-template-hash": hashed}


def test_a_new_replicaset_has_revision_sizes_and_the_deployments_annotations() -> None:
    world = bench(deployments)
    body = workload("web", 10)
    body["metadata"]["annotations"] = {
        "kubernetes.io/change-cause": "first", "kubectl.kubernetes.io/last-applied-configuration": "{}",
    }
    world.ask("create", "deployments.apps", "ns", body=body)
    world.run()
    assert sets(world)[0]["metadata"]["annotations"] == {
        "kubernetes.io/change-cause": "first", PREFIX + "revision": "1", PREFIX + "desired-replicas": "10",
        PREFIX + "max-replicas": "13",
    }
    assert deployment(world)["metadata"]["annotations"][PREFIX + "revision"] == "1"


def test_the_old_template_brings_the_old_replicaset_back_as_a_new_revision() -> None:
    world = started(1)
    first = world.names("replicasets.apps")[0]
    new_image(world)
    finish_rollout(world)
    new_image(world, "i")
    finish_rollout(world)
    back = world.get("replicasets.apps", "ns", first)
    assert len(sets(world)) == 2
    assert back["spec"]["replicas"] == 1
    assert back["metadata"]["annotations"][PREFIX + "revision"] == "3"
    assert back["metadata"]["annotations"][PREFIX + "revision-history"] == "1"


def test_history_is_kept_up_to_its_limit_oldest_revisions_going_first() -> None:
    world = started(1, revisionHistoryLimit=1)
    for image in ("j", "k", "l"):
        new_image(world, image)
        finish_rollout(world)
    kept = sorted(one["metadata"]["annotations"][PREFIX + "revision"] for one in sets(world))
    assert kept == ["3", "4"]


def test_a_hash_that_is_taken_counts_a_collision_and_is_drawn_anew() -> None:
    world = started(1, ready=False, alone=True)
    name = world.names("replicasets.apps")[0]
    other = bench(deployments)
    stranger = workload(name, 0)
    stranger["spec"]["selector"] = {"matchLabels": {"app": "other"}}
    stranger["spec"]["template"]["metadata"] = {"labels": {"app": "other"}}
    other.ask("create", "replicasets.apps", "ns", body=stranger)
    other.ask("create", "deployments.apps", "ns", body=workload("web", 1))
    other.run()
    assert deployment(other)["status"]["collisionCount"] == 1
    made = [one for one in other.names("replicasets.apps") if one != name]
    assert len(made) == 1
    assert sizes(other) == [0, 1]


# ---------------------------------------------------------------------- rolling update and Recreate


def test_a_rolling_update_keeps_within_surge_and_unavailability() -> None:
    """4 replicas, 25 %: at most 5 Pods, at least 3 available."""
    world = started(4)
    new_image(world)
    steps = finish_rollout(world)
    assert steps[0] == [3, 2]
    assert steps[-1] == [0, 4]
    assert all(sum(step) <= 5 for step in steps)
    assert len(pods(world)) == 4


def test_without_surge_a_pod_has_to_go_first() -> None:
    strategy = {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 0, "maxUnavailable": 1}}
    world = started(3, strategy=strategy)
    new_image(world)
    steps = finish_rollout(world)
    assert all(sum(step) <= 3 for step in steps)
    assert steps[-1] == [0, 3]


def test_a_rollout_that_never_gets_ready_leaves_the_old_pods_alone() -> None:
    world = started(4)
    new_image(world)
    assert sizes(world) == [3, 2]
    assert sum(1 for pod in pods(world) if pod["spec"]["containers"][0]["image"] == "i") == 3


def test_unhealthy_old_pods_go_before_healthy_ones() -> None:
    """A second rollout while the first one hangs: its Pods make room, the ones that serve stay."""
    world = started(4)
    new_image(world)
    assert sizes(world) == [3, 2]
    new_image(world, "k")
    assert sizes(world) == [3, 0, 2]


def test_recreate_waits_until_the_old_pods_are_gone() -> None:
    world = started(2, strategy={"type": "Recreate"})
    finalizer = {"metadata": {"finalizers": ["example.com/hold"]}}
    held = world.names("pods")[0]
    world.ask("patch", "pods", "ns", held, finalizer, patchType="merge")
    world.run()
    new_image(world)
    assert sizes(world) == [0]
    assert [pod["metadata"]["name"] for pod in pods(world)] == [held]
    world.ask("patch", "pods", "ns", held, {"metadata": {"finalizers": None}}, patchType="merge")
    world.run()
    assert sizes(world) == [0, 2]
    assert {pod["spec"]["containers"][0]["image"] for pod in pods(world)} == {"j"}


# ---------------------------------------------------------------------- scaling and pausing


def test_scaling_goes_to_the_only_active_replicaset() -> None:
    world = started(2)
    patch(world, {"replicas": 5})
    assert (sizes(world), len(pods(world))) == ([5], 5)
    assert sets(world)[0]["metadata"]["annotations"][PREFIX + "desired-replicas"] == "5"


def test_scaling_in_the_middle_of_a_rollout_is_shared_in_proportion() -> None:
    world = started(10)
    new_image(world)
    assert sizes(world) == [8, 5]
    patch(world, {"replicas": 20})
    # 20 + 25 % = 25 Pods: the old one gets 8/13 of them, the new one the rest
    assert sizes(world) == [15, 10]


def test_a_paused_deployment_scales_and_does_not_roll_out() -> None:
    world = started(2)
    patch(world, {"paused": True})
    assert condition(world, "Progressing") == ("Unknown", "DeploymentPaused", "Deployment is paused")
    new_image(world)
    patch(world, {"replicas": 3})
    assert sizes(world) == [3]
    patch(world, {"paused": False})
    finish_rollout(world)
    assert sizes(world) == [0, 3]


@pytest.mark.parametrize(
    ("replicas", "surge", "unavailable", "expected"),
    [
        (4, "25%", "25%", (1, 1)), (10, "25%", "25%", (3, 2)), (1, "25%", "25%", (1, 0)), (3, "0%", "0%", (0, 1)),
        (3, 0, 10, (0, 3)), (0, "25%", "25%", (0, 0)),
    ],
)
def test_surge_is_rounded_up_and_unavailability_down(
    replicas: int, surge: Any, unavailable: Any, expected: tuple[int, int]
) -> None:
    limits = {"maxSurge": surge, "maxUnavailable": unavailable}
    one = {"spec": {"replicas": replicas, "strategy": {"type": "RollingUpdate", "rollingUpdate": limits}}}
    assert (max_surge(one), max_unavailable(one)) == expected


@pytest.mark.parametrize(
    ("size", "annotated", "to_add", "added", "expected"),
    [(0, 10, 5, 0, 0), (5, 10, 5, 5, 0), (5, 10, 10, 0, 5), (5, 10, 3, 0, 3)],
)
def test_a_share_never_exceeds_what_is_left(size: int, annotated: int, to_add: int, added: int, expected: int) -> None:
    one = {"spec": {"replicas": 20, "strategy": {"type": "RollingUpdate", "rollingUpdate": {}}}}
    assert proportion(one, {"spec": {"replicas": size}}, annotated, to_add, added) == expected


# ---------------------------------------------------------------------- status, conditions, events


def test_a_rollout_that_is_complete_says_so() -> None:
    world = started(2)
    name = world.names("replicasets.apps")[0]
    assert condition(world, "Progressing") == (
        "True", "NewReplicaSetAvailable", f'ReplicaSet "{name}" has successfully progressed.',
    )
    assert condition(world, "Available") == ("True", "MinimumReplicasAvailable", "Deployment has minimum availability.")
    counts = {field: value for field, value in deployment(world)["status"].items() if field != "conditions"}
    assert counts == {
        "observedGeneration": 1, "replicas": 2, "updatedReplicas": 2, "readyReplicas": 2, "availableReplicas": 2,
        "terminatingReplicas": 0,
    }


def test_a_rollout_that_stands_still_times_out_at_its_deadline() -> None:
    world = started(1, ready=False, progressDeadlineSeconds=100)
    name = world.names("replicasets.apps")[0]
    world.run_for(99)
    assert condition(world, "Progressing") == ("True", "ReplicaSetUpdated", f'ReplicaSet "{name}" is progressing.')
    world.run_for(5)
    assert condition(world, "Progressing") == (
        "False", "ProgressDeadlineExceeded", f'ReplicaSet "{name}" has timed out progressing.',
    )


def test_waiting_for_the_deadline_does_not_keep_the_cluster_busy() -> None:
    world = started(1, ready=False)
    assert world.quiet()
    assert world.world.clock.now < 1_767_225_600.0 + 10


def test_refused_pods_become_a_condition_of_the_deployment() -> None:
    world = bench(deployments, replicasets, refuse=refusing(("create", "pods")))
    world.ask("create", "deployments.apps", "ns", body=workload("web", 1))
    world.run()
    assert condition(world, "ReplicaFailure") == ("True", "FailedCreate", "no room")
    assert deployment(world)["status"]["unavailableReplicas"] == 1


def test_a_refused_replicaset_becomes_condition_and_event_and_15_retries() -> None:
    world = bench(deployments, refuse=refusing(("create", "replicasets.apps"), message="quota"))
    world.ask("create", "deployments.apps", "ns", body=workload("web", 1))
    world.run_for(3600)
    status, reason, message = condition(world, "Progressing") or ("", "", "")
    assert (status, reason) == ("False", "ReplicaSetCreateError")
    assert message.startswith('Failed to create new replica set "web-') and message.endswith('": quota')
    assert any(text.startswith("ReplicaSetCreateError: Failed to create new replica set") for text in world.events())
    attempts = [call for call in world.calls() if call.startswith("create replicasets.apps")]
    assert 16 <= len(attempts) <= 18


@pytest.mark.parametrize(
    ("minor", "up", "down"),
    [
        ("1.10", "Scaled up replica set {} to 1", "Scaled down replica set {} to 0"),
        ("1.25", "Scaled up replica set {} to 1", "Scaled down replica set {} to 0 from 1"),
        ("1.36", "Scaled up replica set {} from 0 to 1", "Scaled down replica set {} from 1 to 0"),
    ],
)
def test_the_words_of_scaling_follow_the_minor(minor: str, up: str, down: str) -> None:
    world = started(1, minor)
    name = world.names("replicasets.apps")[0]
    patch(world, {"replicas": 0})
    said = [text.removeprefix("ScalingReplicaSet: ") for text in world.events() if text.startswith("Scaling")]
    assert said == [up.format(name), down.format(name)]


def test_1_10_names_workloads_in_events_by_a_piece_of_their_link() -> None:
    world = started(1, "1.10", alone=True)
    event = next(v.obj for v in world.store.since(0, "events") if v.obj is not None)
    assert event["involvedObject"]["apiVersion"] == "extensions"


def test_a_deployment_that_is_being_deleted_only_reports() -> None:
    world = bench(deployments)
    world.ask("create", "deployments.apps", "ns", body=workload("web", 0, paused=True))
    world.run()
    world.ask("delete", "deployments.apps", "ns", "web", {"propagationPolicy": "Foreground"})
    world.ask("patch", "deployments.apps", "ns", "web", {"spec": {"paused": False}}, patchType="merge")
    world.run()
    assert sets(world) == []


def test_a_terminating_namespace_is_no_failure_of_the_deployment() -> None:
    error = failure(403, "Forbidden", "terminating", {"causes": [{"reason": "NamespaceTerminating"}]})
    wanted = ("create", "replicasets.apps")
    world = bench(deployments, refuse=lambda request: error if (request.verb, request.resource) == wanted else None)
    world.ask("create", "deployments.apps", "ns", body=workload("web", 1))
    world.run()
    assert world.events() == []
    assert condition(world, "Progressing") is None


def test_an_orphaned_replicaset_of_the_template_is_adopted() -> None:
    world = started(1)
    name = world.names("replicasets.apps")[0]
    orphan = {"metadata": {"ownerReferences": None}}
    world.ask("patch", "replicasets.apps", "ns", name, orphan, patchType="merge")
    world.run()
    assert sets(world)[0]["metadata"]["ownerReferences"][0]["name"] == "web"
