"""Users with certificates, bearers of tokens, and Pods: each acts with what it has."""

from __future__ import annotations

import ssl
import urllib.request
from base64 import b64decode
from pathlib import Path

import pytest
import yaml
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key

import sanb
from sanb.apiserver.request import UserInfo

DAY = 86400


@pytest.fixture
def c() -> sanb.Cluster:
    """The group dev and the account shop/web may list Pods in the namespace shop."""
    cluster = sanb.Cluster("1.36", seed=1, tokens={"sesame": {"user": "ali", "groups": ["dev"]}, "x": "bob"})
    cluster.create("namespace", "shop")
    cluster.create("sa", "web", namespace="shop")
    cluster.run()
    cluster.kubectl("create role reader --verb=get,list --resource=pods -n shop")
    cluster.kubectl("create rolebinding readers --role=reader --serviceaccount=shop:web --group=dev -n shop")
    return cluster


def names(client: sanb.Cluster, namespace: str = "shop") -> list[str]:
    return [pod["metadata"]["name"] for pod in client.list("pods", namespace=namespace)]


# ---------------------------------------------------------------------- users


def test_a_user_is_what_the_certificate_says_and_nothing_is_stored(c: sanb.Cluster) -> None:
    before = c.store.rev
    jane = c.users.create("jane", groups=["dev", "ops"])
    assert c.store.rev == before
    certificate = x509.load_pem_x509_certificate(jane.certificate.encode())
    assert sorted(certificate.subject.rfc4514_string().split(",")) == ["CN=jane", "O=dev", "O=ops"]
    certificate.verify_directly_issued_by(x509.load_pem_x509_certificate(c.authority.ca_pem.encode()))
    assert load_pem_private_key(jane.key.encode(), None).public_key() == certificate.public_key()
    assert jane.info == UserInfo("jane", groups=("dev", "ops", "system:authenticated"))
    assert repr(jane) == "<user jane of dev,ops>" and repr(c.users.create("bob")) == "<user bob>"


def test_a_user_acts_everywhere_as_far_as_bindings_go(c: sanb.Cluster) -> None:
    jane = c.users.create("jane", groups=["dev"])
    c.create("pod", "p", namespace="shop", image="nginx")
    assert names(jane.client()) == ["p"]
    with pytest.raises(sanb.ApiError, match='pods is forbidden: User "jane" cannot list resource "pods"'):
        names(jane.client(), "default")
    with c.as_(jane):
        assert names(c) == ["p"]
    assert c.can(jane, "list", "pods", namespace="shop") and not c.can(jane, "list", "pods")
    assert "Groups      [dev system:authenticated]" in jane.client().kubectl("auth whoami").stdout


def test_a_certificate_ends_after_a_year_of_virtual_time(c: sanb.Cluster) -> None:
    jane = c.users.create("jane", groups=["dev"]).client()
    c.run(for_="364d")
    assert names(jane) == []
    c.run(for_="25h")
    with pytest.raises(sanb.ApiError, match="Unauthorized"):
        names(jane)


def test_the_same_seed_signs_the_same_certificate() -> None:
    one, other = (sanb.Cluster(seed=3, nodes=0).users.create("jane", groups=["dev"]) for _ in range(2))
    assert (one.key, one.certificate) == (other.key, other.certificate)
    random = sanb.Cluster(seed=3, nodes=0, keys="random").users.create("jane")
    assert random.key != one.key


def test_a_user_needs_a_name_and_a_list_of_groups(c: sanb.Cluster) -> None:
    for name, groups in (("", []), ("jane", "dev")):
        with pytest.raises(sanb.UsageError, match="give a name and a list of groups"):
            c.users.create(name, groups)


def test_a_kubeconfig_says_who_and_where(c: sanb.Cluster) -> None:
    jane = c.users.create("jane", groups=["dev"])
    found = yaml.safe_load(jane.kubeconfig("https://example.com:6443", namespace="shop"))
    assert found["clusters"][0]["cluster"]["server"] == "https://example.com:6443"
    user = found["users"][0]
    assert user["name"] == "jane" and b64decode(user["user"]["client-key-data"]).decode() == jane.key
    assert found["contexts"][0]["context"] == {"cluster": "sanb", "namespace": "shop", "user": "jane"}
    assert yaml.safe_load(jane.kubeconfig())["clusters"][0]["cluster"]["server"] == "https://127.0.0.1:6443"


def test_a_served_cluster_knows_the_user_by_the_certificate(c: sanb.Cluster, tmp_path: Path) -> None:
    jane = c.users.create("jane", groups=["dev"])
    (tmp_path / "jane.pem").write_text(jane.certificate + jane.key)
    with c.serve() as api:
        assert yaml.safe_load(jane.kubeconfig())["clusters"][0]["cluster"]["server"] == api.url
        context = ssl.create_default_context(cadata=api.ca)
        context.load_cert_chain(tmp_path / "jane.pem")
        request = urllib.request.Request(
            f"{api.url}/apis/authentication.k8s.io/v1/selfsubjectreviews", data=b"{}",
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, context=context) as answer:
            assert b'"username":"jane","groups":["dev","system:authenticated"]' in answer.read()


# ---------------------------------------------------------------------- tokens


def test_a_bearer_acts_with_the_token_and_nothing_else(c: sanb.Cluster) -> None:
    token = c.kubectl("create token web -n shop").stdout
    web = c.client(token)
    assert names(web) == []
    with pytest.raises(sanb.ApiError, match='User "system:serviceaccount:shop:web" cannot list resource "secrets"'):
        web.list("secrets", namespace="shop")
    with pytest.raises(sanb.ApiError, match="Unauthorized"):
        c.client("garbage").list("pods")
    assert "cannot impersonate" in web.kubectl("get pods -n shop --as admin").stderr
    with pytest.raises(AttributeError, match="no 'frames'"):
        _ = web.frames


def test_who_shows_nothing_is_anonymous_as_over_http(c: sanb.Cluster) -> None:
    with pytest.raises(sanb.ApiError) as caught:
        c.client().list("pods", namespace="shop")
    assert (caught.value.code, caught.value.message) == (
        403, 'pods is forbidden: User "system:anonymous" cannot list resource "pods" in API group "" in the namespace "shop"')
    assert repr(c.client()) == "<client: anonymous>"
    assert c.can("system:anonymous", "get", "/version") and not c.can("system:anonymous", "get", "/api")


def test_static_tokens_are_those_that_the_server_was_started_with(c: sanb.Cluster) -> None:
    assert names(c.client("sesame")) == []
    with pytest.raises(sanb.ApiError, match='User "bob" cannot list'):
        names(c.client("x"))
    assert names(sanb.replay(c.trace).client("sesame")) == []


@pytest.mark.parametrize("said", [5, {"user": ""}, {"name": "jane"}, {"user": "jane", "groups": "dev"}])
def test_a_static_token_needs_a_user(said: object) -> None:
    with pytest.raises(sanb.UsageError, match="is no user for a token"):
        sanb.Cluster(tokens={"t": said}, nodes=0)


def test_what_a_token_may_do_is_told_with_the_chain_and_a_dead_one_with_its_reason(c: sanb.Cluster) -> None:
    token = c.kubectl("create token web -n shop").stdout
    assert c.why(token, "list", "pods", namespace="shop").text == (
        "allowed:\n  system:serviceaccount:shop:web is ServiceAccount \"web/shop\" -> RoleBinding readers -> Role reader"
        " -> get, list pods"
    )
    c.delete("sa", "web", namespace="shop")
    c.run(for_="11s")
    why = c.why(token, "list", "pods", namespace="shop")
    assert not why and why.text == 'not allowed: the token is worth nothing: serviceaccounts "web" not found'
    assert c.why(token[:-2], "list", "pods").text.endswith("go-jose/go-jose: error in cryptographic primitive")


# ---------------------------------------------------------------------- Pods


def test_a_pod_acts_with_the_token_that_is_mounted_in_it(c: sanb.Cluster) -> None:
    c.create("pod", "p", namespace="shop", image="nginx", service_account="web")
    c.run()
    client = c.pod("shop", "p").client()
    assert names(client) == ["p"]
    assert "system:serviceaccount:shop:web" in client.kubectl("auth whoami").stdout
    with pytest.raises(sanb.ApiError, match="cannot delete resource"):
        client.delete("pod", "p", namespace="shop")


def test_a_pod_without_a_token_cannot_act(c: sanb.Cluster) -> None:
    c.create("pod", "p", namespace="shop", image="nginx", automount=False)
    client = c.pod("shop", "p").client()
    with pytest.raises(sanb.UsageError, match="let it start first"):
        names(client)
    c.run()
    with pytest.raises(sanb.UsageError, match="has no token at"):
        names(client)
