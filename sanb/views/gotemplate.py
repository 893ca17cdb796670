"""Go templates as `-o go-template` has them: fields, range, if, with, variables, pipelines and the usual functions."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from sanb.values import Lazy


class TemplateError(ValueError):
    """The template cannot be read, or asks for what is not there."""


class Text(NamedTuple):
    """Text that is printed as it is."""

    text: str


class Block(NamedTuple):
    """An action; `if`, `range` and `with` have a body and what comes after `else`."""

    word: str
    words: list[str]
    body: list[Any]
    other: list[Any]


_ACTION: Final = re.compile(r"\{\{(-\s)?\s*((?:\"(?:\\.|[^\"\\])*\"|`[^`]*`|[^}\"`]|\}(?!\}))*?)\s*(\s-)?\}\}", re.S)
_WORD: Final = re.compile(r"\"(?:\\.|[^\"\\])*\"|`[^`]*`|:=|[|(),=]|[^\s|(),\"`=:]+")
_MISSING: Final = object()


def render(template: str, data: Any) -> str:
    """The template filled in.

    Raises:
        TemplateError: it is malformed, or a function cannot be applied.
    """
    pieces = list(_pieces(template))
    body, rest, word = _block(pieces, 0)
    if word:
        raise TemplateError(f"unexpected {{{{{word}}}}}")
    assert rest == len(pieces)
    return _Run(data).all(body, data)


# ---------------------------------------------------------------------- reading


def _pieces(template: str) -> Iterator[Text | list[str]]:
    place, trim = 0, False
    for found in _ACTION.finditer(template):
        text = template[place : found.start()]
        text = text.lstrip() if trim else text
        if found[1]:
            text = text.rstrip()
        if text:
            yield Text(text)
        place, trim = found.end(), bool(found[3])
        if not found[2].startswith("/*"):
            yield list(_WORD.findall(found[2]))
    rest = template[place:]
    if "{{" in rest:
        raise TemplateError("unclosed action")
    rest = rest.lstrip() if trim else rest
    if rest:
        yield Text(rest)


def _block(pieces: list[Any], place: int) -> tuple[list[Any], int, str]:
    """The nodes up to `end` or `else`, where they end, and which of the two it was."""
    nodes: list[Any] = []
    while place < len(pieces):
        piece = pieces[place]
        place += 1
        if isinstance(piece, Text):
            nodes.append(piece)
            continue
        if not piece:
            raise TemplateError("missing value for command")
        if piece[0] in ("end", "else"):
            return nodes, place, " ".join(piece)
        if piece[0] in ("if", "range", "with"):
            if len(piece) == 1:
                raise TemplateError(f"missing value for {piece[0]}")
            node, place = _opened(pieces, place, piece)
            nodes.append(node)
        else:
            nodes.append(Block("", piece, [], []))
    return nodes, place, ""


def _opened(pieces: list[Any], place: int, piece: list[str]) -> tuple[Block, int]:
    body, place, word = _block(pieces, place)
    other: list[Any] = []
    if word.startswith("else if"):
        inner, place = _opened(pieces, place, word.split()[1:] if '"' not in word else pieces[place - 1][1:])
        return Block(piece[0], piece[1:], body, [inner]), place
    if word == "else":
        other, place, word = _block(pieces, place)
    if word != "end":
        raise TemplateError("unexpected EOF")
    return Block(piece[0], piece[1:], body, other), place


# ---------------------------------------------------------------------- values


def show(value: Any) -> str:
    """A value as Go prints it."""
    if isinstance(value, Lazy):
        value = str(value)
    if value is _MISSING or value is None:
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


def _true(value: Any) -> bool:
    return value is not _MISSING and bool(value)


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, Lazy) else value


def _decoded(value: Any) -> str:
    try:
        return base64.b64decode(str(value), validate=True).decode()
    except (binascii.Error, ValueError) as problem:
        raise TemplateError(f"error calling base64decode: {problem}") from None


def _index(value: Any, *keys: Any) -> Any:
    for key in keys:
        value = _plain(value)
        if isinstance(value, Mapping):
            value = value.get(key, _MISSING)
        elif isinstance(value, (list, tuple)):
            if not isinstance(key, int) or not 0 <= key < len(value):
                raise TemplateError(f"error calling index: index out of range: {key}")
            value = value[key]
        else:
            raise TemplateError(f"error calling index: can't index item of type {type(value).__name__}")
    return value


def _printf(form: Any, *values: Any) -> str:
    rest = list(values)

    def one(found: re.Match[str]) -> str:
        if found[0] == "%%":
            return "%"
        value = rest.pop(0) if rest else ""
        if found[0][-1] == "q":
            return '"' + show(value) + '"'
        return show(value)

    return re.sub(r"%[-+ 0-9.]*[a-zA-Z%]", one, str(form))


def _exists(value: Any, *keys: Any) -> bool:
    try:
        return _index(value, *keys) is not _MISSING
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
    "len": lambda value: len(_plain(value)),
    "printf": _printf,
    "print": lambda *values: "".join(show(value) for value in values),
    "println": lambda *values: " ".join(show(value) for value in values) + "\n",
    "not": lambda value: not _true(value),
    "and": lambda *values: next((value for value in values if not _true(value)), values[-1]),
    "or": lambda *values: next((value for value in values if _true(value)), values[-1]),
    "eq": _ordered(lambda left, right: bool(_plain(left) == _plain(right))),
    "ne": lambda left, right: _plain(left) != _plain(right),
    "lt": _ordered(lambda left, right: bool(left < right)),
    "le": _ordered(lambda left, right: bool(left <= right)),
    "gt": _ordered(lambda left, right: bool(left > right)),
    "ge": _ordered(lambda left, right: bool(left >= right)),
    "slice": lambda value, *ends: str(value)[slice(*ends)],
    "urlquery": str,
    "html": str,
    "js": str,
}


# ---------------------------------------------------------------------- running


class _Run:
    """One filling-in: the root, and the variables so far."""

    def __init__(self, root: Any) -> None:
        self.variables: dict[str, Any] = {"$": root}

    def all(self, nodes: list[Any], dot: Any) -> str:
        """The text of nodes."""
        return "".join(node.text if isinstance(node, Text) else self.one(node, dot) for node in nodes)

    def one(self, node: Block, dot: Any) -> str:
        """The text of an action."""
        if node.word == "range":
            return self._range(node, dot)
        names, words = _assigned(node.words)
        value = self.pipeline(words, dot)
        for name in names:
            self.variables[name] = value
        if node.word in ("if", "with"):
            inner = value if node.word == "with" else dot
            return self.all(node.body, inner) if _true(value) else self.all(node.other, dot)
        return "" if names else show(value)

    def _range(self, node: Block, dot: Any) -> str:
        names, words = _assigned(node.words)
        value = _plain(self.pipeline(words, dot))
        if isinstance(value, Mapping):
            pairs = [(key, value[key]) for key in sorted(value)]
        elif isinstance(value, (list, tuple)):
            pairs = list(enumerate(value))
        elif value is _MISSING or value is None:
            pairs = []
        else:
            raise TemplateError(f"range can't iterate over {show(value)}")
        if not pairs:
            return self.all(node.other, dot)
        out = []
        for key, one in pairs:
            if names:
                self.variables[names[-1]] = one
            if len(names) == 2:
                self.variables[names[0]] = key
            out.append(self.all(node.body, one))
        return "".join(out)

    def pipeline(self, words: list[str], dot: Any) -> Any:
        """The value of commands that are joined by bars."""
        commands: list[list[str]] = [[]]
        depth = 0
        for word in words:
            depth += (word == "(") - (word == ")")
            if word == "|" and not depth:
                commands.append([])
            else:
                commands[-1].append(word)
        value: Any = _MISSING
        for number, command in enumerate(commands):
            value = self._command(command, dot, [value] if number else [])
        return value

    def _command(self, words: list[str], dot: Any, last: list[Any]) -> Any:
        if not words:
            raise TemplateError("missing value for command")
        name = words[0]
        if name in FUNCTIONS:
            arguments = [*self._operands(words[1:], dot), *last]
            try:
                return FUNCTIONS[name](*arguments)
            except (TypeError, IndexError) as problem:
                raise TemplateError(f"wrong number or type of args for {name}: {problem}") from None
        found = self._operands(words, dot)
        if len(found) > 1:
            raise TemplateError(f"can't give argument to non-function {name}")
        return found[0]

    def _operands(self, words: list[str], dot: Any) -> list[Any]:
        found: list[Any] = []
        place = 0
        while place < len(words):
            if words[place] == "(":
                end = _closing(words, place)
                value = self.pipeline(words[place + 1 : end], dot)
                place = end + 1
                if place < len(words) and words[place].startswith("."):
                    value = _field(value, words[place])
                    place += 1
                found.append(value)
            else:
                found.append(self._operand(words[place], dot))
                place += 1
        return found

    def _operand(self, word: str, dot: Any) -> Any:
        if word[0] == '"':
            return word[1:-1].encode().decode("unicode_escape")
        if word[0] == "`":
            return word[1:-1]
        if word[0] == ".":
            return _field(dot, word)
        if word[0] == "$":
            name, point, path = word.partition(".")
            if name not in self.variables:
                raise TemplateError(f'undefined variable "{name}"')
            return _field(self.variables[name], point + path) if point else self.variables[name]
        if word in ("true", "false", "nil"):
            return {"true": True, "false": False, "nil": None}[word]
        if re.fullmatch(r"[-+]?\d+", word):
            return int(word)
        if re.fullmatch(r"[-+]?\d*\.\d+", word):
            return float(word)
        raise TemplateError(f'function "{word}" not defined')


def _assigned(words: list[str]) -> tuple[list[str], list[str]]:
    """The variables that an action sets, and what they are set to."""
    for sign in (":=", "="):
        if sign in words and words[0].startswith("$"):
            place = words.index(sign)
            return [word for word in words[:place] if word != ","], words[place + 1 :]
    return [], words


def _closing(words: list[str], place: int) -> int:
    depth = 0
    for end in range(place, len(words)):
        depth += (words[end] == "(") - (words[end] == ")")
        if not depth:
            return end
    raise TemplateError("unclosed left paren")


def _field(value: Any, path: str) -> Any:
    """The value at a path such as `.metadata.name`; what is not there has no value."""
    for name in [one for one in path.split(".") if one]:
        value = _plain(value)
        if value is _MISSING or value is None:
            return _MISSING
        if not isinstance(value, Mapping):
            raise TemplateError(f"can't evaluate field {name} in type {_go_type(value)}")
        value = value.get(name, _MISSING)
    return value


def _go_type(value: Any) -> str:
    kinds = {bool: "bool", int: "float64", float: "float64", list: "[]interface {}"}
    return kinds.get(type(value), "string")
