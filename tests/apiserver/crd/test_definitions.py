"""CustomResourceDefinitions themselves: names, conditions, structural schemas, deletion."""

from __future__ import annotations

from typing import Any

import pytest

from tests.apiserver.alone import Alone
from tests.apiserver.crd.widgets import DEFINITIONS, WIDGETS, alone, definition, widget


def conditions(obj: dict[str, Any]) -> dict[str, tuple[str, str, str]]:
    return {one["type"]: (one["status"], one["reason"], one["message"]) for one in obj["status"]["conditions"]}


def faults(body: dict[str, Any], minor: str = "1.36") -> list[str]:
    refused = Alone(minor).refused("create", DEFINITIONS, body=body)
    return [f"{cause['field']}: {cause['message']}" for cause in refused["details"]["causes"]]


def test_names_are_accepted_and_the_kind_is_served() -> None:
    server = Alone()
    made = server.body("create", DEFINITIONS, body=definition())
    assert conditions(made) == {
        "NamesAccepted": ("True", "NoConflicts", "no conflicts found"),
        "Established": ("True", "InitialNamesAccepted", "the initial names have been accepted"),
    }
    assert made["status"]["acceptedNames"] == {
        "plural": "widgets", "singular": "widget", "kind": "Widget", "listKind": "WidgetList", "shortNames": ["wd"],
    }
    assert made["status"]["storedVersions"] == ["v1"]
    assert made["spec"]["conversion"] == {"strategy": "None"}


def test_a_name_that_another_definition_has_is_not_accepted() -> None:
    server = alone()
    other = definition(names={"plural": "gadgets", "kind": "Gadget", "shortNames": ["wd"]})
    made = server.body("create", DEFINITIONS, body=other)
    assert conditions(made) == {
        "NamesAccepted": ("False", "ShortNamesConflict", '"wd" is already in use'),
        "Established": ("False", "NotAccepted", "not all names are accepted"),
    }
    assert server.refused("list", "gadgets.example.com", "shop")["code"] == 404


def test_versions_that_were_stored_are_remembered() -> None:
    server = alone()
    made = server.body("get", DEFINITIONS, "", WIDGETS)
    first = {**made["spec"]["versions"][0], "storage": False}
    spec = {**made["spec"], "versions": [{**first, "name": "v2", "storage": True}, first]}
    changed = server.body("update", DEFINITIONS, "", WIDGETS, body={**made, "spec": spec})
    assert changed["status"]["storedVersions"] == ["v1", "v2"]
    assert changed["metadata"]["generation"] == 2


@pytest.mark.parametrize(("changes", "text"), [
    ({"group": "example"}, "spec.group: Invalid value: \"example\": should be a domain with at least one dot"),
    ({"scope": "Global"}, 'spec.scope: Unsupported value: "Global": supported values: "Cluster", "Namespaced"'),
    ({"names": {"kind": "Wid_get", "singular": "widget", "listKind": "WidgetList"}}, None),
    ({"names": {"listKind": "Widget"}},
     'spec.names.listKind: Invalid value: "Widget": kind and listKind may not be the same'),
    ({"version": {"schema": None}}, "spec.versions[0].schema.openAPIV3Schema: Required value: schemas are required"),
    ({"version": {"storage": False}}, None),
    ({"preserveUnknownFields": True},
     "spec.preserveUnknownFields: Invalid value: true: cannot set to true, set x-kubernetes-preserve-unknown-fields to true "
     "in spec.versions[*].schema instead"),
])
def test_broken_definitions_are_refused(changes: dict[str, Any], text: str | None) -> None:
    found = faults(definition(**changes))
    assert len(found) == 1
    if text is not None:
        assert found == [text]


def test_the_name_is_made_of_plural_and_group() -> None:
    body = definition()
    body["metadata"]["name"] = "other.example.com"
    assert faults(body) == ['metadata.name: Invalid value: "other.example.com": must be spec.names.plural+"."+spec.group']


def test_groups_of_the_project_need_its_approval() -> None:
    body = definition(group="x.k8s.io")
    assert faults(body) == [
        "metadata.annotations[api-approved.kubernetes.io]: Required value: protected groups must have approval annotation "
        '"api-approved.kubernetes.io", see https://github.com/kubernetes/enhancements/pull/1111'
    ]
    body["metadata"]["annotations"] = {"api-approved.kubernetes.io": "https://github.com/x/y"}
    made = Alone().body("create", DEFINITIONS, body=body)
    assert conditions(made)["KubernetesAPIApprovalPolicyConformant"] == (
        "True", "ApprovedAnnotation", "approved in https://github.com/x/y"
    )


ROOT = "spec.versions[0].schema.openAPIV3Schema"


@pytest.mark.parametrize(("schema", "texts"), [
    ({"properties": {}}, [f"{ROOT}.type: Required value: must not be empty at the root"]),
    ({"type": "array", "items": {"type": "string"}},
     [f'{ROOT}.type: Invalid value: "array": must be object at the root']),
    ({"type": "object", "properties": {"a": {}}},
     [f"{ROOT}.properties[a].type: Required value: must not be empty for specified object fields"]),
    ({"type": "object", "properties": {"a": {"type": "array"}}},
     [f"{ROOT}.properties[a].items: Required value: must be specified"]),
    ({"type": "object", "properties": {"a": {"type": "thing"}}},
     [f'{ROOT}.properties[a].type: Unsupported value: "thing": supported values: "array", "boolean", "integer", "number",'
      ' "object", "string"']),
    ({"type": "object", "properties": {"a": {"type": "string", "uniqueItems": True}}},
     [f"{ROOT}.properties[a].uniqueItems: Forbidden: uniqueItems cannot be set to true since the runtime complexity becomes"
      " quadratic"]),
    ({"type": "object", "properties": {"a": {"$ref": "#/x", "type": "string"}}},
     [f"{ROOT}.properties[a].$ref: Forbidden: $ref is not supported"]),
    ({"type": "object", "properties": {"a": {"type": "object", "properties": {"b": {"type": "string"}},
                                             "additionalProperties": {"type": "string"}}}},
     [f"{ROOT}.properties[a].additionalProperties: Forbidden: additionalProperties and properties are mutual exclusive"]),
])
def test_schemas_are_structural(schema: dict[str, Any], texts: list[str]) -> None:
    assert faults(definition(version={"schema": {"openAPIV3Schema": schema}})) == texts


def test_what_objects_are_stored_by_stays() -> None:
    server = alone()
    made = server.body("get", DEFINITIONS, "", WIDGETS)
    refused = server.refused("update", DEFINITIONS, "", WIDGETS, body={**made, "spec": {**made["spec"], "scope": "Cluster"}})
    assert refused["message"] == (
        f'CustomResourceDefinition.apiextensions.k8s.io "{WIDGETS}" is invalid: '
        'spec.scope: Invalid value: "Cluster": field is immutable'
    )


def test_a_deleted_definition_waits_for_its_objects() -> None:
    server = alone()
    server.ask("create", WIDGETS, "shop", body=widget())
    server.ask("delete", DEFINITIONS, "", WIDGETS)
    left = server.body("get", DEFINITIONS, "", WIDGETS)
    assert left["metadata"]["finalizers"] == ["customresourcecleanup.apiextensions.k8s.io"]
    assert conditions(left)["Terminating"] == (
        "True", "InstanceDeletionPending",
        "CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon",
    )
