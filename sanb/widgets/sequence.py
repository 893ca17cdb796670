"""The last reconcile as a sequence: who asked the API server for what, and who heard of it. Words, and Mermaid's text."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from sanb.widgets.lanes import Lanes, Row

SERVER: Final = "API server"
LONGEST: Final = 12
"""Calls that are told; of a longer chain the last ones."""
SAID: Final = {
    "create": "create", "update": "change", "patch": "change", "delete": "delete", "deletecollection": "delete all",
    "binding": "bind", "token": "issue a token for", "eviction": "evict",
}
HEARD: Final = {"create": "is there", "update": "has changed", "patch": "has changed", "delete": "is gone", "binding": "is bound"}
ARROWS: Final = {"asks": "->>", "hears": "-->>", "refuses": "--x"}


class Line(NamedTuple):
    """One line of the sequence; `how`: "asks" (a call), "hears" (of a change) or "refuses"."""

    source: str
    target: str
    words: str
    how: str


def lines(cp: Any) -> list[Line]:
    """The last call of a component with all that led to it, back to whoever began; empty if there is none."""
    lanes = Lanes()
    lanes.fresh(cp)
    found: list[Line] = []
    before: Row | None = None
    for mark in _chain(lanes.marks):
        if before is not None:
            found.append(Line(SERVER, mark.lane, f"{_thing(before)} {_heard(before)}", "hears"))
        words = f"{SAID.get(mark.subresource, SAID.get(mark.verb, mark.verb))} {_thing(mark)}"
        found.append(Line(mark.lane, SERVER, words, "asks"))
        if mark.failed:
            found.append(Line(SERVER, mark.lane, "refused", "refuses"))
        before = mark
    return found


def people(told: list[Line]) -> list[str]:
    """Who takes part, in the order of their columns: who began, the API server, the others."""
    began = [told[0].source] if told else []
    return list(dict.fromkeys([*began, SERVER, *(who for line in told for who in (line.source, line.target))]))


def mermaid(told: list[Line]) -> str:
    """The sequence in Mermaid's words; "" if there is none."""
    if not told:
        return ""
    names = {who: f"p{number}" for number, who in enumerate(people(told))}
    made = ["sequenceDiagram", *(f"  participant {name} as {who}" for who, name in names.items())]
    made += [f"  {names[line.source]}{ARROWS[line.how]}{names[line.target]}: {line.words}" for line in told]
    return "\n".join(made)


def text(told: list[Line]) -> str:
    """The sequence as lines to read."""
    return "\n".join(f"  {line.source} → {line.target}: {line.words}" for line in told)


def last_reconcile(cp: Any) -> str:
    """The last reconcile in Mermaid's words."""
    return mermaid(lines(cp))


def _chain(marks: dict[str, Row]) -> list[Row]:
    """The last mark that answers another one, after those that it goes back to."""
    last = next((name for name in reversed(marks) if str(marks[name].cause) in marks), "")
    found: list[Row] = []
    while last in marks and len(found) < LONGEST:
        found.append(marks[last])
        last = str(marks[last].cause)
    return found[::-1]


def _thing(mark: Row) -> str:
    return f"{mark.kind} {'/'.join(part for part in (mark.namespace, mark.name) if part)}"


def _heard(mark: Row) -> str:
    return HEARD.get(mark.subresource, HEARD.get(mark.verb, "has changed"))
