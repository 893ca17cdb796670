"""Custom resources: kinds that a CustomResourceDefinition makes.

A definition is read once: what it says is kept as long as the very same definition is in the store. The name of a
definition is the id of its kind ("prometheuses.monitoring.coreos.com"), so a kind is found without a search.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from sanb.apiserver.resources import Resource, served
from sanb.profiles.profile import Profile
from sanb.store.table import Table
from sanb.values import Obj

DEFINITIONS: Final = "customresourcedefinitions.apiextensions.k8s.io"
MANY: Final = 4096
_VERSION: Final = re.compile(r"v(\d+)(?:(alpha|beta)(\d+))?")
_STAGES: Final = {None: 2, "beta": 1, "alpha": 0}


class Version(NamedTuple):
    """One served version of a custom kind."""

    name: str
    schema: Obj | None
    status: bool
    scale: Obj | None
    columns: tuple[Obj, ...]


class Custom(NamedTuple):
    """What a definition says beyond the row: its versions by apiVersion, and whether unknown fields stay."""

    versions: Mapping[str, Version]
    preserve: bool
    uid: str


def rank(version: str) -> tuple[Any, ...]:
    """The order of versions: v2, v1, v1beta2, v1beta1, v1alpha1, and then all that look different."""
    match = _VERSION.fullmatch(version)
    if match is None:
        return (1, 0, 0, 0, version)
    major, stage, minor = match.groups()
    return (0, -_STAGES[stage], -int(major), -int(minor or 0), version)


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
        stored=next(iter(versions)), served=tuple(versions), one=names.get("singular") or names["kind"].lower(),
        custom=Custom(versions, bool(spec.get("preserveUnknownFields")), definition["metadata"].get("uid", "")),
    )


def versions_of(spec: Obj) -> list[Obj]:
    """The versions of a definition of either shape."""
    found: list[Obj] = spec.get("versions") or []
    return found or [{"name": spec.get("version", ""), "served": True, "storage": True}]


def _version(each: Obj, spec: Obj) -> Version:
    schema = (each.get("schema") or spec.get("validation") or {}).get("openAPIV3Schema")
    parts = each.get("subresources") or spec.get("subresources") or {}
    columns = each.get("additionalPrinterColumns") or spec.get("additionalPrinterColumns") or ()
    return Version(each["name"], schema, parts.get("status") is not None, parts.get("scale"), tuple(columns))


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
