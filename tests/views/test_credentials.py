"""The frame of credentials: what there is, whose it is, and what the API server says of it."""

from __future__ import annotations

from base64 import b64decode, b64encode
from typing import Any

import pytest

import sanb
from sanb.apiserver.request import Request
from sanb.values import Lazy
from sanb.views.credentials import COLUMNS, certificate_refused
from sanb.views.frames import Frames
from tests.views.planes import plane

pd = pytest.importorskip("pandas")
SHOP = {"namespace": "shop"}
DEFAULT = "system:serviceaccount:shop:default"
KINDS = ["token Secret", "mounted token", "requested token", "static token", "certificate"]


@pytest.fixture
def c() -> sanb.Cluster:
    """1.22 has all kinds of credentials at once."""
    cluster = sanb.Cluster("1.22", seed=7, tokens={"sesame": "root"})
    cluster.create("namespace", "shop")
    cluster.run()
    cluster.create("pod", "web", **SHOP)
    cluster.run()
    return cluster


def ask(c: sanb.Cluster, **spec: Any) -> Any:
    """A requested token, which nobody has read yet."""
    request = Request("create", "serviceaccounts", "shop", "default", "token", {"spec": spec})
    return c.request(request).body["status"]["token"]


def rows(c: sanb.Cluster, kind: str) -> list[dict[str, Any]]:
    """The rows of a kind in the namespace shop, or of users; what is missing is None."""
    frame = c.frames.credentials
    frame = frame[(frame.kind == kind) & (frame.namespace.isna() | (frame.namespace == "shop"))]
    return [{str(key): None if pd.isna(value) else value for key, value in row.items()} for row in frame.to_dict("records")]


def why(c: sanb.Cluster, kind: str) -> list[str | None]:
    return [row["why"] for row in rows(c, kind)]


def at(text: str) -> Any:
    return pd.Timestamp(text, tz="UTC")


def test_every_kind_of_credential_has_its_row(c: sanb.Cluster) -> None:
    ask(c, audiences=["vault", "ci"], expirationSeconds=600)
    c.users.create("jane", groups=["dev"])
    secret = c.list("secrets", **SHOP)[0]["metadata"]["name"]
    frame = c.frames.credentials
    assert frame[frame.namespace.isna() | (frame.namespace == "shop")].kind.tolist() == KINDS
    start, now = at("2026-01-01"), pd.Timestamp(int(c.now), unit="s", tz="UTC")
    nothing = dict.fromkeys(("last_used", "why"))
    assert rows(c, "token Secret") == [{
        "kind": "token Secret", "subject": DEFAULT, "namespace": "shop", "held_by": f"secret/{secret}", "audience": None,
        "bound_to": f"secret/{secret}", "issued": start, "expires": None, "valid": True, **nothing,
    }]
    assert rows(c, "mounted token") == [{
        "kind": "mounted token", "subject": DEFAULT, "namespace": "shop", "held_by": "pod/web", "audience": None,
        "bound_to": "pod/web", "issued": start, "expires": at("2027-01-01"), "valid": True, **nothing,
    }]
    assert rows(c, "requested token") == [{
        "kind": "requested token", "subject": DEFAULT, "namespace": "shop", "held_by": None, "audience": "vault,ci",
        "bound_to": None, "issued": now, "expires": now + pd.Timedelta("10min"), "valid": True, **nothing,
    }]
    user = {"namespace": None, "held_by": None, "audience": None, "bound_to": None, "valid": True, **nothing}
    assert rows(c, "static token") == [{"kind": "static token", "subject": "root", "issued": None, "expires": None, **user}]
    (jane,) = rows(c, "certificate")
    assert jane == {"kind": "certificate", "subject": "jane", "issued": jane["issued"], "expires": jane["expires"], **user}
    assert jane["expires"] == now + pd.Timedelta("365D")


def test_an_empty_frame_keeps_columns_and_dtypes() -> None:
    expected = {column.name: column.dtype for column in COLUMNS}
    bare = sanb.Cluster("1.36", controllers="", nodes=0).frames.credentials
    for frame in (bare, Frames(plane()).credentials):
        assert frame.empty
        assert {name: str(dtype) for name, dtype in frame.dtypes.items()} == expected
    doc = Frames.credentials.__doc__ or ""
    assert all(f"    {name} " in doc for name in expected) and "Computed on read" in doc


def test_nothing_is_signed_to_be_listed(c: sanb.Cluster) -> None:
    token = ask(c)
    value = c.store.head.scan("secrets", "shop")[0].last["data"]["token"]
    assert len(c.frames.credentials) > 5
    assert isinstance(token, Lazy) and not token.read
    assert isinstance(value, Lazy) and not value.read


def test_the_frame_says_what_a_review_says(c: sanb.Cluster) -> None:
    """Whatever becomes of accounts, Pods, Secrets and keys: the judgement of an unsigned token is that of the signed one."""
    pod = c.get("pod", "web", **SHOP)["metadata"]["uid"]
    bound = ask(c, boundObjectRef={"kind": "Pod", "apiVersion": "v1", "name": "web", "uid": pod}, expirationSeconds=9000)
    free = ask(c, expirationSeconds=600)
    secret = b64decode(str(c.list("secrets", **SHOP)[0]["data"]["token"])).decode()
    events: list[Any] = [
        lambda: None, lambda: c.run(for_="12m"), lambda: c.delete("pod", "web", grace=0, **SHOP), lambda: c.run(for_="1h"),
        c.rotate_keys, lambda: c.upgrade("1.33"), lambda: c.delete("sa", "default", **SHOP), c.run,
        lambda: c.rotate_keys(keep=False),
    ]
    told = []
    for event in events:
        event()
        c.advance(11)  # nothing is remembered
        for kind, tokens in (("requested token", (bound, free)), ("token Secret", (secret,))):
            for token, row in zip(tokens, rows(c, kind), strict=False):
                said = review(c, str(token))
                assert (row["valid"], row["why"]) == (not said, said or None)
                told.append(row["why"])
    assert [one.partition(" (")[0] for one in dict.fromkeys(told) if one] == [
        "Token has expired.", "Token has been invalidated", "service account token has been invalidated",
        "service account token has expired", "service account UID", "invalid signature, no keys found",
    ]


def review(c: sanb.Cluster, token: str) -> str:
    """Why a token is refused; "" if it is accepted."""
    request = Request("create", "tokenreviews.authentication.k8s.io", body={"spec": {"token": token}})
    status = c.request(request).body["status"]
    return "" if status.get("authenticated") else str(status["error"]).removeprefix("[invalid bearer token, ").removesuffix("]")


def test_a_replaced_token_of_a_pod_is_held_by_nobody_and_still_good(c: sanb.Cluster) -> None:
    c.run(for_="1h")
    assert [(row["held_by"], row["valid"]) for row in rows(c, "mounted token")] == [(None, True), ("pod/web", True)]
    c.delete("pod", "web", grace=0, **SHOP)
    assert [(row["held_by"], row["valid"]) for row in rows(c, "mounted token")] == [(None, False), (None, False)]
    assert why(c, "mounted token") == ["Token has been invalidated"] * 2


def test_a_request_and_a_review_are_uses_and_a_refusal_is_none(c: sanb.Cluster) -> None:
    token, jane = str(ask(c, expirationSeconds=600)), c.users.create("jane", groups=["dev"])
    static = c.client("sesame")
    assert [rows(c, kind)[0]["last_used"] for kind in KINDS] == [None] * 5
    for client in (c.client(token), c.pod("shop", "web").client(), jane.client(), static):
        with pytest.raises(sanb.ApiError, match="forbidden"):
            client.list("secrets", **SHOP)
    now = pd.Timestamp(c.now, unit="s", tz="UTC").round("us")
    used = {kind: rows(c, kind)[0]["last_used"] for kind in KINDS}
    assert used == {kind: None if kind == "token Secret" else now for kind in KINDS}
    c.run(for_="5m")
    assert review(c, token) == ""
    assert rows(c, "requested token")[0]["last_used"] == now + pd.Timedelta("5min")
    c.run(for_="20m")
    with pytest.raises(sanb.ApiError, match="Unauthorized"):
        c.client(token).list("secrets", **SHOP)
    (row,) = rows(c, "requested token")
    assert (row["last_used"], row["why"]) == (now + pd.Timedelta("5min"), "Token has expired.")


def test_the_date_of_use_in_a_secrets_label_counts(c: sanb.Cluster) -> None:
    name = c.list("secrets", **SHOP)[0]["metadata"]["name"]
    c.patch("secret", name, {"metadata": {"labels": {"kubernetes.io/legacy-token-last-used": "2025-06-01"}}}, **SHOP)
    assert rows(c, "token Secret")[0]["last_used"] == at("2025-06-01")
    token = b64decode(str(c.get("secret", name, **SHOP)["data"]["token"])).decode()
    assert review(c, token) == ""
    assert rows(c, "token Secret")[0]["last_used"] == pd.Timestamp(c.now, unit="s", tz="UTC").round("us")


def test_a_pod_of_the_same_name_does_not_hold_its_forerunners_token(c: sanb.Cluster) -> None:
    c.delete("pod", "web", grace=0, **SHOP)
    c.create("pod", "web", **SHOP)
    c.run()
    assert [(row["held_by"], row["bound_to"]) for row in rows(c, "mounted token")] == [(None, "pod/web"), ("pod/web", "pod/web")]


def test_a_token_dies_with_the_object_that_it_is_bound_to_and_not_with_its_pods_node() -> None:
    c = sanb.Cluster("1.36", seed=7)
    c.create("namespace", "shop")
    c.run()
    c.create("pod", "web", **SHOP)
    c.create("secret", "key", **SHOP)
    c.run()
    for kind, name, space in (("Secret", "key", SHOP), ("Node", "node-1", {}), ("Pod", "web", SHOP)):
        reference = {"kind": kind, "apiVersion": "v1", "name": name, "uid": c.get(kind.lower(), name, **space)["metadata"]["uid"]}
        ask(c, boundObjectRef=reference)
    assert [row["bound_to"] for row in rows(c, "requested token")] == ["secret/key", "node/node-1", "pod/web"]
    assert [row["bound_to"] for row in rows(c, "mounted token")] == ["pod/web"]


def test_what_a_component_does_is_no_use_of_a_certificate_for_its_name(c: sanb.Cluster) -> None:
    manager = c.users.create("system:kube-controller-manager")
    calls = len(c.world.journal)
    c.create("sa", "late", **SHOP)
    c.run()
    assert manager.name in {entry.request.user.name for entry in c.world.journal.after(calls)}
    assert rows(c, "certificate")[0]["last_used"] is None
    manager.client().list("secrets")
    assert rows(c, "certificate")[0]["last_used"] is not None


def test_time_alone_makes_a_credential_invalid(c: sanb.Cluster) -> None:
    ask(c, expirationSeconds=600)
    assert why(c, "requested token") == [None]
    c.advance(661)
    assert why(c, "requested token") == ["Token has expired."]


@pytest.mark.parametrize(("data", "expected"), [
    ("garbage", "invalid bearer token"), (b64encode(b"a.b.c").decode(), "invalid bearer token"),
])
def test_what_somebody_wrote_into_a_secret_is_no_token(c: sanb.Cluster, data: str, expected: str) -> None:
    with c.paused("tokens"):
        name = c.list("secrets", **SHOP)[0]["metadata"]["name"]
        secret = c.get("secret", name, **SHOP)
        secret = {**secret, "data": {**secret["data"], "token": b64encode(data.encode()).decode()}}
        c.replace(secret)
        assert why(c, "token Secret") == [expected]


def test_a_copy_of_a_token_in_another_secret_is_the_others(c: sanb.Cluster) -> None:
    """The Secret that a token names counts, not the one that it lies in."""
    (first,) = c.list("secrets", **SHOP)
    c.create("secret", "copy", body={"type": first["type"], "data": dict(first["data"]), "metadata": {
        "annotations": {"kubernetes.io/service-account.name": "default"}}}, **SHOP)
    assert why(c, "token Secret") == [None, None]
    c.delete("secret", first["metadata"]["name"], **SHOP)
    assert why(c, "token Secret") == ["Token has been invalidated"]


def test_certificates_end_by_time(c: sanb.Cluster) -> None:
    c.users.create("jane")
    c.run(for_="366d")
    assert why(c, "certificate") == ["the certificate has expired"]


@pytest.mark.parametrize(("now", "expected"), [
    (9.0, "the certificate is not valid yet"), (10.0, ""), (20.0, ""), (21.0, "the certificate has expired"),
])
def test_a_certificate_counts_from_its_first_moment_to_its_last(now: float, expected: str) -> None:
    assert certificate_refused(10.0, 20.0, now) == expected


def test_a_fork_has_its_own_credentials_and_a_replay_the_same(c: sanb.Cluster) -> None:
    other = c.fork()
    other.users.create("jane")
    ask(other)
    with pytest.raises(sanb.ApiError, match="forbidden"):
        other.pod("shop", "web").client().list("secrets", **SHOP)
    assert len(other.frames.credentials) == len(c.frames.credentials) + 2
    pd.testing.assert_frame_equal(sanb.replay(other.trace).frames.credentials, other.frames.credentials)


def test_what_a_component_writes_in_events_is_no_use_of_a_certificate_of_its_name(c: sanb.Cluster) -> None:
    c.users.create("system:kube-scheduler")
    c.create("pod", "late", **SHOP)
    c.run()
    assert next(one["reason"] for one in c.list("events", **SHOP) if one["involvedObject"]["name"] == "late") == "Scheduled"
    assert rows(c, "certificate")[0]["last_used"] is None
