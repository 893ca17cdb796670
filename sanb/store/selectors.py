"""Label and field selectors: read from text or from a LabelSelector object, and matched against labels."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Final, NamedTuple

Labels = Mapping[str, str]
OPERATORS: Final = ("in", "notin", "=", "==", "!=", "gt", "lt")
"""Binary operators in the order in which a complaint lists them."""
SYMBOLS: Final = {
    **{symbol: symbol for symbol in (")", "(", ",", "!", "=", "==", "!=", "in", "notin")}, ">": "gt", "<": "lt",
}
NAME: Final = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]"
_NAME: Final = re.compile(NAME)
_PREFIX: Final = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
_ALPHABET: Final = (
    "consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character "
    "(e.g. {examples}, regex used for validation is '{pattern}')"
)
_NAMES: Final = _ALPHABET.format(examples="'MyName',  or 'my.name',  or '123-abc'", pattern=NAME)
_NAME_RULE: Final = f"name part must {_NAMES}"
_QUALIFIED_RULE: Final = (
    f"a qualified name must {_NAMES} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')"
)
_PREFIX_RULE: Final = (
    "prefix part a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and "
    "must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is "
    r"'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
)
_VALUE_RULE: Final = "a valid label must be an empty string or " + _ALPHABET.format(
    examples="'MyValue',  or 'my_value',  or '12345'", pattern=f"({NAME})?"
)
_LONG: Final = "must be no more than {limit} characters"


class Requirement(NamedTuple):
    """One condition on labels. `operator` is one of OPERATORS, "exists" or "!"."""

    key: str
    operator: str
    values: tuple[str, ...] = ()

    def matches(self, labels: Labels) -> bool:
        """Whether the labels satisfy the condition."""
        value = labels.get(self.key)
        operator = self.operator
        if operator in ("=", "==", "in"):
            return value is not None and value in self.values
        if operator in ("!=", "notin"):
            return value is None or value not in self.values
        if operator == "exists":
            return value is not None
        if operator == "!":
            return value is None
        return value is not None and _integer(value) and _compared(operator, int(value), int(self.values[0]))


class LabelSelector(NamedTuple):
    """Conditions that must all hold; none means that everything matches."""

    requirements: tuple[Requirement, ...]

    def matches(self, labels: Labels) -> bool:
        """Whether the labels satisfy all conditions."""
        return all(requirement.matches(labels) for requirement in self.requirements)


class FieldRequirement(NamedTuple):
    """One condition on a field; `operator` is "=" or "!="."""

    field: str
    operator: str
    value: str


class FieldSelector(NamedTuple):
    """Conditions on fields that must all hold."""

    requirements: tuple[FieldRequirement, ...]


def _compared(operator: str, value: int, bound: int) -> bool:
    return value > bound if operator == "gt" else value < bound


def _integer(text: str) -> bool:
    return re.fullmatch(r"[+-]?[0-9]+", text) is not None


# ---------------------------------------------------------------------- LabelSelector objects


def matches(selector: Mapping[str, Any] | None, labels: Labels | None) -> bool:
    """Whether a LabelSelector object (matchLabels, matchExpressions) chooses these labels: {} all, None nothing."""
    if selector is None:
        return False
    have = labels or {}
    for key, value in (selector.get("matchLabels") or {}).items():
        if have.get(key) != value:
            return False
    return all(_expressed(expression).matches(have) for expression in selector.get("matchExpressions") or ())


_EXPRESSED: Final = {"In": "in", "NotIn": "notin", "Exists": "exists", "DoesNotExist": "!"}


def _expressed(expression: Mapping[str, Any]) -> Requirement:
    operator = expression.get("operator", "")
    if operator not in _EXPRESSED:
        raise ValueError(f'"{operator}" is not a valid label selector operator')
    return Requirement(expression.get("key", ""), _EXPRESSED[operator], tuple(expression.get("values") or ()))


def as_text(selector: Mapping[str, Any] | None) -> str:
    """A LabelSelector object as a query writes it, in order of its keys."""
    given = selector or {}
    parts = [(key, f"{key}={value}") for key, value in (given.get("matchLabels") or {}).items()]
    for one in map(_expressed, given.get("matchExpressions") or ()):
        listed = f"{one.key} {one.operator} ({','.join(sorted(one.values))})"
        parts.append((one.key, {"exists": one.key, "!": f"!{one.key}"}.get(one.operator, listed)))
    return ",".join(text for _, text in sorted(parts))


# ---------------------------------------------------------------------- field selectors


@lru_cache(maxsize=1024)
def parse_fields(text: str) -> FieldSelector:
    """A field selector.

    Raises:
        ValueError: with the API server's text.
    """
    found = []
    for part in sorted(text.split(",")):
        if not part:
            continue
        for operator in ("!=", "==", "="):
            pieces = part.split(operator)
            if len(pieces) == 2:
                field, value = map(_unescaped, pieces)
                found.append(FieldRequirement(field, "!=" if operator == "!=" else "=", value))
                break
        else:
            raise ValueError(f"invalid selector: '{text}'; can't understand '{part}'")
    return FieldSelector(tuple(found))


def _unescaped(text: str) -> str:
    return re.sub(r"\\([\\,=])", r"\1", text) if "\\" in text else text


# ---------------------------------------------------------------------- label selectors


@lru_cache(maxsize=1024)
def parse_labels(text: str, plain_errors: bool = False) -> LabelSelector:
    """A label selector: equality based and set based conditions, separated by commas.

    `plain_errors` gives the complaints of old minors, which do not name a field.

    Raises:
        ValueError: with the API server's text.
    """
    found = _Parser(text, plain_errors).parse()
    return LabelSelector(tuple(sorted(found, key=lambda requirement: requirement.key)))


def tokens(text: str) -> list[tuple[str, str]]:
    """The kinds and texts of a label selector's tokens; the last one is ("end", "")."""
    found: list[tuple[str, str]] = []
    at = 0
    while True:
        while at < len(text) and text[at] in " \t\r\n":
            at += 1
        if at >= len(text):
            return [*found, ("end", "")]
        if text[at] in _SPECIAL:
            token, at = _symbol(text, at)
        else:
            end = at
            while end < len(text) and text[end] not in _BREAKS:
                end += 1
            word, at = text[at:end], end
            token = (SYMBOLS.get(word, "word"), word)
        found.append(token)


_SPECIAL: Final = "=!(),><"
_BREAKS: Final = _SPECIAL + " \t\r\n"


def _symbol(text: str, at: int) -> tuple[tuple[str, str], int]:
    """The longest symbol that starts here, and where it ends."""
    for size in (2, 1):
        piece = text[at:at + size]
        if piece in SYMBOLS:
            return (SYMBOLS[piece], piece), at + size
    raise AssertionError(piece)


class _Parser:
    """Reads the tokens of one label selector from left to right."""

    def __init__(self, text: str, plain_errors: bool) -> None:
        self._tokens = tokens(text)
        self._at = 0
        self._plain = plain_errors

    def _peek(self) -> tuple[str, str]:
        """The next token, in a place where `in` and `notin` are ordinary words."""
        kind, text = self._tokens[min(self._at, len(self._tokens) - 1)]
        return ("word" if kind in ("in", "notin") else kind), text

    def _next(self) -> tuple[str, str]:
        token = self._peek()
        self._at += 1
        return token

    def parse(self) -> list[Requirement]:
        found: list[Requirement] = []
        while True:
            kind, text = self._peek()
            if kind == "end":
                return found
            if kind not in ("word", "!"):
                raise ValueError(f"found '{text}', expected: !, identifier, or 'end of string'")
            try:
                found.append(self._requirement())
            except ValueError as error:
                raise ValueError(f"unable to parse requirement: {error}") from None
            kind, text = self._next()
            if kind == "end":
                return found
            if kind != ",":
                raise ValueError(f"found '{text}', expected: ',' or 'end of string'")
            kind, text = self._peek()
            if kind not in ("word", "!"):
                raise ValueError(f"found '{text}', expected: identifier after ','")

    def _requirement(self) -> Requirement:
        kind, key = self._next()
        absent = kind == "!"
        if absent:
            kind, key = self._next()
        if kind != "word":
            raise ValueError(f"found '{key}', expected: identifier")
        self._check("invalid label key", "<nil>", key, key_faults(key))
        if self._peek()[0] in ("end", ","):
            return Requirement(key, "!" if absent else "exists")
        operator = self._operator()
        values = self._values() if operator in ("in", "notin") else self._value()
        if operator in ("gt", "lt") and not _integer(values[0]):
            why = "for 'Gt', 'Lt' operators, the value must be an integer"
            raise ValueError(why if self._plain else f'values[0]: Invalid value: "{values[0]}": {why}')
        for number, value in enumerate(values):
            self._check("invalid label value:", f"values[{number}][{key}]", value, value_faults(value))
        return Requirement(key, operator, values)

    def _check(self, plain: str, field: str, text: str, faults: Sequence[str]) -> None:
        if faults:
            why = "; ".join(faults)
            raise ValueError(f'{plain} "{text}": {why}' if self._plain else f'{field}: Invalid value: "{text}": {why}')

    def _operator(self) -> str:
        kind, text = self._tokens[self._at]
        self._at += 1
        if kind in OPERATORS:
            return kind
        expected = "'=', '!=', '==', 'in', notin'" if self._plain else ", ".join(OPERATORS)
        raise ValueError(f"found '{text}', expected: {expected}")

    def _value(self) -> tuple[str, ...]:
        if self._peek()[0] in ("end", ","):
            return ("",)
        kind, text = self._next()
        if kind != "word":
            raise ValueError(f"found '{text}', expected: identifier")
        return (text,)

    def _values(self) -> tuple[str, ...]:
        kind, text = self._next()
        if kind != "(":
            raise ValueError(f"found '{text}' expected: '('")
        kind, text = self._peek()
        if kind == ")":
            self._at += 1
            return ("",)
        if kind not in ("word", ","):
            raise ValueError(f"found '{text}', expected: ',', ')' or identifier")
        values = self._listed()
        self._at += 1
        return tuple(sorted(dict.fromkeys(values)))

    def _listed(self) -> list[str]:
        """The words up to the closing parenthesis; an empty place between commas is the empty value."""
        found: list[str] = []
        while True:
            kind, text = self._next()
            following, after = self._peek()
            if kind == "word":
                found.append(text)
                if following == ")":
                    return found
                if following != ",":
                    raise ValueError(f"found '{after}', expected: ',' or ')'")
            elif kind == ",":
                if not found or following in (")", ","):
                    found.append("")
                if following == ")":
                    return found
            else:
                raise ValueError(f"found '{text}', expected: ',', or identifier")


# ---------------------------------------------------------------------- what labels may be


def key_faults(key: str) -> list[str]:
    """What is wrong with a label key, in the API server's words."""
    prefix, slash, name = key.rpartition("/")
    if "/" in prefix:
        return [_QUALIFIED_RULE]
    faults = []
    if slash:
        if not prefix:
            faults.append("prefix part must be non-empty")
        elif len(prefix) > 253:
            faults.append("prefix part " + _LONG.format(limit=253))
        elif not _PREFIX.fullmatch(prefix):
            faults.append(_PREFIX_RULE)
    if not name:
        faults.append("name part must be non-empty")
    elif len(name) > 63:
        faults.append("name part " + _LONG.format(limit=63))
    if not _NAME.fullmatch(name):
        faults.append(_NAME_RULE)
    return faults


def value_faults(value: str) -> list[str]:
    """What is wrong with a label value, in the API server's words."""
    faults = [_LONG.format(limit=63)] if len(value) > 63 else []
    if value and not _NAME.fullmatch(value):
        faults.append(_VALUE_RULE)
    return faults
