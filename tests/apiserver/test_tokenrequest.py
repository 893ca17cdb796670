"""TokenRequest, step by step (SEM 8.4; UT-369 to UT-378, UT-406 to UT-437)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from sanb.apiserver.request import Response
from sanb.tokens.authority import ISSUER, Authority
from sanb.values import Lazy, Obj, plain
from tests.apiserver.alone import NOW, NOW_TEXT, Alone, pod

API = ("https://kubernetes.default.svc.cluster.local",)
YEAR = 365 * 24 * 3600
UNMARSHAL = 'TokenRequest in version "v1" cannot be handled as a TokenRequest: json: cannot unmarshal '
STALE = "the UID in the bound object reference (wrong) does not match the UID in record"


def cluster(minor: str = "1.36", gates: dict[str, bool] | None = None, **settings: Any) -> Alone:
    """A server with account web, Pods p (not scheduled) and q (on node n1) of it, Secret s, nodes n1."""
    alone = Alone(minor, gates=gates)
    authority = Authority.make(alone.server.profile, 7, NOW)
    alone.server.authority = replace(authority, **settings)
    alone.ask("create", "serviceaccounts", "shop", body={"metadata": {"name": "web"}})
    alone.ask("create", "nodes", body={"metadata": {"name": "n1"}})
    alone.ask("create", "pods", "shop", body=pod("p", serviceAccountName="web"))
    alone.ask("create", "pods", "shop", body=pod("q", serviceAccountName="web", nodeName="n1"))
    alone.ask("create", "secrets", "shop", body={"metadata": {"name": "s"}})
    return alone


def uid(alone: Alone, resource: str, name: str, namespace: str = "shop") -> str:
    return str(alone.body("get", resource, namespace, name)["metadata"]["uid"])


def wanted(metadata: Obj | None = None, **spec: Any) -> Obj:
    return {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "metadata": metadata or {}, "spec": spec}


def ref(kind: str, name: str, version: str = "v1", **more: str) -> Obj:
    return {"kind": kind, "apiVersion": version, "name": name, **more}


def issue(alone: Alone, body: Any, account: str = "web") -> Response:
    return alone.ask("create", "serviceaccounts", "shop", account, body, "token")


def refusal(alone: Alone, body: Any, account: str = "web") -> Obj:
    return alone.refused("create", "serviceaccounts", "shop", account, body, "token")


def said(alone: Alone, response: Response) -> Obj:
    """The claims of the token in a response."""
    token = response.body["status"]["token"]
    assert isinstance(token, Lazy) and not token.read
    found: Obj = alone.server.authority.verify(str(token))
    return found


# ---------------------------------------------------------------------- the answer


def test_an_unbound_token_of_1_36_with_all_defaults() -> None:
    """UT-411."""
    alone = cluster()
    response = issue(alone, wanted())
    assert response.code == 201 and response.warnings == ()
    account = uid(alone, "serviceaccounts", "web")
    answer = plain(response.body)
    token = answer["status"].pop("token")
    assert answer == {
        "kind": "TokenRequest", "apiVersion": "authentication.k8s.io/v1",
        "metadata": {"name": "web", "namespace": "shop", "uid": account, "creationTimestamp": NOW_TEXT},
        "spec": {"audiences": [ISSUER], "expirationSeconds": 3600, "boundObjectRef": None},
        "status": {"expirationTimestamp": "2020-09-13T13:26:40Z"},
    }
    contents = alone.server.authority.verify(token)
    assert len(contents.pop("jti")) == 36
    assert contents == {
        "aud": [ISSUER], "exp": int(NOW) + 3600, "iat": int(NOW), "nbf": int(NOW), "iss": ISSUER,
        "sub": "system:serviceaccount:shop:web",
        "kubernetes.io": {"namespace": "shop", "serviceaccount": {"name": "web", "uid": account}},
    }


@pytest.mark.parametrize(
    ("minor", "fields"),
    [
        ("1.23", {"creationTimestamp"}),
        ("1.24", {"creationTimestamp", "name", "namespace"}),
        ("1.33", {"creationTimestamp", "name", "namespace"}),
        ("1.34", {"creationTimestamp", "name", "namespace", "uid"}),
    ],
)
def test_the_metadata_of_the_answer_by_minor(minor: str, fields: set[str]) -> None:
    """UT-377 (the uid)."""
    metadata = issue(cluster(minor), wanted()).body["metadata"]
    assert set(metadata) == fields
    assert metadata["creationTimestamp"] == (None if minor == "1.23" else NOW_TEXT)


def test_a_status_in_the_request_is_dropped_and_labels_are_kept() -> None:
    alone = cluster()
    body = {**wanted({"labels": {"a": "b"}}), "status": {"token": "mine", "expirationTimestamp": "x"}}
    answer = issue(alone, body).body
    assert answer["metadata"]["labels"] == {"a": "b"} and answer["status"]["token"] != "mine"


def test_the_claims_of_1_10_have_neither_jti_nor_node() -> None:
    alone = cluster("1.10", {"TokenRequest": True})
    contents = said(alone, issue(alone, wanted(boundObjectRef=ref("Pod", "q"))))
    assert "jti" not in contents and set(contents["kubernetes.io"]) == {"namespace", "pod", "serviceaccount"}


def test_without_its_gate_1_10_does_not_serve_the_path() -> None:
    status = refusal(cluster("1.10"), wanted())
    assert (status["code"], status["message"]) == (404, "the server could not find the requested resource")


def test_without_an_authority_the_path_is_not_served() -> None:
    alone = cluster()
    alone.server.authority = None
    assert refusal(alone, wanted())["message"] == "the server could not find the requested resource"


def test_two_requests_get_two_jtis_that_the_seed_decides() -> None:
    alone, again = cluster(), cluster()
    first, second = (said(alone, issue(alone, wanted()))["jti"] for _ in range(2))
    assert first != second
    assert [said(again, issue(again, wanted()))["jti"] for _ in range(2)] == [first, second]


def test_nothing_is_stored() -> None:
    alone = cluster()
    before = alone.store.rev
    issue(alone, wanted())
    assert alone.store.rev == before


def test_a_terminating_account_still_gets_tokens() -> None:
    alone = cluster()
    alone.ask("create", "serviceaccounts", "shop", body={"metadata": {"name": "held", "finalizers": ["example.com/x"]}})
    alone.ask("delete", "serviceaccounts", "shop", "held")
    assert alone.body("get", "serviceaccounts", "shop", "held")["metadata"]["deletionTimestamp"]
    assert issue(alone, wanted(), "held").code == 201


# ---------------------------------------------------------------------- names, uid


def test_another_namespace_in_the_body_is_refused() -> None:
    """UT-410."""
    status = refusal(cluster(), wanted({"namespace": "invalid-namespace"}))
    assert (status["code"], status["message"]) == (
        400, "the namespace of the provided object does not match the namespace sent on the request",
    )


def test_another_name_in_the_body_is_refused_from_1_24_on() -> None:
    status = refusal(cluster(), wanted({"name": "x"}))
    assert status["code"] == 422
    assert status["message"] == (
        'TokenRequest.authentication.k8s.io "web" is invalid: metadata.name: Invalid value: "x": '
        "must match the service account name if specified"
    )
    assert issue(cluster("1.23"), wanted({"name": "x"})).body["metadata"]["name"] == "x"
    assert issue(cluster(), wanted({"name": "web", "namespace": "shop"})).code == 201


def test_a_missing_account_is_not_found() -> None:
    """UT-408."""
    status = refusal(cluster(), wanted(), "ghost")
    assert (status["code"], status["message"]) == (404, 'serviceaccounts "ghost" not found')
    assert status["details"] == {"name": "ghost", "kind": "serviceaccounts"}


def test_the_uid_of_another_account_is_a_conflict_from_1_34_on() -> None:
    alone = cluster("1.34")
    status = refusal(alone, wanted({"uid": "wrong"}))
    account = uid(alone, "serviceaccounts", "web")
    assert status["code"] == 409 and status["reason"] == "Conflict"
    assert status["message"] == (
        'Operation cannot be fulfilled on TokenRequest.authentication.k8s.io "web": the UID in the token request'
        f" (wrong) does not match the UID of the service account ({account})"
    )
    assert issue(alone, wanted({"uid": account})).warnings == ()


def test_with_the_gate_off_the_uid_of_another_account_is_a_warning() -> None:
    """UT-414."""
    alone = cluster("1.36", {"TokenRequestServiceAccountUIDValidation": False})
    response = issue(alone, wanted({"uid": "wrong-uid-12345"}))
    account = uid(alone, "serviceaccounts", "web")
    assert response.warnings == (
        "the UID in the token request (wrong-uid-12345) does not match the UID of the service account"
        f" ({account}) but TokenRequestServiceAccountUIDValidation is not enabled."
        " In the future, this will return a conflict error",
    )
    assert response.body["metadata"]["uid"] == "wrong-uid-12345"
    assert said(alone, response)["kubernetes.io"]["serviceaccount"]["uid"] == account


def test_before_1_34_nobody_looks_at_the_uid() -> None:
    response = issue(cluster("1.33"), wanted({"uid": "wrong"}))
    assert response.warnings == () and response.body["metadata"]["uid"] == "wrong"


# ---------------------------------------------------------------------- seconds


@pytest.mark.parametrize(
    ("seconds", "detail"),
    [
        (599, "may not specify a duration less than 10 minutes"),
        (0, "may not specify a duration less than 10 minutes"),
        (-5, "may not specify a duration less than 10 minutes"),
        ((1 << 32) + 1, "may not specify a duration larger than 2^32 seconds"),
    ],
)
def test_too_short_and_too_long_times_are_refused_with_an_empty_name(seconds: int, detail: str) -> None:
    status = refusal(cluster(), wanted(expirationSeconds=seconds))
    assert status["code"] == 422
    assert status["message"] == (
        f'TokenRequest.authentication.k8s.io "" is invalid: spec.expirationSeconds: Invalid value: {seconds}: {detail}'
    )


@pytest.mark.parametrize("seconds", [600, 1 << 32])
def test_the_shortest_and_the_longest_time_are_granted(seconds: int) -> None:
    alone = cluster()
    response = issue(alone, wanted(expirationSeconds=seconds))
    assert response.body["spec"]["expirationSeconds"] == seconds
    assert said(alone, response)["exp"] == int(NOW) + seconds


def test_1_10_grants_any_time() -> None:
    alone = cluster("1.10", {"TokenRequest": True})
    response = issue(alone, wanted(expirationSeconds=1))
    assert said(alone, response)["exp"] == int(NOW) + 1
    assert response.body["status"]["expirationTimestamp"] == "2020-09-13T12:26:41Z"


def test_the_account_is_looked_up_before_the_time_is_checked_and_after_it_in_older_minors() -> None:
    assert refusal(cluster("1.24"), wanted(expirationSeconds=1), "ghost")["code"] == 404
    assert refusal(cluster("1.23"), wanted(expirationSeconds=1), "ghost")["code"] == 422


@pytest.mark.parametrize("minor", ["1.24", "1.25"])
def test_a_time_above_the_servers_maximum_is_shortened(minor: str) -> None:
    alone = cluster(minor, max_expiration=7200)
    response = issue(alone, wanted(expirationSeconds=7800))
    text = "requested expiration of 7800 seconds shortened to 7200 seconds"
    assert response.warnings == ((text,) if minor == "1.25" else ())
    assert response.body["spec"]["expirationSeconds"] == 7200
    assert response.body["status"]["expirationTimestamp"] == "2020-09-13T14:26:40Z"
    assert said(alone, response)["exp"] == int(NOW) + 7200


# ---------------------------------------------------------------------- audiences, extension


def test_audiences_are_those_asked_for() -> None:
    alone = cluster()
    response = issue(alone, wanted(audiences=["vault", "db"]))
    assert response.body["spec"]["audiences"] == ["vault", "db"]
    assert said(alone, response)["aud"] == ["vault", "db"]
    assert issue(alone, wanted(audiences=[])).body["spec"]["audiences"] == list(API)


def bound_request(alone: Alone, **spec: Any) -> tuple[Response, Obj]:
    response = issue(alone, wanted(boundObjectRef=ref("Pod", "p"), **{"expirationSeconds": 3607, **spec}))
    return response, said(alone, response)


def test_a_pods_token_of_3607_seconds_lives_a_year_and_says_an_hour() -> None:
    """UT-431."""
    response, contents = bound_request(cluster())
    assert contents["exp"] == int(NOW) + YEAR
    assert contents["kubernetes.io"]["warnafter"] == int(NOW) + 3607
    assert response.body["spec"]["expirationSeconds"] == 3607
    assert response.body["status"]["expirationTimestamp"] == "2020-09-13T13:26:47Z"


@pytest.mark.parametrize(
    ("minor", "settings", "spec", "extended"),
    [
        ("1.20", {}, {}, False),
        ("1.21", {}, {}, True),
        ("1.23", {}, {"audiences": ["vault"]}, True),
        ("1.24", {}, {"audiences": ["vault"]}, False),
        ("1.36", {}, {"audiences": [*API, "vault"]}, False),
        ("1.36", {}, {"audiences": list(API)}, True),
        ("1.36", {}, {"expirationSeconds": 3600}, False),
        ("1.36", {"extend": False}, {}, False),
        ("1.36", {"max_expiration": 7200}, {}, True),
        ("1.36", {"max_expiration": 3600}, {}, False),
    ],
)
def test_when_a_token_is_extended(minor: str, settings: Obj, spec: Obj, extended: bool) -> None:
    _, contents = bound_request(cluster(minor, **settings), **spec)
    assert ("warnafter" in contents["kubernetes.io"], contents["exp"] - int(NOW) == YEAR) == (extended, extended)


def test_a_signers_maximum_limits_the_extension() -> None:
    """UT-369."""
    alone = cluster(api_audiences=("aud-1", "aud-2"), max_expiration=7200, max_extended=5 * 3600)
    _, contents = bound_request(alone, audiences=["aud-1", "aud-2"])
    assert contents["exp"] - contents["iat"] == 5 * 3600


def test_without_extension_the_age_is_what_was_asked_for() -> None:
    """UT-372."""
    alone = cluster(api_audiences=("aud-1", "aud-2"), max_expiration=5 * 3600, extend=False)
    _, contents = bound_request(alone, audiences=["aud-1", "aud-2"])
    assert contents["exp"] - contents["iat"] == 3607


@pytest.mark.parametrize("reference", [None, ref("Secret", "s"), ref("Node", "n1")])
def test_only_tokens_bound_to_a_pod_are_extended(reference: Obj | None) -> None:
    alone = cluster()
    contents = said(alone, issue(alone, wanted(expirationSeconds=3607, boundObjectRef=reference)))
    assert contents["exp"] == int(NOW) + 3607 and "warnafter" not in contents["kubernetes.io"]


# ---------------------------------------------------------------------- bound objects


def test_a_pods_token_names_the_pod_and_its_node() -> None:
    """UT-420."""
    alone = cluster()
    private = said(alone, issue(alone, wanted(boundObjectRef=ref("Pod", "q"))))["kubernetes.io"]
    assert private["pod"] == {"name": "q", "uid": uid(alone, "pods", "q")}
    assert private["node"] == {"name": "n1", "uid": uid(alone, "nodes", "n1", "")}


def test_a_node_that_is_gone_is_named_without_uid() -> None:
    """UT-419."""
    alone = cluster()
    alone.ask("delete", "nodes", "", "n1")
    private = said(alone, issue(alone, wanted(boundObjectRef=ref("Pod", "q"))))["kubernetes.io"]
    assert private["node"] == {"name": "n1"}


def test_an_unscheduled_pod_and_an_older_minor_give_no_node() -> None:
    alone = cluster()
    assert "node" not in said(alone, issue(alone, wanted(boundObjectRef=ref("Pod", "p"))))["kubernetes.io"]
    alone = cluster("1.29")
    assert "node" not in said(alone, issue(alone, wanted(boundObjectRef=ref("Pod", "q"))))["kubernetes.io"]
    alone = cluster("1.29", {"ServiceAccountTokenPodNodeInfo": True})
    assert "node" in said(alone, issue(alone, wanted(boundObjectRef=ref("Pod", "q"))))["kubernetes.io"]


def test_a_terminating_pod_is_accepted() -> None:
    alone = cluster()
    alone.ask("delete", "pods", "shop", "q", body={"gracePeriodSeconds": 30})
    assert alone.body("get", "pods", "shop", "q")["metadata"]["deletionTimestamp"]
    assert issue(alone, wanted(boundObjectRef=ref("Pod", "q"))).code == 201


@pytest.mark.parametrize(
    ("minor", "message"),
    [
        ("1.10", 'cannot bind token for serviceaccount "other" to pod running with serviceaccount "web"'),
        ("1.36", 'cannot bind token for serviceaccount "other" to pod running with different serviceaccount name.'),
    ],
)
def test_a_pod_of_another_account_is_refused(minor: str, message: str) -> None:
    alone = cluster(minor, {"TokenRequest": True})
    alone.ask("create", "serviceaccounts", "shop", body={"metadata": {"name": "other"}})
    status = refusal(alone, wanted(boundObjectRef=ref("Pod", "p")), "other")
    assert (status["code"], status["message"]) == (400, message)


def test_a_token_can_be_bound_to_a_node_from_1_31_on() -> None:
    """UT-425 (the request)."""
    alone = cluster("1.31")
    private = said(alone, issue(alone, wanted(boundObjectRef=ref("Node", "n1"))))["kubernetes.io"]
    assert private["node"] == {"name": "n1", "uid": uid(alone, "nodes", "n1", "")} and "pod" not in private
    status = refusal(cluster("1.30"), wanted(boundObjectRef=ref("Node", "n1")))
    assert (status["code"], status["message"]) == (
        400, 'cannot bind token to a Node object as the "ServiceAccountTokenNodeBinding" feature-gate is disabled',
    )
    status = refusal(cluster("1.28"), wanted(boundObjectRef=ref("Node", "n1")))
    assert (status["code"], status["message"]) == (400, "cannot bind token to object of type /v1, Kind=Node")


def test_a_token_can_be_bound_to_any_secret() -> None:
    """UT-427."""
    alone = cluster()
    secret = uid(alone, "secrets", "s")
    for more in ({}, {"uid": secret}):
        private = said(alone, issue(alone, wanted(boundObjectRef=ref("Secret", "s", **more))))["kubernetes.io"]
        assert private["secret"] == {"name": "s", "uid": secret} and "pod" not in private
    assert refusal(alone, wanted(boundObjectRef=ref("Secret", "s", uid="wrong")))["code"] == 409


@pytest.mark.parametrize(
    ("reference", "message"),
    [
        (ref("Pod", "ghost"), 'pods "ghost" not found'),
        (ref("Secret", "ghost"), 'secrets "ghost" not found'),
        (ref("Node", "ghost"), 'nodes "ghost" not found'),
    ],
)
def test_a_missing_bound_object_is_not_found(reference: Obj, message: str) -> None:
    status = refusal(cluster(), wanted(boundObjectRef=reference))
    assert (status["code"], status["message"]) == (404, message)


@pytest.mark.parametrize(
    ("reference", "shown"),
    [
        (ref("ConfigMap", "c"), "/v1, Kind=ConfigMap"),
        (ref("Deployment", "d", "apps/v1"), "apps/v1, Kind=Deployment"),
        (ref("Pod", "p", "example.com/v1"), "example.com/v1, Kind=Pod"),
        (ref("Pod", "p", "a/b/c"), "/, Kind=Pod"),
        ({}, "/, Kind="),
    ],
)
def test_a_kind_that_tokens_cannot_be_bound_to_is_refused(reference: Obj, shown: str) -> None:
    status = refusal(cluster(), wanted(boundObjectRef=reference))
    assert (status["code"], status["message"]) == (400, f"cannot bind token to object of type {shown}")


@pytest.mark.parametrize(("minor", "record"), [("1.10", True), ("1.12", False), ("1.36", False)])
def test_the_uid_of_a_former_object_is_a_conflict(minor: str, record: bool) -> None:
    alone = cluster(minor, {"TokenRequest": True})
    status = refusal(alone, wanted(boundObjectRef=ref("Pod", "p", uid="wrong")))
    shown = f" ({uid(alone, 'pods', 'p')})" if record else ""
    assert status["code"] == 409 and status["details"] == {"name": "p", "kind": "Pod"}
    assert status["message"] == (
        f'Operation cannot be fulfilled on Pod "p": {STALE}{shown}.'
        " The object might have been deleted and then recreated"
    )


# ---------------------------------------------------------------------- bodies that are none


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (None, "the object provided is unrecognized (must be of type TokenRequest)"),
        ({"kind": "Pod"}, 'Pod in version "v1" cannot be handled as a TokenRequest'),
        (
            {"apiVersion": "v1"},
            "the API version in the data (v1) does not match the expected API version (authentication.k8s.io/v1)",
        ),
        (
            {"spec": {"expirationSeconds": "600"}},
            UNMARSHAL + "string into Go struct field TokenRequestSpec.spec.expirationSeconds of type int64",
        ),
        (
            {"spec": {"expirationSeconds": 600.5}},
            UNMARSHAL + "number 600.5 into Go struct field TokenRequestSpec.spec.expirationSeconds of type int64",
        ),
        (
            {"spec": {"expirationSeconds": True}},
            UNMARSHAL + "bool into Go struct field TokenRequestSpec.spec.expirationSeconds of type int64",
        ),
        (
            {"spec": {"audiences": "a"}},
            UNMARSHAL + "string into Go struct field TokenRequestSpec.spec.audiences of type []string",
        ),
        (
            {"spec": {"audiences": [1]}},
            UNMARSHAL + "number into Go struct field TokenRequestSpec.spec.audiences of type string",
        ),
        (
            {"spec": {"boundObjectRef": []}},
            UNMARSHAL
            + "array into Go struct field TokenRequestSpec.spec.boundObjectRef of type v1.BoundObjectReference",
        ),
        (
            {"spec": 1.5},
            UNMARSHAL + "number into Go struct field TokenRequest.spec of type v1.TokenRequestSpec",
        ),
    ],
)
def test_a_body_that_is_no_token_request_is_refused(body: Any, message: str) -> None:
    status = refusal(cluster(), body)
    assert (status["code"], status["reason"], status["message"]) == (400, "BadRequest", message)


def test_an_empty_body_is_a_request_for_everything_as_it_is_by_default() -> None:
    assert issue(cluster(), {}).body["spec"] == {
        "audiences": list(API), "expirationSeconds": 3600, "boundObjectRef": None,
    }
