"""The schema of the kinds: what the server reads from a body, and what patches must know about lists.

Types for patches (strategic merge, server-side apply):

    spec = type_of(RESOURCES["pods"]).field("spec")     # Field(kind="object", type=Type(PodSpec), list_kind="granular")
    containers = spec.type.field("containers")          # Field(kind="list", item="object", type=Type(Container),
                                                        #       merge="name", list_kind="map", keys=("name",))
    at(RESOURCES["pods"], "spec", "containers", "ports")    # the same by a path of field names; lists and maps are
                                                            # stepped through, so there are no indexes in it

`Field.merge` is the key that strategic merge patch merges a list by; "" replaces the list, `VALUES` merges plain
values; `Field.retain` says that `$retainKeys` counts. `Field.list_kind` is what server-side apply sees: "map" (items
are the same when `keys` are equal), "set", "atomic", or "granular" for objects and maps that are owned field by field.

`decode` reads a body as a minor's server does: it checks types, drops what that minor does not know, and leaves a value
in the form in which Go writes it again (nothing empty that Go would leave out, everything that Go always writes).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Final, NamedTuple

from sanb.apiserver import status, strictness
from sanb.apiserver.resources import Resource
from sanb.apiserver.types import TYPES, VALUES, Field, Type, refusals
from sanb.apiserver.types.readers import Compiler, Reader, Wrong
from sanb.apiserver.versions import shape
from sanb.profiles.profile import Profile
from sanb.values import Obj

__all__ = ["VALUES", "Field", "Type", "at", "decode", "type_of"]

FIELD_VALIDATION: Final = {"1.10": False, "1.25": True}
"""Whether the server looks at `fieldValidation` (before: unknown fields are dropped in silence)."""


class _Schema(NamedTuple):
    """One minor's readers of one kind."""

    type: Type
    compiler: Compiler
    read: Reader
    validates: bool
    joint: str


def decode(
    resource: Resource, obj: Obj, profile: Profile, strict: str = "", text: str = "", version: str = "",
    duplicates: strictness.Duplicates | None = None,
) -> tuple[Obj, tuple[str, ...]]:
    """The object as the server understands it, and the warnings about fields it does not know.

    `version` is the apiVersion in which the client wrote it, where that has a shape of its own; `strict` the request's
    `fieldValidation` (Strict, Warn, Ignore; Warn by default); `text` the JSON text that the body was read from, if
    there was one: the older decoders quote it; `duplicates` what is to be said about keys that it has twice.

    Raises:
        ApiError: 400, a value has the wrong type; with Strict also: a field is unknown.
    """
    schema = _schema(shape(resource.kind, version or resource.api_version), profile)
    if schema is None:
        return obj, ()
    unknown = schema.compiler.unknown
    before = next(unknown)
    try:
        found: Obj = schema.read(obj)
    except Wrong as wrong:
        raise _refused(resource, obj, refusals.sentence(wrong, schema.type, obj, schema.joint, text)) from None
    if (next(unknown) == before + 1 and not duplicates) or not schema.validates or strict == "Ignore":
        return found, ()
    if isinstance(duplicates, str):
        complaints = strictness.complaints(schema.compiler, schema.type, duplicates)
    else:
        more = tuple(f'unknown field "{path}"' for path in _unknown(schema.compiler, schema.type, obj))
        complaints = more if duplicates is None else (*duplicates, *sorted(more))
    if strict == "Strict" and complaints:
        raise _refused(resource, obj, strictness.sentence(complaints))
    return found, complaints


def decode_scale(body: Obj, profile: Profile) -> Obj:
    """A Scale, which is what a subresource shows of an object.

    Raises:
        ApiError: 400, a value has the wrong type.
    """
    return _decoded("Scale", body, profile, 'Scale in version "v1" cannot be handled as a Scale: ')


def decode_options(kind: str, obj: Obj, profile: Profile) -> Obj:
    """Options that came as a body, for example DeleteOptions.

    Raises:
        ApiError: 400, a value has the wrong type.
    """
    return _decoded(kind, obj, profile)


def _decoded(kind: str, obj: Obj, profile: Profile, head: str = "") -> Obj:
    """A value of a type that is no resource; `head` begins a refusal."""
    schema = _schema(kind, profile)
    if schema is None:
        return obj
    try:
        found: Obj = schema.read(obj)
    except Wrong as wrong:
        raise status.bad_request(head + refusals.sentence(wrong, schema.type, obj, schema.joint)) from None
    return found


def _refused(resource: Resource, obj: Obj, why: str) -> Exception:
    kind, version = resource.kind, str(obj.get("apiVersion") or resource.api_version).rpartition("/")[2]
    return status.bad_request(f'{kind} in version "{version}" cannot be handled as a {kind}: {why}')


@lru_cache(maxsize=64)
def _compiler(minor: str) -> Compiler:
    return Compiler(minor)


@lru_cache(maxsize=1024)
def _schema_of(kind: str, minor: str) -> _Schema | None:
    struct = TYPES.get(kind)
    if struct is None:
        return None
    profile, compiler = Profile.of(minor), _compiler(minor)
    validates, joint = profile.pick(FIELD_VALIDATION), profile.pick(refusals.DECODERS)
    return _Schema(struct, compiler, compiler.struct(struct), validates, joint)


def _schema(kind: str, profile: Profile) -> _Schema | None:
    return _schema_of(kind, profile.minor)


def _unknown(compiler: Compiler, struct: Type, value: Any, path: str = "") -> Iterator[str]:
    """The paths of all fields that the minor does not know, in the order of the body."""
    for key, item in value.items():
        field = struct.field(key)
        here = f"{path}.{key}" if path else key
        if field is None or not compiler.knows(field):
            yield here
        elif field.type is not None and item:
            yield from _inside(compiler, field, item, here)


def _inside(compiler: Compiler, field: Field, item: Any, path: str) -> Iterator[str]:
    assert field.type is not None
    if field.kind == "object":
        yield from _unknown(compiler, field.type, item, path)
        return
    pairs = item.items() if field.kind == "map" else enumerate(item)
    for key, one in pairs:
        if one:
            step = f".{key}" if field.kind == "map" else f"[{key}]"
            yield from _unknown(compiler, field.type, one, path + step)


def type_of(resource: Resource) -> Type | None:
    """The type of a resource's objects, or None for a kind that is not in the tables."""
    if resource.custom is not None:
        return resource.custom.versions[resource.api_version].struct  # type: ignore[no-any-return]
    return TYPES.get(shape(resource.kind, resource.api_version))


def at(resource: Resource, *path: str) -> Field | None:
    """The field at a path of names, or None if there is none."""
    struct, field = type_of(resource), None
    for name in path:
        field = struct.field(name) if struct else None
        if field is None:
            return None
        struct = field.type
    return field
