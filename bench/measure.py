"""How things are timed, and the row that a measurement becomes."""

from __future__ import annotations

import gc
import statistics
from collections.abc import Callable
from time import perf_counter
from typing import Any, NamedTuple


class Row(NamedTuple):
    """One measurement; `ratio` is ours / theirs (or the other way round for rates), `limit` what it should not exceed."""

    what: str
    ours: str
    instead: str
    ratio: float | None
    limit: str
    holds: bool


def seconds(work: Callable[[], Any]) -> float:
    """Seconds of one call, without the garbage of whoever ran before."""
    return _times(work, 1)[0]


def best(work: Callable[[], Any], times: int = 5) -> float:
    """The shortest of several calls."""
    return min(_times(work, times))


def median(work: Callable[[], Any], times: int = 5) -> float:
    """The middle of several calls."""
    return statistics.median(_times(work, times))


def _times(work: Callable[[], Any], times: int) -> list[float]:
    """Seconds of each call; with many objects alive it takes minutes to collect before every one of them."""
    gc.collect()
    found = []
    for _ in range(times):
        start = perf_counter()
        work()
        found.append(perf_counter() - start)
    return found


def at_most(what: str, ours: str, instead: str, ratio: float, limit: float) -> Row:
    """A ratio that should not exceed `limit`."""
    return Row(what, ours, instead, ratio, f"<= {limit:g}", ratio <= limit)


def at_least(what: str, ours: str, instead: str, ratio: float, limit: float) -> Row:
    """A ratio that should reach `limit`."""
    return Row(what, ours, instead, ratio, f">= {limit:g}", ratio >= limit)


def told(what: str, ours: str, instead: str = "") -> Row:
    """A figure without a limit."""
    return Row(what, ours, instead, None, "", True)


def table(rows: list[Row]) -> str:
    """The rows as a Markdown table."""
    head = "| what | sanb | instead | ratio | should be |\n|---|---|---|---|---|"
    lines = [
        f"| {r.what} | {r.ours} | {r.instead} | {'' if r.ratio is None else f'{r.ratio:.2f}'} | "
        f"{r.limit}{'' if r.holds else ' **no**'} |"
        for r in rows
    ]
    return "\n".join([head, *lines])
