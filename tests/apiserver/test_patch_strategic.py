"""Strategic merge patches: merge keys, order, directives."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanb.apiserver.resources import RESOURCES
from sanb.apiserver.schema import type_of
from sanb.apiserver.strategicmerge import BadPatch, CannotMerge, strategic

POD = type_of(RESOURCES["pods"])
ACCOUNT = type_of(RESOURCES["serviceaccounts"])
DEPLOYMENT = type_of(RESOURCES["deployments.apps"])


def _pod(*containers: dict, **spec: Any) -> dict:
    return {"spec": {"containers": list(containers), **spec}}


def _named(*names: str) -> list[dict]:
    return [{"name": name} for name in names]


def test_containers_are_merged_by_name_and_new_ones_come_first() -> None:
    before = _pod({"name": "a", "image": "1"}, {"name": "b", "image": "1"})
    new = strategic(before, _pod({"name": "c", "image": "9"}, {"name": "b", "image": "2"}), POD)
    assert new["spec"]["containers"] == [
        {"name": "c", "image": "9"}, {"name": "a", "image": "1"}, {"name": "b", "image": "2"},
    ]
    assert before == _pod({"name": "a", "image": "1"}, {"name": "b", "image": "1"})


def test_an_account_merges_its_secrets_and_replaces_its_pull_secrets() -> None:
    before = {"secrets": _named("s1"), "imagePullSecrets": _named("one", "two")}
    new = strategic(before, {"secrets": _named("s2"), "imagePullSecrets": _named("three")}, ACCOUNT)
    assert new == {"secrets": _named("s2", "s1"), "imagePullSecrets": _named("three")}


@pytest.mark.parametrize(
    ("patch", "names"),
    [
        ([{"$patch": "delete", "name": "b"}], ["a", "c"]),
        ([{"$patch": "replace"}, {"name": "x"}], ["x"]),
        ([{"name": "x"}, {"$patch": "delete", "name": "a"}], ["x", "b", "c"]),
        ([], ["a", "b", "c"]),
    ],
)
def test_directives_in_a_list_delete_and_replace(patch: list, names: list[str]) -> None:
    assert strategic({"secrets": _named("a", "b", "c")}, {"secrets": patch}, ACCOUNT) == {"secrets": _named(*names)}


def test_directives_in_a_dictionary_replace_and_delete() -> None:
    before = {"metadata": {"labels": {"a": "1"}, "annotations": {"b": "2"}}}
    patch = {"metadata": {"labels": {"$patch": "replace", "c": "3"}, "annotations": {"$patch": "delete"}}}
    assert strategic(before, patch, POD) == {"metadata": {"labels": {"c": "3"}, "annotations": {}}}


def test_null_removes_and_nulls_of_what_is_new_are_dropped() -> None:
    before = {"metadata": {"labels": {"a": "1", "b": "2"}}}
    assert strategic(before, {"metadata": {"labels": {"a": None}}}, POD) == {"metadata": {"labels": {"b": "2"}}}
    assert strategic({}, {"metadata": {"labels": {"a": None, "b": "2"}}}, POD) == {"metadata": {"labels": {"b": "2"}}}


def test_retain_keys_drops_the_others() -> None:
    before = {"spec": {"strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1}}}}
    patch = {"spec": {"strategy": {"$retainKeys": ["type"], "type": "Recreate"}}}
    assert strategic(before, patch, DEPLOYMENT) == {"spec": {"strategy": {"type": "Recreate"}}}


def test_retain_keys_must_name_what_the_patch_sets() -> None:
    patch = {"spec": {"strategy": {"$retainKeys": [], "type": "Recreate"}}}
    with pytest.raises(BadPatch, match=r"^invalid patch format of retainKeys$"):
        strategic({"spec": {"strategy": {}}}, patch, DEPLOYMENT)


def test_scalars_are_taken_out_of_a_list() -> None:
    before = {"metadata": {"finalizers": ["a", "b", "c"]}}
    patch = {"metadata": {"$deleteFromPrimitiveList/finalizers": ["b", "z"]}}
    assert strategic(before, patch, POD) == {"metadata": {"finalizers": ["a", "c"]}}


def test_scalars_are_merged_without_repeating() -> None:
    new = strategic({"metadata": {"finalizers": ["a", "b"]}}, {"metadata": {"finalizers": ["b", "c"]}}, POD)
    assert new == {"metadata": {"finalizers": ["a", "b", "c"]}}


def test_the_order_of_elements_is_set() -> None:
    before = _pod(*_named("a", "b", "c"))
    patch = {"spec": {"$setElementOrder/containers": _named("c", "a"), "containers": [{"name": "a", "image": "2"}]}}
    assert strategic(before, patch, POD)["spec"]["containers"] == [
        {"name": "b"}, {"name": "c"}, {"name": "a", "image": "2"},
    ]


def test_the_order_that_is_set_alone_sorts() -> None:
    patch = {"metadata": {"$setElementOrder/finalizers": ["b", "a"]}}
    assert strategic({"metadata": {"finalizers": ["a", "b"]}}, patch, POD) == {"metadata": {"finalizers": ["b", "a"]}}


def test_a_patch_that_contradicts_its_order_is_refused() -> None:
    patch = {"spec": {"$setElementOrder/containers": _named("a"), "containers": _named("b")}}
    with pytest.raises(CannotMerge, match=r"^The order in patch list:\n\[map\[name:b\]\]\n doesn't match "):
        strategic(_pod(*_named("a", "b")), patch, POD)


@pytest.mark.parametrize(
    ("patch", "kind", "complaint"),
    [
        ({"secrets": [{"image": "x"}]}, CannotMerge,
         r"^map: map\[image:x\] does not contain declared merge key: name$"),
        ({"secrets": [{"$patch": "merge"}]}, CannotMerge, "^merging lists cannot yet be specified in the patch$"),
        ({"secrets": ["x"]}, CannotMerge, "^list element types are not identical$"),
        ({"secrets": [{"$patch": "spin"}]}, BadPatch, "^Unknown patch type found: spin$"),
        ({"$patch": "spin"}, BadPatch, "^Unknown patch type found: spin$"),
    ],
)
def test_a_patch_that_cannot_be_merged_is_refused(patch: dict, kind: type, complaint: str) -> None:
    with pytest.raises(kind, match=complaint):
        strategic({"secrets": _named("a")}, patch, ACCOUNT)


def _name(one: dict) -> str:
    return one["name"]


NAMES = st.sampled_from("abcd")
CONTAINERS = st.lists(
    st.fixed_dictionaries({"name": NAMES}, optional={
        "image": st.sampled_from(["1", "2"]),
        "env": st.lists(
            st.fixed_dictionaries({"name": NAMES, "value": st.sampled_from("xy")}), max_size=3, unique_by=_name
        ),
    }),
    max_size=4, unique_by=_name,
)
PODS = st.fixed_dictionaries({"spec": st.fixed_dictionaries({"containers": CONTAINERS})}, optional={
    "metadata": st.fixed_dictionaries({}, optional={
        "labels": st.dictionaries(NAMES, st.sampled_from("xy"), max_size=3),
        "finalizers": st.lists(NAMES, max_size=3, unique=True),
    })})


@given(PODS, PODS)
def test_a_patch_twice_is_a_patch_once_and_the_same_object(before: dict, patch: dict) -> None:
    held = copy.deepcopy((before, patch))
    once = strategic(before, patch, POD)
    assert strategic(once, patch, POD) is once
    assert (before, patch) == held


@given(PODS)
def test_an_object_patched_with_itself_is_the_same_object(before: dict) -> None:
    assert strategic(before, copy.deepcopy(before), POD) is before


@given(PODS, PODS)
def test_every_container_of_both_is_there_once_and_the_patch_wins(before: dict, patch: dict) -> None:
    new = strategic(before, patch, POD)["spec"]["containers"]
    names = [one["name"] for one in new]
    wanted = {one["name"] for one in (*before["spec"]["containers"], *patch["spec"]["containers"])}
    assert sorted(names) == sorted(wanted)
    for one in patch["spec"]["containers"]:
        if "image" in one:
            assert new[names.index(one["name"])]["image"] == one["image"]
