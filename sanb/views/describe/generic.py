"""Descriptions of kinds that have none of their own: every field, with its name made readable."""

from __future__ import annotations

import re
from typing import Any, Final, NamedTuple

from sanb.values import Obj, plain
from sanb.views.describe.common import Reader, events, labels, line, notes

SKIPPED: Final = (
    ".metadata.name",
    ".metadata.namespace",
    ".metadata.labels",
    ".metadata.annotations",
    ".metadata.managedFields",
)
HIDES: Final = {"1.10": False, "1.21": True}
"""Whether it is left out who manages which field."""
PLAINLY: Final = {"1.10": False, "1.36": True}
"""Whether words are parted only where a capital letter follows a small one."""
ACRONYMS: Final = ("API", "URL", "UID", "OSB", "GUID")
PARTS: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z][a-z]*|[a-z]+")


class Manner(NamedTuple):
    """How a minor tells fields."""

    skipped: tuple[str, ...]
    plainly: bool


def other(obj: Obj, reader: Reader) -> str:
    """A kind without a description of its own."""
    metadata = obj["metadata"]
    place = line("Name", metadata.get("name", "")) + line("Namespace", metadata.get("namespace", ""))
    marks = labels(metadata.get("labels")) + notes(metadata.get("annotations"), reader.profile)
    manner = Manner(SKIPPED if reader.profile.pick(HIDES) else SKIPPED[:-1], reader.profile.pick(PLAINLY))
    return place + marks + _content(plain(obj), 0, "", manner) + events(obj, reader)


def _content(content: Obj, level: int, path: str, manner: Manner) -> str:
    body, space = "", "  " * level
    for field in sorted(content):
        value, where = content[field], f"{path}.{field}"
        if where in manner.skipped:
            continue
        title = label(field, plainly=manner.plainly)
        if isinstance(value, dict):
            body += f"{space}{title}:\n" + _content(value, level + 1, where, manner)
        elif isinstance(value, list):
            body += f"{space}{title}:\n" + "".join(_item(one, level + 1, where, manner) for one in value)
        else:
            body += f"{space}{title}:\t{_shown(value)}\n"
    return body


def _item(value: Any, level: int, path: str, manner: Manner) -> str:
    return _content(value, level, path, manner) if isinstance(value, dict) else f"{'  ' * level}{_shown(value)}\n"


def _shown(value: Any) -> str:
    if value is None:
        return "<nil>"
    return str(value).lower() if isinstance(value, bool) else str(value)


def label(field: str, *, plainly: bool = False) -> str:
    """A field's name as words: `apiVersion` is `API Version`; `plainly` parts words at capital letters behind small ones only."""
    if not re.fullmatch(r"[A-Za-z-]+", field):
        return field
    parts = (re.sub("([a-z])([A-Z])", r"\1 \2", piece).split() if plainly else PARTS.findall(piece) for piece in field.split("-"))
    words = [word for part in parts for word in part]
    return " ".join(word.upper() if word.upper() in ACRONYMS else word[:1].upper() + word[1:] for word in words)
