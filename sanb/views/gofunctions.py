"""The functions of Go templates, and how Go prints values."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from sanb.values import Lazy

MISSING: Final = object()
"""What is not there."""


class TemplateError(ValueError):
    """The template cannot be read, or asks for what is not there."""


def show(value: Any) -> str:
    """A value as Go prints it."""
    if isinstance(value, Lazy):
        value = str(value)
    if value is MISSING or value is None:
        return "<no value>"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Mapping):
        return "map[" + " ".join(f"{key}:{show(value[key])}" for key in sorted(value)) + "]"
    if isinstance(value, (list, tuple)):
        return "[" + " ".join(show(one) for one in value) + "]"
    if isinstance(value, (int, float)):
        return _number(value)
    return str(value)


def _number(value: float) -> str:
    if abs(value) >= 1e21 or (isinstance(value, float) and not value.is_integer()):
        return repr(float(value))
    return str(int(value))


def true(value: Any) -> bool:
    return value is not MISSING and bool(value)


def plain_value(value: Any) -> Any:
    return str(value) if isinstance(value, Lazy) else value


def _length(value: Any) -> int:
    value = plain_value(value)
    if value is MISSING or value is None:
        raise TemplateError("error calling len: reflect: call of reflect.Value.Type on zero Value")
    if isinstance(value, (bool, int, float)):
        raise TemplateError(f"error calling len: len of type {go_type(value)}")
    return len(value.encode()) if isinstance(value, str) else len(value)


def _decoded(value: Any) -> str:
    if not isinstance(plain_value(value), str):
        raise TemplateError("invalid value; expected string")
    try:
        return base64.b64decode(str(value), validate=True).decode()
    except (binascii.Error, ValueError):
        text = str(value)
        wrong = re.search(r"[^A-Za-z0-9+/=\r\n]", text)
        place = wrong.start() if wrong else len(text) - len(text) % 4
        raise TemplateError(
            f"error calling base64decode: base64 decode failed: illegal base64 data at input byte {place}"
        ) from None


def _index(value: Any, *keys: Any) -> Any:
    for key in keys:
        value = plain_value(value)
        if value is MISSING or value is None:
            raise TemplateError("error calling index: index of untyped nil")
        if isinstance(value, Mapping):
            value = value.get(key, MISSING)
        elif isinstance(value, (list, tuple)):
            if not isinstance(key, int) or not 0 <= key < len(value):
                raise TemplateError(f"error calling index: index out of range: {key}")
            value = value[key]
        else:
            raise TemplateError(f"error calling index: can't index item of type {go_type(value)}")
    return value


def _printf(form: Any, *values: Any) -> str:
    rest = list(values)

    def one(found: re.Match[str]) -> str:
        if found[0] == "%%":
            return "%"
        value = rest.pop(0) if rest else ""
        if value is MISSING or value is None:
            return "<nil>" if found[0][-1] == "v" else f"%!{found[0][-1]}(<nil>)"
        if found[0][-1] == "q":
            return json.dumps(show(value), ensure_ascii=False)
        return show(value)

    return re.sub(r"%[-+ 0-9.]*[a-zA-Z%]", one, str(form))


def _exists(value: Any, *keys: Any) -> bool:
    try:
        return _index(value, *keys) is not MISSING
    except TemplateError:
        return False


def _ordered(test: Callable[[Any, Any], bool]) -> Callable[..., bool]:
    def function(left: Any, *others: Any) -> bool:
        try:
            return any(test(left, other) for other in others)
        except TypeError:
            raise TemplateError("error calling comparison: incompatible types for comparison") from None

    return function


FUNCTIONS: Final[Mapping[str, Callable[..., Any]]] = {
    "base64decode": _decoded,
    "exists": _exists,
    "index": _index,
    "len": _length,
    "printf": _printf,
    "print": lambda *values: "".join(show(value) for value in values),
    "println": lambda *values: " ".join(show(value) for value in values) + "\n",
    "not": lambda value: not true(value),
    "and": lambda *values: next((value for value in values if not true(value)), values[-1]),
    "or": lambda *values: next((value for value in values if true(value)), values[-1]),
    "eq": _ordered(lambda left, right: bool(plain_value(left) == plain_value(right))),
    "ne": lambda left, right: plain_value(left) != plain_value(right),
    "lt": _ordered(lambda left, right: bool(left < right)),
    "le": _ordered(lambda left, right: bool(left <= right)),
    "gt": _ordered(lambda left, right: bool(left > right)),
    "ge": _ordered(lambda left, right: bool(left >= right)),
    "slice": lambda value, *ends: str(value)[slice(*ends)],
    "urlquery": str,
    "html": str,
    "js": str,
}


def go_type(value: Any) -> str:
    kinds = {bool: "bool", int: "float64", float: "float64", list: "[]interface {}"}
    return kinds.get(type(value), "string")
