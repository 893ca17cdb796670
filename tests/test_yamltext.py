"""YAML as Go's library writes it; `tests/kubectl/sessions/yaml.txt` compares more of it with real kubectls."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from sanb.yamltext import to_yaml

LONG = "a sentence that is longer than eighty columns, so that Go's library folds it at a blank, and nowhere else"

TEXTS = [
    ("nginx:1.25", "nginx:1.25"),
    ("", '""'),
    ("true", '"true"'),
    ("No", '"No"'),
    ("1e3", '"1e3"'),
    ("08", '"08"'),
    ("1.", '"1."'),
    ("0x1F", '"0x1F"'),
    ("1_000", '"1_000"'),
    ("1:30", '"1:30"'),
    ("2026-01-01", '"2026-01-01"'),
    ("~", '"~"'),
    ("1.2.3", "1.2.3"),
    ("<<", "<<"),
    ("=", "="),
    ("- a", "'- a'"),
    ("a: b", "'a: b'"),
    ("a #b", "'a #b'"),
    ("*a", "'*a'"),
    (" a", "' a'"),
    ("it's", "it's"),
    ("'a'", "'''a'''"),
    ("a\tb", '"a\\tb"'),
    ("😀", '"\\U0001F600"'),
    ("世界", "世界"),
    ("a\nb\n", "|\n    a\n    b"),
    ("a\nb", "|-\n    a\n    b"),
    ("a\n\n", "|+\n    a\n"),
    (" a\nb", "|2-\n     a\n    b"),
    ("a \nb", '"a \\nb"'),
    (
        f"x: {LONG}",
        "'x: a sentence that is longer than eighty columns, so that Go''s library folds\n    it at a blank, and nowhere else'",
    ),
    (
        LONG,
        "a sentence that is longer than eighty columns, so that Go's library folds it\n    at a blank, and nowhere else",
    ),
]


@pytest.mark.parametrize(("text", "written"), TEXTS)
def test_texts_are_quoted_and_folded_as_by_go(text: str, written: str) -> None:
    assert to_yaml({"a": {"b": text}}) == f"a:\n  b: {written}\n"


@pytest.mark.parametrize(
    ("number", "written"),
    [
        (1.5, "1.5"),
        (1e6, "1e+06"),
        (123456.5, "123456.5"),
        (1234567.5, "1.2345675e+06"),
        (1e-05, "1e-05"),
        (5.0, "5"),
        (-0.25, "-0.25"),
        (0.0, "0"),
        (10**12, "1000000000000"),
    ],
)
def test_numbers_are_written_as_by_go(number: float, written: str) -> None:
    assert to_yaml([number]) == f"- {written}\n"


def test_keys_are_in_the_order_of_go() -> None:
    keys = ["a", "a_b", "aB", "a2", "a10", "DB_HOST", "DBNAME", "a.b", "a-b"]
    assert list(yaml.safe_load(to_yaml(dict.fromkeys(keys, 1)))) == [
        "DB_HOST",
        "DBNAME",
        "a",
        "a-b",
        "a.b",
        "a_b",
        "a2",
        "a10",
        "aB",
    ]


def test_lists_are_not_indented_and_empty_values_are_on_the_same_line() -> None:
    assert to_yaml({"a": [{"b": [[1], {}], "c": None}, []]}) == "a:\n- b:\n  - - 1\n  - {}\n  c: null\n- []\n"


def test_very_long_keys_stand_behind_a_question_mark() -> None:
    assert to_yaml({"k" * 130: {"a": 1}}) == f"? {'k' * 130}\n: a: 1\n"


_TEXT = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\x85\u2028\u2029\ufeff\ufffe\uffff"), max_size=120
).filter(lambda text: text not in ("=", "<<"))


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | _TEXT,
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_TEXT, inner, max_size=4),
        max_leaves=12,
    )
)
def test_what_is_written_reads_as_what_it_was(value: Any) -> None:
    assert yaml.safe_load(to_yaml(value)) == value
