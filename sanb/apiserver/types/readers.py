"""Readers: a type compiled, for one minor, into a closure that checks, prunes and completes a JSON value.

A reader gives back the very same value when there is nothing to change. `DROP` says that a field is not to be kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import count
from typing import Any, Final

from sanb.apiserver.types import scalars
from sanb.apiserver.types.base import Field, Type
from sanb.values import Lazy

DROP: Final = object()
Reader = Callable[[Any], Any]
_ZEROS: Final[dict[str, Any]] = {
    "string": "", "bool": False, "int32": 0, "int64": 0, "quantity": "0", "int-or-string": 0,
}
_LIMITS: Final = {"int32": 2**31, "int64": 2**63}


class Wrong(Exception):
    """A value that does not fit. `path` leads to it, innermost step first: (type, field), an index or a map's key."""

    def __init__(self, value: Any, wanted: str, text: str = "") -> None:
        super().__init__(text or wanted)
        self.value = value
        self.wanted = wanted
        """Go's name of the type that was expected."""
        self.text = text
        """The whole complaint, where a type brings its own."""
        self.path: list[tuple[Type, Field] | int | str] = []


def number(minor: str) -> int:
    """The minor as a number: 1.10 comes after 1.9."""
    return int(minor.partition(".")[2] or 0)


class Compiler:
    """Makes the readers of one minor, each struct once.

    `unknown` counts on at every field that no struct knows. Readers are shared by all clusters of a process, so it is
    a counter that threads may share, never reset.
    """

    def __init__(self, minor: str) -> None:
        self.minor = number(minor)
        self.unknown = count()
        self._structs: dict[str, tuple[Reader, dict[str, Any]]] = {}

    def struct(self, type_: Type) -> Reader:
        """The reader of a struct that is there."""
        return self._compiled(type_)[0]

    def knows(self, field: Field) -> bool:
        """Whether this minor has the field in its schema at all."""
        return number(field.since) <= self.minor < number(field.until)

    def zero(self, type_: Type) -> dict[str, Any]:
        """What the struct looks like when nothing was given."""
        return self._compiled(type_)[1]

    def _compiled(self, type_: Type) -> tuple[Reader, dict[str, Any]]:
        found = self._structs.get(type_.name)
        if found is None:
            fields = [field for field in type_.fields.values() if self.knows(field)]
            zero = {field.name: self._zero(field) for field in fields if self._always(field)}
            readers = {field.name: self._field(field) for field in fields}
            texts = frozenset(f.name for f in fields if f.kind == "string" and number(f.on) <= self.minor)
            found = (_struct(type_, readers, texts, zero, self.unknown), zero)
            self._structs[type_.name] = found
        return found

    def _always(self, field: Field) -> bool:
        return bool(field.always) and self.minor < number(field.always)

    def _zero(self, field: Field) -> Any:
        if field.kind == "object" and field.type and not field.pointer:
            return self.zero(field.type)
        return None if field.pointer else _ZEROS.get(field.kind)

    def _field(self, field: Field) -> Reader:
        """The reader of one field: null, emptiness and gates included."""
        if number(field.on) > self.minor:
            return _nothing
        always = self._always(field)
        absent = self._zero(field) if always else DROP
        value = self._value(field)
        if field.kind in ("object", "quantity", "int-or-string", "raw", "time", "microtime"):
            return _nullable(value, absent)
        return _omittable(value, absent, keep=always or field.pointer)

    def _value(self, field: Field) -> Reader:
        if field.kind == "list":
            return _list(self._item(field), go_type(field))
        if field.kind == "map":
            return _map(self._item(field), go_type(field))
        if field.kind == "object":
            assert field.type is not None
            return self.struct(field.type)
        return _scalar(field.kind, field.named)

    def _item(self, field: Field) -> Reader:
        """The reader of a list's or map's item, where null becomes the zero value."""
        if field.type is not None:
            return _nullable(self.struct(field.type), self.zero(field.type))
        zero = self._zero(Field("", field.item)) if field.item != "bytes" else ""
        return _nullable(_scalar("resource" if field.item == "quantity" else field.item, field.named), zero)


def go_type(field: Field) -> str:
    """Go's name of a field's type, as error messages show it."""
    item = f"v1.{field.type.name}" if field.type else field.named or GO_NAMES.get(field.item or field.kind, "")
    if field.kind == "list":
        return f"[]{item}"
    if field.kind == "map":
        return "v1.ResourceList" if field.item == "quantity" else f"map[string]{item}"
    return item


GO_NAMES: Final = {
    "string": "string", "bool": "bool", "int32": "int32", "int64": "int64", "bytes": "[]uint8",
    "quantity": "resource.Quantity",
}


def _struct(
    type_: Type, readers: dict[str, Reader], texts: frozenset[str], zero: dict[str, Any], unknown: Iterator[int]
) -> Reader:
    get, fields = readers.get, type_.fields
    always, always_names = tuple(zero.items()), frozenset(zero)

    def read(value: Any) -> Any:
        if value.__class__ is not dict:
            if not isinstance(value, Mapping):
                raise Wrong(value, f"v1.{type_.name}")
            value = dict(value)
        out = None
        for key, item in value.items():
            if item.__class__ is str and item and key in texts:
                continue
            reader = get(key)
            if reader is None:
                next(unknown)
                new = DROP
            else:
                try:
                    new = reader(item)
                except Wrong as wrong:
                    wrong.path.append((type_, fields[key]))
                    raise
            if new is item:
                continue
            if out is None:
                out = value.copy()
            if new is DROP:
                del out[key]
            else:
                out[key] = new
        if not always_names <= value.keys():
            out = {**(value if out is None else out), **{k: v for k, v in always if k not in value}}
        return value if out is None else out

    return read


def _list(read_item: Reader, wanted: str) -> Reader:
    def read(value: Any) -> Any:
        if value.__class__ is not list:
            if not isinstance(value, list | tuple):
                raise Wrong(value, wanted)
            value = list(value)
        out = None
        at = 0
        try:
            for at, item in enumerate(value):
                new = read_item(item)
                if new is not item:
                    if out is None:
                        out = value.copy()
                    out[at] = new
        except Wrong as wrong:
            wrong.path.append(at)
            raise
        return value if out is None else out

    return read


def _map(read_item: Reader, wanted: str) -> Reader:
    def read(value: Any) -> Any:
        if value.__class__ is not dict:
            if not isinstance(value, Mapping):
                raise Wrong(value, wanted)
            value = dict(value)
        out = None
        key = ""
        try:
            for key, item in value.items():
                new = read_item(item)
                if new is not item:
                    if out is None:
                        out = value.copy()
                    out[key] = new
        except Wrong as wrong:
            wrong.path.append(key)
            raise
        return value if out is None else out

    return read


def _nullable(read_value: Reader, absent: Any) -> Reader:
    def read(value: Any) -> Any:
        return absent if value is None else read_value(value)

    return read


def _omittable(read_value: Reader, absent: Any, keep: bool) -> Reader:
    """The reader of a field that Go leaves out when it is empty, unless `keep`."""

    def read(value: Any) -> Any:
        if value is None:
            return absent
        new = read_value(value)
        return new if keep or new else DROP

    return read


def _nothing(_: Any) -> Any:
    return DROP


def _raw(value: Any) -> Any:
    return value


def _scalar(kind: str, named: str = "") -> Reader:
    if kind in _LIMITS:
        return _integer(kind)
    if kind in ("quantity", "resource", "time", "microtime", "bytes"):
        return _parsed(kind)
    return {"string": _string(named or "string"), "bool": _boolean, "int-or-string": _int_or_string, "raw": _raw}[kind]


def _string(wanted: str) -> Reader:
    def read(value: Any) -> Any:
        if value.__class__ is str or isinstance(value, str | Lazy):
            return value
        raise Wrong(value, wanted)

    return read


def _boolean(value: Any) -> Any:
    if value is True or value is False:
        return value
    raise Wrong(value, "bool")


def _integer(kind: str) -> Reader:
    limit = _LIMITS[kind]

    def read(value: Any) -> Any:
        if value.__class__ is int and -limit <= value < limit:
            return value
        raise Wrong(value, kind)

    return read


def _int_or_string(value: Any) -> Any:
    if value.__class__ is int or value.__class__ is str:
        return value
    found = f"number {value}" if isinstance(value, float) else json_kind(value)
    raise Wrong(value, "int32", f"json: cannot unmarshal {found} into Go value of type int32")


_PARSERS: Final[dict[str, tuple[Callable[[str], str], str]]] = {
    "quantity": (scalars.quantity, "resource.Quantity"),
    "resource": (scalars.resource, "resource.Quantity"),
    "time": (scalars.time, "v1.Time"),
    "microtime": (scalars.microtime, "v1.MicroTime"),
    "bytes": (scalars.base64, "[]uint8"),
}


def _parsed(kind: str) -> Reader:
    """The reader of a scalar that is a text of a certain form."""
    parse, wanted = _PARSERS[kind]
    numbers = kind in ("quantity", "resource")

    def read(value: Any) -> Any:
        if isinstance(value, Lazy):
            return value
        if value.__class__ is str:
            text = value
        elif numbers:
            text = _json_number(value)
        elif kind == "bytes":
            raise Wrong(value, wanted)
        else:
            raise Wrong(value, wanted, f"json: cannot unmarshal {json_kind(value)} into Go value of type string")
        try:
            new = parse(text)
        except ValueError as error:
            raise Wrong(value, wanted, str(error)) from None
        return value if new == value else new

    return read


def _json_number(value: Any) -> str:
    """What a quantity's parser gets to see of a value that is no string."""
    if isinstance(value, bool):
        return str(value).lower()
    return repr(value) if isinstance(value, int | float) else "{}"


def json_kind(value: Any) -> str:
    """How Go calls the kind of a JSON value."""
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, str | Lazy):
        return "string"
    if isinstance(value, Mapping):
        return "object"
    return "array" if isinstance(value, Iterable) else "number"
