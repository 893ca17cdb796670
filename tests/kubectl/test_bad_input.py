"""Input that is wrong, huge or strange: the message that kubectl or the server has for it, and nothing half done.

What real kubectls of 1.20 and 1.36 say to 44 more is in `sessions/wrong.txt` and `sessions/bad.txt`.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from sanb import Cluster
from tests.definitions import definition

MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {}\n"
BARS = ("bars.example.com", "Bar")
INVALID_CRD = 'The CustomResourceDefinition "bars.example.com" is invalid: '
SCHEMAS = [
    ("{type: strin}", "openAPIV3Schema.type: Unsupported value"),
    ("{type: object, properties: {a: {}}}", "properties[a].type: Required value: must not be empty for specified object fields"),
    ("{type: object, properties: {a: {type: array}}}", "properties[a].items: Required value: must be specified"),
    ("{type: object, properties: {a: {type: array, x-kubernetes-list-type: map, x-kubernetes-list-map-keys: [k], items: "
     "{type: object, properties: {k: {type: string}}}}}}",
     "properties[a].items.properties[k].default: Required value: this property is in x-kubernetes-list-map-keys, so it must "
     "have a default or be a required property"),
    ("{type: object, properties: {a: {type: array, x-kubernetes-list-type: map, x-kubernetes-list-map-keys: [z], items: "
     "{type: object, properties: {k: {type: string}}}}}}",
     'x-kubernetes-list-map-keys[0]: Invalid value: "z": entries must all be names of item properties'),
    ("{type: object, additionalProperties: {type: string}, properties: {a: {type: string}}}", "mutual exclusive"),
    ("{type: object, properties: {a: {type: string, default: 3}}}", "properties[a].default: Invalid value"),
]


@pytest.mark.parametrize(("schema", "why"), SCHEMAS)
def test_a_definition_with_a_broken_schema_is_refused_and_nothing_of_it_is_kept(schema: str, why: str) -> None:
    c = Cluster("1.36")
    done = c.kubectl("apply -f -", stdin=definition(*BARS, schema))
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.startswith(INVALID_CRD)
    assert why in done.stderr
    assert c.kubectl("get crd -o name").stdout == ""


def test_a_cycle_of_owners_is_stored_and_its_members_go_with_each_other() -> None:
    c = Cluster("1.36")
    for name in ("a", "b"):
        c.create("configmap", name)
    for name, owner in (("a", "b"), ("b", "a")):
        uid = c.get("configmap", owner)["metadata"]["uid"]
        owners = [{"apiVersion": "v1", "kind": "ConfigMap", "name": owner, "uid": uid}]
        c.patch("configmap", name, {"metadata": {"ownerReferences": owners}})
    c.run()
    assert c.kubectl("get cm a b -o name").stdout == "configmap/a\nconfigmap/b\n"
    c.kubectl("delete cm a")
    c.run()
    assert c.kubectl("get cm a b --ignore-not-found").stdout == ""


def test_an_owner_cannot_be_named_without_its_uid() -> None:
    done = Cluster("1.36").kubectl("apply -f -", stdin=MAP.format("a") + (
        "  ownerReferences: [{apiVersion: v1, kind: ConfigMap, name: b}]\n"
    ))
    assert done.stderr == (
        'The ConfigMap "a" is invalid: metadata.ownerReferences.uid: Invalid value: "": must not be empty\n'
    )


def test_an_object_of_ten_megabytes_is_refused_before_anything_is_stored() -> None:
    c = Cluster("1.36")
    before = c.store.rev
    big = MAP.format("big") + "data:\n  k: " + "x" * 10_000_000 + "\n"
    done = c.kubectl("create -f -", stdin=big)
    assert done.exit_code == 1
    assert "Too long: may not be more than 1048576 bytes" in done.stderr
    assert c.store.rev == before


def test_thousands_of_documents_are_all_taken() -> None:
    """The bench loads ten thousand."""
    c = Cluster("1.36", controllers="serviceaccount")
    text = "---\n".join(MAP.format(f"c{number}") for number in range(3_000))
    done = c.kubectl("create -f -", stdin=text)
    assert (done.exit_code, done.stderr, len(done.stdout.splitlines())) == (0, "", 3_000)
    assert c.store.head.count("configmaps") == 3_000


@pytest.mark.parametrize(("content", "stdout", "stderr"), [
    (b"\xef\xbb\xbf" + MAP.format("a").encode(), "configmap/a created\n", ""),
    (MAP.format("a").replace("\n", "\r\n").encode(), "configmap/a created\n", ""),
    (b"apiVersion: v1\nkind: ConfigMap\nmetadata:\n\tname: a\n", "",
     "yaml: line 4: found character that cannot start any token"),
    (b"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {k: \"\xff\"}\n", "configmap/a created\n", ""),
    (b"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: *nope\n", "", "yaml: unknown anchor 'nope' referenced"),
], ids=["bom", "crlf", "tab", "no utf-8", "no anchor"])
def test_files_are_read_as_kubectl_reads_them(content: bytes, stdout: str, stderr: str, tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes(content)
    done = Cluster("1.36").kubectl(["apply", "-f", str(path)])
    assert done.stdout == stdout
    assert (stderr in done.stderr) if stderr else (done.stderr == "")


@pytest.mark.parametrize("minor", ["1.10", "1.23"])
def test_an_old_kubectl_reads_no_further_than_an_object_that_it_does_not_take(minor: str) -> None:
    c = Cluster(minor)
    done = c.kubectl("apply -f -", stdin="---\n".join(
        (MAP.format("a"), MAP.format("b") + "dat: {}\n", MAP.format("c"))
    ))
    assert done.stderr == (
        'error: error validating "STDIN": error validating data: ValidationError(ConfigMap): unknown field "dat" in '
        "io.k8s.api.core.v1.ConfigMap; if you choose to ignore these errors, turn validation off with --validate=false\n"
    )
    assert c.kubectl("get cm a b c --ignore-not-found -o name").stdout == "configmap/a\n"


@pytest.mark.parametrize("minor", ["1.10", "1.23", "1.36"])
def test_names_that_stand_twice_in_one_file_are_created_once(minor: str) -> None:
    done = Cluster(minor).kubectl("create -f -", stdin=MAP.format("a") + "---\n" + MAP.format("a"))
    assert done.stderr == 'Error from server (AlreadyExists): error when creating "STDIN": configmaps "a" already exists\n'
    assert "a" in done.stdout and done.stdout.count("created") == 1


def test_a_definition_too_large_to_be_remembered_is_applied_by_the_server() -> None:
    c = Cluster("1.36")
    fields = ", ".join(f"f{number}: {{type: string, description: {'x' * 90}}}" for number in range(2500))
    text = definition(*BARS, f"{{type: object, properties: {{spec: {{type: object, properties: {{{fields}}}}}}}}}")
    assert "metadata.annotations: Too long" in c.kubectl("apply -f -", stdin=text).stderr
    (row,) = c.apply(text)
    assert (row.result, row.why) == ("created", "too large to be remembered in an annotation: applied by the server")
    assert c.apply(text)[0].result == "unchanged"
    assert c.apply(text.replace("f7: {type: string", "f7: {type: integer"))[0].result == "configured"
