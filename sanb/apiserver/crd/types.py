"""Types of custom kinds, as server-side apply sees them: which lists are sets or maps, which objects are one value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sanb.apiserver.types import TYPES
from sanb.apiserver.types.base import Field, Type

_SCALARS: Final = {"string": "string", "integer": "int64", "number": "raw", "boolean": "bool"}


def struct(name: str, schema: Mapping[str, Any], *, root: bool = False) -> Type | None:
    """The type of an object's schema; None where any field may be in it."""
    properties = schema.get("properties")
    if not properties or schema.get("x-kubernetes-preserve-unknown-fields"):
        return None
    made = Type(name, "", {}, atomic=schema.get("x-kubernetes-map-type") == "atomic")
    fields = {key: _field(key, part) for key, part in properties.items()}
    if root:
        fields |= {
            "apiVersion": Field("apiVersion", "string"), "kind": Field("kind", "string"),
            "metadata": Field("metadata", "object", TYPES["ObjectMeta"], list_kind="granular"),
        }
    made.__dict__["fields"] = fields
    return made


def _field(name: str, schema: Mapping[str, Any]) -> Field:
    kind = schema.get("type")
    if kind == "object":
        return _object(name, schema)
    if kind == "array":
        return _list(name, schema)
    return Field(name, _SCALARS.get(str(kind), "raw"))


def _object(name: str, schema: Mapping[str, Any]) -> Field:
    whole = "atomic" if schema.get("x-kubernetes-map-type") == "atomic" else "granular"
    rest = schema.get("additionalProperties")
    if isinstance(rest, Mapping) and not schema.get("properties"):
        inner = struct(name, rest) if rest.get("type") == "object" else None
        return Field(name, "map", inner, item="object" if inner else "raw", list_kind=whole)
    return Field(name, "object", struct(name, schema), list_kind=whole)


def _list(name: str, schema: Mapping[str, Any]) -> Field:
    kind, items = schema.get("x-kubernetes-list-type", "atomic"), schema.get("items")
    inner = struct(name, items) if isinstance(items, Mapping) and items.get("type") == "object" else None
    keys = tuple(schema.get("x-kubernetes-list-map-keys") or ()) if kind == "map" else ()
    return Field(name, "list", inner, item="object" if inner else "raw", list_kind=kind, keys=keys)
