"""Sets of fields: FieldsV1, comparing, merging."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanb.apiserver import fieldset
from sanb.apiserver.resources import RESOURCES
from sanb.apiserver.schema import type_of

POD = type_of(RESOURCES["pods"])
ELEMENTS = st.sampled_from(["f:a", "f:b", 'k:{"name":"c"}', 'v:"x"', "i:0"])
SETS = st.frozensets(st.lists(ELEMENTS, min_size=1, max_size=3).map(tuple), max_size=6)


@given(SETS)
def test_a_set_is_what_is_read_back(fields: fieldset.FieldSet) -> None:
    assert fieldset.decode(fieldset.encode(fields)) == fields


def test_a_member_with_members_below_has_a_dot() -> None:
    fields = frozenset({("f:a",), ("f:a", "f:b"), ("f:c", "f:d")})
    assert fieldset.encode(fields) == {"f:a": {".": {}, "f:b": {}}, "f:c": {"f:d": {}}}


def test_unknown_kinds_of_elements_are_ignored() -> None:
    assert fieldset.decode({"z:1": {}, "f:a": {}}) == {("f:a",)}


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (("f:spec", "f:containers", 'k:{"name":"c"}', "f:image"), '.spec.containers[name="c"].image'),
        (("f:ports", 'k:{"containerPort":80,"protocol":"TCP"}'), '.ports[containerPort=80,protocol="TCP"]'),
        (("f:metadata", "f:finalizers", 'v:"x"'), '.metadata.finalizers[="x"]'),
        (("i:3",), "[3]"),
    ],
)
def test_a_path_for_people(path: fieldset.Path, text: str) -> None:
    assert fieldset.shown(path) == text


def _pod(image: str, labels: dict) -> dict:
    return {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "c", "image": image}]}}


LABELS = st.dictionaries(st.sampled_from("abc"), st.sampled_from("xy"), min_size=1, max_size=3)
PODS = st.builds(_pod, st.sampled_from("12"), LABELS)


@given(PODS, PODS)
def test_what_is_added_one_way_is_removed_the_other(old: dict, new: dict) -> None:
    there, back = fieldset.compared(old, new, POD), fieldset.compared(new, old, POD)
    assert (there.added, there.modified, there.removed) == (back.removed, back.modified, back.added)


@given(PODS, PODS)
def test_a_merged_object_has_all_that_was_applied_and_merging_again_changes_nothing(live: dict, config: dict) -> None:
    merged = fieldset.merged(live, config, POD)
    assert fieldset.of(config, POD) <= fieldset.of(merged, POD)
    assert fieldset.merged(merged, config, POD) is merged
    assert not fieldset.compared(live, merged, POD).removed


@given(PODS, PODS)
def test_removing_what_was_added_gives_the_object_back(live: dict, config: dict) -> None:
    change = fieldset.compared(live, fieldset.merged(live, config, POD), POD)
    if not change.modified:
        assert fieldset.without(fieldset.merged(live, config, POD), change.added, POD) == live
