"""Files of containers and volumes (SEM 11.2)."""

from __future__ import annotations

from typing import Any

import pytest

from sanb.kubelet.filesystem import DIRECTORY, LINK, Entry, Tree, children, files, look
from sanb.kubelet.shell.listing import permissions
from sanb.values import Lazy, Obj
from tests.kubelet.node import MOUNT_PATH, NAMESPACE, ROOT_CA, TOKEN, Node, access, container, mounted, volumes

REAL = "/run/secrets/kubernetes.io/serviceaccount"


def tree(node: Node, pod: str = "web", name: str = "app") -> Tree:
    return files(node.bench.world, "shop", pod, name)


def entry(node: Node, path: str) -> Entry:
    found = look(tree(node), path)
    assert found is not None, f"{path} is not there"
    return found[1]


def test_the_mount_has_links_into_a_dated_directory() -> None:
    node = Node()
    node.start(**access())
    found = tree(node)
    names = children(found, REAL)
    assert names[1:] == ["..data", "ca.crt", "namespace", "token"]
    assert names[0].startswith("..2026_01_01_00_00_00.")
    assert found[f"{REAL}/..data"].text == names[0]
    assert found[f"{REAL}/token"].text == "..data/token"
    assert found[f"{REAL}/{names[0]}/namespace"].text == "shop"


def test_var_run_is_a_link_so_that_both_paths_work() -> None:
    node = Node()
    node.start(**access())
    found = tree(node)
    assert found["/var/run"].kind == LINK
    assert look(found, f"{MOUNT_PATH}/ca.crt") == look(found, f"{REAL}/ca.crt")
    assert look(found, f"{MOUNT_PATH}/ca.crt")[1].text == "the root CA\n"  # type: ignore[index]


def test_a_token_is_not_signed_before_it_is_read() -> None:
    node = Node()
    node.start(**access())
    content = entry(node, f"{MOUNT_PATH}/token").content
    assert isinstance(content, Lazy)
    assert content._text is None
    assert entry(node, f"{MOUNT_PATH}/token").text.count(".") == 2


@pytest.mark.parametrize(
    ("user", "group", "expected"),
    [
        (None, None, ("-rw-r--r--", 0, 0)),
        (1000, None, ("-rw-------", 1000, 0)),
        (None, 10000, ("-rw-r-----", 0, 10000)),
        (1000, 10000, ("-rw-r-----", 1000, 10000)),
    ],
)
def test_the_owner_and_mode_of_the_token(user: int | None, group: int | None, expected: tuple[str, int, int]) -> None:
    context = {key: value for key, value in (("runAsUser", user), ("fsGroup", group)) if value is not None}
    node = Node()
    node.start(**access(), securityContext=context)
    token = entry(node, f"{MOUNT_PATH}/token")
    assert (permissions(token), token.uid, token.gid) == expected
    other = entry(node, f"{MOUNT_PATH}/namespace")
    assert (permissions(other), other.uid, other.gid) == ("-rw-r--r--", 0, group or 0)


def test_the_token_belongs_to_root_when_containers_run_as_different_users() -> None:
    node = Node()
    spec = access()
    spec["containers"] = [
        {**spec["containers"][0], "securityContext": {"runAsUser": 1}},
        container("other", securityContext={"runAsUser": 2}),
    ]
    node.start(**spec)
    assert entry(node, f"{MOUNT_PATH}/token").mode == 0o644


def test_a_group_owns_the_directories_of_a_volume() -> None:
    node = Node()
    node.start(**access(), securityContext={"fsGroup": 10000})
    root = entry(node, MOUNT_PATH)
    assert (permissions(root), root.gid) == ("drwxrwsrwt", 10000)


VOLUMES: list[tuple[str, Obj, dict[str, str]]] = [
    ("a Secret", {"secret": {"secretName": "s"}}, {"a": "1", "b": "2"}),
    ("keys of a Secret", {"secret": {"secretName": "s", "items": [{"key": "b", "path": "deep/x"}]}}, {"deep/x": "2"}),
    ("a ConfigMap", {"configMap": {"name": "c"}}, {"k": "v", "raw": "bytes"}),
    ("an optional Secret that is not there", {"secret": {"secretName": "no", "optional": True}}, {}),
    ("an optional ConfigMap that is not there", {"configMap": {"name": "no", "optional": True}}, {}),
    (
        "optional keys",
        {"configMap": {"name": "c", "optional": True, "items": [{"key": k, "path": k} for k in ("k", "no")]}},
        {"k": "v"},
    ),
    (
        "the downward API",
        {
            "downwardAPI": {
                "items": [
                    {"path": "labels", "fieldRef": {"fieldPath": "metadata.labels"}},
                    {"path": "notes", "fieldRef": {"fieldPath": "metadata.annotations"}},
                    {"path": "team", "fieldRef": {"fieldPath": "metadata.annotations['team']"}},
                    {"path": "cpu", "resourceFieldRef": {"containerName": "app", "resource": "limits.cpu"}},
                ]
            }
        },
        {"labels": 'app="web"\nz="1"', "notes": 'say="\\"q\\""\nteam="blue"', "team": "blue", "cpu": "2"},
    ),
    ("a projected Secret", {"projected": {"sources": [{"secret": {"name": "s"}}, NAMESPACE]}},
     {"a": "1", "b": "2", "namespace": "shop"}),
    ("an emptyDir", {"emptyDir": {}}, {}),
    ("a hostPath", {"hostPath": {"path": "/srv"}}, {}),
]


@pytest.mark.parametrize(("source", "expected"), [pytest.param(*row[1:], id=row[0]) for row in VOLUMES])
def test_what_volumes_hold(source: Obj, expected: dict[str, str]) -> None:
    node = Node()
    node.secret("s", a="1", b="2")
    node.make("configmaps", "c", data={"k": "v"}, binaryData={"raw": "Ynl0ZXM="})
    labels, notes = {"z": "1", "app": "web"}, {"team": "blue", "say": '"q"'}
    node.start(**volumes(({"name": "v", **source}, "/v")), labels=labels, annotations=notes)
    found = tree(node)
    top = [name for name in children(found, "/v") if not name.startswith("..")]
    assert top == sorted({path.partition("/")[0] for path in expected})
    assert {path: look(found, f"/v/{path}")[1].text for path in expected} == expected  # type: ignore[index]


def test_modes_of_files() -> None:
    node = Node()
    node.secret("s", a="1", b="2")
    items = [{"key": "a", "path": "a", "mode": 0o400}, {"key": "b", "path": "b"}]
    node.start(**volumes(({"name": "v", "secret": {"secretName": "s", "items": items, "defaultMode": 0o440}}, "/v")))
    assert [oct(entry(node, f"/v/{name}").mode) for name in "ab"] == ["0o400", "0o440"]


@pytest.mark.parametrize(
    ("path", "kind", "text"), [("a", "file", "1"), ("deep", "directory", ""), ("new", "directory", "")]
)
def test_a_sub_path_mounts_a_part_of_a_volume(path: str, kind: str, text: str) -> None:
    node = Node()
    node.secret("s", a="1", b="2")
    items = [{"key": "a", "path": "a"}, {"key": "b", "path": "deep/b"}]
    spec = volumes(({"name": "v", "secret": {"secretName": "s", "items": items}}, "/here"))
    spec["containers"][0]["volumeMounts"][0]["subPath"] = path
    node.start(**spec)
    found = entry(node, "/here")
    assert (found.kind, found.text) == (kind, text)
    assert (look(tree(node), "/here/b") is not None) == (path == "deep")


MISSING: list[tuple[str, str, Obj, str]] = [
    ("1.10", "secret", {"secret": {"secretName": "x"}}, 'secrets "x" not found'),
    ("1.36", "secret", {"secret": {"secretName": "x"}}, 'secret "x" not found'),
    ("1.10", "configmap", {"configMap": {"name": "x"}}, 'configmaps "x" not found'),
    ("1.36", "configmap", {"configMap": {"name": "x"}}, 'configmap "x" not found'),
    ("1.36", "key of a secret", {"secret": {"secretName": "s", "items": [{"key": "k", "path": "k"}]}},
     "references non-existent secret key: k"),
    ("1.36", "key of a configmap", {"configMap": {"name": "kube-root-ca.crt", "items": [{"key": "k", "path": "k"}]}},
     "configmap references non-existent config key: k"),
    ("1.36", "one of two sources", {"projected": {"sources": [NAMESPACE, {"configMap": {"name": "x"}}]}},
     'configmap "x" not found'),
    ("1.36", "two sources", {"projected": {"sources": [{"secret": {"name": "y"}}, {"configMap": {"name": "x"}}]}},
     '[secret "y" not found, configmap "x" not found]'),
]


@pytest.mark.parametrize(("minor", "source", "why"), [pytest.param(r[0], *r[2:], id=f"{r[1]} {r[0]}") for r in MISSING])
def test_why_a_volume_cannot_be_mounted(minor: str, source: Obj, why: str) -> None:
    node = Node(minor)
    node.secret("s", other="x")
    node.start(**volumes(({"name": "v", **source}, "/v")))
    assert node.bench.events()[0] == f'FailedMount: MountVolume.SetUp failed for volume "v" : {why}'
    assert tree(node) == {}, "nothing is mounted and nothing runs"


def test_a_legacy_mount_shows_the_keys_of_the_secret() -> None:
    node = Node("1.10")
    node.secret("default-token-lg725", token="t", namespace="other")
    volume = {"name": "default-token-lg725", "secret": {"secretName": "default-token-lg725", "defaultMode": 420}}
    node.start(**volumes((volume, MOUNT_PATH)))
    assert node.exec("ls", MOUNT_PATH).stdout == "namespace\ntoken\n"
    assert node.exec("cat", f"{MOUNT_PATH}/namespace").stdout == "other", "the namespace of the Secret can be another"


def test_the_audience_and_lifetime_of_a_projected_token_are_asked_for() -> None:
    node = Node()
    node.start(**mounted({"serviceAccountToken": {"path": "t", "audience": "vault", "expirationSeconds": 600}}))
    request = next(e.request for e in node.bench.served() if e.request.subresource == "token")
    assert (request.body["spec"]["audiences"], request.body["spec"]["expirationSeconds"]) == (["vault"], 600)


def test_two_mounts_of_one_volume_hold_the_same() -> None:
    node = Node()
    spec = mounted(TOKEN, ROOT_CA)
    spec["containers"][0]["volumeMounts"].append({"name": "kube-api-access-abcde", "mountPath": "/again"})
    node.start(**spec)
    assert entry(node, "/again/token").text == entry(node, f"{MOUNT_PATH}/token").text


def test_a_container_that_does_not_run_has_no_files() -> None:
    node = Node()
    node.start(initContainers=[container("setup")])
    assert tree(node, name="setup") == {}
    assert tree(node, name="nobody") == {}
    assert files(node.bench.world, "shop", "none", "app") == {}


def test_looking_up_follows_links_and_dots() -> None:
    found: Any = {
        "/a": Entry(DIRECTORY, 0o755), "/a/f": Entry("file", 0o644, content="x"), "/l": Entry(LINK, 0o777, content="a"),
        "/loop": Entry(LINK, 0o777, content="loop"), "/": Entry(DIRECTORY, 0o755),
    }
    assert look(found, "/l/../a/./f")[0] == "/a/f"  # type: ignore[index]
    assert look(found, "/l")[0] == "/a"  # type: ignore[index]
    assert look(found, "/l", follow=False)[0] == "/l"  # type: ignore[index]
    assert look(found, "/")[0] == "/"  # type: ignore[index]
    assert look(found, "/loop") is None
    assert look(found, "/a/f/g") is None
    assert look(found, "/none") is None
