"""Definitions of custom kinds in OpenAPI documents: the schemas of CustomResourceDefinitions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from sanb.apiserver import descriptions, openapinames
from sanb.apiserver.resources import Resource
from sanb.values import Obj

DROPPED: Final = frozenset(("nullable", "anyOf", "oneOf", "allOf", "not", "default", "x-kubernetes-validations"))
"""What version 2 cannot say."""
INNER: Final = ("items", "additionalProperties")


def v2_schema(schema: Any) -> Any:
    """A schema as version 2 tells it: what may be null or of several types has no type, what may hold anything no fields."""
    if not isinstance(schema, dict):
        return schema
    found = {key: value for key, value in schema.items() if key not in DROPPED}
    if schema.get("nullable") or schema.get("x-kubernetes-int-or-string"):
        found.pop("type", None)
    if schema.get("x-kubernetes-preserve-unknown-fields"):
        for key in ("properties", "items", "additionalProperties", "required"):
            found.pop(key, None)
    if schema.get("nullable") or schema.get("x-kubernetes-preserve-unknown-fields"):
        return {key: value for key, value in found.items() if key not in ("properties", *INNER)}
    if "properties" in found:
        found["properties"] = {name: v2_schema(inner) for name, inner in found["properties"].items()}
    return {key: v2_schema(value) if key in INNER else value for key, value in found.items()}


def definitions(row: Resource, group_version: str, refer: Callable[[str], Obj], old: bool) -> Obj:
    """The definitions of a kind and of its list; `refer` makes a reference, `old` asks for version 2."""
    name, schema = openapinames.custom(row.kind, group_version), row.custom.versions[group_version].schema or {}
    group, _, version = group_version.rpartition("/")
    body = v2_schema(schema) if old else dict(schema)
    body = {"type": "object", **body}
    if schema and not (old and schema.get("x-kubernetes-preserve-unknown-fields")):
        body["properties"] = {**(body.get("properties") or {}), **_head(refer)}
    body["x-kubernetes-group-version-kind"] = [{"group": group, "version": version, "kind": row.kind}]
    metadata = {"description": "Standard list metadata.", **refer(f"{openapinames.META}.ListMeta")}
    listed = {
        "type": "object", "description": f"{row.kind}List is a list of {row.kind}", "required": ["items"],
        "properties": {
            **_texts(), "items": {"type": "array", "items": refer(name)}, "metadata": metadata,
        },
        "x-kubernetes-group-version-kind": [{"group": group, "version": version, "kind": f"{row.kind}List"}],
    }
    return {name: body, f"{name}List": listed}


def _texts() -> Obj:
    return {
        key: {"type": "string", "description": descriptions.of_field("ServiceAccount", key)} for key in ("apiVersion", "kind")
    }


def _head(refer: Callable[[str], Obj]) -> Obj:
    text = descriptions.of_field("ServiceAccount", "metadata")
    reference = refer(f"{openapinames.META}.ObjectMeta")
    inner = {"allOf": [reference]} if "/schemas/" in reference["$ref"] else reference
    return {**_texts(), "metadata": {"description": text, **inner}}
