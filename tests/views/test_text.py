"""Aligned text and templates."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanb.profiles.profile import Profile
from sanb.views import jsonpath, tablewriter, text
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


WORDS = st.text(alphabet="ab \té界-", max_size=6)


@given(st.lists(st.lists(WORDS, min_size=0, max_size=4), max_size=5), st.integers(0, 8))
def test_even_tables_are_written_as_uneven_ones_are(rows: list[list[str]], minimum: int) -> None:
    text = "".join("\t".join(row) + "\n" for row in rows)
    assert tablewriter.table(rows, minimum, 3) == tablewriter.align(text, minimum, 3)
