"""Label and field selectors: grammar, matching, the API server's complaints."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanb.store.selectors import FieldRequirement, Requirement, matches, parse_fields, parse_labels

LABELS = {"app": "x", "tier": "1", "empty": "", "in": "notin"}


@pytest.mark.parametrize(
    ("text", "chosen"),
    [
        ("", True),
        ("app=x", True),
        ("app==x", True),
        (" app = x , tier ", True),
        ("app=y", False),
        ("app!=x", False),
        ("app!=y", True),
        ("missing!=y", True),
        ("app in (x,y)", True),
        ("app in (y, z)", False),
        ("app notin (x)", False),
        ("missing notin (x)", True),
        ("app", True),
        ("missing", False),
        ("!missing", True),
        ("!app", False),
        ("empty=", True),
        ("empty in ()", True),
        ("app in (,x)", True),
        ("app in (y,)", False),
        ("app=x,tier=2", False),
        ("tier>0", True),
        ("tier<1", False),
        ("app>0", False),
        ("in in (notin,in)", True),
        ("example.com/a notin (b),app", True),
    ],
)
def test_a_label_selector_chooses(text: str, chosen: bool) -> None:
    assert parse_labels(text).matches(LABELS) is chosen


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("app===x", "unable to parse requirement: found '=', expected: identifier"),
        ("app=x=y", "found '=', expected: ',' or 'end of string'"),
        ("=x", "found '=', expected: !, identifier, or 'end of string'"),
        ("a,,b", "found ',', expected: identifier after ','"),
        ("a,", "found '', expected: identifier after ','"),
        ("!", "unable to parse requirement: found '', expected: identifier"),
        ("a x", "unable to parse requirement: found 'x', expected: in, notin, =, ==, !=, gt, lt"),
        ("a in x", "unable to parse requirement: found 'x' expected: '('"),
        ("a in (x", "unable to parse requirement: found '', expected: ',' or ')'"),
        ("a in (x y)", "unable to parse requirement: found 'y', expected: ',' or ')'"),
        ("a in (=)", "unable to parse requirement: found '=', expected: ',', ')' or identifier"),
        ("a in (x,=)", "unable to parse requirement: found '=', expected: ',', or identifier"),
        (
            "a>b",
            "unable to parse requirement: values[0]: Invalid value: \"b\": for 'Gt', 'Lt' operators, "
            "the value must be an integer",
        ),
        (
            "bad_/x=1",
            'unable to parse requirement: <nil>: Invalid value: "bad_/x": prefix part a lowercase RFC 1123 subdomain '
            "must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an "
            "alphanumeric character (e.g. 'example.com', regex used for validation is "
            r"'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
        ),
        (
            "a=x/y",
            'unable to parse requirement: values[0][a]: Invalid value: "x/y": a valid label must be an empty string or '
            "consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric "
            "character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is "
            "'(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')",
        ),
    ],
)
def test_what_is_no_label_selector_is_refused_in_the_servers_words(text: str, complaint: str) -> None:
    with pytest.raises(ValueError) as refusal:
        parse_labels(text)
    assert str(refusal.value) == complaint


def test_old_minors_complain_without_the_field() -> None:
    with pytest.raises(ValueError, match=r"found 'x', expected: '=', '!=', '==', 'in', notin'$"):
        parse_labels("a x", plain_errors=True)
    with pytest.raises(ValueError, match=r'parse requirement: invalid label key "-a": name part must consist'):
        parse_labels("-a=x", plain_errors=True)


def test_conditions_are_sorted_by_key() -> None:
    assert parse_labels("b,a!=1").requirements == (Requirement("a", "!=", ("1",)), Requirement("b", "exists"))


@given(st.text(alphabet="ab=!,()<> in", max_size=14))
def test_every_text_is_a_selector_or_refused(text: str) -> None:
    try:
        selector = parse_labels(text)
    except ValueError as error:
        assert "found '" in str(error) or "Invalid value" in str(error)
    else:
        assert selector.matches({}) in (True, False)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("metadata.name=a", [("metadata.name", "=", "a")]),
        ("metadata.name==a", [("metadata.name", "=", "a")]),
        ("type!=Opaque,metadata.name=x", [("metadata.name", "=", "x"), ("type", "!=", "Opaque")]),
        ("spec.nodeName=", [("spec.nodeName", "=", "")]),
        (",", []),
    ],
)
def test_a_field_selector_is_conditions_sorted_as_text(text: str, wanted: list[tuple[str, str, str]]) -> None:
    assert parse_fields(text).requirements == tuple(FieldRequirement(*one) for one in wanted)


def test_what_is_no_field_selector_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^invalid selector: 'a=b,c'; can't understand 'c'$"):
        parse_fields("a=b,c")


@pytest.mark.parametrize(
    ("selector", "chosen"),
    [
        (None, False),
        ({}, True),
        ({"matchLabels": {"app": "x"}}, True),
        ({"matchLabels": {"app": "x", "tier": "2"}}, False),
        ({"matchExpressions": [{"key": "app", "operator": "In", "values": ["x", "y"]}]}, True),
        ({"matchExpressions": [{"key": "app", "operator": "NotIn", "values": ["x"]}]}, False),
        ({"matchExpressions": [{"key": "app", "operator": "Exists"}]}, True),
        ({"matchLabels": {"app": "x"}, "matchExpressions": [{"key": "app", "operator": "DoesNotExist"}]}, False),
    ],
)
def test_a_label_selector_object_chooses(selector: dict | None, chosen: bool) -> None:
    assert matches(selector, LABELS) is chosen


def test_nothing_has_labels_of_an_object_without_labels() -> None:
    assert not matches({"matchLabels": {"a": "b"}}, None)
