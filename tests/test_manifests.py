"""Reading manifests: values as the API server reads them, places, complaints that help."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanb import yamlvalues
from sanb.manifests import Document, ManifestError, read
from sanb.yamlvalues import read_yaml

LOADERS = [yamlvalues._PythonLoader, yamlvalues._Loader]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("yes", True), ("On", True), ("y", True), ("off", False), ("n", False), ("~", None), ("null", None),
        ("", None), ("'yes'", "yes"), ("yess", "yess"), ("2020-01-01", "2020-01-01"),
        ("2020-01-01T00:00:00Z", "2020-01-01T00:00:00Z"), ("12", 12), ("-7", -7), ("+7", 7), ("010", 8), ("0o10", 8),
        ("0x1F", 31), ("0b11", 3), ("1_000", 1000), ("08", 8),
        ("12345678901234567890123", 12345678901234567890123), ("1.5", 1.5), ("1.0", 1), ("1e3", 1000), (".5", 0.5),
        ("190:20:30", "190:20:30"), ("1.2.3", "1.2.3"), ("100m", "100m"), ("1Gi", "1Gi"), ("-", [None]), ("=", "="),
        ("!!str 5", "5"), ("!!int '5'", 5), ("!!float 5", 5.0),
    ],
)
@pytest.mark.parametrize("loader", LOADERS)
def test_scalars_are_read_as_the_api_server_reads_them(text: str, value: Any, loader: Any) -> None:
    found = [item for item, _ in yamlvalues.documents(f"a: {text}" if text != "-" else "a:\n-", loader=loader)]
    assert repr(found) == repr([{"a": value}])


@pytest.mark.parametrize("loader", LOADERS)
def test_keys_become_text_and_merge_keys_merge(loader: Any) -> None:
    text = "base: &b {x: 1, z: 2}\n1: a\ntrue: b\nc:\n  <<: *b\n  z: 3\n"
    found = [item for item, _ in yamlvalues.documents(text, loader=loader)]
    assert found == [{"base": {"x": 1, "z": 2}, "1": "a", "true": "b", "c": {"x": 1, "z": 3}}]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("a: [1,\n", "yaml: line 1: did not find expected node content"),
        ("a: b: c\n", "yaml: mapping values are not allowed in this context"),
        ("x: 1\na: b: c\n", "yaml: line 2: mapping values are not allowed in this context"),
        ("x: 1\na: @x\n", "yaml: line 2: found character that cannot start any token"),
        ("- a\nb: c\n", "yaml: line 1: did not find expected '-' indicator"),
        ("a: 'x\n", "yaml: line 2: found unexpected end of stream"),
        ("{a: 1\n", "yaml: line 1: did not find expected ',' or '}'"),
        ("a:\n  b: 1\n c: 2\n", "yaml: line 2: did not find expected key"),
        ("a: &x 1\nb: *y\n", "yaml: unknown anchor 'y' referenced"),
        ("a: &x [*x]\n", "yaml: an anchor contains itself"),
        ("a: !!python/object/apply:os.system [ls]\n", None),
        ("a: !!python/name:os.system x\n", "yaml: cannot decode `x` as a !!python/name:os.system"),
        ("a: .inf\n", "json: unsupported value: +Inf"),
        ("a: \x01\n", "yaml: control characters are not allowed"),
        ("? [a]\n: b\n", "yaml: invalid map key: only scalars can be keys"),
        ("[" * 500, "yaml: exceeded max depth of 300"),
        ("- " * 5000, "yaml: exceeded max depth of 300"),
        ("\n".join(" " * depth + "a:" for depth in range(1200)), "yaml: exceeded max depth of 300"),
    ],
)
@pytest.mark.parametrize("loader", LOADERS)
def test_what_is_no_yaml_is_refused_in_the_words_of_gos_parser(text: str, complaint: str | None, loader: Any) -> None:
    if complaint is None:  # tags of Python objects construct nothing
        assert [item for item, _ in yamlvalues.documents(text, loader=loader)] == [{"a": ["ls"]}]
        return
    with pytest.raises(ValueError) as refusal:
        list(yamlvalues.documents(text, loader=loader))
    assert str(refusal.value) == complaint


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text("a:-'\"\\\n ä😀", max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab", max_size=2), inner, max_size=3),
)


@given(st.dictionaries(st.text("ab", max_size=2), JSON, max_size=3))
def test_json_is_yaml(value: dict) -> None:
    assert read_yaml(json.dumps(value)) == value
    assert read_yaml("# as YAML\n" + json.dumps(value, ensure_ascii=False)) == value


def test_objects_of_json_may_follow_each_other() -> None:
    assert list(yamlvalues.documents('{"a": 1.0}\n\n{"b": 1.5}\n')) == [({"a": 1}, 1), ({"b": 1.5}, 3)]
    with pytest.raises(ValueError, match=r'^json: key "a" already set in map$'):
        read_yaml('{"a": 1, "a": 2}', strict=True)


def test_many_brackets_in_text_are_no_depth() -> None:
    assert read_yaml("a: '" + "[" * 1000 + "'") == {"a": "[" * 1000}


@given(st.text(alphabet="ab:- []{}\n'\"&*|>,0.", max_size=40))
def test_both_parsers_read_the_same(text: str) -> None:
    results = []
    for loader in LOADERS:
        try:
            results.append(repr(list(yamlvalues.documents(text, loader=loader))))
        except ValueError:
            results.append("refused")
    assert results[0] == results[1]


def test_a_key_that_stands_twice_counts_last_unless_one_is_strict() -> None:
    text = "a: 1\nb: 2\na: 3\n"
    assert read_yaml(text) == {"a": 3, "b": 2}
    with pytest.raises(ValueError, match=r'^yaml: unmarshal errors:\n  line 3: key "a" already set in map$'):
        read_yaml(text, strict=True)


# ---------------------------------------------------------------------- manifests

TWO = "kind: Pod\nmetadata: {name: a}\n---\n# nothing here\n---\nkind: Pod\nmetadata: {name: b}\n"
A = {"kind": "Pod", "metadata": {"name": "a"}}
B = {"kind": "Pod", "metadata": {"name": "b"}}


def test_documents_are_numbered_and_know_their_line() -> None:
    assert read(TWO) == [Document(A, "", 1, 1), Document(B, "", 2, 6)]


def test_a_file_a_folder_and_a_pattern_are_read(tmp_path: Path) -> None:
    (tmp_path / "b.yaml").write_text(TWO)
    (tmp_path / "a.json").write_text(json.dumps(A))
    (tmp_path / "readme.txt").write_text("no: [manifest")
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "c.yml").write_text("\ufeffkind: Pod\nmetadata: {name: b}\n")
    a, b, c = str(tmp_path / "a.json"), str(tmp_path / "b.yaml"), str(tmp_path / "deep" / "c.yml")
    two = [Document(A, b, 1, 1), Document(B, b, 2, 6)]
    assert read(b) == read(Path(b)) == two
    assert read(tmp_path) == [Document(A, a, 1, 1), *two]
    assert read(tmp_path, recursive=True) == [Document(A, a, 1, 1), *two, Document(B, c, 1, 1)]
    assert read(str(tmp_path / "*.yaml")) == two
    assert read([a, B, TWO]) == [
        Document(A, a, 1, 1), Document(B, "", 2, 1), Document(A, "", 1, 1), Document(B, "", 2, 6),
    ]


def test_lists_are_taken_apart() -> None:
    assert [one.obj for one in read({"kind": "List", "apiVersion": "v1", "items": [A, B]})] == [A, B]
    items = [{"metadata": {"name": "a"}}]
    assert read({"kind": "PodList", "apiVersion": "v1", "items": items})[0].obj == {"apiVersion": "v1", **A}


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("kind: Pod\nmetadata:\n  name: a\n labels: {}\n",
         "The manifest, document 1 (line 4) is no valid YAML: did not find expected key: `labels: {}`. "
         "A line is indented otherwise than its neighbours: align the keys of an object."),
        ("kind: Pod\nkind: Pod\n",
         'The manifest, document 1 (line 2) is no valid YAML: key "kind" already set in map: `kind: Pod`. '
         "The key stands there twice, perhaps copied and not renamed: remove or rename one."),
        ("kind: A\n---\nkind: [\n",
         "The manifest, document 2 (line 4) is no valid YAML: did not find expected node content. "
         "A bracket is not closed, or a value is missing: close it, or write the value."),
        ("metadata: {name: a}\n",
         "The manifest, document 1 (line 1) has no kind, so nobody can tell what it is. "
         "Write for example `kind: Pod` and `apiVersion: v1` at its top; is it perhaps indented by mistake?"),
        ("- kind: Pod\n- kind: Pod\n",
         "The manifest, document 1 (line 1) is a list, not an object. An object begins with apiVersion: and kind:. "
         "Several objects are separated by lines of three dashes."),
        (5,
         "A manifest cannot be of type int. Give a path, a folder, a pattern like 'manifests/*.yaml', YAML text, "
         "a dictionary, or a list of those."),
    ],
)
def test_a_complaint_says_where_why_and_what_to_do(source: Any, sentence: str) -> None:
    with pytest.raises(ManifestError) as refusal:
        read(source)
    assert str(refusal.value) == sentence


def test_a_path_that_is_not_there_and_a_folder_without_manifests(tmp_path: Path) -> None:
    with pytest.raises(ManifestError, match=r"^There is no manifest 'nope.yaml': no such file or folder, seen from /"):
        read("nope.yaml")
    with pytest.raises(ManifestError, match=r"has no manifest: no file ends in .yaml, .yml or .json\. Folders below"):
        read(tmp_path)
    (tmp_path / "bad.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ManifestError, match=r"bad.yaml cannot be read: .* It must be a text file in UTF-8\.$"):
        read(tmp_path)
