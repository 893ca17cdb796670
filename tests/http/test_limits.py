"""What a body may be like, by itself: where the limits lie, and what they do not touch."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sanb.http import limits


def _nested(depth: int, inner: Any = 1) -> Any:
    for _ in range(depth):
        inner = {"a": inner}
    return inner


def _aliased(times: int, inner: Any) -> tuple[Any, str]:
    """A list that has one thing so many times, and a text with as many aliases."""
    return [inner] * times, "*" * times


def test_two_hundred_levels_are_the_most() -> None:
    for make in (_nested, lambda depth: json.loads("[" * depth + "1" + "]" * depth)):
        deepest = make(limits.DEEPEST)
        assert limits.sound(deepest, json.dumps(deepest)) is deepest
        with pytest.raises(ValueError, match="exceeded max depth"):
            limits.sound([make(limits.DEEPEST)], "[" * (limits.DEEPEST + 1))
    with pytest.raises(ValueError, match="exceeded max depth"):  # and not as deep as Python can go
        limits.sound(_nested(5_000), "[" * 5_000)


def test_an_alias_counts_as_deep_as_what_it_stands_for() -> None:
    shared = _nested(150)
    shallow = [shared, _nested(limits.DEEPEST - 151, shared)]
    assert limits.sound(shallow, "*" * 20) is shallow
    with pytest.raises(ValueError, match="exceeded max depth"):
        limits.sound([shared, _nested(limits.DEEPEST - 150, shared)], "*" * 20)


def test_a_value_that_holds_itself_is_too_deep() -> None:
    value: list[Any] = []
    value.append(value)
    with pytest.raises(ValueError, match="exceeded max depth"):
        limits.sound(value, "*" * 20)


@pytest.mark.parametrize(("times", "size", "refused"), [
    (30, 30, False),  # of so few nothing is too much
    (30, 1000, False),  # 96 of 100 parts come out of aliases
    (3000, 1000, True),  # nearly all of them
    (2, 300_000, True),  # half of many
])
def test_how_much_may_come_out_of_aliases_depends_on_how_much_there_is(times: int, size: int, refused: bool) -> None:
    value, text = _aliased(times, ["x"] * size)
    text = text.ljust(20, "*")
    if refused:
        with pytest.raises(ValueError, match="yaml: document contains excessive aliasing"):
            limits.sound(value, text)
    else:
        assert limits.sound(value, text) is value


def test_documents_of_up_to_a_thousand_parts_may_come_out_of_aliases_as_they_like(monkeypatch: pytest.MonkeyPatch) -> None:
    """Upstream's limit is that nearly all does, which only larger ones can reach: so the share is lowered here."""
    monkeypatch.setattr(limits, "MOST_ALIASED", 0.5)
    shared = ["x"] * 100
    for size, refused in ((1000, False), (1001, True)):
        value = [shared] * 9 + ["y"] * (size - 1 - 9 * 101)
        assert limits._measured(value, {}, 0)[0] == size
        if refused:
            with pytest.raises(ValueError, match="yaml: document contains excessive aliasing"):
                limits.sound(value, "*" * 20)
        else:
            assert limits.sound(value, "*" * 20) is value


@pytest.mark.parametrize("escaped", ["\\ud800", "\\uD800", "\\uDFFF"])
def test_halves_of_pairs_are_replaced_in_keys_and_values_however_they_are_written(escaped: str) -> None:
    text = f'{{"k{escaped}": ["v{escaped}", 1, null]}}'
    assert limits.sound(json.loads(text), text) == {"k\ufffd": ["v\ufffd", 1, None]}


def test_pairs_that_are_whole_stay() -> None:
    text = '{"a": "\\ud83d\\ude00"}'
    assert limits.sound(json.loads(text), text) == {"a": "😀"}
