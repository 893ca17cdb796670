"""kubectl wait, on virtual time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from sanb.errors import ApiError
from sanb.kubectl import choose, failures
from sanb.kubectl.choose import Target
from sanb.kubectl.flags import Flag, Flags
from sanb.kubectl.result import error
from sanb.kubectl.session import Session
from sanb.kubectl.spans import seconds_of
from sanb.values import Obj, dig, plain
from sanb.views import jsonpath

FLAGS: Final[Flags] = {**choose.FLAGS, "for": Flag(), "timeout": Flag()}
WEEK: Final = 7 * 86400.0
NO_CONDITION: Final = {"1.10": 'unrecognized condition: ""', "1.36": "unrecognized condition: []"}
CREATION: Final = {"1.10": False, "1.31": True}
PATHS: Final = {"1.10": False, "1.23": True}
"""Whether --for knows create and jsonpath."""
GONE: Final = {"1.10": False, "1.23": True}
"""Whether what was never there counts as deleted."""
BARE_PATH: Final = {"1.10": False, "1.28": True}
"""Whether --for=jsonpath may stand without a value."""
PATH_FORM: Final = "jsonpath wait format must be --for=jsonpath='{.status.readyReplicas}'=3"
NO_MATCH: Final = "no matching resources found"

Test = Callable[[Obj | None], bool]


def wait(session: Session) -> None:
    """Let time pass until objects fulfil --for."""
    parsed = session.parsed
    test, waits_for_nothing = _condition(session, parsed.text("for"))
    seconds = seconds_of(parsed.text("timeout") or "30s", "timeout", "kubectl wait")
    targets = choose.chosen(session, parsed.arguments)
    if not targets:
        raise error(NO_MATCH)
    deadline = session.now + (WEEK if seconds < 0 else seconds)
    problems: list[str] = []
    for target in targets:
        problem = _one(session, target, test, max(0.0, deadline - session.now), waits_for_nothing)
        problems += [problem] if problem else []
    failures.end(problems)


def _one(session: Session, target: Target, test: Test, seconds: float, absent: bool) -> str:
    row, namespace, name = target
    if absent and _get(session, target) is None:
        return "" if session.profile.pick(GONE) else str(error(NO_MATCH).text)
    created = session.parsed.text("for") == "create"
    if not absent and not created and _get(session, target) is None:
        session.ask("get", row, namespace, name)

    def fulfilled() -> bool:
        return test(_get(session, target))

    if not (session.wait(fulfilled, seconds) if seconds else fulfilled()):
        if created and _get(session, target) is None:
            return "error: timed out waiting for the condition"
        return f"error: timed out waiting for the condition on {row.plural}/{name}"
    session.print(f"{session.named(row)}/{name} condition met\n")
    return ""


def _get(session: Session, target: Target) -> Obj | None:
    try:
        found: Obj = session.ask("get", target[0], target[1], target[2])
    except ApiError as refusal:
        if refusal.code == 404:
            return None
        raise
    return found


def _condition(session: Session, text: str) -> tuple[Test, bool]:
    """What --for asks, and whether it is that the object goes away."""
    word, _, rest = text.partition("=")
    if text.lower() == "delete":
        return (lambda obj: obj is None), True
    if text.lower() == "create" and session.profile.pick(CREATION):
        return (lambda obj: obj is not None), False
    if word == "condition" and "=" in text:
        name, _, value = rest.partition("=")
        return (lambda obj: _holds(obj, name, value or "true")), False
    if word == "jsonpath" and rest and session.profile.pick(PATHS):
        if "}=" not in rest and "}'=" not in rest and not session.profile.pick(BARE_PATH):
            raise error(PATH_FORM)
        return _path(rest), False
    raise error(f'unrecognized condition: "{text}"' if "for" in session.parsed.values else session.profile.pick(NO_CONDITION))


def _holds(obj: Obj | None, name: str, value: str) -> bool:
    for one in dig(obj or {}, "status", "conditions", default=()):
        if str(one.get("type", "")).lower() == name.lower():
            observed, generation = one.get("observedGeneration"), dig(obj, "metadata", "generation")
            return str(one.get("status", "")).lower() == value.lower() and (observed or generation or 0) >= (
                generation or 0
            )
    return False


def _path(text: str) -> Test:
    template, equals, value = text.rpartition("}=")
    path = (template if equals else text.removesuffix("}")).lstrip("'").removeprefix("{").strip()
    value = value.strip("'\"")
    if text[:1].strip("'") not in ("{", "") and "=" in text:
        path, _, value = text.partition("=")
        equals = "="

    def holds(obj: Obj | None) -> bool:
        found: list[Any] = jsonpath.find(path, plain(obj)) if obj is not None else []
        if not equals:
            return bool(found)
        return len(found) == 1 and _text(found[0]) == value

    return holds


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
