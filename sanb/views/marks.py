"""The calls that a picture of the timeline shows, and where: lanes by component, bands of compressed virtual time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from sanb.apiserver.resources import RESOURCES
from sanb.components import COMPONENTS
from sanb.kernel.journal import Served
from sanb.views.causes import Causes, who
from sanb.views.frames import HasStore

MOST: Final = 240
"""Marks in one picture; of more the latest are shown."""
RUN: Final = 3
"""From this many on, calls of a kind in a row are one mark."""
SLOT: Final = 54.0
PAUSE: Final = 26.0
"""Extra room where virtual time goes on."""


class Mark(NamedTuple):
    """One call, or several of a kind in a row: `effects` are the revisions it wrote, `cause` the one it answers."""

    lane: str
    time: float
    verb: str
    kind: str
    subresource: str
    namespace: str
    names: tuple[str, ...]
    failed: bool
    effects: tuple[int, ...]
    cause: int


class Placed(NamedTuple):
    """A mark in its band, at its distance from the band's left end."""

    mark: Mark
    band: int
    x: float


def marks(cp: HasStore, namespace: str | None = None) -> list[Mark]:
    """Writes, issued tokens and refusals, in order; Events are left out, they only tell what is shown anyway."""
    causes = Causes(cp)
    found: list[Mark] = []
    for call in cp.world.journal:
        if matters(call) and (namespace is None or _concerns(call, causes, namespace)):
            found.append(mark_of(call, causes))
    return _runs(found)


def matters(call: Served) -> bool:
    """Whether a call is shown: writes, issued tokens and refusals; Events only tell what is shown anyway."""
    request = call.request
    issued = (request.verb, request.subresource) == ("create", "token")
    # who reads what is not there was told no; nobody refused anything
    refused = call.code >= 400 and (request.verb != "get" or (not call.actor and call.code != 404))
    return request.resource != "events" and (call.first_rev > 0 or issued or refused)


def _concerns(call: Served, causes: Causes, namespace: str) -> bool:
    if call.request.namespace == namespace:
        return True
    return call.request.resource == "namespaces" and _name(call, causes) == namespace


def _name(call: Served, causes: Causes) -> str:
    version = causes.version(call.first_rev) if call.first_rev else None
    if version is not None and not call.request.name:
        return version.key[2]
    body = call.request.body if isinstance(call.request.body, dict) else {}
    fields = body.get("metadata") or {}
    return str(call.request.name or fields.get("name") or fields.get("generateName") or "")


def mark_of(call: Served, causes: Causes) -> Mark:
    """One call as a mark."""
    request = call.request
    row = RESOURCES.get(request.resource)
    effects = tuple(range(call.first_rev, call.last_rev + 1)) if call.first_rev else ()
    cause = call.cause.rev if call.cause is not None else 0
    return Mark(who(call), call.time, request.verb, row.kind if row else request.resource, request.subresource,
                request.namespace, (_name(call, causes),), call.code >= 400, effects, cause)


def _alike(one: Mark, two: Mark) -> bool:
    return one._replace(names=(), effects=(), cause=0) == two._replace(names=(), effects=(), cause=0)


def label(mark: Mark) -> str:
    """The name under a mark, or how many objects it stands for."""
    if len(mark.names) == 1:
        return mark.names[0]
    stems = {name.rpartition("-")[0] for name in mark.names}
    stem = stems.pop() if len(stems) == 1 else ""
    return f"{len(mark.names)} × {stem}" if stem else f"× {len(mark.names)}"


def _runs(found: Sequence[Mark]) -> list[Mark]:
    """Calls of a kind in a row become one mark; its cause is that of the first."""
    merged: list[Mark] = []
    start = 0
    for stop in range(1, len(found) + 1):
        if stop < len(found) and _alike(found[start], found[stop]):
            continue
        run = found[start:stop]
        if len(run) >= RUN:
            names = tuple(name for mark in run for name in mark.names)
            effects = tuple(rev for mark in run for rev in mark.effects)
            run = [run[0]._replace(names=names, effects=effects)]
        merged += run
        start = stop
    return merged


def lanes(found: Iterable[Mark]) -> list[str]:
    """Users first, then components in the order of their table, each only if it does something."""
    present = dict.fromkeys(mark.lane for mark in found)
    titles = [row.title for row in COMPONENTS]
    users = [lane for lane in present if lane not in titles]
    return [*users, *(title for title in titles if title in present)]


def place(found: Sequence[Mark], width: float) -> list[Placed]:
    """Marks one after another, with a pause where time goes on, broken into bands of at most `width`."""
    placed: list[Placed] = []
    band, x = 0, 0.0
    before: float | None = None
    for mark in found:
        x += PAUSE if before is not None and mark.time != before else 0.0
        if x + SLOT > width:
            band, x = band + 1, 0.0
        placed.append(Placed(mark, band, x + SLOT / 2))
        x += SLOT
        before = mark.time
    return placed
