"""Nobody grants more than he has (SEM 10.3)."""

from __future__ import annotations

from typing import Any

import pytest

from sanb.apiserver.relations import BINDINGS, CLUSTER_BINDINGS, CLUSTER_ROLES, ROLES
from sanb.apiserver.request import UserInfo
from sanb.values import Obj
from tests.apiserver.granted import GROUP, Guarded, binding, role, rule

JANE = UserInfo("jane", groups=("dev", "system:authenticated"))
WRITER = rule("create update patch get", GROUP, "roles rolebindings clusterroles clusterrolebindings")
PODS = rule("get list", "core", "pods")


def jane(minor: str = "1.36", *rules: Obj) -> Guarded:
    """A server where jane may write roles and has the given rules, all in the namespace shop."""
    return Guarded(
        minor, role("jane", WRITER, *rules, namespace="shop"),
        binding("jane", "Role", "jane", "User:jane", namespace="shop"),
        role("view", rule("get", "core", "secrets")),
    )


def make(server: Guarded, resource: str, obj: Obj, verb: str = "create", user: UserInfo = JANE) -> Any:
    name = obj["metadata"]["name"] if verb == "update" else ""
    return server.body(verb, resource, "shop", name, body=obj, user=user)


def test_what_one_has_one_may_give() -> None:
    server = jane("1.36", PODS)
    made = make(server, ROLES, role("same", rule("get", "core", "pods"), namespace="shop"))
    assert made["metadata"]["name"] == "same"
    make(server, BINDINGS, binding("b", "Role", "same", "User:bob", namespace="shop"))


def test_what_one_has_not_one_may_not_give() -> None:
    server = jane("1.36", PODS)
    body = role("more", rule("get delete", "core", "pods secrets"), namespace="shop")
    status = server.refused("create", ROLES, "shop", body=body, user=JANE)
    assert status["code"] == 403
    assert status["message"] == (
        'roles.rbac.authorization.k8s.io "more" is forbidden: user "jane" (groups=["dev" "system:authenticated"]) is '
        "attempting to grant RBAC permissions not currently held:\n"
        '{APIGroups:[""], Resources:["pods"], Verbs:["delete"]}\n'
        '{APIGroups:[""], Resources:["secrets"], Verbs:["get" "delete"]}'
    )


def test_the_old_words_list_atoms_and_all_that_the_author_has() -> None:
    server = jane("1.10", PODS)
    body = role("more", rule("get delete", "core", "secrets"), namespace="shop")
    status = server.refused("create", ROLES, "shop", body=body, user=JANE)
    assert status["message"] == (
        'roles.rbac.authorization.k8s.io "more" is forbidden: attempt to grant extra privileges: '
        '[PolicyRule{APIGroups:[""], Resources:["secrets"], Verbs:["get"]} '
        'PolicyRule{APIGroups:[""], Resources:["secrets"], Verbs:["delete"]}] '
        "user=&{jane  [dev system:authenticated] map[]} ownerrules=["
        'PolicyRule{APIGroups:["rbac.authorization.k8s.io"], Resources:["roles" "rolebindings" "clusterroles" '
        '"clusterrolebindings"], Verbs:["create" "update" "patch" "get"]} '
        'PolicyRule{APIGroups:[""], Resources:["pods"], Verbs:["get" "list"]}] ruleResolutionErrors=[]'
    )


@pytest.mark.parametrize(("minor", "allowed"), [("1.10", False), ("1.12", True), ("1.36", True)])
def test_the_verb_escalate_lets_write_any_role(minor: str, allowed: bool) -> None:
    server = jane(minor, rule("escalate", GROUP, "roles"))
    body = role("more", rule("*", "*", "*"), namespace="shop")
    if allowed:
        make(server, ROLES, body)
    else:
        assert server.refused("create", ROLES, "shop", body=body, user=JANE)["code"] == 403


def test_the_verb_bind_lets_bind_a_role_that_one_does_not_have() -> None:
    body = binding("b", "ClusterRole", "view", "User:bob", namespace="shop")
    assert jane().refused("create", BINDINGS, "shop", body=body, user=JANE)["code"] == 403
    make(jane("1.36", rule("bind", GROUP, "clusterroles", "view")), BINDINGS, body)
    other = jane("1.36", rule("bind", GROUP, "clusterroles", "edit"))
    assert other.refused("create", BINDINGS, "shop", body=body, user=JANE)["code"] == 403


@pytest.mark.parametrize(("minor", "resource"), [("1.10", "roles"), ("1.23", "roles"), ("1.36", "rolebindings")])
def test_a_role_that_is_not_there_can_be_bound_by_nobody_who_must_cover_it(minor: str, resource: str) -> None:
    body = binding("b", "Role", "ghost", "User:bob", namespace="shop")
    status = jane(minor).refused("create", BINDINGS, "shop", body=body, user=JANE)
    assert (status["code"], status["message"]) == (404, f'{resource}.rbac.authorization.k8s.io "ghost" not found')


def test_masters_are_exempt() -> None:
    server = Guarded()
    server.body("create", BINDINGS, "shop", body=binding("b", "Role", "ghost", "User:bob", namespace="shop"))
    server.body("create", CLUSTER_ROLES, body=role("all", rule("*", "*", "*")))


def test_an_update_is_checked_like_a_create_though_the_rules_stay() -> None:
    server = jane()
    server.body("create", ROLES, "shop", body=role("big", rule("*", "*", "*"), namespace="shop"))
    stored = server.body("get", ROLES, "shop", "big")
    labelled = {**stored, "metadata": {**stored["metadata"], "labels": {"a": "b"}}}
    assert server.refused("update", ROLES, "shop", "big", body=labelled, user=JANE)["code"] == 403
    owned = {**stored, "metadata": {**stored["metadata"], "finalizers": ["example.com/x"]}}
    assert make(server, ROLES, owned, "update")["metadata"]["finalizers"] == ["example.com/x"]
    assert make(server, ROLES, {**owned, "metadata": {**owned["metadata"], "resourceVersion": ""}}, "update")


def test_an_aggregation_rule_needs_full_power() -> None:
    server = Guarded("1.36", role("w", WRITER, PODS), binding("w", "ClusterRole", "w", "User:jane"))
    body = {**role("agg"), "aggregationRule": {"clusterRoleSelectors": [{"matchLabels": {"a": "b"}}]}}
    status = server.refused("create", CLUSTER_ROLES, body=body, user=JANE)
    assert status["message"] == (
        'clusterroles.rbac.authorization.k8s.io "agg" is forbidden: '
        "must have cluster-admin privileges to use the aggregationRule"
    )
    server.body("create", CLUSTER_ROLES, body=role("everything", rule("*", "*", "*"), rule("*", urls="*")))
    server.body("create", CLUSTER_BINDINGS, body=binding("e", "ClusterRole", "everything", "User:jane"))
    server.body("create", CLUSTER_ROLES, body=body, user=JANE)


def test_resolution_errors_are_told() -> None:
    server = jane()
    server.body("create", BINDINGS, "shop", body=binding("lost", "Role", "ghost", "User:jane", namespace="shop"))
    status = server.refused("create", ROLES, "shop", body=role("more", PODS, namespace="shop"), user=JANE)
    assert status["message"].endswith(
        '{APIGroups:[""], Resources:["pods"], Verbs:["get" "list"]}; resolution errors: '
        '[role.rbac.authorization.k8s.io "ghost" not found]'
    )


def test_the_check_comes_before_validation() -> None:
    body = role("more", rule("get", "core", "pods"), {"verbs": ["get"]}, namespace="shop")
    assert jane().refused("create", ROLES, "shop", body=body, user=JANE)["code"] == 403
