"""Sums of quantities, written as Kubernetes writes them: in the form of the first one that is not zero."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Final

from sanb.apiserver.types import scalars
from sanb.apiserver.validation.quantities import quantity

Amounts = Mapping[str, str]
"""Resource -> quantity."""
_POWERS: Final = (("Ei", 60), ("Pi", 50), ("Ti", 40), ("Gi", 30), ("Mi", 20), ("Ki", 10))


def written(value: Fraction, like: str = "") -> str:
    """A number as a quantity; in powers of 1024 if `like` is."""
    if like.endswith("i") and value.denominator == 1 and value:
        whole = int(value)
        for suffix, power in _POWERS:
            if whole % (1 << power) == 0:
                return f"{whole >> power}{suffix}"
        return str(whole)
    if value.denominator == 1:
        return scalars.quantity(str(int(value)))
    milli = value * 1000
    rounded = -(-milli.numerator // milli.denominator)  # what is less than a thousandth counts as one
    return scalars.quantity(f"{rounded}m")


def plus(left: str, right: str, sign: int = 1) -> str:
    """The sum, or with `sign` -1 the difference."""
    a, b = quantity(left), quantity(right)
    return written(a + sign * b, left if a else right)


def added(left: Amounts, right: Amounts, sign: int = 1) -> dict[str, str]:
    """The sums, resource by resource."""
    found = dict(left)
    for name, value in right.items():
        found[name] = plus(found.get(name, "0"), value, sign)
    return found


def total(each: Iterable[Amounts]) -> dict[str, str]:
    """The sum of all."""
    found: dict[str, str] = {}
    for one in each:
        found = added(found, one)
    return found
