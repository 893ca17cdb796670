"""Golden timelines: what happens to accounts, Secrets and tokens, and in which order (SEM 14.1)."""

from __future__ import annotations

import re
from base64 import b64decode
from typing import Any

import pytest

import sanb
from sanb.apiserver.authn_legacy import INVALID_SINCE
from sanb.apiserver.request import Request
from sanb.times import parse, rfc3339

SHOP = {"namespace": "shop"}
DAY = 86400.0
ABC = "bcdfghjklmnpqrstvwxz2456789"
TOKEN_FILE = "/var/run/secrets/kubernetes.io/serviceaccount/token"


def shop(minor: str, **options: Any) -> sanb.Cluster:
    """A cluster with the namespace shop, in which everything has happened."""
    c = sanb.Cluster(minor, seed=7, **options)
    c.run()
    c.create("namespace", "shop")
    c.run()
    return c


def happened(c: sanb.Cluster, rev: int, *known: str) -> list[str]:
    """What was written to accounts, token Secrets and ConfigMaps of the namespace since a revision.

    Random parts of names become xxxxx, yyyyy and so on, beginning with `known` ones.
    """
    told = []
    names: dict[str, str] = {name: f"default-token-{'xyz'[number] * 5}" for number, name in enumerate(known)}
    for version in c.store.since(rev):
        resource, namespace, name = version.key
        if namespace != "shop" or resource not in ("serviceaccounts", "secrets", "configmaps"):
            continue
        if resource == "secrets":
            name = names.setdefault(name, re.sub(rf"-[{ABC}]{{5}}$", f"-{'xyz'[len(names)] * 5}", name))
        shown = f"{resource}/{name}"
        if version.obj is None:
            told.append(f"{shown} gone")
        elif resource == "serviceaccounts":
            references = [names.get(one["name"], one["name"]) for one in version.obj.get("secrets") or ()]
            told.append(f"{shown} SECRETS {len(references)} {' '.join(references)}".rstrip())
        else:
            told.append(shown)
    return told


def secrets(c: sanb.Cluster) -> list[Any]:
    return list(c.list("secrets", **SHOP))


def legacy(secret: Any) -> str:
    return b64decode(str(secret["data"]["token"])).decode()


def review(c: sanb.Cluster, token: str) -> Any:
    return c.request(Request("create", "tokenreviews.authentication.k8s.io", body={"spec": {"token": token}})).body["status"]


def accepted(c: sanb.Cluster, token: str) -> bool:
    return bool(review(c, token).get("authenticated"))


def mounted(c: sanb.Cluster, pod: str = "web") -> str:
    return c.pod("shop", pod).exec(f"cat {TOKEN_FILE}").stdout


ACCOUNT = ["serviceaccounts/default SECRETS 0"]
TOKEN = ["secrets/default-token-xxxxx", "serviceaccounts/default SECRETS 1 default-token-xxxxx"]
ROOT_CA = ["configmaps/kube-root-ca.crt"]


# ---------------------------------------------------------------------- 1: a namespace is created


@pytest.mark.parametrize(("minor", "expected"), [
    ("1.10", [*ACCOUNT, *TOKEN]), ("1.20", [*ACCOUNT, *ROOT_CA, *TOKEN]), ("1.23", [*ACCOUNT, *ROOT_CA, *TOKEN]),
    ("1.24", [*ACCOUNT, *ROOT_CA]), ("1.36", [*ACCOUNT, *ROOT_CA]),
])
def test_a_new_namespace_gets_its_account_and_what_the_minor_adds(minor: str, expected: list[str]) -> None:
    c = sanb.Cluster(minor, seed=7)
    c.run()
    rev = c.store.rev
    c.create("namespace", "shop")
    c.run()
    found = happened(c, rev)
    assert sorted(found) == sorted(expected)
    assert [one for one in found if one not in ROOT_CA] == [one for one in expected if one not in ROOT_CA]


# ---------------------------------------------------------------------- 2: a Pod at once in a new namespace


@pytest.mark.parametrize("minor", ["1.10", "1.21", "1.36"])
def test_a_pod_at_once_in_a_new_namespace_waits_for_its_account(minor: str) -> None:
    c = sanb.Cluster(minor, seed=7)
    c.run()
    c.create("namespace", "shop")
    before = c.now
    c.create("pod", "web", image="nginx", **SHOP)
    assert 0 <= c.now - before <= 1.8
    c.run()
    assert c.get("pod", "web", **SHOP)["status"]["phase"] == "Running"


def test_in_1_10_an_account_without_a_token_is_a_500() -> None:
    c = sanb.Cluster("1.10", seed=7)
    c.run()
    with c.paused("tokens"):
        c.create("namespace", "shop")
        c.run()
        with pytest.raises(sanb.ApiError, match='No API token found for service account "default"') as caught:
            c.create("pod", "web", image="nginx", **SHOP)
    assert (caught.value.code, caught.value.reason) == (500, "ServerTimeout")


def test_since_1_21_the_kubelet_waits_for_the_ca_instead() -> None:
    c = sanb.Cluster("1.21", seed=7)
    c.run()
    with c.paused("rootca", "tokens"):
        c.create("namespace", "shop")
        c.run()
        c.create("pod", "web", image="nginx", **SHOP)
        c.run(for_="10s")
        assert c.get("pod", "web", **SHOP)["status"]["phase"] == "Pending"
        why = [event["message"] for event in c.list("events", **SHOP) if event["reason"] == "FailedMount"]
        assert 'configmap "kube-root-ca.crt" not found' in why[0]
    c.run()
    assert c.get("pod", "web", **SHOP)["status"]["phase"] == "Running"


# ---------------------------------------------------------------------- 3: the token Secret is deleted


@pytest.mark.parametrize("minor", ["1.10", "1.23"])
def test_a_deleted_token_secret_is_unlisted_and_another_one_made(minor: str) -> None:
    c = shop(minor)
    rev = c.store.rev
    c.delete("secret", secrets(c)[0]["metadata"]["name"], **SHOP)
    c.run()
    assert happened(c, rev) == [
        "secrets/default-token-xxxxx gone", "serviceaccounts/default SECRETS 0", "secrets/default-token-yyyyy",
        "serviceaccounts/default SECRETS 1 default-token-yyyyy",
    ]


def test_in_1_10_pods_keep_the_secret_that_is_gone_and_new_ones_mount_the_new_one() -> None:
    c = shop("1.10")
    c.create("pod", "web", image="nginx", **SHOP)
    c.run()
    old, token = secrets(c)[0]["metadata"]["name"], mounted(c)
    c.delete("secret", old, **SHOP)
    c.run()
    c.create("pod", "late", image="nginx", **SHOP)
    c.run(for_="5m")
    volumes = [pod["spec"]["volumes"][0]["secret"]["secretName"] for pod in c.list("pods", **SHOP)]
    assert volumes == [secrets(c)[0]["metadata"]["name"], old]  # late, web
    assert mounted(c) == token != mounted(c, "late")
    assert c.get("pod", "web", **SHOP)["status"]["phase"] == "Running"


def test_since_1_24_a_left_over_is_unlisted_and_that_is_all() -> None:
    c = shop("1.23")
    c.upgrade("1.24")
    c.run()
    rev = c.store.rev
    c.delete("secret", secrets(c)[0]["metadata"]["name"], **SHOP)
    c.run()
    assert happened(c, rev) == ["secrets/default-token-xxxxx gone", "serviceaccounts/default SECRETS 0"]


# ---------------------------------------------------------------------- 4: the account is deleted


@pytest.mark.parametrize("minor", ["1.10", "1.23"])
def test_a_deleted_account_takes_its_token_along_and_both_come_anew(minor: str) -> None:
    c = shop(minor)
    uid, secret, rev = c.get("sa", "default", **SHOP)["metadata"]["uid"], secrets(c)[0], c.store.rev
    token = legacy(secret)
    c.delete("sa", "default", **SHOP)
    c.run()
    assert sorted(happened(c, rev, secret["metadata"]["name"])) == [
        "secrets/default-token-xxxxx gone", "secrets/default-token-yyyyy", "serviceaccounts/default SECRETS 0",
        "serviceaccounts/default SECRETS 1 default-token-yyyyy", "serviceaccounts/default gone",
    ]
    assert c.get("sa", "default", **SHOP)["metadata"]["uid"] != uid
    assert review(c, token)["error"] == "[invalid bearer token, Token has been invalidated]"
    assert accepted(c, legacy(secrets(c)[0]))


def test_pods_keep_the_old_token_until_it_is_due_and_then_have_one_of_the_new_account() -> None:
    c = shop("1.36")
    c.create("pod", "web", image="nginx", **SHOP)
    c.run()
    pod, client = c.pod("shop", "web"), c.pod("shop", "web").client()
    began, first = c.now, mounted(c)
    with pytest.raises(sanb.ApiError, match="cannot list resource"):
        client.list("pods", **SHOP)
    old = c.get("sa", "default", **SHOP)["metadata"]["uid"]
    c.delete("sa", "default", **SHOP)
    c.run()
    new = c.get("sa", "default", **SHOP)["metadata"]["uid"]

    with pytest.raises(sanb.ApiError, match="cannot list resource"):
        client.list("pods", **SHOP)  # the API server remembers for ten seconds
    c.run(for_="11s")
    with pytest.raises(sanb.ApiError, match="Unauthorized"):
        client.list("pods", **SHOP)
    assert review(c, first)["error"] == f"[invalid bearer token, service account UID ({new}) does not match claim ({old})]"
    c.run(until=rfc3339(began + 2800))
    assert mounted(c) == first
    c.run(until=rfc3339(began + 3100))
    second = mounted(c)
    said = c.authority.verify(second)["kubernetes.io"]
    assert said["serviceaccount"]["uid"] == new
    assert said["pod"]["uid"] == c.get("pod", "web", **SHOP)["metadata"]["uid"]
    assert accepted(c, second) and pod.exec(f"cat {TOKEN_FILE}").stdout == second


# ---------------------------------------------------------------------- 5: tokens expire


def test_a_mounted_token_is_refreshed_after_four_fifths_of_an_hour_and_the_old_copy_lives_a_year() -> None:
    c = shop("1.36")
    c.create("pod", "web", image="nginx", **SHOP)
    c.run()
    first = mounted(c)
    said = c.authority.verify(first)
    issued = said["iat"]
    assert (said["exp"] - issued, said["kubernetes.io"]["warnafter"] - issued) == (365 * 86400, 3607)
    c.run(until=lambda c: mounted(c) != first, for_="2h")
    assert 2876 < c.now - issued < 2886 + 90  # the kubelet looks at each re-sync, about once in a minute
    c.run(until=rfc3339(issued + 3607 + 61))
    assert accepted(c, first)
    c.run(until=rfc3339(issued + 7200))
    assert accepted(c, first) and accepted(c, mounted(c))


def test_an_extended_token_is_over_after_a_year_and_a_minute() -> None:
    c = shop("1.36", controllers="*,-kubelet,-scheduler")
    c.create("pod", "web", image="nginx", **SHOP)
    spec = {"expirationSeconds": 3607, "boundObjectRef": {"apiVersion": "v1", "kind": "Pod", "name": "web"}}
    answer = c.request(Request("create", "serviceaccounts", "shop", "default", "token", {"spec": spec})).body["status"]
    token = str(answer["token"])
    issued = c.authority.verify(token)["iat"]
    assert answer["expirationTimestamp"] == rfc3339(issued + 3607)
    c.run(until=rfc3339(issued + 365 * DAY + 60))
    assert accepted(c, token)
    c.run(for_="11s")
    assert not accepted(c, token)


def test_a_token_of_ten_minutes_works_for_ten_minutes_and_one_more() -> None:
    c = shop("1.36")
    token = c.kubectl("create token default -n shop --duration 10m").stdout
    issued = c.authority.verify(token)["iat"]
    c.run(until=rfc3339(issued + 660))
    assert accepted(c, token)
    c.run(for_="11s")
    assert review(c, token)["error"] == "[invalid bearer token, service account token has expired]"


# ---------------------------------------------------------------------- 6: a Secret that nobody uses


@pytest.fixture(scope="module")
def upgraded() -> sanb.Cluster:
    """A token Secret of 1.23 in a cluster that has become 1.29 on the first of January 2026."""
    c = shop("1.23", controllers="*,-kubelet,-scheduler")
    c.upgrade("1.29")
    c.run()
    tracking = c.get("configmap", "kube-apiserver-legacy-service-account-token-tracking", namespace="kube-system")
    assert tracking["data"] == {"since": "2026-01-01"}
    return c


def label(c: sanb.Cluster, name: str = INVALID_SINCE) -> str | None:
    found: str | None = (secrets(c)[0]["metadata"].get("labels") or {}).get(name)
    return found


def test_an_unused_secret_is_marked_after_a_year_and_deleted_after_another_one(upgraded: sanb.Cluster) -> None:
    c = upgraded.fork()
    token = legacy(secrets(c)[0])
    c.run(until="2027-01-01T23:59:59Z")
    assert label(c) is None
    c.run(for_="1d")
    assert label(c) == "2027-01-02"
    c.run(until="2028-01-02T23:59:59Z")
    assert len(secrets(c)) == 1
    rev = c.store.rev
    c.run(for_="1d")
    assert happened(c, rev) == ["secrets/default-token-xxxxx gone", "serviceaccounts/default SECRETS 0"]
    assert not accepted(c, token)


def test_a_marked_token_is_refused_and_the_attempt_protects_the_secret(upgraded: sanb.Cluster) -> None:
    """UT-398, UT-403."""
    c = upgraded.fork()
    token = legacy(secrets(c)[0])
    c.run(until="2027-01-03T00:00:00Z")
    refused = review(c, token)["error"]
    assert refused.startswith("[invalid bearer token, the token in secret shop/default-token-")
    assert "has been marked invalid" in refused
    assert label(c, "kubernetes.io/legacy-token-last-used") == "2027-01-03"
    c.run(until="2028-01-03T23:59:59Z")
    assert len(secrets(c)) == 1
    c.run(for_="1s")
    assert secrets(c) == []


def test_without_its_mark_a_token_works_again_until_the_next_pass(upgraded: sanb.Cluster) -> None:
    """UT-399."""
    c = upgraded.fork()
    secret = secrets(c)[0]["metadata"]["name"]
    token = legacy(secrets(c)[0])
    c.run(until="2027-01-03T00:00:00Z")
    c.patch("secret", secret, {"metadata": {"labels": {INVALID_SINCE: ""}}}, **SHOP)
    assert accepted(c, token)
    c.run(for_="30d")
    assert label(c) == ""  # a use protects for a year
    c.run(until="2028-01-04T00:00:00Z")
    assert label(c) == "2028-01-04"


def test_a_used_secret_is_warned_of_and_left_alone(upgraded: sanb.Cluster) -> None:
    """UT-396, UT-405."""
    c = upgraded.fork()
    token = legacy(secrets(c)[0])
    assert label(c, "kubernetes.io/legacy-token-last-used") is None
    c.run(until=rfc3339(parse("2026-07-01T12:00:00Z")))
    assert c.authenticate(token)[1] == (
        "Use tokens from the TokenRequest API or manually created secret-based tokens instead of auto-generated "
        "secret-based tokens.",
    )
    assert label(c, "kubernetes.io/legacy-token-last-used") == "2026-07-01"
    c.run(until="2027-06-30T00:00:00Z")
    assert label(c) is None
    c.run(for_="3d")
    assert label(c) == "2027-07-02"
