"""The union of authorizers, the Node authorizer, and how a refusal reads."""

from __future__ import annotations

from typing import Any

import pytest

from sanb.apiserver.access import Access, access_of, refused
from sanb.apiserver.authorizer import AlwaysAllow, NodeAndRbac, authorizer
from sanb.apiserver.request import ADMIN, Request, UserInfo
from sanb.errors import ApiError, UsageError
from sanb.profiles.profile import Profile
from sanb.values import Obj
from tests.apiserver.granted import Granted, binding, role, rule, user

NODE = UserInfo("system:node:n1", groups=("system:nodes", "system:authenticated"))


def message(minor: str, **access: Any) -> str:
    return refused(Access(user("u"), **access), Profile.of(minor)).message


@pytest.mark.parametrize(("access", "new", "old"), [
    ({"verb": "list", "resource": "pods", "namespace": "ns"},
     'pods is forbidden: User "u" cannot list resource "pods" in API group "" in the namespace "ns"',
     'pods is forbidden: User "u" cannot list pods in the namespace "ns"'),
    ({"verb": "get", "resource": "pods", "name": "x", "namespace": "ns"},
     'pods "x" is forbidden: User "u" cannot get resource "pods" in API group "" in the namespace "ns"',
     'pods "x" is forbidden: User "u" cannot get pods in the namespace "ns"'),
    ({"verb": "create", "resource": "serviceaccounts", "subresource": "token", "name": "a", "namespace": "ns"},
     'serviceaccounts "a" is forbidden: User "u" cannot create resource "serviceaccounts/token" in API group ""'
     ' in the namespace "ns"',
     'serviceaccounts "a" is forbidden: User "u" cannot create serviceaccounts/token in the namespace "ns"'),
    ({"verb": "list", "group": "apps", "resource": "deployments"},
     'deployments.apps is forbidden: User "u" cannot list resource "deployments" in API group "apps"'
     " at the cluster scope",
     'deployments.apps is forbidden: User "u" cannot list deployments.apps at the cluster scope'),
    ({"verb": "get", "path": "/metrics"}, 'forbidden: User "u" cannot get path "/metrics"',
     'forbidden: User "u" cannot get path "/metrics"'),
])
def test_a_refusal_says_who_cannot_do_what_where(access: dict[str, str], new: str, old: str) -> None:
    assert message("1.36", **access) == new
    assert message("1.10", **access) == old


def test_a_reason_is_appended() -> None:
    error = refused(Access(user("u"), "get", path="/x"), Profile.of("1.36"), "because")
    assert error.status == {
        "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure", "reason": "Forbidden", "code": 403,
        "message": 'forbidden: User "u" cannot get path "/x": because', "details": {},
    }


@pytest.mark.parametrize(("minor", "name"), [("1.10", ""), ("1.11", "one"), ("1.36", "one")])
def test_a_list_of_one_name_is_about_that_name(minor: str, name: str) -> None:
    request = Request("list", "configmaps", "shop", options={"fieldSelector": "metadata.name=one"})
    assert access_of(request, Profile.of(minor)).name == name


def test_a_namespace_is_in_itself() -> None:
    access = access_of(Request("get", "namespaces", "", "shop"), Profile.of("1.36"))
    assert (access.namespace, access.name) == ("shop", "shop")


def test_masters_may_do_everything_without_any_role() -> None:
    granted = Granted()
    assert granted.decide(ADMIN, "frobnicate", "x:y/z") == (True, "", "")
    granted.authorizer(granted.view, Request("delete", "nodes", "", "n1"))


def test_modes() -> None:
    assert isinstance(authorizer("RBAC"), NodeAndRbac)
    assert isinstance(authorizer("Node,RBAC"), NodeAndRbac)
    assert isinstance(authorizer("AlwaysAllow"), AlwaysAllow)
    with pytest.raises(UsageError, match="unknown authorization mode 'ABAC': choose one of RBAC, AlwaysAllow"):
        authorizer("ABAC")


# ---------------------------------------------------------------------- what is remembered


def _may(granted: Granted, who: UserInfo, verb: str, resource: str, namespace: str = "", name: str = "") -> bool:
    try:
        granted.authorizer(granted.view, Request(verb, resource, namespace, name, user=who))
    except ApiError as error:
        assert error.code == 403
        return False
    return True


def test_what_is_remembered_ends_with_the_next_change_of_a_role_or_a_binding() -> None:
    granted = Granted(role("r", rule("get", "core", "nodes")), binding("b", "ClusterRole", "r", "User:jane"))
    jane = user("jane")
    assert [_may(granted, jane, "get", "nodes", name="n") for _ in range(3)] == [True] * 3
    granted.put(role("r", rule("list", "core", "nodes")))
    assert not _may(granted, jane, "get", "nodes", name="n")
    assert _may(granted, jane, "list", "nodes")
    granted.put(binding("b", "ClusterRole", "r", "User:bob"))
    assert not _may(granted, jane, "list", "nodes")
    assert _may(granted, user("bob"), "list", "nodes")


def test_forks_do_not_share_what_is_remembered() -> None:
    granted = Granted(role("r", rule("get", "core", "nodes")), binding("b", "ClusterRole", "r", "User:jane"))
    jane, here = user("jane"), granted.store
    there = here.fork()
    assert _may(granted, jane, "get", "nodes", name="n")
    granted.store = there
    there.commit(("clusterroles.rbac.authorization.k8s.io", "", "r"), None)
    assert not _may(granted, jane, "get", "nodes", name="n")
    granted.store = here
    assert _may(granted, jane, "get", "nodes", name="n")


def test_what_is_remembered_belongs_to_its_minor() -> None:
    """A node may list Nodes up to 1.31."""
    granted = Granted(role("r"), minor="1.31")
    assert _may(granted, NODE, "delete", "pods", "shop", "p")
    assert _may(granted, NODE, "list", "nodes")
    granted.profile = Profile.of("1.36")
    assert not _may(granted, NODE, "list", "nodes")


def test_a_rule_with_names_is_asked_for_each_name() -> None:
    granted = Granted(role("r", rule("get", "core", "nodes", "one")), binding("b", "ClusterRole", "r", "User:jane"))
    assert _may(granted, user("jane"), "get", "nodes", name="one")
    assert not _may(granted, user("jane"), "get", "nodes", name="two")


# ---------------------------------------------------------------------- nodes


def _pod(name: str, node: str, **spec: Any) -> Obj:
    return {"kind": "Pod", "metadata": {"name": name, "namespace": "shop"},
            "spec": {"nodeName": node, "serviceAccountName": "web", "containers": [], **spec}}


def _shop(minor: str = "1.36") -> Granted:
    granted = Granted(minor=minor)
    volumes = [{"name": "v", "secret": {"secretName": "s"}}, {"name": "c", "configMap": {"name": "m"}}]
    granted.put(_pod("here", "n1", volumes=volumes), "pods")
    others = [{"name": "v", "secret": {"secretName": "t"}}]
    granted.put(_pod("there", "n2", serviceAccountName="other", volumes=others), "pods")
    return granted


@pytest.mark.parametrize(("verb", "resource", "name", "reason"), [
    ("get", "secrets", "s", None), ("list", "secrets", "s", None), ("watch", "configmaps", "m", None),
    ("get", "secrets", "t", "no relationship found between node 'n1' and this object"),
    ("get", "configmaps", "s", "no relationship found between node 'n1' and this object"),
    ("list", "secrets", "", "No Object name found"),
    ("update", "secrets", "s", "can only read resources of this type"),
    ("create", "serviceaccounts/token", "web", None),
    ("create", "serviceaccounts/token", "other", "no relationship found between node 'n1' and this object"),
    ("create", "serviceaccounts", "web", "can only create token subresource of serviceaccount"),
    ("get", "serviceaccounts", "web", "can only create tokens for individual service accounts"),
    ("get", "nodes", "n1", None), ("get", "nodes", "n2", "node 'n1' cannot read 'n2', only its own Node object"),
    ("list", "nodes", "", "node 'n1' cannot read all nodes, only its own Node object"),
    ("get", "pods", "here", None), ("get", "pods", "there", "no relationship found between node 'n1' and this object"),
    ("list", "pods", "", "can only list/watch pods with spec.nodeName field selector"),
    ("update", "pods/status", "here", None), ("create", "events", "", None), ("delete", "nodes", "n1", ""),
])
def test_a_node_reads_what_its_pods_refer_to(verb: str, resource: str, name: str, reason: str | None) -> None:
    verdict = _shop().decide(NODE, verb, resource, "shop", name=name)
    assert verdict == ((True, "", "") if reason is None else (False, reason, ""))


@pytest.mark.parametrize(("minor", "reason"), [
    ("1.10", "no path found to object"), ("1.17", 'no relationship found between node "n1" and this object'),
    ("1.23", "no relationship found between node 'n1' and this object"),
])
def test_the_reason_by_minor(minor: str, reason: str) -> None:
    assert _shop(minor).decide(NODE, "get", "secrets", "shop", name="t").reason == reason


def test_a_mirror_pod_opens_nothing() -> None:
    granted = Granted()
    mirror = _pod("m", "n1", volumes=[{"name": "v", "secret": {"secretName": "s"}}])
    mirror["metadata"]["annotations"] = {"kubernetes.io/config.mirror": "x"}
    granted.put(mirror, "pods")
    assert not granted.decide(NODE, "get", "secrets", "shop", name="s").allowed


def test_older_minors_let_a_node_see_all_nodes_and_pods() -> None:
    granted = _shop("1.31")
    assert granted.decide(NODE, "list", "nodes").allowed
    assert granted.decide(NODE, "list", "pods").allowed


def test_a_role_may_give_a_node_more() -> None:
    granted = _shop()
    granted.put(role("r", rule("get", "core", "secrets")))
    granted.put(binding("b", "ClusterRole", "r", "User:system:node:n1"))
    assert granted.decide(NODE, "get", "secrets", "shop", name="t").reason.startswith("RBAC: allowed by")


def test_the_name_alone_makes_no_node() -> None:
    assert not _shop().decide(user("system:node:n1"), "get", "secrets", "shop", name="s").allowed
    nameless = UserInfo("kubelet", groups=("system:nodes",))
    assert _shop().decide(nameless, "get", "secrets", "shop", name="s") == (False, "", "")


def test_rules_of_a_node_are_not_all() -> None:
    found = _shop().authorizer.rules(_shop().view, NODE, "shop")
    assert found["incomplete"] is True
    assert found["evaluationError"] == "node authorizer does not support user rule resolution"
