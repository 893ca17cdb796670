"""Where workloads, volumes, networking and extensions name other objects, and what the graph makes of it."""

from __future__ import annotations

from typing import Any

import pytest

from sanb import Cluster
from sanb.apiserver.relationkinds import ROWS

SPACE = {"metadata": {"namespace": "shop", "name": "x"}}


def found(name: str, resource: str, target: str, obj: dict[str, Any]) -> list[tuple[str, str]]:
    """The places that the row of that name, resource and target finds in an object of namespace `shop`."""
    (find,) = (row[3] for row in ROWS if row[:3] == (name, resource, target))
    return list(find({**SPACE, **obj}))


PVC, PV, SC = "persistentvolumeclaims", "persistentvolumes", "storageclasses.storage.k8s.io"
INGRESS, HPA = "ingresses.networking.k8s.io", "horizontalpodautoscalers.autoscaling"
SLICES = "endpointslices.discovery.k8s.io"


def backend(service: str) -> dict[str, Any]:
    return {"backend": {"service": {"name": service, "port": {"number": 80}}}}


CASES: list[tuple[str, str, str, dict[str, Any], list[tuple[str, str]]]] = [
    ("mounts", "pods", PVC, {"spec": {"volumes": [
        {"name": "a", "persistentVolumeClaim": {"claimName": "data"}}, {"name": "b", "emptyDir": {}},
        {"name": "c", "ephemeral": {"volumeClaimTemplate": {"spec": {}}}},
    ]}}, [("shop", "data"), ("shop", "x-c")]),
    ("mounts", "pods", PVC, {"spec": {}}, []),
    ("prioritized-by", "pods", "priorityclasses.scheduling.k8s.io", {"spec": {"priorityClassName": "vip"}}, [("", "vip")]),
    ("bound-to", PVC, PV, {"spec": {"volumeName": "disk"}}, [("", "disk")]),
    ("bound-to", PVC, PV, {"spec": {}}, []),
    ("of-class", PVC, SC, {"spec": {"storageClassName": "slow"}}, [("", "slow")]),
    ("of-class", PVC, SC, {"spec": {"storageClassName": ""}}, []),
    ("of-class", PV, SC, {"spec": {"storageClassName": "slow"}}, [("", "slow")]),
    ("governed-by", "statefulsets.apps", "services", {"spec": {"serviceName": "db"}}, [("shop", "db")]),
    ("routes-to", INGRESS, "services", {"spec": {
        "defaultBackend": {"service": {"name": "all", "port": {"number": 80}}},
        "rules": [{"http": {"paths": [backend("web"), backend("api"), backend("web")]}}, {"host": "a.example"}],
    }}, [("shop", "all"), ("shop", "web"), ("shop", "api")]),
    ("routes-to", INGRESS, "services", {"spec": {"backend": {"serviceName": "old", "servicePort": 80}}}, [("shop", "old")]),
    ("routes-to", INGRESS, "services", {"spec": {"defaultBackend": {"resource": {"kind": "Bucket", "name": "b"}}}}, []),
    ("serves-with", INGRESS, "secrets", {"spec": {"tls": [{"hosts": ["a"]}, {"secretName": "cert"}]}}, [("shop", "cert")]),
    ("of-class", INGRESS, "ingressclasses.networking.k8s.io", {"spec": {"ingressClassName": "nginx"}}, [("", "nginx")]),
    ("scales", HPA, "deployments.apps", {"spec": {"scaleTargetRef": {"kind": "Deployment", "name": "web"}}}, [("shop", "web")]),
    ("scales", HPA, "statefulsets.apps", {"spec": {"scaleTargetRef": {"kind": "Deployment", "name": "web"}}}, []),
    ("scales", HPA, "replicationcontrollers",
     {"spec": {"scaleTargetRef": {"kind": "ReplicationController", "name": "old"}}}, [("shop", "old")]),
    ("reaches", "endpoints", "pods", {"subsets": [
        {"addresses": [{"ip": "10.0.0.1", "targetRef": {"kind": "Pod", "name": "a", "namespace": "shop"}}, {"ip": "10.0.0.9"}],
         "notReadyAddresses": [{"ip": "10.0.0.2", "targetRef": {"kind": "Pod", "name": "b"}}]},
        {"addresses": [{"ip": "10.0.0.1", "targetRef": {"kind": "Pod", "name": "a", "namespace": "shop"}}]},
    ]}, [("shop", "a"), ("shop", "b")]),
    ("reaches", SLICES, "pods", {"endpoints": [
        {"addresses": ["10.0.0.1"], "targetRef": {"kind": "Pod", "name": "a"}},
        {"addresses": ["10.0.0.5"], "targetRef": {"kind": "Node", "name": "n"}},
    ]}, [("shop", "a")]),
    ("stands-for", "endpoints", "services", {}, [("shop", "x")]),
    ("stands-for", SLICES, "services",
     {"metadata": {"namespace": "shop", "name": "web-1", "labels": {"kubernetes.io/service-name": "web"}}}, [("shop", "web")]),
    ("stands-for", SLICES, "services", {}, []),
    *(
        ("calls", f"{kind}webhookconfigurations.admissionregistration.k8s.io", "services", {"webhooks": [
            {"clientConfig": {"service": {"namespace": "hooks", "name": "h"}}}, {"clientConfig": {"url": "https://h"}},
            {"clientConfig": {"service": {"namespace": "hooks", "name": "h", "path": "/other"}}},
        ]}, [("hooks", "h")])
        for kind in ("validating", "mutating")
    ),
    ("answered-by", "apiservices.apiregistration.k8s.io", "services",
     {"spec": {"service": {"namespace": "kube-system", "name": "metrics"}}}, [("kube-system", "metrics")]),
    ("answered-by", "apiservices.apiregistration.k8s.io", "services", {"spec": {"service": None}}, []),
]


@pytest.mark.parametrize(("name", "resource", "target", "obj", "places"), CASES)
def test_a_kind_leads_to_what_it_names(
    name: str, resource: str, target: str, obj: dict[str, Any], places: list[tuple[str, str]],
) -> None:
    assert found(name, resource, target, obj) == places


def test_every_row_has_a_case() -> None:
    rows = {row[:3] for row in ROWS}
    scaled = {row for row in rows if row[0] == "scales"}  # one function for all targets
    assert rows - scaled <= {case[:3] for case in CASES}
    assert scaled & {case[:3] for case in CASES}


@pytest.mark.parametrize(("kind", "target"), [
    ("Deployment", "deployments.apps"), ("ReplicaSet", "replicasets.apps"), ("StatefulSet", "statefulsets.apps"),
    ("ReplicationController", "replicationcontrollers"),
])
def test_an_autoscaler_scales_one_kind_and_no_other(kind: str, target: str) -> None:
    scaler = {"spec": {"scaleTargetRef": {"kind": kind, "name": "web"}}}
    scaled = {row[2]: found("scales", HPA, row[2], scaler) for row in ROWS if row[0] == "scales"}
    assert len(scaled) == 4
    assert {resource: places for resource, places in scaled.items() if places} == {target: [("shop", "web")]}


MANIFEST = """\
{apiVersion: v1, kind: Service, metadata: {name: web}, spec: {selector: {app: web}, ports: [{port: 80}]}}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec:
  serviceName: web
  selector: {matchLabels: {app: web}}
  template: {metadata: {labels: {app: web}}, spec: {containers: [{name: c, image: nginx, ports: [{containerPort: 80}]}]}}
  volumeClaimTemplates: [{metadata: {name: data}, spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}]
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: front}
spec: {defaultBackend: {service: {name: web, port: {number: 80}}}, tls: [{secretName: cert}]}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: auto}
spec: {scaleTargetRef: {apiVersion: apps/v1, kind: StatefulSet, name: db}, maxReplicas: 2}
"""


def test_the_graph_has_the_edges_of_networking_volumes_and_scaling() -> None:
    c = Cluster("1.36")
    c.create("secret", "cert")
    c.apply(MANIFEST)
    c.run()
    graph = c.graph()
    name = {node: f"{data['kind']}/{data['name']}" for node, data in graph.nodes(data=True)}
    edges = {(name[start], kind, name[end]) for start, end, kind in graph.edges(keys=True)}
    assert {
        ("StatefulSet/db", "governed-by", "Service/web"),
        ("Pod/db-0", "mounts", "PersistentVolumeClaim/data-db-0"),
        ("Ingress/front", "routes-to", "Service/web"),
        ("Ingress/front", "serves-with", "Secret/cert"),
        ("HorizontalPodAutoscaler/auto", "scales", "StatefulSet/db"),
        ("Endpoints/web", "stands-for", "Service/web"),
        ("Endpoints/web", "reaches", "Pod/db-0"),
    } <= edges
