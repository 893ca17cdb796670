"""What browsers are shown is a few sections, each a mapping from ids to JSON values; only differences are sent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

Section = Mapping[str, Any]
_NOTHING: Final = object()


def difference(old: Section, new: Section) -> dict[str, Any] | None:
    """What turns `old` into `new`: `put` has new and changed values, `drop` the ids that are gone; None if nothing."""
    if old is new:
        return None
    put = {name: value for name, value in new.items() if old.get(name, _NOTHING) != value}
    drop = [name for name in old if name not in new]
    found = {"put": put, "drop": drop}
    return {name: part for name, part in found.items() if part} or None


def differences(old: Mapping[str, Section], new: Mapping[str, Section]) -> dict[str, Any]:
    """The differences of all sections that have any."""
    found = {name: difference(old.get(name, {}), section) for name, section in new.items()}
    return {name: patch for name, patch in found.items() if patch is not None}
