"""Durations for people, as tables print ages (SEM 12.1)."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from sanb.profiles.profile import Profile
from sanb.times import parse

_SECOND: Final = 1
_MINUTE: Final = 60
_HOUR: Final = 3600
_DAY: Final = 86400
_YEAR: Final = 365 * _DAY
PRECISE: Final = {"1.10": False, "1.12": True}
"""Whether an age keeps its second unit (`9m59s`)."""


def short(seconds: float) -> str:
    """One unit only: 59s, 59m, 23h, 364d, 1y."""
    whole = int(seconds)
    if whole < -1:
        return "<invalid>"
    for limit, unit, letter in ((_MINUTE, _SECOND, "s"), (_HOUR, _MINUTE, "m"), (_DAY, _HOUR, "h"), (_YEAR, _DAY, "d")):
        if whole < limit:
            return f"{max(0, whole) // unit}{letter}"
    return f"{whole // _YEAR}y"


def human(seconds: float) -> str:
    """Two to three significant digits: 119s, 9m59s, 179m, 7h59m, 47h, 7d23h, 2y."""
    whole = int(seconds)
    if whole < -1:
        return "<invalid>"
    whole = max(0, whole)
    if whole < 2 * _MINUTE:
        return f"{whole}s"
    for exact, plain, big, small, letters in (
        (10 * _MINUTE, 3 * _HOUR, _MINUTE, _SECOND, "ms"),
        (8 * _HOUR, 2 * _DAY, _HOUR, _MINUTE, "hm"),
        (8 * _DAY, 2 * _YEAR, _DAY, _HOUR, "dh"),
        (8 * _YEAR, 0, _YEAR, _DAY, "yd"),
    ):
        if whole < exact:
            rest = whole % big // small
            return f"{whole // big}{letters[0]}" + (f"{rest}{letters[1]}" if rest else "")
        if whole < plain or not plain:
            return f"{whole // big}{letters[0]}"
    return f"{whole // _YEAR}y"


def age(timestamp: str | None, now: float, profile: Profile) -> str:
    """How long ago a time was; `<unknown>` without one."""
    if not timestamp:
        return "<unknown>"
    return _age(timestamp, now, profile.pick(PRECISE))


@lru_cache(maxsize=4096)
def _age(timestamp: str, now: float, precise: bool) -> str:
    elapsed = now - parse(timestamp)
    return human(elapsed) if precise else short(elapsed)
