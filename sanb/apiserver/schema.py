"""The schema of the kinds: what the server reads from a body, and what patches must know about lists.

Types for patches (strategic merge, server-side apply):

    spec = type_of(RESOURCES["pods"]).field("spec")        # Field(kind="object", type=Type(PodSpec), list_kind="granular")
    containers = spec.type.field("containers")             # Field(kind="list", item="object", merge="name",
                                                           #       list_kind="map", keys=("name",), type=Type(Container))
    at(RESOURCES["pods"], "spec", "containers", "ports")   # the same by a path of field names: lists and maps are stepped
                                                           # through, so no indexes

`Field.merge` is the key that strategic merge patch merges a list by; "" replaces the list, `VALUES` merges plain values;
`Field.retain` says that `$retainKeys` counts. `Field.list_kind` is what server-side apply sees: "map" (items are the same
when `keys` are equal), "set", "atomic", or "granular" for objects and maps that are owned field by field.
"""

from __future__ import annotations

from sanb.apiserver.resources import Resource
from sanb.apiserver.types import TYPES, VALUES, Field, Type

__all__ = ["VALUES", "Field", "Type", "at", "type_of"]


def type_of(resource: Resource) -> Type | None:
    """The type of a resource's objects, or None for a kind that is not in the tables."""
    return TYPES.get(resource.kind)


def at(resource: Resource, *path: str) -> Field | None:
    """The field at a path of names, or None if there is none."""
    struct, field = type_of(resource), None
    for name in path:
        field = struct.field(name) if struct else None
        if field is None:
            return None
        struct = field.type
    return field
