"""Values as Go source, which `%#v` prints: what kubectl shows of an object that a template does not fit."""

from __future__ import annotations

import json
from typing import Any


def source(value: Any) -> str:
    """A value of JSON in Go's syntax."""
    if value is None:
        return "interface {}(nil)"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return "map[string]interface {}{" + ", ".join(f"{_text(key)}:{source(value[key])}" for key in sorted(value)) + "}"
    if isinstance(value, (list, tuple)):
        return "[]interface {}{" + ", ".join(source(one) for one in value) + "}"
    return repr(value) if isinstance(value, (int, float)) else _text(str(value))


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)
