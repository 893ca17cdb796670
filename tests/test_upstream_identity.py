"""Upstream's cases of ServiceAccounts and of what signs and publishes keys, where they fit nowhere else (tables 17, 8, 20).

Rows that cannot be tests, because what they are about is not there (docs/fidelity.md says so):
* UT-153: the documents of the issuer follow the keys at once; there is no key source that changes without a word.
* UT-232: controllers count no metrics.
* UT-378: audit annotations are not written; that an unbound token has a jti is tested in tests/apiserver/test_tokenrequest.py.
* UT-441, UT-443, UT-446, UT-448, UT-449: there is no external signer. What they come to for a token, a key that is not
  published (yet), is here; both documents are served (tests/http/test_oidc.py).
* UT-488, UT-489: admission reads the newest state, so there is no cache that a live read could put right; a namespace
  that is Terminating refuses at any time (tests/apiserver/plugins/test_namespacelifecycle.py).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

import sanb
from sanb.apiserver.request import Request
from sanb.tokens import keys

ENFORCE = {"kubernetes.io/enforce-mountable-secrets": "true"}
DEPRECATED = (
    "metadata.annotations[kubernetes.io/enforce-mountable-secrets]: deprecated in v1.32+; prefer separate namespaces to "
    "isolate access to mounted secrets",
)


@pytest.fixture
def c() -> sanb.Cluster:
    cluster = sanb.Cluster("1.36", seed=1, nodes=0)
    cluster.run()
    return cluster


def changed(c: sanb.Cluster, patch: Any) -> Any:
    request = Request("patch", "serviceaccounts", "default", "default", "", patch, {"patchType": "merge"})
    return c.request(request)


def test_an_account_may_be_named_by_the_server(c: sanb.Cluster) -> None:
    """UT-379."""
    made = c.create("sa", generate_name="foo-")
    assert made["metadata"]["generateName"] == "foo-"
    assert made["metadata"]["name"].startswith("foo-") and len(made["metadata"]["name"]) == 9


@pytest.mark.parametrize(("name", "text"), [
    ("", "metadata.name: Required value: name or generateName is required"),
    ("name with spaces", "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters"),
])
def test_an_account_needs_a_name_that_is_one(c: sanb.Cluster, name: str, text: str) -> None:
    """UT-380."""
    with pytest.raises(sanb.ApiError, match=text) as caught:
        c.request(Request("create", "serviceaccounts", "default", body={"metadata": {"name": name}}))
    assert (caught.value.code, caught.value.reason) == (422, "Invalid")


def test_an_account_may_list_an_empty_reference(c: sanb.Cluster) -> None:
    """UT-381."""
    assert changed(c, {"secrets": [{}]}).body["secrets"] == [{}]


def test_accounts_have_one_short_name(c: sanb.Cluster) -> None:
    """UT-382."""
    assert c.kind("serviceaccounts").short == ("sa",)


def test_only_the_change_that_asks_for_mountable_secrets_is_warned_of(c: sanb.Cluster) -> None:
    """UT-385, UT-386."""
    assert changed(c, {"metadata": {"annotations": ENFORCE}}).warnings == DEPRECATED
    assert changed(c, {"metadata": {"labels": {"a": "b"}}}).warnings == ()


def test_a_key_that_is_not_published_signs_tokens_that_nobody_accepts(c: sanb.Cluster) -> None:
    """What UT-441, UT-443 and UT-446 come to: an id that is unknown, and a known id with another key behind it."""
    own, other = c.authority, keys.pool()[5]
    uid = c.get("sa", "default")["metadata"]["uid"]
    stranger = replace(own, signing=other)
    said = {
        "iss": own.issuer, "aud": list(own.api_audiences), "exp": int(c.now) + 600,
        "sub": "system:serviceaccount:default:default",
        "kubernetes.io": {"namespace": "default", "serviceaccount": {"name": "default", "uid": uid}},
    }
    assert review(c, own.sign(said)) is None
    assert review(c, stranger.sign(said)) == "[invalid bearer token, invalid signature, no keys found]"
    from jwt.api_jws import PyJWS

    from sanb.tokens.authority import payload

    forged = PyJWS().encode(payload(said), other.private, "RS256", {"typ": None, "kid": own.signing.kid})
    assert review(c, forged) == "[invalid bearer token, go-jose/go-jose: error in cryptographic primitive]"


def review(c: sanb.Cluster, token: str) -> Any:
    request = Request("create", "tokenreviews.authentication.k8s.io", body={"spec": {"token": token}})
    return c.request(request).body["status"].get("error")
