"""Manifests that commands read and write: -f, -o yaml, -o json."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from sanb import manifests, yamlvalues
from sanb.kubectl.result import error
from sanb.kubectl.shape import NO_OBJECT, invalid
from sanb.values import Obj, json_default
from sanb.yamltext import to_yaml

__all__ = ["STDIN", "Document", "parse", "read", "to_json", "to_yaml"]

STDIN: Final = "STDIN"
ESCAPED: Final = (("<", "\\u003c"), (">", "\\u003e"), ("&", "\\u0026"), ("\u2028", "\\u2028"), ("\u2029", "\\u2029"))
"""What Go writes differently in JSON."""
_SUFFIXES: Final = (".json", ".yaml", ".yml")


class Document(NamedTuple):
    """One object of a manifest and where it comes from, as messages name it."""

    source: str
    obj: Obj


def to_json(value: Any) -> str:
    """A value as JSON with sorted keys, indented by four blanks."""
    text = json.dumps(value, indent=4, sort_keys=True, ensure_ascii=False, default=json_default)
    for letter, code in ESCAPED:
        text = text.replace(letter, code)
    return text + "\n"


def read(path: str, stdin: str | Sequence[Document] | None, recursive: bool = False) -> list[Document]:
    """The objects of a file, a directory or, for `-`, of the standard input.

    Raises:
        Failure: there is no such file, or it cannot be parsed.
    """
    if path == "-":
        return parse(stdin or "", STDIN) if stdin is None or isinstance(stdin, str) else list(stdin)
    if path.startswith(("http://", "https://")):
        raise error(f'"{path}" is not read: sanb fetches nothing from the network. Download it and give the file')
    place = Path(path)
    if place.is_dir():
        found = sorted(one for one in (place.rglob("*") if recursive else place.iterdir()) if one.suffix in _SUFFIXES)
        if not found:
            raise error(f"error reading [{path}]: recognized file extensions are [.json .yaml .yml]")
        return [document for one in found for document in parse(_content(one), str(one))]
    try:
        return parse(_content(place), path)
    except OSError:
        raise error(f'the path "{path}" does not exist') from None


def _content(path: Path) -> str:
    """The text of a file; what is no UTF-8 becomes the sign for that, as Go reads it."""
    return path.read_text(encoding="utf-8-sig", errors="replace")


def parse(text: str, source: str) -> list[Document]:
    """The objects of a text; lists are taken apart.

    Raises:
        Failure: it is neither YAML nor JSON.
    """
    try:
        bodies = [body for body, _ in yamlvalues.documents(text)]
    except ValueError as problem:
        raise error(f"error parsing {source}: error converting YAML to JSON: {_worded(problem, text)}") from None
    found: list[Document] = []
    for body in bodies:
        if not isinstance(body, dict) or (body.get("kind") == "List" and not isinstance(body.get("items"), list)):
            raise invalid(source, NO_OBJECT)
        found.extend(Document(source, in_order(item)) for item in manifests.flattened([body]))
    return found


def in_order(value: Any) -> Any:
    """The value with sorted keys, as Go writes it into the bodies of requests."""
    if isinstance(value, dict):
        return {key: in_order(value[key]) for key in sorted(value)}
    return [in_order(one) for one in value] if isinstance(value, list) else value


def _worded(problem: ValueError, text: str) -> str:
    """What is wrong with YAML, in Go's words."""
    if "contains itself" in str(problem):
        found = re.search(r"&([\w-]+)", text)
        return f"yaml: anchor '{found[1] if found else ''}' value contains itself"
    return str(problem)
