"""The conditions of a namespace that is being deleted (SEM 6.1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from sanb.times import rfc3339
from sanb.values import Obj


class Fine(NamedTuple):
    """What a condition says when nothing is wrong."""

    reason: str
    message: str


DISCOVERY: Final = "NamespaceDeletionDiscoveryFailure"
PARSING: Final = "NamespaceDeletionGroupVersionParsingFailure"
DELETION: Final = "NamespaceDeletionContentFailure"
REMAINING: Final = "NamespaceContentRemaining"
FINALIZERS: Final = "NamespaceFinalizersRemaining"
FINE: Final[Mapping[str, Fine]] = {
    DISCOVERY: Fine("ResourcesDiscovered", "All resources successfully discovered"),
    PARSING: Fine("ParsedGroupVersions", "All legacy kube types successfully parsed"),
    DELETION: Fine("ContentDeleted", "All content successfully deleted, may be waiting on finalization"),
    REMAINING: Fine("ContentRemoved", "All content successfully removed"),
    FINALIZERS: Fine("ContentHasNoFinalizers", "All content-preserving finalizers finished"),
}
"""In the order in which the conditions stand."""


def with_conditions(
    namespace: Obj, errors: Sequence[str], remaining: Mapping[str, int], finalizers: Mapping[str, int], now: float
) -> Obj:
    """The namespace with its conditions, or the same object if they say nothing new; the mappings count objects
    of a kind ("pods.", "jobs.batch") and those with a finalizer.
    """
    wrong = _wrong(errors, remaining, finalizers)
    state = namespace.get("status") or {}
    before = {condition["type"]: condition for condition in state.get("conditions") or ()}
    after = {name: _condition(name, wrong.get(name), before.get(name), now) for name in FINE}
    if all(before.get(name) is condition for name, condition in after.items()):
        return namespace
    return {**namespace, "status": {**state, "conditions": list({**before, **after}.values())}}


def _wrong(errors: Sequence[str], remaining: Mapping[str, int], finalizers: Mapping[str, int]) -> dict[str, Fine]:
    found: dict[str, Fine] = {}
    if errors:
        listed = ", ".join(sorted(errors))
        text = f"Failed to delete all resource types, {len(errors)} remaining: {listed}"
        found[DELETION] = Fine("ContentDeletionFailed", text)
    if remaining:
        counts = (f"{kind} has {count} resource instances" for kind, count in remaining.items())
        found[REMAINING] = Fine("SomeResourcesRemain", "Some resources are remaining: " + ", ".join(sorted(counts)))
    if finalizers:
        counts = (f"{name} in {count} resource instances" for name, count in finalizers.items())
        text = "Some content in the namespace has finalizers remaining: " + ", ".join(sorted(counts))
        found[FINALIZERS] = Fine("SomeFinalizersRemain", text)
    return found


def _condition(name: str, wrong: Fine | None, before: Obj | None, now: float) -> Obj:
    """The condition as it is to be; the one before if it says the same."""
    state, says = ("True", wrong) if wrong is not None else ("False", FINE[name])
    if before is not None and (before["status"], before["reason"], before["message"]) == (state, *says):
        return before
    since = before["lastTransitionTime"] if before is not None and before["status"] == state else rfc3339(now)
    return {
        "type": name, "status": state, "lastTransitionTime": since, "reason": says.reason, "message": says.message,
    }
