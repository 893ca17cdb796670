"""The last reconcile as a sequence diagram in Mermaid's words: who asked the API server for what, and who heard of it."""

from __future__ import annotations

from typing import Any, Final

from sanb.widgets.lanes import Lanes, Row

SERVER: Final = "API server"
LONGEST: Final = 12
"""Calls that are told; of a longer chain the last ones."""
SAID: Final = {
    "create": "create", "update": "change", "patch": "change", "delete": "delete", "deletecollection": "delete all",
    "binding": "bind", "token": "issue a token for", "eviction": "evict",
}
HEARD: Final = {"create": "is there", "update": "has changed", "patch": "has changed", "delete": "is gone", "binding": "is bound"}


def last_reconcile(cp: Any) -> str:
    """Mermaid's text: the last call of a component with all that led to it, back to whoever began; "" if there is none."""
    lanes = Lanes()
    lanes.fresh(cp)
    chain = _chain(lanes.marks)
    if not chain:
        return ""
    people = dict.fromkeys([chain[0].lane, SERVER, *(mark.lane for mark in chain)])
    names = {who: f"p{number}" for number, who in enumerate(people)}
    lines = ["sequenceDiagram", *(f"  participant {name} as {who}" for who, name in names.items())]
    for place, mark in enumerate(chain):
        who = names[mark.lane]
        if place:
            lines.append(f"  {names[SERVER]}-->>{who}: {_thing(chain[place - 1])} {_heard(chain[place - 1])}")
        lines.append(f"  {who}->>{names[SERVER]}: {SAID.get(mark.subresource, SAID.get(mark.verb, mark.verb))} {_thing(mark)}")
        if mark.failed:
            lines.append(f"  {names[SERVER]}--x{who}: refused")
    return "\n".join(lines)


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
