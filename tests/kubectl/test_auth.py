"""kubectl auth: can-i with URLs and other users, and reconcile (SEM 12.6); UT-527, UT-531 and UT-533 are in test_upstream."""

from __future__ import annotations

import pytest

import sanb

ROLE = """
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: reader, namespace: shop}
rules:
- {apiGroups: [""], resources: [pods, secrets], verbs: [get]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: readers, namespace: shop}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader}
subjects: [{kind: User, name: bob}]
"""
WEB = "--as=system:serviceaccount:shop:web"


@pytest.fixture
def c() -> sanb.Cluster:
    cluster = sanb.Cluster("1.36", seed=1)
    cluster.create("namespace", "shop")
    cluster.run()
    cluster.kubectl("create role reader --verb=get,list --resource=pods,pods/log -n shop")
    cluster.kubectl("create rolebinding readers --role=reader --serviceaccount=shop:web --group=dev -n shop")
    return cluster


@pytest.mark.parametrize(("words", "answer"), [
    (f"get pods -n shop {WEB}", "yes\n"), (f"get pods {WEB}", "no\n"), (f"delete pods -n shop {WEB}", "no\n"),
    (f"get pods --subresource=log -n shop {WEB}", "yes\n"), (f"get pods --subresource=exec -n shop {WEB}", "no\n"),
    ("list pods -n shop --as=jane --as-group=dev", "yes\n"), ("list pods -n shop --as=jane", "no\n"),
    ("get /version --as=jane", "yes\n"), ("get /metrics --as=jane", "no\n"), ("'*' '*'", "yes\n"),
    (f"get pods -A {WEB}", "no\n"),
])
def test_may_i(c: sanb.Cluster, words: str, answer: str) -> None:
    result = c.kubectl(f"auth can-i {words}")
    assert (result.stdout, result.exit_code) == (answer, 0 if answer == "yes\n" else 1)


def test_quiet_tells_by_the_exit_code(c: sanb.Cluster) -> None:
    yes, no = c.kubectl(f"auth can-i get pods -q -n shop {WEB}"), c.kubectl(f"auth can-i get secrets -q -n shop {WEB}")
    assert [(r.stdout, r.exit_code) for r in (yes, no)] == [("", 0), ("", 1)]


def test_the_reason_of_a_no_is_shown(c: sanb.Cluster) -> None:
    c.kubectl("create rolebinding lost --role=ghost --user=jane -n shop")
    result = c.kubectl("auth can-i list secrets --as=jane -n shop")
    assert result.stdout == 'no - RBAC: role.rbac.authorization.k8s.io "ghost" not found\n'


def test_reconcile_makes_what_is_not_there(c: sanb.Cluster) -> None:
    other = ROLE.replace("reader", "other")
    result = c.kubectl("auth reconcile -f -", stdin=other)
    assert result.stdout == (
        "role.rbac.authorization.k8s.io/other reconciled\nrolebinding.rbac.authorization.k8s.io/others reconciled\n"
    )
    assert result.stderr.startswith("\treconciliation required create\n\tmissing rules added:\n")
    assert c.get("role", "other", namespace="shop")["rules"][0]["resources"] == ["pods", "secrets"]


def test_reconcile_adds_and_keeps_the_rest(c: sanb.Cluster) -> None:
    result = c.kubectl("auth reconcile -f -", stdin=ROLE)
    assert result.stderr == (
        "\treconciliation required update\n"
        "\tmissing rules added:\n"
        "\t\t{Verbs:[get] APIGroups:[] Resources:[secrets] ResourceNames:[] NonResourceURLs:[]}\n"
        "\textra rules present:\n"
        "\t\t{Verbs:[list] APIGroups:[] Resources:[pods] ResourceNames:[] NonResourceURLs:[]}\n"
        "\t\t{Verbs:[get list] APIGroups:[] Resources:[pods/log] ResourceNames:[] NonResourceURLs:[]}\n"
        "\treconciliation required update\n"
        "\tmissing subjects added:\n"
        "\t\t{Kind:User APIGroup:rbac.authorization.k8s.io Name:bob Namespace:}\n"
        "\textra subjects present:\n"
        "\t\t{Kind:Group APIGroup:rbac.authorization.k8s.io Name:dev Namespace:}\n"
        "\t\t{Kind:ServiceAccount APIGroup: Name:web Namespace:shop}\n"
    )
    assert c.can("bob", "get", "secrets", namespace="shop")
    assert c.can("system:serviceaccount:shop:web", "list", "pods", namespace="shop")
    assert c.kubectl("auth reconcile -f -", stdin=ROLE).stderr == ""


def test_reconcile_removes_what_is_too_much_when_told(c: sanb.Cluster) -> None:
    c.kubectl("auth reconcile -f - --remove-extra-permissions --remove-extra-subjects", stdin=ROLE)
    assert c.can("bob", "get", "pods", namespace="shop")
    assert not c.can("bob", "list", "pods", namespace="shop")
    assert not c.can("system:serviceaccount:shop:web", "get", "pods", namespace="shop")


def test_reconcile_replaces_a_binding_to_another_role(c: sanb.Cluster) -> None:
    uid = c.get("rolebinding", "readers", namespace="shop")["metadata"]["uid"]
    other = ROLE.split("---")[1].replace("name: reader}", "name: writer}")
    assert "\treconciliation required recreate\n" in c.kubectl("auth reconcile -f -", stdin=other).stderr
    binding = c.get("rolebinding", "readers", namespace="shop")
    assert (binding["roleRef"]["name"], binding["metadata"]["uid"] != uid) == ("writer", True)


def test_a_dry_run_of_reconcile_changes_nothing(c: sanb.Cluster) -> None:
    result = c.kubectl("auth reconcile -f - --dry-run=client", stdin=ROLE)
    assert result.stdout.splitlines()[0] == "role.rbac.authorization.k8s.io/reader reconciled (dry run)"
    assert not c.can("bob", "get", "pods", namespace="shop")
