"""kubectl events."""

from __future__ import annotations

from typing import Final

from sanb.apiserver.ages import age
from sanb.kubectl import output
from sanb.kubectl.flags import MANY, NUMBER, SWITCH, TEXT, Flag, Flags
from sanb.kubectl.result import error
from sanb.kubectl.session import Session
from sanb.times import parse
from sanb.values import Obj, dig
from sanb.views import text

FLAGS: Final[Flags] = {
    "for": Flag(),
    "types": Flag(MANY),
    "all-namespaces": Flag(SWITCH, "A"),
    "watch": Flag(SWITCH, "w"),
    "output": Flag(TEXT, "o"),
    "no-headers": Flag(SWITCH),
    "chunk-size": Flag(NUMBER),
    "allow-missing-template-keys": Flag(SWITCH),
    "template": Flag(),
    "show-managed-fields": Flag(SWITCH),
}
TYPES: Final = ("Normal", "Warning")


def events(session: Session) -> None:
    """Print events, the oldest first."""
    parsed = session.parsed
    if parsed.arguments:
        raise error(f"unknown command \"{' '.join(parsed.arguments)}\"\nSee 'kubectl events -h' for help and examples")
    kinds = [kind.capitalize() for kind in parsed.many("types")]
    for kind in kinds:
        if kind not in TYPES:
            raise error(f"valid --types are {' or '.join(TYPES)}")
    everywhere = parsed.on("all-namespaces")
    found = session.ask("list", "events", "" if everywhere else session.namespace)["items"] or []
    found = [one for one in found if _wanted(session, one, kinds)]
    found.sort(key=_when)
    if parsed.text("output"):
        output.write(session, parsed.text("output"), found, single=False)
        return
    if not found:
        session.complain("No events found." if everywhere else f"No events found in {session.namespace} namespace.")
        return
    head = [*(["NAMESPACE"] * everywhere), "LAST SEEN", "TYPE", "REASON", "OBJECT", "MESSAGE"]
    rows = [] if parsed.on("no-headers") else [head]
    session.print(text.lines([*rows, *(_row(session, one, everywhere) for one in found)], session.profile))


def _wanted(session: Session, event: Obj, kinds: list[str]) -> bool:
    if kinds and event.get("type") not in kinds:
        return False
    about = session.parsed.text("for")
    if not about:
        return True
    kind, slash, name = about.partition("/")
    if not slash or not name:
        raise error("--for must be in resource/name form")
    row = session.resolve(kind)
    involved = event.get("involvedObject") or {}
    return (involved.get("kind"), involved.get("name")) == (row.kind, name)


def _when(event: Obj) -> float:
    found = event.get("lastTimestamp") or event.get("eventTime") or event["metadata"].get("creationTimestamp")
    return parse(found) if found else 0.0


def _row(session: Session, event: Obj, everywhere: bool) -> list[str]:
    now, profile = session.now, session.profile
    last = age(event.get("lastTimestamp") or event.get("eventTime"), now, profile)
    count = dig(event, "series", "count") or event.get("count", 1)
    if count > 1:
        last = f"{last} (x{count} over {age(event.get('firstTimestamp'), now, profile)})"
    involved = event.get("involvedObject") or {}
    about = f"{involved.get('kind', '')}/{involved.get('name', '')}"
    cells = [last, event.get("type", ""), event.get("reason", ""), about, str(event.get("message", "")).strip()]
    return [event["metadata"].get("namespace", ""), *cells] if everywhere else cells
