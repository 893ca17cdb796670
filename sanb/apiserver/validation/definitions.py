"""CustomResourceDefinitions and the structural schemas in them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from sanb.apiserver import status
from sanb.apiserver.crd import goregexp, validate
from sanb.apiserver.crd.definitions import APPROVED, PROTECTED
from sanb.apiserver.status import FieldError
from sanb.apiserver.validation import metadata, shown
from sanb.apiserver.validation.rules import Rules
from sanb.values import Obj

SCOPES: Final = ("Cluster", "Namespaced")
COLUMN_TYPES: Final = ("boolean", "date", "integer", "number", "string")
COLUMN_FORMATS: Final = ("binary", "byte", "date", "date-time", "double", "float", "int32", "int64", "password")
TYPES: Final = ("array", "boolean", "integer", "number", "object", "string")
MIXED: Final = "may have mixed case, but should otherwise match: "
UNSUPPORTED: Final = ("id", "additionalItems", "patternProperties", "definitions", "dependencies", "$ref")
UNIQUE: Final = "uniqueItems cannot be set to true since the runtime complexity becomes quadratic"
KEY: Final = (
    "this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property"
)
EXCLUSIVE: Final = "additionalProperties and properties are mutual exclusive"
APPROVAL: Final = (
    f'protected groups must have approval annotation "{APPROVED}", see https://github.com/kubernetes/enhancements/pull/1111'
)
NO_PATTERN: Final = "must be a valid regular expression, but isn't"
SHORT_NAMES: Final = {"1.10": False, "1.30": True}
"""Whether the minor's Go knows groups with names like `(?<name>`."""
_FORBIDDEN_BELOW: Final = (
    "type", "default", "nullable", "title", "description", "additionalProperties", "x-kubernetes-preserve-unknown-fields",
    "x-kubernetes-embedded-resource", "x-kubernetes-int-or-string", "x-kubernetes-list-type",
    "x-kubernetes-list-map-keys", "x-kubernetes-map-type",
)
"""What may not stand in the parts of allOf, anyOf, oneOf and not."""


def definition(out: list[FieldError], obj: Obj, rules: Rules) -> None:
    """A new definition."""
    spec = obj.get("spec") or {}
    metadata.created(out, obj["metadata"], False, rules.names.subdomain, rules)
    names, group = spec.get("names") or {}, spec.get("group") or ""
    name = obj["metadata"].get("name") or ""
    if name and name != f"{names.get('plural', '')}.{group}":
        out.append(status.invalid_value("metadata.name", name, 'must be spec.names.plural+"."+spec.group'))
    _spec(out, spec, obj["apiVersion"].endswith("/v1"), rules)
    notes = obj["metadata"].get("annotations") or {}
    if obj["apiVersion"].endswith("/v1") and f".{group}".endswith(PROTECTED) and not notes.get(APPROVED):
        out.append(status.required(f"metadata.annotations[{APPROVED}]", APPROVAL))


def definition_update(out: list[FieldError], new: Obj, old: Obj, rules: Rules) -> None:
    """A changed definition: what its objects are stored by stays."""
    metadata.updated(out, new["metadata"], old["metadata"], rules)
    after, before = new.get("spec") or {}, old.get("spec") or {}
    _spec(out, after, new["apiVersion"].endswith("/v1"), rules)
    conditions = (old.get("status") or {}).get("conditions") or ()
    if any(one["type"] == "Established" and one["status"] == "True" for one in conditions):
        _stays(out, after, before, "scope")
        _stays(out, after, before, "names", "kind")
    _stays(out, after, before, "group")
    _stays(out, after, before, "names", "plural")


def _stays(out: list[FieldError], after: Any, before: Any, *path: str) -> None:
    for step in path:
        after, before = (after or {}).get(step), (before or {}).get(step)
    if after != before:
        out.append(status.invalid_value(f"spec.{'.'.join(path)}", after or "", metadata.IMMUTABLE))


def _spec(out: list[FieldError], spec: Obj, new: bool, rules: Rules) -> None:
    group, scope = spec.get("group") or "", spec.get("scope") or ""
    if not group:
        out.append(status.required("spec.group"))
    elif texts := rules.names.subdomain(group):
        out.append(status.invalid_value("spec.group", group, ",".join(texts)))
    elif "." not in group:
        out.append(status.invalid_value("spec.group", group, "should be a domain with at least one dot"))
    if not scope:
        out.append(status.required("spec.scope"))
    elif scope not in SCOPES:
        out.append(status.unsupported("spec.scope", scope, SCOPES))
    # those made in v1beta1 keep unknown fields, and need no structural schema
    _versions(out, spec, new and not spec.get("preserveUnknownFields"), rules)
    _names(out, spec.get("names") or {}, rules)
    schema = (spec.get("validation") or {}).get("openAPIV3Schema")
    if schema is not None:
        _schema(out, schema, "spec.validation.openAPIV3Schema", None)


def _versions(out: list[FieldError], spec: Obj, new: bool, rules: Rules) -> None:
    versions = spec.get("versions") or []
    for index, version in enumerate(versions):
        path, name = f"spec.versions[{index}]", version.get("name") or ""
        if texts := rules.names.service(name):
            out.append(status.invalid_value(f"{path}.name", name, ",".join(texts)))
        schema = (version.get("schema") or {}).get("openAPIV3Schema")
        if schema is not None:
            _schema(out, schema, f"{path}.schema.openAPIV3Schema", rules if new else None)
            if new:
                _root(out, schema, f"{path}.schema.openAPIV3Schema")
                _defaults(out, schema, f"{path}.schema.openAPIV3Schema", rules)
        elif new:
            out.append(status.required(f"{path}.schema.openAPIV3Schema", "schemas are required"))
        for number, column in enumerate(version.get("additionalPrinterColumns") or ()):
            _column(out, column, f"{path}.additionalPrinterColumns[{number}]")
        if (scale := (version.get("subresources") or {}).get("scale")) is not None:
            _scale(out, scale, f"{path}.subresources.scale")
    text = shown.as_json(versions)
    if len({one.get("name") for one in versions}) != len(versions):
        out.append(status.invalid_shown("spec.versions", text, "must contain unique version names"))
    if sum(bool(one.get("storage")) for one in versions) != 1:
        out.append(status.invalid_shown("spec.versions", text, "must have exactly one version marked as storage version"))


def _names(out: list[FieldError], names: Obj, rules: Rules) -> None:
    for field in ("plural", "singular", "kind", "listKind"):
        if not names.get(field):
            out.append(status.required(f"spec.names.{field}"))
    for field in ("plural", "singular"):
        if (value := names.get(field)) and (texts := rules.names.service(value)):
            out.append(status.invalid_value(f"spec.names.{field}", value, ",".join(texts)))
    for field in ("kind", "listKind"):
        if (value := names.get(field)) and (texts := rules.names.service(value.lower())):
            out.append(status.invalid_value(f"spec.names.{field}", value, MIXED + ",".join(texts)))
    for field in ("shortNames", "categories"):
        for index, value in enumerate(names.get(field) or ()):
            if texts := rules.names.service(value):
                out.append(status.invalid_value(f"spec.names.{field}[{index}]", value, ",".join(texts)))
    if names.get("kind") and names.get("kind") == names.get("listKind"):
        out.append(status.invalid_value("spec.names.listKind", names["kind"], "kind and listKind may not be the same"))


def _column(out: list[FieldError], column: Obj, path: str) -> None:
    if not column.get("name"):
        out.append(status.required(f"{path}.name"))
    kind, form = column.get("type") or "", column.get("format") or ""
    if not kind:
        out.append(status.required(f"{path}.type", f"must be one of {','.join(COLUMN_TYPES)}"))
    elif kind not in COLUMN_TYPES:
        out.append(status.invalid_value(f"{path}.type", kind, f"must be one of {','.join(COLUMN_TYPES)}"))
    if form and form not in COLUMN_FORMATS:
        out.append(status.invalid_value(f"{path}.format", form, f"must be one of {','.join(COLUMN_FORMATS)}"))
    where = column.get("jsonPath") or column.get("JSONPath") or ""
    if not where:
        out.append(status.required(f"{path}.JSONPath"))
    elif not where.startswith("."):
        out.append(status.invalid_value(f"{path}.jsonPath", where, "must be a simple json path starting with ."))


def _scale(out: list[FieldError], scale: Obj, path: str) -> None:
    for field, root in (("specReplicasPath", ".spec"), ("statusReplicasPath", ".status")):
        value = scale.get(field) or ""
        if not value:
            out.append(status.required(f"{path}.{field}"))
        elif not value.startswith(f"{root}."):
            out.append(status.invalid_value(f"{path}.{field}", value, f"should be a json path under {root}"))


# ---------------------------------------------------------------------- schemas


def _root(out: list[FieldError], schema: Obj, path: str) -> None:
    kind = schema.get("type")
    if not kind:
        out.append(status.required(f"{path}.type", "must not be empty at the root"))
    elif kind != "object":
        out.append(status.invalid_value(f"{path}.type", kind, "must be object at the root"))


def _schema(out: list[FieldError], schema: Any, path: str, structural: Rules | None, where: str = "root") -> None:
    """The faults of one schema and of those in it; `where` says how it hangs on the one above."""
    if not isinstance(schema, Mapping):
        return
    for word in UNSUPPORTED:
        if schema.get(word):
            out.append(status.field_forbidden(f"{path}.{word}", f"{word} is not supported"))
    if schema.get("uniqueItems"):
        out.append(status.field_forbidden(f"{path}.uniqueItems", UNIQUE))
    if schema.get("type") == "null":
        out.append(status.field_forbidden(f"{path}.type", "type cannot be set to null, use nullable as an alternative"))
    elif (kind := schema.get("type")) and kind not in TYPES:
        out.append(status.unsupported(f"{path}.type", str(kind), TYPES))
    if schema.get("properties") and schema.get("additionalProperties"):
        out.append(status.field_forbidden(f"{path}.additionalProperties", EXCLUSIVE))
    if isinstance(schema.get("items"), list):
        out.append(status.field_forbidden(f"{path}.items", "items must be a schema object and not an array"))
    if structural is not None and (pattern := schema.get("pattern")):
        _pattern(out, pattern, path, structural)
    if structural is not None and where != "logic":
        _structural(out, schema, path, where)
    _below(out, schema, path, structural, where)


def _pattern(out: list[FieldError], pattern: str, path: str, rules: Rules) -> None:
    if fault := goregexp.read(pattern, rules.profile.pick(SHORT_NAMES)).fault:
        out.append(status.invalid_value(f"{path}.pattern", pattern, f"{NO_PATTERN}: {fault}"))


def _structural(out: list[FieldError], schema: Mapping[str, Any], path: str, where: str) -> None:
    kind, loose = schema.get("type"), schema.get("x-kubernetes-int-or-string")
    free = schema.get("x-kubernetes-preserve-unknown-fields")
    if loose and kind:
        out.append(status.field_forbidden(f"{path}.type", "must be empty if x-kubernetes-int-or-string is true"))
    if not kind and not loose and not free and where != "root":
        texts = {"field": "must not be empty for specified object fields", "items": "must not be empty for specified array items"}
        out.append(status.required(f"{path}.type", texts.get(where, "must not be empty")))
    if kind == "array" and schema.get("items") is None:
        out.append(status.required(f"{path}.items", "must be specified"))
    if schema.get("x-kubernetes-embedded-resource") and kind != "object":
        text = "must be object if x-kubernetes-embedded-resource is true"
        out.append(status.invalid_value(f"{path}.type", kind or "", text))
    keys, listed = schema.get("x-kubernetes-list-map-keys"), schema.get("x-kubernetes-list-type")
    if listed == "map" and not keys:
        text = "must not be empty if x-kubernetes-list-type is map"
        out.append(status.required(f"{path}.x-kubernetes-list-map-keys", text))
    if listed == "map" and isinstance(schema.get("items"), Mapping):
        _keys(out, schema["items"], keys or (), path)


def _keys(out: list[FieldError], items: Mapping[str, Any], keys: Iterable[str], path: str) -> None:
    """The keys of a list that is a map have to be there in every item."""
    fields = items.get("properties") or {}
    for index, key in enumerate(keys):
        if key not in fields:
            text = "entries must all be names of item properties"
            out.append(status.invalid_value(f"{path}.x-kubernetes-list-map-keys[{index}]", key, text))
        elif key not in (items.get("required") or ()) and fields[key].get("default") is None:
            out.append(status.required(f"{path}.items.properties[{key}].default", KEY))


def _defaults(out: list[FieldError], schema: Any, path: str, rules: Rules) -> None:
    """Default values have to be as their own schemas say."""
    if not isinstance(schema, Mapping):
        return
    if schema.get("default") is not None:
        out.extend(validate.faults(schema, schema["default"], rules, f"{path}.default"))
    for name, part in (schema.get("properties") or {}).items():
        _defaults(out, part, f"{path}.properties[{name}]", rules)
    for word in ("items", "additionalProperties"):
        _defaults(out, schema.get(word), f"{path}.{word}", rules)


def _below(out: list[FieldError], schema: Mapping[str, Any], path: str, structural: Rules | None, where: str) -> None:
    inside = "logic" if where == "logic" else ""
    for name, part in (schema.get("properties") or {}).items():
        _schema(out, part, f"{path}.properties[{name}]", structural, inside or "field")
    if isinstance(schema.get("items"), Mapping):
        _schema(out, schema["items"], f"{path}.items", structural, inside or "items")
    if isinstance(schema.get("additionalProperties"), Mapping):
        _schema(out, schema["additionalProperties"], f"{path}.additionalProperties", structural, inside or "field")
    for word in ("allOf", "anyOf", "oneOf"):
        for index, part in enumerate(schema.get(word) or ()):
            here = f"{path}.{word}[{index}]"
            if structural is not None:
                _logic(out, part, here, bool(schema.get("x-kubernetes-int-or-string")))
            _schema(out, part, here, structural, "logic")
    if isinstance(schema.get("not"), Mapping):
        if structural is not None:
            _logic(out, schema["not"], f"{path}.not", False)
        _schema(out, schema["not"], f"{path}.not", structural, "logic")


def _logic(out: list[FieldError], part: Mapping[str, Any], path: str, loose: bool) -> None:
    """Parts of a logical junctor say what values are like, not what they are."""
    for word in _FORBIDDEN_BELOW:
        if part.get(word) is None or (word == "type" and loose):
            continue
        text = "must be undefined to be structural" if word in ("default",) else "must be empty to be structural"
        if isinstance(part[word], bool):
            text = "must be false to be structural"
        out.append(status.field_forbidden(f"{path}.{word}", text))
