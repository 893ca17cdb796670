"""Garbage collector: what loses its owners goes; background, foreground and orphan deletion."""

from __future__ import annotations

from typing import Any

import pytest

from sanb.controllers import garbage
from tests.controllers.harness import Bench
from tests.controllers.workloads import bench, workload

RS, DEPLOY = "replicasets.apps", "deployments.apps"


def cluster(minor: str = "1.36") -> Bench:
    return bench(garbage, minor=minor)


def reference(owner: dict[str, Any], **given: Any) -> dict[str, Any]:
    fields = {"apiVersion": owner["apiVersion"], "kind": owner["kind"]}
    return {**fields, "name": owner["metadata"]["name"], "uid": owner["metadata"]["uid"], **given}


def add_set(world: Bench, name: str = "rs", *owners: dict[str, Any]) -> dict[str, Any]:
    body = workload(name, 0)
    body["metadata"]["ownerReferences"] = list(owners)
    return world.ask("create", RS, "ns", body=body)


def add_config(world: Bench, name: str, *owners: dict[str, Any], namespace: str = "ns", **fields: Any) -> None:
    body = {"metadata": {"name": name, "ownerReferences": list(owners), **fields}}
    world.ask("create", "configmaps", namespace, body=body)


def delete(world: Bench, resource: str, name: str, propagation: str = "Background") -> None:
    world.ask("delete", resource, "ns", name, {"propagationPolicy": propagation})
    world.run()


def absent(uid: str = "nobody") -> dict[str, Any]:
    return {"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "gone", "uid": uid}


# ---------------------------------------------------------------------- living and absent owners


def test_an_object_whose_owner_is_alive_costs_no_call() -> None:
    world = cluster()
    owner = add_set(world)
    add_config(world, "c", reference(owner))
    world.run()
    assert world.calls() == []


def test_what_a_deleted_object_owns_goes_in_the_background() -> None:
    world = cluster()
    top = world.ask("create", DEPLOY, "ns", body=workload("web", 0))
    middle = add_set(world, "rs", reference(top))
    add_config(world, "c", reference(middle))
    delete(world, DEPLOY, "web")
    assert (world.names(RS), world.names("configmaps")) == ([], [])
    assert world.calls() == [
        "get replicasets.apps ns/rs", "get deployments.apps ns/web", "delete replicasets.apps ns/rs",
        "get configmaps ns/c", "get replicasets.apps ns/rs", "delete configmaps ns/c",
    ]


def test_an_object_that_is_made_for_an_absent_owner_goes_at_once() -> None:
    world = cluster()
    add_config(world, "c", absent())
    world.run()
    assert world.names("configmaps") == []


def test_an_owner_of_the_same_name_and_another_uid_is_another_one() -> None:
    world = cluster()
    owner = add_set(world)
    add_config(world, "c", reference(owner, uid="old"))
    world.run()
    assert world.names("configmaps") == []


def test_an_absent_owner_is_asked_for_once() -> None:
    world = cluster()
    for number in range(5):
        add_config(world, f"c{number}", absent())
    world.run()
    assert world.calls().count("get replicasets.apps ns/gone") == 1
    assert world.names("configmaps") == []


def test_of_two_owners_the_living_one_keeps_the_object_and_the_other_reference_goes() -> None:
    world = cluster()
    owner = add_set(world)
    add_config(world, "c", reference(owner), absent())
    world.run()
    kept = world.get("configmaps", "ns", "c")
    assert [one["uid"] for one in kept["metadata"]["ownerReferences"]] == [owner["metadata"]["uid"]]


def test_the_last_of_several_owners_takes_the_object_along() -> None:
    world = cluster()
    first, second = add_set(world, "a"), add_set(world, "b")
    add_config(world, "c", reference(first), reference(second))
    delete(world, RS, "a")
    assert world.names("configmaps") == ["c"]
    delete(world, RS, "b")
    assert world.names("configmaps") == []


def test_an_owner_of_a_kind_nobody_knows_keeps_the_object() -> None:
    world = cluster()
    add_config(world, "c", {"apiVersion": "example.com/v1", "kind": "Thing", "name": "t", "uid": "t"})
    world.run()
    assert world.names("configmaps") == ["c"]


def test_a_cluster_scoped_owner_is_found() -> None:
    world = cluster()
    node = world.ask("create", "nodes", body={"metadata": {"name": "n"}})
    add_config(world, "c", reference(node))
    world.run()
    assert world.names("configmaps") == ["c"]
    world.ask("delete", "nodes", "", "n")
    world.run()
    assert world.names("configmaps") == []


def test_1_10_finds_owners_under_the_extensions_group() -> None:
    world = cluster("1.10")
    owner = add_set(world)
    add_config(world, "c", reference(owner, apiVersion="extensions/v1beta1"))
    world.run()
    assert world.names("configmaps") == ["c"]
    delete(world, RS, "rs")
    assert world.names("configmaps") == []


@pytest.mark.parametrize(
    ("minor", "events"),
    [
        ("1.10", 0), ("1.36", 1),
    ],
)
def test_an_owner_in_another_namespace_counts_for_nothing_and_is_reported(minor: str, events: int) -> None:
    world = cluster(minor)
    owner = add_set(world)
    add_config(world, "c", reference(owner), namespace="other")
    world.run()
    uid = owner["metadata"]["uid"]
    text = (
        f"OwnerRefInvalidNamespace: ownerRef [apps/v1/ReplicaSet, namespace: other, name: rs, uid: {uid}] "
        'does not exist in namespace "other"'
    )
    assert world.events() == [text] * events
    assert world.names("configmaps") == []


def test_a_reference_that_is_added_later_is_looked_at() -> None:
    world = cluster()
    add_config(world, "c")
    world.ask("patch", "configmaps", "ns", "c", {"metadata": {"ownerReferences": [absent()]}}, patchType="merge")
    world.run()
    assert world.names("configmaps") == []


def test_an_object_with_a_finalizer_waits_for_it() -> None:
    world = cluster()
    owner = add_set(world)
    add_config(world, "c", reference(owner), finalizers=["example.com/hold"])
    delete(world, RS, "rs")
    assert world.get("configmaps", "ns", "c")["metadata"]["deletionTimestamp"] == "2026-01-01T00:00:00Z"
    assert len([call for call in world.calls() if call.startswith("delete")]) == 1


# ---------------------------------------------------------------------- foreground


def test_in_the_foreground_the_owner_goes_last() -> None:
    world = cluster()
    top = world.ask("create", DEPLOY, "ns", body=workload("web", 0))
    middle = add_set(world, "rs", reference(top, blockOwnerDeletion=True))
    add_config(world, "c", reference(middle, blockOwnerDeletion=True))
    delete(world, DEPLOY, "web", "Foreground")
    assert (world.names(DEPLOY), world.names(RS), world.names("configmaps")) == ([], [], [])
    gone = [version.key[2] for version in world.store.since(0) if version.obj is None]
    assert gone == ["c", "rs", "web"]


def test_the_owner_waits_for_a_dependent_that_blocks() -> None:
    world = cluster()
    owner = add_set(world)
    add_config(world, "c", reference(owner, blockOwnerDeletion=True), finalizers=["example.com/hold"])
    delete(world, RS, "rs", "Foreground")
    assert world.get(RS, "ns", "rs")["metadata"]["finalizers"] == ["foregroundDeletion"]
    world.ask("patch", "configmaps", "ns", "c", {"metadata": {"finalizers": None}}, patchType="merge")
    world.run()
    assert (world.names(RS), world.names("configmaps")) == ([], [])


def test_a_dependent_that_does_not_block_goes_after_its_owner() -> None:
    world = cluster()
    owner = add_set(world)
    add_config(world, "c", reference(owner), finalizers=["example.com/hold"])
    delete(world, RS, "rs", "Foreground")
    assert world.names(RS) == []
    assert world.get("configmaps", "ns", "c")["metadata"].get("deletionTimestamp") == "2026-01-01T00:00:00Z"


def test_a_dependent_with_another_living_owner_is_kept_and_released() -> None:
    world = cluster()
    leaving, staying = add_set(world, "leaving"), add_set(world, "staying")
    add_config(world, "c", reference(leaving, blockOwnerDeletion=True), reference(staying, blockOwnerDeletion=True))
    delete(world, RS, "leaving", "Foreground")
    kept = world.get("configmaps", "ns", "c")["metadata"]["ownerReferences"]
    assert ([one["name"] for one in kept], world.names(RS)) == (["staying"], ["staying"])


def test_a_circle_of_owners_can_be_deleted_in_the_foreground() -> None:
    world = cluster()
    first = add_set(world, "a")
    second = add_set(world, "b", reference(first, blockOwnerDeletion=True))
    back = [reference(second, blockOwnerDeletion=True)]
    world.ask("patch", RS, "ns", "a", {"metadata": {"ownerReferences": back}}, patchType="merge")
    world.run()
    delete(world, RS, "a", "Foreground")
    assert world.names(RS) == []


# ---------------------------------------------------------------------- orphans


def test_orphans_lose_the_reference_and_stay() -> None:
    world = cluster()
    owner, other = add_set(world), add_set(world, "other")
    add_config(world, "a", reference(owner))
    add_config(world, "b", reference(owner), reference(other))
    delete(world, RS, "rs", "Orphan")
    assert (world.names(RS), world.names("configmaps")) == (["other"], ["a", "b"])
    assert "ownerReferences" not in world.get("configmaps", "ns", "a")["metadata"]
    assert [one["name"] for one in world.get("configmaps", "ns", "b")["metadata"]["ownerReferences"]] == ["other"]


def test_events_are_none_of_its_business() -> None:
    world = cluster()
    body = {"metadata": {"name": "e", "ownerReferences": [absent()]}, "involvedObject": {"namespace": "ns"}}
    world.ask("create", "events", "ns", body=body)
    world.run()
    assert world.names("events") == ["e"]
    assert world.calls() == []
