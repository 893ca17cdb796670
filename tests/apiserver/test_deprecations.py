"""What servers say to whoever names a version that is on its way out."""

from __future__ import annotations

import pytest

from sanb import Cluster
from sanb.apiserver import deprecations
from sanb.apiserver.request import Request


@pytest.mark.parametrize(("minor", "resource", "version", "text"), [
    ("1.36", "endpoints", "v1", "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice"),
    ("1.32", "endpoints", "v1", None),
    ("1.21", "podsecuritypolicies.policy", "policy/v1beta1",
     "policy/v1beta1 PodSecurityPolicy is deprecated in v1.21+, unavailable in v1.25+"),
    ("1.20", "ingresses.networking.k8s.io", "extensions/v1beta1",
     "extensions/v1beta1 Ingress is deprecated in v1.14+, unavailable in v1.22+; use networking.k8s.io/v1 Ingress"),
    ("1.24", "cronjobs.batch", "batch/v1beta1",
     "batch/v1beta1 CronJob is deprecated in v1.21+, unavailable in v1.25+; use batch/v1 CronJob"),
    ("1.24", "cronjobs.batch", "batch/v1", None),
    ("1.18", "ingresses.networking.k8s.io", "extensions/v1beta1", None),
])
def test_a_version_is_warned_of_while_it_is_served(minor: str, resource: str, version: str, text: str | None) -> None:
    assert deprecations.of(minor).get((resource, version)) == text


def test_whoever_names_the_version_is_warned_and_components_are_not() -> None:
    c = Cluster("1.36")
    warning = "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice"
    assert c.request(Request("list", "endpoints", "default", api_version="v1")).warnings == (warning,)
    assert c.request(Request("list", "endpoints", "default")).warnings == ()
    assert c.kubectl("get ep").stderr == f"Warning: {warning}\nNo resources found in default namespace.\n"


def test_objects_and_lists_are_linked_in_the_version_that_was_asked_for() -> None:
    c = Cluster("1.10")
    c.create("deployment", "web", image="nginx")
    place = "/apis/extensions/v1beta1/namespaces/default/deployments"
    listed = c.request(Request("list", "deployments.apps", "default", api_version="extensions/v1beta1")).body
    assert listed["metadata"]["selfLink"] == place
    assert [one["metadata"]["selfLink"] for one in listed["items"]] == [f"{place}/web"]
    one = c.request(Request("get", "deployments.apps", "default", "web", api_version="apps/v1")).body
    assert one["metadata"]["selfLink"] == "/apis/apps/v1/namespaces/default/deployments/web"
