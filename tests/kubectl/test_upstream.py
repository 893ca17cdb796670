"""kubectl's own test cases for tokens, roles, accounts and whoami."""

from __future__ import annotations

import json

import pytest

from sanb import Cluster
from sanb.apiserver import status
from sanb.errors import ApiError
from sanb.kubectl import run
from tests.kubectl.canned import Canned
from tests.kubectl.fake import FakeControlPlane

TOKEN = {"kind": "TokenRequest", "status": {"token": "abc"}}
NOT_ENABLED = "error: the selfsubjectreviews API is not enabled in the cluster"


@pytest.mark.parametrize(
    ("line", "namespace", "name"),
    [
        ("create token mysa -n test", "test", "mysa"),
        ("create token custom-sa -n custom-ns", "custom-ns", "custom-sa"),
    ],
)
def test_create_token_asks_the_subresource_and_prints_the_token(line: str, namespace: str, name: str) -> None:
    """UT-495, UT-496."""
    cp = Canned(TOKEN)
    assert run(cp, line) == (0, "abc", "")
    sent = cp.requests[0]
    assert (sent.verb, sent.resource, sent.namespace, sent.name, sent.subresource) == (
        "create",
        "serviceaccounts",
        namespace,
        name,
        "token",
    )
    assert sent.body == {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {}}


def test_create_token_binds_to_a_node() -> None:
    """UT-503."""
    cp = Canned(TOKEN)
    run(cp, "create token a --bound-object-kind Node --bound-object-name mynode --bound-object-uid myuid")
    assert cp.requests[0].body["spec"] == {
        "boundObjectRef": {"kind": "Node", "apiVersion": "v1", "name": "mynode", "uid": "myuid"}
    }


def test_one_empty_audience_among_others_is_refused() -> None:
    """UT-504."""
    words = ["create", "token", "a", "--audience", "test", "--audience", "", "--audience", "test2"]
    assert run(Canned(TOKEN), words) == (1, "", "error: --audience must not be an empty string\n")


def test_create_token_prints_the_whole_object_if_asked_to() -> None:
    """UT-497."""
    assert run(Canned(TOKEN), "create token mysa -o yaml").stdout == (
        "apiVersion: authentication.k8s.io/v1\nkind: TokenRequest\nmetadata: {}\n"
        "spec:\n  audiences: null\n  boundObjectRef: null\n  expirationSeconds: null\n"
        "status:\n  expirationTimestamp: null\n  token: abc\n"
    )


@pytest.mark.parametrize(("words", "text"), [
    ("--bound-object-uid myuid", "--bound-object-uid can only be set if --bound-object-kind is provided"),
    ("--duration 1µs", "--duration cannot be expressed in units less than seconds"),
])
def test_create_token_sends_nothing_for_flags_that_do_not_fit(words: str, text: str) -> None:
    """UT-501, UT-507."""
    cp = Canned(TOKEN)
    done = run(cp, f"create token a {words}")
    assert (done.exit_code, done.stdout, done.stderr.strip(), cp.requests) == (1, "", f"error: {text}", [])


def test_create_token_tells_the_servers_refusal() -> None:
    """UT-510."""
    refusal = status.failure(422, "Invalid", ' "bad bad request" is invalid')
    assert (
        run(Canned(refusal), "create token a").stderr
        == 'error: failed to create token:  "bad bad request" is invalid\n'
    )


def test_create_role_drops_duplicate_resources() -> None:
    """UT-512."""
    cp = FakeControlPlane()
    run(cp, "create role r --verb=get,watch,list --resource=pods,pods")
    assert cp.requests[-1].body["rules"] == [
        {"apiGroups": [""], "resources": ["pods"], "verbs": ["get", "watch", "list"]}
    ]


def test_an_unknown_verb_is_only_warned_about() -> None:
    """UT-517."""
    done = run(FakeControlPlane(), "create role r --verb=post --resource=pods")
    assert (done.exit_code, done.stderr) == (0, "Warning: 'post' is not a standard resource verb\n")


@pytest.mark.parametrize(
    ("verbs", "resource", "text"),
    [
        ("use", "pods", "can not perform 'use' on 'pods' in group ''"),
        ("bind", "pods", "can not perform 'bind' on 'pods' in group ''"),
        (
            "impersonate,use",
            "userextras.authentication.k8s.io/scopes",
            "can not perform 'use' on 'userextras' in group 'authentication.k8s.io'",
        ),
    ],
)
def test_special_verbs_need_their_resources(verbs: str, resource: str, text: str) -> None:
    """UT-518."""
    assert run(FakeControlPlane(), f"create role r --verb={verbs} --resource={resource}") == (1, "", f"error: {text}\n")


def test_the_body_of_an_account_has_only_its_name() -> None:
    """UT-521."""
    cp = FakeControlPlane()
    run(cp, "create serviceaccount my-service-account")
    assert cp.requests[-1].body == {
        "apiVersion": "v1",
        "kind": "ServiceAccount",
        "metadata": {"name": "my-service-account"},
    }


def test_whoami_prints_all_attributes_with_sorted_extras() -> None:
    """UT-522."""
    user = {
        "username": "jane.doe",
        "uid": "uniq-id",
        "groups": ["students", "teachers"],
        "extra": {"subjects": ["math", "sports"], "skills": ["reading", "learning"]},
    }
    assert run(Canned({"status": {"userInfo": user}}), "auth whoami").stdout == (
        "ATTRIBUTE         VALUE\n"
        "Username          jane.doe\n"
        "UID               uniq-id\n"
        "Groups            [students teachers]\n"
        "Extra: skills     [reading learning]\n"
        "Extra: subjects   [math sports]\n"
    )


@pytest.mark.parametrize(("minor", "version"), [("1.27", "v1beta1"), ("1.28", "v1")])
def test_whoami_answers_in_the_version_that_is_served(minor: str, version: str) -> None:
    """UT-523."""
    said = json.loads(Cluster(minor, nodes=0).kubectl("auth whoami -o json").stdout)
    assert (said["apiVersion"], said["kind"]) == (f"authentication.k8s.io/{version}", "SelfSubjectReview")


def test_whoami_prints_in_the_format_that_is_asked_for() -> None:
    cp = Canned({"kind": "SelfSubjectReview", "status": {"userInfo": {"username": "jane.doe"}}})
    assert run(cp, "auth whoami -o jsonpath={.status.userInfo.username}").stdout == "jane.doe"


@pytest.mark.parametrize(
    ("refusal", "text"),
    [
        (status.unknown_resource(), NOT_ENABLED),
        (status.forbidden("selfsubjectreviews", "", "no"), f"{NOT_ENABLED} or you do not have permission to call it"),
        (status.internal("x"), "Error from server (InternalError): Internal error occurred: x"),
    ],
)
def test_whoami_tells_why_it_cannot(refusal: ApiError, text: str) -> None:
    """UT-524, UT-525, UT-526."""
    assert run(Canned(refusal), "auth whoami") == (1, "", text + "\n")


ALLOWED = {"status": {"allowed": True}}
NO_TYPE = "Warning: the server doesn't have a resource type '{}'"


@pytest.mark.parametrize(("minor", "word", "asked", "warning"), [
    ("1.15", "deployments.extensions/foo", ("deployments", "extensions", "foo"), ""),
    ("1.15", "deploy/foo", ("deployments", "apps", "foo"), ""),
    ("1.36", "deployments.v1.apps/foo", ("deployments", "apps", "foo"), ""),
    ("1.36", "deployments.extensions/foo", ("deployments.extensions", None, "foo"),
     f"{NO_TYPE.format('deployments')} in group 'extensions'"),
    ("1.36", "invalid", ("invalid", None, None), NO_TYPE.format("invalid")),
    ("1.36", "users", ("users", None, None), ""),
])
def test_can_i_asks_about_the_group_that_is_named(minor: str, word: str, asked: tuple[str | None, ...], warning: str) -> None:
    """UT-527, UT-531: what the server does not have is asked about as it stands."""
    cp = Canned(ALLOWED, minor)
    done = run(cp, f"auth can-i get {word} -n test")
    attributes = cp.requests[-1].body["spec"]["resourceAttributes"]
    assert tuple(attributes.get(key) for key in ("resource", "group", "name")) == asked
    assert attributes["namespace"] == "test"
    assert (done.exit_code, done.stdout, done.stderr.strip()) == (0, "yes\n", warning)


def test_can_i_lists_one_line_per_resource_and_url() -> None:
    """UT-533."""
    rules = [
        {"verbs": ["get"], "apiGroups": ["*"], "resources": ["pod"]},
        {"verbs": ["list"], "apiGroups": ["*"], "resources": ["pod"]},
        {"verbs": ["get", "list"], "apiGroups": ["*"], "resources": ["job"], "resourceNames": ["test-resource"]},
    ]
    urls = [{"verbs": ["get"], "nonResourceURLs": ["/apis/*", "/version"]}]
    answer = {"status": {"resourceRules": rules, "nonResourceRules": urls, "incomplete": False}}
    lines = run(Canned(answer), "auth can-i --list --no-headers").stdout.splitlines()
    assert [line.split() for line in lines] == [
        ["job.*", "[]", "[test-resource]", "[get", "list]"],
        ["pod.*", "[]", "[]", "[get", "list]"],
        ["[/apis/*]", "[]", "[get]"],
        ["[/version]", "[]", "[get]"],
    ]


def test_a_delete_waits_until_the_object_is_gone() -> None:
    """A finalizer holds the object; kubectl ends when it is taken away."""
    cp = FakeControlPlane()
    run(cp, "create -f -", "{kind: ConfigMap, apiVersion: v1, metadata: {name: c, finalizers: [example.com/x]}}")
    waited: list[bool] = []

    def run_until(fulfilled, seconds):  # type: ignore[no-untyped-def]
        waited.append(fulfilled())
        run(cp, ["patch", "cm", "c", "--type=merge", "-p", '{"metadata":{"finalizers":null}}'])
        waited.append(fulfilled())

    cp.run_until = run_until  # type: ignore[attr-defined]
    assert run(cp, "delete cm c").stdout == 'configmap "c" deleted from default namespace\n'
    assert waited == [False, True]
