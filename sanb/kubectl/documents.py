"""Manifests that commands read and write: -f, -o yaml, -o json."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, Final, NamedTuple

import yaml

from sanb import manifests
from sanb.kubectl.result import error
from sanb.values import Obj, json_default, plain

STDIN: Final = "STDIN"
_SUFFIXES: Final = (".json", ".yaml", ".yml")


class Document(NamedTuple):
    """One object of a manifest and where it comes from, as messages name it."""

    source: str
    obj: Obj


class _Dumper(yaml.SafeDumper):
    """YAML as kubectl writes it."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


_AMBIGUOUS: Final = re.compile(r"^(y|n|yes|no|on|off|Y|N|Yes|No|On|Off|YES|NO|ON|OFF)$")


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    if "\n" in value and not re.search(r"[ \t]\n|^\s", value):
        return dumper.represent_scalar("tag:yaml.org,2002:str", value, style="|")
    plain_tag = dumper.resolve(  # type: ignore[no-untyped-call]
        yaml.ScalarNode, value, (True, False)
    )
    style = '"' if plain_tag != "tag:yaml.org,2002:str" or _AMBIGUOUS.match(value) or not value else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


_Dumper.add_representer(str, _text)


def to_yaml(value: Any) -> str:
    """A value as YAML with sorted keys."""
    text: str = yaml.dump(plain(value), Dumper=_Dumper, sort_keys=True, width=10**9, allow_unicode=True)
    return text


def to_json(value: Any) -> str:
    """A value as JSON with sorted keys, indented by four blanks."""
    text = json.dumps(value, indent=4, sort_keys=True, ensure_ascii=False, default=json_default)
    for letter, code in (("<", "\\u003c"), (">", "\\u003e"), ("&", "\\u0026")):
        text = text.replace(letter, code)
    return text + "\n"


def read(path: str, stdin: str | None, recursive: bool = False) -> list[Document]:
    """The objects of a file, a directory or, for `-`, of the standard input.

    Raises:
        Failure: there is no such file, or it cannot be parsed.
    """
    if path == "-":
        return parse(stdin or "", STDIN)
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
            what = "array" if isinstance(body, list) else "string" if isinstance(body, str) else "number"
            raise error(
                f'error validating "{source}": error validating data: invalid object to validate; if you choose to '
                "ignore these errors, turn validation off with --validate=false"
                if what != "array"
                else f'unable to decode "{source}": json: cannot unmarshal array into Go value of type '
                "unstructured.detector"
            )
        found.extend(Document(source, item) for item in manifests.flattened([body]))
    return found

