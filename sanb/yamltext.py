"""YAML as Kubernetes writes it: keys in Go's order, long lines folded, words that look like something else in quotes."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from functools import cmp_to_key, lru_cache
from typing import Any, Final

from sanb.values import plain
from sanb.yamlscalars import Writer, style

STEP: Final = "  "
LONGEST_KEY: Final = 128
"""A key that is longer is written behind a question mark."""
_EXPONENT: Final = 6
"""From so many digits before the point on, numbers with a fraction are written with an exponent."""


def to_yaml(value: Any) -> str:
    """A value as YAML."""
    out: list[str] = []
    _block(out, plain(value), "", "")
    return "".join(out)


def _block(out: list[str], value: Any, indent: str, head: str) -> None:
    """Write a value; `head` is what stands before it on its line: "", "key:" or "-", with its indentation."""
    if isinstance(value, dict) and value:
        _mapping(out, value, indent, head)
    elif isinstance(value, (list, tuple)) and value:
        _sequence(out, value, indent, head)
    else:
        out.append(head)
        out.append(_scalar(value, indent, len(head), bool(head)))
        out.append("\n")


def _mapping(out: list[str], value: dict[str, Any], indent: str, head: str) -> None:
    # behind "- " a mapping begins on the same line; behind "key:" on the next one
    same_line = _goes_on(head)
    if head and not same_line:
        out.append(head + "\n")
    first = head + " " if same_line else indent
    for key in ordered(value):
        text, inner = _key(key), value[key]
        nested = isinstance(inner, (dict, list, tuple)) and bool(inner)
        below = indent if nested and not isinstance(inner, dict) else indent + STEP
        if len(text) <= LONGEST_KEY:
            _block(out, inner, below, f"{first}{text}:")
        else:
            out.append(f"{first}? {text}\n")
            _block(out, inner, below, f"{indent}:")
        first = indent


def _sequence(out: list[str], value: Any, indent: str, head: str) -> None:
    if _goes_on(head):
        first = head + " "
    else:
        first = indent
        if head:
            out.append(head + "\n")
    for item in value:
        _block(out, item, indent + STEP, f"{first}-")
        first = indent


def _goes_on(head: str) -> bool:
    """Whether a mapping or a list begins on the same line: behind "-", and behind the ":" of a key that has lines of its own."""
    return head.endswith("-") or head.lstrip(" -") == ":"


def _scalar(value: Any, indent: str, column: int, behind: bool) -> str:
    """A value without others in it, with the blank that divides it from what stands before."""
    gap = " " if behind else ""
    if isinstance(value, str):
        if _PLAIN.fullmatch(value) and value not in _WORDS:
            return gap + value
        return gap + Writer(value, indent, column + len(gap)).written(style(value))
    if value is None:
        return f"{gap}null"
    if isinstance(value, bool):
        return f"{gap}true" if value else f"{gap}false"
    if isinstance(value, float):
        return gap + _float(value)
    if isinstance(value, dict):
        return gap + "{}"
    return gap + ("[]" if isinstance(value, (list, tuple)) else str(value))


_PLAIN: Final = re.compile(r"[A-Za-z_/](?:[\w./-]*[\w/-])?", re.ASCII)
"""Texts that need no look at: most of them."""
_WORDS: Final = frozenset(
    word for one in ("y", "n", "yes", "no", "on", "off", "true", "false", "null") for word in (one, one.capitalize(), one.upper())
)


@lru_cache(maxsize=4096)
def _key(text: Any) -> str:
    text = text if isinstance(text, str) else json.dumps(text)
    if _PLAIN.fullmatch(text) and text not in _WORDS:
        return str(text)
    return Writer(text, "", 0, folds=False).written(style(text, key=True))


def _float(value: float) -> str:
    """A number as Go writes it with %g."""
    if value != value or value in (float("inf"), float("-inf")):
        return ".nan" if value != value else ".inf" if value > 0 else "-.inf"
    sign, every, shift = Decimal(repr(value)).normalize().as_tuple()
    digits, minus = "".join(map(str, every)), "-" if sign else ""
    point = len(digits) + int(shift)
    if not -4 < point <= _EXPONENT:
        tail = f".{digits[1:]}" if len(digits) > 1 else ""
        return f"{minus}{digits[0]}{tail}e{'-' if point < 1 else '+'}{abs(point - 1):02d}"
    if point <= 0:
        return f"{minus}0.{'0' * -point}{digits}"
    return f"{minus}{digits[:point]}.{digits[point:]}" if len(digits) > point else f"{minus}{digits.ljust(point, '0')}"


# ---------------------------------------------------------------------- the order of keys


def ordered(value: dict[str, Any]) -> list[str]:
    """The keys of a mapping in Go's order: numbers in them count as numbers, letters come after other characters."""
    if all(_SIMPLE.fullmatch(key) for key in value if isinstance(key, str)):
        return sorted(value)
    return sorted(value, key=cmp_to_key(_compare))


_SIMPLE: Final = re.compile(r"[A-Za-z]*")
"""Keys of letters are in the usual order."""


def _compare(left: Any, right: Any) -> int:
    """Less than 0 if `left` comes first."""
    a, b = str(left), str(right)
    for at, (x, y) in enumerate(zip(a, b, strict=False)):
        if x == y:
            continue
        if x.isalpha() and y.isalpha():
            return -1 if x < y else 1
        if x.isalpha() or y.isalpha():
            return -1 if y.isalpha() else 1
        return _by_number(a, b, at)
    return len(a) - len(b)


def _by_number(a: str, b: str, at: int) -> int:
    """The order of two texts that differ at a place where neither has a letter."""
    start = "1" if "0" in (a[at], b[at]) and _counted(a, at) else "0"
    ends = []
    values = []
    for text in (a, b):
        end = at
        while end < len(text) and text[end].isdecimal():
            end += 1
        ends.append(end)
        values.append(int(start + text[at:end]))
    if values[0] != values[1]:
        return values[0] - values[1]
    if ends[0] != ends[1]:
        return ends[0] - ends[1]
    return -1 if a[at] < b[at] else 1


def _counted(text: str, at: int) -> bool:
    """Whether the digits before this place are more than zeros."""
    at -= 1
    while at >= 0 and text[at].isdecimal():
        if text[at] != "0":
            return True
        at -= 1
    return False
