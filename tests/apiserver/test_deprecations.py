"""What servers say to whoever names a version that is on its way out."""

from __future__ import annotations

import pytest

from sanb import Cluster
from sanb.apiserver import deprecations
from sanb.apiserver.request import Request
from sanb.apiserver.resources import served
from sanb.profiles.profile import Profile

MINORS = [f"1.{number}" for number in range(10, 37)]


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


FLOWS = "flowschemas.flowcontrol.apiserver.k8s.io"
FLOW = "flowcontrol.apiserver.k8s.io"
RBAC = "rbac.authorization.k8s.io"


@pytest.mark.parametrize(("resource", "version", "first", "last", "text"), [
    (f"rolebindings.{RBAC}", f"{RBAC}/v1beta1", "1.19", "1.21",
     f"{RBAC}/v1beta1 RoleBinding is deprecated in v1.17+, unavailable in v1.22+; use {RBAC}/v1 RoleBinding"),
    (FLOWS, f"{FLOW}/v1beta2", "1.26", "1.28",
     f"{FLOW}/v1beta2 FlowSchema is deprecated in v1.26+, unavailable in v1.29+; use {FLOW}/v1beta3 FlowSchema"),
    ("horizontalpodautoscalers.autoscaling", "autoscaling/v2beta2", "1.23", "1.25",
     "autoscaling/v2beta2 HorizontalPodAutoscaler is deprecated in v1.23+, unavailable in v1.26+; "
     "use autoscaling/v2 HorizontalPodAutoscaler"),
    ("leases.coordination.k8s.io", "coordination.k8s.io/v1beta1", "1.19", "1.21",
     "coordination.k8s.io/v1beta1 Lease is deprecated in v1.19+, unavailable in v1.22+; use coordination.k8s.io/v1 Lease"),
])
def test_it_is_warned_of_from_one_minor_to_another(resource: str, version: str, first: str, last: str, text: str) -> None:
    told = [minor for minor in MINORS if (resource, version) in deprecations.of(minor)]
    assert (told[0], told[-1], len(told)) == (first, last, int(last[2:]) - int(first[2:]) + 1)
    assert {deprecations.of(minor)[resource, version] for minor in told} == {text}


@pytest.mark.parametrize("row", [row for row in deprecations.ROWS if row.gone], ids=lambda row: row.group_version)
def test_every_row_is_about_kinds_that_are_served_until_they_are_gone(row: deprecations.Row) -> None:
    last = f"1.{int(row.gone[2:]) - 1}"
    for plural in row.plurals.split():
        for minor, there in ((last, True), (row.gone, False)):
            rows = served(Profile.of(minor)).values()
            kinds = [one for one in rows if one.plural == plural and row.group_version in one.served]
            assert (len(kinds), [(one.id, row.group_version) in deprecations.of(minor) for one in kinds]) == (
                (1, [True]) if there else (0, [])), (plural, minor)


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
