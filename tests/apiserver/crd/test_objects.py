"""Objects of custom kinds: pruned, completed, validated, stored."""

from __future__ import annotations

from typing import Any

import pytest

from tests.apiserver.crd.widgets import DEFINITIONS, SPEC, WIDGETS, alone, definition, schema, widget


def message(spec: dict[str, Any], minor: str = "1.36") -> str:
    body = widget()
    body["spec"] = spec
    return str(alone(minor).refused("create", WIDGETS, "shop", body=body)["message"])


def test_what_the_schema_does_not_have_is_dropped_and_what_is_missing_is_filled_in() -> None:
    body = widget(junk=1, labels={"any": "thing"}, free={"deep": {"er": [1]}})
    made = alone().body("create", WIDGETS, "shop", body=body)
    assert made["spec"] == {"size": "s", "replicas": 1, "labels": {"any": "thing"}, "free": {"deep": {"er": [1]}}}


def test_it_is_warned_of_unknown_fields_and_refuses_them_when_told_to() -> None:
    server, body = alone(), widget(junk=1, other={"x": 1})
    warnings = server.ask("create", WIDGETS, "shop", body=body).warnings
    assert warnings == ('unknown field "spec.junk"', 'unknown field "spec.other"')
    strict = server.refused("create", WIDGETS, "shop", body=widget("b", junk=1), fieldValidation="Strict")
    assert strict["message"] == (
        'Widget in version "v1" cannot be handled as a Widget: strict decoding error: unknown field "spec.junk"'
    )


@pytest.mark.parametrize(("spec", "text"), [
    ({}, "spec.size: Required value"),
    ({"size": "x"}, 'spec.size: Unsupported value: "x": supported values: "s", "m"'),
    ({"size": "s", "replicas": 0},
     "spec.replicas: Invalid value: 0: spec.replicas in body should be greater than or equal to 1"),
    ({"size": "s", "replicas": 10},
     "spec.replicas: Invalid value: 10: spec.replicas in body should be less than or equal to 9"),
    ({"size": "s", "replicas": "2"},
     'spec.replicas: Invalid value: "string": spec.replicas in body must be of type integer: "string"'),
    ({"size": "s", "tags": "a"}, 'spec.tags: Invalid value: "string": spec.tags in body must be of type array: "string"'),
    ({"size": "s", "tags": ["a", "a"]}, 'spec.tags[1]: Duplicate value: "a"'),
    ({"size": "s", "tags": ["abcd"]}, "spec.tags[0]: Too long: may not be more than 3 bytes"),
    ({"size": "s", "labels": {"a": 1}},
     'spec.labels.a: Invalid value: "integer": spec.labels.a in body must be of type string: "integer"'),
    ({"size": "s", "port": True},
     'spec.port: Invalid value: "boolean": spec.port in body must be of type integer,string: "boolean"'),
    ({"size": "s", "when": "soon"}, 'spec.when: Invalid value: "soon": spec.when in body must be of type date-time: "soon"'),
    ({"size": "s", "code": "A1"}, 'spec.code: Invalid value: "A1": spec.code in body should match \'^[a-z]+$\''),
])
def test_values_that_do_not_fit_are_refused(spec: dict[str, Any], text: str) -> None:
    assert message(spec) == f'Widget.example.com "a" is invalid: {text}'


def test_a_port_is_a_number_or_a_text() -> None:
    server = alone()
    assert [server.body("create", WIDGETS, "shop", body=widget(f"w{port}", port=port))["spec"]["port"]
            for port in (80, "http")] == [80, "http"]


@pytest.mark.parametrize(("logic", "text"), [
    ({"oneOf": [{"required": ["a"]}, {"required": ["b"]}]},
     'spec: Invalid value: "": "spec" must validate one and only one schema (oneOf). Found none valid, spec.a: Required value'),
    ({"anyOf": [{"required": ["a"]}]},
     'spec: Invalid value: "": "spec" must validate at least one schema (anyOf), spec.a: Required value'),
    ({"not": {"required": ["size"]}}, 'spec: Invalid value: "": "spec" must not validate the schema (not)'),
])
def test_schemas_are_combined(logic: dict[str, Any], text: str) -> None:
    spec = {**SPEC, **logic, "properties": {**SPEC["properties"], "a": {"type": "string"}, "b": {"type": "string"}}}
    server = alone(body=definition(version={"schema": schema(spec)}))
    refused = server.refused("create", WIDGETS, "shop", body=widget())["message"]
    assert refused.removeprefix('Widget.example.com "a" is invalid: ').strip("[]") == text


def test_only_what_is_neither_metadata_nor_status_counts_as_a_generation() -> None:
    server = alone()
    made = server.body("create", WIDGETS, "shop", body={**widget(), "status": {"x": 1}})
    assert "status" not in made and made["metadata"]["generation"] == 1
    labelled = server.body("patch", WIDGETS, "shop", "a", body={"metadata": {"labels": {"a": "b"}}}, patchType="merge")
    assert labelled["metadata"]["generation"] == 1
    grown = server.body("patch", WIDGETS, "shop", "a", body={"spec": {"replicas": 2}}, patchType="merge")
    assert grown["metadata"]["generation"] == 2
    state = {**grown, "status": {"replicas": 2}, "spec": {"size": "m"}}
    told = server.body("update", WIDGETS, "shop", "a", body=state, subresource="status")
    assert (told["spec"], told["status"]) == ({"size": "s", "replicas": 2}, {"replicas": 2})
    assert told["metadata"]["generation"] == 2


def test_it_is_scaled_where_its_definition_says() -> None:
    server = alone()
    server.ask("create", WIDGETS, "shop", body=widget(replicas=2))
    scale = server.body("get", WIDGETS, "shop", "a", subresource="scale")
    assert (scale["kind"], scale["spec"], scale["status"]) == ("Scale", {"replicas": 2}, {"replicas": 0})
    server.ask("update", WIDGETS, "shop", "a", body={"spec": {"replicas": 5}}, subresource="scale")
    assert server.body("get", WIDGETS, "shop", "a")["spec"]["replicas"] == 5


def test_strategic_patches_are_refused() -> None:
    server = alone()
    server.ask("create", WIDGETS, "shop", body=widget())
    refused = server.refused("patch", WIDGETS, "shop", "a", body={"spec": {"size": "m"}})
    assert (refused["code"], refused["reason"]) == (415, "UnsupportedMediaType")


def test_lists_are_sets_to_server_side_apply_where_the_schema_says_so() -> None:
    server = alone()
    for manager, tag in (("one", "a"), ("two", "b")):
        server.ask("patch", WIDGETS, "shop", "a", body=widget(tags=[tag]), patchType="apply", fieldManager=manager)
    assert server.body("get", WIDGETS, "shop", "a")["spec"]["tags"] == ["a", "b"]


def test_tables_have_the_columns_of_the_definition() -> None:
    columns = [
        {"name": "Size", "type": "string", "jsonPath": ".spec.size"},
        {"name": "Ready", "type": "string", "jsonPath": '.status.conditions[?(@.type=="Ready")].status'},
        {"name": "Replicas", "type": "integer", "jsonPath": ".spec.replicas", "priority": 1},
        {"name": "Age", "type": "date", "jsonPath": ".metadata.creationTimestamp"},
    ]
    server = alone(body=definition(version={"additionalPrinterColumns": columns}))
    made = server.body("create", WIDGETS, "shop", body=widget())
    state = {**made, "status": {"conditions": [{"type": "Other", "status": "False"}, {"type": "Ready", "status": "True"}]}}
    server.ask("update", WIDGETS, "shop", "a", body=state, subresource="status")
    table = server.body("list", WIDGETS, "shop", **{"as": "Table"})
    shown = [(column["name"], column["priority"]) for column in table["columnDefinitions"]]
    assert shown == [("Name", 0), ("Size", 0), ("Ready", 0), ("Replicas", 1), ("Age", 0)]
    assert [row["cells"] for row in table["rows"]] == [["a", "s", "True", 1, "0s"]]


def test_without_columns_a_table_has_name_and_age() -> None:
    server = alone()
    server.ask("create", WIDGETS, "shop", body=widget())
    assert [row["cells"] for row in server.body("list", WIDGETS, "shop", **{"as": "Table"})["rows"]] == [["a", "0s"]]


def test_a_kind_that_nobody_defined_is_not_served() -> None:
    server = alone()
    refused = server.refused("get", "gadgets.example.com", "shop", "a")
    assert (refused["code"], refused["message"]) == (404, "the server could not find the requested resource")


def test_kinds_with_the_name_of_a_built_in_one_are_another_kind() -> None:
    names = {"plural": "services", "kind": "Service", "shortNames": []}
    server = alone(body=definition(names=names, group="serving.knative.dev"))
    body = {"apiVersion": "serving.knative.dev/v1", "kind": "Service", "metadata": {"name": "a"}, "spec": {"size": "s"}}
    made = server.body("create", "services.serving.knative.dev", "shop", body=body)
    assert made["spec"] == {"size": "s", "replicas": 1}


def test_every_served_version_is_read_and_answered() -> None:
    old = {"name": "v1beta1", "served": True, "storage": False, "schema": schema({"type": "object", "properties": {
        "size": {"type": "string"}}})}
    gone = {**old, "name": "v1alpha1", "served": False}
    newest = definition()["spec"]["versions"][0]
    server = alone(body=definition(versions=[old, newest, gone]))
    row = server.server.kinds.get(WIDGETS)
    assert row is None
    made = server.body("create", WIDGETS, "shop", body={**widget(), "apiVersion": "example.com/v1beta1"})
    assert (made["apiVersion"], made["spec"]) == ("example.com/v1", {"size": "s"})
    refused = server.refused("create", WIDGETS, "shop", body={**widget("b"), "apiVersion": "example.com/v1alpha1"})
    assert refused["message"] == (
        "the API version in the data (example.com/v1alpha1) does not match the expected API version (example.com/v1)"
    )


def test_definitions_of_v1beta1_keep_unknown_fields() -> None:
    spec = {"group": "example.com", "version": "v1", "names": {"plural": "widgets", "kind": "Widget"}}
    body = {"apiVersion": "apiextensions.k8s.io/v1beta1", "kind": "CustomResourceDefinition",
            "metadata": {"name": WIDGETS}, "spec": spec}
    for minor in ("1.10", "1.15", "1.16", "1.21"):
        server = alone(minor, body)
        assert server.body("create", WIDGETS, "shop", body=widget(junk=1))["spec"] == {"size": "s", "junk": 1}
        stored = server.body("get", DEFINITIONS, "", WIDGETS)
        assert [one["name"] for one in stored["spec"]["versions"]] == ["v1"]
