"""Regular expressions as Go reads them: what is wrong with one in Go's words, and what it is in Python's syntax."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, NamedTuple

MOST: Final = 1000
"""No repetition may count further."""
CLASSES: Final = {
    "alnum": "0-9A-Za-z", "alpha": "A-Za-z", "ascii": r"\x00-\x7f", "blank": r"\t ", "cntrl": r"\x00-\x1f\x7f", "digit": "0-9",
    "graph": "!-~", "lower": "a-z", "print": " -~", "punct": r"!-/:-@\[-`{-~", "space": r"\t\n\v\f\r ", "upper": "A-Z",
    "word": "0-9A-Za-z_", "xdigit": "0-9A-Fa-f",
}
PERL: Final = "dDsSwW"
PLAIN: Final = "aftnrv"
_COUNT: Final = re.compile(r"\{(0|[1-9][0-9]*)(?:(,)(0|[1-9][0-9]*)?)?\}")
_OCTAL: Final = re.compile(r"0[0-7]{0,2}|[1-7][0-7]{1,2}")
_CODE: Final = re.compile(r"x(?:\{([0-9A-Fa-f]+)\}|([0-9A-Fa-f]{2}))")
_GROUP: Final = re.compile(r"[pP](?:\{\^?[A-Za-z_]+\}|[A-Z])")
_POSIX: Final = re.compile(r"\[:(\^?)([a-z]*):\]")


class Read(NamedTuple):
    """`fault` is Go's complaint, "" if there is none; `python` the same in Python's syntax, None if that cannot say it."""

    fault: str
    python: re.Pattern[str] | None = None


@lru_cache(maxsize=4096)
def read(text: str, names: bool = True) -> Read:
    """Read a regular expression; `names` says whether groups may be named in the short way, `(?<name>`."""
    reader = _Reader(text, names)
    try:
        reader.go()
    except _Fault as problem:
        return Read(f"error parsing regexp: {problem.args[0]}: `{problem.args[1]}`")
    try:
        return Read("", re.compile("".join(reader.out), re.ASCII) if reader.sayable else None)
    except (re.error, OverflowError, RecursionError):
        return Read("")


class _Fault(Exception):
    """What is wrong, and with which part."""


class _Reader:
    """Goes through the text once. `groups` are the open ones: how many parentheses each needs to be closed, and its flags."""

    def __init__(self, text: str, names: bool) -> None:
        self.text = text
        self.names = names
        self.at = 0
        self.out: list[str] = []
        self.groups: list[tuple[list[str], str]] = []
        self.flags: list[str] = []
        self.multiline = False
        self.operand = False
        self.repeated = -1
        self.sayable = True

    def go(self) -> None:
        """Read all of it.

        Raises:
            _Fault: it is no regular expression of Go's.
        """
        while self.at < len(self.text):
            letter, repeated = self.text[self.at], -1
            if letter in "*+?" or (letter == "{" and _COUNT.match(self.text, self.at)):
                repeated = self.at if self.repeated < 0 else self.repeated
                self._repeat()
            elif letter == "(":
                self._open()
            elif letter == ")":
                self._close()
            elif letter == "|":
                self._put(")" * len(self.flags) + "|" + "".join(self.flags), operand=False)
            elif letter == "[":
                self._class()
            elif letter == "\\":
                self._escape()
            else:
                self._put({"$": "$" if self.multiline else r"\Z", "{": r"\{", "}": r"\}"}.get(letter, letter))
            self.repeated = repeated
        if self.groups:
            raise _Fault("missing closing )", self.text)
        self.out.append(")" * len(self.flags))

    def _put(self, piece: str, length: int = 1, *, operand: bool = True) -> None:
        self.out.append(piece)
        self.at += length
        self.operand = operand

    def _repeat(self) -> None:
        found = _COUNT.match(self.text, self.at)
        size = len(found[0]) if found else 1
        lazy = self.text[self.at + size : self.at + size + 1] == "?"
        end = self.at + size + lazy
        if found:
            least, most = int(found[1]), int(found[3] or (0 if found[2] else found[1]))
            if least > MOST or most > MOST or (found[3] and least > most):
                raise _Fault("invalid repeat count", found[0])
        if self.repeated >= 0:
            raise _Fault("invalid nested repetition operator", self.text[self.repeated : end])
        if not self.operand:
            raise _Fault("missing argument to repetition operator", self.text[self.at : end])
        self._put(self.text[self.at : end], end - self.at)

    # ------------------------------------------------------------------ groups

    def _open(self) -> None:
        rest = self.text[self.at :]
        if not rest.startswith("(?"):
            self._enter("(", 1)
            return
        if rest.startswith("(?P<") or (self.names and rest.startswith("(?<")):
            name, end, _ = rest[rest.index("<") + 1 :].partition(">")
            if not end:
                raise _Fault("invalid named capture", rest)
            whole = rest[: rest.index(">") + 1]
            if not re.fullmatch(r"[0-9A-Za-z_]+", name):
                raise _Fault("invalid named capture", whole)
            self._enter("(", len(whole))
            return
        found = re.match(r"\(\?((?:[imsU]*)(?:-[imsU]+)?)([:)])", rest)
        if found is None:
            wrong = re.match(r"\(\?[imsU]*(?:-[imsU]*)?.?", rest, re.DOTALL)
            raise _Fault("invalid or unsupported Perl syntax", wrong[0] if wrong else rest)
        if "U" in found[1]:
            self.sayable = False
        on, _, off = found[1].partition("-")
        opening = f"(?{on.replace('U', '')}{'-' + off if off else ''}:"
        if found[2] == ":":
            self._enter(opening, len(found[0]))
        else:
            self.flags.append(opening)
            self.out.append(opening)
            self.at += len(found[0])
        self.multiline = ("m" in on or self.multiline) and "m" not in off

    def _enter(self, opening: str, length: int) -> None:
        self.groups.append((self.flags, "m" if self.multiline else ""))
        self.flags = []
        self._put(opening, length, operand=False)

    def _close(self) -> None:
        if not self.groups:
            raise _Fault("unexpected )", self.text)
        closing = ")" * (len(self.flags) + 1)
        self.flags, multiline = self.groups.pop()
        self.multiline = bool(multiline)
        self._put(closing)

    # ------------------------------------------------------------------ single characters

    def _escape(self) -> None:
        following = self.text[self.at + 1 : self.at + 2]
        if following == "Q":
            inner, end, _ = self.text[self.at + 2 :].partition(r"\E")
            self._put(re.escape(inner), 2 + len(inner) + len(end), operand=bool(inner) or self.operand)
        elif following in ("A", "b", "B"):
            self._put("\\" + following, 2)
        elif following == "z":
            self._put(r"\Z", 2)
        else:
            piece, length = self._one(self.at)
            self._put(piece, length)

    def _one(self, at: int) -> tuple[str, int]:
        """What an escape is in Python, and how long it is here."""
        rest = self.text[at + 1 :]
        if not rest:
            raise _Fault("trailing backslash at end of expression", "")
        if rest[0] in PERL or rest[0] in PLAIN:
            return (r"\x07" if rest[0] == "a" else "\\" + rest[0]), 2
        if rest[0] in "pP":
            found = _GROUP.match(rest)
            if found is None:
                raise _Fault("invalid character class range", "\\" + rest[:2])
            self.sayable = False
            return "x", 1 + len(found[0])
        if (number := _OCTAL.match(rest)) is not None:
            return f"\\x{int(number[0], 8) & 0xFF:02x}", 1 + len(number[0])
        if (code := _CODE.match(rest)) is not None and (value := int(code[1] or code[2], 16)) <= 0x10FFFF:
            return f"\\U{value:08x}", 1 + len(code[0])
        if rest[0].isascii() and not rest[0].isalnum():
            return "\\" + rest[0], 2
        raise _Fault("invalid escape sequence", "\\" + rest[0])

    # ------------------------------------------------------------------ classes

    def _class(self) -> None:
        start, at = self.at, self.at + 1
        made = ["["]
        if self.text[at : at + 1] == "^":
            made.append("^")
            at += 1
        first = at
        while at == first or self.text[at : at + 1] != "]":
            if at >= len(self.text):
                raise _Fault("missing closing ]", self.text[start:])
            posix = _POSIX.match(self.text, at)
            if posix is not None:
                if posix[2] not in CLASSES:
                    raise _Fault("invalid character class range", posix[0])
                self.sayable = self.sayable and not posix[1]
                made.append(CLASSES[posix[2]])
                at = posix.end()
                continue
            begin, low, at = at, *self._member(at, start)
            if self.text[at : at + 1] == "-" and self.text[at + 1 : at + 2] not in ("", "]") and low[:2] not in _SETS:
                high, at = self._member(at + 1, start)
                if _ordinal(high) < _ordinal(low):
                    raise _Fault("invalid character class range", self.text[begin:at])
                low = f"{low}-{high}"
            made.append(low)
        self._put("".join((*made, "]")), at + 1 - start)

    def _member(self, at: int, start: int) -> tuple[str, int]:
        """One character of a class in Python, and where the next one begins."""
        if at >= len(self.text):
            raise _Fault("missing closing ]", self.text[start:])
        letter = self.text[at]
        if letter == "\\":
            piece, length = self._one(at)
            return piece, at + length
        return ("\\" + letter if letter in "[]^-&~|" else letter), at + 1


_SETS: Final = tuple("\\" + letter for letter in PERL)


def _ordinal(piece: str) -> int:
    """The number of the character that a piece of a class is."""
    if len(piece) == 1:
        return ord(piece)
    if piece[:2] in (r"\x", r"\U"):
        return int(piece[2:], 16)
    return {"f": 12, "t": 9, "n": 10, "r": 13, "v": 11}.get(piece[1], ord(piece[1]))
