"""One minor of Kubernetes, resolved into a frozen record of switches and gates."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final, TypeVar

from sanb.errors import UsageError
from sanb.profiles.gates import GATES
from sanb.profiles.switches import SWITCHES, Gates, Row

T = TypeVar("T")
OLDEST, NEWEST = 10, 36
REMEMBERED: Final = 2048
"""So many answers of `pick` are kept; most tables live as long as the program."""
MINORS: Final = tuple(f"1.{number}" for number in range(OLDEST, NEWEST + 1))


def _number(minor: str) -> int:
    return int(minor.partition(".")[2])


def _nearest(table: Mapping[str, T], number: int) -> T:
    """The value of the nearest minor at or below `number`."""
    best, value = -1, None
    for minor, candidate in table.items():
        if best < (row := _number(minor)) <= number:
            best, value = row, candidate
    if best < 0:
        raise UsageError(f"no value for 1.{number}: the table starts with {min(table, key=_number, default='nothing')}")
    return value  # type: ignore[return-value]


@dataclass(frozen=True, slots=True)
class Profile:
    """What one minor does: `minor`, its switches (`profile["mount"]`), its gates (`profile.gate("TokenRequest")`)."""

    minor: str
    switches: Mapping[str, Any]
    gates: Mapping[str, bool]
    _picked: dict[int, tuple[Mapping[str, Any], Any]] = field(default_factory=dict, init=False, repr=False, compare=False)

    @classmethod
    def of(cls, minor: str = MINORS[-1], gates: Mapping[str, bool] | None = None) -> Profile:
        """The profile of `minor` ("1.10" to "1.36") with single gates flipped by name.

        Raises:
            UsageError: the minor is not known, or a gate is not, or not in this minor; the text lists what is.
        """
        if minor not in MINORS:
            raise UsageError(_unknown_minor(minor))
        # one object for all clusters of a kind: what others remember of a profile they find without comparing profiles
        key = (minor, tuple(sorted((gates or {}).items())))
        found = _MADE.get(key)
        if found is None:
            number, state = _number(minor), _gates(minor, gates or {})
            values = {name: _resolve(row, state, number) for name, row in SWITCHES.items()}
            found = _MADE[key] = cls(minor, MappingProxyType(values), MappingProxyType(state))
        return found

    def __getitem__(self, switch: str) -> Any:
        try:
            return self.switches[switch]
        except KeyError:
            raise UsageError(_unknown("switch", switch, self.switches)) from None

    def __hash__(self) -> int:
        return hash(self.minor)  # of one minor there are few, and this is asked for every call

    def __reduce__(self) -> tuple[Any, ...]:
        flipped = {name: on for name, on in self.gates.items() if on != default(self.minor, name)}
        return Profile.of, (self.minor, flipped)

    def gate(self, name: str) -> bool:
        """Whether the feature gate is on."""
        try:
            return self.gates[name]
        except KeyError:
            raise UsageError(_unknown("feature gate", name, self.gates)) from None

    def pick(self, table: Mapping[str, T]) -> T:
        """The value that a `{minor: value}` table has for this minor: that of the nearest minor at or below it."""
        known = self._picked.get(id(table))
        if known is None or known[0] is not table:
            if len(self._picked) >= REMEMBERED:
                self._picked.clear()
            # the table is held, so that no other one can have its identity
            known = self._picked[id(table)] = (table, _nearest(table, _number(self.minor)))
        return known[1]


_MADE: Final[dict[tuple[str, tuple[tuple[str, bool], ...]], Profile]] = {}


def default(minor: str, gate: str) -> bool:
    """Whether a minor has the gate on when nobody says otherwise; False before it exists."""
    return _nearest({"1.0": False, **GATES[gate]}, _number(minor))


def _gates(minor: str, wanted: Mapping[str, bool]) -> dict[str, bool]:
    """The state of every gate."""
    state = {name: default(minor, name) for name in GATES}
    for name, on in wanted.items():
        if name not in state:
            raise UsageError(_unknown("feature gate", name, state))
        first = min(GATES[name], key=_number)
        if on and _number(first) > _number(minor):
            raise UsageError(
                f"feature gate {name!r} cannot be switched on in {minor}: it came with {first}; choose {first} or newer"
            )
        state[name] = bool(on)
    return state


def _resolve(row: Row, gates: Gates, number: int) -> Any:
    """The value of a switch: what the gates choose, then what the minor chooses."""
    chosen = row(gates) if callable(row) else row
    return _nearest(chosen, number) if isinstance(chosen, dict) else chosen


def _unknown_minor(minor: object) -> str:
    """Why there is no such profile: a patch release, a leading v, a number and a typing error each get their hint."""
    text = str(minor).removeprefix("v")
    short = ".".join(text.split(".")[:2])
    if short in MINORS:
        hint = f'profiles are whole minors: did you mean "{short}"?'
    elif short in ("1.1", "1.2", "1.3"):
        hint = f'a number loses its last zero: write "{short}0" as text?'
    else:
        hint = 'a profile is named like "1.23".'
    return f"no profile for Kubernetes {minor!r}: {hint} Known are {MINORS[0]} to {MINORS[-1]}: {', '.join(MINORS)}"


def _unknown(what: str, name: str, known: Collection[str]) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name, known, 1, 0.5)
    hint = f"did you mean {near[0]!r}? " if near else ""
    return f"unknown {what} {name!r}: {hint}Known are {', '.join(sorted(known))}"
