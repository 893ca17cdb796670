"""Reading manifests: files, folders, patterns, many documents, lists of objects; what is wrong is told with its place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from glob import glob
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from sanb.errors import UsageError
from sanb.values import Obj

if TYPE_CHECKING:
    from sanb.yamlvalues import Fault

SUFFIXES: Final = (".json", ".yaml", ".yml")


class Document(NamedTuple):
    """One object and where it comes from: `file` is empty for text and values, `line` is its first line."""

    obj: Obj
    file: str = ""
    number: int = 1
    line: int = 1


class ManifestError(UsageError):
    """A manifest that cannot be read; the text says where, why, the likely cause and what to do next."""

def read(source: Any, recursive: bool = False) -> list[Document]:
    """The objects of a manifest: a path, a folder, a pattern (`*.yaml`), text, one object or a list of them.

    Lists (`kind: List`, `PodList`, ...) are taken apart.

    Raises:
        ManifestError: something cannot be read; nothing is returned then.
    """
    if isinstance(source, Mapping):
        return list(_objects(dict(source), "", 1, 1))
    if isinstance(source, (list, tuple)):
        return [
            document for number, one in enumerate(source, 1)
            for document in (_objects(dict(one), "", number, 1) if isinstance(one, Mapping) else read(one, recursive))
        ]
    if isinstance(source, str) and _is_text(source):
        return list(_parsed(source, ""))
    if not isinstance(source, (str, Path)):
        raise ManifestError(
            f"A manifest cannot be of type {type(source).__name__}. Give a path, a folder, a pattern like "
            "'manifests/*.yaml', YAML text, a dictionary, or a list of those."
        )
    return [document for path in _files(source, recursive) for document in _parsed(_content(path), str(path))]


def _is_text(source: str) -> bool:
    """Whether a string is a manifest itself rather than where one is."""
    return "\n" in source or source.lstrip()[:1] in ("{", "[") or ": " in source


def _files(source: str | Path, recursive: bool) -> list[Path]:
    """The files that a path or a pattern means, sorted."""
    place = Path(source)
    if place.is_dir():
        found = sorted(path for path in (place.rglob("*") if recursive else place.iterdir()) if path.suffix in SUFFIXES)
        if not found:
            deeper = "" if recursive else " Folders below it are not searched unless you say recursive=True."
            raise ManifestError(f"The folder {place} has no manifest: no file ends in .yaml, .yml or .json.{deeper}")
        return found
    if place.exists():
        return [place]
    found = sorted(Path(path) for path in glob(str(source), recursive=True))  # noqa: PTH207 (patterns may be absolute)
    if found:
        return [path for one in found for path in (_files(one, recursive) if one.is_dir() else [one])]
    raise ManifestError(
        f"There is no manifest {str(source)!r}: no such file or folder, seen from {Path.cwd()}. "
        "Check the spelling, or give the YAML text itself (it has more than one line or contains ': ')."
    )


def _content(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ManifestError(f"The manifest {path} cannot be read: {error}. It must be a text file in UTF-8.") from None


def _parsed(text: str, file: str) -> Iterator[Document]:
    from sanb.yamlvalues import Fault, documents  # yaml is slow to import

    number, line = 0, 1
    try:
        for value, line in documents(text, strict=True):
            number += 1
            yield from _objects(value, file, number, line)
    except Fault as fault:
        raise ManifestError(_explained(fault, text, file, number + 1)) from None


def _objects(value: Any, file: str, number: int, line: int) -> Iterator[Document]:
    """The object of a document, or those of a list."""
    if not isinstance(value, dict):
        kind = "a list" if isinstance(value, list) else "text" if isinstance(value, str) else f"the value {value}"
        raise ManifestError(
            f"{_place(file, number, line)} is {kind}, not an object. An object begins with apiVersion: and kind:. "
            + ("Several objects are separated by lines of three dashes." if isinstance(value, list) else "")
        )
    items = value.get("items")
    if str(value.get("kind", "")).endswith("List") and isinstance(items, list):
        kind, version = str(value["kind"]).removesuffix("List"), value.get("apiVersion")
        for item in items:
            inner = {"apiVersion": version, "kind": kind, **item} if kind and isinstance(item, dict) else item
            yield from _objects(inner, file, number, line)
        return
    if not isinstance(value.get("kind"), str) or not value["kind"]:
        raise ManifestError(
            f"{_place(file, number, line)} has no kind, so nobody can tell what it is. "
            "Write for example `kind: Pod` and `apiVersion: v1` at its top; is it perhaps indented by mistake?"
        )
    yield Document(value, file, number, line)


def _place(file: str, number: int, line: int) -> str:
    return f"{file or 'The manifest'}, document {number} (line {line})"


CAUSES: Final = (
    ("cannot start any token", "A tab where blanks should be, or a value begins with @ or %: use blanks or quotes"),
    ("tab character", "A tab stands where blanks should: indent with blanks"),
    ("mapping values are not allowed", "A value contains ': ', or a line is too far right: quote it, or align it"),
    ("did not find expected key", "A line is indented otherwise than its neighbours: align the keys of an object"),
    ("did not find expected '-' indicator", "A list goes on with a line that is no item: begin items with '- '"),
    ("did not find expected ',' or", "A bracket is not closed: close it, or write the list over several lines"),
    ("node content", "A bracket is not closed, or a value is missing: close it, or write the value"),
    ("unexpected end of stream", "A quote is not closed: close it"),
    ("already set in map", "The key stands there twice, perhaps copied and not renamed: remove or rename one"),
    ("anchor", "An alias (*name) needs its anchor (&name) above: define it, or quote a value that begins with *"),
)
"""What a complaint contains; its likely cause and what to do."""


def _explained(fault: Fault, text: str, file: str, number: int) -> str:
    """A complaint with where, why, the likely cause and the next step."""
    reason = str(fault).removeprefix("yaml: ").removeprefix("unmarshal errors:\n  ")
    reason = re.sub(r"^line \d+: ", "", reason)
    line = "".join(text.splitlines()[fault.line - 1:fault.line]).strip() if fault.line else ""
    shown = f": `{line}`" if line else ""
    head = f"{_place(file, number, max(fault.line, 1))} is no valid YAML: {reason}{shown}."
    otherwise = "Check the indentation and the quotes around it"
    return f"{head} {next((advice for words, advice in CAUSES if words in reason), otherwise)}."


def flattened(values: Iterable[Any]) -> list[Obj]:
    """The objects among values, lists of kind `...List` taken apart, without any check."""
    found: list[Obj] = []
    for value in values:
        items = value.get("items") if isinstance(value, dict) and str(value.get("kind", "")).endswith("List") else None
        found.extend(items if isinstance(items, list) else [value])
    return found
