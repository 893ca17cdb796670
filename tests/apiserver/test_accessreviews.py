"""Access reviews and the review of one's own rules (SEM 10.6); the recorded ones are in tests/conformance."""

from __future__ import annotations

from typing import Any

import pytest

from sanb.apiserver.request import UserInfo
from sanb.values import Obj
from tests.apiserver.granted import Guarded, binding, role, rule

JANE = UserInfo("jane", groups=("dev",))
GROUP = "authorization.k8s.io"
LISTING = {"verb": "list", "resource": "pods", "namespace": "shop"}


def server(minor: str = "1.36") -> Guarded:
    kinds = "selfsubjectaccessreviews selfsubjectrulesreviews subjectaccessreviews localsubjectaccessreviews"
    everybody = role("reviews", rule("create", GROUP, kinds))
    return Guarded(
        minor, everybody, binding("reviews", "ClusterRole", "reviews", "User:jane"),
        role("pods", rule("get list", "core", "pods"), rule("get", "core", "secrets", "db"), namespace="shop"),
        binding("dev", "Role", "pods", "Group:dev", namespace="shop"),
    )


def review(
    kind: str, spec: Obj, minor: str = "1.36", namespace: str = "", user: UserInfo = JANE, **metadata: Any
) -> Obj:
    body = {"metadata": metadata, "spec": spec} if metadata else {"spec": spec}
    return server(minor).body("create", f"{kind.lower()}s.{GROUP}", namespace, body=body, user=user)


def test_may_i() -> None:
    answer = review("SelfSubjectAccessReview", {"resourceAttributes": LISTING})
    assert answer == {
        "kind": "SelfSubjectAccessReview", "apiVersion": "authorization.k8s.io/v1", "metadata": {},
        "spec": {"resourceAttributes": LISTING},
        "status": {"allowed": True, "reason": 'RBAC: allowed by RoleBinding "dev/shop" of Role "pods" to Group "dev"'},
    }


def test_a_no_is_always_said() -> None:
    answer = review("SelfSubjectAccessReview", {"resourceAttributes": {**LISTING, "verb": "delete"}}, "1.23")
    assert answer["status"] == {"allowed": False}
    assert answer["metadata"] == {"creationTimestamp": None}


def test_the_user_of_a_review_has_only_the_groups_it_names() -> None:
    assert review("SubjectAccessReview", {"user": "bob", "resourceAttributes": LISTING})["status"] == {"allowed": False}
    answer = review("SubjectAccessReview", {"user": "bob", "groups": ["dev"], "resourceAttributes": LISTING})
    assert answer["status"]["allowed"] is True


def test_a_local_review_asks_in_its_own_namespace() -> None:
    answer = review("LocalSubjectAccessReview", {"groups": ["dev"], "resourceAttributes": LISTING}, namespace="shop")
    assert (answer["metadata"], answer["status"]["allowed"]) == ({"namespace": "shop"}, True)


@pytest.mark.parametrize(("kind", "namespace", "spec", "message"), [
    ("LocalSubjectAccessReview", "other", {"user": "a", "resourceAttributes": LISTING},
     'spec.resourceAttributes.namespace: Invalid value: "shop": must match metadata.namespace'),
    ("LocalSubjectAccessReview", "shop", {"user": "a", "nonResourceAttributes": {"path": "/x", "verb": "get"}},
     'spec.nonResourceAttributes: Invalid value: {"Path":"/x","Verb":"get"}: disallowed on this kind of request'),
    ("SubjectAccessReview", "", {"resourceAttributes": LISTING},
     'spec.user: Invalid value: "": at least one of user or group must be specified'),
    ("SelfSubjectAccessReview", "", {}, "spec.resourceAttributes: Invalid value: null: "
     "exactly one of nonResourceAttributes or resourceAttributes must be specified"),
])
def test_reviews_that_are_not_valid(kind: str, namespace: str, spec: Obj, message: str) -> None:
    status = server().refused("create", f"{kind.lower()}s.{GROUP}", namespace, body={"spec": spec}, user=JANE)
    assert (status["code"], status["message"]) == (422, f'.authorization.k8s.io "" is invalid: {message}')
    assert status["details"]["group"] == GROUP


def test_what_may_i() -> None:
    answer = review("SelfSubjectRulesReview", {"namespace": "shop"})
    assert answer["spec"] == {}
    assert answer["status"]["resourceRules"][1:] == [
        {"verbs": ["get", "list"], "apiGroups": [""], "resources": ["pods"]},
        {"verbs": ["get"], "apiGroups": [""], "resources": ["secrets"], "resourceNames": ["db"]},
    ]
    assert (answer["status"]["nonResourceRules"], answer["status"]["incomplete"]) == ([], False)


def test_the_review_of_rules_needs_a_namespace() -> None:
    status = server().refused("create", f"selfsubjectrulesreviews.{GROUP}", body={"spec": {}}, user=JANE)
    assert (status["code"], status["message"]) == (400, "no namespace on request")


def test_asking_about_others_needs_leave() -> None:
    bob = UserInfo("bob")
    status = server().refused("create", f"subjectaccessreviews.{GROUP}", body={"spec": {}}, user=bob)
    assert status["message"] == (
        'subjectaccessreviews.authorization.k8s.io is forbidden: User "bob" cannot create resource '
        '"subjectaccessreviews" in API group "authorization.k8s.io" at the cluster scope'
    )


def test_reviews_can_only_be_created() -> None:
    assert server().refused("list", f"subjectaccessreviews.{GROUP}")["code"] == 405
    assert server().refused("create", f"subjectaccessreviews.{GROUP}", body=None)["code"] == 400


def test_nothing_is_stored() -> None:
    api = server()
    before = api.store.rev
    api.body("create", f"selfsubjectaccessreviews.{GROUP}", body={"spec": {"resourceAttributes": LISTING}}, user=JANE)
    assert api.store.rev == before
