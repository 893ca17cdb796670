"""Reading manifests: YAML and JSON, files, folders, many documents. The only place with a YAML parser.

Values are read as the API server reads them (sigs.k8s.io/yaml): `yes` and `on` are booleans, `010` is eight, times stay
text, keys become text. Nothing is ever constructed but dictionaries, lists and scalars.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from glob import glob
from pathlib import Path
from typing import Any, Final, NamedTuple

import yaml

from sanb.errors import UsageError
from sanb.values import Obj

SUFFIXES: Final = (".json", ".yaml", ".yml")
DEEPEST: Final = 300
"""Deeper nested documents are refused: nobody writes them, and they exhaust the parser."""
_PLAIN: Final = "plain"
_STANDARD: Final = "tag:yaml.org,2002:"
_WORDS: Final[Mapping[str, Any]] = {
    **dict.fromkeys(("y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"), True),
    **dict.fromkeys(("n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"), False),
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
}
_INTEGER: Final = re.compile(r"[-+]?(0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|0|[1-9][0-9]*)")
_BRACKETS: Final = re.compile(r"[\[\]{}]|\n---")
_FLOAT: Final = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_INFINITE: Final = {
    **{sign + word: f"{sign or '+'}Inf" for sign in ("", "+", "-") for word in (".inf", ".Inf", ".INF")},
    **dict.fromkeys((".nan", ".NaN", ".NAN"), "NaN"),
}


class Document(NamedTuple):
    """One object and where it comes from: `file` is empty for text and values, `line` is its first line."""

    obj: Obj
    file: str = ""
    number: int = 1
    line: int = 1


class ManifestError(UsageError):
    """A manifest that cannot be read; the text says where, why, the likely cause and what to do next."""


class Fault(ValueError):
    """Text that is no YAML; `line` is the line of the text where it went wrong, 0 if unknown."""

    def __init__(self, text: str, line: int = 0) -> None:
        super().__init__(text)
        self.line = line


class _Tagless:
    """Scalars are not told apart by the parser: one tag marks all that are written plain."""

    def resolve(self, kind: Any, value: Any, implicit: Any) -> str:
        """The tag of a node that has none."""
        if kind is yaml.ScalarNode:
            return _PLAIN if implicit[0] else f"{_STANDARD}str"
        return f"{_STANDARD}seq" if kind is yaml.SequenceNode else f"{_STANDARD}map"


class _PythonLoader(_Tagless, yaml.SafeLoader):
    """The parser in Python."""


_Loader: Any = _PythonLoader
if yaml.__with_libyaml__:
    class _FastLoader(_Tagless, yaml.CSafeLoader):
        """The parser in C."""

    _Loader = _FastLoader


# ---------------------------------------------------------------------- text to values


def read_yaml(text: str, strict: bool = False) -> Any:
    """The value of the first YAML document of a text; JSON is YAML.

    `strict` refuses dictionaries that name a key twice; otherwise the last one counts.

    Raises:
        ValueError: in the words of Go's parser, `yaml: line 2: did not find expected key`.
    """
    for value, _ in documents(text, strict):
        return value
    return None


def documents(text: str, strict: bool = False, loader: Any = None) -> Iterator[tuple[Any, int]]:
    """The values of all YAML documents of a text, each with the line that it begins in; empty documents are left out.

    Raises:
        ValueError: in the words of Go's parser.
    """
    parser = loader or _Loader
    if text.lstrip()[:1] == "{":
        with suppress(json.JSONDecodeError, RecursionError):
            yield from list(_json_documents(text, strict))
            return
    _check_depth(text, parser)
    try:
        reader = parser(text)
        while reader.check_node():
            node = reader.get_node()
            value = _Values(strict).of(node)
            if value is not None:
                yield value, node.start_mark.line + 1
    except yaml.MarkedYAMLError as problem:
        raise _go_fault(problem, text) from None
    except yaml.reader.ReaderError:
        raise Fault("yaml: control characters are not allowed") from None
    except RecursionError:
        raise Fault(f"yaml: exceeded max depth of {DEEPEST}") from None


def _json_documents(text: str, strict: bool) -> Iterator[tuple[Any, int]]:
    """The same for a text of JSON objects: faster, and characters beyond 16 bits are read right."""
    def no_number(word: str) -> Any:
        raise json.JSONDecodeError(word, text, 0)

    decoder = json.JSONDecoder(
        object_pairs_hook=_distinct if strict else None, parse_float=plain, parse_constant=no_number
    )
    place, end = 0, len(text.rstrip())
    while place < end:
        place += len(text[place:]) - len(text[place:].lstrip())
        line = text.count("\n", 0, place) + 1
        value, place = decoder.raw_decode(text, place)
        yield value, line


def _distinct(pairs: list[tuple[str, Any]]) -> Obj:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for number, name in enumerate(names) if name in names[:number])
        raise Fault(f'json: key "{twice}" already set in map')
    return found


def _check_depth(text: str, parser: Any) -> None:
    """Refuse what is nested too deep, before the parser recurses into it."""
    depth = deepest = 0
    for bracket in _BRACKETS.findall(text):
        depth = depth + 1 if bracket in "[{" else 0 if bracket == "\n---" else depth - 1
        deepest = max(deepest, depth)
    if deepest < DEEPEST and text.count("- - ") < DEEPEST:
        return
    depth = 0
    with suppress(yaml.YAMLError):
        for event in yaml.parse(text, Loader=parser):
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
                if depth > DEEPEST:
                    raise Fault(f"yaml: exceeded max depth of {DEEPEST}")
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1


class _Values:
    """Makes values of the nodes of one document; what is named twice by an alias is one value."""

    def __init__(self, strict: bool) -> None:
        self._strict = strict
        self._made: dict[int, Any] = {}

    def of(self, node: yaml.Node) -> Any:
        if isinstance(node, yaml.ScalarNode):
            return _scalar(node)
        known = self._made.get(id(node), self)
        if known is not self:
            if known is _OPEN:
                raise Fault("yaml: an anchor contains itself", node.start_mark.line + 1)
            return known
        self._made[id(node)] = _OPEN
        made = [self.of(item) for item in node.value] if isinstance(node, yaml.SequenceNode) else self._mapping(node)
        self._made[id(node)] = made
        return made

    def _mapping(self, node: yaml.MappingNode) -> Obj:
        made: Obj = {}
        merged: Obj = {}
        for key_node, value_node in node.value:
            if key_node.value == "<<" and key_node.tag in (_PLAIN, _STANDARD + "merge"):
                for one in self._merged(value_node):
                    merged = {**one, **merged}
                continue
            key = _key(key_node)
            if self._strict and key in made:
                line = key_node.start_mark.line + 1
                raise Fault(f'yaml: unmarshal errors:\n  line {line}: key "{key}" already set in map', line)
            made[key] = self.of(value_node)
        return {**merged, **made} if merged else made

    def _merged(self, node: yaml.Node) -> list[Obj]:
        values = [self.of(item) for item in node.value] if isinstance(node, yaml.SequenceNode) else [self.of(node)]
        if not all(isinstance(value, dict) for value in values):
            raise Fault("yaml: map merge requires map or sequence of maps as the value", node.start_mark.line + 1)
        return values


_OPEN: Final = object()


def _key(node: yaml.Node) -> str:
    """A key as text, as JSON has it."""
    if not isinstance(node, yaml.ScalarNode):
        raise Fault("yaml: invalid map key: only scalars can be keys", node.start_mark.line + 1)
    value = _scalar(node)
    return value if isinstance(value, str) else json.dumps(value)


def _scalar(node: yaml.ScalarNode) -> Any:
    tag, text = node.tag, node.value
    if tag == _PLAIN:
        return plain(text, node.start_mark.line + 1)
    kind = tag.removeprefix(_STANDARD)
    if kind in ("str", "!", "binary", "timestamp") or not tag.startswith(_STANDARD):
        return text
    value = plain(text, node.start_mark.line + 1)
    if not isinstance(value, _TAGGED.get(kind, ())):
        raise Fault(f"yaml: cannot decode `{text}` as a !!{kind}", node.start_mark.line + 1)
    return float(value) if kind == "float" else value


_TAGGED: Final[Mapping[str, Any]] = {"bool": bool, "int": int, "float": (int, float), "null": type(None)}


def plain(text: str, line: int = 0) -> Any:
    """The value of a scalar that is written without quotes."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in "+-.0123456789":
        return text
    digits = text.replace("_", "")
    if _INTEGER.fullmatch(digits):
        return _integer(digits)
    if _FLOAT.fullmatch(digits):
        number = float(digits)
        return int(number) if number.is_integer() and abs(number) < 1e21 else number
    if text in _INFINITE:
        raise Fault(f"json: unsupported value: {_INFINITE[text]}", line)
    return text


def _integer(digits: str) -> int:
    sign, body = (-1, digits[1:]) if digits[0] == "-" else (1, digits.lstrip("+"))
    if len(body) > 1 and body[0] == "0" and body[1].isdigit():
        return sign * int(body, 8)
    return sign * int(body, 0)


# ---------------------------------------------------------------------- complaints in Go's words

_PYTHON_WORDS: Final = (
    (re.compile(r", but (got|found) .*$"), ""),
    (re.compile(r"^expected <block end>$"), "did not find expected key"),
    (re.compile(r"^expected the node content$"), "did not find expected node content"),
    (re.compile(r"^expected "), "did not find expected "),
    (re.compile(r"^mapping values are not allowed here$"), "mapping values are not allowed in this context"),
    (re.compile(r"^found character .* that cannot start any token$"), "found character that cannot start any token"),
)


def _go_fault(problem: yaml.MarkedYAMLError, source: str) -> Fault:
    """A complaint of either parser in the words of Go's, which is the C parser's twin."""
    text = problem.problem or "unknown problem parsing YAML content"
    last = problem.problem_mark or problem.context_mark
    place = last.line + 1 if last is not None else 0
    if text == "exceeded maximum nesting depth":
        return Fault(f"yaml: exceeded max depth of {DEEPEST}")
    if last is not None and text.startswith("found undefined alias"):
        found = re.match(r"\*([\w-]+)", source.splitlines()[last.line][last.column:])
        return Fault(f"yaml: unknown anchor '{found.group(1) if found else ''}' referenced", place)
    if problem.context == "while parsing a block collection":
        text = text.replace("<block end>", "'-' indicator")
    for pattern, words in _PYTHON_WORDS:
        text = pattern.sub(words, text)
    marks = (problem.problem_mark, problem.context_mark)
    line = next((mark.line for mark in marks if mark is not None and mark.line), 0)
    shown = line + isinstance(problem, yaml.scanner.ScannerError) if line else 0
    return Fault(f"yaml: line {shown}: {text}" if shown else f"yaml: {text}", place)


# ---------------------------------------------------------------------- manifests


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
