"""Roles and bindings (SEM 10.4)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.apiserver.made import faults, made, update_faults

GROUP = "rbac.authorization.k8s.io"


def role(kind: str = "Role", **rule: Any) -> dict[str, Any]:
    return made(kind, rules=[rule])


def binding(kind: str = "RoleBinding", role: str = "r", *subjects: dict[str, Any], of: str = "Role") -> dict[str, Any]:
    return made(kind, roleRef={"apiGroup": GROUP, "kind": of, "name": role}, subjects=list(subjects))


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ({"resources": ["pods"], "verbs": ["get"]},
         ["rules[0].apiGroups: Required value: resource rules must supply at least one api group"]),
        ({"apiGroups": [""], "verbs": ["get"]},
         ["rules[0].resources: Required value: resource rules must supply at least one resource"]),
        ({"apiGroups": [""], "resources": ["pods"]},
         ["rules[0].verbs: Required value: verbs must contain at least one value"]),
        ({}, ["rules[0].verbs: Required value: verbs must contain at least one value",
              "rules[0].apiGroups: Required value: resource rules must supply at least one api group",
              "rules[0].resources: Required value: resource rules must supply at least one resource"]),
        ({"apiGroups": [""], "resources": ["pods"], "verbs": ["*"], "resourceNames": ["a"]}, []),
    ],
)
def test_a_rule_is_complete(rule: dict[str, Any], expected: list[str]) -> None:
    assert faults(role(**rule)) == expected


@pytest.mark.parametrize(("minor", "shown"), [("1.10", '[]string{"/metrics"}'), ("1.36", '["/metrics"]')])
def test_urls_are_for_cluster_roles_and_stand_alone(minor: str, shown: str) -> None:
    rule: dict[str, Any] = {"nonResourceURLs": ["/metrics"], "verbs": ["get"]}
    assert faults(role(**rule), minor) == [
        f"rules[0].nonResourceURLs: Invalid value: {shown}: namespaced rules cannot apply to non-resource URLs"
    ]
    assert faults(role("ClusterRole", **rule, resources=["pods"]), minor) == [
        f"rules[0].nonResourceURLs: Invalid value: {shown}:"
        " rules cannot apply to both regular resources and non-resource URLs"
    ]
    assert faults(role("ClusterRole", **rule), minor) == []


def test_an_aggregated_role_says_of_what() -> None:
    assert faults(made("ClusterRole", aggregationRule={})) == [
        "aggregationRule.clusterRoleSelectors: Required value:"
        " at least one clusterRoleSelector required if aggregationRule is non-nil"
    ]


def test_a_binding_names_a_role_that_need_not_exist() -> None:
    account = {"kind": "ServiceAccount", "name": "default"}
    assert faults(binding("RoleBinding", "ghost", account)) == []
    assert faults(made("RoleBinding", roleRef={"apiGroup": GROUP})) == [
        'roleRef.kind: Unsupported value: "": supported values: "Role", "ClusterRole"', "roleRef.name: Required value"
    ]


def test_a_cluster_binding_names_a_cluster_role_and_the_namespace_of_an_account() -> None:
    obj = binding("ClusterRoleBinding", "r", {"kind": "ServiceAccount", "name": "default"})
    assert faults(obj) == [
        'roleRef.kind: Unsupported value: "Role": supported values: "ClusterRole"',
        "subjects[0].namespace: Required value",
    ]


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        ({"kind": "Robot", "name": "default"},
         ['subjects[0].kind: Unsupported value: "Robot": supported values: "ServiceAccount", "User", "Group"']),
        ({"kind": "User", "apiGroup": GROUP},
         ["subjects[0].name: Required value", 'subjects[0].name: Invalid value: "": user name cannot be empty']),
        ({"kind": "Group", "name": "g"},
         [f'subjects[0].apiGroup: Unsupported value: "": supported values: "{GROUP}"']),
        ({"kind": "ServiceAccount", "name": "a", "apiGroup": GROUP},
         [f'subjects[0].apiGroup: Unsupported value: "{GROUP}": supported values: ""']),
    ],
)
def test_subjects_are_accounts_users_or_groups(subject: dict[str, Any], expected: list[str]) -> None:
    assert faults(binding("RoleBinding", "r", subject)) == expected


@pytest.mark.parametrize(
    ("minor", "shown"),
    [("1.23", f'rbac.RoleRef{{APIGroup:"{GROUP}", Kind:"Role", Name:"other"}}'),
     ("1.36", f'{{"APIGroup":"{GROUP}","Kind":"Role","Name":"other"}}')],
)
def test_the_role_of_a_binding_stays(minor: str, shown: str) -> None:
    assert update_faults(binding(role="other"), binding(), minor) == [
        f"roleRef: Invalid value: {shown}: cannot change roleRef"
    ]


def test_subjects_of_a_binding_may_change() -> None:
    assert update_faults(binding("RoleBinding", "r", {"kind": "User", "name": "u", "apiGroup": GROUP}), binding()) == []
