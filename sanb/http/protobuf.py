"""Kubernetes' protobuf: bodies that kubectl and Go clients send, and answers for those who read nothing else.

A body is four bytes, `k8s` and zero, then a `runtime.Unknown`: what it is, and the object's bytes. The messages are
built by Google's library from a table of field numbers; this module says what is written otherwise in JSON.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Mapping
from functools import lru_cache
from pkgutil import get_data
from typing import Any, Final

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from google.protobuf.message import DecodeError

from sanb.apiserver import status
from sanb.times import parse, rfc3339
from sanb.values import Obj

MAGIC: Final = b"k8s\x00"
FIELDS_FILE: Final = "data/protobuf_fields.json"
META: Final = "k8s.io.apimachinery.pkg.apis.meta.v1."
RUNTIME: Final = "k8s.io.apimachinery.pkg.runtime.Unknown"
INLINE: Final = frozenset(
    (("Volume", "volumeSource"), ("Probe", "handler"), ("EphemeralContainer", "ephemeralContainerCommon"),
     ("VolumeMountStatus", "volumeStatus"), ("IngressRule", "ingressRuleValue"), ("LifecycleHandler", "handler"))
)
"""(message, field): in JSON the fields of the inner message stand in the outer one."""
REFERENCE: Final = "localObjectReference"
"""A field of this name is inline everywhere."""
PLACES: Final = {"": "core", "authentication.k8s.io": "authentication", "authorization.k8s.io": "authorization"}
Field = tuple[int, str, str]
_F: Final = descriptor_pb2.FieldDescriptorProto
SCALARS: Final = {
    "string": _F.TYPE_STRING, "bool": _F.TYPE_BOOL, "int32": _F.TYPE_INT32, "int64": _F.TYPE_INT64,
    "bytes": _F.TYPE_BYTES,
}
BAD: Final = "the object provided is unrecognized: could not decode protobuf body: {why}"


# ---------------------------------------------------------------------- descriptors


@lru_cache(maxsize=1)
def fields() -> Mapping[str, tuple[Field, ...]]:
    """The fields of every message, by its full name; lists of the kinds are added."""
    table = json.loads(get_data("sanb.http", FIELDS_FILE) or b"{}")["messages"]
    found = {name: tuple((number, field, kind) for number, field, kind in rows) for name, rows in table.items()}
    for name, rows in list(found.items()):
        if rows and rows[0][1:] == ("metadata", f"{META}ObjectMeta"):
            found[f"{name}List"] = ((1, "metadata", f"{META}ListMeta"), (2, "items", f"repeated {name}"))
    return found


def _flat(name: str) -> str:
    """A message's name within one file."""
    return name.replace(".", "_")


@lru_cache(maxsize=1)
def _pool() -> descriptor_pool.DescriptorPool:
    file = descriptor_pb2.FileDescriptorProto(name="kubernetes.proto", package="kubernetes", syntax="proto2")
    for name, rows in fields().items():
        message = file.message_type.add(name=_flat(name))
        for number, field, kind in rows:
            _add(message, number, field, kind)
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return pool


def _add(message: Any, number: int, name: str, kind: str) -> None:
    row = message.field.add(name=name, number=number, label=_F.LABEL_OPTIONAL)
    if kind.startswith("repeated "):
        row.label, kind = _F.LABEL_REPEATED, kind.removeprefix("repeated ")
    if kind.startswith("map<"):
        row.label, row.type = _F.LABEL_REPEATED, _F.TYPE_MESSAGE
        entry = f"{name[0].upper()}{name[1:]}Entry"
        row.type_name = f".kubernetes.{message.name}.{entry}"
        nested = message.nested_type.add(name=entry)
        nested.options.map_entry = True
        nested.field.add(name="key", number=1, label=_F.LABEL_OPTIONAL, type=_F.TYPE_STRING)
        _type(nested.field.add(name="value", number=2, label=_F.LABEL_OPTIONAL), kind[4:-1].partition(",")[2])
    else:
        _type(row, kind)


def _type(row: Any, kind: str) -> None:
    if kind in SCALARS:
        row.type = SCALARS[kind]
    else:
        row.type, row.type_name = _F.TYPE_MESSAGE, f".kubernetes.{_flat(kind)}"


@lru_cache(maxsize=512)
def _class(name: str) -> Any:
    return message_factory.GetMessageClass(_pool().FindMessageTypeByName(f"kubernetes.{_flat(name)}"))


def message_name(api_version: str, kind: str) -> str | None:
    """The message of a kind, or None if the table has none."""
    group, _, version = api_version.rpartition("/")
    package = PLACES.get(group, group.partition(".")[0])
    for name in (f"k8s.io.api.{package}.{version}.{kind}", f"k8s.io.api.{package}.v1.{kind}", f"{META}{kind}"):
        if name in fields():
            return name
    return None


# ---------------------------------------------------------------------- reading


def decode(body: bytes) -> Obj:
    """The object of a body, in the shape of JSON.

    Raises:
        ApiError: 400, it cannot be read.
    """
    if not body.startswith(MAGIC):
        raise status.bad_request(BAD.format(why="it does not begin with the four bytes of Kubernetes' protobuf"))
    unknown = _parsed(RUNTIME, body[len(MAGIC):])
    api_version, kind = unknown.typeMeta.apiVersion, unknown.typeMeta.kind
    if unknown.contentType == "application/json":
        found = json.loads(unknown.raw)
        return found if isinstance(found, dict) else {}
    name = message_name(api_version, kind)
    if name is None:
        raise status.bad_request(BAD.format(why=f"no kind {kind!r} is registered for version {api_version!r}"))
    return {"apiVersion": api_version, "kind": kind, **_object(name, _parsed(name, unknown.raw))}


def _parsed(name: str, content: bytes) -> Any:
    try:
        return _class(name).FromString(content)
    except DecodeError as error:
        raise status.bad_request(BAD.format(why=str(error) or "it is damaged")) from None


def _object(name: str, message: Any) -> Obj:
    """A message as a JSON object: what is empty text in Go is left out."""
    found: Obj = {}
    for _, field, kind in fields()[name]:
        if kind.startswith("repeated "):
            items = [_value(kind.removeprefix("repeated "), one) for one in getattr(message, field)]
            if items:
                found[field] = items
        elif kind.startswith("map<"):
            inner = kind[4:-1].partition(",")[2]
            pairs = getattr(message, field)
            if pairs:
                found[field] = {key: _value(inner, pairs[key]) for key in sorted(pairs)}
        elif message.HasField(field):
            value = _value(kind, getattr(message, field))
            if _inline(name, field):
                found |= value
            elif value not in ("", None):
                found[field] = value
    return found


def _inline(name: str, field: str) -> bool:
    return field == REFERENCE or (name.rpartition(".")[2], field) in INLINE


def _value(kind: str, value: Any) -> Any:
    if kind == "bytes":
        return b64encode(value).decode()
    if kind in SCALARS:
        return value
    match kind.rpartition(".")[2]:
        case "Time" | "MicroTime" as which:
            if not value.HasField("seconds"):
                return None
            text = rfc3339(value.seconds)
            return f"{text[:-1]}.{value.nanos // 1000:06d}Z" if which == "MicroTime" else text
        case "Quantity":
            return value.string
        case "IntOrString":
            return value.strVal if value.type else value.intVal
        case "ExtraValue":
            return list(value.items)
        case "FieldsV1":
            return json.loads(value.Raw) if value.Raw else {}
    return _object(kind, value)


# ---------------------------------------------------------------------- writing


def encode(obj: Obj) -> bytes | None:
    """An object as a body; None if its kind has no message."""
    api_version, kind = str(obj.get("apiVersion", "")), str(obj.get("kind", ""))
    name = message_name(api_version, kind)
    if name is None:
        return None
    message = _class(name)()
    _fill(name, message, obj)
    unknown = _class(RUNTIME)()
    unknown.typeMeta.apiVersion, unknown.typeMeta.kind = api_version, kind
    unknown.raw = message.SerializeToString(deterministic=True)
    unknown.contentEncoding = unknown.contentType = ""
    content: bytes = unknown.SerializeToString(deterministic=True)
    return MAGIC + content


def _fill(name: str, message: Any, obj: Mapping[str, Any]) -> None:
    for _, field, kind in fields()[name]:
        if _inline(name, field):
            _fill(kind, getattr(message, field), obj)
            continue
        value = obj.get(field)
        if value is None:
            continue
        if kind.startswith("repeated "):
            _fill_list(kind.removeprefix("repeated "), getattr(message, field), value)
        elif kind.startswith("map<"):
            _fill_map(kind[4:-1].partition(",")[2], getattr(message, field), value)
        elif kind in SCALARS:
            setattr(message, field, _scalar(kind, value))
        else:
            getattr(message, field).SetInParent()
            _fill_message(kind, getattr(message, field), value)


def _fill_list(kind: str, target: Any, values: list[Any]) -> None:
    for value in values:
        if kind in SCALARS:
            target.append(_scalar(kind, value))
        else:
            _fill_message(kind, target.add(), value)


def _fill_map(kind: str, target: Any, values: Mapping[str, Any]) -> None:
    for key, value in values.items():
        if kind in SCALARS:
            target[key] = _scalar(kind, value)
        else:
            _fill_message(kind, target[key], value)


def _scalar(kind: str, value: Any) -> Any:
    return b64decode(str(value)) if kind == "bytes" else str(value) if kind == "string" else value


def _fill_message(kind: str, target: Any, value: Any) -> None:
    match kind.rpartition(".")[2]:
        case "Time" | "MicroTime":
            target.seconds = int(parse(value.partition(".")[0].rstrip("Z") + "Z"))
            target.nanos = int((value.partition(".")[2].rstrip("Z") or "0").ljust(9, "0")[:9])
        case "Quantity":
            target.string = str(value)
        case "IntOrString":
            target.type = int(isinstance(value, str))
            if isinstance(value, str):
                target.strVal = value
            else:
                target.intVal = value
        case "ExtraValue":
            target.items.extend(value)
        case "FieldsV1":
            target.Raw = json.dumps(value, separators=(",", ":")).encode()
        case _:
            _fill(kind, target, value)
