"""What a user of the facade sees: verbs, objects, manifests, kubectl, displays."""

from __future__ import annotations

import copy
import json
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

import sanb
from sanb import ApiError, Cluster, UsageError


@pytest.fixture
def c() -> Cluster:
    cluster = Cluster("1.36", seed=7)
    cluster.run()
    return cluster


def test_the_public_names_are_few() -> None:
    assert sanb.__all__ == ["ApiError", "Cluster", "Lives", "NondeterminismError", "SanbError", "UsageError", "compare", "replay"]
    assert [name for name in dir(sanb) if not name.startswith("__")] == sanb.__all__


def test_importing_sanb_loads_nothing_heavy() -> None:
    heavy = ("pandas", "matplotlib", "networkx", "cryptography", "yaml")
    code = f"import sanb, sys; sanb.Cluster; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_an_empty_list_of_objects_is_yaml_before_any_object_was_seen() -> None:
    """Neither `import sanb` nor a cluster loads yaml, so its dumpers are told of our types by the first of their objects."""
    code = "import sanb, yaml; c = sanb.Cluster(nodes=0); print(yaml.safe_dump(c.list('pods')))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n\n"


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'sanb' has no attribute 'Clutser'"):
        _ = sanb.Clutser  # type: ignore[attr-defined]


def test_create_makes_what_the_keywords_say(c: Cluster) -> None:
    made = c.create(
        "pod", "web", image="nginx:1.27", env={"A": "1"}, command=["sleep", "9"], labels={"app": "web"}, automount=False
    )
    container = made["spec"]["containers"][0]
    assert (made["kind"], made["metadata"]["labels"]) == ("Pod", {"app": "web"})
    assert (container["name"], container["image"]) == ("web", "nginx:1.27")
    assert container["env"] == [{"name": "A", "value": "1"}]
    assert container["command"] == ["sleep", "9"]
    assert made["spec"]["automountServiceAccountToken"] is False


def test_data_of_secrets_is_given_in_plain(c: Cluster) -> None:
    made = c.create("secret", "s", data={"user": "jane", "raw": b"\x00\x01"})
    assert made["data"] == {"user": "amFuZQ==", "raw": "AAE="}


def test_a_body_counts_more_than_keywords(c: Cluster) -> None:
    made = c.create("deployment", "web", replicas=3, body={"metadata": {"annotations": {"a": "b"}}})
    assert (made["spec"]["replicas"], made["metadata"]["annotations"]["a"]) == (3, "b")


def test_an_unknown_keyword_is_refused_with_those_there_are(c: Cluster) -> None:
    with pytest.raises(UsageError, match=r"create pod: unknown keyword 'imgae'; known are image, command, env"):
        c.create("pod", "web", imgae="nginx")


def test_an_unknown_kind_is_refused_with_those_there_are(c: Cluster) -> None:
    with pytest.raises(UsageError, match="unknown kind 'widget'"):
        c.get("widget", "x")


@pytest.mark.parametrize(("given", "text"), [
    ({"kind": "Pod", "metadata": {"name": "x"}}, r"an object of kind Pod was given where a kind is expected: .* c\.apply\("),
    ({}, "an object was given where a kind is expected"),
    ([], r"a kind is a word like 'pod', not list \[\]: write c\.create\('pod'"),
    (None, "a kind is a word like 'pod', not NoneType None"),
])
def test_an_object_in_the_place_of_a_kind_is_refused_with_the_verb_that_takes_it(c: Cluster, given: Any, text: str) -> None:
    for call in (c.create, c.list, lambda one: c.get(one, "x"), c.users.create("jane").client().create):
        with pytest.raises(UsageError, match=text):
            call(given)


def test_kinds_go_by_all_their_names(c: Cluster) -> None:
    for word in ("sa", "serviceaccount", "serviceaccounts", "ServiceAccount"):
        assert c.get(word, "default")["metadata"]["name"] == "default"


def test_what_is_not_there_is_kubernetes_own_error(c: Cluster) -> None:
    with pytest.raises(ApiError) as caught:
        c.get("secret", "gone", namespace="default")
    error = caught.value
    assert (error.code, error.reason, error.message) == (404, "NotFound", 'secrets "gone" not found')


def test_lists_are_selected_by_labels_fields_and_namespace(c: Cluster) -> None:
    c.create("configmap", "a", labels={"tier": "web"})
    c.create("configmap", "b", labels={"tier": "db"})
    assert [o["metadata"]["name"] for o in c.list("cm", labels="tier=web")] == ["a"]
    assert [o["metadata"]["name"] for o in c.list("cm", fields="metadata.name=b")] == ["b"]
    assert len(c.list("sa", namespace=None)) == len(c.list("ns"))


def test_a_patch_changes_one_field_and_says_what_came_of_it(c: Cluster) -> None:
    patched = c.patch("sa", "default", {"automountServiceAccountToken": False})
    assert patched["automountServiceAccountToken"] is False
    with pytest.raises(UsageError, match="unknown patch type 'strategy': choose one of strategic, merge, json, apply"):
        c.patch("sa", "default", {}, type="strategy")


def test_replace_takes_what_get_gave_with_changes(c: Cluster) -> None:
    c.create("configmap", "a", data={"k": "1"})
    changed = c.get("cm", "a").copy()
    changed["data"]["k"] = "2"
    assert c.replace(changed)["data"] == {"k": "2"}
    with pytest.raises(ApiError, match="the object has been modified"):
        c.replace(changed)


def test_a_body_that_is_changed_later_does_not_change_the_cluster(c: Cluster) -> None:
    data = {"k": "1"}
    body = {"data": data, "metadata": {"labels": {"a": "b"}}}
    c.create("configmap", "a", body=body)
    data["k"] = "2"
    body["metadata"]["labels"]["a"] = "c"
    found = c.get("cm", "a")
    assert (found["data"], found["metadata"]["labels"]) == ({"k": "1"}, {"a": "b"})


def test_objects_cannot_be_changed_at_any_depth(c: Cluster) -> None:
    found = c.get("sa", "default")
    with pytest.raises(UsageError, match=r"cannot be changed in place.*\.copy\(\)"):
        found["metadata"]["labels"] = {}
    pod = c.create("pod", "web")
    with pytest.raises(UsageError, match="cannot be changed in place"):
        pod["spec"]["containers"].append({})
    with pytest.raises(UsageError, match="cannot be changed in place"):
        del pod["spec"]


def test_objects_are_plain_to_json_yaml_pickle_and_copy(c: Cluster) -> None:
    found = c.create("pod", "web")
    text = json.dumps(found)
    assert json.loads(text) == yaml.safe_load(yaml.safe_dump(found)) == found
    assert pickle.loads(pickle.dumps(found)) == copy.deepcopy(found) == found
    assert type(found.copy()) is dict and type(found.copy()["metadata"]) is dict
    assert yaml.safe_load(yaml.safe_dump(c.list("pods"))) == [found]


def test_a_token_in_an_object_is_text() -> None:
    c = Cluster("1.10", seed=7)
    c.run()
    secret = c.list("secrets")[0]
    assert type(secret["data"]["token"]) is str
    assert json.loads(json.dumps(secret)) == secret


MANY = "\n---\n".join(
    f"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {'Bad_Name' if n == 7 else f'config-{n:02}'}"
    for n in range(20)
)


def test_one_bad_document_among_twenty_keeps_nobody_else_out(c: Cluster, tmp_path: Path) -> None:
    path = tmp_path / "many.yaml"
    path.write_text(MANY)
    applied = c.apply(path)
    assert applied.counts() == {"created": 19, "refused": 1}
    (row,) = applied.refused
    assert (row.document, row.kind, row.name) == (8, "ConfigMap", "Bad_Name")
    assert f"{path}" in row.place and "document 8" in row.place and "line" in row.place
    assert 'The ConfigMap "Bad_Name" is invalid' in row.why
    assert "RFC 1123 subdomain" in repr(applied)


def test_applying_twice_changes_nothing_and_a_change_is_configured(c: Cluster) -> None:
    text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {k: '1'}\n"
    assert c.apply(text).counts() == {"created": 1}
    assert c.apply(text).counts() == {"unchanged": 1}
    assert c.apply(text.replace("'1'", "'2'")).counts() == {"configured": 1}
    assert c.get("cm", "a")["data"] == {"k": "2"}


def test_malformed_yaml_names_file_and_line_and_applies_nothing_of_it(c: Cluster, tmp_path: Path) -> None:
    path = tmp_path / "broken.yaml"
    path.write_text("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a\ndata: 1\n")
    with pytest.raises(UsageError) as caught:
        c.apply(path)
    assert str(path) in str(caught.value) and "line" in str(caught.value)
    assert c.list("cm", fields="metadata.name=a") == []


def test_a_path_that_is_not_there_is_named(c: Cluster) -> None:
    with pytest.raises(UsageError, match=r"nowhere\.yaml"):
        c.apply("nowhere.yaml")


def test_kubectl_never_raises_and_prints_like_a_terminal(c: Cluster) -> None:
    good = c.kubectl("kubectl get sa")
    assert (good.exit_code, good.stdout.split()) == (0, ["NAME", "AGE", "default", "0s"])
    assert repr(good) == good.stdout.rstrip("\n")
    assert c.kubectl(["get", "pods"]).stderr == "No resources found in default namespace.\n"
    assert c.kubectl("frobnicate").exit_code == 1
    assert c.kubectl("create -f -", stdin="{").exit_code == 1


def test_displays_are_the_same_every_time_and_escape_what_they_show(c: Cluster) -> None:
    c.create("configmap", "a", annotations={"x": "<script>"})
    assert c._repr_html_() == c.fork()._repr_html_()
    assert "<script>" not in c.get("cm", "a")._repr_html_()
    assert "0x" not in repr(c) + repr(c.list("cm")) + repr(c.timeline("cm/default/a"))


def test_a_picture_is_written_where_it_is_wanted(c: Cluster, tmp_path: Path) -> None:
    c.draw(path=tmp_path / "objects.png")
    c.draw_timeline(path=tmp_path / "lanes.png")
    assert [p.read_bytes()[:4] for p in sorted(tmp_path.iterdir())] == [b"\x89PNG", b"\x89PNG"]


def test_an_unknown_minor_is_refused_with_those_there_are() -> None:
    with pytest.raises(UsageError, match=r"1\.10"):
        Cluster("1.9")


def test_frames_of_a_fork_are_the_forks_own(c: Cluster) -> None:
    assert len(c.frames.pods) == 0
    fork = c.fork()
    fork.create("pod", "web")
    assert (len(fork.frames.pods), len(c.frames.pods)) == (1, 0)


def test_a_replayed_file_is_the_same_cluster(c: Cluster, tmp_path: Path) -> None:
    c.create("pod", "web")
    c.run()
    again = sanb.replay(c.trace.save(tmp_path / "run.json"))
    assert again.fingerprint() == c.fingerprint()
    assert again.list("pods") == c.list("pods")
