"""kubectl replace."""

from __future__ import annotations

from typing import Any, Final

from sanb.errors import ApiError
from sanb.kubectl import dryrun, failures, manifest
from sanb.kubectl.apply import LAST, with_last_applied
from sanb.kubectl.create import without_version
from sanb.kubectl.delete import gone, remove
from sanb.kubectl.flags import NUMBER, SWITCH, TEXT, Flag, Flags
from sanb.kubectl.manifest import Located
from sanb.kubectl.result import error
from sanb.kubectl.session import Session
from sanb.values import Obj, dig

NO_FILE: Final = {"1.10": "must specify --filename to replace", "1.14": "must specify one of -f and -k"}
FLAGS: Final[Flags] = {
    **manifest.FLAGS,
    **dryrun.FLAGS,
    "force": Flag(SWITCH),
    "cascade": Flag(TEXT, "", "background"),
    "grace-period": Flag(NUMBER),
    "timeout": Flag(),
    "wait": Flag(SWITCH),
    "raw": Flag(),
    "subresource": Flag(),
}


def replace(session: Session) -> None:
    """Put the objects of -f in the place of those that are there."""
    parsed = session.parsed
    if not parsed.many("filename"):
        raise error(session.profile.pick(NO_FILE))
    if "grace-period" in parsed.values and not parsed.on("force"):
        raise error("--grace-period must have --force specified")
    problems: list[str] = []
    places = list(manifest.each(session))
    if parsed.on("force"):
        _remove(session, places)
    for place in places:
        try:
            _one(session, place)
        except ApiError as refusal:
            doing = "creating" if parsed.on("force") else "replacing"
            problems.append(failures.text(refusal, f'error when {doing} "{place.source}"'))
    manifest.first(problems)


def _remove(session: Session, places: list[Located]) -> None:
    session.parsed.values.setdefault("grace-period", 0)
    for place in places:
        try:
            remove(session, (place.resource, place.namespace, place.name))
        except ApiError as refusal:
            if refusal.code != 404:
                raise
    session.wait(lambda: all(gone(session, (one.resource, one.namespace, one.name)) for one in places))


def _one(session: Session, place: Located) -> None:
    dry = dryrun.mode(session)
    options: dict[str, Any] = {"fieldManager": session.parsed.text("field-manager") or "kubectl-replace"}
    strict = manifest.strictness(session)
    options |= {"fieldValidation": strict} if strict else {}
    options |= {"dryRun": "All"} if dry == "server" else {}
    body: Obj = place.obj
    if session.parsed.on("save-config") or dig(body, "metadata", "annotations", LAST) is not None:
        body = with_last_applied(body)
    if session.parsed.on("force"):
        body = without_version(body)
    if dry != "client":
        verb, name = ("create", "") if session.parsed.on("force") else ("update", place.name)
        body = session.ask(
            verb, place.resource, place.namespace, name, body, session.parsed.text("subresource"), options
        )
    dryrun.report(session, place.resource, body, f"replaced{dryrun.SUFFIX[dry]}")
