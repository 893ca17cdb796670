"""StatefulSet controller: order, identity, claims, revisions, rolling updates."""

from __future__ import annotations

from typing import Any

import pytest

from sanb.controllers import statefulsets, volumes
from sanb.kernel.policy import seeded
from tests.controllers.harness import Bench
from tests.controllers.workloads import LABELS, bench, make_ready, pods, refusing, template, workload

SETS = "statefulsets.apps"
CLAIM = {
    "metadata": {"name": "data"},
    "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}},
}


def started(replicas: int = 3, minor: str = "1.36", **spec: Any) -> Bench:
    world = bench(statefulsets, minor=minor)
    world.ask("create", SETS, "ns", body=workload("web", replicas, serviceName="web", **spec))
    world.run()
    return world


def settled(replicas: int = 3, minor: str = "1.36", **spec: Any) -> Bench:
    world = started(replicas, minor, **spec)
    for _ in range(replicas):
        make_ready(world)
    world.calls()
    return world


def status(world: Bench) -> Any:
    found = world.get(SETS, "ns", "web")
    assert found is not None
    return found["status"]


def change(world: Bench, image: str = "j", **spec: Any) -> None:
    world.ask("patch", SETS, "ns", "web", {"spec": {"template": template(image), **spec}}, patchType="merge")
    world.run()


def revisions(world: Bench) -> dict[str, str]:
    """Pod -> image that it was made with."""
    return {pod["metadata"]["name"]: pod["spec"]["containers"][0]["image"] for pod in pods(world)}


def about_pods(world: Bench) -> list[str]:
    return [call for call in world.calls() if " pods " in call]


# ---------------------------------------------------------------------- making


def test_each_pod_is_made_when_the_one_before_is_ready() -> None:
    world = started()
    seen = [world.names("pods")]
    for _ in range(3):
        make_ready(world)
        seen.append(world.names("pods"))
    assert seen == [["web-0"], ["web-0", "web-1"], ["web-0", "web-1", "web-2"], ["web-0", "web-1", "web-2"]]


def test_parallel_pods_are_made_at_once() -> None:
    assert started(podManagementPolicy="Parallel").names("pods") == ["web-0", "web-1", "web-2"]


@pytest.mark.parametrize(("minor", "index"), [("1.27", None), ("1.28", "0")])
def test_a_pod_has_its_name_as_hostname_and_label_and_from_1_28_on_its_index(minor: str, index: str | None) -> None:
    pod = pods(started(1, minor))[0]
    labels = pod["metadata"]["labels"]
    assert (pod["spec"]["hostname"], pod["spec"]["subdomain"]) == ("web-0", "web")
    assert labels["statefulset.kubernetes.io/pod-name"] == "web-0"
    assert labels.get("apps.kubernetes.io/pod-index") == index
    assert pod["metadata"]["ownerReferences"][0]["kind"] == "StatefulSet"


def test_its_revision_is_stored_named_by_the_hash_and_on_the_pods() -> None:
    world = started(1)
    (name,) = world.names("controllerrevisions.apps")
    revision = world.get("controllerrevisions.apps", "ns", name)
    assert revision is not None
    assert revision["revision"] == 1
    assert revision["data"]["spec"]["template"]["$patch"] == "replace"
    assert revision["metadata"]["labels"]["controller.kubernetes.io/hash"] == name.removeprefix("web-")
    assert pods(world)[0]["metadata"]["labels"]["controller-revision-hash"] == name
    assert (status(world)["currentRevision"], status(world)["updateRevision"]) == (name, name)


def test_events_tell_of_claims_and_pods() -> None:
    world = started(1, volumeClaimTemplates=[CLAIM])
    assert world.events() == [
        "SuccessfulCreate: create Claim data-web-0 Pod web-0 in StatefulSet web success",
        "SuccessfulCreate: create Pod web-0 in StatefulSet web successful",
    ]


def test_a_pod_that_cannot_be_made_is_told() -> None:
    world = bench(statefulsets, refuse=refusing(("create", "pods")))
    world.ask("create", SETS, "ns", body=workload("web", 1, serviceName="web"))
    world.run()
    assert set(world.events()) == {"FailedCreate: create Pod web-0 in StatefulSet web failed error: no room"}


def test_claims_are_made_for_each_pod_bound_and_kept_when_it_goes() -> None:
    world = bench(statefulsets, volumes)
    world.ask("create", SETS, "ns", body=workload("web", 1, serviceName="web", volumeClaimTemplates=[CLAIM]))
    world.run()
    claim = world.get("persistentvolumeclaims", "ns", "data-web-0")
    assert claim is not None
    assert (claim["status"]["phase"], claim["metadata"]["labels"]) == ("Bound", LABELS)
    assert pods(world)[0]["spec"]["volumes"][0] == {
        "name": "data", "persistentVolumeClaim": {"claimName": "data-web-0"}
    }
    world.ask("patch", SETS, "ns", "web", {"spec": {"replicas": 0}}, patchType="merge")
    world.run()
    assert (world.names("pods"), world.names("persistentvolumeclaims")) == ([], ["data-web-0"])


def test_pods_may_be_numbered_from_a_start() -> None:
    world = started(2, ordinals={"start": 5}, podManagementPolicy="Parallel")
    assert world.names("pods") == ["web-5", "web-6"]


# ---------------------------------------------------------------------- deleting


def test_scaling_down_deletes_the_last_pod_first() -> None:
    world = settled(3)
    world.ask("patch", SETS, "ns", "web", {"spec": {"replicas": 1}}, patchType="merge")
    world.run()
    assert about_pods(world) == ["delete pods ns/web-2", "delete pods ns/web-1"]
    assert "SuccessfulDelete: delete Pod web-2 in StatefulSet web successful" in world.events()
    assert status(world)["replicas"] == 1


def test_a_pod_that_is_gone_is_made_again_under_its_name() -> None:
    world = settled(2)
    uid = world.get("pods", "ns", "web-0")["metadata"]["uid"]  # type: ignore[index]
    world.ask("delete", "pods", "ns", "web-0")
    world.run()
    made = world.get("pods", "ns", "web-0")
    assert made is not None
    assert made["metadata"]["uid"] != uid


@pytest.mark.parametrize("minor", ["1.10", "1.36"])
def test_a_failed_pod_is_replaced(minor: str) -> None:
    world = settled(1, minor)
    uid = pods(world)[0]["metadata"]["uid"]
    world.ask("patch", "pods", "ns", "web-0", {"status": {"phase": "Failed"}}, "status", patchType="merge")
    world.run()
    (pod,) = pods(world)
    assert pod["metadata"]["uid"] != uid
    assert "RecreatingFailedPod: StatefulSet ns/web is recreating failed Pod web-0" in world.events()


# ---------------------------------------------------------------------- updating


@pytest.mark.parametrize("minor", ["1.10", "1.34", "1.36"])
def test_an_update_replaces_pods_from_the_last_to_the_first_each_when_the_next_is_ready(minor: str) -> None:
    world = settled(3, minor)
    change(world)
    seen = [revisions(world)]
    for _ in range(3):
        make_ready(world)
        seen.append(revisions(world))
    assert [list(one.values()) for one in seen] == [["i", "i", "j"], ["i", "j", "j"], ["j", "j", "j"], ["j", "j", "j"]]
    assert status(world)["currentRevision"] == status(world)["updateRevision"]
    assert (status(world)["currentReplicas"], status(world)["updatedReplicas"]) == (3, 3)


def test_parallel_pods_are_updated_one_at_a_time_all_the_same() -> None:
    world = settled(3, "1.34", podManagementPolicy="Parallel")
    change(world)
    assert list(revisions(world).values()) == ["i", "i", "j"]


def test_from_1_35_on_several_pods_may_be_replaced_at_once() -> None:
    strategy = {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 2}}
    world = settled(4, updateStrategy=strategy, podManagementPolicy="Parallel")
    change(world)
    assert list(revisions(world).values()) == ["i", "i", "j", "j"]
    make_ready(world)
    assert list(revisions(world).values()) == ["j"] * 4


def test_a_partition_keeps_the_first_pods_at_the_old_revision_also_when_they_are_made_anew() -> None:
    world = settled(3)
    change(world, updateStrategy={"type": "RollingUpdate", "rollingUpdate": {"partition": 2}})
    make_ready(world)
    assert list(revisions(world).values()) == ["i", "i", "j"]
    world.ask("delete", "pods", "ns", "web-0")
    world.run()
    assert list(revisions(world).values()) == ["i", "i", "j"]
    assert (status(world)["currentReplicas"], status(world)["updatedReplicas"]) == (2, 1)


def test_on_delete_updates_a_pod_when_somebody_deletes_it() -> None:
    world = settled(2)
    change(world, updateStrategy={"type": "OnDelete", "rollingUpdate": None})
    assert list(revisions(world).values()) == ["i", "i"]
    world.ask("delete", "pods", "ns", "web-0")
    world.run()
    assert list(revisions(world).values()) == ["j", "i"]


def test_going_back_to_an_old_template_takes_its_revision_again() -> None:
    world = settled(1)
    (first,) = world.names("controllerrevisions.apps")
    change(world)
    make_ready(world)
    change(world, "i")
    make_ready(world)
    assert len(world.names("controllerrevisions.apps")) == 2
    assert world.get("controllerrevisions.apps", "ns", first)["revision"] == 3  # type: ignore[index]
    assert status(world)["currentRevision"] == first


def test_old_revisions_beyond_the_limit_are_deleted() -> None:
    world = settled(1, revisionHistoryLimit=1)
    for image in ("a", "b", "c", "d"):
        change(world, image)
        make_ready(world)
    assert len(world.names("controllerrevisions.apps")) == 2


# ---------------------------------------------------------------------- status, order


@pytest.mark.parametrize(("minor", "available"), [("1.21", None), ("1.22", 2)])
def test_the_status_counts(minor: str, available: int | None) -> None:
    found = status(settled(2, minor))
    assert found.get("availableReplicas") == available
    assert (found["replicas"], found["readyReplicas"], found["collisionCount"]) == (2, 2, 0)


def test_the_next_pod_waits_until_the_one_before_has_been_ready_for_long_enough() -> None:
    world = started(2, minReadySeconds=30)
    make_ready(world, 1)
    assert (world.names("pods"), status(world)["availableReplicas"]) == (["web-0", "web-1"], 1)
    assert world.world.clock.now >= 1_767_225_630


@pytest.mark.parametrize("seed", range(6))
def test_whatever_the_order_of_happenings_no_pod_is_made_twice_or_out_of_order(seed: int) -> None:
    world = bench(statefulsets)
    world.ask("create", SETS, "ns", body=workload("web", 4, serviceName="web", podManagementPolicy="Parallel"))
    policy = seeded(seed)
    for _ in range(400):
        action = policy(world.world, world.world.enabled(upkeep=False))
        if action is None:
            break
        world.world.step(action)
    assert world.names("pods") == [f"web-{number}" for number in range(4)]
    made = [text for text in world.events() if text.startswith("SuccessfulCreate")]
    assert len(made) == 4


# ---------------------------------------------------------------------- what becomes of claims


def owners(world: Bench) -> dict[str, list[tuple[str, bool]]]:
    """Claim -> kinds of its owners, and whether they control it."""
    claims = [one["metadata"] for one in world.ask("list", "persistentvolumeclaims", "ns")["items"]]
    return {
        one["name"]: [(owner["kind"], bool(owner.get("controller"))) for owner in one.get("ownerReferences", ())]
        for one in claims
    }


@pytest.mark.parametrize(
    ("minor", "first"), [("1.26", []), ("1.27", [("StatefulSet", False)]), ("1.31", [("StatefulSet", True)])],
)
def test_claims_that_go_with_the_set_belong_to_it(minor: str, first: list[tuple[str, bool]]) -> None:
    policy = {"whenDeleted": "Delete", "whenScaled": "Retain"}
    world = settled(1, minor, volumeClaimTemplates=[CLAIM], persistentVolumeClaimRetentionPolicy=policy)
    assert owners(world) == {"data-web-0": first}


@pytest.mark.parametrize(("deleted", "kept"), [("Retain", []), ("Delete", [("StatefulSet", True)])])
def test_claims_that_go_when_scaled_down_belong_to_the_pod_that_goes(deleted: str, kept: list[tuple[str, bool]]) -> None:
    policy = {"whenDeleted": deleted, "whenScaled": "Delete"}
    world = settled(2, volumeClaimTemplates=[CLAIM], persistentVolumeClaimRetentionPolicy=policy)
    assert owners(world) == {"data-web-0": kept, "data-web-1": kept}
    world.ask("patch", SETS, "ns", "web", {"spec": {"replicas": 1}}, patchType="merge")
    world.run()
    assert owners(world) == {"data-web-0": kept, "data-web-1": [("Pod", True)]}


def test_a_pod_is_not_made_before_the_claim_of_the_one_before_is_gone() -> None:
    policy = {"whenDeleted": "Retain", "whenScaled": "Delete"}
    world = settled(1, volumeClaimTemplates=[CLAIM], persistentVolumeClaimRetentionPolicy=policy)
    for replicas in (0, 1):
        world.ask("patch", SETS, "ns", "web", {"spec": {"replicas": replicas}}, patchType="merge")
        world.run()
    assert pods(world) == []
    world.ask("delete", "persistentvolumeclaims", "ns", "data-web-0")
    world.run()
    assert (world.names("pods"), owners(world)) == (["web-0"], {"data-web-0": []})
