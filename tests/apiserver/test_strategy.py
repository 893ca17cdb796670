"""What the server fills in and takes away before it validates (SEM 3, 4.1)."""

from __future__ import annotations

from typing import Any

import pytest

from sanb.apiserver.resources import BY_KIND
from sanb.apiserver.strategy import cluster_ip, prepare_create, prepare_update, qos
from sanb.profiles.profile import Profile
from sanb.values import Obj
from tests.apiserver.made import container, deployment, made, pod, spec


def created(obj: Obj, minor: str = "1.36") -> Obj:
    return prepare_create(BY_KIND[obj["kind"]], obj, Profile.of(minor))


def updated(new: Obj, old: Obj, minor: str = "1.36", subresource: str = "") -> Obj:
    return prepare_update(BY_KIND[old["kind"]], new, old, Profile.of(minor), subresource)


@pytest.mark.parametrize(("minor", "generation"), [("1.10", None), ("1.32", None), ("1.33", 1), ("1.36", 1)])
def test_a_new_pod_is_pending_and_counts_its_changes_in_new_minors(minor: str, generation: int | None) -> None:
    got = created(pod() | {"status": {"phase": "Running"}}, minor)
    assert got["status"] == {"phase": "Pending", "qosClass": "BestEffort"}
    assert got["metadata"].get("generation") == generation


FULL = {"cpu": "1", "memory": "1Gi"}


@pytest.mark.parametrize(
    ("resources", "expected"),
    [
        ({}, "BestEffort"),
        ({"requests": {"cpu": "0"}}, "BestEffort"),
        ({"requests": {"ephemeral-storage": "1Gi"}}, "BestEffort"),
        ({"requests": {"cpu": "100m"}}, "Burstable"),
        ({"limits": FULL}, "Burstable"),
        ({"limits": FULL, "requests": {"cpu": "1000m", "memory": "1024Mi"}}, "Guaranteed"),
        ({"limits": FULL, "requests": {"cpu": "1", "memory": "1G"}}, "Burstable"),
        ({"limits": {"cpu": "1"}, "requests": {"cpu": "1"}}, "Burstable"),
    ],
)
def test_the_class_of_a_pod_follows_its_requests_and_limits(resources: Obj, expected: str) -> None:
    assert qos(spec(container(resources=resources))) == expected


def test_one_careless_container_spoils_the_guarantee() -> None:
    full = container("a", resources={"limits": FULL, "requests": FULL})
    assert qos(spec(full, container("b"))) == "Burstable"
    assert qos(spec(full, initContainers=[container("b")])) == "Burstable"
    assert qos(spec(full, initContainers=[container("b")]), init=False) == "Guaranteed"


def test_an_update_keeps_the_status() -> None:
    old = pod() | {"status": {"phase": "Running"}}
    assert updated(pod() | {"status": {"phase": "Failed"}}, old)["status"] is old["status"]
    new = pod() | {"status": {"phase": "Failed"}}
    assert updated(new, old, subresource="status") is new


def test_a_pods_generation_follows_its_spec() -> None:
    old = pod(metadata={"generation": 1})
    assert updated(pod(container(image="b"), metadata={"generation": 1}), old)["metadata"]["generation"] == 2
    assert updated(pod(metadata={"generation": 1, "labels": {"a": "b"}}), old)["metadata"]["generation"] == 1
    assert "generation" not in updated(pod(container(image="b")), pod(), "1.10")["metadata"]


@pytest.mark.parametrize("kind", ["Deployment", "ReplicaSet"])
def test_a_workload_starts_with_generation_1_and_an_empty_status(kind: str) -> None:
    got = created(deployment(kind=kind) | {"status": {"replicas": 3}})
    assert (got["metadata"]["generation"], got["status"]) == (1, {})


def test_a_deployments_generation_follows_spec_and_annotations() -> None:
    old = created(deployment())
    scaled = old | {"spec": old["spec"] | {"replicas": 2}}
    noted = old | {"metadata": old["metadata"] | {"annotations": {"a": "b"}}}
    labelled = old | {"metadata": old["metadata"] | {"labels": {"a": "b"}}}
    assert [updated(new, old)["metadata"]["generation"] for new in (scaled, noted, labelled)] == [2, 2, 1]


def test_annotations_do_not_count_for_a_replicaset() -> None:
    old = created(deployment(kind="ReplicaSet"))
    noted = old | {"metadata": old["metadata"] | {"annotations": {"a": "b"}}}
    assert updated(noted, old) is noted


@pytest.mark.parametrize(("minor", "labels"), [("1.20", None), ("1.21", {"kubernetes.io/metadata.name": "a"})])
def test_a_new_namespace_is_active_and_named_by_a_label(minor: str, labels: Any) -> None:
    got = created(made("Namespace"), minor)
    assert (got["spec"], got["status"]) == ({"finalizers": ["kubernetes"]}, {"phase": "Active"})
    assert got["metadata"].get("labels") == labels


def test_an_update_changes_neither_finalizers_nor_phase_of_a_namespace() -> None:
    old = created(made("Namespace"))
    got = updated(made("Namespace", spec={}, status={"phase": "Terminating"}), old)
    assert (got["spec"], got["status"], got["metadata"]["labels"]) == (
        {"finalizers": ["kubernetes"]}, {"phase": "Active"}, {"kubernetes.io/metadata.name": "a"}
    )


def test_texts_of_a_secret_become_data() -> None:
    got = created(made("Secret", data={"a": "eA==", "b": "eA=="}, stringData={"b": "y"}))
    assert got["data"] == {"a": "eA==", "b": "eQ=="}
    assert "stringData" not in got


def test_references_of_an_account_are_reduced_to_names() -> None:
    """SEM 3.1."""
    got = created(made("ServiceAccount", secrets=[{"name": "s", "namespace": "x", "uid": "u"}]))
    assert got["secrets"] == [{"name": "s"}]
    plain = made("ServiceAccount", secrets=[{"name": "s"}])
    assert created(plain) is plain


def test_what_needs_no_preparation_is_the_same_object() -> None:
    for obj in (made("ConfigMap"), made("Role"), made("Node"), made("Event"), made("Secret", data={})):
        assert created(obj) is obj


def service(**fields: Any) -> Obj:
    ports = [{"port": 80, "protocol": "TCP", "targetPort": 80}]
    return made("Service", "web", spec={"type": "ClusterIP", "ports": ports, **fields})


def test_a_service_gets_an_address_that_is_the_same_in_every_run() -> None:
    address = cluster_ip(service())
    assert address == cluster_ip(service()) != cluster_ip(made("Service", "other"))
    assert address.startswith("10.") and 96 <= int(address.split(".")[1]) < 112
    assert created(service(), "1.10")["spec"]["clusterIP"] == address
    assert "clusterIPs" not in created(service(), "1.10")["spec"]
    assert created(service())["spec"]["clusterIPs"] == [address]


def test_addresses_that_are_given_or_unwanted_stay() -> None:
    assert created(service(clusterIP="None"))["spec"]["clusterIP"] == "None"
    assert "clusterIP" not in created(service(type="ExternalName"))["spec"]


def test_a_service_on_the_nodes_gets_a_port_there() -> None:
    [port] = created(service(type="NodePort"))["spec"]["ports"]
    assert 30000 <= port["nodePort"] <= 32767


def test_an_update_without_an_address_keeps_it_in_newer_minors() -> None:
    old = created(service())
    assert updated(service(), old)["spec"]["clusterIP"] == old["spec"]["clusterIP"]
    assert "clusterIP" not in updated(service(), old, "1.10")["spec"]
