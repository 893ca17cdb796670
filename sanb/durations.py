"""Spans and points of virtual time as people write them."""

from __future__ import annotations

import re
from typing import Final

from sanb import times
from sanb.errors import UsageError

UNITS: Final = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "y": 365 * 86400.0}
_PART: Final = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d|y)")


def seconds(span: float | str) -> float:
    """A number of seconds, or a text like "90s", "1h30m", "2d" in seconds.

    Raises:
        UsageError: the text is no duration, or it is negative.
    """
    if not isinstance(span, str):
        if span < 0:
            raise UsageError(f"a duration cannot be negative: {span}; virtual time only moves forward")
        return float(span)
    text = span.replace(" ", "")
    parts = _PART.findall(text)
    if not parts or "".join(number + unit for number, unit in parts) != text:
        raise UsageError(f"{span!r} is no duration: write numbers with units {', '.join(UNITS)}, for example '1h30m'")
    return sum(float(number) * UNITS[unit] for number, unit in parts)


def moment(point: float | str) -> float:
    """Seconds since the epoch of a number or an RFC 3339 text.

    Raises:
        UsageError: the text is no time.
    """
    if not isinstance(point, str):
        return float(point)
    try:
        return times.parse(point)
    except ValueError:
        raise UsageError(f"{point!r} is no time: write it like '2026-01-01T00:00:00Z'") from None
