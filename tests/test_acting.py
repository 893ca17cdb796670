"""Acting as somebody, and asking what somebody may do and why."""

from __future__ import annotations

import pytest

import sanb
from sanb.apiserver.request import Request, UserInfo

WEB = "system:serviceaccount:shop:web"


@pytest.fixture
def c() -> sanb.Cluster:
    """The account shop/web may list Pods in its namespace."""
    cluster = sanb.Cluster("1.36", seed=1)
    cluster.create("namespace", "shop")
    cluster.create("sa", "web", namespace="shop")
    cluster.run()
    cluster.kubectl("create role reader --verb=get,list --resource=pods -n shop")
    cluster.kubectl("create rolebinding readers --role=reader --serviceaccount=shop:web -n shop")
    return cluster


def test_in_the_block_every_verb_is_somebody_elses(c: sanb.Cluster) -> None:
    c.create("pod", "p", namespace="shop", image="nginx")
    with c.as_(WEB):
        assert [pod["metadata"]["name"] for pod in c.list("pods", namespace="shop")] == ["p"]
        with pytest.raises(sanb.ApiError, match=f'User "{WEB}" cannot list resource "secrets"'):
            c.list("secrets", namespace="shop")
        assert c.kubectl("get secrets -n shop").exit_code == 1
    assert c.list("secrets", namespace="shop") == []


def test_blocks_nest_and_the_innermost_counts(c: sanb.Cluster) -> None:
    with c.as_("jane", groups=["system:masters"]):
        with c.as_(WEB), pytest.raises(sanb.ApiError):
            c.list("secrets", namespace="shop")
        c.list("secrets", namespace="shop")


def test_a_block_of_one_cluster_is_not_one_of_its_fork(c: sanb.Cluster) -> None:
    other = c.fork()
    with c.as_(WEB):
        other.list("secrets", namespace="shop")


def test_impersonating_inside_a_block_needs_the_right_to(c: sanb.Cluster) -> None:
    with c.as_(WEB):
        result = c.kubectl("get pods -n shop --as bob")
    assert "cannot impersonate" in result.stderr


def test_who_may_and_who_may_not(c: sanb.Cluster) -> None:
    assert c.can(WEB, "list", "pods", namespace="shop")
    assert not c.can(WEB, "list", "pods", namespace="default")
    assert not c.can(WEB, "get", "pods/log", "p", namespace="shop")
    assert c.can("admin", "delete", "nodes")
    assert c.can(UserInfo("x", groups=("system:masters",)), "delete", "deployments.apps")
    assert c.can("jane", "get", "/apis") and not c.can("jane", "get", "/metrics")
    assert c.can("jane", "create", "selfsubjectaccessreviews.authorization.k8s.io")


def test_asking_changes_nothing(c: sanb.Cluster) -> None:
    before = c.fingerprint()
    c.why(WEB, "get", "secrets", namespace="shop")
    assert c.fingerprint() == before


def test_an_allowance_names_the_chain(c: sanb.Cluster) -> None:
    why = c.why(WEB, "list", "pods", namespace="shop")
    assert why
    assert why.text == (
        "allowed:\n"
        f'  {WEB} is ServiceAccount "web/shop" -> RoleBinding readers -> Role reader -> get, list pods'
    )
    assert set(why.graph().edges(keys=True)) == {
        (f"user/{WEB}", "rolebinding/shop/readers", "bound-by"),
        ("rolebinding/shop/readers", "role/shop/reader", "grants"),
        ("role/shop/reader", 'role/shop/reader#{APIGroups:[""], Resources:["pods"], Verbs:["get" "list"]}', "has-rule"),
    }


def test_a_refusal_names_what_there_is_instead(c: sanb.Cluster) -> None:
    why = c.why(WEB, "get", "secrets", "db", namespace="shop")
    assert not why
    assert repr(why) == (
        f'not allowed: secrets "db" is forbidden: User "{WEB}" cannot get resource "secrets" in API group "" '
        'in the namespace "shop"\n'
        "what there is instead:\n"
        '  RoleBinding "readers/shop" of Role "reader" to ServiceAccount "web/shop": get, list pods'
    )
    assert c.why("jane", "get", "secrets").text.endswith("\nno binding but those that everybody has")


def test_nodes_and_masters_have_reasons_of_their_own(c: sanb.Cluster) -> None:
    c.create("pod", "p", namespace="shop", image="nginx", service_account="web")
    c.run()
    node = c.get("pod", "p", namespace="shop")["spec"]["nodeName"]
    why = c.why(f"system:node:{node}", "create", "serviceaccounts/token", "web", namespace="shop")
    assert why.text == f"allowed: the Node authorizer lets node {node} do that"
    assert c.why("admin", "get", "secrets").text == (
        "allowed: admin is in the group system:masters, which may do everything"
    )


def test_a_cluster_that_allows_everything() -> None:
    c = sanb.Cluster("1.36", authorization="AlwaysAllow")
    assert c.can("anybody", "delete", "nodes")
    with c.as_("anybody"):
        assert c.list("secrets") == []
    with pytest.raises(sanb.UsageError, match="unknown authorization mode"):
        sanb.Cluster("1.36", authorization="Webhook")


def test_a_trace_repeats_who_acted(c: sanb.Cluster) -> None:
    with c.as_(WEB):
        c.list("pods", namespace="shop")
    c.submit(Request("list", "pods", "shop", impersonate=UserInfo("bob")))
    c.run()
    again = sanb.replay(c.trace)
    assert again.fingerprint() == c.fingerprint()
    assert [call.request.acting.name for call in again.world.journal][-2:] == [WEB, "bob"]
    assert [call.code for call in again.world.journal][-2:] == [200, 403]


def test_commands_run_in_a_pod(c: sanb.Cluster) -> None:
    c.create("pod", "p", namespace="shop", image="nginx", service_account="web")
    c.run()
    done = c.pod("shop", "p").exec("ls /var/run/secrets/kubernetes.io/serviceaccount")
    assert done.stdout == "ca.crt\nnamespace\ntoken\n"
