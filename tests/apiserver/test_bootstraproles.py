"""Bootstrap roles and bindings (SEM 10.5); some of them were recorded from real servers: tests/conformance."""

from __future__ import annotations

from typing import Any

import pytest

from sanb.apiserver import bootstraproles
from sanb.apiserver.relations import CLUSTER_BINDINGS, CLUSTER_ROLES, GRANTING, INDEXERS
from sanb.apiserver.request import Request, UserInfo
from sanb.controlplane import ControlPlane
from sanb.profiles.profile import MINORS, Profile
from sanb.store.store import Store
from sanb.values import Obj
from tests.apiserver.granted import Granted

NOW = 1_767_225_600.0
ACCOUNT = UserInfo(
    "system:serviceaccount:shop:default",
    groups=("system:serviceaccounts", "system:serviceaccounts:shop", "system:authenticated"),
)
ANONYMOUS = UserInfo("system:anonymous", groups=("system:unauthenticated",))


def booted(minor: str, *, aggregated: bool = True, store: Store | None = None, gates: Any = None) -> Granted:
    granted = Granted(minor=minor)
    granted.profile = Profile.of(minor, gates)
    granted.store = Store(INDEXERS, 0, GRANTING) if store is None else store
    bootstraproles.bootstrap(granted.store, granted.profile, 7, NOW, aggregated=aggregated)
    return granted


def role_of(granted: Granted, name: str) -> Obj:
    found = granted.view.get(CLUSTER_ROLES, "", name)
    assert found is not None, name
    return found


@pytest.mark.parametrize("minor", MINORS)
def test_every_minor_boots_and_every_binding_has_its_role(minor: str) -> None:
    granted = booted(minor)
    for binding in granted.view.scan(CLUSTER_BINDINGS):
        assert granted.view.get(CLUSTER_ROLES, "", binding["roleRef"]["name"]) is not None
    for obj in (version.obj for resource in GRANTING for version in granted.store.head.scan(resource)):
        assert obj is not None
        assert obj["metadata"]["labels"]["kubernetes.io/bootstrapping"] == "rbac-defaults"
        assert obj["metadata"]["annotations"] == {"rbac.authorization.kubernetes.io/autoupdate": "true"}
        assert obj["metadata"]["uid"] and obj["metadata"]["creationTimestamp"] == "2026-01-01T00:00:00Z"


@pytest.mark.parametrize(("minor", "name", "there"), [
    ("1.10", "system:public-info-viewer", False), ("1.14", "system:public-info-viewer", True),
    ("1.19", "system:service-account-issuer-discovery", False),
    ("1.20", "system:service-account-issuer-discovery", True),
    ("1.19", "system:controller:root-ca-cert-publisher", False),
    ("1.20", "system:controller:root-ca-cert-publisher", True),
    ("1.28", "system:controller:legacy-service-account-token-cleaner", False),
    ("1.29", "system:controller:legacy-service-account-token-cleaner", True),
])
def test_roles_come_with_their_minor(minor: str, name: str, there: bool) -> None:
    assert (booted(minor).view.get(CLUSTER_ROLES, "", name) is not None) is there


def test_a_role_comes_with_its_gate() -> None:
    granted = booted("1.28", gates={"LegacyServiceAccountTokenCleanUp": True})
    assert role_of(granted, "system:controller:legacy-service-account-token-cleaner")["rules"][0]["verbs"] == ["get"]


@pytest.mark.parametrize("minor", ["1.10", "1.23", "1.36"])
def test_a_fresh_account_may_discover_and_ask_about_itself_and_nothing_else(minor: str) -> None:
    granted = booted(minor)
    assert granted.decide(ACCOUNT, "get", "/apis").allowed
    assert granted.decide(ACCOUNT, "get", "/version").allowed
    assert granted.decide(ACCOUNT, "create", "authorization.k8s.io:selfsubjectaccessreviews").allowed
    assert not granted.decide(ACCOUNT, "list", "pods", "shop").allowed
    assert not granted.decide(ACCOUNT, "get", "secrets", "shop", name="default-token").allowed
    assert granted.decide(ACCOUNT, "get", "/openid/v1/jwks").allowed is (minor != "1.10")
    assert granted.decide(ACCOUNT, "create", "authentication.k8s.io:selfsubjectreviews").allowed is (minor == "1.36")


@pytest.mark.parametrize(("minor", "path", "allowed"), [
    ("1.10", "/apis", True), ("1.14", "/apis", False), ("1.14", "/version", True), ("1.36", "/healthz", True),
])
def test_what_nobody_in_particular_may_see(minor: str, path: str, allowed: bool) -> None:
    assert booted(minor).decide(ANONYMOUS, "get", path).allowed is allowed


@pytest.mark.parametrize("minor", MINORS)
def test_view_edit_and_admin_grow(minor: str) -> None:
    granted = booted(minor)

    def may(name: str, verb: str, resource: str) -> bool:
        rules = role_of(granted, name)["rules"]
        group, _, plural = resource.rpartition(":")
        return any(verb in r["verbs"] and group in r["apiGroups"] and plural in r["resources"] for r in rules)

    assert [may(n, "list", "pods") for n in ("view", "edit", "admin")] == [True, True, True]
    assert [may(n, "get", "serviceaccounts") for n in ("view", "edit", "admin")] == [True, True, True]
    assert [may(n, "get", "secrets") for n in ("view", "edit", "admin")] == [False, True, True]
    assert [may(n, "create", "secrets") for n in ("view", "edit", "admin")] == [False, True, True]
    assert [may(n, "impersonate", "serviceaccounts") for n in ("view", "edit", "admin")] == [False, True, True]
    granting = [may(n, "create", "rbac.authorization.k8s.io:roles") for n in ("view", "edit", "admin")]
    assert granting == [False, False, True]
    tokens = granted.profile["edit_creates_tokens"]
    assert [may(n, "create", "serviceaccounts/token") for n in ("view", "edit", "admin")] == [False, tokens, tokens]


def test_without_the_aggregation_controller_the_aggregated_roles_are_empty() -> None:
    assert role_of(booted("1.36", aggregated=False), "view")["rules"] is None
    plane = ControlPlane("1.36", controllers="-clusterrole-aggregation-controller")
    version = plane.store.head.get((CLUSTER_ROLES, "", "view"))
    assert version is not None and version.obj is not None and version.obj["rules"] is None


def test_a_restart_adds_what_is_missing_and_leaves_the_rest() -> None:
    store = booted("1.36").store
    before = store.rev
    booted("1.36", store=store)
    assert store.rev == before, "nothing was missing"
    granted = booted("1.36", store=store)
    basic = role_of(granted, "system:basic-user")
    extra = {"verbs": ["get"], "apiGroups": [""], "resources": ["pods"]}
    store.commit((CLUSTER_ROLES, "", "system:basic-user"), {**basic, "rules": [extra, *basic["rules"][1:]]})
    store.commit((CLUSTER_ROLES, "", "view"), None)
    bound = store.head.get((CLUSTER_BINDINGS, "", "cluster-admin"))
    assert bound is not None and bound.obj is not None
    other = {"kind": "User", "apiGroup": "rbac.authorization.k8s.io", "name": "jane"}
    store.commit((CLUSTER_BINDINGS, "", "cluster-admin"), {**bound.obj, "subjects": [other]})
    booted("1.36", store=store)
    rules = role_of(granted, "system:basic-user")["rules"]
    assert rules[:2] == [extra, *basic["rules"][1:]]
    assert [r["resources"] for r in rules[2:]] == [["selfsubjectaccessreviews"], ["selfsubjectrulesreviews"]]
    again = store.head.get((CLUSTER_BINDINGS, "", "cluster-admin"))
    assert again is not None and again.obj is not None
    assert [s["name"] for s in again.obj["subjects"]] == ["jane", "system:masters"]
    assert role_of(granted, "view")["rules"]


def test_who_does_not_want_updates_gets_none() -> None:
    store = booted("1.36").store
    granted = booted("1.36", store=store)
    basic = role_of(granted, "system:basic-user")
    fields = {**basic["metadata"], "annotations": {"rbac.authorization.kubernetes.io/autoupdate": "false"}}
    store.commit((CLUSTER_ROLES, "", "system:basic-user"), {**basic, "metadata": fields, "rules": []})
    booted("1.36", store=store)
    assert role_of(granted, "system:basic-user")["rules"] == []


@pytest.mark.parametrize("minor", ["1.10", "1.17", "1.23", "1.29", "1.36"])
def test_controllers_kubelet_and_scheduler_are_refused_nothing(minor: str) -> None:
    plane = ControlPlane(minor, seed=3)
    ask = plane.request
    ask(Request("create", "namespaces", body={"metadata": {"name": "shop"}}))
    plane.run()
    pod = {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [{"name": "c", "image": "nginx"}]}}
    spec = {"replicas": 2, "selector": {"matchLabels": {"app": "web"}}, "template": pod}
    ask(Request("create", "deployments.apps", "shop", body={"metadata": {"name": "web"}, "spec": spec}))
    plane.run()
    ask(Request("patch", "deployments.apps", "shop", "web", body={"spec": {"template": {"spec": {"containers": [
        {"name": "c", "image": "nginx:2"}]}}}}, options={"patchType": "strategic"}))
    plane.run()
    assert len(plane.store.head.scan("pods", "shop")) == 2
    ask(Request("delete", "namespaces", "", "shop"))
    plane.run()
    assert plane.store.head.count("pods", "shop") == 0
    assert [call.message for call in plane.world.journal if call.code == 403 and " cannot " in call.message] == []
