"""Manifests that commands read and write: -f, -o yaml, -o json."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from sanb import manifests
from sanb.kubectl.result import error
from sanb.values import Obj, json_default
from sanb.yamltext import to_yaml

__all__ = ["STDIN", "Document", "parse", "read", "to_json", "to_yaml"]

STDIN: Final = "STDIN"
_SUFFIXES: Final = (".json", ".yaml", ".yml")


class Document(NamedTuple):
    """One object of a manifest and where it comes from, as messages name it."""

    source: str
    obj: Obj


def to_json(value: Any) -> str:
    """A value as JSON with sorted keys, indented by four blanks."""
    text = json.dumps(value, indent=4, sort_keys=True, ensure_ascii=False, default=json_default)
    for letter, code in (("<", "\\u003c"), (">", "\\u003e"), ("&", "\\u0026")):
        text = text.replace(letter, code)
    return text + "\n"


def read(path: str, stdin: str | Sequence[Document] | None, recursive: bool = False) -> list[Document]:
    """The objects of a file, a directory or, for `-`, of the standard input.

    Raises:
        Failure: there is no such file, or it cannot be parsed.
    """
    if path == "-":
        return parse(stdin or "", STDIN) if stdin is None or isinstance(stdin, str) else list(stdin)
    place = Path(path)
    if place.is_dir():
        found = sorted(one for one in (place.rglob("*") if recursive else place.iterdir()) if one.suffix in _SUFFIXES)
        return [document for one in found for document in parse(one.read_text(), str(one))]
    try:
        return parse(place.read_text(), path)
    except OSError:
        raise error(f'the path "{path}" does not exist') from None


def parse(text: str, source: str) -> list[Document]:
    """The objects of a text; lists are taken apart.

    Raises:
        Failure: it is neither YAML nor JSON.
    """
    try:
        bodies = [body for body, _ in manifests.documents(text)]
    except ValueError as problem:
        raise error(f"error parsing {source}: error converting YAML to JSON: {problem}") from None
    found: list[Document] = []
    for body in bodies:
        if not isinstance(body, dict):
            raise error(
                f'error validating "{source}": error validating data: invalid object to validate; if you choose to '
                "ignore these errors, turn validation off with --validate=false"
            )
        found.extend(Document(source, item) for item in manifests.flattened([body]))
    return found

