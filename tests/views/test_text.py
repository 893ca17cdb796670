"""Aligned text and templates."""

from __future__ import annotations

import pytest

from sanb.profiles.profile import Profile
from sanb.views import jsonpath, text
from sanb.views.tablewriter import align


@pytest.mark.parametrize(("minor", "gap"), [("1.10", "      "), ("1.36", "   ")])
def test_columns_are_at_least_ten_wide_in_1_10_and_six_later(minor: str, gap: str) -> None:
    assert text.lines([["NAME", "AGE"], ["abc", "1s"]], Profile.of(minor)) == f"NAME{gap}AGE\nabc{gap} 1s\n"


def test_a_line_without_tabs_ends_the_columns_above_it() -> None:
    assert align("a:\t1\nlong:\t2\n\nb:\t3\n") == "a:     1\nlong:  2\n\nb:  3\n"


def test_a_cell_that_ends_in_a_tab_keeps_its_blanks() -> None:
    assert align("IP:\t\nName:\tx\n") == "IP:    \nName:  x\n"


@pytest.mark.parametrize(
    ("template", "shown"),
    [
        ("{.a.b}", "1"),
        ("{.items[*].n}", "x y"),
        ("{.items[-1].n}", "y"),
        ('{range .items[*]}{.n}{"\\n"}{end}', "x\ny\n"),
        ("{.items[?(@.n=='y')].v}", "2"),
        (r"{.notes.a\.b/c}", "dot"),
        ("{.notes['a.b/c']}", "dot"),
        ("{.missing}", ""),
        ("{.a}", '{"b":1}'),
    ],
)
def test_jsonpath_templates_find_what_kubectl_finds(template: str, shown: str) -> None:
    data = {"a": {"b": 1}, "items": [{"n": "x", "v": 1}, {"n": "y", "v": 2}], "notes": {"a.b/c": "dot"}}
    assert jsonpath.render(template, data) == shown
