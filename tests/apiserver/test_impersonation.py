"""Acting as somebody else, for those who may (SEM 9.9)."""

from __future__ import annotations

import pytest

from sanb.apiserver.impersonation import completed
from sanb.apiserver.request import ADMIN, Request, UserInfo
from sanb.errors import ApiError
from sanb.values import Obj
from tests.apiserver.granted import Guarded, binding, role, rule

JANE = UserInfo("jane", groups=("system:authenticated",))
WEB = UserInfo("system:serviceaccount:shop:web")
AUTHENTICATION = "authentication.k8s.io"


def server(minor: str = "1.36", *rules: Obj) -> Guarded:
    """jane has the given rules everywhere; the account shop/web may list Pods."""
    objects = [
        role("pods", rule("list", "core", "pods"), namespace="shop"),
        binding("web", "Role", "pods", "ServiceAccount:shop:web", namespace="shop"),
    ]
    if rules:
        objects += [role("jane", *rules), binding("jane", "ClusterRole", "jane", "User:jane")]
    return Guarded(minor, *objects)


def ask(api: Guarded, wanted: UserInfo, user: UserInfo = JANE, verb: str = "list", resource: str = "pods") -> str:
    """"" when the request is answered, else the message of the refusal."""
    request = Request(verb, resource, "shop", user=user, impersonate=wanted)
    try:
        api.commit(api.server.handle(api.store, api.now, request))  # type: ignore[arg-type]
    except ApiError as error:
        for key in error.tally:
            api.store.tally.add(key)
        return error.message
    return ""


@pytest.mark.parametrize(("wanted", "groups"), [
    (WEB, ("system:serviceaccounts", "system:serviceaccounts:shop", "system:authenticated")),
    (WEB._replace(groups=("dev",)), ("dev", "system:authenticated")),
    (UserInfo("bob"), ("system:authenticated",)),
    (UserInfo("bob", groups=("system:unauthenticated",)), ("system:unauthenticated",)),
    (UserInfo("system:anonymous"), ("system:unauthenticated",)),
])
def test_the_server_adds_groups(wanted: UserInfo, groups: tuple[str, ...]) -> None:
    assert completed(wanted).groups == groups


@pytest.mark.parametrize("minor", ["1.10", "1.23", "1.36"])
def test_masters_may_be_anybody_and_are_then_nobody_else(minor: str) -> None:
    assert ask(server(minor), WEB, ADMIN) == ""
    refusal = ask(server(minor), WEB, ADMIN, "list", "secrets")
    assert refusal.startswith('secrets is forbidden: User "system:serviceaccount:shop:web" cannot list')


PLAIN = (
    (WEB, rule("impersonate", "core", "serviceaccounts", "web"), "serviceaccounts", "web", 'in the namespace "shop"'),
    (UserInfo("bob"), rule("impersonate", "core", "users", "bob"), "users", "bob", "at the cluster scope"),
)


@pytest.mark.parametrize(("wanted", "given", "resource", "name", "scope"), PLAIN)
def test_the_verb_impersonate_is_needed(wanted: UserInfo, given: Obj, resource: str, name: str, scope: str) -> None:
    who = f'{resource} "{name}" is forbidden: User "jane" cannot impersonate'
    assert ask(server("1.23"), wanted) == f'{who} resource "{resource}" in API group "" {scope}'
    assert ask(server("1.10"), wanted) == f"{who} {resource} {scope}"
    assert not ask(server("1.23", given), wanted).startswith(resource)


def test_groups_uid_and_extra_need_it_too() -> None:
    users = rule("impersonate", "core", "users")
    wanted = UserInfo("bob", "u-1", ("dev",), (("scopes", ("all",)),))
    assert ask(server("1.23", users), wanted) == (
        'groups "dev" is forbidden: User "jane" cannot impersonate resource "groups" in API group ""'
        " at the cluster scope"
    )
    more = [users, rule("impersonate", "core", "groups", "dev")]
    assert 'cannot impersonate resource "userextras/scopes" in API group "authentication.k8s.io"' in ask(
        server("1.23", *more), wanted
    )
    more.append(rule("impersonate", AUTHENTICATION, "userextras/scopes", "all"))
    assert ask(server("1.23", *more), wanted).startswith('uids.authentication.k8s.io "u-1" is forbidden')
    more.append(rule("impersonate", AUTHENTICATION, "uids"))
    assert ask(server("1.23", *more), wanted).startswith('pods is forbidden: User "bob"')


def test_somebody_without_a_name_is_nobody() -> None:
    api = server()
    assert ask(api, UserInfo("", groups=("dev",)), ADMIN) == (
        'requested &user.DefaultInfo{Name:"", UID:"", Groups:[]string{"dev"}, Extra:map[string][]string(nil)} '
        "without impersonating a user name"
    )


# ---------------------------------------------------------------------- constrained impersonation


ON = rule("impersonate-on:serviceaccount:list", "core", "pods")
AS_ACCOUNT = rule("impersonate:serviceaccount", AUTHENTICATION, "serviceaccounts", "web")


def test_an_account_may_be_impersonated_for_one_kind_of_request() -> None:
    api = server("1.36", ON, AS_ACCOUNT)
    assert ask(api, WEB) == ""
    assert ask(api, WEB, verb="get", resource="secrets") == (
        'secrets is forbidden: User "jane" cannot impersonate-on:serviceaccount:get resource "secrets" in API group "" '
        'in the namespace "shop"'
    )


def test_the_account_must_be_allowed_too() -> None:
    assert ask(server("1.36", ON), WEB) == (
        'serviceaccounts.authentication.k8s.io "web" is forbidden: User "jane" cannot impersonate:serviceaccount'
        ' resource "serviceaccounts" in API group "authentication.k8s.io" in the namespace "shop"'
    )


def test_before_1_36_these_verbs_mean_nothing() -> None:
    refusal = 'serviceaccounts "web" is forbidden: User "jane" cannot impersonate resource "serviceaccounts"'
    assert ask(server("1.35", ON, AS_ACCOUNT), WEB).startswith(refusal)
    gated = Guarded("1.35", role("jane", ON, AS_ACCOUNT), binding("jane", "ClusterRole", "jane", "User:jane"),
                    gates={"ConstrainedImpersonation": True})
    assert ask(gated, WEB).startswith('pods is forbidden: User "system:serviceaccount:shop:web"')


def test_users_and_nodes_have_modes_of_their_own() -> None:
    users = [rule("impersonate-on:user-info:list", "core", "pods"),
             rule("impersonate:user-info", AUTHENTICATION, "users", "bob"),
             rule("impersonate:user-info", AUTHENTICATION, "groups", "dev")]
    api = server("1.36", *users)
    assert ask(api, UserInfo("bob", groups=("dev",))).startswith('pods is forbidden: User "bob" cannot list')
    refusal = ask(api, UserInfo("bob", groups=("admins",)))
    assert refusal.startswith('groups.authentication.k8s.io "admins" is forbidden')
    node = UserInfo("system:node:n1")
    arbitrary = [rule("impersonate-on:arbitrary-node:list", "core", "pods"),
                 rule("impersonate:arbitrary-node", AUTHENTICATION, "nodes", "n1")]
    assert ask(server("1.36", *arbitrary), node).startswith('pods is forbidden: User "system:node:n1" cannot list')
    assert "cannot impersonate-on:arbitrary-node:list" in ask(server("1.36"), node)


def test_an_account_on_a_node_may_be_that_node() -> None:
    rules = [rule("impersonate-on:associated-node:list", "core", "pods"),
             rule("impersonate:associated-node", AUTHENTICATION, "nodes")]
    api = Guarded("1.36", role("r", *rules), binding("b", "ClusterRole", "r", "ServiceAccount:shop:agent"))
    extra = (("authentication.kubernetes.io/node-name", ("n1",)),)
    agent = UserInfo("system:serviceaccount:shop:agent", extra=extra)
    refusal = ask(api, UserInfo("system:node:n1"), agent)
    assert refusal.startswith('pods is forbidden: User "system:node:n1" cannot list')
    assert "cannot impersonate-on:arbitrary-node:list" in ask(api, UserInfo("system:node:n2"), agent)


def test_the_mode_that_last_worked_is_tried_first() -> None:
    api = server("1.36", rule("impersonate", "core", "serviceaccounts", "web"))
    other = UserInfo("system:serviceaccount:shop:other")
    constrained = 'pods is forbidden: User "jane" cannot impersonate-on:serviceaccount:list'
    assert ask(api, other).startswith(constrained)
    assert ask(api, WEB) == ""
    assert ask(api, other).startswith('serviceaccounts "other" is forbidden: User "jane" cannot impersonate resource')
    assert ask(api, UserInfo("bob")).startswith('users "bob" is forbidden: User "jane" cannot impersonate resource')
