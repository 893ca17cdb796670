"""Subresources: binding, eviction, scale, finalize, status."""

from __future__ import annotations

import pytest

from tests.apiserver.alone import NOW_TEXT, Alone, pod

TARGET = {"target": {"apiVersion": "v1", "kind": "Node", "name": "n"}}


def _bound() -> Alone:
    server = Alone()
    server.ask("create", "pods", "shop", body=pod("p"))
    server.ask("create", "pods", "shop", "p", TARGET, "binding")
    return server


def test_a_binding_sets_the_node_and_the_condition() -> None:
    server = Alone()
    server.ask("create", "pods", "shop", body=pod("p"))
    answer = server.ask("create", "pods", "shop", "p", TARGET, "binding")
    assert (answer.code, answer.body) == (
        201, {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "code": 201}
    )
    bound = server.body("get", "pods", "shop", "p")
    assert bound["spec"]["nodeName"] == "n"
    assert bound["status"]["conditions"] == [
        {"type": "PodScheduled", "status": "True", "lastProbeTime": None, "lastTransitionTime": NOW_TEXT}
    ]


def test_a_bound_pod_is_not_bound_again() -> None:
    status = _bound().refused("create", "pods", "shop", "p", TARGET, "binding")
    assert status["reason"] == "Conflict"
    assert status["message"] == (
        'Operation cannot be fulfilled on pods/binding "p": pod p is already assigned to node "n"'
    )


def test_a_pod_that_is_being_deleted_is_not_bound() -> None:
    server = Alone()
    body = pod("p")
    body["metadata"]["finalizers"] = ["example.com/hold"]
    server.ask("create", "pods", "shop", body=body)
    server.ask("delete", "pods", "shop", "p")
    status = server.refused("create", "pods", "shop", "p", TARGET, "binding")
    assert status["message"].endswith("pod p is being deleted, cannot be assigned to a host")


@pytest.mark.parametrize(("target", "text"), [
    ({}, "target.name: Required value"),
    ({"kind": "Pod", "name": "n"}, 'target.kind: Unsupported value: "Pod": supported values: "Node", "<empty>"'),
    ({"kind": "Pod"},
     '[target.kind: Unsupported value: "Pod": supported values: "Node", "<empty>", target.name: Required value]'),
])
def test_a_binding_to_what_is_no_node_is_an_error_of_the_server_as_it_is_upstream(target: dict[str, str], text: str) -> None:
    server = Alone()
    server.ask("create", "pods", "shop", body=pod("p"))
    refused = server.refused("create", "pods", "shop", "p", {"target": target}, "binding")
    assert (refused["code"], refused["message"]) == (500, text)


def test_a_binding_of_nothing_is_a_404() -> None:
    assert Alone().refused("create", "pods", "shop", "p", TARGET, "binding")["message"] == 'pods "p" not found'


def test_an_eviction_is_a_delete() -> None:
    server = _bound()
    answer = server.ask("create", "pods", "shop", "p", {"deleteOptions": {"gracePeriodSeconds": 7}}, "eviction")
    assert (answer.code, answer.body["status"]) == (201, "Success")
    assert server.body("get", "pods", "shop", "p")["metadata"]["deletionGracePeriodSeconds"] == 7


def _deployment() -> Alone:
    labels = {"app": "web"}
    server = Alone()
    server.ask("create", "deployments.apps", "shop", body={
        "metadata": {"name": "web"},
        "spec": {"replicas": 2, "selector": {"matchLabels": labels},
                 "template": {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "c", "image": "nginx"}]}}},
    })
    return server


def test_a_scale_shows_replicas_and_selector() -> None:
    scale = _deployment().body("get", "deployments.apps", "shop", "web", None, "scale")
    assert (scale["kind"], scale["apiVersion"], scale["spec"]) == ("Scale", "autoscaling/v1", {"replicas": 2})
    assert scale["status"] == {"replicas": 0, "selector": "app=web"}


def test_a_scale_sets_the_replicas() -> None:
    server = _deployment()
    answer = server.body("patch", "deployments.apps", "shop", "web", {"spec": {"replicas": 5}}, "scale", patchType="merge")
    assert answer["spec"] == {"replicas": 5}
    assert server.body("get", "deployments.apps", "shop", "web")["spec"]["replicas"] == 5


def test_a_scale_checks_the_revision() -> None:
    server = _deployment()
    stale = {"metadata": {"name": "web", "resourceVersion": "99"}, "spec": {"replicas": 5}}
    assert server.refused("update", "deployments.apps", "shop", "web", stale, "scale")["reason"] == "Conflict"


def test_a_scale_whose_replicas_are_no_number_is_refused_by_the_decoder() -> None:
    server, wrong = _deployment(), {"spec": {"replicas": "x"}}
    put = server.refused("update", "deployments.apps", "shop", "web", wrong, "scale")
    assert (put["code"], put["message"]) == (
        400, 'Scale in version "v1" cannot be handled as a Scale: json: cannot unmarshal string into Go struct field '
        "ScaleSpec.spec.replicas of type int32")
    patched = server.refused("patch", "deployments.apps", "shop", "web", wrong, "scale", patchType="merge")
    assert (patched["code"], patched["reason"]) == (422, "Invalid")
    assert "cannot unmarshal string" in patched["message"]


def test_a_scale_says_expressions_of_the_selector_in_order_of_keys() -> None:
    server = Alone()
    chosen = {"matchLabels": {"b": "1", "app": "web"}, "matchExpressions": [
        {"key": "a", "operator": "Exists"}, {"key": "c", "operator": "In", "values": ["y", "x"]},
        {"key": "d", "operator": "DoesNotExist"}]}
    body = _deployment().body("get", "deployments.apps", "shop", "web")
    labels = {"a": "", "app": "web", "b": "1", "c": "x"}
    template = {**body["spec"]["template"], "metadata": {"labels": labels}}
    made = {"metadata": {"name": "web"}, "spec": {"selector": chosen, "template": template}}
    server.body("create", "deployments.apps", "shop", body=made)
    scale = server.body("get", "deployments.apps", "shop", "web", None, "scale")
    assert scale["status"]["selector"] == "a,app=web,b=1,c in (x,y),!d"


def test_a_negative_scale_is_a_422() -> None:
    server = _deployment()
    status = server.refused("update", "deployments.apps", "shop", "web", {"spec": {"replicas": -1}}, "scale")
    assert status["message"].endswith("spec.replicas: Invalid value: -1: must be greater than or equal to 0")


@pytest.mark.parametrize(("resource", "subresource"), [("configmaps", "status"), ("pods", "scale"), ("pods", "nope")])
def test_a_subresource_that_is_not_there_is_a_404(resource: str, subresource: str) -> None:
    status = Alone().refused("get", resource, "shop", "x", None, subresource)
    assert status["message"] == "the server could not find the requested resource"


def test_1_10_serves_no_tokens() -> None:
    status = Alone("1.10").refused("create", "serviceaccounts", "shop", "a", {}, "token")
    assert (status["code"], status["details"]) == (404, {})


def test_a_verb_that_a_subresource_does_not_have_is_a_405() -> None:
    assert Alone().refused("delete", "pods", "shop", "p", None, "binding")["code"] == 405


def test_a_resource_that_is_not_there_is_a_404() -> None:
    assert Alone().refused("list", "robots.example.com", "shop")["message"] == "the server could not find the requested resource"


def test_a_namespace_collection_cannot_be_deleted() -> None:
    assert Alone().refused("deletecollection", "namespaces")["code"] == 405
