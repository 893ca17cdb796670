"""One minor of Kubernetes, resolved into a frozen record of switches and gates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, TypeVar

from sanb.errors import UsageError
from sanb.profiles.gates import GATES
from sanb.profiles.switches import SWITCHES

T = TypeVar("T")
OLDEST, NEWEST = 10, 36
MINORS = tuple(f"1.{number}" for number in range(OLDEST, NEWEST + 1))


def _number(minor: str) -> int:
    return int(minor.partition(".")[2])


def _nearest(table: Mapping[str, T], number: int) -> T:
    """The value of the nearest minor at or below `number`."""
    best = max((row for row in table if _number(row) <= number), key=_number)
    return table[best]


@dataclass(frozen=True, slots=True)
class Profile:
    """What one minor does: `minor`, its switches (`profile["mount"]`) and its gates (`profile.gate("TokenRequest")`)."""

    minor: str
    switches: Mapping[str, Any]
    gates: Mapping[str, bool]

    @classmethod
    def of(cls, minor: str = MINORS[-1], gates: Mapping[str, bool] | None = None) -> Profile:
        """The profile of `minor` ("1.10" to "1.36") with single gates flipped by name.

        Raises:
            UsageError: the minor or a gate is not known; the text lists those that are.
        """
        if minor not in MINORS:
            raise UsageError(f"no profile for Kubernetes {minor!r}: choose one of {MINORS[0]} to {MINORS[-1]}")
        number = _number(minor)
        state = {name: _nearest({"1.0": False, **row}, number) for name, row in GATES.items()}
        for name, on in (gates or {}).items():
            if name not in state:
                raise UsageError(f"unknown feature gate {name!r}: known gates are {', '.join(sorted(state))}")
            state[name] = bool(on)
        values = {name: row(state) if callable(row) else _nearest(row, number) for name, row in SWITCHES.items()}
        return cls(minor, MappingProxyType(values), MappingProxyType(state))

    def __getitem__(self, switch: str) -> Any:
        return self.switches[switch]

    def gate(self, name: str) -> bool:
        """Whether the feature gate is on."""
        return self.gates[name]

    def pick(self, table: Mapping[str, T]) -> T:
        """The value that a `{minor: value}` table has for this minor: that of the nearest minor at or below it."""
        return _nearest(table, _number(self.minor))
