"""Custom resources: kinds that a CustomResourceDefinition makes.

A definition is read once: what it says is kept as long as the very same definition is in the store. The name of a
definition is the id of its kind ("prometheuses.monitoring.coreos.com"), so a kind is found without a search.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from hashlib import sha256
from typing import Final, NamedTuple

from sanb.apiserver.columns import Column
from sanb.apiserver.crd import columns
from sanb.apiserver.crd.definitions import DEFINITIONS
from sanb.apiserver.crd.prune import Node
from sanb.apiserver.crd.types import struct
from sanb.apiserver.crd.validate import has_rules
from sanb.apiserver.resources import Resource, served
from sanb.apiserver.types import Type
from sanb.apiserver.versions import rank
from sanb.profiles.profile import Profile
from sanb.store.table import Table
from sanb.values import Obj

__all__ = ["DEFINITIONS", "Custom", "Version", "find", "kinds", "resource_of", "rows"]

MANY: Final = 4096


class Version:
    """One served version of a custom kind; what objects need of its schema is made when the first one comes."""

    def __init__(
        self, name: str, kind: str, schema: Obj | None, status: bool, scale: Obj | None, columns: tuple[Obj, ...],
        selectable: tuple[tuple[str, ...], ...] = (),
    ) -> None:
        self.name = name
        self.schema = schema
        self.status = status
        self.scale = scale
        self.selectable = selectable
        """Paths of the fields by which objects can be selected."""
        self._kind = kind
        self._columns = columns

    @cached_property
    def node(self) -> Node | None:
        """The schema as objects are pruned and completed by it."""
        return None if self.schema is None else Node(self.schema)

    @cached_property
    def struct(self) -> Type | None:
        """The type that server-side apply sees."""
        return None if self.schema is None else struct(self._kind, self.schema, root=True)

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """The columns of tables."""
        return columns.of(self._columns)

    @cached_property
    def digest(self) -> str:
        """What changes when the schema does."""
        return sha256(repr(self.schema).encode()).hexdigest()

    @cached_property
    def ruled(self) -> bool:
        """Whether there are validation rules."""
        return has_rules(self.schema)


class Custom(NamedTuple):
    """What a definition says beyond the row: its versions by apiVersion, and whether unknown fields stay."""

    versions: Mapping[str, Version]
    preserve: bool
    uid: str


_READ: Final[dict[int, tuple[Obj, Resource | None]]] = {}


def resource_of(definition: Obj) -> Resource | None:
    """The kind that a definition makes; None while its names are not accepted, or no version is served."""
    known = _READ.get(id(definition))
    if known is not None and known[0] is definition:
        return known[1]
    if len(_READ) >= MANY:
        _READ.clear()
    found = _read(definition)
    _READ[id(definition)] = (definition, found)
    return found


def established(definition: Obj) -> bool:
    """Whether a definition's kind is served."""
    conditions = (definition.get("status") or {}).get("conditions") or ()
    return any(one["type"] == "Established" and one["status"] == "True" for one in conditions)


def _read(definition: Obj) -> Resource | None:
    if not established(definition):
        return None
    spec = definition["spec"]
    names, group = definition["status"].get("acceptedNames") or spec["names"], spec["group"]
    found = [_version(each, spec) for each in versions_of(spec) if each.get("served")]
    if not found:
        return None
    found.sort(key=lambda each: rank(each.name))
    versions = {f"{group}/{each.name}": each for each in found}
    parts = (("scale", any(each.scale for each in found)), ("status", any(each.status for each in found)))
    return Resource(
        plural=names["plural"], group=group, kind=names["kind"], namespaced=spec.get("scope") == "Namespaced",
        versions={"1.10": tuple(each.name for each in found)}, short=tuple(names.get("shortNames") or ()),
        subresources=tuple(name for name, there in parts if there), categories=tuple(names.get("categories") or ()),
        stored=next(iter(versions)), served=tuple(versions),
        one=names.get("singular") or names["kind"].lower(),
        custom=Custom(versions, bool(spec.get("preserveUnknownFields")), definition["metadata"].get("uid", "")),
    )


def versions_of(spec: Obj) -> list[Obj]:
    """The versions of a definition of either shape."""
    found: list[Obj] = spec.get("versions") or []
    return found or [{"name": spec.get("version", ""), "served": True, "storage": True}]


def _version(each: Obj, spec: Obj) -> Version:
    schema = (each.get("schema") or spec.get("validation") or {}).get("openAPIV3Schema")
    parts = each.get("subresources") or spec.get("subresources") or {}
    shown = each.get("additionalPrinterColumns") or spec.get("additionalPrinterColumns") or ()
    kind, has_status = spec["names"].get("kind", ""), parts.get("status") is not None
    fields = tuple(tuple(one["jsonPath"].strip(".").split(".")) for one in each.get("selectableFields") or ())
    return Version(each["name"], kind, schema, has_status, parts.get("scale"), tuple(shown), fields)


# ---------------------------------------------------------------------- what there is


def find(table: Table, resource: str) -> Resource | None:
    """The custom kind of that id, or None."""
    version = table.get((DEFINITIONS, "", resource))
    return None if version is None or version.obj is None else resource_of(version.obj)


def rows(table: Table) -> Iterator[Resource]:
    """All custom kinds, in order of their ids."""
    for version in table.scan(DEFINITIONS):
        row = resource_of(version.obj) if version.obj is not None else None
        if row is not None:
            yield row


def kinds(profile: Profile, table: Table) -> Mapping[str, Resource]:
    """All kinds that there are at this moment, by id."""
    builtin = served(profile)
    custom = {row.id: row for row in rows(table)}
    return {**builtin, **custom} if custom else builtin
