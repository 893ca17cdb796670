"""Ages as tables print them (SEM 12.1)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanb.apiserver.ages import age, human, short
from sanb.profiles.profile import Profile

MINUTE, HOUR, DAY, YEAR = 60, 3600, 86400, 365 * 86400


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-2, "<invalid>"), (-1, "0s"), (0, "0s"), (59, "59s"), (119, "119s"), (120, "2m"), (599, "9m59s"), (600, "10m"),
        (179 * MINUTE + 59, "179m"), (3 * HOUR, "3h"), (8 * HOUR - 1, "7h59m"), (8 * HOUR, "8h"), (47 * HOUR, "47h"),
        (2 * DAY, "2d"), (8 * DAY - 1, "7d23h"), (8 * DAY, "8d"), (2 * YEAR - 1, "729d"), (2 * YEAR, "2y"),
        (2 * YEAR + DAY, "2y1d"), (8 * YEAR, "8y"), (30 * YEAR, "30y"),
    ],
)
def test_newer_minors_print_two_units_where_they_matter(seconds: int, text: str) -> None:
    assert human(seconds) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0s"), (59, "59s"), (60, "1m"), (3599, "59m"), (HOUR, "1h"), (DAY - 1, "23h"), (DAY, "1d"), (YEAR - 1, "364d"),
     (YEAR, "1y"), (-5, "<invalid>")],
)
def test_1_10_prints_one_unit(seconds: int, text: str) -> None:
    assert short(seconds) == text


def test_an_age_is_the_time_since() -> None:
    now = 1_600_000_000.0
    assert age("2020-09-13T12:26:00Z", now, Profile.of("1.36")) == "40s"
    assert age("2020-09-13T12:20:00Z", now, Profile.of("1.36")) == "6m40s"
    assert age("2020-09-13T12:20:00Z", now, Profile.of("1.10")) == "6m"
    assert age(None, now, Profile.of("1.36")) == "<unknown>"


@given(st.integers(0, 100 * YEAR))
def test_an_age_is_short_and_never_empty(seconds: int) -> None:
    assert 2 <= len(human(seconds)) <= 6 and 2 <= len(short(seconds)) <= 4
