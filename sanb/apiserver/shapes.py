"""Shapes of objects: many that are created look alike, and which fields they have follows from how they look.

Two objects of one shape have the same keys everywhere, and the same values in their lists, since some of these are keys, too.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from sanb.apiserver.fieldset import FieldSet

MOST: Final = 1024
"""Shapes that are remembered."""
LARGEST: Final = 4096
"""Characters of a list, and keys of an object, that make one too large to be remembered."""
_known: dict[tuple[Any, ...], FieldSet] = {}


class _TooLargeError(Exception):
    """The value is hardly ever there twice."""


def _shape(value: Any) -> Any:
    kind = value.__class__
    if kind is dict:
        if len(value) > LARGEST:
            raise _TooLargeError
        return tuple([(key, _shape(part)) for key, part in value.items()])
    if kind is list:
        text = repr(value)
        if len(text) > LARGEST:
            raise _TooLargeError
        return text
    return value is None


def remembered(place: tuple[Any, ...], value: Any, find: Callable[[], FieldSet]) -> FieldSet:
    """What `find()` gives, found once for all values of one shape; `place` is what it depends on besides."""
    try:
        key = (*place, _shape(value))
    except _TooLargeError:
        return find()
    found = _known.get(key)
    if found is None:
        if len(_known) >= MOST:
            _known.clear()
        found = _known[key] = find()
    return found
