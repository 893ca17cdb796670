"""What tokens are worth through their lives: upstream's integration tests of TokenRequest and TokenReview (table 20)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

import sanb
from sanb.apiserver.request import Request
from sanb.tokens import claims as contents

INVALID = "[invalid bearer token, {}]"
GONE = INVALID.format("service account token has been invalidated")
EXTRA = "authentication.kubernetes.io/"


@pytest.fixture
def c() -> sanb.Cluster:
    """Account, Pod and Secret of upstream's tests; the audience `api`; no Nodes, so nothing happens to the Pod."""
    cluster = sanb.Cluster("1.36", seed=1, controllers="*,-scheduler,-kubelet")
    settings = replace(cluster.authority, api_audiences=("api",), max_expiration=7200)
    cluster.authority = cluster.server.authority = settings
    cluster.create("namespace", "myns")
    cluster.run()
    cluster.create("sa", "test-svcacct", namespace="myns")
    cluster.create("secret", "test-secret", namespace="myns")
    pod(cluster)
    return cluster


def pod(c: sanb.Cluster, **spec: Any) -> None:
    containers = [{"name": "c", "image": "nginx"}]
    body = {"spec": {"serviceAccountName": "test-svcacct", "containers": containers, **spec}}
    c.create("pod", "test-pod", namespace="myns", body=body)


def ask(c: sanb.Cluster, *, bound: str = "", uid: str = "", seconds: int = 0, audiences: Any = ("api",)) -> Any:
    """A TokenRequest; `bound` "Pod", "Secret" or "Node"."""
    spec: dict[str, Any] = {"audiences": list(audiences)}
    if bound:
        reference = {"kind": bound, "apiVersion": "v1", "name": f"test-{bound.lower()}", **({"uid": uid} if uid else {})}
        spec["boundObjectRef"] = reference
    if seconds:
        spec["expirationSeconds"] = seconds
    body = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": spec}
    return c.request(Request("create", "serviceaccounts", "myns", "test-svcacct", "token", body)).body


def token(c: sanb.Cluster, **how: Any) -> str:
    return str(ask(c, **how)["status"]["token"])


def review(c: sanb.Cluster, text: str, *audiences: str) -> dict[str, Any]:
    """The status of a TokenReview, after what was remembered is forgotten: upstream's tests have no cache."""
    c.run(for_="10s")
    spec = {"token": text, **({"audiences": list(audiences)} if audiences else {})}
    found: dict[str, Any] = c.request(
        Request("create", "tokenreviews.authentication.k8s.io", body={"spec": spec})
    ).body["status"]
    return found


def accepted(c: sanb.Cluster, text: str) -> bool:
    return bool(review(c, text).get("authenticated"))


def test_an_unbound_token_ends_with_its_account(c: sanb.Cluster) -> None:
    """UT-412."""
    text = token(c)
    found = review(c, text)
    assert found["audiences"] == ["api"] and list(found["user"]["extra"]) == [f"{EXTRA}credential-id"]
    c.delete("sa", "test-svcacct", namespace="myns")
    assert review(c, text) == {"user": {}, "error": INVALID.format('serviceaccounts "test-svcacct" not found')}


@pytest.mark.parametrize("again", [False, True])
def test_a_pods_token_ends_with_the_pod(c: sanb.Cluster, again: bool) -> None:
    """UT-418, UT-435: a Pod of the same name is another one."""
    text = token(c, bound="Pod")
    assert accepted(c, text)
    first = c.get("pod", "test-pod", namespace="myns")["metadata"]["uid"]
    c.delete("pod", "test-pod", namespace="myns", grace=0)
    assert review(c, text)["error"] == GONE
    if again:
        pod(c)
        second = c.get("pod", "test-pod", namespace="myns")["metadata"]["uid"]
        why = f"pod UID ({second}) does not match service account pod ref claim ({first})"
        assert review(c, text)["error"] == INVALID.format(why)


@pytest.mark.parametrize("there", [False, True])
def test_the_node_of_a_pod_is_in_its_token_and_in_its_user(c: sanb.Cluster, there: bool) -> None:
    """UT-419, UT-420."""
    c.delete("pod", "test-pod", namespace="myns", grace=0)
    if there:
        c.create("node", "test-node")
    pod(c, nodeName="test-node")
    text = token(c, bound="Pod")
    node = c.authority.verify(text)["kubernetes.io"]["node"]
    assert node["name"] == "test-node" and ("uid" in node) is there
    extra = [key.removeprefix(EXTRA) for key in review(c, text)["user"]["extra"]]
    assert sorted(extra) == sorted(["credential-id", "node-name", *(["node-uid"] if there else []), "pod-name", "pod-uid"])


def test_a_nodes_token_ends_with_the_node(c: sanb.Cluster) -> None:
    """UT-425."""
    c.create("node", "test-node")
    text = token(c, bound="Node")
    assert accepted(c, text)
    c.delete("node", "test-node")
    assert review(c, text)["error"] == GONE


def test_a_secrets_token_needs_the_right_uid_if_one_is_given(c: sanb.Cluster) -> None:
    """UT-427."""
    uid = c.get("secret", "test-secret", namespace="myns")["metadata"]["uid"]
    assert accepted(c, token(c, bound="Secret", uid=uid))
    with pytest.raises(sanb.ApiError, match="does not match the UID in record"):
        token(c, bound="Secret", uid="wrong")
    text = token(c, bound="Secret")
    private = c.authority.verify(text)["kubernetes.io"]
    assert private["secret"]["name"] == "test-secret" and "pod" not in private
    c.delete("secret", "test-secret", namespace="myns")
    assert review(c, text)["error"] == GONE


def test_a_token_whose_time_is_over_is_refused(c: sanb.Cluster) -> None:
    """UT-430."""
    uid = c.get("sa", "test-svcacct", namespace="myns")["metadata"]["uid"]
    now = int(c.now)
    old = contents.bound(
        c.authority.issuer, "myns", ("test-svcacct", uid), now=now - 7200, seconds=3600, audiences=("api",)
    )
    assert review(c, c.authority.sign(old))["error"] == INVALID.format("service account token has expired")


def test_a_pods_token_of_3607_seconds_lives_a_year(c: sanb.Cluster) -> None:
    """UT-431."""
    answer = ask(c, bound="Pod", seconds=3607)
    text = str(answer["status"]["token"])
    said = c.authority.verify(text)
    assert said["exp"] - said["iat"] == 365 * 86400
    assert said["kubernetes.io"]["warnafter"] - said["iat"] == 3607 == answer["spec"]["expirationSeconds"]
    assert accepted(c, text)
    c.run(for_="364d")
    assert accepted(c, text)
    c.run(for_="25h")
    assert review(c, text)["error"] == INVALID.format("service account token has expired")


def test_a_token_for_somebody_else_is_refused(c: sanb.Cluster) -> None:
    """UT-433."""
    text = token(c, audiences=("not-the-api",))
    why = 'token audiences ["not-the-api"] is invalid for the target audiences ["api"]'
    assert review(c, text)["error"] == INVALID.format(why)
    assert review(c, text, "x", "not-the-api")["audiences"] == ["not-the-api"]


def test_what_is_asked_for_within_the_maximum_is_kept(c: sanb.Cluster) -> None:
    """UT-437."""
    answer = ask(c, bound="Secret", seconds=6600)
    assert answer["spec"]["expirationSeconds"] == 6600
    assert accepted(c, str(answer["status"]["token"]))


# ---------------------------------------------------------------------- TokenReview itself


@pytest.mark.parametrize(("spec", "status"), [
    ({"token": "garbage"}, {"user": {}, "error": "invalid bearer token"}),
    ({"token": "garbage and more"}, {"user": {}, "error": "invalid bearer token"}),
    ({"token": " "}, {"user": {}}),
])
def test_what_nobody_knows_is_no_error_of_the_request(c: sanb.Cluster, spec: Any, status: Any) -> None:
    answer = c.request(Request("create", "tokenreviews.authentication.k8s.io", body={"spec": spec}))
    assert (answer.code, answer.body["status"]) == (201, status)


@pytest.mark.parametrize(("body", "message"), [
    ({"spec": {}}, "token is required for TokenReview in authentication"),
    ({}, "token is required for TokenReview in authentication"),
    ({"metadata": {"namespace": "x"}, "spec": {"token": "t"}}, "namespace is not allowed on this type: x"),
    ({"spec": {"token": 5}}, 'TokenReview in version "v1" cannot be handled as a TokenReview: json: cannot unmarshal number'
     " into Go struct field TokenReviewSpec.spec.token of type string"),
])
def test_a_review_without_a_token_is_a_400(c: sanb.Cluster, body: Any, message: str) -> None:
    with pytest.raises(sanb.ApiError) as caught:
        c.request(Request("create", "tokenreviews.authentication.k8s.io", body=body))
    assert (caught.value.code, caught.value.message) == (400, message)


@pytest.mark.parametrize(("minor", "there"), [("1.25", False), ("1.28", True), ("1.36", True)])
def test_everybody_may_ask_who_he_is_since_1_28(minor: str, there: bool) -> None:
    """UT-490, UT-491."""
    c = sanb.Cluster(minor, seed=1, nodes=0)
    ask = Request("create", "selfsubjectreviews.authentication.k8s.io", body={})
    if not there:
        with pytest.raises(sanb.ApiError, match="could not find the requested resource"):
            c.request(ask)
        return
    with c.as_("alice"):
        assert c.request(ask).body["status"] == {"userInfo": {"username": "alice", "groups": ["system:authenticated"]}}
    with c.as_("alice", groups=["devs", "admins"], uid="unique-id"):
        assert c.request(ask).body["status"] == {"userInfo": {
            "username": "alice", "uid": "unique-id", "groups": ["devs", "admins", "system:authenticated"],
        }}


def test_reviews_are_asked_like_objects_are_created() -> None:
    c = sanb.Cluster("1.36", seed=1, nodes=0)
    c.create("sa", "web")
    text = c.kubectl("create token web").stdout
    found = c.create("TokenReview", body={"spec": {"token": text}})
    assert (found["kind"], found["status"]["user"]["username"]) == ("TokenReview", "system:serviceaccount:default:web")
    with c.as_("alice"):
        assert c.create("selfsubjectreview")["status"]["userInfo"]["username"] == "alice"
    what = {"verb": "get", "resource": "pods", "namespace": "default"}
    asked = {"spec": {"user": "alice", "resourceAttributes": what}}
    assert c.create("subjectaccessreviews", body=asked)["status"]["allowed"] is False
    assert c.create("localsubjectaccessreview", body=asked)["status"]["allowed"] is False
    assert c.create("selfsubjectaccessreview", body={"spec": {"resourceAttributes": what}})["status"]["allowed"] is True
    assert c.create("selfsubjectrulesreview", body={"spec": {"namespace": "default"}})["status"]["resourceRules"]


@pytest.mark.parametrize(("name", "fields"), [("x", {}), (None, {"token": "abc"})])
def test_a_review_has_a_body_and_nothing_else(c: sanb.Cluster, name: str | None, fields: dict[str, Any]) -> None:
    with pytest.raises(sanb.UsageError, match="create tokenreview: it has no name and no keywords; ask with body="):
        c.create("tokenreview", name, **fields)
