"""Claims as data (UT-091 to UT-096)."""

from __future__ import annotations

from typing import Any

import pytest

from sanb.tokens import claims

NOW = 1514764800
ACCOUNT = ("mysvcacct", "mysvcacct-uid")
POD, SECRET, NODE = ("mypod", "mypod-uid"), ("mysecret", "mysecret-uid"), ("mynode", "mynode-uid")


def build(**more: Any) -> dict[str, Any]:
    settings = {"now": NOW, "seconds": 0, "audiences": [], "jti": "fixed", **more}
    return claims.bound("issuer", "myns", ACCOUNT, **settings)


def expected(exp: int, aud: list[str], **private: Any) -> dict[str, Any]:
    return {
        "aud": aud, "exp": exp, "iat": NOW, "iss": "issuer", "jti": "fixed",
        "kubernetes.io": {
            "namespace": "myns", "serviceaccount": {"name": "mysvcacct", "uid": "mysvcacct-uid"}, **private,
        },
        "nbf": NOW, "sub": "system:serviceaccount:myns:mysvcacct",
    }


def test_a_token_bound_to_a_secret_names_it() -> None:
    """UT-091."""
    secret = {"name": "mysecret", "uid": "mysecret-uid"}
    assert build(seconds=100, audiences=["1"], secret=SECRET) == expected(NOW + 100, ["1"], secret=secret)


def test_an_unbound_token_names_no_object() -> None:
    """UT-092."""
    assert build(seconds=100, audiences=["1", "2"]) == expected(NOW + 100, ["1", "2"])


def test_a_token_bound_to_a_node_names_no_pod() -> None:
    """UT-094."""
    assert build(node=NODE) == expected(NOW, [], node={"name": "mynode", "uid": "mynode-uid"})


def test_a_token_bound_to_a_pod_names_its_node_too() -> None:
    """UT-095."""
    pod, node = {"name": "mypod", "uid": "mypod-uid"}, {"name": "mynode", "uid": "mynode-uid"}
    assert build(pod=POD, node=NODE) == expected(NOW, [], pod=pod, node=node)


@pytest.mark.parametrize("other", [{"node": NODE}, {"pod": POD}, {"node": NODE, "pod": POD}])
def test_a_token_cannot_be_bound_to_a_secret_and_something_else(other: dict[str, Any]) -> None:
    """UT-096."""
    with pytest.raises(ValueError, match=r"^internal error, token can only be bound to one object type$"):
        build(secret=SECRET, **other)


def test_a_node_that_is_missing_is_named_without_a_uid() -> None:
    assert build(pod=POD, node=("mynode", ""))["kubernetes.io"]["node"] == {"name": "mynode"}


def test_an_extended_token_says_when_it_should_have_been_replaced() -> None:
    made = build(seconds=31536000, pod=POD, warn_after=3607)
    assert (made["exp"], made["kubernetes.io"]["warnafter"]) == (NOW + 31536000, NOW + 3607)


def test_a_token_without_jti_has_no_such_member() -> None:
    assert "jti" not in build(jti="")


def test_claims_are_made_in_sorted_order_at_each_level() -> None:
    made = build(pod=POD, node=NODE, warn_after=1)
    assert list(made) == sorted(made)
    assert list(made["kubernetes.io"]) == sorted(made["kubernetes.io"])


def test_legacy_claims_are_those_of_the_specification() -> None:
    assert claims.legacy("default", "test-token-wt6nr", "test", "u1") == {
        "iss": "kubernetes/serviceaccount",
        "kubernetes.io/serviceaccount/namespace": "default",
        "kubernetes.io/serviceaccount/secret.name": "test-token-wt6nr",
        "kubernetes.io/serviceaccount/service-account.name": "test",
        "kubernetes.io/serviceaccount/service-account.uid": "u1",
        "sub": "system:serviceaccount:default:test",
    }
