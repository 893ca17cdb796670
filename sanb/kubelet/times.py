"""Times as only the kubelet writes them: names of directories, durations of pulls."""

from __future__ import annotations

from datetime import UTC, datetime


def directory(now: float, number: int) -> str:
    """The name of the directory that one generation of a volume's files lives in: `..2018_06_08_12_00_00.123456789`."""
    day = datetime.fromtimestamp(int(now), UTC).strftime("..%Y_%m_%d_%H_%M_%S.")
    return f"{day}{number % 10**9:09d}"


def duration(took: float, *, digits: int) -> str:
    """Seconds as Go prints a duration: `2.345s`, `850ms`, `1m2.5s`; trailing zeros are dropped."""
    took = round(took, digits)
    if took < 1:
        return f"{_decimal(took * 1000, max(0, digits - 3))}ms"
    minutes, rest = divmod(took, 60)
    text = _decimal(rest, digits)
    return f"{int(minutes)}m{text}s" if minutes else f"{text}s"


def _decimal(value: float, digits: int) -> str:
    text = f"{value:.{digits}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def go_duration(seconds: float) -> str:
    """Whole seconds as Go prints a duration: `10s`, `1m20s`, `5m0s`."""
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes}m{rest}s" if minutes else f"{rest}s"
