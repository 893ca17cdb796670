"""The ServiceAccount plugin: upstream's tables 3 (bound mode) and 4 (Secret mode), look-ups, differences by minor."""

from __future__ import annotations

import pytest

from sanb.apiserver.plugins.mounting import PROJECTED
from sanb.apiserver.plugins.namespacelifecycle import WAITED
from sanb.apiserver.request import Wait
from tests.apiserver.plugins.desk import SPACE, TOKEN_PATH, Desk, container, pod

MIRROR = {"kubernetes.io/config.mirror": "x"}
ENFORCE = "kubernetes.io/enforce-mountable-secrets"
SECRET_VOLUME = [{"name": "v", "secret": {"secretName": "foo"}}]


@pytest.fixture
def desk() -> Desk:
    made = Desk()
    made.account()
    return made


@pytest.fixture
def strict() -> Desk:
    """The server-wide limit is on; the account lists no Secret."""
    made = Desk(limit=True)
    made.account()
    return made


@pytest.fixture
def listing() -> Desk:
    """The server-wide limit is on; the account lists the Secret foo and the pull Secret foo."""
    made = Desk(limit=True)
    made.account(secrets=[{"name": "foo"}], imagePullSecrets=[{"name": "foo"}])
    return made


# ---------------------------------------------------------------------- what the plugin leaves alone


def test_an_object_of_another_resource_is_ignored(desk: Desk) -> None:
    """UT-047."""
    given = pod()
    assert desk.admit(given, resource="CustomResource") is given


def test_a_request_without_object_is_ignored(desk: Desk) -> None:
    """UT-048."""
    assert desk.admit(None) is None
    assert desk.validate(None) is None


def test_a_mirror_pod_is_left_as_it_is() -> None:
    """UT-050: there is not even an account."""
    given = pod(MIRROR, volumes=[{"name": "v"}])
    assert Desk().admit(given) is given


def test_an_empty_annotation_makes_a_mirror_pod_too() -> None:
    given = pod({"kubernetes.io/config.mirror": ""})
    assert Desk().admit(given) is given


def test_a_binding_is_not_a_pod(desk: Desk) -> None:
    given = {"metadata": {"name": "p"}, "target": {"name": "node-1"}}
    assert desk.admit(given, subresource="binding") is given
    assert desk.validate(given, subresource="binding") is None


@pytest.mark.parametrize(("given", "why"), [
    (pod(MIRROR, serviceAccountName="default"), "a mirror pod may not reference service accounts"),
    (pod(MIRROR, volumes=SECRET_VOLUME), "a mirror pod may not reference secrets"),
    (pod(MIRROR, containers=[container(env="foo")]), "a mirror pod may not reference secrets"),
    (pod(MIRROR, imagePullSecrets=[{"name": "foo"}]), "a mirror pod may not reference secrets"),
    (
        pod(MIRROR, volumes=[{"name": "v", "projected": {"sources": [{"serviceAccountToken": {"path": "t"}}]}}]),
        "a mirror pod may not use ServiceAccountToken volume projections",
    ),
])
def test_a_mirror_pod_may_ask_for_no_credentials(given: dict, why: str) -> None:
    error = Desk().refused(given)
    assert (error.code, error.message) == (403, f'pods "myname" is forbidden: {why}')


# ---------------------------------------------------------------------- the account


def test_without_an_account_a_pod_is_refused() -> None:
    """UT-056, after the ten look-ups; the inner message says `serviceaccount`."""
    error = Desk().refused(pod(), attempt=9)
    assert error.code == 403
    assert error.message == (
        'pods "myname" is forbidden: error looking up service account myns/default: serviceaccount "default" not found'
    )


def test_the_default_account_is_looked_for_ten_times_at_one_interval() -> None:
    desk = Desk()
    waits = [desk.admit(pod(), attempt=attempt) for attempt in range(9)]
    assert all(isinstance(wait, Wait) and wait.counts == 1 for wait in waits)
    (seconds,) = dict.fromkeys(wait.seconds for wait in waits)
    assert 0.1 <= seconds <= 0.199
    desk.refused(pod(), attempt=9)


def test_waiting_for_the_namespace_before_takes_no_look_up_away() -> None:
    desk = Desk()
    assert isinstance(desk.admit(pod(), attempt=WAITED + 8), Wait)
    desk.refused(pod(), attempt=WAITED + 9)


def test_another_account_is_looked_for_once() -> None:
    error = Desk().refused(pod(serviceAccountName="robot"))
    assert error.message.endswith('error looking up service account myns/robot: serviceaccount "robot" not found')


def test_a_pod_that_names_no_account_gets_the_default_under_both_names(desk: Desk) -> None:
    spec = desk.admit(pod(containers=[container()]))["spec"]
    assert (spec["serviceAccountName"], spec["serviceAccount"]) == ("default", "default")


@pytest.mark.parametrize(("of_pod", "of_account", "mounted"), [
    (None, None, True), (None, True, True), (None, False, False),
    (True, None, True), (True, True, True), (True, False, True),
    (False, None, False), (False, True, False), (False, False, False),
])
def test_the_pod_has_the_last_word_on_automounting(of_pod: bool | None, of_account: bool | None, mounted: bool) -> None:
    """UT-542 to UT-545 and the rest of the table in SEM 7.3.2."""
    desk = Desk()
    desk.account(**({} if of_account is None else {"automountServiceAccountToken": of_account}))
    given = pod(containers=[container()], **({} if of_pod is None else {"automountServiceAccountToken": of_pod}))
    assert ("volumes" in desk.admit(given)["spec"]) is mounted


def test_pull_secrets_of_the_account_are_copied_in_order() -> None:
    """UT-079."""
    desk = Desk()
    references = [{"name": "foo"}, {"name": "bar"}]
    desk.account(imagePullSecrets=references)
    copied = desk.admit(pod())["spec"]["imagePullSecrets"]
    assert copied == references
    copied[1]["name"] = "changed"
    assert references[1] == {"name": "bar"}


def test_a_pod_with_own_pull_secrets_keeps_only_them() -> None:
    desk = Desk()
    desk.account(imagePullSecrets=[{"name": "foo"}])
    spec = desk.admit(pod(imagePullSecrets=[{"name": "own"}]))["spec"]
    assert spec["imagePullSecrets"] == [{"name": "own"}]


# ---------------------------------------------------------------------- bound mode


def test_an_init_container_alone_gets_the_projected_volume(desk: Desk) -> None:
    """UT-058."""
    spec = desk.admit(pod(initContainers=[container()]))["spec"]
    (volume,) = spec["volumes"]
    assert volume["name"].startswith("kube-api-access-") and len(volume["name"]) == len("kube-api-access-") + 5
    assert volume["projected"] is PROJECTED
    mount = {"name": volume["name"], "readOnly": True, "mountPath": TOKEN_PATH}
    assert spec["initContainers"][0]["volumeMounts"] == [mount]


def test_the_projected_volume_holds_token_ca_and_namespace() -> None:
    assert PROJECTED == {
        "defaultMode": 420,
        "sources": [
            {"serviceAccountToken": {"expirationSeconds": 3607, "path": "token"}},
            {"configMap": {"name": "kube-root-ca.crt", "items": [{"key": "ca.crt", "path": "ca.crt"}]}},
            {"downwardAPI": {"items": [
                {"path": "namespace", "fieldRef": {"apiVersion": "v1", "fieldPath": "metadata.namespace"}},
            ]}},
        ],
    }


def test_no_volume_where_every_container_mounts_something_there(desk: Desk) -> None:
    """UT-060."""
    own = container(mounts=[{"name": "my-custom-mount", "mountPath": TOKEN_PATH}])
    spec = desk.admit(pod(initContainers=[own]))["spec"]
    assert "volumes" not in spec
    assert spec["initContainers"] == [own]


def test_only_containers_without_a_mount_there_get_one(desk: Desk) -> None:
    own = container("a", mounts=[{"name": "x", "mountPath": TOKEN_PATH}])
    other = container("b", mounts=[{"name": "y", "mountPath": "/y"}])
    spec = desk.admit(pod(containers=[own, other], volumes=[{"name": "x"}, {"name": "y"}]))["spec"]
    token = spec["volumes"][2]["name"]
    assert spec["containers"][0] is own
    assert [mount["name"] for mount in spec["containers"][1]["volumeMounts"]] == ["y", token]


def test_ephemeral_containers_get_no_mount(desk: Desk) -> None:
    spec = desk.admit(pod(containers=[container()], ephemeralContainers=[container("e")]))["spec"]
    assert spec["ephemeralContainers"] == [container("e")]


def test_a_volume_called_like_ours_is_taken_for_ours(desk: Desk) -> None:
    volumes = [{"name": "kube-api-access-zzzzz", "emptyDir": {}}]
    spec = desk.admit(pod(containers=[container()], volumes=volumes))["spec"]
    assert spec["volumes"] is volumes
    assert spec["containers"][0]["volumeMounts"][0]["name"] == "kube-api-access-zzzzz"


def test_a_pod_of_an_older_server_stays_as_it_is(desk: Desk) -> None:
    """UT-088."""
    mounts = [{"name": "default-token-abc123", "mountPath": TOKEN_PATH}]
    volumes = [{"name": "default-token-abc123", "secret": {"secretName": "default-token-abc123"}}]
    spec = desk.admit(pod(containers=[container(mounts=mounts)], volumes=volumes))["spec"]
    assert spec["volumes"] == volumes
    assert spec["containers"][0]["volumeMounts"] == mounts


# ---------------------------------------------------------------------- Secret mode


def test_an_account_without_token_makes_the_client_come_again() -> None:
    """UT-081: not Forbidden but a 500 that asks for a retry."""
    desk = Desk("1.10")
    desk.account()
    error = desk.refused(pod())
    assert (error.code, error.reason) == (500, "ServerTimeout")
    assert error.status["details"] == {"name": "create pod", "kind": "serviceaccounts", "retryAfterSeconds": 1}
    assert error.message == (
        'No API token found for service account "default",'
        " retry after the token is automatically created and added to the service account"
    )


@pytest.mark.parametrize("field", ["containers", "initContainers"])
def test_the_listed_token_secret_is_mounted_under_its_name(field: str) -> None:
    """UT-082 and UT-084."""
    desk = Desk("1.10")
    desk.account(secrets=[{"name": "token-name"}])
    desk.token("token-name")
    spec = desk.admit(pod(**{field: [container()]}))["spec"]
    assert spec["volumes"] == [{"name": "token-name", "secret": {"secretName": "token-name", "defaultMode": 420}}]
    mount = {"name": "token-name", "readOnly": True, "mountPath": TOKEN_PATH}
    assert spec[field][0]["volumeMounts"] == [mount]


def test_the_first_listed_token_of_this_very_account_is_taken() -> None:
    desk = Desk("1.10")
    desk.account(secrets=[{"name": name} for name in ("missing", "old", "second", "third")])
    desk.token("old", uid="before")
    desk.token("second")
    desk.token("third")
    spec = desk.admit(pod(containers=[container()]))["spec"]
    assert spec["volumes"][0]["secret"]["secretName"] == "second"


def test_a_volume_that_carries_the_secret_is_used_again() -> None:
    desk = Desk("1.10")
    desk.account(secrets=[{"name": "t"}])
    desk.token("t")
    volumes = [{"name": "mine", "secret": {"secretName": "t"}}]
    spec = desk.admit(pod(containers=[container()], volumes=volumes))["spec"]
    assert spec["volumes"] is volumes
    assert spec["containers"][0]["volumeMounts"][0]["name"] == "mine"


def test_a_taken_volume_name_gets_a_suffix() -> None:
    desk = Desk("1.10")
    desk.account(secrets=[{"name": "t"}])
    desk.token("t")
    spec = desk.admit(pod(containers=[container()], volumes=[{"name": "t", "emptyDir": {}}]))["spec"]
    name = spec["volumes"][1]["name"]
    assert name[:2] == "t-" and len(name) == 7
    assert spec["volumes"][1]["secret"]["secretName"] == "t"


@pytest.mark.parametrize(("minor", "name"), [("1.10", "a.b-token-x"), ("1.20", "a-b-token-x")])
def test_dots_in_a_volume_name_become_dashes_later(minor: str, name: str) -> None:
    desk = Desk(minor)
    desk.account("a.b", secrets=[{"name": "a.b-token-x"}])
    desk.token("a.b-token-x", "a.b")
    spec = desk.admit(pod(serviceAccountName="a.b", containers=[container()]))["spec"]
    assert spec["volumes"][0]["name"] == name


def test_the_gate_brings_secret_mode_back() -> None:
    desk = Desk("1.21", gates={"BoundServiceAccountTokenVolume": False})
    desk.account()
    assert desk.refused(pod()).reason == "ServerTimeout"


# ---------------------------------------------------------------------- mountable Secrets


@pytest.mark.parametrize("given", [
    pod(volumes=SECRET_VOLUME),  # UT-061
    pod(initContainers=[container(env="foo")]),  # UT-064
    pod(imagePullSecrets=[{"name": "foo"}]),  # UT-076
    pod(volumes=[{"name": "v", "projected": {"sources": [{"secret": {"name": "other"}}]}}]),
])
def test_listed_secrets_are_allowed(listing: Desk, given: dict) -> None:
    """UT-061, UT-064, UT-076; projected Secrets are not looked at."""
    assert listing.admit(given)["spec"]["serviceAccountName"] == "default"


SUFFIX = 'secret.secretName="foo" is not allowed because service account default does not reference that secret'
FAULTS = [
    (pod(volumes=SECRET_VOLUME), f"volume with {SUFFIX}"),  # UT-068
    (pod(containers=[container(env="foo")]), f"container c with envVar E referencing {SUFFIX}"),  # UT-069
    (pod(containers=[container(env_from="foo")]), f"container c with envFrom referencing {SUFFIX}"),  # UT-070
    (pod(initContainers=[container(env="foo")]), f"init container c with envVar E referencing {SUFFIX}"),  # UT-071
    (pod(initContainers=[container(env_from="foo")]), f"init container c with envFrom referencing {SUFFIX}"),  # UT-072
    (
        pod(imagePullSecrets=[{"name": "ok"}, {"name": "foo"}]),
        'imagePullSecrets[0].name="ok" is not allowed because service account default'
        " does not reference that imagePullSecret",
    ),
]


@pytest.mark.parametrize(("given", "why"), FAULTS)
def test_secrets_that_are_not_listed_are_refused(strict: Desk, given: dict, why: str) -> None:
    """UT-068 to UT-072 in both phases."""
    error = strict.refused(given)
    assert (error.code, error.message) == (403, f'pods "myname" is forbidden: {why}')
    completed = {**given, "spec": {**given["spec"], "serviceAccountName": "default"}}
    assert strict.refused(completed, phase="validate").message == error.message


def test_an_update_is_not_checked(strict: Desk) -> None:
    """UT-071 and UT-072: first half."""
    given = pod(initContainers=[container(env="foo")])
    assert strict.admit(given, operation="UPDATE") is given
    assert strict.validate(given, operation="UPDATE") is None


@pytest.mark.parametrize(("value", "enforced"), [
    ("true", True), ("True", True), ("1", True), ("t", True), ("false", False), ("yes", False), ("", False),
])
def test_the_annotation_of_the_account_enforces_its_list(value: str, enforced: bool) -> None:
    """UT-075."""
    desk = Desk()
    desk.account(annotations={ENFORCE: value})
    given = pod(volumes=SECRET_VOLUME)
    if enforced:
        assert desk.refused(given).message.endswith(f"volume with {SUFFIX}")
    else:
        assert desk.admit(given)["spec"]["volumes"] == SECRET_VOLUME


def test_volumes_are_looked_at_before_containers(strict: Desk) -> None:
    given = pod(volumes=SECRET_VOLUME, initContainers=[container(env="foo")], containers=[container(env="foo")])
    assert "volume with" in strict.refused(given).message


def test_before_1_29_env_from_is_not_looked_at() -> None:
    desk = Desk("1.28", limit=True)
    desk.account()
    assert desk.admit(pod(containers=[container(env_from="foo")]))["spec"]["serviceAccountName"] == "default"


# ---------------------------------------------------------------------- ephemeral containers


def _debugged(**reads: str) -> dict:
    return pod(serviceAccountName="default", ephemeralContainers=[container("e", **reads)])


def test_ephemeral_containers_may_read_listed_secrets(listing: Desk) -> None:
    """UT-067."""
    given = _debugged(env_from="foo")
    assert listing.validate(given, operation="UPDATE", subresource="ephemeralcontainers") is None


@pytest.mark.parametrize(("minor", "reads", "why"), [
    ("1.36", {"env": "foo"}, f"ephemeral container e with envVar E referencing {SUFFIX}"),
    ("1.36", {"env_from": "foo"}, f"ephemeral container e with envFrom referencing {SUFFIX}"),
    ("1.27", {"env": "foo"}, f"ephemeral container e with envVar E referencing {SUFFIX}"),
    ("1.27", {"env_from": "foo"}, ""),
    ("1.25", {"env": "foo"}, ""),
])
def test_ephemeral_containers_are_refused_with_a_bare_500(minor: str, reads: dict[str, str], why: str) -> None:
    desk = Desk(minor, limit=True)
    desk.account()
    options = {"operation": "UPDATE", "subresource": "ephemeralcontainers"}
    if why:
        error = desk.refused(_debugged(**reads), phase="validate", **options)
        assert (error.code, error.reason, error.message) == (500, "", why)
    else:
        assert desk.validate(_debugged(**reads), **options) is None


def test_validation_alone_asks_for_an_account_since_1_27(desk: Desk) -> None:
    error = desk.refused(pod(), phase="validate")
    assert error.message == f'pods "myname" is forbidden: no service account specified for pod {SPACE}/p'
