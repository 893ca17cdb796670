"""JSON and merge patches: the laws of RFC 6902 and 7386, and the answers of real servers to wrong patches."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanb.apiserver.jsonpatch import DoesNotApply, json_patch
from sanb.apiserver.patch import apply_patch, merge_patch
from sanb.apiserver.resources import RESOURCES
from sanb.errors import ApiError
from sanb.profiles.profile import Profile
from tests.apiserver.alone import Alone, config

SCALARS = st.none() | st.booleans() | st.integers(-3, 3) | st.text("ab/~", max_size=2)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.text("ab/~", min_size=1, max_size=2), inner, max_size=3),
)
OBJECTS = st.dictionaries(st.text("abc", min_size=1, max_size=2), JSON, max_size=4)
ACCOUNTS = RESOURCES["serviceaccounts"]


def _text(value: Any) -> str:
    """A value as text, which tells true from 1."""
    return json.dumps(value, sort_keys=True)


def _merge_by_the_rfc(target: Any, patch: Any) -> Any:
    """RFC 7386, section 2, word by word."""
    if not isinstance(patch, dict):
        return patch
    result = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            result.pop(name, None)
        else:
            result[name] = _merge_by_the_rfc(result.get(name), value)
    return result


@given(OBJECTS, OBJECTS)
def test_a_merge_patch_does_what_the_rfc_says(target: dict, patch: dict) -> None:
    before = copy.deepcopy(target)
    assert _text(merge_patch(target, patch)) == _text(_merge_by_the_rfc(target, patch))
    assert _text(target) == _text(before)


@given(OBJECTS, OBJECTS)
def test_a_merge_patch_twice_is_a_merge_patch_once_and_the_same_object(target: dict, patch: dict) -> None:
    once = merge_patch(target, patch)
    assert merge_patch(once, patch) is once


def _paths(value: Any, path: str = "") -> list[str]:
    found = []
    if isinstance(value, dict):
        items = [(key.replace("~", "~0").replace("/", "~1"), part) for key, part in value.items()]
    elif isinstance(value, list):
        items = [(str(number), part) for number, part in enumerate(value)]
    else:
        items = []
    for step, part in items:
        found += [f"{path}/{step}", *_paths(part, f"{path}/{step}")]
    return found


def _get(document: Any, path: str) -> Any:
    for step in path.split("/")[1:]:
        step = step.replace("~1", "/").replace("~0", "~")
        document = document[int(step)] if isinstance(document, list) else document[step]
    return document


@given(OBJECTS.filter(bool), st.data(), JSON)
def test_replace_puts_the_value_at_its_path_and_nowhere_else(document: dict, data: st.DataObject, value: Any) -> None:
    before, path = copy.deepcopy(document), data.draw(st.sampled_from(_paths(document)))
    new = json_patch(document, [{"op": "replace", "path": path, "value": value}])
    assert _get(new, path) == value and document == before
    back = json_patch(new, [{"op": "replace", "path": path, "value": _get(document, path)}])
    assert back == document


@given(OBJECTS.filter(bool), st.data())
def test_removing_and_adding_again_gives_the_document_back(document: dict, data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(_paths(document)))
    gone = json_patch(document, [{"op": "remove", "path": path}])
    assert json_patch(gone, [{"op": "add", "path": path, "value": _get(document, path)}]) == document


@given(OBJECTS.filter(bool), st.data())
def test_a_move_is_a_copy_and_a_remove(document: dict, data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(_paths(document)))
    moved = json_patch(document, [{"op": "move", "from": path, "path": "/zzz"}])
    copied = json_patch(document, [{"op": "copy", "from": path, "path": "/zzz"}])
    assert json_patch(copied, [{"op": "remove", "path": path}]) == moved
    assert moved["zzz"] == _get(document, path)


@given(OBJECTS.filter(bool), st.data())
def test_a_test_of_what_is_there_changes_nothing(document: dict, data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(_paths(document)))
    assert json_patch(document, [{"op": "test", "path": path, "value": _get(document, path)}]) is document


@pytest.mark.parametrize(
    ("operations", "wanted"),
    [
        ([{"op": "add", "path": "/list/-", "value": 3}], {"list": [1, 2, 3]}),
        ([{"op": "add", "path": "/list/0", "value": 0}], {"list": [0, 1, 2]}),
        ([{"op": "remove", "path": "/list/-1"}], {"list": [1]}),
        ([{"op": "add", "path": "/a~1b~0", "value": 1}], {"list": [1, 2], "a/b~": 1}),
        ([{"op": "copy", "from": "/list", "path": "/more"}], {"list": [1, 2], "more": [1, 2]}),
    ],
)
def test_json_patches(operations: list, wanted: dict) -> None:
    assert json_patch({"list": [1, 2]}, operations) == wanted


@pytest.mark.parametrize(
    ("operation", "complaint"),
    [
        ({"op": "test", "path": "/list/0", "value": 5}, "Testing value /list/0 failed"),
        ({"op": "test", "path": "/list/0", "value": True}, "Testing value /list/0 failed"),
        ({"op": "replace", "path": "/nope/x", "value": 1},
         "jsonpatch replace operation does not apply: doc is missing path: /nope/x"),
        ({"op": "replace", "path": "/nope", "value": 1},
         "jsonpatch replace operation does not apply: doc is missing key: /nope"),
        ({"op": "remove", "path": "/nope"}, "Unable to remove nonexistent key: nope"),
        ({"op": "remove", "path": "/list/2"}, "Unable to access invalid index: 2"),
        ({"op": "add", "path": "/list/4", "value": 1}, "Unable to access invalid index: 4"),
        ({"op": "add", "path": "/list/x", "value": 1}, 'strconv.Atoi: parsing "x": invalid syntax'),
        ({"op": "move", "from": "/no/pe", "path": "/x"},
         "jsonpatch move operation does not apply: doc is missing from path: /no/pe"),
        ({"op": "spin", "path": "/list"}, "Unexpected kind: spin"),
    ],
)
def test_an_operation_that_does_not_fit_is_refused(operation: dict, complaint: str) -> None:
    with pytest.raises(DoesNotApply) as refusal:
        json_patch({"list": [1, 2]}, [operation])
    assert str(refusal.value) == complaint


def _refused(minor: str, kind: str, body: Any) -> tuple[int, str, str]:
    with pytest.raises(ApiError) as refusal:
        apply_patch(kind, ACCOUNTS, {"metadata": {"name": "a"}}, body, Profile.of(minor))
    return refusal.value.code, refusal.value.reason, refusal.value.message


UNPROCESSABLE = "the server rejected our request due to an error in our request"


@pytest.mark.parametrize(
    ("minor", "kind", "body", "answer"),
    [
        ("1.10", "json", {"a": 1}, (500, "", "json: cannot unmarshal object into Go value of type jsonpatch.Patch")),
        ("1.23", "json", {"a": 1}, (
            400, "BadRequest", "json: cannot unmarshal object into Go value of type jsonpatch.Patch")),
        ("1.36", "json", {"a": 1}, (
            400, "BadRequest",
            "error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp")),
        ("1.10", "json", [{"op": "remove", "path": "/x"}], (500, "", "Unable to remove nonexistent key: x")),
        ("1.36", "json", [{"op": "remove", "path": "/x"}], (422, "Invalid", UNPROCESSABLE)),
        ("1.36", "json", [{"op": "replace", "path": "", "value": 5}], (422, "Invalid", UNPROCESSABLE)),
        ("1.23", "merge", [1], (400, "BadRequest", "Invalid JSON Patch")),
        ("1.36", "merge", [1], (
            400, "BadRequest",
            "error decoding patch: json: cannot unmarshal array into Go value of type map[string]interface {}")),
        ("1.36", "strategic", "x", (
            400, "BadRequest", "json: cannot unmarshal string into Go value of type map[string]interface {}")),
    ],
)
def test_a_wrong_patch_is_answered_as_by_a_real_server(minor: str, kind: str, body: Any, answer: tuple) -> None:
    assert _refused(minor, kind, body) == answer


def test_too_many_operations_are_refused() -> None:
    operations = [{"op": "test", "path": "/metadata/name", "value": "a"}] * 10_001
    assert _refused("1.36", "json", operations) == (
        413, "RequestEntityTooLarge", "The allowed maximum operations in a JSON patch is 10000, got 10001")


def test_a_patch_cannot_rename() -> None:
    server = Alone()
    server.ask("create", "configmaps", "shop", body=config("a"))
    status = server.refused("patch", "configmaps", "shop", "a", {"metadata": {"name": "b"}}, patchType="merge")
    assert status["message"] == "the name of the object (b) does not match the name on the URL (a)"


def test_only_apply_can_be_forced() -> None:
    server = Alone()
    server.ask("create", "configmaps", "shop", body=config("a"))
    status = server.refused("patch", "configmaps", "shop", "a", {"data": {}}, patchType="merge", force="true")
    assert (status["code"], status["message"]) == (
        422, 'PatchOptions.meta.k8s.io "" is invalid: force: Forbidden: may not be specified for non-apply patch')


@pytest.mark.parametrize(
    ("minor", "kind", "code", "message"),
    [
        ("1.10", "merge", 500,
         'v1.ServiceAccount: AutomountServiceAccountToken: ReadBool: expect t or f, but found "'),
        ("1.36", "strategic", 422,
         ' "" is invalid: patch: Invalid value: "map[automountServiceAccountToken:yes]": '
         "cannot convert string to bool"),
    ],
)
def test_a_wrong_type_is_told_about_the_patch(minor: str, kind: str, code: int, message: str) -> None:
    server = Alone(minor)
    server.ask("create", "serviceaccounts", "shop", body={"metadata": {"name": "a"}})
    body = {"automountServiceAccountToken": "yes"}
    status = server.refused("patch", "serviceaccounts", "shop", "a", body, patchType=kind)
    assert status["code"] == code and status["message"].startswith(message)
