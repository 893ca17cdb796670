"""Bound tokens: the claims that are validated, in upstream's order and words (SEM 9.3; upstream's table 6)."""

from __future__ import annotations

from typing import Any

import pytest

from sanb.apiserver import authn_bound
from sanb.apiserver.authn_result import TokenRefused
from sanb.apiserver.relations import INDEXERS
from sanb.apiserver.view import View
from sanb.profiles.profile import Profile
from sanb.store.store import Store
from sanb.times import rfc3339
from sanb.values import Obj

NOW = 1514764800
GONE = "service account token has been invalidated"
OBJECTS = {"secret": ("secrets", "secretname", "secretuid"), "pod": ("pods", "podname", "poduid"),
           "node": ("nodes", "nodename", "nodeuid")}


def claims(bound: str = "", uid: str = "", account_uid: str = "sauid", **times: Any) -> Obj:
    """What upstream's table validates: account ns/saname, expiring now; `bound` "pod", "secret" or "node"."""
    private: Obj = {"namespace": "ns", "serviceaccount": {"name": "saname", "uid": account_uid}}
    if bound:
        _, name, own = OBJECTS[bound]
        private[bound] = {"name": name, "uid": uid or own}
    return {"sub": "system:serviceaccount:ns:saname", "exp": NOW, "nbf": 0, "iat": NOW, "kubernetes.io": private, **times}


def validated(
    contents: Obj, minor: str = "1.36", *, gates: dict[str, bool] | None = None, account: bool = True,
    deleted: dict[str, float] | None = None, gone: tuple[str, ...] = (), now: float = NOW,
) -> str:
    """What is said against the claims, "" if nothing; `deleted` gives deletion timestamps relative to now."""
    store = Store(INDEXERS)
    things = {"account": ("serviceaccounts", "saname", "sauid"), **OBJECTS}
    for word, (resource, name, uid) in things.items():
        if word in gone or (word == "account" and not account):
            continue
        namespace = "" if word == "node" else "ns"
        fields: Obj = {"name": name, "namespace": namespace, "uid": uid}
        if deleted and word in deleted:
            fields["deletionTimestamp"] = rfc3339(NOW + deleted[word])
        store.commit((resource, namespace, name), {"metadata": fields, "spec": {}, "type": "Opaque"})
    try:
        authn_bound.judge(View(store, now, Profile.of(minor, gates), 7), contents, "token")
    except TokenRefused as refusal:
        return str(refusal)
    return ""


# ---------------------------------------------------------------------- upstream's table


@pytest.mark.parametrize(("contents", "how", "expected"), [
    pytest.param(claims(), {}, "", id="UT-098"),
    pytest.param(claims(exp=NOW - 1000 * 3600), {}, "service account token has expired", id="UT-099"),
    pytest.param(claims(), {"account": False}, 'serviceaccounts "saname" not found', id="UT-101"),
    pytest.param(claims("secret"), {"gone": ("secret",)}, GONE, id="UT-102"),
    pytest.param(claims("node"), {"gone": ("node",)}, GONE, id="UT-104"),
    pytest.param(claims(account_uid="sauidold"), {}, "service account UID (sauid) does not match claim (sauidold)",
                 id="UT-105"),
    pytest.param(claims("secret", "secretuidold"), {},
                 "secret UID (secretuid) does not match service account secret ref claim (secretuidold)", id="UT-106"),
    pytest.param(claims(), {"deleted": {"account": 1}}, "", id="UT-111"),
    pytest.param(claims("secret"), {}, "", id="UT-114"),
    pytest.param(claims("secret"), {"deleted": {"secret": -1}}, "", id="UT-116"),
    pytest.param(claims("secret"), {"deleted": {"secret": 1}}, "", id="UT-117"),
    pytest.param(claims("secret"), {"deleted": {"secret": -60}}, "", id="UT-118"),
    pytest.param(claims("pod"), {"deleted": {"pod": -1}}, "", id="UT-122"),
    pytest.param(claims("node"), {}, "", id="UT-126"),
    pytest.param(claims("node"), {"deleted": {"node": -1}}, "", id="UT-128"),
    pytest.param(claims("node"), {"deleted": {"node": 1}}, "", id="UT-129"),
    pytest.param(claims("node"), {"deleted": {"node": -61}}, GONE, id="UT-131"),
])
def test_claims_are_validated_as_upstream_does(contents: Obj, how: dict[str, Any], expected: str) -> None:
    assert validated(contents, **how) == expected


# ---------------------------------------------------------------------- the rest of the specification's table


@pytest.mark.parametrize(("minor", "texts"), [
    ("1.21", {
        "expired": "Token has expired.", "early": "Token could not be validated.",
        "account": "ServiceAccount UID (sauid) does not match claim (x)",
        "deleted": "ServiceAccount ns/saname has been deleted", "gone": "Token has been invalidated",
        "pod": "Pod UID (poduid) does not match claim (x)",
    }),
    ("1.23", {
        "expired": "service account token has expired", "early": "service account token is not valid yet",
        "account": "service account UID (sauid) does not match claim (x)",
        "deleted": "service account ns/saname has been deleted", "gone": GONE,
        "pod": "pod UID (poduid) does not match service account pod ref claim (x)",
    }),
])
def test_refusals_were_reworded_in_1_23(minor: str, texts: dict[str, str]) -> None:
    assert {
        "expired": validated(claims(exp=NOW - 61), minor),
        "early": validated(claims(nbf=NOW + 61), minor),
        "account": validated(claims(account_uid="x"), minor),
        "deleted": validated(claims(), minor, deleted={"account": -61}),
        "gone": validated(claims("pod"), minor, gone=("pod",)),
        "pod": validated(claims("pod", "x"), minor),
    } == texts


def test_a_token_is_good_for_a_minute_before_and_after_its_time() -> None:
    assert validated(claims(exp=NOW - 60)) == ""
    assert validated(claims(exp=NOW - 60), now=NOW + 0.5) == "service account token has expired"
    assert validated(claims(nbf=NOW + 60)) == ""
    assert validated(claims(iat=NOW + 60)) == ""


@pytest.mark.parametrize(("minor", "text"), [("1.26", ""), ("1.27", "service account token is issued in the future")])
def test_a_token_from_the_future_is_refused_since_1_27(minor: str, text: str) -> None:
    assert validated(claims(iat=NOW + 61), minor) == text


@pytest.mark.parametrize(("minor", "text"), [
    ("1.28", "service account ns/saname has been deleted"),
    ("1.29", "service account UID (sauid) does not match claim (old)"),
])
def test_which_of_two_faults_is_told_changed_in_1_29(minor: str, text: str) -> None:
    assert validated(claims(account_uid="old"), minor, deleted={"account": -61}) == text


def test_1_10_knows_no_grace_and_compares_the_claim_with_itself() -> None:
    gone = "Token has been invalidated"
    assert validated(claims("pod"), "1.10", deleted={"pod": 30}) == gone
    assert validated(claims("pod", "another"), "1.10") == ""
    assert validated(claims("pod", "another"), "1.20") == "Pod UID (poduid) does not match claim (another)"


def test_the_node_of_a_pods_token_is_not_looked_up() -> None:
    contents = claims("pod")
    contents["kubernetes.io"]["node"] = {"name": "nowhere", "uid": "x"}
    assert validated(contents) == ""


def test_a_token_bound_to_a_node_needs_its_gate() -> None:
    gate = {"ServiceAccountTokenNodeBindingValidation": False}
    assert validated(claims("node"), gates=gate) == (
        "token is bound to a Node object but the ServiceAccountTokenNodeBindingValidation feature gate is disabled"
    )


def test_claims_of_the_wrong_type_are_as_good_as_none() -> None:
    contents = {**claims(exp="soon", nbf="x", iat=None), "kubernetes.io": ["x"]}
    assert validated(contents) == 'serviceaccounts "" not found'


@pytest.mark.parametrize(("minor", "extra"), [
    ("1.10", ()),
    ("1.23", ("pod-name", "pod-uid")),
    ("1.36", ("credential-id", "node-name", "node-uid", "pod-name", "pod-uid")),
])
def test_a_pods_user_carries_more_in_newer_minors(minor: str, extra: tuple[str, ...]) -> None:
    """UT-419, UT-420: the uid of the node only if the claim has it."""
    contents = claims("pod", jti="j")
    contents["kubernetes.io"]["node"] = {"name": "n", "uid": "nu"}
    store = Store(INDEXERS)
    for resource, name, uid in (("serviceaccounts", "saname", "sauid"), ("pods", "podname", "poduid")):
        metadata = {"name": name, "namespace": "ns", "uid": uid}
        store.commit((resource, "ns", name), {"metadata": metadata, "spec": {}})
    view = View(store, NOW, Profile.of(minor), 7)
    found = authn_bound.judge(view, contents, "token")
    assert tuple(key.removeprefix("authentication.kubernetes.io/") for key, _ in found.extra) == extra
    del contents["kubernetes.io"]["node"]["uid"]
    assert "node-uid" not in str(authn_bound.judge(view, contents, "token").extra)
