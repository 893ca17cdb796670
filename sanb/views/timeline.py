"""Who did what to one object, when, and why."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from sanb.errors import UsageError
from sanb.times import rfc3339
from sanb.values import Key
from sanb.views.frames import HasStore
from sanb.views.graph import KINDS

SHORT: Final = {"ns": "namespaces", "no": "nodes", "sa": "serviceaccounts", "cm": "configmaps", "po": "pods",
                "deploy": "deployments.apps", "rs": "replicasets.apps"}
_WORDS: Final = {**SHORT, **{kind.lower(): resource for resource, kind in KINDS.items()},
                 **{resource.partition(".")[0]: resource for resource in KINDS}}


class Entry(NamedTuple):
    """One version of the object; `cause` is the controller's key and the revision that made it act."""

    time: float | None
    rev: int
    actor: str
    user: str
    verb: str
    changed: tuple[str, ...]
    cause: str


class Timeline(list[Entry]):
    """The entries, oldest first."""

    def __repr__(self) -> str:
        return "\n".join(
            f"{'-' if e.time is None else rfc3339(e.time)}  {e.rev}  {e.actor} ({e.user})  {e.verb}  "
            f"{', '.join(e.changed)}{f'  because of {e.cause}' if e.cause else ''}" for e in self)


def parse(reference: str) -> Key:
    """The key of "sa/name1/default" or "node/node-1".

    Raises:
        UsageError: it is no reference, or of an unknown kind.
    """
    kind, *rest = reference.split("/")
    resource = _WORDS.get(kind.lower())
    if resource is None:
        raise UsageError(f"unknown kind {kind!r}; known are {', '.join(sorted(_WORDS))}")
    if len(rest) not in (1, 2) or not all(rest):
        raise UsageError(f"{reference!r} is not of the form kind/namespace/name or kind/name")
    return (resource, rest[0] if len(rest) == 2 else "", rest[-1])


def timeline(cp: HasStore, reference: str) -> Timeline:
    """The history of one object, as far as the log is kept."""
    key = parse(reference)
    calls = [call for call in cp.world.journal if call.first_rev]
    calls.sort(key=lambda call: call.last_rev)
    ends = [call.last_rev for call in calls]
    found = Timeline()
    for version in cp.store.since(cp.store.oldest, key[0]):
        if version.key != key:
            continue
        place = bisect_left(ends, version.rev)
        call = calls[place] if place < len(calls) and calls[place].first_rev <= version.rev else None
        before = None if version.prev is None else version.prev.obj
        changed = tuple(_changes(before, version.obj)) if before and version.obj else ()
        found.append(_entry(version.rev, call, changed))
    return found


def _entry(rev: int, call: Any, changed: tuple[str, ...]) -> Entry:
    if call is None:
        return Entry(None, rev, "unknown", "", "", changed, "")
    cause = "" if call.cause is None else f"{call.cause.key} at {call.cause.rev}"
    return Entry(call.time, rev, call.actor, call.request.user.name, call.request.verb, changed, cause)


def _changes(before: Any, after: Any, path: str = "") -> Iterator[str]:
    if isinstance(before, dict) and isinstance(after, dict):
        for name in sorted({**before, **after}):
            if before.get(name) is not after.get(name):
                yield from _changes(before.get(name), after.get(name), f"{path}.{name}" if path else name)
    elif before != after and path != "metadata.resourceVersion":
        yield path
