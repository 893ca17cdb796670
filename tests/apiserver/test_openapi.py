"""OpenAPI documents: every reference leads somewhere, and what kubectl reads is there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from sanb import Cluster
from sanb.apiserver import openapi
from sanb.profiles.profile import Profile
from tests.definitions import definition

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


DEFINITION = definition("lamps.home.example", "Lamp", """{
  type: object, description: A lamp., properties: {spec: {type: object, required: [color], properties: {
    color: {type: string, description: What one sees., enum: [red, blue]},
    power: {x-kubernetes-int-or-string: true, anyOf: [{type: integer}, {type: string}]},
    extra: {type: object, x-kubernetes-preserve-unknown-fields: true, properties: {a: {type: string}}},
    note: {type: string, nullable: true},
  }}}}""")


def _custom(minor: str) -> Any:
    cluster = Cluster(minor)
    cluster.apply(DEFINITION)
    return cluster.custom()


def test_version_3_has_a_document_for_the_group_of_a_custom_kind() -> None:
    profile, custom = Profile.of("1.36"), _custom("1.36")
    index = openapi.v3_index(profile, custom)
    assert index is not None and "apis/home.example/v1" in index["paths"]
    document = openapi.v3(profile, "apis/home.example/v1", custom)
    assert document is not None
    schemas = document["components"]["schemas"]
    assert set(_references(document)) <= {f"#/components/schemas/{name}" for name in schemas}
    lamp = schemas["example.home.v1.Lamp"]
    assert lamp["description"] == "A lamp."
    assert lamp["x-kubernetes-group-version-kind"] == [{"group": "home.example", "version": "v1", "kind": "Lamp"}]
    assert lamp["properties"]["spec"]["properties"]["color"]["enum"] == ["red", "blue"]
    assert "/apis/home.example/v1/namespaces/{namespace}/lamps" in document["paths"]


def test_version_2_says_of_a_custom_kind_what_it_can_say() -> None:
    document = openapi.v2(Profile.of("1.23"), _custom("1.23"))
    spec = document["definitions"]["example.home.v1.Lamp"]["properties"]["spec"]["properties"]
    assert spec["color"] == {"type": "string", "description": "What one sees.", "enum": ["red", "blue"]}
    assert "type" not in spec["power"] and "anyOf" not in spec["power"]
    assert "properties" not in spec["extra"]
    assert spec["note"] == {}
    assert set(_references(document)) <= {f"#/definitions/{name}" for name in document["definitions"]}


def test_the_hash_of_a_group_changes_with_the_schema() -> None:
    profile = Profile.of("1.36")
    cluster = Cluster("1.36")
    places = []
    for text in (DEFINITION, DEFINITION.replace("blue]", "blue, green]")):
        cluster.apply(text)
        index = openapi.v3_index(profile, cluster.custom())
        assert index is not None
        places.append(index["paths"]["apis/home.example/v1"])
    assert places[0] != places[1]


def test_without_custom_kinds_there_is_no_document_for_them() -> None:
    assert openapi.v3(Profile.of("1.36"), "apis/home.example/v1") is None


def test_types_are_named_after_the_group_and_version_that_use_them() -> None:
    """The core's types keep their package wherever they are used."""
    found = openapi.v2(Profile.of("1.10"))["definitions"]
    assert {"io.k8s.api.apps.v1.DeploymentSpec", "io.k8s.api.extensions.v1beta1.DeploymentSpec", "io.k8s.api.batch.v1.JobSpec",
            "io.k8s.api.core.v1.PodSpec"} <= set(found)
    assert found["io.k8s.api.apps.v1.DeploymentSpec"]["required"] == ["selector", "template"]
    assert found["io.k8s.api.extensions.v1beta1.DeploymentSpec"]["required"] == ["template"]


def test_a_version_has_its_own_fields() -> None:
    profile = Profile.of("1.36")
    old, new = (openapi.v3(profile, f"apis/autoscaling/{version}") for version in ("v1", "v2"))
    assert old is not None and new is not None
    spec = "HorizontalPodAutoscalerSpec"
    assert "metrics" not in old["components"]["schemas"][f"io.k8s.api.autoscaling.v1.{spec}"]["properties"]
    assert "metrics" in new["components"]["schemas"][f"io.k8s.api.autoscaling.v2.{spec}"]["properties"]


def test_custom_kinds_take_no_strategic_merge_patches() -> None:
    """From these kubectl apply learns which patch to send."""
    document = openapi.v3(Profile.of("1.36"), "apis/home.example/v1", _custom("1.36"))
    assert document is not None
    patch = document["paths"]["/apis/home.example/v1/namespaces/{namespace}/lamps/{name}"]["patch"]
    assert list(patch["requestBody"]["content"]) == [
        "application/json-patch+json", "application/merge-patch+json", "application/apply-patch+yaml"]
