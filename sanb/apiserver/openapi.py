"""OpenAPI documents, versions 2 and 3, made from the type tables: what kubectl explain, apply and validation read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from hashlib import sha256
from typing import Any, Final

from sanb.apiserver import descriptions, discovery
from sanb.apiserver.resources import Resource, served
from sanb.apiserver.schema import FIELD_VALIDATION
from sanb.apiserver.types import TYPES, VALUES, Field, Type
from sanb.apiserver.types.readers import Compiler
from sanb.profiles.profile import Profile
from sanb.values import Obj

V3: Final = {"1.10": False, "1.24": True}
"""Whether a minor has /openapi/v3 (gate OpenAPIV3)."""
V3_ROOT: Final = "#/components/schemas/"
META: Final = "io.k8s.apimachinery.pkg.apis.meta.v1"
CORE: Final = "io.k8s.api.core.v1"
SCALARS: Final[dict[str, Obj]] = {
    "string": {"type": "string"},
    "bool": {"type": "boolean"},
    "int32": {"type": "integer", "format": "int32"},
    "int64": {"type": "integer", "format": "int64"},
    "bytes": {"type": "string", "format": "byte"},
    "raw": {"type": "object"},
}
NAMED: Final[dict[str, tuple[str, Obj]]] = {
    "quantity": ("io.k8s.apimachinery.pkg.api.resource.Quantity", {"type": "string"}),
    "int-or-string": ("io.k8s.apimachinery.pkg.util.intstr.IntOrString", {"type": "string", "format": "int-or-string"}),
    "time": (f"{META}.Time", {"type": "string", "format": "date-time"}),
    "microtime": (f"{META}.MicroTime", {"type": "string", "format": "date-time"}),
}
ONE_OF: Final = {"quantity": ("string", "number"), "int-or-string": ("integer", "string")}
"""What version 3 says of scalars that may be of two types."""
META_TYPES: Final = frozenset(
    ("ObjectMeta", "OwnerReference", "ManagedFieldsEntry", "LabelSelector", "LabelSelectorRequirement", "Initializers",
     "Initializer", "ListMeta", "Status", "StatusDetails", "StatusCause", "DeleteOptions", "Preconditions")
)
GROUPS: Final = {
    "apps": ("Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "RollingUpdate"),
    "rbac": ("Role", "ClusterRole", "PolicyRule", "Subject", "AggregationRule"),
}
"""Which package a type belongs to, by the beginning of its name; all others are of the core."""
LIST_META: Final = (
    "selfLink string", "resourceVersion string", "continue string", "remainingItemCount int64",
)
MEDIA: Final = ("application/json", "application/yaml", "application/vnd.kubernetes.protobuf")
PATCHES: Final = ("json-patch+json", "merge-patch+json", "strategic-merge-patch+json", "apply-patch+yaml")
METHODS: Final = {"get": "get", "list": "get", "create": "post", "update": "put", "patch": "patch", "delete": "delete"}
WRITES: Final = ("create", "update", "patch")


@lru_cache(maxsize=64)
def _compiler(minor: str) -> Compiler:
    return Compiler(minor)


def type_name(struct: Type) -> str:
    """The name of a type's definition."""
    if struct.name in META_TYPES:
        return f"{META}.{struct.name}"
    for package, beginnings in GROUPS.items():
        if struct.name.startswith(beginnings):
            return f"io.k8s.api.{package}.v1.{struct.name}"
    return f"{CORE}.{struct.name}"


# ---------------------------------------------------------------------- schemas


class _Writer:
    """Writes schemas of one minor; `root` is where references point to."""

    def __init__(self, profile: Profile, root: str) -> None:
        self._knows: Callable[[Field], bool] = _compiler(profile.minor).knows
        self._root = root

    def reference(self, name: str) -> Obj:
        """A reference to a definition. Version 3 wraps it where it has siblings."""
        return {"$ref": self._root + name}

    def struct(self, struct: Type) -> Obj:
        """The schema of a struct."""
        shown = {name: field for name, field in struct.fields.items() if self._knows(field)}
        text = descriptions.of_type(struct.name) or f"{struct.name} of the Kubernetes API."
        schema: Obj = {"type": "object", "description": text}
        if shown:
            schema["properties"] = {name: self.field(struct, field) for name, field in sorted(shown.items())}
        required = sorted(name for name in descriptions.required(struct.name) if name in shown)
        if required:
            schema["required"] = required
        return schema

    def field(self, struct: Type, field: Field) -> Obj:
        """The schema of a field."""
        if field.kind == "list":
            found: Obj = {"type": "array", "items": self._value(field.item, field.type)}
            kind = {"map": "map", "set": "set"}.get(field.list_kind, "atomic")
            found["x-kubernetes-list-type"] = kind
            if kind == "map":
                found["x-kubernetes-list-map-keys"] = list(field.keys)
        elif field.kind == "map":
            found = {"type": "object", "additionalProperties": self._value(field.item, field.type)}
        else:
            found = self._value(field.kind, field.type)
        if field.merge:
            strategy = "merge,retainKeys" if field.retain else "merge"
            found = {**found, "x-kubernetes-patch-strategy": strategy}
            if field.merge != VALUES:
                found["x-kubernetes-patch-merge-key"] = field.merge
        elif field.retain:
            found = {**found, "x-kubernetes-patch-strategy": "retainKeys"}
        text = descriptions.of_field(struct.name, field.name)
        if not text:
            return found
        if "$ref" in found and self._root == V3_ROOT:
            found = {"allOf": [{"$ref": found.pop("$ref")}], "default": {}, **found}
        return {"description": text, **found}

    def _value(self, kind: str, struct: Type | None) -> Obj:
        if struct is not None:
            return self.reference(type_name(struct))
        if kind in NAMED:
            return self.reference(NAMED[kind][0])
        return dict(SCALARS[kind])


def _reached(starts: Iterator[Type], knows: Callable[[Field], bool]) -> dict[str, Type]:
    """All types that the given ones use, by the name of their definitions."""
    found: dict[str, Type] = {}
    waiting = list(starts)
    while waiting:
        struct = waiting.pop()
        name = type_name(struct)
        if name not in found:
            found[name] = struct
            waiting += [field.type for field in struct.fields.values() if field.type is not None and knows(field)]
    return found


def _definitions(profile: Profile, rows: list[tuple[Resource, str]], root: str) -> Obj:
    """The definitions of some resources, each with the group version it is served under."""
    writer = _Writer(profile, root)
    kinds = [(row, gv) for row, gv in rows if row.kind in TYPES]
    structs = _reached((TYPES[row.kind] for row, _ in kinds), _compiler(profile.minor).knows)
    found = {name: writer.struct(struct) for name, struct in structs.items()}
    found |= {name: dict(schema) for name, schema in NAMED.values()}
    if root == V3_ROOT:
        found |= {NAMED[kind][0]: {"oneOf": [{"type": one} for one in types]} for kind, types in ONE_OF.items()}
    found[f"{META}.ListMeta"] = {
        "type": "object", "properties": {line.split()[0]: dict(SCALARS[line.split()[1]]) for line in LIST_META}
    }
    for row, group_version in kinds:
        name = type_name(TYPES[row.kind])
        marks = found[name].setdefault("x-kubernetes-group-version-kind", [])
        marks.append(_kind(group_version, row.kind))
        found[f"{name}List"] = {
            "type": "object", "description": f"A list of {row.kind}.", "required": ["items"],
            "properties": {
                "apiVersion": {"type": "string"}, "kind": {"type": "string"},
                "items": {"type": "array", "items": writer.reference(name)},
                "metadata": writer.reference(f"{META}.ListMeta"),
            },
            "x-kubernetes-group-version-kind": [_kind(group_version, f"{row.kind}List")],
        }
    return dict(sorted(found.items()))


def _kind(group_version: str, kind: str) -> Obj:
    group, _, version = group_version.rpartition("/")
    return {"group": group, "version": version, "kind": kind}


# ---------------------------------------------------------------------- paths


def _paths(profile: Profile, row: Resource, group_version: str, operation: Callable[..., Obj]) -> Obj:
    """The paths of one resource."""
    root = f"/apis/{group_version}" if "/" in group_version else f"/api/{group_version}"
    collection = f"{root}/namespaces/{{namespace}}/{row.plural}" if row.namespaced else f"{root}/{row.plural}"
    found: Obj = {collection: {}, f"{collection}/{{name}}": {}}
    for verb in row.verbs:
        if verb in METHODS:
            where = collection if verb in ("list", "create") else f"{collection}/{{name}}"
            found[where][METHODS[verb]] = operation(profile, row, group_version, verb)
    return found


def _parameters(profile: Profile, verb: str, schema: Callable[[str], Obj]) -> list[Obj]:
    names = []
    if verb in WRITES:
        names += ["dryRun", "fieldManager"]
        if profile.pick(FIELD_VALIDATION):
            names.append("fieldValidation")
    found = [{"name": name, "in": "query", **schema("string")} for name in names]
    return [*found, {"name": "force", "in": "query", **schema("boolean")}] if verb == "patch" else found


def _operation(profile: Profile, row: Resource, group_version: str, verb: str) -> Obj:
    group, _, version = group_version.rpartition("/")
    scope = "Namespaced" if row.namespaced else ""
    head = "".join(word.capitalize() for word in (group.partition(".")[0] or "core", version))
    return {
        "description": f"{verb} {row.kind}",
        "operationId": f"{'read' if verb == 'get' else 'replace' if verb == 'update' else verb}{head}{scope}{row.kind}",
        "tags": [f"{group.partition('.')[0] or 'core'}_{version}"],
        "x-kubernetes-action": verb,
        "x-kubernetes-group-version-kind": _kind(group_version, row.kind),
    }


def _result(row: Resource, verb: str) -> str:
    struct = TYPES.get(row.kind)
    name = type_name(struct) if struct is not None else f"{CORE}.{row.kind}"
    return f"{name}List" if verb == "list" else name


def _operation_v2(profile: Profile, row: Resource, group_version: str, verb: str) -> Obj:
    consumes = [f"application/{one}" for one in PATCHES] if verb == "patch" else ["*/*"]
    schema = {"$ref": f"#/definitions/{_result(row, verb)}"}
    parameters = _parameters(profile, verb, lambda kind: {"type": kind, "uniqueItems": True})
    if verb in WRITES:
        parameters.insert(0, {"name": "body", "in": "body", "required": True, "schema": schema})
    return {
        **_operation(profile, row, group_version, verb), "consumes": consumes, "produces": list(MEDIA),
        "schemes": ["https"], "parameters": parameters, "responses": {"200": {"description": "OK", "schema": schema}},
    }


def _operation_v3(profile: Profile, row: Resource, group_version: str, verb: str) -> Obj:
    schema = {"$ref": f"#/components/schemas/{_result(row, verb)}"}
    content = {media: {"schema": schema} for media in MEDIA}
    found = {
        **_operation(profile, row, group_version, verb),
        "parameters": _parameters(profile, verb, lambda kind: {"schema": {"type": kind, "uniqueItems": True}}),
        "responses": {"200": {"description": "OK", "content": content}},
    }
    if verb in WRITES:
        media = [f"application/{one}" for one in PATCHES] if verb == "patch" else ["*/*"]
        found["requestBody"] = {"content": {one: {"schema": schema} for one in media}, "required": True}
    return found


# ---------------------------------------------------------------------- documents


def _served(profile: Profile, wanted: str = "") -> list[tuple[Resource, str]]:
    """The resources of one group version, or of all."""
    pairs = [(row, gv) for row in served(profile).values() for gv in row.served]
    return [pair for pair in pairs if pair[1] == wanted] if wanted else pairs


def _info(profile: Profile) -> Obj:
    return {"title": "Kubernetes", "version": discovery.version(profile)["gitVersion"]}


def v2(profile: Profile) -> Obj:
    """/openapi/v2."""
    return _v2(profile.minor)


@lru_cache(maxsize=8)
def _v2(minor: str) -> Obj:
    profile = Profile.of(minor)
    rows = _served(profile)
    paths: Obj = {}
    for row, group_version in rows:
        paths |= _paths(profile, row, group_version, _operation_v2)
    definitions = _definitions(profile, rows, "#/definitions/")
    return {"swagger": "2.0", "info": _info(profile), "paths": dict(sorted(paths.items())), "definitions": definitions}


def v3_index(profile: Profile) -> Obj | None:
    """/openapi/v3: where the documents of the group versions are, or None if the minor has none."""
    if not profile.pick(V3):
        return None
    found = {}
    for group_version in dict.fromkeys(gv for _, gv in _served(profile)):
        place = f"apis/{group_version}" if "/" in group_version else f"api/{group_version}"
        digest = sha256(repr(v3(profile, place)).encode()).hexdigest().upper()
        found[place] = {"serverRelativeURL": f"/openapi/v3/{place}?hash={digest}"}
    return {"paths": found}


def v3(profile: Profile, place: str) -> Obj | None:
    """/openapi/v3/<place>, for example apis/apps/v1; None if there is no such group version."""
    root, _, group_version = place.partition("/")
    if not profile.pick(V3) or root not in ("api", "apis") or ("/" in group_version) is not (root == "apis"):
        return None
    return _v3(profile.minor, group_version)


@lru_cache(maxsize=64)
def _v3(minor: str, group_version: str) -> Obj | None:
    profile = Profile.of(minor)
    rows = _served(profile, group_version)
    if not rows:
        return None
    paths: Any = {}
    for row, _ in rows:
        paths |= _paths(profile, row, group_version, _operation_v3)
    schemas = _definitions(profile, rows, V3_ROOT)
    return {"openapi": "3.0.0", "info": _info(profile), "paths": paths, "components": {"schemas": schemas}}
