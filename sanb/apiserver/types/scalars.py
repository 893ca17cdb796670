"""The texts behind scalars: quantities in canonical form, times, base64; ValueErrors in the server's own words."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime
from fractions import Fraction
from functools import lru_cache
from typing import Final

QUANTITY_FORM: Final = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
_QUANTITY: Final = re.compile(r"([+-]?)([0-9.]*)([eEinumkKMGTP]*[-+]?[0-9]*)")
_BINARY: Final = {"Ki": 10, "Mi": 20, "Gi": 30, "Ti": 40, "Pi": 50, "Ei": 60}
_DECIMAL: Final = {"n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
_SUFFIX: Final = {power: suffix for suffix, power in _DECIMAL.items()}
_EXPONENT: Final = re.compile(r"[eE]([+-]?[0-9]+)")


@lru_cache(maxsize=4096)
def quantity(text: str) -> str:
    """A quantity as the server writes it: "0.1" is "100m", "1024Mi" is "1Gi".

    Raises:
        ValueError: it is no quantity.
    """
    return _quantity(text, 1)


@lru_cache(maxsize=4096)
def resource(text: str) -> str:
    """A quantity of a resource list: the same, rounded up to thousandths.

    Raises:
        ValueError: it is no quantity.
    """
    return _quantity(text, 10**6)


def _quantity(text: str, step: int) -> str:
    match = _QUANTITY.fullmatch(text)
    if not match or not match[2]:
        raise ValueError(QUANTITY_FORM)
    sign, digits, suffix = match.groups()
    exponent = _EXPONENT.fullmatch(suffix)
    if suffix not in _DECIMAL and suffix not in _BINARY and not exponent:
        raise ValueError("unable to parse quantity's suffix")
    if digits.count(".") > 1 or digits == ".":
        raise ValueError("unable to parse numeric part of quantity")
    scale = Fraction(2) ** _BINARY[suffix] if suffix in _BINARY else Fraction(10) ** _power(suffix, exponent)
    nano = math.ceil(_fraction(digits) * scale * 10**9 / step) * step  # rounded up, away from zero
    if not nano:
        return "0"
    return sign.replace("+", "") + _canonical(nano, suffix in _BINARY, bool(exponent))


def _fraction(digits: str) -> Fraction:
    return Fraction(digits if digits[0] != "." else "0" + digits)


def _power(suffix: str, exponent: re.Match[str] | None) -> int:
    return int(exponent[1]) if exponent else _DECIMAL[suffix]


def _canonical(nano: int, binary: bool, exponent: bool) -> str:
    whole, rest = divmod(nano, 10**9)
    if binary and whole >= 1024 and not rest:
        best = max((s for s in _BINARY if whole % 2 ** _BINARY[s] == 0), key=_BINARY.__getitem__, default="")
        return f"{whole >> _BINARY.get(best, 0)}{best}"
    power = -9
    while nano % 1000 == 0 and power < 18:
        nano, power = nano // 1000, power + 3
    if exponent:
        return f"{nano}e{power}" if power else str(nano)
    return f"{nano}{_SUFFIX[power]}"


# ---------------------------------------------------------------------- times

_LAYOUT: Final = "2006-01-02T15:04:05Z07:00"
_MICRO_LAYOUT: Final = "2006-01-02T15:04:05.000000Z07:00"
_TIME: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", re.ASCII)
_STEPS: Final = (
    (r"\d{4}", "2006"), ("-", "-"), (r"\d\d", "01"), ("-", "-"), (r"\d\d", "02"), ("T", "T"), (r"\d\d", "15"),
    (":", ":"), (r"\d\d", "04"), (":", ":"), (r"\d\d(\.\d+)?", "05"), (r"Z|[+-]\d\d:\d\d", "Z07:00"),
)


@lru_cache(maxsize=4096)
def time(text: str) -> str:
    """A time as the server writes it: in UTC, whole seconds.

    Raises:
        ValueError: it is no RFC 3339 time.
    """
    return _moment(text, _LAYOUT).strftime("%Y-%m-%dT%H:%M:%SZ")


@lru_cache(maxsize=4096)
def microtime(text: str) -> str:
    """A time with microseconds as the server writes it.

    Raises:
        ValueError: it is no RFC 3339 time.
    """
    return _moment(text, _MICRO_LAYOUT).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _moment(text: str, layout: str) -> datetime:
    if _TIME.fullmatch(text):
        try:
            return datetime.fromisoformat(text).astimezone(UTC)
        except ValueError:
            part = "second" if "second" in str(text) else _out_of_range(text)
            raise ValueError(f'parsing time "{text}": {part} out of range') from None
    rest = text
    for form, name in _STEPS:
        match = re.match(form, rest, re.ASCII)
        if not match:
            raise ValueError(f'parsing time "{text}" as "{layout}": cannot parse "{rest}" as "{name}"')
        rest = rest[match.end():]
    raise ValueError(f'parsing time "{text}": extra text: "{rest}"')


def _out_of_range(text: str) -> str:
    if not 1 <= int(text[5:7]) <= 12:
        return "month"
    for part, start, most in (("hour", 11, 23), ("minute", 14, 59), ("second", 17, 59)):
        if int(text[start:start + 2]) > most:
            return part
    return "day"


# ---------------------------------------------------------------------- base64

_BASE64: Final = re.compile(r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")
_ALPHABET: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")


def base64(text: str) -> str:
    """Base64 text as the server writes it: without line breaks.

    Raises:
        ValueError: it is no standard, padded base64; the text names the first wrong byte.
    """
    if _BASE64.fullmatch(text):
        return text
    plain = text.replace("\n", "").replace("\r", "")
    if plain != text and _BASE64.fullmatch(plain):
        return plain
    raise ValueError(f"illegal base64 data at input byte {_wrong_byte(text)}")


def _wrong_byte(text: str) -> int:
    """Where Go's decoder stops: it reads four letters at a time and reports where a group breaks off."""
    held = 0
    for at, letter in enumerate(text):
        if letter in "\n\r":
            continue
        if letter in _ALPHABET:
            held = (held + 1) % 4
            continue
        if letter != "=" or held < 2:
            return at
        after = at + 1
        if held == 2:
            if after == len(text) or text[after] != "=":
                return len(text) if after == len(text) else at
            after += 1
        return after
    return len(text) - held
