"""Sums of quantities."""

from __future__ import annotations

import pytest

from sanb.apiserver.amounts import added, plus, total


@pytest.mark.parametrize(("left", "right", "sum_"), [
    ("0", "512Mi", "512Mi"), ("512Mi", "512Mi", "1Gi"), ("1Gi", "1Ki", "1048577Ki"), ("250m", "250m", "500m"),
    ("500m", "500m", "1"), ("1", "1500m", "2500m"), ("999", "1", "1k"), ("0", "0", "0"), ("1Gi", "1G", "2073741824"),
])
def test_a_sum_has_the_form_of_its_first_part(left: str, right: str, sum_: str) -> None:
    assert plus(left, right) == sum_


def test_a_difference_may_be_below_zero() -> None:
    assert plus("1Gi", "2Gi", -1) == "-1Gi"


def test_lists_are_summed_name_by_name() -> None:
    assert added({"cpu": "1"}, {"cpu": "500m", "memory": "1Mi"}) == {"cpu": "1500m", "memory": "1Mi"}
    assert total([{"pods": "1"}, {"pods": "1"}, {}]) == {"pods": "2"}
