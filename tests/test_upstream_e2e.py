"""Upstream's integration and end-to-end cases (tables 18 and 25), on a whole simulated cluster.

Not possible yet: UT-393, UT-395 and UT-396 present tokens to the API server, and UT-535's last part and UT-551's client
authenticate with one: they come with authentication.
"""

from __future__ import annotations

import base64
from typing import Any

import pytest

from sanb import Cluster

MOUNT = "/var/run/secrets/kubernetes.io/serviceaccount"


def cluster(minor: str = "1.36") -> Cluster:
    c = Cluster(minor, seed=3)
    c.create("namespace", "e2e")
    c.run()
    return c


def mounted(c: Cluster, account: bool | None, pod: bool | None) -> bool:
    c.create("serviceaccount", "mount-test", namespace="e2e", automount=account)
    c.run()
    made = c.create("pod", "pod", namespace="e2e", service_account="mount-test", automount=pod)
    return any(m["mountPath"] == MOUNT for m in made["spec"]["containers"][0].get("volumeMounts", ()))


def read(c: Cluster, path: str, pod: str = "pod") -> str:
    result = c.kubectl(f"exec {pod} -n e2e -- cat {path}")
    assert result.exit_code == 0, result
    return result.stdout


@pytest.mark.parametrize("minor", ["1.10", "1.36"])
def test_a_new_namespace_gets_its_default_account(minor: str) -> None:
    """UT-387."""
    assert [a["metadata"]["name"] for a in cluster(minor).list("sa", namespace="e2e")] == ["default"]


@pytest.mark.parametrize("minor", ["1.10", "1.36"])
def test_a_deleted_default_account_comes_back_as_another(minor: str) -> None:
    """UT-388."""
    c = cluster(minor)
    before = c.get("sa", "default", namespace="e2e")["metadata"]["uid"]
    c.delete("sa", "default", namespace="e2e")
    c.run()
    assert c.get("sa", "default", namespace="e2e")["metadata"]["uid"] != before


def test_a_pod_created_without_waiting_is_accepted_and_gets_a_projected_volume() -> None:
    """UT-389."""
    c = Cluster("1.36", seed=3)
    c.create("namespace", "e2e")
    made = c.create("pod", "pod", namespace="e2e")
    assert made["spec"]["serviceAccountName"] == "default"
    assert list(made["spec"]["volumes"][0]) == ["name", "projected"]


def test_the_default_account_has_no_secrets() -> None:
    """UT-534."""
    assert "secrets" not in cluster().get("sa", "default", namespace="e2e")


def test_the_three_mounted_files_are_the_clusters_the_namespaces_and_the_accounts() -> None:
    """UT-535, without the use of the token."""
    c = cluster()
    assert mounted(c, None, None)
    c.run()
    assert read(c, f"{MOUNT}/ca.crt") == c.get("cm", "kube-root-ca.crt", namespace="e2e")["data"]["ca.crt"]
    assert read(c, f"{MOUNT}/namespace") == "e2e"
    assert c.authority.verify(read(c, f"{MOUNT}/token"))["sub"] == "system:serviceaccount:e2e:mount-test"


@pytest.mark.parametrize(
    ("account", "pod", "wanted"),
    [
        (None, None, True), (None, True, True), (None, False, False), (True, None, True), (True, True, True),
        (True, False, False), (False, None, False), (False, True, True), (False, False, False),
    ],
)
def test_automount_is_the_pods_word_then_the_accounts_then_yes(
    account: bool | None, pod: bool | None, wanted: bool
) -> None:
    """UT-542, UT-543, UT-544, UT-545 and the rest of the matrix."""
    assert mounted(cluster(), account, pod) is wanted


def test_a_projected_token_is_a_text_of_three_parts() -> None:
    """UT-546."""
    c = cluster()
    source = {"serviceAccountToken": {"path": "token", "expirationSeconds": 3600}}
    volume = {"name": "t", "projected": {"sources": [source]}}
    container = {"name": "c", "image": "nginx", "volumeMounts": [{"name": "t", "mountPath": "/test-volume"}]}
    c.create("pod", "pod", namespace="e2e", body={"spec": {"containers": [container], "volumes": [volume]}})
    c.run()
    assert len(read(c, "/test-volume/token").split(".")) == 3


def test_the_token_of_a_pod_that_runs_as_a_user_is_that_users_alone() -> None:
    """UT-547."""
    c = cluster()
    container = {"name": "c", "image": "nginx"}
    spec = {"containers": [container], "securityContext": {"runAsUser": 1000}}
    c.create("pod", "pod", namespace="e2e", body={"spec": spec})
    c.run()
    shown = c.kubectl(f"exec pod -n e2e -- ls -l {MOUNT}/..data/token").stdout.split()
    assert shown[0] == "-rw-------"
    assert shown[2:4] in (["1000", "0"], ["1000", "root"])


def test_a_short_token_is_replaced_before_it_expires() -> None:
    """UT-551, without the client."""
    c = cluster()
    token = {"serviceAccountToken": {"path": "token", "expirationSeconds": 600}}
    container = {"name": "c", "image": "nginx", "volumeMounts": [{"name": "kube-api-access-e2e", "mountPath": MOUNT}]}
    volume = {"name": "kube-api-access-e2e", "projected": {"sources": [token]}}
    c.create("pod", "pod", namespace="e2e", body={"spec": {"containers": [container], "volumes": [volume]}})
    c.run()
    seen: dict[str, None] = {}
    for _ in range(20):
        claims = c.authority.verify(text := read(c, f"{MOUNT}/token"))
        assert claims["exp"] > c.now
        seen[text] = None
        c.run(for_="1m")
    assert len(seen) >= 2


def test_the_root_certificate_is_published_recreated_and_mended() -> None:
    """UT-554, UT-555, UT-556."""
    c = cluster()

    def published() -> Any:
        return c.get("cm", "kube-root-ca.crt", namespace="e2e")["data"]["ca.crt"]

    first = published()
    assert first == c.authority.ca_pem
    c.delete("cm", "kube-root-ca.crt", namespace="e2e")
    c.run()
    assert published() == first
    c.patch("cm", "kube-root-ca.crt", {"data": {"ca.crt": ""}}, namespace="e2e")
    c.run()
    assert published() == first


def test_an_accounts_automount_can_be_changed() -> None:
    """UT-557."""
    c = cluster()
    c.create("sa", "changing", namespace="e2e", automount=False)
    c.patch("sa", "changing", {"automountServiceAccountToken": True}, namespace="e2e")
    assert c.get("sa", "changing", namespace="e2e")["automountServiceAccountToken"] is True


def test_a_secret_of_the_account_is_mounted_up_to_the_minors_that_make_them() -> None:
    """The same files on 1.10: they come from the Secret."""
    c = cluster("1.10")
    assert mounted(c, None, None)
    c.run()
    name = c.get("sa", "mount-test", namespace="e2e")["secrets"][0]["name"]
    data = c.get("secret", name, namespace="e2e")["data"]
    for key in ("token", "ca.crt", "namespace"):
        assert read(c, f"{MOUNT}/{key}") == base64.b64decode(data[key]).decode()
