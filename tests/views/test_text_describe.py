"""Descriptions of objects, exactly."""

from __future__ import annotations

from typing import Any

import pytest

from sanb.profiles.profile import Profile
from sanb.values import Obj
from sanb.views.describe import describe


class Reader:
    """Other objects by resource."""

    def __init__(self, minor: str, **found: list[Obj]) -> None:
        self.profile = Profile.of(minor)
        self.now = 1_600_000_000.0
        self.found = found

    def objects(self, resource: str, namespace: str = "", **selectors: str) -> list[Obj]:
        return self.found.get(resource, [])


def bound_pod() -> Obj:
    sources = [
        {"serviceAccountToken": {"expirationSeconds": 3607, "path": "token"}},
        {"configMap": {"name": "kube-root-ca.crt"}},
        {"downwardAPI": {"items": []}},
    ]
    mount = {
        "name": "kube-api-access-abcde",
        "mountPath": "/var/run/secrets/kubernetes.io/serviceaccount",
        "readOnly": True,
    }
    spec: dict[str, Any] = {
        "serviceAccountName": "test",
        "priority": 0,
        "containers": [
            {"name": "nginx", "image": "nginx:1.25", "ports": [{"containerPort": 80}], "volumeMounts": [mount]}
        ],
        "volumes": [{"name": "kube-api-access-abcde", "projected": {"sources": sources}}],
        "tolerations": [
            {
                "key": "node.kubernetes.io/not-ready",
                "operator": "Exists",
                "effect": "NoExecute",
                "tolerationSeconds": 300,
            }
        ],
    }
    metadata = {"name": "web", "namespace": "name1", "labels": {"app": "web"}, "uid": "u"}
    return {"kind": "Pod", "metadata": metadata, "spec": spec, "status": {"phase": "Pending", "qosClass": "BestEffort"}}


def test_a_pod_with_a_bound_token_is_described_as_1_36_does() -> None:
    assert describe(bound_pod(), Reader("1.36")) == (
        "Name:             web\n"
        "Namespace:        name1\n"
        "Priority:         0\n"
        "Service Account:  test\n"
        "Node:             <none>\n"
        "Labels:           app=web\n"
        "Annotations:      <none>\n"
        "Status:           Pending\n"
        "IP:               \n"
        "IPs:              <none>\n"
        "Containers:\n"
        "  nginx:\n"
        "    Image:        nginx:1.25\n"
        "    Port:         80/TCP\n"
        "    Host Port:    0/TCP\n"
        "    Environment:  <none>\n"
        "    Mounts:\n"
        "      /var/run/secrets/kubernetes.io/serviceaccount from kube-api-access-abcde (ro)\n"
        "Volumes:\n"
        "  kube-api-access-abcde:\n"
        "    Type:                    Projected (a volume that contains injected data from multiple sources)\n"
        "    TokenExpirationSeconds:  3607\n"
        "    ConfigMapName:           kube-root-ca.crt\n"
        "    Optional:                false\n"
        "    DownwardAPI:             true\n"
        "QoS Class:                   BestEffort\n"
        "Node-Selectors:              <none>\n"
        "Tolerations:                 node.kubernetes.io/not-ready:NoExecute op=Exists for 300s\n"
        "Events:                      <none>\n"
    )


@pytest.mark.parametrize(
    ("minor", "there", "missing"),
    [
        ("1.23", ["ConfigMapOptional:", "IPs:"], ["Service Account:"]),
        ("1.10", ["for 300s"], ["IPs:", "op=Exists", "Service Account:"]),
    ],
)
def test_older_minors_describe_pods_with_other_lines(minor: str, there: list[str], missing: list[str]) -> None:
    text = describe(bound_pod(), Reader(minor))
    assert [one for one in there if one not in text] == []
    assert [one for one in missing if one in text] == []


def test_a_secret_that_is_gone_is_marked_up_to_1_34() -> None:
    account = {
        "kind": "ServiceAccount",
        "metadata": {"name": "a", "namespace": "n", "uid": "u"},
        "secrets": [{"name": "x"}],
    }
    assert describe(account, Reader("1.34")) == (
        "Name:                a\n"
        "Namespace:           n\n"
        "Labels:              <none>\n"
        "Annotations:         <none>\n"
        "Image pull secrets:  <none>\n"
        "Mountable secrets:   x (not found)\n"
        "Tokens:              <none>\n"
        "Events:              <none>\n"
    )
    assert "Mountable" not in describe(account, Reader("1.35"))


def test_events_of_the_object_are_listed_by_time() -> None:
    def event(uid: str, reason: str, time: str, **more: Any) -> Obj:
        return {
            "metadata": {"name": reason},
            "involvedObject": {"uid": uid},
            "reason": reason,
            "type": "Normal",
            "lastTimestamp": time,
            "message": "m",
            "source": {"component": "kubelet", "host": "node1"},
            **more,
        }

    events = [
        event("u", "Second", "2020-09-13T12:26:30Z", count=3, firstTimestamp="2020-09-13T12:21:40Z"),
        event("other", "Hidden", "2020-09-13T12:26:30Z"),
        event("u", "First", "2020-09-13T12:26:10Z"),
    ]
    config = {"kind": "ConfigMap", "metadata": {"name": "c", "namespace": "n", "uid": "u"}}
    assert describe(config, Reader("1.18", events=events)).partition("Events:")[2] == (
        "\n"
        "  Type    Reason  Age               From            Message\n"
        "  ----    ------  ----              ----            -------\n"
        "  Normal  First   30s               kubelet, node1  m\n"
        "  Normal  Second  10s (x3 over 5m)  kubelet, node1  m\n"
    )


@pytest.mark.parametrize(
    ("minor", "told"),
    [("1.18", "kubelet, node1  m"), ("1.19", "kubelet  m"), ("1.35", "kubelet  m"), ("1.36", "kubelet  spec.containers{c}: m")],
)
def test_where_an_event_comes_from_and_what_part_it_is_about_by_minor(minor: str, told: str) -> None:
    event = {
        "metadata": {"name": "e"}, "involvedObject": {"uid": "u", "fieldPath": "spec.containers{c}"}, "reason": "R",
        "type": "Normal", "lastTimestamp": "2020-09-13T12:26:30Z", "message": "m",
        "source": {"component": "kubelet", "host": "node1"},
    }
    config = {"kind": "ConfigMap", "metadata": {"name": "c", "namespace": "n", "uid": "u"}}
    assert describe(config, Reader(minor, events=[event])).rstrip().endswith(told)
