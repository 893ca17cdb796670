"""Who wrote a revision, and because of what: the journal read backwards, in plain words."""

from __future__ import annotations

from bisect import bisect_left
from typing import Any, Final

from sanb.apiserver.resources import RESOURCES
from sanb.components import COMPONENTS
from sanb.kernel.journal import Served
from sanb.store.version import Version
from sanb.views.frames import HasStore

TITLES: Final = {row.name: row.title for row in COMPONENTS}
_PROCESSES: Final = {"system:apiserver": "API server"}
DEEPEST: Final = 6
"""Links of a chain of causes that are told."""
_DONE: Final = {
    "create": "created", "update": "updated", "patch": "patched", "delete": "deleted", "deletecollection": "deleted",
    "get": "read", "list": "listed", "watch": "watched",
}
_SPECIAL: Final = {
    ("create", "binding"): "bound", ("create", "token"): "issued a token for", ("create", "eviction"): "evicted",
    ("update", "status"): "reported on", ("patch", "status"): "reported on",
    ("update", "scale"): "scaled", ("patch", "scale"): "scaled", ("update", "finalize"): "finalized",
}


def title(actor: str) -> str:
    """What people call a controller: "token controller"."""
    return TITLES.get(actor.partition("/")[0], actor)


def who(call: Served) -> str:
    """Who made a call: the component, or the user."""
    actor = call.actor or (call.cause.actor if call.cause is not None else "")
    if actor:
        return title(actor)
    name: str = call.request.acting.name
    return "kubelet" if name.startswith("system:node:") else _PROCESSES.get(name, name)


def did(request: Any) -> str:
    """The verb of a request in the past tense: "created", "bound"."""
    special = _SPECIAL.get((request.verb, request.subresource))
    return special or _DONE.get(request.verb, request.verb)


def thing(key: tuple[str, str, str]) -> str:
    """An object in words: "serviceaccount name1/default"."""
    resource, space, name = key
    row = RESOURCES.get(resource)
    word = row.singular if row is not None else resource
    return f"{word} {space}/{name}" if space else f"{word} {name}"


class Causes:
    """The calls of a control plane by the revisions they wrote."""

    def __init__(self, cp: HasStore) -> None:
        self.calls: list[Served] = []
        self._ends: list[int] = []
        self._versions: list[Version] = []
        self._seen = 0
        self.refresh(cp)

    def refresh(self, cp: HasStore) -> None:
        """Take in what the same control plane has done since the last look."""
        # calls are served one at a time, so the journal is in the order of what they wrote
        fresh = [call for call in cp.world.journal.after(self._seen) if call.first_rev]
        self._seen = len(cp.world.journal)
        self.calls += fresh
        self._ends += [call.last_rev for call in fresh]
        last = self._versions[-1].rev if self._versions else 0
        if last < cp.store.oldest:
            self._versions.clear()  # what lies between is no longer kept, and revisions here have no gaps
        self._versions += cp.store.since(max(last, cp.store.oldest))

    def call(self, rev: int) -> Served | None:
        """The call that wrote a revision."""
        place = bisect_left(self._ends, rev)
        found = self.calls[place] if place < len(self.calls) else None
        return found if found is not None and found.first_rev <= rev else None

    def version(self, rev: int) -> Version | None:
        """What a revision wrote, as far as the log is kept; revisions have no gaps."""
        place = rev - self._versions[0].rev if self._versions else -1
        return self._versions[place] if 0 <= place < len(self._versions) else None

    def why(self, call: Served, key: tuple[str, str, str]) -> str:
        """The chain of causes of a call that wrote `key`; "" where a user acted by own will.

        "for serviceaccount name1/default (revision 12, created by ServiceAccount controller because namespace name1 was
        created by admin)".
        """
        rev = call.cause.rev if call.cause is not None else 0
        source = self.version(rev)
        if source is None:
            return "when its time had come" if call.cause is not None and not rev else ""
        cause = self.call(rev)
        told = f"{_passive(cause)}{self._because(cause, source.key, 1)}" if cause is not None else ""
        if source.key == key:
            return f"after it was {told} (revision {rev})" if told else f"after its revision {rev}"
        return f"for {thing(source.key)} (revision {rev}{', ' if told else ''}{told})"

    def _because(self, call: Served, key: tuple[str, str, str], depth: int) -> str:
        rev = call.cause.rev if call.cause is not None else 0
        source, cause = self.version(rev), self.call(rev)
        if source is None or cause is None:
            return ""
        if depth >= DEEPEST:
            return " because …"
        subject = "it" if source.key == key else thing(source.key)
        return f" because {subject} was {_passive(cause)}{self._because(cause, source.key, depth + 1)}"


def _passive(call: Served) -> str:
    return f"{did(call.request)} by {who(call)}"
