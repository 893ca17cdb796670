"""Secrets and ConfigMaps (SEM 3.2)."""

from __future__ import annotations

import base64
import binascii
import json
from typing import Any, Final

from sanb.apiserver import status
from sanb.apiserver.status import FieldError
from sanb.apiserver.validation import metadata
from sanb.apiserver.validation.rules import Rules
from sanb.values import Lazy, Obj

MAX_SIZE: Final = 1 << 20
ACCOUNT: Final = "kubernetes.io/service-account.name"
TOKEN: Final = "kubernetes.io/service-account-token"
FROZEN: Final = "field is immutable when `immutable` is set"
REDACTED: Final = "<secret contents redacted>"
_JSON_KEYS: Final = {"kubernetes.io/dockercfg": ".dockercfg", "kubernetes.io/dockerconfigjson": ".dockerconfigjson"}


def secret(out: list[FieldError], obj: Obj, rules: Rules) -> None:
    """A Secret: keys, size, and what its type needs."""
    metadata.created(out, obj["metadata"], True, rules.names.subdomain, rules)
    data = obj.get("data") or {}
    _keys(out, data, "data", rules)
    # A token that is not signed yet is far below the limit: measuring it would sign it.
    if sum(len(value) for value in data.values() if type(value) is str) > MAX_SIZE and _size(data) > MAX_SIZE:
        out.append(status.too_long("data", rules.size.format(MAX_SIZE)))
    kind = obj.get("type") or ""
    if kind == TOKEN:
        if not (obj["metadata"].get("annotations") or {}).get(ACCOUNT):
            out.append(status.required(f"metadata.annotations[{ACCOUNT}]"))
    elif kind != "Opaque":
        _typed(out, kind, data, rules)


def _typed(out: list[FieldError], kind: str, data: Obj, rules: Rules) -> None:
    if kind in _JSON_KEYS:
        _docker(out, data, _JSON_KEYS[kind])
    elif kind == "kubernetes.io/basic-auth":
        if "username" not in data and "password" not in data:
            out.extend(status.required(f"{rules.secret_path}[{key}]") for key in ("username", "password"))
    elif kind == "kubernetes.io/ssh-auth":
        if not data.get("ssh-privatekey"):
            out.append(status.required(f"{rules.secret_path}[ssh-privatekey]"))
    elif kind == "kubernetes.io/tls":
        out.extend(status.required(f"data[{key}]") for key in ("tls.crt", "tls.key") if key not in data)


def _keys(out: list[FieldError], data: Obj, path: str, rules: Rules) -> None:
    for key in data:
        if texts := rules.names.config_key(key):
            out.extend(status.invalid_value(f"{path}[{key}]", key, text) for text in texts)


def _size(data: dict[str, Any]) -> int:
    """Bytes of base64 values."""
    return sum(len(value) * 3 // 4 - str(value[-2:]).count("=") for value in data.values() if type(value) is str)


def _docker(out: list[FieldError], data: Obj, key: str) -> None:
    """The content of a docker configuration is a JSON object."""
    if key not in data:
        out.append(status.required(f"data[{key}]"))
        return
    try:
        text = base64.b64decode(str(data[key])).decode()
    except (binascii.Error, UnicodeDecodeError):
        text = "?"
    if fault := _json_fault(text):
        out.append(status.invalid_value(f"data[{key}]", REDACTED, fault))


def _json_fault(text: str) -> str:
    """Why a text is no JSON object, in Go's words where they depend on its beginning only."""
    try:
        found = json.loads(text)
    except ValueError:
        first = text.strip()[:1]
        if not first or first in '{["':
            return "unexpected end of JSON input"
        return f"invalid character '{first}' looking for beginning of value"
    if isinstance(found, dict) or found is None:
        return ""
    kind = {list: "array", str: "string", bool: "bool"}.get(type(found), "number")
    return f"json: cannot unmarshal {kind} into Go value of type map[string]interface {{}}"


def secret_update(out: list[FieldError], new: Obj, old: Obj, rules: Rules) -> None:
    """The type stays; what is immutable stays."""
    metadata.updated(out, new["metadata"], old["metadata"], rules)
    if new.get("type") != old.get("type"):
        out.append(status.invalid_value("type", new.get("type") or "", metadata.IMMUTABLE))
    _frozen(out, new, old, ("data",))
    secret(out, new, rules)


def _frozen(out: list[FieldError], new: Obj, old: Obj, fields: tuple[str, ...]) -> None:
    if not old.get("immutable"):
        return
    if not new.get("immutable"):
        out.append(status.field_forbidden("immutable", FROZEN))
    for field in fields:
        if (new.get(field) or {}) != (old.get(field) or {}):
            out.append(status.field_forbidden(field, FROZEN))


def configmap(out: list[FieldError], obj: Obj, rules: Rules) -> None:
    """A ConfigMap: keys of both kinds of data, size."""
    metadata.created(out, obj["metadata"], True, rules.names.subdomain, rules)
    data, binary = obj.get("data") or {}, obj.get("binaryData") or {}
    for field, here, other, elsewhere in (("data", data, "binaryData", binary), ("binaryData", binary, "data", data)):
        for key in here:
            path = f"{field}[{key}]"
            out.extend(status.invalid_value(path, key, text) for text in rules.names.config_key(key))
            if key in elsewhere:
                out.append(status.invalid_value(path, key, f"duplicate of key present in {other}"))
    size = sum(len(value) for value in data.values()) + _size(binary)
    if size * 4 > MAX_SIZE and sum(len(_text(value).encode()) for value in data.values()) + _size(binary) > MAX_SIZE:
        # The path of a whole object is printed as [].
        out.append(status.too_long("[]", rules.size.format(MAX_SIZE)))


def _text(value: str | Lazy) -> str:
    return str(value)


def configmap_update(out: list[FieldError], new: Obj, old: Obj, rules: Rules) -> None:
    """What is immutable stays."""
    metadata.updated(out, new["metadata"], old["metadata"], rules)
    _frozen(out, new, old, ("data", "binaryData"))
    configmap(out, new, rules)
