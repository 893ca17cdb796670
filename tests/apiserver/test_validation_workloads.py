"""Deployments, ReplicaSets, Services, Events, Nodes."""

from __future__ import annotations

from typing import Any

import pytest

from tests.apiserver.made import container, deployment, faults, made, spec, update_faults


@pytest.mark.parametrize("minor", ["1.10", "1.23", "1.36"])
@pytest.mark.parametrize("kind", ["Deployment", "ReplicaSet"])
def test_a_plain_workload_has_no_fault(kind: str, minor: str) -> None:
    assert faults(deployment(kind=kind), minor) == []


@pytest.mark.parametrize(
    ("minor", "shown"), [("1.10", 'map[string]string{"app":"web"}'), ("1.36", '{"app":"web"}')]
)
def test_the_selector_chooses_the_pods_of_the_template(minor: str, shown: str) -> None:
    obj = deployment(selector={"matchLabels": {"app": "other"}})
    assert faults(obj, minor) == [
        f"spec.template.metadata.labels: Invalid value: {shown}: `selector` does not match template `labels`"
    ]


def test_a_workload_has_a_selector_that_chooses_something() -> None:
    labels = 'spec.template.metadata.labels: Invalid value: {"app":"web"}: `selector` does not match template `labels`'
    assert faults(deployment(selector=None)) == ["spec.selector: Required value", labels]
    assert faults(deployment(selector={}, kind="ReplicaSet")) == [
        "spec.selector: Invalid value: {}: empty selector is invalid for deployment"
    ]


def test_the_number_of_replicas_is_not_negative() -> None:
    assert faults(deployment(-1)) == ["spec.replicas: Invalid value: -1: must be greater than or equal to 0"]


@pytest.mark.parametrize(
    ("minor", "shown"),
    [
        ("1.10", 'v1.LabelSelector{MatchLabels:map[string]string{"app":"web", "x":"y"},'
                 " MatchExpressions:[]v1.LabelSelectorRequirement(nil)}"),
        ("1.36", '{"matchLabels":{"app":"web","x":"y"}}'),
    ],
)
def test_the_selector_stays(minor: str, shown: str) -> None:
    old = deployment()
    new = deployment(selector={"matchLabels": {"app": "web", "x": "y"}})
    new["spec"]["template"] = {"metadata": {"labels": {"app": "web", "x": "y"}}, "spec": spec()}
    assert update_faults(new, old, minor) == [f"spec.selector: Invalid value: {shown}: field is immutable"]


def test_pods_of_a_workload_always_restart() -> None:
    obj = deployment(template=spec(restartPolicy="Never"))
    assert faults(obj) == ['spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always"']


def test_a_deployment_does_not_stand_still() -> None:
    rolling = {"maxSurge": 0, "maxUnavailable": 0}
    obj = deployment(strategy={"type": "RollingUpdate", "rollingUpdate": rolling})
    assert faults(obj) == [
        "spec.strategy.rollingUpdate.maxUnavailable: Invalid value: 0: may not be 0 when `maxSurge` is 0"
    ]
    assert faults(obj, "1.10") == [
        'spec.strategy.rollingUpdate.maxUnavailable: Invalid value: intstr.IntOrString{Type:0, IntVal:0, StrVal:""}:'
        " may not be 0 when `maxSurge` is 0"
    ]


def test_a_grpc_probe_in_a_template_is_refused_by_1_10() -> None:
    probe = {"grpc": {"port": 8080}, "successThreshold": 1}
    obj = deployment(template=spec(container(readinessProbe=probe, livenessProbe=probe)))
    path = "spec.template.spec.containers[0]"
    assert faults(obj, "1.10") == [
        f"{path}.livenessProbe: Required value: must specify a handler type",
        f"{path}.readinessProbe: Required value: must specify a handler type",
    ]
    assert faults(obj) == []


def test_a_replicaset_that_changes_wrongly_is_blamed_twice() -> None:
    old, new = deployment(kind="ReplicaSet"), deployment(-1, kind="ReplicaSet")
    assert update_faults(new, old) == ["spec.replicas: Invalid value: -1: must be greater than or equal to 0"] * 2


def test_counts_of_a_status_fit_together() -> None:
    old = deployment()
    new = old | {"status": {"replicas": 1, "readyReplicas": 2}}
    assert update_faults(new, old, subresource="status") == [
        "status.readyReplicas: Invalid value: 2: cannot be greater than status.replicas"
    ]


def service(*ports: dict[str, Any], name: str = "web", **fields: Any) -> dict[str, Any]:
    listed = [{"protocol": "TCP", "targetPort": port["port"], **port} for port in ports]
    return made("Service", name, spec={"type": "ClusterIP", "sessionAffinity": "None", "ports": listed, **fields})


def test_several_ports_of_a_service_have_names() -> None:
    assert faults(service({"port": 80})) == []
    assert faults(service({"port": 80}, {"port": 81, "name": "b"})) == ["spec.ports[0].name: Required value"]


def test_a_service_has_ports_unless_it_has_no_address() -> None:
    assert faults(service()) == ["spec.ports: Required value"]
    assert faults(service(clusterIP="None")) == []
    assert faults(service(type="ExternalName", externalName="example.com")) == []


def test_the_name_of_a_service_begins_with_a_letter() -> None:
    [fault] = faults(service({"port": 80}, name="1a"))
    assert fault.startswith('metadata.name: Invalid value: "1a": a DNS-1035 label must consist of')


def test_two_ports_with_one_number_are_one_too_many() -> None:
    ports = {"port": 80, "name": "a"}, {"port": 80, "name": "b"}
    assert faults(service(*ports), "1.10") == [
        'spec.ports[1]: Duplicate value: core.ServicePort{Name:"", Protocol:"TCP", Port:80,'
        ' TargetPort:intstr.IntOrString{Type:0, IntVal:0, StrVal:""}, NodePort:0}'
    ]


def test_the_address_of_a_service_stays() -> None:
    old, new = service({"port": 80}, clusterIP="10.96.1.1"), service({"port": 80}, clusterIP="10.96.1.2")
    assert update_faults(new, old) == ['spec.clusterIP: Invalid value: "10.96.1.2": field is immutable']


def test_an_event_lives_where_its_object_lives() -> None:
    assert faults(made("Event", involvedObject={"kind": "Pod", "namespace": "shop"})) == []
    assert faults(made("Event", involvedObject={"kind": "Pod", "namespace": "bar"})) == [
        'involvedObject.namespace: Invalid value: "bar": does not match event.namespace'
    ]
    assert faults(made("Event", involvedObject={"kind": "Node"}, metadata={"namespace": "default"})) == []


def test_taints_of_a_node_are_different() -> None:
    taint = {"key": "a", "effect": "NoSchedule"}
    assert faults(made("Node", spec={"taints": [taint]})) == []
    assert faults(made("Node", spec={"taints": [taint, taint]})) == [
        'metadata.taints[1]: Duplicate value: "a": taints must be unique by key and effect pair'
    ]
