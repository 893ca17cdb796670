"""What becomes of the schema of a custom kind in version 2, and what is said of its list."""

from __future__ import annotations

from typing import Any

import pytest

from sanb import Cluster
from sanb.apiserver import openapi, openapicustom
from sanb.profiles.profile import Profile
from tests.definitions import definition

TEXT = {"type": "string"}
FREE = "x-kubernetes-preserve-unknown-fields"


@pytest.mark.parametrize(("schema", "told"), [
    ({**TEXT, "enum": ["a"], "description": "d"}, {**TEXT, "enum": ["a"], "description": "d"}),
    ({**TEXT, "default": "a"}, TEXT),
    ({**TEXT, "nullable": True, "description": "d"}, {"description": "d"}),
    ({**TEXT, "anyOf": [], "oneOf": [], "allOf": [], "not": {}, "x-kubernetes-validations": []}, TEXT),
    ({"x-kubernetes-int-or-string": True, "type": "string"}, {"x-kubernetes-int-or-string": True}),
    ({"type": "object", FREE: True, "properties": {"a": TEXT}, "required": ["a"]}, {"type": "object", FREE: True}),
    ({"type": "object", "nullable": True, "properties": {"a": TEXT}, "required": ["a"]}, {"required": ["a"]}),
    ({"type": "array", "items": {**TEXT, "default": "a"}}, {"type": "array", "items": TEXT}),
    ({"type": "object", "additionalProperties": {**TEXT, "nullable": True}}, {"type": "object", "additionalProperties": {}}),
    ({"type": "object", "additionalProperties": True}, {"type": "object", "additionalProperties": True}),
    ({"type": "object", "properties": {"default": {**TEXT, "default": ""}}}, {"type": "object", "properties": {"default": TEXT}}),
])
def test_version_2_tells_of_a_schema_what_it_can(schema: dict[str, Any], told: dict[str, Any]) -> None:
    assert openapicustom.v2_schema(schema) == told


def _definitions(minor: str, schema: str = "{type: object, properties: {spec: {type: object}}}") -> Any:
    cluster = Cluster(minor)
    cluster.apply(definition("lamps.home.example", "Lamp", schema))
    profile, custom = Profile.of(minor), cluster.custom()
    if minor == "1.23":
        return openapi.v2(profile, custom)["definitions"]
    document = openapi.v3(profile, "apis/home.example/v1", custom)
    assert document is not None
    return document["components"]["schemas"]


@pytest.mark.parametrize(("minor", "place"), [("1.23", "#/definitions/"), ("1.36", "#/components/schemas/")])
def test_objects_and_lists_have_the_head_that_all_have(minor: str, place: str) -> None:
    found = _definitions(minor)
    meta = f"{place}io.k8s.apimachinery.pkg.apis.meta.v1."
    lamp, lamps = found["example.home.v1.Lamp"], found["example.home.v1.LampList"]
    assert list(lamp["properties"]) == ["spec", "apiVersion", "kind", "metadata"]
    reference = {"$ref": f"{meta}ObjectMeta"}
    told = {key: value for key, value in lamp["properties"]["metadata"].items() if key != "description"}
    assert told == (reference if minor == "1.23" else {"allOf": [reference]})
    assert (lamps["type"], lamps["required"], list(lamps["properties"])) == (
        "object", ["items"], ["apiVersion", "kind", "items", "metadata"])
    assert lamps["properties"]["items"] == {"type": "array", "items": {"$ref": f"{place}example.home.v1.Lamp"}}
    assert lamps["properties"]["metadata"] == {"description": "Standard list metadata.", "$ref": f"{meta}ListMeta"}
    assert lamps["x-kubernetes-group-version-kind"] == [{"group": "home.example", "version": "v1", "kind": "LampList"}]


def test_of_a_kind_that_may_hold_anything_version_2_tells_no_fields() -> None:
    schema = "{type: object, x-kubernetes-preserve-unknown-fields: true, properties: {spec: {type: object}}}"
    assert "properties" not in _definitions("1.23", schema)["example.home.v1.Lamp"]
    assert list(_definitions("1.36", schema)["example.home.v1.Lamp"]["properties"]) == ["spec", "apiVersion", "kind", "metadata"]
