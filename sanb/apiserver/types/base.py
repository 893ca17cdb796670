"""How a type is written down: a struct is a name and a text with one field per line. A line with nothing but the name
of another struct embeds its fields.

    name  type  marks…

Types: `string bool int32 int64 quantity int-or-string time microtime bytes raw`, the name of another struct, and of
each of them a list `[]X` or a map `{}X`.

Marks about output, which Go's "omitempty" decides:
    `*`           a pointer: the zero value is kept when the client gives it (`replicas: 0`)
    `!`           always there, as zero value or null when the client gives none (`resources: {}`)
    `!<1.34`      always there in the minors before that one
Without a mark empty strings, lists and maps, 0 and false are dropped; a struct is kept when it is given.

Marks about minors:
    `since=1.16`  the first minor that knows the field; others prune it
    `on=1.18`     the first minor that keeps it: in between it is known, but its feature gate is off
    `until=1.24`  the first minor that does not know it any more

Marks about merging:
    `merge=name`  strategic merge patch merges the list by that key; bare `merge`: as a list of distinct values
    `retain`      strategic merge patch honours `$retainKeys` here
    `keys=a,b`    server-side apply sees a map with these keys; `set`: a set; `atomic`: one value (the default of lists)

Marks about texts:
    `go=Name`     Go's field name where it is not the JSON name with a capital (the older decoders' texts show it)
    `as=v1.Name`  Go's name of a scalar's type, where it has one of its own
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Final, NamedTuple

SCALARS: Final = frozenset(
    ("string", "bool", "int32", "int64", "quantity", "int-or-string", "time", "microtime", "bytes", "raw")
)
VALUES: Final = "."
"""As merge key: the list holds plain values, which are merged without duplicates."""
FOREVER: Final = "1.999"


class Field(NamedTuple):
    """One field of a struct.

    `kind` is a scalar's name, "object", "list" or "map". `type` is the struct of an object, or of a list's or map's
    items; `item` is the items' kind (a scalar's name or "object"). `merge` is the strategic merge key ("" = replace
    the list, VALUES = merge plain values). `list_kind` is what server-side apply sees: "map" (with `keys`), "set",
    "atomic" or "granular" (objects and maps whose fields are owned one by one).
    """

    name: str
    kind: str
    type: Type | None = None
    item: str = ""
    merge: str = ""
    retain: bool = False
    list_kind: str = ""
    keys: tuple[str, ...] = ()
    pointer: bool = False
    always: str = ""
    """Up to which minor (exclusive) the field is always there; "" = it is dropped when empty."""
    since: str = ""
    on: str = ""
    until: str = FOREVER
    go: str = ""
    named: str = ""


class Type:
    """A struct: its Go name and its fields, read from their text when first asked for."""

    def __init__(self, name: str, text: str, registry: Mapping[str, Type], atomic: bool = False) -> None:
        self.name = name
        self.atomic = atomic
        self._text = text
        self._registry = registry

    def __repr__(self) -> str:
        return f"Type({self.name})"

    @cached_property
    def fields(self) -> Mapping[str, Field]:
        """The fields by JSON name, in the order of the type."""
        return {field.name: field for line in _lines(self._text) for field in self._row(line)}

    def field(self, name: str) -> Field | None:
        """The field of that JSON name, or None if the struct has no such field."""
        return self.fields.get(name)

    def _row(self, line: str) -> Iterator[Field]:
        first, *rest = line.split()
        if not rest:
            yield from self._registry[first].fields.values()  # an embedded struct
        else:
            yield _field(first, rest[0], rest[1:], self._registry)


def registry(*tables: Mapping[str, str]) -> dict[str, Type]:
    """The types of some tables `{name: text}`, by Go name; structs may name each other in any order.

    The word `atomic` after a name: server-side apply sees the struct as one value.
    """
    types: dict[str, Type] = {}
    for table in tables:
        for key, text in table.items():
            name, _, mark = key.partition(" ")
            types[name] = Type(name, text, types, atomic=mark == "atomic")
    return types


def _lines(text: str) -> Iterator[str]:
    return (line for line in (raw.strip() for raw in text.splitlines()) if line)


def _field(name: str, shape: str, marks: Iterable[str], registry: Mapping[str, Type]) -> Field:
    item = shape.removeprefix("[]").removeprefix("{}")
    struct = None if item in SCALARS else registry[item]
    inner = "object" if struct else item
    kind = "list" if shape.startswith("[]") else "map" if shape.startswith("{}") else inner
    field = Field(name, kind, struct, inner if kind in ("list", "map") else "", go=name[0].upper() + name[1:])
    if kind == "list" or (kind == "object" and struct and struct.atomic):
        field = field._replace(list_kind="atomic")
    elif kind in ("map", "object"):
        field = field._replace(list_kind="granular")
    for mark in marks:
        field = _marked(field, mark)
    return field


def _marked(field: Field, mark: str) -> Field:
    key, _, value = mark.partition("=")
    if key == "*":
        return field._replace(pointer=True)
    if key.startswith("!"):
        return field._replace(always=key[2:] or FOREVER)
    if key == "keys":
        return field._replace(list_kind="map", keys=tuple(value.split(",")))
    if key in ("set", "atomic"):
        return field._replace(list_kind=key)
    if key == "merge":
        return field._replace(merge=value or VALUES)
    if key == "retain":
        return field._replace(retain=True)
    if key == "as":
        return field._replace(named=value)
    if key in ("since", "on", "until", "go"):
        return field._replace(**{key: value})  # type: ignore[arg-type]
    raise ValueError(f"the type table has an unknown mark {mark!r} at field {field.name!r}")
