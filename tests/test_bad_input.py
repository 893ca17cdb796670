"""Whatever somebody tries: the real server's answer, and nothing else. One row for each, through the public API.

More tokens, claim by claim: tests/apiserver/test_authn.py and test_authn_bound.py.
"""

from __future__ import annotations

from base64 import b64decode, urlsafe_b64encode
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.api_jws import PyJWS

import sanb
from sanb.apiserver.request import Request
from sanb.tokens import claims, keys
from sanb.tokens.authority import payload
from sanb.values import Lazy

SHOP = {"namespace": "shop"}
MILLION = 1_000_000
OTHER = keys.pool()[5]
NOBODY, UNSIGNED, NO_KEYS = "invalid bearer token", "{} cryptographic primitive", "invalid signature, no keys found"
OLD, NEW = "1.23", "1.36"


def cluster(minor: str) -> sanb.Cluster:
    c = sanb.Cluster(minor, seed=7, nodes=0)
    c.create("namespace", "shop")
    c.run()
    c.create("sa", "web", **SHOP)
    c.run()
    c.create("pod", "p", body={"spec": {"serviceAccountName": "web", "containers": [{"name": "c", "image": "i"}]}}, **SHOP)
    return c


@pytest.fixture(scope="module")
def clusters() -> dict[str, sanb.Cluster]:
    return {minor: cluster(minor) for minor in (OLD, NEW)}


def b64(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")


def said(c: sanb.Cluster, **more: Any) -> dict[str, Any]:
    """What a good token of the account web says, but for `more`."""
    uid = more.pop("uid", None) or c.get("sa", "web", **SHOP)["metadata"]["uid"]
    times = {"now": int(c.now), "seconds": 3600, "audiences": c.authority.api_audiences}
    bound = {key: more.pop(key) for key in ("pod", "secret", "node") if key in more}
    return {**claims.bound(c.authority.issuer, "shop", ("web", uid), **times, **bound), **more}


def sealed(c: sanb.Cluster, header: bytes, key: bytes = b"") -> str:
    """A token with another header, sealed by an HMAC of `key` if there is one."""
    text = f"{b64(header)}.{b64(payload(said(c)))}"
    if not key:
        return f"{text}."
    seal = hmac.HMAC(key, hashes.SHA256())
    seal.update(text.encode())
    return f"{text}.{b64(seal.finalize())}"


def public(c: sanb.Cluster) -> bytes:
    return bytes(c.authority.signing.public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))


def with_kid(c: sanb.Cluster, key: keys.Key, kid: str) -> str:
    return PyJWS().encode(payload(said(c)), key.private, "RS256", {"typ": None, "kid": kid})


def good(c: sanb.Cluster) -> str:
    return c.authority.sign(said(c))


def uid_of(c: sanb.Cluster, kind: str, name: str) -> str:
    return str(c.get(kind, name, **SHOP)["metadata"]["uid"])


Try = Callable[[sanb.Cluster], str]
TOKENS: list[tuple[str, Try, str, str]] = [
    # what is tried, the token, what 1.23 says, what 1.36 says
    ("garbage", lambda c: "garbage", NOBODY, NOBODY),
    ("three parts of garbage", lambda c: "a.b.c", NOBODY, NOBODY),
    ("a million characters", lambda c: "a" * MILLION, NOBODY, NOBODY),
    ("a million characters in three parts", lambda c: ".".join(["a" * (MILLION // 4)] * 3), NOBODY, NOBODY),
    ("alg none", lambda c: sealed(c, b'{"alg":"none"}'), UNSIGNED, UNSIGNED),
    ("alg none in capitals", lambda c: sealed(c, b'{"alg":"NONE"}'), UNSIGNED, UNSIGNED),
    ("HS256 with the public key as secret", lambda c: sealed(c, b'{"alg":"HS256"}', public(c)), UNSIGNED, UNSIGNED),
    ("an unknown kid", lambda c: with_kid(c, c.authority.signing, "x"), "", NO_KEYS),
    ("the right kid and another key", lambda c: with_kid(c, OTHER, c.authority.signing.kid), UNSIGNED, UNSIGNED),
    ("a signature of nobody's key", lambda c: replace(c.authority, signing=OTHER).sign(said(c)), UNSIGNED, NO_KEYS),
    ("truncated within its last byte", lambda c: good(c)[:-1], NOBODY, NOBODY),
    ("truncated by bytes", lambda c: good(c)[:-2], UNSIGNED, UNSIGNED),
    ("without its signature", lambda c: good(c).rpartition(".")[0], NOBODY, NOBODY),
    ("another issuer", lambda c: c.authority.sign(said(c, iss="https://evil")), NOBODY, NOBODY),
    ("the issuer of legacy tokens", lambda c: c.authority.sign(said(c, iss="kubernetes/serviceaccount")),
     "namespace claim is missing", "namespace claim is missing"),
    ("expired", lambda c: c.authority.sign(said(c, exp=int(c.now) - 61)), *["service account token has expired"] * 2),
    ("not valid yet", lambda c: c.authority.sign(said(c, nbf=int(c.now) + 62)), *["service account token is not valid yet"] * 2),
    ("issued in the future", lambda c: c.authority.sign(said(c, iat=int(c.now) + 62)), "",
     "service account token is issued in the future"),
    ("a wrong audience", lambda c: c.authority.sign(said(c, aud=["vault"])), *[
        'token audiences ["vault"] is invalid for the target audiences ["https://kubernetes.default.svc.cluster.local"]'] * 2),
    ("an account of another UID", lambda c: c.authority.sign(said(c, uid="old")), *[
        "service account UID ({web}) does not match claim (old)"] * 2),
    ("a Pod of another UID", lambda c: c.authority.sign(said(c, pod=("p", "old"))), *[
        "pod UID ({p}) does not match service account pod ref claim (old)"] * 2),
    ("a Pod that is not there", lambda c: c.authority.sign(said(c, pod=("q", "old"))), *[
        "service account token has been invalidated"] * 2),
    ("an account that is not there", lambda c: c.authority.sign({**said(c), "kubernetes.io": {
        "namespace": "shop", "serviceaccount": {"name": "n" * 20, "uid": "u"}}}), *[
        'serviceaccounts "nnnnnnnnnnnnnnnnnnnn" not found'] * 2),
]
LIBRARY = {OLD: "square/go-jose: error in", NEW: "go-jose/go-jose: error in"}


@pytest.mark.parametrize("minor", [OLD, NEW])
@pytest.mark.parametrize(("name", "make", "old", "new"), TOKENS, ids=[row[0] for row in TOKENS])
def test_a_bad_token(clusters: dict[str, sanb.Cluster], minor: str, name: str, make: Try, old: str, new: str) -> None:
    c = clusters[minor].fork()
    expected = old if minor == OLD else new
    expected = expected.replace("{web}", uid_of(c, "sa", "web")).replace("{p}", uid_of(c, "pod", "p"))
    expected = expected.replace("{}", LIBRARY[minor])
    token = make(c)
    state = c.fingerprint()
    status = review(c, token)
    if not expected:  # this minor does not look at it
        assert status["authenticated"]
        return
    assert status == {"user": {}, "error": expected if expected == NOBODY else f"[{NOBODY}, {expected}]"}
    with pytest.raises(sanb.ApiError) as caught:
        c.client(token).list("pods", **SHOP)
    assert (caught.value.code, caught.value.message) == (401, "Unauthorized")
    assert c.fingerprint() == state


def review(c: sanb.Cluster, token: Any) -> dict[str, Any]:
    request = Request("create", "tokenreviews.authentication.k8s.io", body={"spec": {"token": token}})
    found: dict[str, Any] = c.request(request).body["status"]
    return found


ENDS: list[tuple[str, Callable[[sanb.Cluster], object], str]] = [
    ("nothing", lambda c: None, ""),
    ("its time is over", lambda c: c.run(for_="12m"), "service account token has expired"),
    ("its account is gone", lambda c: c.delete("sa", "web", **SHOP), 'serviceaccounts "web" not found'),
    ("its Pod is gone", lambda c: c.delete("pod", "p", grace=0, **SHOP), "service account token has been invalidated"),
    ("its key is gone", lambda c: c.rotate_keys(keep=False), NO_KEYS),
]


@pytest.mark.parametrize("read", [False, True])
@pytest.mark.parametrize(("name", "end", "expected"), ENDS, ids=[row[0] for row in ENDS])
def test_a_lazily_signed_token_is_checked_like_any_other(
    clusters: dict[str, sanb.Cluster], name: str, end: Callable[[sanb.Cluster], object], expected: str, read: bool,
) -> None:
    c = clusters[NEW].fork()
    reference = {"kind": "Pod", "apiVersion": "v1", "name": "p", "uid": uid_of(c, "pod", "p")}
    spec = {"expirationSeconds": 600, "boundObjectRef": reference}
    token = c.request(Request("create", "serviceaccounts", "shop", "web", "token", {"spec": spec})).body["status"]["token"]
    assert isinstance(token, Lazy) and not token.read
    if read:
        assert str(token).count(".") == 2
    end(c)
    c.advance(11)
    status = review(c, token)
    assert status.get("error", "") == (f"[{NOBODY}, {expected}]" if expected else "")
    assert status.get("authenticated", False) is (not expected)


def test_a_lazily_signed_secret_is_compared_with_its_text(clusters: dict[str, sanb.Cluster]) -> None:
    """A token of the right Secret that is not the Secret's own text is refused."""
    c = clusters[OLD].fork()
    secret = next(one for one in c.list("secrets", **SHOP) if one["metadata"]["name"].startswith("web-"))
    uid = uid_of(c, "sa", "web")
    said = claims.legacy("shop", secret["metadata"]["name"], "web", uid)
    twin = c.authority.sign({**said, "aud": list(c.authority.api_audiences)})
    assert review(c, twin)["error"] == f"[{NOBODY}, Token does not match server's copy]"
    assert review(c, b64decode(str(secret["data"]["token"])).decode())["authenticated"]


# ---------------------------------------------------------------------- roles and bindings

GROUP = "rbac.authorization.k8s.io"


def role(c: sanb.Cluster, name: str, selected: str, **more: Any) -> None:
    """A ClusterRole with the label `has: name` that is put together of those with the label `has: selected`."""
    c.apply({
        "apiVersion": f"{GROUP}/v1", "kind": "ClusterRole", "metadata": {"name": name, "labels": {"has": name}},
        "aggregationRule": {"clusterRoleSelectors": [{"matchLabels": {"has": selected}}]}, **more,
    })


@pytest.mark.parametrize("names", [["a"], ["a", "b"], ["a", "b", "c"]], ids=["itself", "two", "three"])
def test_roles_that_aggregate_each_other_come_to_rest(names: list[str]) -> None:
    c = sanb.Cluster(NEW, seed=7, nodes=0)
    for name, selected in zip(names, [*names[1:], names[0]], strict=True):
        role(c, name, selected)
    ran = c.run()
    assert ran.quiet and ran.actions < 200
    assert [c.get("clusterrole", name).get("rules") or [] for name in names] == [[]] * len(names)
    reader = {"apiVersion": f"{GROUP}/v1", "kind": "ClusterRole", "metadata": {"name": "z", "labels": {"has": names[0]}},
              "rules": [{"verbs": ["get"], "apiGroups": [""], "resources": ["pods"]}]}
    c.apply(reader)
    assert c.run().quiet
    assert all(c.get("clusterrole", name)["rules"] == reader["rules"] for name in names)


def test_a_binding_to_a_role_that_is_missing_grants_nothing_and_says_so() -> None:
    c = cluster(NEW)
    c.kubectl("create rolebinding lost --role=ghost --user=jane -n shop")
    c.kubectl("create clusterrolebinding lost --clusterrole=ghost --user=jane")
    with c.as_("jane"), pytest.raises(sanb.ApiError) as caught:
        c.list("pods", **SHOP)
    assert (caught.value.code, caught.value.message) == (403, (
        'pods is forbidden: User "jane" cannot list resource "pods" in API group "" in the namespace "shop": RBAC: '
        '[clusterrole.rbac.authorization.k8s.io "ghost" not found, role.rbac.authorization.k8s.io "ghost" not found]'
    ))
    assert not c.can("jane", "list", "pods", **SHOP)


LONG = "n" * MILLION


@pytest.mark.parametrize(("kind", "body"), [
    ("serviceaccounts", {}), ("namespaces", {}),
    (f"clusterroles.{GROUP}", {"rules": []}),
    (f"rolebindings.{GROUP}", {"roleRef": {"apiGroup": GROUP, "kind": "Role", "name": "r"}}),
])
def test_a_name_of_a_million_characters_is_refused_or_stored_as_the_kind_allows(kind: str, body: dict[str, Any]) -> None:
    """Names of accounts and namespaces are DNS names; those of roles and bindings are path segments of any length."""
    c = cluster(NEW)
    request = Request("create", kind, "shop" if not kind.startswith(("namespaces", "cluster")) else "",
                      body={"metadata": {"name": LONG}, **body})
    if GROUP in kind:
        assert c.request(request).body["metadata"]["name"] == LONG
        return
    with pytest.raises(sanb.ApiError) as caught:
        c.request(request)
    most = 63 if kind == "namespaces" else 253
    assert (caught.value.code, caught.value.reason) == (422, "Invalid")
    assert f"must be no more than {most} bytes" in caught.value.message


def test_a_user_and_a_subject_of_a_million_characters_are_like_any_other() -> None:
    c = cluster(NEW)
    assert not c.can(LONG, "get", "pods", **SHOP)
    with c.as_(LONG), pytest.raises(sanb.ApiError) as caught:
        c.get("pod", LONG, **SHOP)
    assert caught.value.message == (
        f'pods "{LONG}" is forbidden: User "{LONG}" cannot get resource "pods" in API group "" in the namespace "shop"')
    c.kubectl("create role reader --verb=get --resource=pods -n shop")
    c.kubectl(["create", "rolebinding", "long", "--role=reader", f"--user={LONG}", "-n", "shop"])
    assert c.can(LONG, "get", "pods", **SHOP)
    assert not c.can(LONG + "n", "get", "pods", **SHOP)
