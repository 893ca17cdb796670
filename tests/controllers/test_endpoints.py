"""Endpoints and EndpointSlices: which Pods serve a Service."""

from __future__ import annotations

from typing import Any

import pytest

from sanb.controllers import endpoints, endpointslices
from sanb.profiles.profile import Profile
from tests.controllers.harness import Bench
from tests.controllers.workloads import bench

SLICES = "endpointslices.discovery.k8s.io"


def started(minor: str = "1.36", ports: Any = None, **spec: Any) -> Bench:
    modules = [endpoints, endpointslices] if endpointslices.controller(Profile.of(minor), None, 7) else [endpoints]
    world = bench(*modules, minor=minor)
    shown = ports if ports is not None else [{"name": "http", "port": 80, "targetPort": 8080}]
    metadata = {"name": "web", "labels": {"team": "a"}}
    whole = {"selector": {"app": "web"}, "ports": shown, **spec}
    world.ask("create", "services", "ns", body={"metadata": metadata, "spec": whole})
    world.run()
    return world


def pod(world: Bench, name: str, ip: str, *, ready: bool = True, labels: Any = None, **spec: Any) -> None:
    inner = {"nodeName": "n1", "containers": [{"name": "c", "image": "i", "ports": spec.pop("ports", [])}], **spec}
    metadata = {"name": name, "labels": labels or {"app": "web"}}
    world.ask("create", "pods", "ns", body={"metadata": metadata, "spec": inner})
    condition = {"type": "Ready", "status": str(ready), "lastTransitionTime": "2026-01-01T00:00:00Z"}
    status = {"podIP": ip, "phase": "Running", "conditions": [condition]}
    world.ask("patch", "pods", "ns", name, {"status": status}, "status", patchType="merge")
    world.run()


def subsets(world: Bench) -> Any:
    found = world.get("endpoints", "ns", "web")
    assert found is not None
    return found.get("subsets", [])


def addresses(world: Bench, field: str = "addresses") -> list[str]:
    return [one["ip"] for part in subsets(world) for one in part.get(field, ())]


def slices(world: Bench) -> list[Any]:
    return [version.obj for version in world.store.head.scan(SLICES) if version.obj is not None]


def served(world: Bench) -> dict[str, bool]:
    found = [one for piece in slices(world) for one in piece["endpoints"] or ()]
    return {one["addresses"][0]: one["conditions"]["ready"] for one in found}


# ---------------------------------------------------------------------- both


def test_ready_pods_that_the_selector_chooses_have_addresses_and_others_are_not_ready() -> None:
    world = started()
    pod(world, "a", "10.0.0.1")
    pod(world, "b", "10.0.0.2", ready=False)
    pod(world, "c", "10.0.0.3", labels={"app": "other"})
    assert (addresses(world), addresses(world, "notReadyAddresses")) == (["10.0.0.1"], ["10.0.0.2"])
    assert served(world) == {"10.0.0.1": True, "10.0.0.2": False}


def test_an_address_says_which_pod_it_is() -> None:
    world = started()
    pod(world, "a", "10.0.0.1")
    (part,) = subsets(world)
    uid = world.get("pods", "ns", "a")["metadata"]["uid"]  # type: ignore[index]
    target = {"kind": "Pod", "namespace": "ns", "name": "a", "uid": uid}
    assert part == {
        "addresses": [{"ip": "10.0.0.1", "nodeName": "n1", "targetRef": target}],
        "ports": [{"name": "http", "port": 8080, "protocol": "TCP"}],
    }
    (piece,) = slices(world)
    assert piece["endpoints"] == [{
        "addresses": ["10.0.0.1"], "conditions": {"ready": True, "serving": True, "terminating": False},
        "nodeName": "n1", "targetRef": target,
    }]
    assert (piece["addressType"], piece["ports"]) == ("IPv4", [{"name": "http", "port": 8080, "protocol": "TCP"}])


def test_addresses_follow_the_pods() -> None:
    world = started()
    pod(world, "a", "10.0.0.1")
    world.ask("patch", "pods", "ns", "a", {"metadata": {"labels": {"app": "other"}}}, patchType="merge")
    world.run()
    assert (addresses(world), served(world)) == ([], {})
    pod(world, "b", "10.0.0.2")
    world.ask("delete", "pods", "ns", "b", {"gracePeriodSeconds": 0})
    world.run()
    assert (addresses(world), served(world)) == ([], {})


def test_a_named_port_is_looked_up_in_each_pod() -> None:
    world = started(ports=[{"port": 80, "targetPort": "web"}])
    pod(world, "a", "10.0.0.1", ports=[{"name": "web", "containerPort": 8080}])
    pod(world, "b", "10.0.0.2", ports=[{"name": "web", "containerPort": 9090}])
    pod(world, "c", "10.0.0.3")
    assert [(part["addresses"][0]["ip"], part["ports"][0]["port"]) for part in subsets(world)] == [
        ("10.0.0.1", 8080), ("10.0.0.2", 9090),
    ]
    assert sorted(piece["ports"][0]["port"] for piece in slices(world) if piece["ports"]) == [8080, 9090]


def test_pods_that_are_not_ready_count_where_the_service_says_so() -> None:
    world = started(publishNotReadyAddresses=True)
    pod(world, "a", "10.0.0.1", ready=False)
    assert (addresses(world), served(world)) == (["10.0.0.1"], {"10.0.0.1": True})


def test_headless_services_are_labeled_and_know_host_names() -> None:
    world = started(clusterIP="None")
    pod(world, "a", "10.0.0.1", hostname="a", subdomain="web")
    found = world.get("endpoints", "ns", "web")
    assert found is not None
    assert found["metadata"]["labels"] == {
        "team": "a", "service.kubernetes.io/headless": "", "endpoints.kubernetes.io/managed-by": "endpoint-controller",
    }
    assert subsets(world)[0]["addresses"][0]["hostname"] == slices(world)[0]["endpoints"][0]["hostname"] == "a"


def test_a_service_without_a_selector_is_left_alone() -> None:
    world = bench(endpoints, endpointslices)
    world.ask("create", "services", "ns", body={"metadata": {"name": "web"}, "spec": {"ports": [{"port": 80}]}})
    world.run()
    assert (world.names("endpoints"), world.names(SLICES)) == ([], [])


def test_endpoints_go_with_their_service_and_slices_are_owned_by_it() -> None:
    world = started()
    assert slices(world)[0]["metadata"]["ownerReferences"][0]["kind"] == "Service"
    world.ask("delete", "services", "ns", "web")
    world.run()
    assert world.names("endpoints") == []


def test_nothing_is_written_when_nothing_changes() -> None:
    world = started()
    pod(world, "a", "10.0.0.1")
    world.calls()
    world.ask("patch", "pods", "ns", "a", {"metadata": {"annotations": {"x": "y"}}}, patchType="merge")
    world.run()
    assert world.calls() == []


# ---------------------------------------------------------------------- Endpoints by minor


@pytest.mark.parametrize(("minor", "versioned"), [("1.21", True), ("1.22", False)])
def test_before_1_22_targets_are_named_with_their_version(minor: str, versioned: bool) -> None:
    world = started(minor)
    pod(world, "a", "10.0.0.1")
    assert ("resourceVersion" in subsets(world)[0]["addresses"][0]["targetRef"]) is versioned


# ---------------------------------------------------------------------- slices


@pytest.mark.parametrize(
    ("minor", "version"),
    [("1.17", None), ("1.18", "discovery.k8s.io/v1beta1"), ("1.21", "discovery.k8s.io/v1")],
)
def test_slices_are_made_from_1_18_on(minor: str, version: str | None) -> None:
    world = started(minor)
    assert [piece["apiVersion"] for piece in slices(world)] == ([] if version is None else [version])


def test_a_slice_has_at_most_a_hundred_endpoints() -> None:
    world = started()
    for number in range(120):
        pod(world, f"p{number}", f"10.0.{number // 100}.{number % 100 + 1}")
    assert sorted(len(piece["endpoints"]) for piece in slices(world)) == [20, 100]
    assert len(addresses(world)) == 120


def test_a_pod_that_is_being_deleted_serves_but_is_not_ready() -> None:
    world = started()
    pod(world, "a", "10.0.0.1")
    world.ask("patch", "pods", "ns", "a", {"metadata": {"finalizers": ["example.com/wait"]}}, patchType="merge")
    world.ask("delete", "pods", "ns", "a")
    world.run()
    assert addresses(world) == []
    assert slices(world)[0]["endpoints"][0]["conditions"] == {"ready": False, "serving": True, "terminating": True}
