"""Options of writing requests that can be wrong in themselves: dry run, field validation, field manager."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from sanb.apiserver import status
from sanb.apiserver.schema import decode_options
from sanb.apiserver.status import FieldError
from sanb.apiserver.validation import shown
from sanb.apiserver.validation.rules import SIZE, rules_of
from sanb.profiles.profile import Profile

if TYPE_CHECKING:
    from sanb.apiserver.context import Context

KINDS: Final = {
    "create": "CreateOptions", "update": "UpdateOptions", "patch": "PatchOptions", "delete": "DeleteOptions",
    "deletecollection": "DeleteOptions",
}
WITH_BODY: Final = ("delete", "deletecollection")
"""Verbs whose options can be the body."""
MANAGER_CHECKED: Final = {"1.10": False, "1.16": True}
LEVEL_CHECKED: Final = {"1.10": False, "1.23": True}
"""Whether the server knows `fieldValidation`."""
DRY_RUNS: Final = ("All",)
LEVELS: Final = ("", "Ignore", "Strict", "Warn")
PROPAGATIONS: Final = ("Foreground", "Background", "Orphan")
BOTH: Final = "orphanDependents and deletionPropagation cannot be both set"
LONGEST_MANAGER: Final = 128
"""Bytes of a field manager's name."""


def settled(context: Context) -> Mapping[str, Any]:
    """The options that count: those of the query, for deletions those of the body if there is one.

    Raises:
        ApiError: 400, the body is no DeleteOptions; 422, an option is nothing that anybody can mean.
    """
    request, found, profile = context.request, context.options or {}, context.view.profile
    kind = KINDS.get(request.verb)
    if kind is None:
        return found
    if request.verb in WITH_BODY and request.body not in (None, {}):
        found = {**found, **decode_options(kind, request.body, profile)}
    faults = tuple(_faults(kind, found, profile)) if found else ()
    if faults:
        raise status.options_invalid(kind, *faults)
    return found


def _faults(kind: str, options: Mapping[str, Any], profile: Profile) -> Iterator[FieldError]:
    if kind == "DeleteOptions":
        yield from _dry_run(options, profile)
        return
    if profile.pick(MANAGER_CHECKED):
        yield from _manager(str(options.get("fieldManager") or ""), profile)
    yield from _dry_run(options, profile)
    level = str(options.get("fieldValidation") or "")
    if level not in LEVELS and profile.pick(LEVEL_CHECKED):
        yield status.unsupported("fieldValidation", level, LEVELS)


def _manager(name: str, profile: Profile) -> Iterator[FieldError]:
    if len(name.encode()) > LONGEST_MANAGER:
        yield status.too_long("fieldManager", profile.pick(SIZE).format(LONGEST_MANAGER))
    place = 0
    for letter in name:
        if not letter.isprintable():
            shown = f"U+{ord(letter):04X}"
            yield status.invalid_value("fieldManager", name, f"invalid character {shown} (at position {place})")
        place += len(letter.encode())


def _dry_run(options: Mapping[str, Any], profile: Profile) -> Iterator[FieldError]:
    asked = options.get("dryRun")
    modes = [asked] if isinstance(asked, str) else list(asked or ())
    if any(mode not in DRY_RUNS for mode in modes):
        listed = shown.strings([str(mode) for mode in modes], rules_of(profile))
        yield status.unsupported_shown("dryRun", listed, DRY_RUNS)


def propagation(policy: str, orphan: Any) -> str:
    """How a deletion goes on with dependents; `orphan` is how older clients ask for it.

    Raises:
        ApiError: 422, there is no such policy, or both ways of asking are used.
    """
    if policy and orphan is not None:
        raise status.options_invalid("DeleteOptions", status.invalid_value("propagationPolicy", policy, BOTH))
    if policy and policy not in PROPAGATIONS:
        raise status.options_invalid("DeleteOptions", status.unsupported("propagationPolicy", policy, (*PROPAGATIONS, "nil")))
    if orphan is None:
        return policy
    return "Orphan" if flag(orphan) else "Background"


def flag(value: Any) -> bool:
    """A yes or no of the query: whatever is there and neither "false" nor "0" is a yes, even nothing."""
    return value is not None and value is not False and str(value) != "0" and str(value).lower() != "false"


def number(value: Any) -> int | None:
    """A whole number of the query, None if there is none.

    Raises:
        ApiError: 400, it is no number.
    """
    if value in (None, ""):
        return None
    try:
        return int(value)
    except (TypeError, ValueError):
        raise status.bad_request(f'strconv.ParseInt: parsing "{value}": invalid syntax') from None
