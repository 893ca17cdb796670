"""Who did what to one object, when, and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final, NamedTuple, SupportsIndex, overload

from sanb.apiserver.resources import RESOURCES, Resource
from sanb.errors import UsageError
from sanb.times import rfc3339
from sanb.values import Key
from sanb.views import tablewriter
from sanb.views.causes import Causes, did, thing, who
from sanb.views.framecolumns import TIMELINE
from sanb.views.frames import HasStore, table

if TYPE_CHECKING:
    import pandas

SHOWN: Final = 4
"""Changed fields that a line names."""


def _names(row: Resource) -> tuple[str, ...]:
    return row.plural, row.id, row.singular, *row.short


_WORDS: Final = {word: row.id for row in RESOURCES.values() for word in _names(row)}


class Entry(NamedTuple):
    """One version of the object.

    `actor` did it, as `user`; `changed` are the paths of the fields that differ from the version before; `why` tells
    the chain of causes ("": somebody's own will).
    """

    time: float | None
    rev: int
    actor: str
    user: str
    did: str
    changed: tuple[str, ...]
    why: str

    @property
    def sentence(self) -> str:
        """The entry in plain words: "token controller created it for serviceaccount name1/default (…)"."""
        return f"{self.actor} {self.did} it{f' {self.why}' if self.why else ''}"


class Timeline(list[Entry]):
    """The entries of one object, oldest first; `subject` names it."""

    def __init__(self, subject: str, entries: Iterable[Entry] = ()) -> None:
        super().__init__(entries)
        self.subject = subject

    @overload
    def __getitem__(self, place: SupportsIndex) -> Entry: ...
    @overload
    def __getitem__(self, place: slice) -> Timeline: ...
    def __getitem__(self, place: SupportsIndex | slice) -> Entry | Timeline:
        """An entry, or for a slice a timeline."""
        if isinstance(place, slice):
            return Timeline(self.subject, super().__getitem__(place))
        return super().__getitem__(place)

    def frame(self) -> pandas.DataFrame:
        """The entries as a DataFrame with the columns time, revision, actor, user, did, changed and why."""
        rows = [(e.time, e.rev, e.actor, e.user, e.did, ", ".join(e.changed), e.why) for e in self]
        columns = [list(column) for column in zip(*rows, strict=True)] or [[] for _ in TIMELINE]
        found: pandas.DataFrame = table(TIMELINE, columns)
        return found

    def __repr__(self) -> str:
        if not self:
            return f"{self.subject}: nothing is known"
        rows = [("TIME", "REVISION", "WHO", "DID", "CHANGED", "WHY")]
        rows += [(when(e), str(e.rev), e.actor, e.did, shortened(e.changed), e.why) for e in self]
        lines = tablewriter.table(rows, 0, 2).splitlines()
        return "\n".join([self.subject, *(line.rstrip() for line in lines)])

    def _repr_html_(self) -> str:
        from sanb.views.display import timeline_html

        return timeline_html(self)


def when(entry: Entry) -> str:
    """The entry's time as text; "-" where it is not known."""
    return "-" if entry.time is None else rfc3339(entry.time)


def shortened(changed: tuple[str, ...]) -> str:
    """The first changed fields, and how many more there are."""
    more = f" and {len(changed) - SHOWN} more" if len(changed) > SHOWN else ""
    return ", ".join(changed[:SHOWN]) + more


def parse(reference: str) -> Key:
    """The key of "sa/name1/default" or "node/node-1".

    Raises:
        UsageError: it is no reference, or of an unknown kind.
    """
    kind, *rest = reference.split("/")
    row = RESOURCES.get(_WORDS.get(kind.lower(), ""))
    if row is None:
        raise UsageError(f"unknown kind {kind!r} in {reference!r}; known are {', '.join(sorted(_WORDS))}")
    if len(rest) != 1 + row.namespaced or not all(rest):
        form = f"{row.singular}/{'namespace/' if row.namespaced else ''}name"
        raise UsageError(f"{reference!r} does not name one {row.singular}: write it as {form!r}")
    return (row.id, rest[0] if row.namespaced else "", rest[-1])


def timeline(cp: HasStore, reference: str) -> Timeline:
    """The history of one object, as far as the log is kept.

    Raises:
        UsageError: the reference names no known kind.
    """
    key = parse(reference)
    causes = Causes(cp)
    versions = [version for version in cp.store.since(cp.store.oldest, key[0]) if version.key == key]
    return Timeline(thing(key), [_entry(version, causes) for version in versions])


def _entry(version: Any, causes: Causes) -> Entry:
    call = causes.call(version.rev)
    before = None if version.prev is None else version.prev.obj
    changed = tuple(_changes(before, version.obj)) if before and version.obj else ()
    if call is None:
        return Entry(None, version.rev, "unknown", "", "wrote", changed, "")
    verb = did(call.request) if call.request.resource == version.key[0] else "changed"
    why = causes.why(call, version.key)
    return Entry(call.time, version.rev, who(call), call.request.acting.name, verb, changed, why)


def _changes(before: Any, after: Any, path: str = "") -> Iterator[str]:
    if isinstance(before, dict) and isinstance(after, dict):
        for name in sorted({**before, **after}):
            if before.get(name) is not after.get(name):
                yield from _changes(before.get(name), after.get(name), f"{path}.{name}" if path else name)
    elif before != after and path not in ("metadata.resourceVersion", "metadata.managedFields"):
        yield path
