"""What `fieldValidation` complains about beside unknown fields: keys that a body names twice.

A parser keeps the last of them, so it is the text that tells. Whoever reads a text that has some hands the complaints on as
the option `duplicates`: the text itself where complaints about unknown fields come in between (objects in JSON), else a list.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any, Final

from sanb.apiserver.types import Field, Type
from sanb.apiserver.types.readers import Compiler

Duplicates = str | list[str]
YAML_LINE: Final = "line "
OPERATION: Final = ("op", "path", "from", "value")


class Pairs(list[tuple[str, Any]]):
    """An object as it is written."""


def written(text: str) -> Any:
    """The value of a JSON text with its objects as they are written."""
    return json.loads(text, object_pairs_hook=Pairs)


def sentence(complaints: Iterable[str]) -> str:
    """The complaints as one error; those about lines of YAML are one among the others."""
    lines = [one for one in complaints if one.startswith(YAML_LINE)]
    others = [one for one in complaints if not one.startswith(YAML_LINE)]
    return "strict decoding error: " + ", ".join([yaml_error(lines), *others] if lines else others)


def yaml_error(lines: Iterable[str]) -> str:
    """Complaints about lines as the parser puts them together."""
    return "\n  ".join(("yaml: unmarshal errors:", *lines))


# ---------------------------------------------------------------------- without a schema


def repeated(text: str) -> list[str]:
    """The keys of a JSON text that are there twice, in the order in which they come."""
    return list(dict.fromkeys(_repeated(written(text), "")))


def _repeated(value: Any, path: str) -> Iterator[str]:
    if isinstance(value, Pairs):
        seen: dict[str, None] = {}
        for key, item in value:
            here = f"{path}.{key}" if path else key
            if key in seen:
                yield _twice(here)
            seen[key] = None
            yield from _repeated(item, here)
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from _repeated(item, f"{path}[{number}]")


def _twice(path: str) -> str:
    return f'duplicate field "{path}"'


def operations(text: str) -> list[str]:
    """What there is to say about the operations of a JSON patch: keys that are there twice, and keys that mean nothing."""
    return list(dict.fromkeys(f"json patch {one}" for one in _operations(written(text))))


def _operations(patch: Any) -> Iterator[str]:
    for number, operation in enumerate(patch if isinstance(patch, list) else ()):
        if not isinstance(operation, Pairs):
            continue
        seen: dict[str, None] = {}
        for key, item in operation:
            here = f"[{number}].{key}"
            if key not in OPERATION:
                yield f'unknown field "{here}"'
            elif key in seen:
                yield _twice(here)
            seen[key] = None
            if key == "value":
                yield from _repeated(item, here)


# ---------------------------------------------------------------------- with a schema


def complaints(compiler: Compiler, struct: Type, text: str) -> tuple[str, ...]:
    """What there is to say about an object in JSON: fields that are unknown or there twice, in the order of the text."""
    return tuple(dict.fromkeys(_object(compiler, struct, written(text), "")))


def _object(compiler: Compiler, struct: Type, value: Any, path: str) -> Iterator[str]:
    seen: dict[str, None] = {}
    for key, item in value if isinstance(value, Pairs) else ():
        field = struct.field(key)
        here = f"{path}.{key}" if path else key
        if field is None or not compiler.knows(field):
            yield f'unknown field "{here}"'
            continue
        if key in seen:
            yield _twice(here)
        seen[key] = None
        yield from _field(compiler, field, item, here)


def _field(compiler: Compiler, field: Field, item: Any, path: str) -> Iterator[str]:
    if field.type is None:
        yield from _repeated(item, path)
    elif field.kind == "object":
        yield from _object(compiler, field.type, item, path)
    elif isinstance(item, Pairs):
        seen: dict[str, None] = {}
        for key, one in item:
            if key in seen:
                yield _twice(f"{path}.{key}")
            seen[key] = None
            yield from _object(compiler, field.type, one, f"{path}.{key}")
    else:
        for number, one in enumerate(item if isinstance(item, list) else ()):
            yield from _object(compiler, field.type, one, f"{path}[{number}]")
