"""Durations of command lines, as Go writes them: 1h30m, 10s, 0."""

from __future__ import annotations

import re
from typing import Final

from sanb.kubectl.result import error

UNITS: Final = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 1e-3, "us": 1e-6, "µs": 1e-6, "ns": 1e-9}


def seconds_of(text: str, flag: str, command: str) -> float:
    """The seconds of a duration.

    Raises:
        Failure: it is none.
    """
    if text in ("0", "", "-0", "+0"):
        return 0.0
    sign, rest = (-1.0, text[1:]) if text[0] == "-" else (1.0, text.lstrip("+"))
    parts = re.findall(r"(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h)", rest)
    if "".join(number + unit for number, unit in parts) != rest or not parts:
        missing = re.fullmatch(r"[\d.]+", rest)
        why = f'time: {"missing unit in" if missing else "invalid"} duration "{text}"'
        raise error(f'invalid argument "{text}" for "--{flag}" flag: {why}\nSee \'{command} --help\' for usage.')
    return sign * sum(float(number) * UNITS[unit] for number, unit in parts)
