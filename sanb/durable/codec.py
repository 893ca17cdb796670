"""Values as text and back: objects as JSON; what JSON cannot say (tuples, records of ours, late tokens) is tagged."""

from __future__ import annotations

import json
from importlib import import_module
from typing import Any, Final

from sanb.tokens.authority import Authority
from sanb.values import Lazy

PLAIN: Final = 0
TAGGED: Final = 1
OURS: Final = "sanb."
"""Only records of this package are read back: a file cannot name anything else to be made."""


class _Late(Exception):
    """The value holds a token that was not read yet."""


def _refuse(value: Any) -> Any:
    raise _Late


_PLAIN: Final = json.JSONEncoder(separators=(",", ":"), default=_refuse)


def written(value: Any, authority: Authority) -> tuple[int, str]:
    """An object as text, and the form of that. Tokens that nobody read stay unsigned, if the signing key is theirs."""
    try:
        return PLAIN, _PLAIN.encode(value)
    except _Late:
        return TAGGED, packed(value, authority)


def read(form: int, text: str, authority: Authority) -> Any:
    """The value that `written` was given.

    Raises:
        ValueError: the text is nothing that `written` makes.
    """
    return json.loads(text) if form == PLAIN else unpacked(text, authority)


def packed(value: Any, authority: Authority) -> str:
    """Any value that components remember, as text."""
    return json.dumps(_tagged(value, authority), separators=(",", ":"))


def unpacked(text: str, authority: Authority) -> Any:
    """The value that `packed` was given.

    Raises:
        ValueError: the text is nothing that `packed` makes.
    """
    try:
        return _untagged(json.loads(text), authority)
    except (AttributeError, ImportError, KeyError, TypeError, RecursionError) as error:
        raise ValueError(f"not a value: {error}") from error


def _tagged(value: Any, authority: Authority) -> Any:
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, Lazy):
        noted = authority.noted(value)
        return str(value) if noted is None else ["late", noted[0], *(_tagged(one, authority) for one in noted[1])]
    if isinstance(value, dict):
        return ["dict", *([_tagged(key, authority), _tagged(one, authority)] for key, one in value.items())]
    if isinstance(value, list):
        return ["list", *(_tagged(one, authority) for one in value)]
    if isinstance(value, tuple):
        kind = type(value)
        head = "tuple" if kind is tuple else f"{kind.__module__}:{kind.__qualname__}"
        return [head, *(_tagged(one, authority) for one in value)]
    raise TypeError(f"{type(value).__name__} cannot be saved")


def _untagged(value: Any, authority: Authority) -> Any:
    if not isinstance(value, list):
        return value
    head, *rest = value
    if head == "dict":
        return {_untagged(key, authority): _untagged(one, authority) for key, one in rest}
    if head == "late":
        return authority.recalled(rest[0], tuple(_untagged(one, authority) for one in rest[1:]))
    items = [_untagged(one, authority) for one in rest]
    if head == "list":
        return items
    return tuple(items) if head == "tuple" else _record(head)(*items)


def _record(name: str) -> Any:
    module, _, kind = name.partition(":")
    found = getattr(import_module(module), kind) if module.startswith(OURS) else None
    if not (isinstance(found, type) and issubclass(found, tuple) and hasattr(found, "_fields")):
        raise ValueError(f"{name} is no record of sanb")
    return found
