"""What a body may be like: not nested deeper, and by aliases not larger, than anybody means; text that is text."""

from __future__ import annotations

from typing import Any, Final

from sanb.http.gojson import TOO_DEEP

DEEPEST: Final = 200
"""No kind nests deeper by far, and much deeper values exhaust whoever walks them."""
ALIASED: Final = "yaml: document contains excessive aliasing"
MANY: Final = 1000
"""Documents with fewer parts are not looked at."""
LARGE: Final = 400_000
MOST_ALIASED: Final = 0.99
MOST_ALIASED_LARGE: Final = 0.1
"""How much of a document may come out of aliases, and how much of a large one."""


def sound(value: Any, text: str) -> Any:
    """The value of a text, with halves of surrogate pairs replaced, as Go reads them.

    Raises:
        ValueError: it is nested too deep, or made large by aliases.
    """
    if text.count("{") + text.count("[") + text.count("- ") + 20 * text.count("*") > DEEPEST:
        size, _ = _measured(value, {}, 0)
        share = 1 - _distinct(value) / size
        if size > MANY and share > (MOST_ALIASED if size <= LARGE else MOST_ALIASED_LARGE):
            raise ValueError(ALIASED)
    return _whole(value) if "\\ud" in text or "\\uD" in text else value


def _measured(value: Any, known: dict[int, tuple[int, int]], depth: int) -> tuple[int, int]:
    """How many parts a value has when every alias is written out, and how deep it is."""
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    if parts is None:
        return 1, 0
    found = known.get(id(value))
    if found is None:
        if depth > DEEPEST:
            raise ValueError(TOO_DEEP)
        known[id(value)] = (1, DEEPEST)  # while it is measured: an alias of itself is too deep
        size, height = 1, 0
        for part in parts:
            more, below = _measured(part, known, depth + 1)
            size, height = size + more, max(height, below + 1)
        found = known[id(value)] = size, height
    if depth + found[1] > DEEPEST:
        raise ValueError(TOO_DEEP)
    return found


def _distinct(value: Any) -> int:
    """How many parts a value has when every alias is one part."""
    count, seen, left = 1, set[int](), [value]
    while left:
        one = left.pop()
        if isinstance(one, dict | list) and id(one) not in seen:
            seen.add(id(one))
            left += one.values() if isinstance(one, dict) else one
            count += len(one)
    return count


def _whole(value: Any) -> Any:
    """The value without halves of surrogate pairs."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, dict):
        return {_whole(key): _whole(part) for key, part in value.items()}
    return [_whole(part) for part in value] if isinstance(value, list) else value
