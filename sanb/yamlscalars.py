"""Texts in YAML as Go's library writes them: in which style, where lines are folded, what is escaped."""

from __future__ import annotations

import re
from typing import Final

WIDTH: Final = 80
"""A blank beyond this column becomes a new line."""
PLAIN, SINGLE, DOUBLE, LITERAL = "plain", "single", "double", "literal"
WORDS: Final = frozenset(
    ("", "~", ".nan", ".NaN", ".NAN", *(sign + one for sign in ("", "+", "-") for one in (".inf", ".Inf", ".INF")),
     *(word for one in ("y", "n", "yes", "no", "on", "off", "true", "false", "null")
       for word in (one, one.capitalize(), one.upper())))
)
_FLOAT: Final = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_WHOLE: Final = re.compile(r"[-+]?(0[xX][0-9a-fA-F]+|0[oO]?[0-7]*|0[bB][01]+|[1-9][0-9]*)")
_SIXTY: Final = re.compile(r"[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?")
_DATE: Final = re.compile(
    r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt][0-9]{1,2}:[0-9]{1,2}:[0-9]{1,2}(\.[0-9]+)?(Z|[-+][0-9]{2}:[0-9]{2})"
    r"| [0-9]{1,2}:[0-9]{1,2}:[0-9]{1,2}(\.[0-9]+)?)?"
)
_UNPRINTABLE: Final = re.compile("[^\n\x20-\x7e\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd]")
_BREAKS: Final = "\n\u2028\u2029"
_STARTS: Final = "#,[]{}&*!|>'\"%@`"
_NAMES: Final = {
    "\0": "0", "\x07": "a", "\x08": "b", "\t": "t", "\n": "n", "\x0b": "v", "\x0c": "f", "\r": "r", "\x1b": "e", '"': '"',
    "\\": "\\", "\x85": "N", "\xa0": "_", "\u2028": "L", "\u2029": "P",
}
_BOM: Final = "\ufeff"


def looks_otherwise(text: str) -> bool:
    """Whether the text without quotes would be read as something else: a number, a truth value, a date, nothing."""
    if text in WORDS:
        return True
    if text[0] not in "+-.0123456789":
        return False
    bare = text.replace("_", "")
    if text[0] == ".":
        return _FLOAT.fullmatch(text) is not None
    return any(form.fullmatch(bare) for form in (_FLOAT, _WHOLE)) or any(form.fullmatch(text) for form in (_SIXTY, _DATE))


def style(text: str, *, key: bool = False) -> str:
    """How a text is written; a key is written on one line."""
    broken, blanks = any(one in text for one in _BREAKS), _Blanks(text)
    if _UNPRINTABLE.search(text) or blanks.before_break:
        return DOUBLE
    if "\n" in text:
        return DOUBLE if key or text.endswith(" ") else LITERAL
    if looks_otherwise(text) or blanks.after_break or (key and broken):
        return DOUBLE
    if broken or blanks.around or _indicated(text):
        return SINGLE
    return PLAIN


class _Blanks:
    """Where a text has blanks that matter."""

    def __init__(self, text: str) -> None:
        self.around = text[:1] in (" ", *_BREAKS) or text[-1:] in (" ", *_BREAKS)
        self.before_break = any(f" {one}" in text for one in _BREAKS)
        self.after_break = any(f"{one} " in text for one in _BREAKS)


def _indicated(text: str) -> bool:
    """Whether a text has a sign in it that means something to YAML."""
    first, following = text[0], text[1:2]
    if text[:3] in ("---", "...") or first in _STARTS or (first in "?:-" and following in ("", " ", "\t")):
        return True
    return ": " in text or " #" in text or text.endswith(":") or ":\t" in text


class Writer:
    """Writes one text. `indent` is that of further lines, `column` where it begins; a key is never folded."""

    def __init__(self, text: str, indent: str, column: int, *, folds: bool = True) -> None:
        self.text = text
        self.indent = indent
        self.column = column
        self.folds = folds

    def written(self, how: str) -> str:
        """The text in a style."""
        if how == LITERAL:
            return self._literal()
        if how == DOUBLE:
            return self._double()
        if how == SINGLE:
            return self._single()
        if not self.folds or self.column + len(self.text) <= WIDTH:
            return self.text
        return self._plain()

    def _literal(self) -> str:
        text = self.text
        hint = "2" if text[0] in (" ", *_BREAKS) else ""
        if text[-1] not in _BREAKS:
            hint += "-"
        elif len(text) == 1 or text[-2] in _BREAKS:
            hint += "+"
        lines = text.split("\n")
        ended = lines[-1] == ""
        body = "\n".join(self.indent + one if one else "" for one in (lines[:-1] if ended else lines))
        return f"|{hint}\n{body}"

    def _plain(self) -> str:
        out, text, column, spaces = [], self.text, self.column, False
        for at, letter in enumerate(text):
            if letter != " ":
                out.append(letter)
                column, spaces = column + 1, False
                continue
            if not spaces and column > WIDTH and text[at + 1] != " ":
                out.append("\n" + self.indent)
                column = len(self.indent)
            else:
                out.append(" ")
                column += 1
            spaces = True
        return "".join(out)

    def _single(self) -> str:
        out, text, column = ["'"], self.text, self.column + 1
        spaces = breaks = False
        for at, letter in enumerate(text):
            if letter in _BREAKS:
                out.append("\n\n" if letter == "\n" and not breaks else letter)
                breaks, column = True, 0
                continue
            if breaks:
                out.append(self.indent)
                column = len(self.indent)
            breaks = False
            inside = 0 < at < len(text) - 1
            if letter == " " and self.folds and not spaces and column > WIDTH and inside and text[at + 1] != " ":
                out.append("\n" + self.indent)
                column = len(self.indent)
            else:
                out.append("''" if letter == "'" else letter)
                column += 2 if letter == "'" else 1
            spaces = letter == " "
        return "".join((*out, "'"))

    def _double(self) -> str:
        out, text, column, spaces = ['"'], self.text, self.column + 1, False
        every = text.startswith(_BOM)  # Go's library looks for that sign at the wrong place
        for at, letter in enumerate(text):
            if every or letter in '"\\' or letter in _BREAKS or _UNPRINTABLE.match(letter):
                piece = _escaped(letter)
                out.append(piece)
                column, spaces = column + len(piece), False
            elif letter == " ":
                if self.folds and not spaces and column > WIDTH and 0 < at < len(text.encode()) - 1:
                    out.append("\n" + self.indent + ("\\" if text[at + 1 : at + 2] == " " else ""))
                    column = len(self.indent)
                else:
                    out.append(" ")
                    column += 1
                spaces = True
            else:
                out.append(letter)
                column, spaces = column + 1, False
        return "".join((*out, '"'))


def _escaped(letter: str) -> str:
    if letter in _NAMES:
        return "\\" + _NAMES[letter]
    code = ord(letter)
    return f"\\x{code:02X}" if code <= 0xFF else f"\\u{code:04X}" if code <= 0xFFFF else f"\\U{code:08X}"
