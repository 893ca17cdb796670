"""Quantities of resources: "100m", "1Gi"."""

from __future__ import annotations

import re
from fractions import Fraction
from functools import lru_cache
from typing import Any, Final

_NUMBER: Final = r"([+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+))"
_FORM: Final = re.compile(_NUMBER + "(?:([eE][+-]?[0-9]+)|(Ki|Mi|Gi|Ti|Pi|Ei|n|u|m|k|M|G|T|P|E))?")
_DECIMAL: Final = {"n": -9, "u": -6, "m": -3, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
_BINARY: Final = {"Ki": 1, "Mi": 2, "Gi": 3, "Ti": 4, "Pi": 5, "Ei": 6}


def quantity(value: Any) -> Fraction:
    """The number that a quantity means; 0 for what is none, which decoding refuses before."""
    return _parsed(str(value))


@lru_cache(4096)
def _parsed(text: str) -> Fraction:
    found = _FORM.fullmatch(text)
    if found is None:
        return Fraction(0)
    number, exponent, suffix = found.groups()
    base = Fraction(number)
    if exponent:
        return base * _power(int(exponent[1:]))
    if suffix in _BINARY:
        return base * Fraction(1 << 10 * _BINARY[suffix])
    return base * _power(_DECIMAL[suffix]) if suffix else base


def _power(exponent: int) -> Fraction:
    return Fraction(10**exponent) if exponent >= 0 else Fraction(1, 10**-exponent)
