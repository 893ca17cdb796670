"""Defaulting of objects (SEM 3.2, 3.3, 3.5, 6.3)."""

from __future__ import annotations

from typing import Any

import pytest

from sanb.apiserver.defaults import default
from sanb.apiserver.defaults.containers import pull_policy
from sanb.apiserver.resources import RBAC, RESOURCES, ROWS
from sanb.apiserver.schema import decode
from sanb.profiles.profile import MINORS, Profile


def made(resource: str, minor: str = "1.36", version: str = "", **fields: Any) -> dict[str, Any]:
    """An object after decoding and defaulting."""
    row, profile = RESOURCES[resource], Profile.of(minor)
    body = {"apiVersion": row.api_version, "kind": row.kind, "metadata": {"name": "x"}, **fields}
    return default(row, decode(row, body, profile)[0], profile, version)


def pod(minor: str = "1.36", spec: Any = None, **container: Any) -> dict[str, Any]:
    """The spec of a Pod after defaulting."""
    containers = [{"name": "c", "image": "i", **container}]
    found: dict[str, Any] = made("pods", minor, spec={"containers": containers, **(spec or {})})["spec"]
    return found


def volume(**source: Any) -> Any:
    """A volume after defaulting."""
    return pod(spec={"volumes": [{"name": "v", **source}]})["volumes"][0]


@pytest.mark.parametrize("minor", MINORS)
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.kind)
def test_defaults_are_given_once(row: Any, minor: str) -> None:
    profile = Profile.of(minor)
    once = made(row.id, minor)
    assert default(row, once, profile) is once


# ---------------------------------------------------------------------- Pods


@pytest.mark.parametrize(("minor", "more"), [("1.10", {}), ("1.12", {}), ("1.13", {"enableServiceLinks": True})])
def test_a_pod_gets_its_defaults(minor: str, more: dict[str, Any]) -> None:
    assert pod(minor) == {
        "restartPolicy": "Always", "terminationGracePeriodSeconds": 30, "dnsPolicy": "ClusterFirst",
        "securityContext": {},
        "schedulerName": "default-scheduler", **more,
        "containers": [{
            "name": "c", "image": "i", "resources": {}, "terminationMessagePath": "/dev/termination-log",
            "terminationMessagePolicy": "File", "imagePullPolicy": "Always",
        }],
    }


def test_what_is_given_is_kept() -> None:
    spec = pod(spec={"restartPolicy": "Never", "terminationGracePeriodSeconds": 0}, imagePullPolicy="Never")
    assert (spec["restartPolicy"], spec["terminationGracePeriodSeconds"]) == ("Never", 0)
    assert spec["containers"][0]["imagePullPolicy"] == "Never"


def test_init_and_ephemeral_containers_get_defaults_too() -> None:
    extra = [{"name": "e", "image": "i:1"}]
    spec = pod(spec={"initContainers": extra, "ephemeralContainers": extra})
    for name in ("initContainers", "ephemeralContainers"):
        assert spec[name][0]["imagePullPolicy"] == "IfNotPresent"
        assert spec[name][0]["terminationMessagePolicy"] == "File"


@pytest.mark.parametrize(
    ("image", "policy"),
    [
        ("nginx", "Always"), ("nginx:latest", "Always"), ("nginx:1.25", "IfNotPresent"), ("reg:5000/nginx", "Always"),
        ("reg:5000/a/nginx:1", "IfNotPresent"), ("nginx@sha256:" + "a" * 64, "IfNotPresent"),
        ("nginx:latest@sha256:" + "a" * 64, "Always"), ("", "IfNotPresent"), ("Not An Image", "IfNotPresent"),
    ],
)
def test_images_without_a_fixed_tag_are_always_pulled(image: str, policy: str) -> None:
    assert pull_policy(image) == policy


def test_the_two_names_of_the_account_are_one() -> None:
    """SEM 3.3."""
    for given, name in (
        ({"serviceAccount": "old"}, "old"), ({"serviceAccountName": "new"}, "new"),
        ({"serviceAccount": "old", "serviceAccountName": "new"}, "new"),
    ):
        spec = pod(spec=given)
        assert (spec["serviceAccount"], spec["serviceAccountName"]) == (name, name)
    assert "serviceAccount" not in pod()


def test_probes_and_handlers_get_defaults() -> None:
    found = pod(
        livenessProbe={"httpGet": {"port": 80}}, readinessProbe={"grpc": {"port": 5}, "periodSeconds": 3},
        lifecycle={"preStop": {"httpGet": {"port": "web", "path": "/bye"}}},
    )["containers"][0]
    assert found["livenessProbe"] == {
        "httpGet": {"port": 80, "path": "/", "scheme": "HTTP"}, "timeoutSeconds": 1, "periodSeconds": 10,
        "successThreshold": 1,
        "failureThreshold": 3,
    }
    assert found["readinessProbe"]["grpc"] == {"port": 5, "service": ""}
    assert found["readinessProbe"]["periodSeconds"] == 3
    assert found["lifecycle"] == {"preStop": {"httpGet": {"port": "web", "path": "/bye", "scheme": "HTTP"}}}


def test_ports_and_field_references_get_defaults() -> None:
    found = pod(
        ports=[{"containerPort": 80}, {"containerPort": 53, "protocol": "UDP"}],
        env=[{"name": "N", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}}, {"name": "M", "value": ""}],
    )["containers"][0]
    assert found["ports"] == [{"containerPort": 80, "protocol": "TCP"}, {"containerPort": 53, "protocol": "UDP"}]
    assert found["env"] == [
        {"name": "N", "valueFrom": {"fieldRef": {"apiVersion": "v1", "fieldPath": "metadata.name"}}}, {"name": "M"},
    ]


def test_requests_follow_limits_in_pods() -> None:
    given = {"limits": {"cpu": "1", "memory": "1Gi"}, "requests": {"cpu": "0.5"}}
    assert pod(resources=given)["containers"][0]["resources"] == {
        "limits": {"cpu": "1", "memory": "1Gi"}, "requests": {"cpu": "500m", "memory": "1Gi"},
    }
    template = {"spec": {"containers": [{"name": "c", "resources": given}]}}
    kept = made("deployments.apps", spec={"template": template})["spec"]["template"]["spec"]["containers"][0]
    assert kept["resources"]["requests"] == {"cpu": "500m"}


@pytest.mark.parametrize(("minor", "in_template"), [("1.10", True), ("1.27", True), ("1.28", False), ("1.36", False)])
def test_ports_of_pods_on_the_host_are_ports_of_the_host(minor: str, in_template: bool) -> None:
    spec = {"hostNetwork": True, "containers": [{"name": "c", "ports": [{"containerPort": 80}]}]}
    assert made("pods", minor, spec=spec)["spec"]["containers"][0]["ports"][0]["hostPort"] == 80
    template = made("replicasets.apps", minor, spec={"template": {"spec": spec}})["spec"]["template"]["spec"]
    assert ("hostPort" in template["containers"][0]["ports"][0]) is in_template


@pytest.mark.parametrize(
    ("source", "filled"),
    [
        ({}, {"emptyDir": {}}),
        ({"emptyDir": {}}, {"emptyDir": {}}),
        ({"secret": {"secretName": "s"}}, {"secret": {"secretName": "s", "defaultMode": 420}}),
        ({"configMap": {"name": "m", "defaultMode": 0}}, {"configMap": {"name": "m", "defaultMode": 0}}),
        ({"hostPath": {"path": "/"}}, {"hostPath": {"path": "/", "type": ""}}),
        (
            {"projected": {"sources": [{"serviceAccountToken": {"path": "t"}}]}},
            {"projected": {
                "sources": [{"serviceAccountToken": {"path": "t", "expirationSeconds": 3600}}], "defaultMode": 420,
            }},
        ),
        (
            {"downwardAPI": {"items": [{"path": "n", "fieldRef": {"fieldPath": "metadata.name"}}]}},
            {"downwardAPI": {
                "items": [{"path": "n", "fieldRef": {"apiVersion": "v1", "fieldPath": "metadata.name"}}],
                "defaultMode": 420,
            }},
        ),
    ],
)
def test_volumes_get_the_defaults_of_their_source(source: dict[str, Any], filled: dict[str, Any]) -> None:
    assert volume(**source) == {"name": "v", **filled}


# ---------------------------------------------------------------------- workloads

PODS = {"metadata": {"labels": {"a": "b"}}, "spec": {"containers": [{"name": "c", "image": "i:1"}]}}


def test_a_deployment_rolls_by_quarters() -> None:
    """SEM 6.3."""
    spec = made("deployments.apps", spec={"template": PODS})["spec"]
    template = spec.pop("template")
    assert spec == {
        "replicas": 1, "revisionHistoryLimit": 10, "progressDeadlineSeconds": 600, "selector": None,
        "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": "25%", "maxSurge": "25%"}},
    }
    assert template["spec"]["containers"][0]["imagePullPolicy"] == "IfNotPresent"
    assert "enableServiceLinks" not in template["spec"]


def test_a_recreated_deployment_has_no_rolling_update() -> None:
    spec = made("deployments.apps", spec={"replicas": 0, "strategy": {"type": "Recreate"}})["spec"]
    assert (spec["replicas"], spec["strategy"]) == (0, {"type": "Recreate"})


@pytest.mark.parametrize(
    ("minor", "version", "selector", "history", "surge"),
    [
        ("1.10", "apps/v1", None, 10, "25%"), ("1.10", "apps/v1beta2", None, 10, "25%"),
        ("1.10", "apps/v1beta1", {"matchLabels": {"a": "b"}}, 2, "25%"),
        ("1.10", "extensions/v1beta1", {"matchLabels": {"a": "b"}}, None, 1),
        ("1.12", "extensions/v1beta1", {"matchLabels": {"a": "b"}}, 2147483647, 1),
    ],
)
def test_old_versions_of_deployments_have_defaults_of_their_own(
    minor: str, version: str, selector: Any, history: int | None, surge: Any
) -> None:
    found = made("deployments.apps", minor, version, spec={"template": PODS})
    spec = found["spec"]
    assert (spec["selector"], spec.get("revisionHistoryLimit")) == (selector, history)
    assert spec["strategy"]["rollingUpdate"]["maxSurge"] == surge
    assert found["metadata"].get("labels") == (selector["matchLabels"] if selector else None)


def test_a_replica_set_wants_one_pod() -> None:
    assert made("replicasets.apps", spec={"selector": {}})["spec"]["replicas"] == 1
    assert made("replicasets.apps", spec={"replicas": 0})["spec"]["replicas"] == 0


# ---------------------------------------------------------------------- the others


@pytest.mark.parametrize(
    ("minor", "labels"), [("1.10", None), ("1.20", None), ("1.21", {"kubernetes.io/metadata.name": "x"})]
)
def test_a_namespace_carries_its_name_as_a_label_from_1_21_on(minor: str, labels: dict[str, str] | None) -> None:
    """SEM 3.5."""
    assert made("namespaces", minor)["metadata"].get("labels") == labels


def test_the_name_label_of_a_namespace_cannot_be_taken_off() -> None:
    found = made("namespaces", metadata={"name": "x", "labels": {"a": "b", "kubernetes.io/metadata.name": "y"}})
    assert found["metadata"]["labels"] == {"a": "b", "kubernetes.io/metadata.name": "x"}


def test_secrets_are_opaque_and_texts_become_data() -> None:
    """SEM 3.2."""
    found = made("secrets", data={"a": "YQ==", "b": "Yg=="}, stringData={"b": "c", "e": ""})
    assert found["type"] == "Opaque"
    assert found["data"] == {"a": "YQ==", "b": "Yw==", "e": ""}
    assert "stringData" not in found


@pytest.mark.parametrize(
    ("minor", "kind", "more"),
    [
        ("1.10", "ClusterIP", {}), ("1.22", "ClusterIP", {"internalTrafficPolicy": "Cluster"}),
        ("1.10", "LoadBalancer", {"externalTrafficPolicy": "Cluster"}),
        ("1.36", "NodePort", {"internalTrafficPolicy": "Cluster", "externalTrafficPolicy": "Cluster"}),
        ("1.36", "LoadBalancer", {
            "internalTrafficPolicy": "Cluster", "externalTrafficPolicy": "Cluster",
            "allocateLoadBalancerNodePorts": True,
        }),
    ],
)
def test_services_get_the_defaults_of_their_type(minor: str, kind: str, more: dict[str, Any]) -> None:
    spec = made("services", minor, spec={"type": kind, "ports": [{"port": 80}]})["spec"]
    ports = [{"port": 80, "protocol": "TCP", "targetPort": 80}]
    assert spec == {"type": kind, "sessionAffinity": "None", "ports": ports, **more}


def test_a_service_remembers_clients_for_three_hours() -> None:
    spec = made("services", spec={"sessionAffinity": "ClientIP"})["spec"]
    assert spec["sessionAffinityConfig"] == {"clientIP": {"timeoutSeconds": 10800}}


def test_a_node_can_give_what_it_has() -> None:
    assert made("nodes", status={"capacity": {"cpu": "4"}})["status"]["allocatable"] == {"cpu": "4"}
    assert made("nodes", "1.10")["spec"] == {"externalID": "x"}
    assert made("nodes", "1.11")["spec"] == {}


@pytest.mark.parametrize("resource", [f"rolebindings.{RBAC}", f"clusterrolebindings.{RBAC}"])
def test_bindings_know_the_groups_of_roles_users_and_groups(resource: str) -> None:
    found = made(
        resource, roleRef={"kind": "Role", "name": "r"},
        subjects=[{"kind": "User", "name": "u"}, {"kind": "Group", "name": "g"},
            {"kind": "ServiceAccount", "name": "s"}],
    )
    assert found["roleRef"] == {"apiGroup": RBAC, "kind": "Role", "name": "r"}
    assert [subject.get("apiGroup") for subject in found["subjects"]] == [RBAC, RBAC, None]
