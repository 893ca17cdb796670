"""Cron schedules: five fields or a macro, and the times that they mean."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sanb.durations import seconds
from sanb.errors import UsageError

MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
DAYS: Final = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
MACROS: Final = {
    "@yearly": "0 0 1 1 *", "@annually": "0 0 1 1 *", "@monthly": "0 0 1 * *", "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *", "@midnight": "0 0 * * *", "@hourly": "0 * * * *",
}
YEARS: Final = 5
"""So far ahead a time is looked for; a schedule like February 30 has none."""


class Field(NamedTuple):
    """One field of a schedule: the least and the greatest value, and names for values from `least` on."""

    least: int
    most: int
    names: tuple[str, ...] = ()


FIELDS: Final = (Field(0, 59), Field(0, 23), Field(1, 31), Field(1, 12, MONTHS), Field(0, 6, DAYS))


class Schedule(NamedTuple):
    """Values of the five fields; `any_day` if one of the two fields of days is a star. `every` is for @every."""

    minutes: frozenset[int]
    hours: frozenset[int]
    dates: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    any_day: bool
    zone: tzinfo = UTC
    every: int = 0

    def after(self, moment: float) -> float | None:
        """The first time later than `moment` (seconds since the epoch); None if there is none in five years."""
        if self.every:
            return float(int(moment) + self.every)
        at = datetime.fromtimestamp(int(moment) // 60 * 60, UTC) + timedelta(minutes=1)
        at = at.astimezone(self.zone)
        last = at.year + YEARS
        while at.year <= last:
            if at.month not in self.months:
                year, month = divmod(at.year * 12 + at.month, 12)
                at = datetime(year, month + 1, 1, tzinfo=self.zone)
            elif not self._on(at):
                at = datetime(at.year, at.month, at.day, tzinfo=self.zone) + timedelta(days=1)
            elif at.hour not in self.hours:
                at = (at.astimezone(UTC) + timedelta(minutes=60 - at.minute)).astimezone(self.zone)
            elif at.minute not in self.minutes:
                at = (at.astimezone(UTC) + timedelta(minutes=1)).astimezone(self.zone)
            else:
                return at.timestamp()
        return None

    def _on(self, at: datetime) -> bool:
        date, weekday = at.day in self.dates, at.isoweekday() % 7 in self.weekdays
        return date and weekday if self.any_day else date or weekday


def parse(text: str, zone: str = "") -> Schedule:
    """The schedule that a text means, in a time zone.

    Raises:
        ValueError: it means none; the text says why.
    """
    text = text.strip()
    for prefix in ("TZ=", "CRON_TZ="):
        if text.startswith(prefix):
            head, _, text = text.partition(" ")
            zone, text = head.removeprefix(prefix), text.strip()
    where = _zone(zone)
    if text.startswith("@every "):
        none: frozenset[int] = frozenset()
        return Schedule(none, none, none, none, none, False, where, _span(text.removeprefix("@every ").strip()))
    if text.startswith("@"):
        if text not in MACROS:
            raise ValueError(f"unrecognized descriptor: {text}")
        text = MACROS[text]
    parts = text.split()
    if len(parts) != len(FIELDS):
        raise ValueError(f"expected exactly 5 fields, found {len(parts)}: [{' '.join(parts)}]")
    minutes, hours, dates, months, days = (_values(part.lower(), f) for part, f in zip(parts, FIELDS, strict=True))
    starred = any(part.split("/")[0] in ("*", "?") for part in (parts[2], parts[4]))
    return Schedule(minutes, hours, dates, months, days, starred, where)


def _span(text: str) -> int:
    try:
        return max(1, int(seconds(text)))
    except UsageError as error:
        raise ValueError(f"failed to parse duration @every {text}: time: invalid duration {_quoted(text)}") from error


def _zone(name: str) -> tzinfo:
    if not name or name == "UTC":
        return UTC
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ValueError(f"unknown time zone {name}") from error


def _values(text: str, field: Field) -> frozenset[int]:
    found: set[int] = set()
    for part in text.split(","):
        span, slash, step_text = part.partition("/")
        step = _number(step_text, Field(1, 10**6)) if slash else 1
        if span in ("*", "?"):
            first, last = field.least, field.most
        else:
            low, dash, high = span.partition("-")
            first = _number(low, field)
            last = _number(high, field) if dash else (field.most if slash else first)
        if first < field.least:
            raise ValueError(f"beginning of range ({first}) below minimum ({field.least}): {part}")
        if last > field.most:
            raise ValueError(f"end of range ({last}) above maximum ({field.most}): {part}")
        if first > last:
            raise ValueError(f"beginning of range ({first}) beyond end of range ({last}): {part}")
        if step == 0:
            raise ValueError(f"step of range should be a positive number: {part}")
        found.update(range(first, last + 1, step))
    return frozenset(found)


def _number(text: str, field: Field) -> int:
    if text in field.names:
        return field.names.index(text) + field.least
    if not text.isdigit():
        raise ValueError(f"failed to parse int from {text}: strconv.Atoi: parsing {_quoted(text)}: invalid syntax")
    return int(text)


def _quoted(text: str) -> str:
    return f'"{text}"'
