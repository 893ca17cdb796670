"""OpenAPI documents, versions 2 and 3, made from the type tables: what kubectl explain, apply and validation read."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from hashlib import sha256
from typing import Any, Final

from sanb.apiserver import descriptions, discovery, openapicustom, openapinames
from sanb.apiserver.openapinames import META
from sanb.apiserver.resources import Resource, served
from sanb.apiserver.schema import FIELD_VALIDATION
from sanb.apiserver.types import TYPES, VALUES, Field, Type
from sanb.apiserver.types.readers import Compiler
from sanb.apiserver.versions import shape
from sanb.profiles.profile import Profile
from sanb.values import Obj

V3: Final = {"1.10": False, "1.24": True}
"""Whether a minor has /openapi/v3 (gate OpenAPIV3)."""
V2_ROOT: Final = "#/definitions/"
V3_ROOT: Final = "#/components/schemas/"
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
LIST_META: Final = (
    "selfLink string", "resourceVersion string", "continue string", "remainingItemCount int64",
)
NEEDED: Final[dict[str, dict[str, tuple[str, ...]]]] = {"1.10": {"StatefulSetSpec": ("serviceName",)}, "1.33": {}}
"""Fields that had to be given once."""
LOOSE: Final = ("extensions/v1beta1", "apps/v1beta1")
"""Versions that make a workload's selector from the labels of its template."""
MEDIA: Final = ("application/json", "application/yaml", "application/vnd.kubernetes.protobuf")
PATCHES: Final = ("json-patch+json", "merge-patch+json", "strategic-merge-patch+json", "apply-patch+yaml")
METHODS: Final = {"get": "get", "list": "get", "create": "post", "update": "put", "patch": "patch", "delete": "delete"}
WRITES: Final = ("create", "update", "patch")


@lru_cache(maxsize=64)
def _compiler(minor: str) -> Compiler:
    return Compiler(minor)


# ---------------------------------------------------------------------- schemas


class _Writer:
    """Writes schemas of one group version of a minor; `root` is where references point to."""

    def __init__(self, profile: Profile, root: str, group_version: str) -> None:
        self._knows: Callable[[Field], bool] = _compiler(profile.minor).knows
        self._profile = profile
        self._root = root
        self._group_version = group_version

    def name(self, struct: Type) -> str:
        """The name of a type's definition."""
        return openapinames.of(struct.name, self._group_version)

    def reached(self, start: Type) -> Iterable[Type]:
        """A type and all that it uses in this minor."""
        return openapinames.reached([start], self._knows).values()

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
        needed = (*descriptions.required(struct.name), *self._profile.pick(NEEDED).get(struct.name, ()))
        required = [name for name in needed if name in shown and not (name == "selector" and self._group_version in LOOSE)]
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
            return self.reference(self.name(struct))
        if kind in NAMED:
            return self.reference(NAMED[kind][0])
        return dict(SCALARS[kind])


def _definitions(profile: Profile, rows: list[tuple[Resource, str]], root: str) -> Obj:
    """The definitions of some resources, each with the group version it is served under."""
    found = {name: dict(schema) for name, schema in NAMED.values()}
    if root == V3_ROOT:
        found |= {NAMED[kind][0]: {"oneOf": [{"type": one} for one in types]} for kind, types in ONE_OF.items()}
    found[f"{META}.ListMeta"] = {
        "type": "object", "properties": {line.split()[0]: dict(SCALARS[line.split()[1]]) for line in LIST_META}
    }
    for row, group_version in rows:
        writer, start = _Writer(profile, root, group_version), _type(row, group_version)
        if start is None:
            continue
        for struct in writer.reached(start):
            name = writer.name(struct)
            if name not in found:
                found[name] = writer.struct(struct)
        _mark(found, writer, row, group_version)
    return dict(sorted(found.items()))


def _mark(found: Obj, writer: _Writer, row: Resource, group_version: str) -> None:
    """Say which kind a definition is of, and add that of its list."""
    name = writer.name(TYPES[shape(row.kind, group_version)])
    found[name].setdefault("x-kubernetes-group-version-kind", []).append(_kind(group_version, row.kind))
    found[f"{name}List"] = {
        "type": "object", "description": f"A list of {row.kind}.", "required": ["items"],
        "properties": {
            "apiVersion": {"type": "string"}, "kind": {"type": "string"},
            "items": {"type": "array", "items": writer.reference(name)},
            "metadata": writer.reference(f"{META}.ListMeta"),
        },
        "x-kubernetes-group-version-kind": [_kind(group_version, f"{row.kind}List")],
    }


def _type(row: Resource, group_version: str) -> Type | None:
    return TYPES.get(shape(row.kind, group_version)) if row.custom is None else None


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


def _result(row: Resource, group_version: str, verb: str) -> str:
    if row.custom is not None:
        name = openapinames.custom(row.kind, group_version)
    else:
        name = openapinames.of(shape(row.kind, group_version), group_version)
    return f"{name}List" if verb == "list" else name


def _patches(row: Resource) -> list[str]:
    """The kinds of patches that a kind takes: custom ones know no strategic merge."""
    return [f"application/{one}" for one in PATCHES if row.custom is None or "strategic" not in one]


def _operation_v2(profile: Profile, row: Resource, group_version: str, verb: str) -> Obj:
    consumes = _patches(row) if verb == "patch" else ["*/*"]
    schema = {"$ref": f"#/definitions/{_result(row, group_version, verb)}"}
    parameters = _parameters(profile, verb, lambda kind: {"type": kind, "uniqueItems": True})
    if verb in WRITES:
        parameters.insert(0, {"name": "body", "in": "body", "required": True, "schema": schema})
    return {
        **_operation(profile, row, group_version, verb), "consumes": consumes, "produces": list(MEDIA),
        "schemes": ["https"], "parameters": parameters, "responses": {"200": {"description": "OK", "schema": schema}},
    }


def _operation_v3(profile: Profile, row: Resource, group_version: str, verb: str) -> Obj:
    schema = {"$ref": f"#/components/schemas/{_result(row, group_version, verb)}"}
    content = {media: {"schema": schema} for media in MEDIA}
    found = {
        **_operation(profile, row, group_version, verb),
        "parameters": _parameters(profile, verb, lambda kind: {"schema": {"type": kind, "uniqueItems": True}}),
        "responses": {"200": {"description": "OK", "content": content}},
    }
    if verb in WRITES:
        media = _patches(row) if verb == "patch" else ["*/*"]
        found["requestBody"] = {"content": {one: {"schema": schema} for one in media}, "required": True}
    return found


# ---------------------------------------------------------------------- documents


def _served(profile: Profile, wanted: str = "") -> list[tuple[Resource, str]]:
    """The resources of one group version, or of all."""
    pairs = [(row, gv) for row in served(profile).values() for gv in row.served]
    return [pair for pair in pairs if pair[1] == wanted] if wanted else pairs


def _info(profile: Profile) -> Obj:
    return {"title": "Kubernetes", "version": discovery.version(profile)["gitVersion"]}


def _custom(custom: Iterable[Resource], profile: Profile, root: str, wanted: str = "") -> tuple[Obj, Obj]:
    """The paths and the definitions of custom kinds."""
    old = root != V3_ROOT
    operation = _operation_v2 if old else _operation_v3
    paths: Obj = {}
    found: Obj = {}
    for row in custom:
        for group_version in row.served:
            if not wanted or group_version == wanted:
                paths |= _paths(profile, row, group_version, operation)
                found |= openapicustom.definitions(row, group_version, lambda name: {"$ref": root + name}, old)
    return paths, found


def definition(profile: Profile, row: Resource, group_version: str) -> tuple[str, Obj]:
    """The name of a kind's definition in version 2, and the definitions that it needs."""
    if row.custom is None:
        return openapinames.of(shape(row.kind, group_version), group_version), _v2(profile.minor)["definitions"]
    found = openapicustom.definitions(row, group_version, lambda name: {"$ref": V2_ROOT + name}, True)
    return openapinames.custom(row.kind, group_version), {**_v2(profile.minor)["definitions"], **found}


def v2(profile: Profile, custom: Iterable[Resource] = ()) -> Obj:
    """/openapi/v2, with the kinds of CustomResourceDefinitions."""
    whole = _v2(profile.minor)
    paths, found = _custom(custom, profile, V2_ROOT)
    return {**whole, "paths": {**whole["paths"], **paths}, "definitions": {**whole["definitions"], **found}} if found else whole


@lru_cache(maxsize=8)
def _v2(minor: str) -> Obj:
    profile = Profile.of(minor)
    rows = _served(profile)
    paths: Obj = {}
    for row, group_version in rows:
        paths |= _paths(profile, row, group_version, _operation_v2)
    definitions = _definitions(profile, rows, V2_ROOT)
    return {"swagger": "2.0", "info": _info(profile), "paths": dict(sorted(paths.items())), "definitions": definitions}


def v3_index(profile: Profile, custom: Iterable[Resource] = ()) -> Obj | None:
    """/openapi/v3: where the documents of the group versions are, or None if the minor has none."""
    if not profile.pick(V3):
        return None
    rows = tuple(custom)
    names = [gv for _, gv in _served(profile)] + [gv for row in rows for gv in row.served]
    found = {}
    for group_version in dict.fromkeys(names):
        place = f"apis/{group_version}" if "/" in group_version else f"api/{group_version}"
        found[place] = {"serverRelativeURL": f"/openapi/v3/{place}?hash={_digest(profile, rows, group_version)}"}
    return {"paths": found}


def _digest(profile: Profile, custom: tuple[Resource, ...], group_version: str) -> str:
    """What changes when the document of a group version does."""
    said = [row.custom.uid + row.custom.versions[group_version].digest for row in custom if group_version in row.served]
    return sha256("".join((_built_in(profile.minor, group_version), *said)).encode()).hexdigest().upper()


@lru_cache(maxsize=256)
def _built_in(minor: str, group_version: str) -> str:
    return sha256(repr(_v3(minor, group_version)).encode()).hexdigest()


def v3(profile: Profile, place: str, custom: Iterable[Resource] = ()) -> Obj | None:
    """/openapi/v3/<place>, for example apis/apps/v1; None if there is no such group version."""
    root, _, group_version = place.partition("/")
    if not profile.pick(V3) or root not in ("api", "apis") or ("/" in group_version) is not (root == "apis"):
        return None
    whole = _v3(profile.minor, group_version)
    rows = [row for row in custom if group_version in row.served]
    if not rows:
        return whole
    paths, found = _custom(rows, profile, V3_ROOT, group_version)
    if whole is not None:
        schemas = {**whole["components"]["schemas"], **found}
        return {**whole, "paths": {**whole["paths"], **paths}, "components": {"schemas": schemas}}
    found |= _meta(profile)
    return {"openapi": "3.0.0", "info": _info(profile), "paths": paths, "components": {"schemas": dict(sorted(found.items()))}}


def _meta(profile: Profile) -> Obj:
    """What the definitions of custom kinds refer to."""
    found = _definitions(profile, [], V3_ROOT)
    writer = _Writer(profile, V3_ROOT, "v1")
    return {**found, **{writer.name(struct): writer.struct(struct) for struct in writer.reached(TYPES["ObjectMeta"])}}


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
