"""The timeline for the browser: calls as marks in lanes, each with the mark that caused it; details on demand."""

from __future__ import annotations

import difflib
from typing import Any, Final, NamedTuple

from sanb.apiserver.resources import RESOURCES
from sanb.controlplane import ControlPlane
from sanb.errors import UsageError
from sanb.kernel.journal import Served
from sanb.times import rfc3339
from sanb.values import plain
from sanb.views.causes import Causes, did, thing, who
from sanb.views.marks import mark_of, matters
from sanb.yamltext import to_yaml

SHOWN: Final = 400
"""Marks that a browser that comes later gets."""


class Row(NamedTuple):
    """A mark as the browser gets it; `cause` is the number of the call that it answers, -1: of none."""

    time: float
    lane: str
    verb: str
    kind: str
    subresource: str
    namespace: str
    name: str
    failed: bool
    cause: int
    revision: int


class Lanes:
    """Marks by number of their call in the journal, as far as the journal has been read."""

    def __init__(self) -> None:
        self.causes: Causes | None = None
        self._read = 0
        self._wrote: dict[int, int] = {}
        self.marks: dict[str, Row] = {}

    def fresh(self, cp: ControlPlane) -> dict[str, Row]:
        """The marks since the last look."""
        self.fresh_causes(cp)
        found: dict[str, Row] = {}
        for call in cp.world.journal.after(self._read):
            if matters(call):
                found[str(self._read)] = self._row(call)
                self._wrote.update(dict.fromkeys(range(call.first_rev, call.last_rev + 1 if call.first_rev else 0), self._read))
            self._read += 1
        self.marks.update(found)
        for old in list(self.marks)[: max(0, len(self.marks) - SHOWN)]:
            del self.marks[old]
        return found

    def fresh_causes(self, cp: ControlPlane) -> Causes:
        """Who wrote which revision, as of now."""
        if self.causes is None:
            self.causes = Causes(cp)
        else:
            self.causes.refresh(cp)
        return self.causes

    def _row(self, call: Served) -> Row:
        assert self.causes is not None
        mark = mark_of(call, self.causes)
        cause = self._wrote.get(mark.cause, -1) if mark.cause else -1
        return Row(
            mark.time, mark.lane, mark.verb, mark.kind, mark.subresource, mark.namespace, mark.names[0], mark.failed, cause,
            call.first_rev,
        )

    def detail(self, cp: ControlPlane, number: int) -> dict[str, Any]:
        """One call: what was asked, what was answered, what it changed and why it was made."""
        if not 0 <= number < len(cp.world.journal):
            raise UsageError(f"there is no call {number}: the journal has {len(cp.world.journal)}")
        assert self.causes is not None
        call, request = cp.world.journal[number], cp.world.journal[number].request
        changes, why = [], ""
        for rev in range(call.first_rev, call.last_rev + 1 if call.first_rev else 0):
            version = self.causes.version(rev)
            if version is not None:
                before = version.prev.obj if version.prev is not None else None
                changes.append({"what": thing(version.key), "rev": rev, "lines": changed_lines(before, version.obj)})
                why = why or self.causes.why(call, version.key)
        if not changes:  # what is stored nowhere, as a token, has a cause all the same
            why = self.causes.why(call, (request.resource, request.namespace, request.name))
        body = plain(request.body)
        options = {name: value for name, value in request.options.items() if name != "patchType"}
        return {
            "title": f"{who(call)} {did(request)} {kind_of(request)} {request.name or _named(body)}".strip(),
            "time": rfc3339(call.time), "user": request.acting.name, "why": why, "code": call.code,
            "message": call.message or ("Created" if call.code == 201 else "OK"),
            "asked": f"{request.verb} {place(request)}", "options": options,
            "body": to_yaml(body) if body not in (None, {}) else "", "changes": changes,
        }


def kind_of(request: Any) -> str:
    """The kind that a request is about: "Pod"."""
    row = RESOURCES.get(request.resource)
    return row.kind if row is not None else str(request.resource)


def _named(body: Any) -> str:
    metadata = body.get("metadata") if isinstance(body, dict) else None
    return str((metadata or {}).get("name") or (metadata or {}).get("generateName") or "")


def place(request: Any) -> str:
    """Where a request goes: "pods shop/web status"."""
    where = "/".join(part for part in (request.namespace, request.name) if part)
    return " ".join(part for part in (request.resource, where, request.subresource) if part)


def changed_lines(before: Any, after: Any) -> list[list[str]]:
    """The lines of an object that changed, with three of context: a sign ("+", "-", " ", "…") and the text."""
    old = to_yaml(_told(before)).splitlines() if before is not None else []
    new = to_yaml(_told(after)).splitlines() if after is not None else []
    found: list[list[str]] = []
    for line in difflib.unified_diff(old, new, lineterm="", n=2):
        if line.startswith(("---", "+++")) and len(line) < 6:
            continue
        found.append(["…", ""] if line.startswith("@@") else [line[:1], line[1:]])
    return found[1:] if found[:1] == [["…", ""]] else found


def _told(obj: Any) -> Any:
    """An object without what nobody reads: managedFields."""
    metadata = obj.get("metadata") or {}
    kept = {name: value for name, value in metadata.items() if name != "managedFields"}
    return {**obj, "metadata": kept}
