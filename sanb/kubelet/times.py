"""Virtual seconds as the texts that Kubernetes writes, and back."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache


@lru_cache(maxsize=4096)
def _stamp(second: int) -> str:
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def rfc3339(now: float) -> str:
    """The second `now` lies in, as `metadata.creationTimestamp` has it."""
    return _stamp(int(now))


@lru_cache(maxsize=4096)
def seconds(text: str) -> float:
    """Seconds since the Unix epoch of an RFC 3339 text."""
    return datetime.fromisoformat(text).timestamp()


def directory(now: float, number: int) -> str:
    """The name of the directory that one generation of a volume's files lives in: `..2018_06_08_12_00_00.123456789`."""
    day = datetime.fromtimestamp(int(now), UTC).strftime("..%Y_%m_%d_%H_%M_%S.")
    return f"{day}{number % 10**9:09d}"


def duration(took: float, *, digits: int) -> str:
    """Seconds as Go prints a duration of a second or more: `2.345s`, `1m2.5s`; trailing zeros are dropped."""
    minutes, rest = divmod(round(took, digits), 60)
    text = f"{rest:.{digits}f}".rstrip("0").rstrip(".")
    return f"{int(minutes)}m{text}s" if minutes else f"{text}s"
