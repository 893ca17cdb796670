"""Why JSON text is no JSON, in the words of the server's parser: only asked when Python's parser has refused it."""

from __future__ import annotations

from typing import Final

END: Final = "unexpected end of JSON input"
TOO_DEEP: Final = "exceeded max depth"
_SPACE: Final = " \t\r\n"
_ESCAPES: Final = '"\\/bfnrt'
_LITERALS: Final = {"t": "true", "f": "false", "n": "null"}
_OBJECT_TYPE: Final = (
    'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }'
)


class _Fault(Exception):
    """Carries the message out of the recursion."""


def quote(character: str) -> str:
    """A character as Go's error messages quote it."""
    if character == "'":
        return "'\\''"
    if character == '"':
        return "'\"'"
    if character in "\n\r\t":
        return {"\n": "'\\n'", "\r": "'\\r'", "\t": "'\\t'"}[character]
    return f"'{character}'" if " " <= character < "\x7f" else f"'\\u{ord(character):04x}'"


def fault(text: str) -> str:
    """The first thing that is wrong with `text`, or "" if it is JSON."""
    try:
        position = _blank(text, _value(text, _blank(text, 0)))
        if position < len(text):
            return f"invalid character {quote(text[position])} after top-level value"
    except _Fault as found:
        return str(found)
    except RecursionError:
        return TOO_DEEP
    return ""


def unmarshal(kind: str, target: str = _OBJECT_TYPE) -> str:
    """What decoding a value of the wrong kind ("array", "string", "number", "bool") is refused with."""
    return f"json: cannot unmarshal {kind} into Go value of type {target}"


def _blank(text: str, at: int) -> int:
    while at < len(text) and text[at] in _SPACE:
        at += 1
    return at


def _look(text: str, at: int) -> str:
    if at >= len(text):
        raise _Fault(END)
    return text[at]


def _refuse(character: str, where: str) -> _Fault:
    return _Fault(f"invalid character {quote(character)} {where}")


def _value(text: str, at: int) -> int:
    """The position after the value that begins at `at`."""
    first = _look(text, at)
    if first == "{":
        return _object(text, at + 1)
    if first == "[":
        return _array(text, at + 1)
    if first == '"':
        return _string(text, at + 1)
    if first in _LITERALS:
        return _literal(text, at, _LITERALS[first])
    if first == "-" or first.isdigit():
        return _number(text, at)
    raise _refuse(first, "looking for beginning of value")


def _object(text: str, at: int) -> int:
    at = _blank(text, at)
    if _look(text, at) == "}":
        return at + 1
    while True:
        if _look(text, at) != '"':
            raise _refuse(text[at], "looking for beginning of object key string")
        at = _blank(text, _string(text, at + 1))
        if _look(text, at) != ":":
            raise _refuse(text[at], "after object key")
        at = _blank(text, _value(text, _blank(text, at + 1)))
        after = _look(text, at)
        if after == "}":
            return at + 1
        if after != ",":
            raise _refuse(after, "after object key:value pair")
        at = _blank(text, at + 1)


def _array(text: str, at: int) -> int:
    at = _blank(text, at)
    if _look(text, at) == "]":
        return at + 1
    while True:
        at = _blank(text, _value(text, at))
        after = _look(text, at)
        if after == "]":
            return at + 1
        if after != ",":
            raise _refuse(after, "after array element")
        at = _blank(text, at + 1)


def _string(text: str, at: int) -> int:
    while True:
        character = _look(text, at)
        if character == '"':
            return at + 1
        if character < " ":
            raise _refuse(character, "in string literal")
        if character == "\\":
            at += 1
            escape = _look(text, at)
            if escape == "u":
                at = _unicode(text, at)
            elif escape not in _ESCAPES:
                raise _refuse(escape, "in string escape code")
        at += 1


def _unicode(text: str, at: int) -> int:
    for _ in range(4):
        at += 1
        if _look(text, at) not in "0123456789abcdefABCDEF":
            raise _refuse(text[at], "in \\u hexadecimal character escape")
    return at


def _literal(text: str, at: int, word: str) -> int:
    for expected in word:
        character = _look(text, at)
        if character != expected:
            raise _refuse(character, f"in literal {word} (expecting {quote(expected)})")
        at += 1
    return at


def _number(text: str, at: int) -> int:
    if text[at] == "-":
        at += 1
        if not _look(text, at).isdigit():
            raise _refuse(text[at], "in numeric literal")
    at = at + 1 if text[at] == "0" else _digits(text, at)
    if at < len(text) and text[at] == ".":
        if not _look(text, at + 1).isdigit():
            raise _refuse(text[at + 1], "after decimal point in numeric literal")
        at = _digits(text, at + 1)
    if at < len(text) and text[at] in "eE":
        at += 2 if _look(text, at + 1) in "+-" else 1
        if not _look(text, at).isdigit():
            raise _refuse(text[at], "in exponent of numeric literal")
        at = _digits(text, at)
    return at


def _digits(text: str, at: int) -> int:
    while at < len(text) and text[at].isdigit():
        at += 1
    return at
