"""Versions of a kind with shapes of their own: what is sent in one can be read in every other."""

from __future__ import annotations

from typing import Any

import pytest

from sanb.apiserver.conversions import converted
from sanb.apiserver.request import Request
from sanb.apiserver.watching import Watcher
from sanb.values import Obj
from tests.apiserver.alone import Alone

INGRESSES, SCALERS = "ingresses.networking.k8s.io", "horizontalpodautoscalers.autoscaling"
OLD, NEW = "networking.k8s.io/v1beta1", "networking.k8s.io/v1"


def ingress(version: str = OLD) -> Obj:
    path = {"path": "/", "backend": {"serviceName": "web", "servicePort": 80}}
    spec = {"backend": {"serviceName": "rest", "servicePort": "http"}, "rules": [{"host": "a.b", "http": {"paths": [path]}}]}
    return {"apiVersion": version, "kind": "Ingress", "metadata": {"name": "i"}, "spec": spec}


def asked(server: Alone, verb: str, resource: str, version: str, name: str = "i", body: Any = None, **options: Any) -> Any:
    request = Request(verb, resource, "shop", name, body=body, options=options, api_version=version)
    return server.make(request).body


def test_an_ingress_of_v1beta1_is_stored_in_the_shape_of_v1_where_that_is_served() -> None:
    made = Alone("1.20").body("create", INGRESSES, "shop", body=ingress())
    assert made["apiVersion"] == NEW
    assert made["spec"] == {
        "defaultBackend": {"service": {"name": "rest", "port": {"name": "http"}}},
        "rules": [{"host": "a.b", "http": {"paths": [{
            "path": "/", "pathType": "ImplementationSpecific",
            "backend": {"service": {"name": "web", "port": {"number": 80}}},
        }]}}],
    }


def test_before_that_it_is_stored_as_it_came() -> None:
    made = Alone("1.14").body("create", INGRESSES, "shop", body=ingress())
    assert (made["apiVersion"], made["spec"]) == (OLD, ingress()["spec"])
    oldest = Alone("1.10").body("create", INGRESSES, "shop", body=ingress("extensions/v1beta1"))
    assert oldest["apiVersion"] == "extensions/v1beta1"


def test_answers_are_in_the_version_that_was_asked_for() -> None:
    server = Alone("1.20")
    made = asked(server, "create", INGRESSES, OLD, "", ingress())
    assert (made["apiVersion"], made["spec"]["backend"]) == (OLD, {"serviceName": "rest", "servicePort": "http"})
    listed = asked(server, "list", INGRESSES, OLD, "")
    assert (listed["apiVersion"], listed["items"][0]["spec"]["backend"]) == (OLD, made["spec"]["backend"])
    assert asked(server, "get", INGRESSES, NEW)["spec"]["defaultBackend"]["service"]["name"] == "rest"
    extended = asked(server, "get", INGRESSES, "extensions/v1beta1")
    assert (extended["apiVersion"], extended["spec"]["backend"]) == ("extensions/v1beta1", made["spec"]["backend"])


def test_a_patch_is_about_the_version_that_it_is_sent_to() -> None:
    server = Alone("1.20")
    server.ask("create", INGRESSES, "shop", body=ingress())
    body = {"spec": {"backend": {"serviceName": "other"}}}
    changed = asked(server, "patch", INGRESSES, OLD, body=body, patchType="merge")
    assert changed["spec"]["backend"] == {"serviceName": "other", "servicePort": "http"}
    assert server.body("get", INGRESSES, "shop", "i")["spec"]["defaultBackend"]["service"]["name"] == "other"


def test_a_watch_tells_objects_in_its_version() -> None:
    server = Alone("1.20")
    server.ask("create", INGRESSES, "shop", body=ingress())
    watcher = asked(server, "watch", INGRESSES, OLD, "")
    assert isinstance(watcher, Watcher)
    first, = watcher.poll(server.store)
    assert (first.type, first.object["apiVersion"], "backend" in first.object["spec"]) == ("ADDED", OLD, True)
    server.ask("delete", INGRESSES, "shop", "i")
    gone, = watcher.poll(server.store)
    assert (gone.type, gone.object["apiVersion"]) == ("DELETED", OLD)
    assert not watcher.closed and watcher.bookmark() is None


def test_old_versions_of_workloads_are_only_another_name() -> None:
    server = Alone("1.15")
    template = {"metadata": {"labels": {"a": "b"}}, "spec": {"containers": [{"name": "c", "image": "i"}]}}
    body = {"apiVersion": "extensions/v1beta1", "kind": "Deployment", "metadata": {"name": "d"}, "spec": {"template": template}}
    made = asked(server, "create", "deployments.apps", "extensions/v1beta1", "", body)
    assert (made["apiVersion"], made["spec"]["selector"]) == ("extensions/v1beta1", {"matchLabels": {"a": "b"}})
    assert server.body("get", "deployments.apps", "shop", "d")["apiVersion"] == "apps/v1"


def scaler(version: str, **spec: Any) -> Obj:
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "d"}
    return {"apiVersion": f"autoscaling/{version}", "kind": "HorizontalPodAutoscaler", "metadata": {"name": "h"},
            "spec": {"scaleTargetRef": target, "maxReplicas": 3, **spec}}


CPU = {"type": "Resource", "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 60}}}


def test_an_autoscaler_of_v1_has_a_metric_in_v2() -> None:
    server = Alone("1.36")
    made = server.body("create", SCALERS, "shop", body=scaler("v1", targetCPUUtilizationPercentage=60))
    assert made["spec"]["metrics"] == [CPU]
    shown = asked(server, "get", SCALERS, "autoscaling/v1", "h")
    assert shown["spec"]["targetCPUUtilizationPercentage"] == 60
    assert "metrics" not in shown["spec"]


def test_what_v1_has_no_field_for_is_in_an_annotation() -> None:
    server = Alone("1.22")
    memory = {"type": "Resource", "resource": {"name": "memory", "targetAverageUtilization": 50}}
    server.ask("create", SCALERS, "shop", body=scaler("v2beta1", metrics=[memory]))
    stored = server.body("get", SCALERS, "shop", "h")
    assert stored["apiVersion"] == "autoscaling/v1"
    note = stored["metadata"]["annotations"]["autoscaling.alpha.kubernetes.io/metrics"]
    assert note == '[{"type":"Resource","resource":{"name":"memory","targetAverageUtilization":50}}]'
    assert asked(server, "get", SCALERS, "autoscaling/v2beta1", "h")["spec"]["metrics"] == [memory]
    newer = asked(server, "get", SCALERS, "autoscaling/v2beta2", "h")
    assert newer["spec"]["metrics"] == [
        {"type": "Resource", "resource": {"target": {"type": "Utilization", "averageUtilization": 50}, "name": "memory"}}
    ]
    assert "annotations" not in newer["metadata"]


DEFINITION: Obj = {
    "apiVersion": "apiextensions.k8s.io/v1beta1", "kind": "CustomResourceDefinition", "metadata": {"name": "foos.x.io"},
    "spec": {
        "group": "x.io", "version": "v1", "scope": "Namespaced", "names": {"plural": "foos", "kind": "Foo"},
        "versions": [{"name": "v1", "served": True, "storage": True}], "preserveUnknownFields": False,
        "validation": {"openAPIV3Schema": {"type": "object"}}, "subresources": {"status": {}},
        "additionalPrinterColumns": [{"name": "A", "type": "string", "JSONPath": ".spec.a"}],
        "conversion": {"strategy": "Webhook", "webhookClientConfig": {"url": "https://x"}, "conversionReviewVersions": ["v1"]},
    },
}


def test_a_definition_says_in_each_version_what_it_said_once_for_all() -> None:
    kind, old, new = "CustomResourceDefinition", "apiextensions.k8s.io/v1beta1", "apiextensions.k8s.io/v1"
    newest = converted(kind, old, new, DEFINITION)
    assert newest["spec"] == {
        "group": "x.io", "scope": "Namespaced", "names": {"plural": "foos", "kind": "Foo"},
        "versions": [{
            "name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": {"type": "object"}},
            "subresources": {"status": {}},
            "additionalPrinterColumns": [{"name": "A", "type": "string", "jsonPath": ".spec.a"}],
        }],
        "conversion": {"strategy": "Webhook", "webhook": {
            "clientConfig": {"url": "https://x"}, "conversionReviewVersions": ["v1"]}},
    }
    assert converted(kind, new, old, newest) == DEFINITION


def test_topology_is_taken_apart_in_newer_slices() -> None:
    topology = {"kubernetes.io/hostname": "n", "topology.kubernetes.io/zone": "z", "rack": "r"}
    old = {"apiVersion": "discovery.k8s.io/v1beta1", "kind": "EndpointSlice", "endpoints": [
        {"addresses": ["10.0.0.1"], "topology": topology}]}
    new = converted("EndpointSlice", "discovery.k8s.io/v1beta1", "discovery.k8s.io/v1", old)
    assert new["endpoints"] == [
        {"addresses": ["10.0.0.1"], "nodeName": "n", "zone": "z", "deprecatedTopology": {"rack": "r"}}
    ]
    again = converted("EndpointSlice", "discovery.k8s.io/v1", "discovery.k8s.io/v1beta1", new)
    assert again["endpoints"][0]["topology"] == topology


@pytest.mark.parametrize("metric", [
    CPU,
    {"type": "Pods", "pods": {"metric": {"name": "m"}, "target": {"type": "AverageValue", "averageValue": "5"}}},
    {"type": "Object", "object": {"metric": {"name": "m"}, "describedObject": {"kind": "Service", "name": "s"},
                                  "target": {"type": "Value", "value": "5"}}},
    {"type": "External", "external": {"metric": {"name": "m", "selector": {"matchLabels": {"a": "b"}}},
                                      "target": {"type": "AverageValue", "averageValue": "5"}}},
])
def test_metrics_survive_the_way_through_v2beta1(metric: Obj) -> None:
    newest = scaler("v2", metrics=[metric])
    old = converted("HorizontalPodAutoscaler", "autoscaling/v2", "autoscaling/v2beta1", newest)
    assert converted("HorizontalPodAutoscaler", "autoscaling/v2beta1", "autoscaling/v2", old)["spec"] == newest["spec"]
