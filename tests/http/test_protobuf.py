"""Kubernetes' protobuf: what goes in comes out, and what cannot be read is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest

pytest.importorskip("google.protobuf", reason="protobuf is not installed")

from sanb import Cluster
from sanb.errors import ApiError
from sanb.http import negotiation, protobuf
from sanb.http.protobuf import MAGIC
from sanb.http.serve import Served
from sanb.values import plain
from tests.http.served import Http

BINARY = {"Content-Type": negotiation.PROTOBUF}
OBJECTS: list[dict[str, Any]] = [
    {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "a"}, "automountServiceAccountToken": False,
     "secrets": [{"name": "s"}]},
    {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s"}, "data": {"k": "AAH/"}, "type": "Opaque"},
    {"apiVersion": "apps/v1", "kind": "Deployment",
     "metadata": {"name": "d", "creationTimestamp": "2026-01-01T00:00:00Z"},
     "spec": {"replicas": 0, "selector": {"matchLabels": {"a": "b"}},
              "strategy": {"rollingUpdate": {"maxSurge": "25%", "maxUnavailable": 1}},
              "template": {"metadata": {}, "spec": {"containers": [
                  {"name": "c", "image": "i", "resources": {"limits": {"cpu": "500m"}},
                   "livenessProbe": {"httpGet": {"path": "/", "port": "http"}, "periodSeconds": 5}}],
                  "volumes": [{"name": "v", "secret": {"secretName": "s", "defaultMode": 256}}]}}}},
    {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "metadata": {},
     "spec": {"audiences": ["x"], "expirationSeconds": 600}},
    {"apiVersion": "authorization.k8s.io/v1", "kind": "SubjectAccessReview", "metadata": {},
     "spec": {"user": "u", "groups": ["g"], "extra": {"k": ["v", "w"]}, "resourceAttributes": {"verb": "get"}}},
    {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role", "metadata": {"name": "r"},
     "rules": [{"verbs": ["get"], "apiGroups": [""], "resources": ["pods"]}]},
    {"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler", "metadata": {"name": "web"},
     "spec": {"scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}, "maxReplicas": 3, "metrics": [
         {"type": "Resource", "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 80}}},
         {"type": "ContainerResource", "containerResource": {
             "name": "memory", "container": "c", "target": {"type": "AverageValue", "averageValue": "1Gi"}}}]}},
    {"apiVersion": "autoscaling/v1", "kind": "HorizontalPodAutoscaler", "metadata": {"name": "web"},
     "spec": {"scaleTargetRef": {"kind": "Deployment", "name": "web"}, "maxReplicas": 3, "targetCPUUtilizationPercentage": 80}},
    {"apiVersion": "scheduling.k8s.io/v1", "kind": "PriorityClass", "metadata": {"name": "vip"}, "value": 1000,
     "globalDefault": True, "description": "important", "preemptionPolicy": "Never"},
    {"apiVersion": "v1", "kind": "DeleteOptions", "gracePeriodSeconds": 0, "propagationPolicy": "Foreground"},
]


@pytest.mark.parametrize("obj", OBJECTS, ids=lambda obj: obj["kind"])
def test_an_object_survives_the_way_there_and_back(obj: dict[str, Any]) -> None:
    body = protobuf.encode(obj)
    assert body is not None and body.startswith(MAGIC)
    assert protobuf.decode(body) == obj


def test_a_running_pod_survives_but_for_what_go_writes_as_null() -> None:
    cluster = Cluster("1.36")
    cluster.create("pod", "web", image="nginx")
    cluster.run()
    pod = plain(dict(cluster.get("pod", "web").copy()))
    body = protobuf.encode(pod)
    for condition in pod["status"]["conditions"]:
        assert condition.pop("lastProbeTime") is None
    assert body is not None and protobuf.decode(body) == json.loads(json.dumps(pod))


def test_lists_have_messages_too() -> None:
    items = [{"metadata": {"name": "a"}}, {"metadata": {"name": "b"}}]
    listed = {"apiVersion": "v1", "kind": "SecretList", "metadata": {"resourceVersion": "7"}, "items": items}
    body = protobuf.encode(listed)
    assert body is not None and protobuf.decode(body) == listed


def test_a_kind_without_a_message_is_not_written() -> None:
    assert protobuf.encode({"apiVersion": "meta.k8s.io/v1", "kind": "Table"}) is None


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "does not begin with the four bytes"),
        (b"k8s\x01", "does not begin with the four bytes"),
        (MAGIC + b"\xff\xff\xff", "could not decode protobuf body"),
        (MAGIC + b"\x0a\x0a\x0a\x02v1\x12\x04Nope", "no kind 'Nope' is registered for version 'v1'"),
    ],
)
def test_what_cannot_be_read_is_a_400(body: bytes, why: str) -> None:
    with pytest.raises(ApiError) as caught:
        protobuf.decode(body)
    assert caught.value.code == 400 and why in caught.value.status["message"]


def test_a_body_in_protobuf_is_answered_in_json(http: Http) -> None:
    body = protobuf.encode(OBJECTS[0])
    headers = {**BINARY, "Accept": "application/json"}
    answer = http("POST", "/api/v1/namespaces/default/serviceaccounts", body, headers=headers)
    assert answer.status_code == 201
    assert answer.json()["automountServiceAccountToken"] is False


def test_who_accepts_nothing_but_protobuf_gets_it(http: Http, api: Served) -> None:
    accept = {"Accept": negotiation.PROTOBUF}
    found = http("GET", "/api/v1/namespaces/default", headers=accept)
    assert found.headers["Content-Type"] == negotiation.PROTOBUF
    assert protobuf.decode(found.content)["metadata"]["name"] == "default"
    missing = http("GET", "/api/v1/namespaces/nope", headers=accept)
    assert missing.status_code == 404
    assert protobuf.decode(missing.content)["message"] == 'namespaces "nope" not found'


def test_a_damaged_body_is_a_400_over_http(http: Http) -> None:
    answer = http("POST", "/api/v1/namespaces/default/secrets", MAGIC + b"\xff\xff", headers=BINARY)
    assert (answer.status_code, answer.json()["reason"]) == (400, "BadRequest")
