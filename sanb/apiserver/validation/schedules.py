"""Schedules of CronJobs: what a server says about one that it cannot read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

CAPITALS: Final = {"1.10": True, "1.21": False}
"""Whether the complaints are sentences (the older library's)."""
DESCRIPTORS: Final = ("@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly")
_MONTHS: Final = {name: number for number, name in enumerate(
    ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1)}
_DAYS: Final = {name: number for number, name in enumerate(("sun", "mon", "tue", "wed", "thu", "fri", "sat"))}


class Field(NamedTuple):
    """One of the five fields: its bounds and the names that numbers have."""

    least: int
    most: int
    names: Mapping[str, int] = {}


FIELDS: Final = (Field(0, 59), Field(0, 23), Field(1, 31), Field(1, 12, _MONTHS), Field(0, 6, _DAYS))


class Bad(Exception):
    """Why a schedule cannot be read."""


def fault(schedule: str, capitals: bool = False) -> str:
    """What is wrong with a schedule; "" if nothing is."""
    text = schedule
    if text.startswith(("TZ=", "CRON_TZ=")):
        text = text.partition(" ")[2].strip()
    try:
        if text.startswith("@"):
            _descriptor(text)
        else:
            _fields(text, capitals)
    except Bad as bad:
        why = str(bad)
        return why[:1].upper() + why[1:] if capitals else why
    return ""


def _descriptor(text: str) -> None:
    if text not in DESCRIPTORS and not text.startswith("@every "):
        raise Bad(f"unrecognized descriptor: {text}")


def _fields(text: str, capitals: bool) -> None:
    found = text.split()
    if len(found) != len(FIELDS):
        shown = text if capitals else "[" + " ".join(found) + "]"
        raise Bad(f"expected exactly 5 fields, found {len(found)}: {shown}")
    for part, bounds in zip(found, FIELDS, strict=True):
        for one in part.split(","):
            if one:
                _range(one, bounds)


def _range(text: str, bounds: Field) -> None:
    span, *step = text.split("/")
    ends = span.split("-")
    if ends[0] in ("*", "?"):
        start, end = bounds.least, bounds.most
    else:
        start = _number(ends[0], bounds)
        if len(ends) > 2:
            raise Bad(f"too many hyphens: {text}")
        end = _number(ends[1], bounds) if len(ends) == 2 else start
    if len(step) > 1:
        raise Bad(f"too many slashes: {text}")
    every = 1
    if step:
        every = _integer(step[0])
        if len(ends) == 1:
            end = bounds.most
    if start < bounds.least:
        raise Bad(f"beginning of range ({start}) below minimum ({bounds.least}): {text}")
    if end > bounds.most:
        raise Bad(f"end of range ({end}) above maximum ({bounds.most}): {text}")
    if start > end:
        raise Bad(f"beginning of range ({start}) beyond end of range ({end}): {text}")
    if every == 0:
        raise Bad(f"step of range should be a positive number: {text}")


def _number(text: str, bounds: Field) -> int:
    found = bounds.names.get(text.lower())
    return _integer(text) if found is None else found


def _integer(text: str) -> int:
    try:
        number = int(text)
    except ValueError:
        raise Bad(f'failed to parse int from {text}: strconv.Atoi: parsing "{text}": invalid syntax') from None
    if number < 0:
        raise Bad(f"negative number ({number}) not allowed: {text}")
    return number
