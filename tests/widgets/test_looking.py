"""What the inspector, the timeline and the tables show."""

from __future__ import annotations

import base64
from typing import Any

import pytest

import sanb
from tests.widgets.conftest import Browser


@pytest.fixture
def shop(browser: Browser) -> Browser:
    browser.create("namespace", name="shop")
    browser.ask("run")
    browser.create("pod", name="web", namespace="shop", image="nginx")
    browser.ask("run")
    return browser


def origin_of(found: dict[str, Any]) -> dict[str, tuple[str, str]]:
    return {path: (origin, who) for _, origin, who, path in found["lines"]}


def test_every_line_of_an_object_says_who_wrote_it(shop: Browser) -> None:
    found = shop.ask("inspect", name="pod/shop/web")
    origins = origin_of(found)
    assert found["author"] == "admin"
    assert origins["spec.containers.0.image"] == ("own", "")
    assert origins["metadata.labels.run"] == ("own", "")
    assert origins["metadata.uid"] == ("added", "")
    assert origins["spec.containers.0.volumeMounts.0.mountPath"] == ("added", "")
    assert origins["spec.nodeName"] == ("later", "scheduler")
    assert origins["status.phase"] == ("later", "kubelet")


def test_the_lines_together_are_the_objects_yaml_without_managed_fields(shop: Browser) -> None:
    import yaml

    from sanb.values import plain

    found = shop.ask("inspect", name="pod/shop/web")
    text = "\n".join(line[0] for line in found["lines"])
    stored = plain(shop.cluster.store.head.get(("pods", "shop", "web")).obj)
    metadata = {name: value for name, value in stored["metadata"].items() if name != "managedFields"}
    assert yaml.safe_load(text) == {**stored, "metadata": metadata}


def test_looking_changes_nothing(shop: Browser) -> None:
    cluster = shop.cluster
    before = cluster.fingerprint(), cluster.store.rev, len(cluster.world.journal), cluster.world.steps
    for name in ("pod/shop/web", "serviceaccount/shop/default", "namespace/shop", "node/node-1", "secret/shop/nothing"):
        shop.ask("inspect", name=name)
    shop.ask("table", name="mounts")
    assert (cluster.fingerprint(), cluster.store.rev, len(cluster.world.journal), cluster.world.steps) == before


def test_a_pods_token_is_decoded_verified_and_explained(shop: Browser) -> None:
    (token,) = shop.ask("inspect", name="pod/shop/web")["tokens"]
    claims = {name: (value, meaning) for name, value, meaning in token["rows"]}
    assert token["where"] == "web: /var/run/secrets/kubernetes.io/serviceaccount/token"
    assert (token["valid"], token["refused"]) == (True, "")
    assert claims["sub"][0] == "system:serviceaccount:shop:default"
    assert claims["kubernetes.io.pod"][0].startswith("web ")
    assert claims["kubernetes.io.pod"][1].endswith("when that Pod is gone, the token is void.")
    assert all(meaning for _, meaning in claims.values())
    assert token["expires"] == 1767225600 + 365 * 86400


def test_a_legacy_token_never_expires_and_is_refused_when_its_secret_is_gone(old: Browser) -> None:
    old.create("namespace", name="shop")
    old.ask("run")
    name = next(name for name in old.nodes if name.startswith("secret/shop/default-token-"))
    (token,) = old.ask("inspect", name=name)["tokens"]
    assert (token["where"], token["valid"], token["refused"], token["expires"]) == ("data.token", True, "", None)
    assert all(meaning for _, _, meaning in token["rows"])
    old.cluster.kubectl(f"delete secret {name.rpartition('/')[2]} -n shop")
    from sanb.widgets import tokens

    again = tokens.explained(old.cluster, token["text"], "data.token")
    assert again["valid"]
    assert again["refused"].startswith("the API server refuses it")


def test_a_token_with_another_signature_is_told_apart(shop: Browser) -> None:
    from sanb.widgets import tokens

    (token,) = shop.ask("inspect", name="pod/shop/web")["tokens"]
    head, payload, signature = token["text"].split(".")
    forged = f"{head}.{payload}.{signature[:-8]}AAAAAAAA"
    found = tokens.explained(shop.cluster, forged, "")
    assert not found["valid"]
    assert found["refused"]
    assert tokens.explained(shop.cluster, "no token", "")["problem"].startswith("this is no token")


def test_files_of_a_container_are_a_tree_with_contents(shop: Browser) -> None:
    (container,) = shop.ask("inspect", name="pod/shop/web")["containers"]
    paths = {path: (kind, rights, target) for path, kind, rights, target in container["files"]}
    folder = "/run/secrets/kubernetes.io/serviceaccount"
    assert paths[f"{folder}/token"] == ("link", "lrwxrwxrwx", "..data/token")
    assert container["mounts"][0][0] == "/var/run/secrets/kubernetes.io/serviceaccount"
    file = shop.ask("file", name="pod/shop/web", container="web", path=f"{folder}/namespace")
    assert file["text"] == "shop"
    token = shop.ask("file", name="pod/shop/web", container="web", path=f"{folder}/token")
    assert token["token"]["valid"]
    assert "is no file of container web" in shop.answer("file", name="pod/shop/web", container="web", path="/nope")["error"]


def test_a_command_in_a_container_is_echoed_as_kubectl_exec(shop: Browser) -> None:
    found = shop.ask("exec", name="pod/shop/web", container="web", line="cat /run/secrets/kubernetes.io/serviceaccount/namespace")
    assert found == {"code": 0, "lines": [["out", "shop"]]}
    assert shop.console[-2].startswith("kubectl exec web -n shop -c web -- sh -c 'cat ")


def test_relations_go_both_ways(shop: Browser) -> None:
    pod = shop.ask("inspect", name="pod/shop/web")["relations"]
    account = shop.ask("inspect", name="serviceaccount/shop/default")["relations"]
    assert ["uses", "serviceaccount/shop/default", "out"] in pod
    assert ["uses", "pod/shop/web", "in"] in account


def test_what_is_gone_has_its_history_still(shop: Browser) -> None:
    shop.ask("kubectl", line="delete pod web -n shop --grace-period=0 --force")
    shop.ask("run")
    found = shop.ask("inspect", name="pod/shop/web")
    assert not found["there"]
    assert found["history"][-1][3] == "deleted"
    assert shop.ask("inspect", name="pod/shop/never")["missing"].startswith("Nobody has made this object yet")


def test_events_and_describe_are_there(shop: Browser) -> None:
    found = shop.ask("inspect", name="pod/shop/web")
    assert [reason for _, _, reason, _, _ in found["events"]][-1] == "Started"
    assert found["describe"].startswith("Name:             web\nNamespace:        shop\n")


def test_marks_of_the_timeline_know_what_caused_them(shop: Browser) -> None:
    marks = shop.sections["marks"]
    made = {n: m for n, m in marks.items() if m[2:6] == ["create", "ServiceAccount", "", "shop"]}
    number, account = next(iter(made.items()))
    cause = marks[str(account[8])]
    assert (cause[1], cause[3], cause[6]) == ("admin", "Namespace", "shop")
    detail = shop.ask("call", number=int(number))
    assert detail["title"] == "ServiceAccount controller created ServiceAccount default"
    assert detail["why"] == "for namespace shop (revision 241, created by admin)"
    assert detail["asked"] == "create serviceaccounts shop"
    assert ["+", "kind: ServiceAccount"] in detail["changes"][0]["lines"]
    assert "there is no call 9999" in shop.answer("call", number=9999)["error"]


def test_a_token_that_is_stored_nowhere_has_its_cause_all_the_same(shop: Browser) -> None:
    number = next(name for name, mark in shop.sections["marks"].items() if mark[4] == "token")
    detail = shop.ask("call", number=int(number))
    assert detail["title"] == "kubelet issued a token for ServiceAccount default"
    assert detail["changes"] == []
    assert detail["why"].startswith("for pod shop/web (revision ")
    assert detail["why"].endswith(", bound by scheduler because it was created by admin)")


def test_changes_are_shown_as_a_difference(shop: Browser) -> None:
    number = next(n for n, m in shop.sections["marks"].items() if m[1] == "scheduler")
    (change,) = shop.ask("call", number=int(number))["changes"]
    assert ["+", "  nodeName: node-1"] in change["lines"]
    assert not [text for sign, text in change["lines"] if sign == "-" and "nginx" in text]


def test_tables_are_the_frames(shop: Browser) -> None:
    frames = shop.cluster.frames
    for name in ("namespaces", "serviceaccounts", "pods", "mounts", "events"):
        table = shop.ask("table", name=name)
        assert table["total"] == len(frames[name]), name
        columns = [column for column, _ in table["columns"]]
        assert columns == [column for column in frames[name].columns if column != "uid"]
    (row,) = shop.ask("table", name="pods")["rows"]
    assert row[:4] == ["pod/shop/web", "shop", "web", "Running"]
    assert "there is no table 'unicorns'" in shop.answer("table", name="unicorns")["error"]


def test_tables_of_a_chosen_namespace_hold_only_that(shop: Browser) -> None:
    shop.ask("namespace", name="shop")
    assert {row[1] for row in shop.ask("table", name="serviceaccounts")["rows"]} == {"shop"}


def test_an_opaque_secrets_values_are_shown_as_they_are_stored(browser: Browser) -> None:
    browser.create("secret", name="db", namespace="default", data="password=s3cret")
    found = browser.ask("inspect", name="secret/default/db")
    assert f"  password: {base64.b64encode(b's3cret').decode()}" in [line[0] for line in found["lines"]]


def test_the_whole_picture_of_an_old_minor_has_the_token_secret_between_account_and_pod() -> None:
    browser = Browser(sanb.Cluster("1.10"))
    browser.create("namespace", name="shop")
    browser.ask("run")
    browser.create("pod", name="web", namespace="shop", image="nginx")
    browser.ask("run")
    edges = {(source, kind, target.split("-token-")[0]) for source, target, kind, *_ in browser.sections["edges"].values()}
    assert ("pod/shop/web", "mounts", "secret/shop/default") in edges
    assert ("serviceaccount/shop/default", "references", "secret/shop/default") in edges
