"""The objects of the first second."""

from __future__ import annotations

import pytest

from sanb.apiserver import bootstrap
from sanb.apiserver.request import Request
from sanb.profiles.profile import MINORS, Profile
from tests.apiserver.alone import Alone


def started(minor: str) -> Alone:
    """A server that has made its own objects."""
    alone = Alone(minor)
    for request in bootstrap.requests(alone.server.profile):
        alone.ask(request.verb, request.resource, request.namespace, body=request.body, user=request.user)
    return alone


@pytest.mark.parametrize(
    ("minor", "names"),
    [
        ("1.10", ["default", "kube-public", "kube-system"]),
        ("1.12", ["default", "kube-public", "kube-system"]),
        ("1.13", ["default", "kube-node-lease", "kube-public", "kube-system"]),
        ("1.36", ["default", "kube-node-lease", "kube-public", "kube-system"]),
    ],
)
def test_the_first_namespaces_by_minor(minor: str, names: list[str]) -> None:
    found = started(minor).body("list", "namespaces")["items"]
    assert [one["metadata"]["name"] for one in found] == names
    assert {one["status"]["phase"] for one in found} == {"Active"}


def test_the_service_of_the_api_server_has_the_first_address() -> None:
    service = started("1.10").body("get", "services", "default", "kubernetes")
    assert service["metadata"]["labels"] == {"component": "apiserver", "provider": "kubernetes"}
    assert service["spec"] == {
        "clusterIP": "10.96.0.1", "sessionAffinity": "None", "type": "ClusterIP",
        "ports": [{"name": "https", "port": 443, "protocol": "TCP", "targetPort": 6443}],
    }


@pytest.mark.parametrize(
    ("minor", "more"),
    [
        ("1.19", set()),
        ("1.20", {"clusterIPs", "ipFamilies", "ipFamilyPolicy"}),
        ("1.22", {"clusterIPs", "internalTrafficPolicy", "ipFamilies", "ipFamilyPolicy"}),
    ],
)
def test_what_a_service_says_about_addresses_grows_with_the_minors(minor: str, more: set[str]) -> None:
    spec = started(minor).body("get", "services", "default", "kubernetes")["spec"]
    assert set(spec) - {"clusterIP", "ports", "sessionAffinity", "type"} == more


def test_the_requests_are_creates_of_the_api_server_itself() -> None:
    for minor in MINORS:
        requests = bootstrap.requests(Profile.of(minor))
        assert {(one.verb, one.user.name) for one in requests} == {("create", "system:apiserver")}
        assert requests == bootstrap.requests(Profile.of(minor))
        assert all(isinstance(one, Request) for one in requests)
