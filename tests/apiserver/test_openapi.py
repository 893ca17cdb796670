"""OpenAPI documents: every reference leads somewhere, and what kubectl reads is there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from sanb.apiserver import openapi
from sanb.profiles.profile import Profile

MINORS = ["1.10", "1.23", "1.36"]


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if "$ref" in value:
            yield value["$ref"]
        for inner in value.values():
            yield from _references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _references(inner)


@pytest.mark.parametrize("minor", MINORS)
def test_every_reference_of_version_2_leads_to_a_definition(minor: str) -> None:
    document = openapi.v2(Profile.of(minor))
    known = {f"#/definitions/{name}" for name in document["definitions"]}
    assert set(_references(document)) <= known


def test_every_reference_of_version_3_leads_to_a_schema() -> None:
    profile = Profile.of("1.36")
    index = openapi.v3_index(profile)
    assert index is not None and "api/v1" in index["paths"]
    for place in index["paths"]:
        document = openapi.v3(profile, place)
        assert document is not None
        known = {f"#/components/schemas/{name}" for name in document["components"]["schemas"]}
        assert set(_references(document)) <= known, place


def test_old_minors_have_no_version_3() -> None:
    assert openapi.v3_index(Profile.of("1.23")) is None
    assert openapi.v3(Profile.of("1.23"), "api/v1") is None


def test_kinds_are_named_with_their_group_and_version() -> None:
    pod = openapi.v2(Profile.of("1.36"))["definitions"]["io.k8s.api.core.v1.Pod"]
    assert {"group": "", "version": "v1", "kind": "Pod"} in pod["x-kubernetes-group-version-kind"]


def test_lists_say_how_they_merge() -> None:
    spec = openapi.v2(Profile.of("1.36"))["definitions"]["io.k8s.api.core.v1.PodSpec"]["properties"]
    assert spec["containers"]["x-kubernetes-patch-merge-key"] == "name"
    assert spec["containers"]["x-kubernetes-list-map-keys"] == ["name"]
    assert spec["volumes"]["x-kubernetes-patch-strategy"] == "merge,retainKeys"


@pytest.mark.parametrize(("minor", "there"), [("1.23", False), ("1.36", True)])
def test_patches_take_field_validation_from_1_25_on(minor: str, there: bool) -> None:
    patch = openapi.v2(Profile.of(minor))["paths"]["/api/v1/namespaces/{namespace}/pods/{name}"]["patch"]
    assert ("fieldValidation" in [one["name"] for one in patch["parameters"]]) is there


def test_fields_of_other_minors_are_left_out() -> None:
    old = openapi.v2(Profile.of("1.10"))["definitions"]["io.k8s.api.core.v1.Secret"]["properties"]
    new = openapi.v2(Profile.of("1.36"))["definitions"]["io.k8s.api.core.v1.Secret"]["properties"]
    assert "immutable" not in old and "immutable" in new
