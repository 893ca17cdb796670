"""kubectl explain of custom kinds: fields from the schema of their CustomResourceDefinition."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sanb.apiserver import descriptions
from sanb.apiserver.types import TYPES as STRUCTS
from sanb.values import Obj

TYPES: Final[Mapping[str, str]] = {"object": "Object", "": "Object"}
META: Final = "ObjectMeta"
HEAD: Final = ("apiVersion", "kind", "metadata")


class SchemaNode:
    """One field of a custom kind, or the kind itself; it offers what `explain.Node` does."""

    field: Any = None

    def __init__(self, name: str, schema: Obj, needed: bool = False, metadata: Sequence[Any] = ()) -> None:
        self.name = name
        self._metadata = metadata
        self.schema = schema
        self._needed = needed

    @property
    def struct(self) -> Any:
        """What has its fields: itself, or the type of all metadata; None if it has none."""
        if self.schema.get("x-type") == META:
            return STRUCTS[META]
        return self if self._fields() else None

    @property
    def required(self) -> str:
        """The mark of a field that must be there."""
        return " -required-" if self._needed else ""

    def _inner(self) -> Obj:
        """The schema of the items of lists and maps; that of anything else is its own."""
        schema = self.schema
        while True:
            items = schema.get("items") or schema.get("additionalProperties")
            if not isinstance(items, dict):
                return schema
            schema = items

    def _fields(self) -> Obj:
        found: Obj = self._inner().get("properties") or {}
        return found

    def inner(self) -> list[Any]:
        """The fields it has."""
        if self.schema.get("x-type") == META:
            return list(self._metadata)
        needed = self._inner().get("required") or ()
        return [SchemaNode(name, schema, name in needed, self._metadata) for name, schema in self._fields().items()]

    def text(self) -> str:
        """What the field is for."""
        return str(self.schema.get("description", ""))

    def texts(self) -> list[str]:
        """What the field is for, and what its items are."""
        inner = self._inner()
        return [self.text(), str(inner.get("description", "")) if inner is not self.schema else ""]

    def type_name(self, new: bool) -> str:
        """The type as explain writes it."""
        return META if new and self.schema.get("x-type") == META else _type(self.schema)


def _type(schema: Obj) -> str:
    if isinstance(schema.get("items"), dict):
        return f"[]{_type(schema['items'])}"
    if isinstance(schema.get("additionalProperties"), dict):
        return f"map[string]{_type(schema['additionalProperties'])}"
    kind = str(schema.get("type", ""))
    return TYPES.get(kind, kind)


def root(kind: str, schema: Obj | None, metadata: Sequence[Any] = ()) -> SchemaNode:
    """A custom kind; the fields that all kinds have are described as everywhere, `metadata` are those of the metadata."""
    schema = schema or {}
    fields = dict(schema.get("properties") or {})
    for name in HEAD:
        text = descriptions.of_field("ServiceAccount", name)
        fields[name] = {"type": "string", "description": text}
    fields["metadata"] |= {"type": "object", "x-type": META}
    return SchemaNode(kind, {**schema, "properties": fields}, metadata=metadata)
