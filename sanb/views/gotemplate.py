"""Go templates as `-o go-template` has them: fields, range, if, with, variables, pipelines and the usual functions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from sanb.views.gofunctions import FUNCTIONS, MISSING, TemplateError, plain_value, show, true

__all__ = ["NotRun", "TemplateError", "render", "show"]


class NotRun(TemplateError):
    """The template can be read, but not filled in: `done` is what was written before."""

    done = ""


class Word(str):
    """A word of a template that knows where it stands."""

    __slots__ = ("at",)
    at: int


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
CONTEXT: Final = 20
"""So many letters of a command that fails are shown."""


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
    run = _Run(data)
    try:
        run.all(body, data)
    except NotRun as problem:
        problem.done = "".join(run.out)
        raise
    return "".join(run.out)


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
            yield [_word(one, found.start(2)) for one in _WORD.finditer(found[2])]
    rest = template[place:]
    if "{{" in rest:
        raise TemplateError("unclosed action")
    rest = rest.lstrip() if trim else rest
    if rest:
        yield Text(rest)


def _word(found: re.Match[str], before: int) -> Word:
    word = Word(found[0])
    word.at = before + found.start()
    return word


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


# ---------------------------------------------------------------------- running


class _Run:
    """One filling-in: the root, and the variables so far."""

    def __init__(self, root: Any) -> None:
        self.variables: dict[str, Any] = {"$": root}
        self.out: list[str] = []

    def all(self, nodes: list[Any], dot: Any) -> None:
        """Write nodes."""
        for node in nodes:
            if isinstance(node, Text):
                self.out.append(node.text)
            else:
                self.one(node, dot)

    def one(self, node: Block, dot: Any) -> None:
        """Write an action."""
        if node.word == "range":
            self._range(node, dot)
            return
        names, words = _assigned(node.words)
        value = self.pipeline(words, dot)
        for name in names:
            self.variables[name] = value
        if node.word in ("if", "with"):
            inner = value if node.word == "with" else dot
            self.all(node.body if true(value) else node.other, inner if true(value) else dot)
        elif not names:
            self.out.append(show(value))

    def _range(self, node: Block, dot: Any) -> None:
        names, words = _assigned(node.words)
        value = plain_value(self.pipeline(words, dot))
        if isinstance(value, Mapping):
            pairs = [(key, value[key]) for key in sorted(value)]
        elif isinstance(value, (list, tuple)):
            pairs = list(enumerate(value))
        elif value is MISSING or value is None:
            pairs = []
        else:
            raise _not_run(words, f"range can't iterate over {show(value)}")
        if not pairs:
            self.all(node.other, dot)
        for key, one in pairs:
            if names:
                self.variables[names[-1]] = one
            if len(names) == 2:
                self.variables[names[0]] = key
            self.all(node.body, one)

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
        value: Any = MISSING
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
            except TemplateError as problem:
                if isinstance(problem, NotRun):
                    raise
                raise _not_run(words, str(problem)) from None
            except (TypeError, IndexError) as problem:
                raise _not_run(words, f"wrong number or type of args for {name}: {problem}") from None
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
                    value = self._field(value, words[place])
                    place += 1
                found.append(value)
            else:
                found.append(self._operand(words[place], dot))
                place += 1
        return found

    def _field(self, value: Any, word: str) -> Any:
        try:
            return _field(value, word)
        except TemplateError as problem:
            raise _not_run([word], str(problem)) from None

    def _operand(self, word: str, dot: Any) -> Any:
        if word[0] == '"':
            return word[1:-1].encode().decode("unicode_escape")
        if word[0] == "`":
            return word[1:-1]
        if word[0] == ".":
            return self._field(dot, word)
        if word[0] == "$":
            name, point, path = word.partition(".")
            if name not in self.variables:
                raise TemplateError(f'undefined variable "{name}"')
            return self._field(self.variables[name], Word(point + path)) if point else self.variables[name]
        if word in ("true", "false", "nil"):
            return {"true": True, "false": False, "nil": None}[word]
        if re.fullmatch(r"[-+]?\d+", word):
            return int(word)
        if re.fullmatch(r"[-+]?\d*\.\d+", word):
            return float(word)
        raise TemplateError(f'function "{word}" not defined')


def _not_run(words: list[str], why: str) -> NotRun:
    """Why a command cannot be executed, and where it stands."""
    place = f"{_position(words[0])}: " if words and isinstance(words[0], Word) else " "
    shown = " ".join(words)
    shown = shown if len(shown) <= CONTEXT else f"{shown[:CONTEXT]}..."
    return NotRun(f'{place}executing "output" at <{shown}>: {why}')


def _position(word: Word) -> int:
    """Where a word stands, as Go counts: a chain of fields at the second one."""
    second = word.find(".", 1)
    return word.at + (second if word.startswith((".", "$")) and second > 0 else 0)


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
        value = plain_value(value)
        if value is MISSING or value is None:
            return MISSING
        if not isinstance(value, Mapping):
            raise TemplateError(f"can't evaluate field {name} in type interface {{}}")
        value = value.get(name, MISSING)
    return value
