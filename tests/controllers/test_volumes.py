"""Volume binder: simulated volumes, waiting volumes, and what happens when claims go."""

from __future__ import annotations

from typing import Any

from sanb.controllers import volumes
from tests.controllers.harness import Bench
from tests.controllers.workloads import bench

CLAIMS = "persistentvolumeclaims"
VOLUMES = "persistentvolumes"


def claim(world: Bench, size: str = "1Gi", **spec: Any) -> None:
    whole = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": size}}, **spec}
    world.ask("create", CLAIMS, "ns", body={"metadata": {"name": "data"}, "spec": whole})
    world.run()


def volume(world: Bench, name: str, size: str, **spec: Any) -> None:
    whole = {"capacity": {"storage": size}, "accessModes": ["ReadWriteOnce"], "hostPath": {"path": "/x"}, **spec}
    world.ask("create", VOLUMES, "", body={"metadata": {"name": name}, "spec": whole})
    world.run()


def state(world: Bench, resource: str, name: str) -> Any:
    found = world.get(resource, "ns" if resource == CLAIMS else "", name)
    assert found is not None
    return found


def test_a_claim_is_bound_at_once_to_a_volume_that_is_made_for_it() -> None:
    world = bench(volumes)
    claim(world)
    bound = state(world, CLAIMS, "data")
    name = f"pvc-{bound['metadata']['uid']}"
    assert (bound["status"]["phase"], bound["spec"]["volumeName"]) == ("Bound", name)
    assert bound["status"]["capacity"] == {"storage": "1Gi"}
    made = state(world, VOLUMES, name)
    assert made["status"]["phase"] == "Bound"
    assert (made["spec"]["claimRef"]["name"], made["spec"]["persistentVolumeReclaimPolicy"]) == ("data", "Delete")


def test_the_smallest_waiting_volume_that_fits_is_taken_first() -> None:
    world = bench(volumes)
    for name, size in (("small", "500Mi"), ("large", "5Gi"), ("fitting", "2Gi")):
        volume(world, name, size)
    claim(world)
    assert state(world, CLAIMS, "data")["spec"]["volumeName"] == "fitting"
    assert state(world, VOLUMES, "fitting")["status"]["phase"] == "Bound"
    assert state(world, VOLUMES, "small")["status"]["phase"] == "Available"


def test_a_claim_of_no_class_waits_for_a_volume() -> None:
    world = bench(volumes)
    claim(world, storageClassName="")
    assert state(world, CLAIMS, "data")["status"]["phase"] == "Pending"
    assert world.events() == [
        "FailedBinding: no persistent volumes available for this claim and no storage class is set"
    ]
    volume(world, "late", "1Gi")
    assert state(world, CLAIMS, "data")["spec"]["volumeName"] == "late"


def test_a_volume_made_for_a_claim_goes_with_it_and_another_is_released() -> None:
    for kept in (False, True):
        world = bench(volumes)
        if kept:
            volume(world, "mine", "1Gi", persistentVolumeReclaimPolicy="Retain")
        claim(world)
        world.ask("delete", CLAIMS, "ns", "data")
        world.run()
        assert world.names(CLAIMS) == []
        assert world.names(VOLUMES) == (["mine"] if kept else [])
        if kept:
            assert state(world, VOLUMES, "mine")["status"]["phase"] == "Released"
