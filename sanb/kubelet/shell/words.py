"""The grammar of the little shell: scripts are pipelines of commands, words are pieces that are expanded late."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from sanb.kubelet.shell.machine import Done

ASSIGNMENT: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*=")
NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*|\?")
KEYWORDS: Final = frozenset((
    "if", "then", "else", "elif", "fi", "for", "while", "until", "do", "done", "case", "esac", "function", "{", "}",
    "!",
))
STREAMS: Final = ("stdout", "stderr")
JOINTS: Final = ("&&", "||", ";", "\n")

Piece = tuple[str, str, bool]
"""("text" | "variable" | "command", what it says, whether it is quoted)"""
Word = tuple[Piece, ...]


class Refused(Exception):
    """The script uses what this shell does not do."""


class Command(NamedTuple):
    """A simple command; `silent` are the streams that go to /dev/null, `joined` where stderr goes: "" or "stdout"."""

    words: tuple[Word, ...]
    silent: tuple[str, ...] = ()
    joined: str = ""

    def redirected(self, done: Done) -> Done:
        """What is left of the output after redirections."""
        if self.joined == "stdout":
            done = done._replace(stdout=done.stdout + done.stderr, stderr="")
        elif self.joined == "stderr":
            done = done._replace(stdout="", stderr=done.stderr + done.stdout)
        out, errors = ("" if name in self.silent else text for name, text in zip(STREAMS, done[1:], strict=True))
        return done._replace(stdout=out, stderr=errors)


def parse(text: str) -> list[tuple[str, list[Command]]]:
    """The pipelines of a script, each with what joins it to the one before.

    Raises:
        Refused: it is more than this shell understands.
    """
    scanner = _Scanner(text)
    joint, found = ";", []
    while True:
        pipeline, ended_by = scanner.pipeline()
        if pipeline:
            found.append((joint, pipeline))
        elif joint in ("&&", "||") or ended_by in ("&&", "||"):
            raise Refused(f'1: Syntax error: "{ended_by or "end of file"}" unexpected')
        if not ended_by:
            return found
        joint = ended_by


class _Scanner:
    """Reads a script from left to right."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def pipeline(self) -> tuple[list[Command], str]:
        """Commands up to the next joint, and that joint ("" at the end)."""
        commands: list[Command] = []
        while True:
            command, ended_by = self._command()
            if command.words or command.silent:
                commands.append(command)
            elif ended_by == "|" or commands:
                raise Refused(f'1: Syntax error: "{ended_by or "end of file"}" unexpected')
            if ended_by != "|":
                return commands, ended_by

    def _command(self) -> tuple[Command, str]:
        words: list[Word] = []
        silent: list[str] = []
        joined = ""
        while True:
            while self._at < len(self._text) and self._text[self._at] in " \t":
                self._at += 1
            rest = self._text[self._at :]
            if not rest or rest.startswith("#"):
                return Command(tuple(words), tuple(silent), joined), ""
            joint = next((one for one in (*JOINTS, "|") if rest.startswith(one)), "")
            if joint:
                self._at += len(joint)
                return Command(tuple(words), tuple(silent), joined), joint
            redirection = REDIRECTION.match(rest)
            if redirection:
                self._at += redirection.end()
                streams, into = _redirection(redirection)
                silent += streams
                joined = into or joined
            else:
                words.append(self._word(first=not words))

    def _word(self, *, first: bool) -> Word:
        pieces: list[Piece] = []
        start, text = self._at, self._text
        while self._at < len(text) and text[self._at] not in " \t\n;|&<>":
            sign = text[self._at]
            if sign == "'":
                pieces.append(("text", self._until("'"), True))
            elif sign == '"':
                pieces += self._double()
            elif sign == "$":
                pieces.append(self._dollar(quoted=False))
            elif sign == "\\" and self._at + 1 < len(text):
                pieces.append(("text", text[self._at + 1], True))
                self._at += 2
            elif sign in "`()":
                raise Refused(REFUSAL.format(what=sign))
            else:
                pieces.append(("text", sign, False))
                self._at += 1
        raw = text[start : self._at]
        if not raw:
            raise Refused(REFUSAL.format(what=text[self._at]))
        if first and raw in KEYWORDS:
            raise Refused(REFUSAL.format(what=raw))
        return tuple(pieces)

    def _until(self, sign: str) -> str:
        end = self._text.find(sign, self._at + 1)
        if end < 0:
            raise Refused("1: Syntax error: Unterminated quoted string")
        inside = self._text[self._at + 1 : end]
        self._at = end + 1
        return inside

    def _double(self) -> list[Piece]:
        pieces: list[Piece] = [("text", "", True)]
        self._at += 1
        while self._at < len(self._text):
            sign = self._text[self._at]
            if sign == '"':
                self._at += 1
                return pieces
            if sign == "$":
                pieces.append(self._dollar(quoted=True))
            elif sign == "\\" and self._text[self._at + 1 : self._at + 2] in ('"', "\\", "$", "`"):
                pieces.append(("text", self._text[self._at + 1], True))
                self._at += 2
            else:
                pieces.append(("text", sign, True))
                self._at += 1
        raise Refused("1: Syntax error: Unterminated quoted string")

    def _dollar(self, *, quoted: bool) -> Piece:
        rest = self._text[self._at + 1 :]
        if rest.startswith("("):
            return "command", self._parenthesis(), quoted
        if rest.startswith("{"):
            name = self._text[self._at + 2 : (end := self._text.find("}", self._at))]
            if end < 0 or not NAME.fullmatch(name):
                raise Refused(REFUSAL.format(what=self._text[self._at : end + 1 if end > 0 else None]))
            self._at = end + 1
            return "variable", name, quoted
        match = NAME.match(rest)
        if match is None:
            self._at += 1
            return "text", "$", quoted
        self._at += 1 + match.end()
        return "variable", match[0], quoted

    def _parenthesis(self) -> str:
        """What is in `$(...)`, parentheses balanced."""
        depth = 0
        for position in range(self._at + 1, len(self._text)):
            depth += {"(": 1, ")": -1}.get(self._text[position], 0)
            if not depth:
                inside = self._text[self._at + 2 : position]
                self._at = position + 1
                return inside
        raise Refused("1: Syntax error: end of file unexpected (expecting \")\")")


REFUSAL: Final = (
    "1: sanb: {what!r} is not understood: this shell runs simple commands with pipes, && || ; variables and $(...)"
)
REDIRECTION: Final = re.compile(r"([012&]?)(>>|>&|>|<)[ \t]*([^ \t\n;|<>]*)")
READ_ONLY: Final = (
    "1: sanb: cannot redirect to {target}: the files of a simulated container cannot be written "
    "(only /dev/null, 2>&1 and >&2)"
)


def _redirection(match: re.Match[str]) -> tuple[list[str], str]:
    stream, sign, target = match[1] or "1", match[2], match[3]
    if sign == "<":
        raise Refused(f"1: sanb: cannot read from {target} by <: give the file to the command, as in cat {target}")
    if sign == ">&" and (stream, target) in (("2", "1"), ("1", "2")):
        return [], "stdout" if target == "1" else "stderr"
    if target == "/dev/null" or (stream == "&" and target == "/dev/null"):
        return {"1": ["stdout"], "2": ["stderr"]}.get(stream, ["stdout", "stderr"]), ""
    raise Refused(READ_ONLY.format(target=target or "nothing"))
