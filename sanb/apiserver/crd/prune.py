"""Structural schemas at work on objects: what they do not specify is dropped, what is missing gets its default.

Both give back the very same value when there is nothing to change.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any, Final

Schema = Mapping[str, Any]
ABSENT: Final = object()
EMBEDDED: Final = frozenset(("apiVersion", "kind", "metadata"))


class Node:
    """A schema, compiled as far as objects have gone into it."""

    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self.preserve = bool(schema.get("x-kubernetes-preserve-unknown-fields"))
        self.embedded = bool(schema.get("x-kubernetes-embedded-resource"))
        self.nullable = bool(schema.get("nullable"))
        self.default = schema.get("default", ABSENT)

    @cached_property
    def properties(self) -> Mapping[str, Node]:
        """The nodes of the named fields."""
        return {name: Node(schema) for name, schema in (self._schema.get("properties") or {}).items()}

    @cached_property
    def rest(self) -> Node | None:
        """The node of all other fields, where they may have any name."""
        found = self._schema.get("additionalProperties")
        return Node(found if isinstance(found, Mapping) else {}) if found else None

    @cached_property
    def items(self) -> Node | None:
        """The node of a list's items."""
        found = self._schema.get("items")
        return Node(found) if isinstance(found, Mapping) else None

    @cached_property
    def defaults(self) -> Mapping[str, Any]:
        """The fields with a default."""
        return {name: node.default for name, node in self.properties.items() if node.default is not ABSENT}


def pruned(value: Any, node: Node | None, path: str, unknown: list[str], root: bool = False) -> Any:
    """The value without what the schema does not specify; the paths of what is dropped are added to `unknown`."""
    if isinstance(value, dict):
        return _pruned(value, node, path, unknown, root)
    if isinstance(value, list):
        inner = None if node is None else node.items
        if inner is None and node is not None and node.preserve:
            return value
        new = [pruned(item, inner, f"{path}[{number}]", unknown) for number, item in enumerate(value)]
        return value if all(a is b for a, b in zip(value, new, strict=True)) else new
    return value


def _pruned(value: dict[str, Any], node: Node | None, path: str, unknown: list[str], root: bool) -> dict[str, Any]:
    out: dict[str, Any] = {}
    changed = False
    properties: Mapping[str, Node] = {} if node is None else node.properties
    for key, item in value.items():
        here = f"{path}.{key}" if path else key
        inner = properties.get(key)
        if inner is None and node is not None:
            if (root or node.embedded) and key in EMBEDDED:
                out[key] = item
                continue
            inner = node.rest
            if inner is None and node.preserve:
                out[key] = item
                continue
        if inner is None or (root and key in EMBEDDED):
            if root and key in EMBEDDED:
                out[key] = item
            else:
                unknown.append(here)
                changed = True
            continue
        new = pruned(item, inner, here, unknown)
        changed = changed or new is not item
        out[key] = new
    return out if changed else value


def defaulted(value: Any, node: Node | None) -> Any:
    """The value with its defaults, and without nulls where there may be none."""
    if node is None:
        return value
    if isinstance(value, dict):
        return _defaulted(value, node)
    if isinstance(value, list) and node.items is not None:
        new = [defaulted(item, node.items) for item in value]
        return value if all(a is b for a, b in zip(value, new, strict=True)) else new
    return value


def _defaulted(value: dict[str, Any], node: Node) -> dict[str, Any]:
    out: dict[str, Any] | None = None
    properties = node.properties
    for key, item in value.items():
        inner = properties.get(key) or node.rest
        if item is None and inner is not None and not inner.nullable:
            out = dict(value) if out is None else out
            if inner.default is ABSENT:
                del out[key]
            else:
                out[key] = defaulted(inner.default, inner)
        elif (new := defaulted(item, inner)) is not item:
            out = dict(value) if out is None else out
            out[key] = new
    for key, default in node.defaults.items():
        if key not in value:
            out = dict(value) if out is None else out
            out[key] = defaulted(default, properties[key])
    return value if out is None else out
