"""Output of containers: which part of it is asked for."""

from __future__ import annotations

from typing import Any

import pytest

from sanb.errors import ApiError
from sanb.kubelet.logs import Wanted, part, wanted

TEXT = "2026-01-01T00:00:01Z one\n2026-01-01T00:00:05Z two\nthree\n2026-01-01T00:00:09Z four\n"
NOON = 1767268800.0


@pytest.mark.parametrize(("asked", "told"), [
    (Wanted(), "one\ntwo\nthree\nfour\n"),
    (Wanted(tail=2), "three\nfour\n"),
    (Wanted(tail=0), ""),
    (Wanted(tail=9), "one\ntwo\nthree\nfour\n"),
    (Wanted(limit=5), "one\nt"),
    (Wanted(tail=1, limit=3), "fou"),
    (Wanted(timestamps=True), TEXT),
    (Wanted(tail=1, timestamps=True), "2026-01-01T00:00:09Z four\n"),
    (Wanted(since=1767225605.0), "two\nthree\nfour\n"),
    (Wanted(since=1767225605.5), "three\nfour\n"),
])
def test_a_part_of_an_output_is_counted_in_lines_bytes_and_time(asked: Wanted, told: str) -> None:
    assert part(TEXT, asked) == told


def test_a_letter_is_not_cut_in_two() -> None:
    assert part("über\n", Wanted(limit=1)) == ""
    assert part("über\n", Wanted(limit=2)) == "ü"


@pytest.mark.parametrize(("query", "asked"), [
    ({}, Wanted()),
    ({"tailLines": "3", "limitBytes": "10", "timestamps": "true"}, Wanted(None, 3, 10, True)),
    ({"sinceSeconds": "60"}, Wanted(NOON - 60)),
    ({"sinceTime": "2026-01-01T12:00:00Z"}, Wanted(NOON)),
])
def test_a_query_says_which_part(query: dict[str, Any], asked: Wanted) -> None:
    assert wanted("web", query, NOON) == asked


@pytest.mark.parametrize(("query", "code", "message"), [
    ({"tailLines": "-1"}, 422,
     'PodLogOptions "web" is invalid: tailLines: Invalid value: -1: must be greater than or equal to 0'),
    ({"limitBytes": "0"}, 422, 'PodLogOptions "web" is invalid: limitBytes: Invalid value: 0: must be greater than 0'),
    ({"sinceSeconds": "0"}, 422, 'PodLogOptions "web" is invalid: sinceSeconds: Invalid value: 0: must be greater than 0'),
    ({"sinceSeconds": "1", "sinceTime": "2026-01-01T12:00:00Z"}, 422,
     'PodLogOptions "web" is invalid: Forbidden: at most one of `sinceTime` or `sinceSeconds` may be specified'),
    ({"tailLines": "x"}, 400, 'strconv.ParseInt: parsing "x": invalid syntax'),
    ({"sinceTime": "noon"}, 400, 'parsing time "noon" as "2006-01-02T15:04:05Z07:00"'),
])
def test_a_query_that_nobody_can_mean_is_refused(query: dict[str, Any], code: int, message: str) -> None:
    with pytest.raises(ApiError) as refused:
        wanted("web", query, NOON)
    assert (refused.value.code, refused.value.message) == (code, message)
