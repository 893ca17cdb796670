"""Text to values: the only place with a YAML parser.

Values are read as the API server reads them (sigs.k8s.io/yaml): `yes` and `on` are booleans, `010` is eight, times stay
text, keys become text. Nothing is ever constructed but dictionaries, lists and scalars.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any, Final

import yaml

from sanb.values import Obj

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


def repeated(text: str) -> list[str]:
    """The lines of a readable text in which a dictionary names a key again: `line 3: key "a" already set in map`."""
    found: list[str] = []
    with suppress(yaml.YAMLError, RecursionError):
        _note_repeated(yaml.compose(text, Loader=_Loader), found, {})
    return found


def _note_repeated(node: yaml.Node | None, found: list[str], seen: dict[int, None]) -> None:
    """A value is read before it is put into its dictionary: what it has inside comes first."""
    if id(node) in seen or not isinstance(node, yaml.CollectionNode):
        return
    seen[id(node)] = None
    if isinstance(node, yaml.SequenceNode):
        for item in node.value:
            _note_repeated(item, found, seen)
        return
    keys: dict[str, None] = {}
    for key_node, value_node in node.value:
        _note_repeated(value_node, found, seen)
        if key_node.value == "<<" and key_node.tag in (_PLAIN, _STANDARD + "merge"):
            continue
        key = _key(key_node)
        if key in keys:
            quoted = json.dumps(key, ensure_ascii=False) if isinstance(_scalar(key_node), str) else key
            found.append(f"line {value_node.start_mark.line + 1}: key {quoted} already set in map")
        keys[key] = None


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
