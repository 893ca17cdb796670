"""RBAC against the specification and upstream's tables 14 and 15 (UT numbers)."""

from __future__ import annotations

import pytest

from sanb.apiserver import rbac
from sanb.apiserver.access import Access
from sanb.apiserver.request import UserInfo
from sanb.values import Obj
from tests.apiserver.granted import Granted, binding, role, rule, subject, user

ALL = (rule("*", "*", "*"), rule("*", urls="*"))
ADMINS = (role("admin", *ALL), binding("admins", "ClusterRole", "admin", "User:admin", "Group:admins", namespace="ns1"))
URLS = (
    role("read", rule("get", urls="/apis")), binding("read", "ClusterRole", "read", "User:foo", "Group:bar"),
    role("all", rule("*", urls="/apis")), binding("all", "ClusterRole", "all", "User:admin", "Group:admin"),
    role("below", rule("get", urls="/apis/*")),
    binding("below", "ClusterRole", "below", "User:prefixed", "Group:prefixed"),
)


@pytest.mark.parametrize(("who", "verb", "resource"), [
    (user("admin"), "get", "Pods"),  # UT-266
    (user("admin"), "watch", "Pods"),  # UT-267
    (user("admin", "group1"), "watch", "Foobar"),  # UT-268
    (user("joe", "admins"), "watch", "Foobar"),  # UT-269
])
def test_a_role_of_everything_in_a_namespace_allows_everything_there(who: UserInfo, verb: str, resource: str) -> None:
    granted = Granted(*ADMINS)
    assert granted.decide(who, verb, resource, "ns1").allowed
    assert not granted.decide(who, verb, resource, "ns2").allowed
    assert not granted.decide(who, verb, resource).allowed


@pytest.mark.parametrize(("who", "verb", "path", "allowed"), [
    (user("foo"), "get", "/apis", True),  # UT-275
    (user("x", "admin"), "get", "/apis", True),  # UT-278
    (user("x", "prefixed"), "get", "/apis/v1", True),  # UT-282
    (user("prefixed"), "get", "/apis/v1/foobar", True),  # UT-283
    (user("x", "prefixed"), "get", "/apis/v1/foorbar", True),  # UT-284
    (user("x", "bar"), "watch", "/apis", False),  # UT-286
    (user("foo"), "get", "/api/v1", False),  # UT-287
    (user("x", "bar"), "get", "/api/v1", False),  # UT-288
    (user("admin"), "get", "/api/v1", False),  # UT-289
    (user("prefixed"), "get", "/apis", False),
])
def test_urls_are_allowed_by_cluster_role_bindings(who: UserInfo, verb: str, path: str, allowed: bool) -> None:
    assert Granted(*URLS).decide(who, verb, path).allowed is allowed


def test_a_rule_about_a_resource_is_not_about_its_subresources() -> None:
    """UT-293, UT-299 and their neighbours."""
    bound = binding("b", "ClusterRole", "r", "User:admin", namespace="ns1")
    pods = Granted(role("r", rule("*", "core", "pods")), bound)
    assert pods.decide(user("admin"), "get", "pods", "ns1").allowed
    assert not pods.decide(user("admin"), "get", "pods/status", "ns1").allowed
    parts = Granted(
        role("r", rule("*", "core", "pods/status"), rule("*", "*", "*/scale")),
        binding("b", "ClusterRole", "r", "User:admin", namespace="ns1"),
    )
    assert not parts.decide(user("admin"), "get", "pods", "ns1").allowed
    assert parts.decide(user("admin"), "get", "pods/status", "ns1").allowed
    assert parts.decide(user("admin"), "get", "apps:anything/scale", "ns1").allowed


RESOURCES = [(v, g, r) for v in ("verb1", "verb2") for g in ("group1", "group2") for r in ("resource1", "resource2")]


@pytest.mark.parametrize(("given", "matching"), [
    (rule("*", "group1", "resource1"), [a for a in RESOURCES if a[1:] == ("group1", "resource1")]),  # UT-301
    (rule("verb1", "*", "resource1"), [a for a in RESOURCES if (a[0], a[2]) == ("verb1", "resource1")]),  # UT-302
    (rule("verb1", "group1", "*"), [a for a in RESOURCES if a[:2] == ("verb1", "group1")]),  # UT-304, UT-305
    (rule("verb1 verb2", "group1 group2", "resource1 resource2"), RESOURCES),  # UT-306
])
def test_a_star_stands_for_everything_in_its_place(given: Obj, matching: list[tuple[str, str, str]]) -> None:
    assert [a for a in RESOURCES if rbac.allows(given, Access(user("u"), *a))] == matching


def test_a_rule_may_be_about_one_subresource() -> None:
    """UT-307, UT-308."""
    given = rule("*", "*", "resource1/subresource1")
    pairs = [(r, s) for r in ("resource1", "resource2") for s in ("subresource1", "subresource2")]
    found = [pair for pair in pairs if rbac.allows(given, Access(user("u"), "verb1", "group1", *pair))]
    assert found == [("resource1", "subresource1")]


PATHS = ("/foo", "/foo/bar", "/foo/baz", "/foo/bar/one", "/foo/baz/one")


@pytest.mark.parametrize(("given", "matching"), [
    (rule("verb1", urls="*"), PATHS),  # UT-309
    (rule("*", urls="/foo /foo/bar/one"), ("/foo", "/foo/bar/one")),  # UT-314, UT-315
    (rule("verb1", urls="/foo/*"), PATHS[1:]),
    (rule("verb1", urls="/fo*r"), ()),
])
def test_urls_match_whole_or_by_a_final_star(given: Obj, matching: tuple[str, ...]) -> None:
    assert tuple(path for path in PATHS if rbac.allows(given, Access(user("u"), "verb1", path=path))) == matching


def test_a_rule_with_names_is_about_no_request_without_one() -> None:
    granted = Granted(
        role("r", rule("get list delete", "core", "configmaps", names="one"), namespace="shop"),
        binding("b", "Role", "r", "User:jane", namespace="shop"),
    )
    assert granted.decide(user("jane"), "get", "configmaps", "shop", name="one").allowed
    assert not granted.decide(user("jane"), "get", "configmaps", "shop", name="two").allowed
    assert not granted.decide(user("jane"), "list", "configmaps", "shop").allowed


READERS = (
    role("readthings", rule("GET WATCH", "*", "pods"), rule("GET WATCH", "*", "services"), namespace="namespace1"),
    binding("b", "Role", "readthings", "User:foobar", "Group:group1", namespace="namespace1"),
    role("cluster-admin", *ALL), binding("admin", "ClusterRole", "cluster-admin", "User:admin", "Group:admin"),
    role("write-nodes", rule("CREATE", "*", "nodes")),
)


def test_rules_hold_in_the_namespace_of_their_binding_only() -> None:
    """UT-317, UT-319."""
    view = Granted(*READERS).view
    assert len(rbac.all_grants(view, user("foobar"), "namespace1").rules) == 2
    assert len(rbac.all_grants(view, user("x", "group1"), "namespace1").rules) == 2
    assert rbac.all_grants(view, user("foobar"), "namespace2").rules == []
    assert rbac.all_grants(view, user(""), "namespace1").rules == []
    assert rbac.all_grants(view, user("x", "admin"), "anywhere").rules == list(ALL)


@pytest.mark.parametrize(("subjects", "who", "place"), [
    (["User:foobar"], user("foobar"), 0),  # UT-320
    (["User:barfoo", "User:foobar"], user("foobar"), 1),  # UT-321
    (["User:barfoo", "User:foobar"], user("zimzam"), -1),  # UT-322
    (["User:barfoo", "Group:foobar"], user("zimzam", "foobar"), 1),  # UT-323
    (["User:barfoo", "Group:foobar", "ServiceAccount:kube-system:default"],
     user("system:serviceaccount:kube-system:default"), 2),  # UT-325
    (["ServiceAccount::default"], user("system:serviceaccount:default:default"), 0),
    (["User:*"], user("jane"), -1),
])
def test_the_first_subject_that_fits_counts(subjects: list[str], who: UserInfo, place: int) -> None:
    assert rbac.matching_subject([subject(text) for text in subjects], who, "default") == place


def test_the_index_finds_what_the_subjects_say() -> None:
    """An account without a namespace is one of the binding's; a User of that name is the same."""
    objects = [
        role("r", rule("get", "core", "pods")),
        binding("a", "ClusterRole", "r", "ServiceAccount::web", namespace="shop"),
        binding("b", "ClusterRole", "r", "User:system:serviceaccount:shop:web", namespace="shop"),
        binding("c", "ClusterRole", "r", "ServiceAccount:other:web", namespace="shop"),
    ]
    view = Granted(*objects).view
    found = rbac.bindings_of(view, user("system:serviceaccount:shop:web"), "shop")
    assert [one["metadata"]["name"] for one in found] == ["a", "b"]


@pytest.mark.parametrize(("minor", "prefix"), [("1.10", ""), ("1.23", "RBAC: "), ("1.36", "RBAC: ")])
def test_reasons_name_binding_role_and_subject(minor: str, prefix: str) -> None:
    granted = Granted(
        role("r", rule("get", "core", "pods"), namespace="shop"), role("wide", rule("get", "core", "nodes")),
        binding("b", "Role", "r", "ServiceAccount::web", namespace="shop"),
        binding("w", "ClusterRole", "wide", "Group:dev"), minor=minor,
    )
    web = user("system:serviceaccount:shop:web")
    allowed = granted.decide(web, "get", "pods", "shop")
    assert allowed.reason == f'{prefix}allowed by RoleBinding "b/shop" of Role "r" to ServiceAccount "web/shop"'
    allowed = granted.decide(user("jane", "dev"), "get", "nodes")
    assert allowed.reason == f'{prefix}allowed by ClusterRoleBinding "w" of ClusterRole "wide" to Group "dev"'


def test_bindings_to_missing_roles_are_told_and_the_others_count() -> None:
    granted = Granted(
        binding("a", "Role", "ghost", "User:jane", namespace="shop"),
        binding("b", "ClusterRole", "phantom", "User:jane", namespace="shop"),
    )
    verdict = granted.decide(user("jane"), "get", "pods", "shop")
    ghost, phantom = (f'{kind}.rbac.authorization.k8s.io "{name}" not found'
                      for kind, name in (("role", "ghost"), ("clusterrole", "phantom")))
    assert verdict == (False, f"RBAC: [{ghost}, {phantom}]", "")
    granted.put(role("phantom", rule("get", "core", "pods")))
    assert granted.decide(user("jane"), "get", "pods", "shop").allowed
    assert granted.decide(user("jane"), "get", "secrets", "shop").reason == f"RBAC: {ghost}"
