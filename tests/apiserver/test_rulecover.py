"""Covering and compacting rules: upstream's table 16 (UT numbers)."""

from __future__ import annotations

import pytest

from sanb.apiserver import rulecover
from sanb.values import Obj
from tests.apiserver.granted import rule

SPREAD = [
    rule("delete", "v1", "deployments"), rule("delete", "v1", "builds"), rule("update", "v1", "builds deployments"),
]


def _in(groups: str) -> list[Obj]:
    return [{**one, "apiGroups": [group]} for group in groups.split() for one in SPREAD]


@pytest.mark.parametrize(("owner", "wanted", "covered"), [
    ([rule("get", "v1", "*/scale")], [rule("get", "v1", "foo/scale")], True),  # UT-329
    (SPREAD, [rule("delete update", "v1", "builds deployments")], True),  # UT-330
    (_in("group1 group2"), [rule("delete update", "group1 group2", "builds deployments")], True),  # UT-331
    ([rule("delete update", "group1 group2", "builds deployments")], _in("group1 group2"), True),  # UT-332
    ([rule("get", "*", "roles")], [rule("get", "group1 group2", "roles")], True),  # UT-334
    ([rule("get", "group1 group2", "roles")], [rule("get", "*", "roles")], False),
    ([rule("get", "*", "roles")], [rule("get", "*", "roles")], True),  # UT-336
    ([rule("*", "v1", "roles")], [rule("watch list", "v1", "roles")], True),  # UT-337
    ([rule("get list watch create update delete exec", "v1", "roles")], [rule("*", "v1", "roles")], False),  # UT-338
    ([rule("*", "v1", "roles")], [rule("*", "v1", "roles")], True),  # UT-339
    ([rule("get", "v1", "*")], [rule("get", "v1", "resourcegroup:deployments")], True),  # UT-340
    ([rule("get", "v1", "*")], [rule("get", "v1", "*")], True),  # UT-342
    ([rule("get", "v1", "pods")], [rule("get", "v1", "pods", names="foo bar")], True),  # UT-343
    ([rule("get", "v1", "pods", names="foo")], [rule("get", "v1", "pods")], False),
    ([rule("get", "v1", "pods", names="foo")], [rule("get", "v1", "pods", names="foo bar")], False),
    ([rule("*", urls="/apis")], [rule("*", urls="/apis")], True),  # UT-345
    ([rule("*", urls="*")], [rule("*", urls="/apis /apis/v1 /")], True),  # UT-346
    ([rule("*", urls="/apis")], [rule("get", urls="/api")], False),  # UT-355
    ([rule("*", urls="/api/v1")], [rule("get", urls="/api")], False),  # UT-355
    ([rule("*", urls="/api/*")], [rule("get", urls="/api")], False),  # UT-355
])
def test_covering(owner: list[Obj], wanted: list[Obj], covered: bool) -> None:
    assert rulecover.covers(owner, wanted)[0] is covered


def test_what_is_missing_comes_in_atoms() -> None:
    covered, missing = rulecover.covers([rule("get", "core", "pods")], [rule("get delete", "core", "pods secrets")])
    assert not covered
    wanted = (("delete", "pods"), ("get", "secrets"), ("delete", "secrets"))
    assert missing == [rule(verb, "core", resource) for verb, resource in wanted]


def test_an_owner_of_nothing_covers_a_rule_of_nothing() -> None:
    assert rulecover.covers([], [{"verbs": []}]) == (True, [])


@pytest.mark.parametrize(("rules", "compacted"), [
    ([rule("", "core", "pods"), rule("create", "core", "pods")], [rule("create", "core", "pods")]),  # UT-360
    ([rule("get", "a b", "x"), rule("list", "a b", "x")],
     [rule("get", "a b", "x"), rule("list", "a b", "x")]),  # UT-362
    ([rule("get", "a", "x y"), rule("list", "a", "x y")],
     [rule("get", "a", "x y"), rule("list", "a", "x y")]),  # UT-363
    ([rule("get", "a", "builds", "mybuild"), rule("list", "a", "builds", "mybuild2")],
     [rule("get", "a", "builds", "mybuild"), rule("list", "a", "builds", "mybuild2")]),  # UT-364
])
def test_compacting(rules: list[Obj], compacted: list[Obj]) -> None:
    assert rulecover.compacted(rules) == compacted


@pytest.mark.parametrize(("given", "simple"), [
    (rule("get list", "a", "x"), True), (rule("", "a", "x"), True), (rule("get", "a", "x", "one"), True),
    ({**rule("get", "a", "x"), "resourceNames": [""]}, True),  # UT-366
    (rule("get", "a", "x", "one two"), False), (rule("get", "a b", "x"), False), (rule("get", urls="/x"), False),
])
def test_simple_rules_are_about_one_thing(given: Obj, simple: bool) -> None:
    assert rulecover.is_simple(given) is simple


def test_a_rule_reads_as_refusals_print_it() -> None:
    assert rulecover.text(rule("get list", "core apps", "pods", "one")) == (
        '{APIGroups:["" "apps"], Resources:["pods"], ResourceNames:["one"], Verbs:["get" "list"]}'
    )
    assert rulecover.text(rule("get", urls="/x /y/*")) == '{NonResourceURLs:["/x" "/y/*"], Verbs:["get"]}'
