"""Times as Kubernetes writes them: RFC 3339 in UTC, whole seconds."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from typing import Final

DAY: Final = 86400.0
DATE: Final = len("2026-01-31")


@lru_cache(maxsize=4096)
def _text(second: int) -> str:
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def rfc3339(seconds: float) -> str:
    """`seconds` since the epoch as text, cut to whole seconds."""
    return _text(int(seconds))


@lru_cache(maxsize=4096)
def parse(text: str) -> float:
    """Seconds since the epoch of an RFC 3339 text."""
    return datetime.fromisoformat(text).timestamp()


def date(seconds: float) -> str:
    """The day, as in the labels of tokens: "2026-01-31"."""
    return _text(int(seconds))[:10]


def parse_date(text: str) -> float | None:
    """The beginning of a day in seconds since the epoch; None if the text is no date like "2026-01-31"."""
    if len(text) != DATE or not (text.isascii() and text[4] == text[7] == "-"):
        return None
    try:
        return parse(f"{text}T00:00:00Z")
    except ValueError:
        return None
