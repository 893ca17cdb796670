"""What kubectl itself checks in manifests before the server sees them, up to 1.24: the schema that the server publishes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from sanb.apiserver import openapi
from sanb.apiserver.resources import Resource
from sanb.kubectl.shape import invalid
from sanb.profiles.profile import Profile
from sanb.values import Obj

CHECKS: Final = {"1.10": True, "1.25": False}
"""Whether kubectl checks; later the server does."""
PUBLISHED: Final = {"1.10": False, "1.15": True}
"""Whether the server publishes the schemas of custom kinds."""
KINDS: Final[dict[type, str]] = {bool: "boolean", int: "integer", float: "number", str: "string"}
FITS: Final = {
    "boolean": ("boolean",), "integer": ("integer", "number"), "number": ("integer", "number"),
    "string": ("boolean", "integer", "number", "string"),
}
"""What a value that is not a list or a map may be for a type."""


def check(profile: Profile, row: Resource, obj: Obj, source: str) -> None:
    """Refuse an object that lacks a field, has one that nobody knows, or a value of a wrong type.

    Raises:
        Failure: it does.
    """
    custom = row.custom
    if not profile.pick(CHECKS) or (custom is not None and (custom.preserve or not profile.pick(PUBLISHED))):
        return
    name, definitions = openapi.definition(profile, row, str(obj["apiVersion"]))
    schema = definitions.get(name)
    if schema is None:
        return
    found = list(dict.fromkeys(_Check(definitions).faults(schema, obj, row.kind, name)))
    if found:
        raise invalid(source, found[0] if len(found) == 1 else f"[{', '.join(found)}]")


class _Check:
    """Compares values with schemas; `path` is where a value stands, `name` how the schema is called."""

    def __init__(self, definitions: Obj) -> None:
        self._definitions = definitions

    def faults(self, schema: Obj, value: Any, path: str, name: str) -> Iterator[str]:
        """What is wrong with a value."""
        if "$ref" in schema:
            name = schema["$ref"].rpartition("/")[2]
            schema = self._definitions[name]
        if "properties" in schema:
            yield from self._kind(schema, value, path, name)
        elif schema.get("type") == "array" and "items" in schema:
            yield from self._list(schema["items"], value, path, name)
        elif schema.get("type") == "object" and isinstance(schema.get("additionalProperties"), dict):
            yield from self._map(schema["additionalProperties"], value, path, name)
        elif schema.get("type") in FITS:
            kind = _kind(value)
            if kind not in FITS[schema["type"]]:
                yield _wrong(path, name, kind, schema["type"])

    def _kind(self, schema: Obj, value: Any, path: str, name: str) -> Iterator[str]:
        if not isinstance(value, dict):
            yield _wrong(path, name, _kind(value), "map")
            return
        known = schema["properties"]
        for key in sorted(value):
            if value[key] is None:
                continue
            if key in known:
                yield from self.faults(known[key], value[key], f"{path}.{key}", f"{name}.{key}")
            else:
                yield f'ValidationError({path}): unknown field "{key}" in {name}'
        for key in schema.get("required") or ():
            if value.get(key) is None:
                yield f'ValidationError({path}): missing required field "{key}" in {name}'

    def _list(self, schema: Obj, value: Any, path: str, name: str) -> Iterator[str]:
        if not isinstance(value, list):
            yield _wrong(path, name, _kind(value), "array")
            return
        for place, one in enumerate(value):
            here = f"{path}[{place}]"
            if one is None:
                yield f'unknown object type "nil" in {here}'
            else:
                yield from self.faults(schema, one, here, name)

    def _map(self, schema: Obj, value: Any, path: str, name: str) -> Iterator[str]:
        if not isinstance(value, dict):
            yield _wrong(path, name, _kind(value), "map")
            return
        for key in sorted(value):
            here = f"{path}.{key}"
            if value[key] is None:
                yield f'unknown object type "nil" in {here}'
            else:
                yield from self.faults(schema, value[key], here, name)


def _wrong(path: str, name: str, got: str, expected: str) -> str:
    return f'ValidationError({path}): invalid type for {name}: got "{got}", expected "{expected}"'


def _kind(value: Any) -> str:
    return "map" if isinstance(value, dict) else "array" if isinstance(value, list) else KINDS.get(type(value), "string")
