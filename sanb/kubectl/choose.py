"""Which objects a command is about: TYPE NAME, TYPE/NAME, -f, -l, --all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from sanb.apiserver.resources import Resource
from sanb.errors import ApiError
from sanb.kubectl import dryrun, failures, manifest
from sanb.kubectl.flags import SWITCH, TEXT, Flag, Flags
from sanb.kubectl.result import Failure, error
from sanb.kubectl.session import Session
from sanb.values import Obj

FLAGS: Final[Flags] = {
    **manifest.FLAGS,
    **dryrun.FLAGS,
    "selector": Flag(TEXT, "l"),
    "all": Flag(SWITCH),
    "field-selector": Flag(),
    "record": Flag(SWITCH),
    "local": Flag(SWITCH),
    "resource-version": Flag(),
    "all-namespaces": Flag(SWITCH, "A"),
}
NO_TARGET: Final = (
    "You must provide one or more resources by argument or filename.\n"
    "Example resource specifications include:\n   '-f rsrc.yaml'\n"
    "   '--filename=rsrc.json'\n   '<resource> <name>'\n   '<resource>'"
)
NO_NAME: Final = "resource(s) were provided, but no name was specified"

Target = tuple[Resource, str, str]


def each(
    session: Session, words: list[str], change: Callable[[Target], None], *, all_of_a_kind: bool = False
) -> None:
    """Do a change on every object that the words, -f or -l choose; refusals do not stop the others.

    Raises:
        Failure: one or more of the objects could not be changed.
    """
    problems: list[str] = []
    for target in chosen(session, words, problems, all_of_a_kind=all_of_a_kind):
        try:
            change(target)
        except ApiError as refusal:
            problems.append(failures.text(refusal))
        except Failure as refusal:
            problems.append(refusal.text)
    manifest.first(problems)


def chosen(
    session: Session, words: list[str], problems: list[str] | None = None, *, all_of_a_kind: bool = False
) -> list[Target]:
    """The objects that the words, -f or -l choose; a kind without names means all of it if `all_of_a_kind`.

    Raises:
        Failure: the words name no kind, or no object.
    """
    if session.parsed.many("filename"):
        return [(place.resource, place.namespace, place.name) for place in manifest.each(session)]
    if not words:
        raise error(NO_TARGET)
    found: list[Target] = []
    for resource, names in session.targets(words):
        found.extend((resource, session.namespace, name) for name in names)
        if not names:
            found.extend(_listed(session, resource, problems, all_of_a_kind))
    return found


def _listed(session: Session, resource: Resource, problems: list[str] | None, everything: bool) -> list[Target]:
    parsed = session.parsed
    options = {"labelSelector": parsed.text("selector"), "fieldSelector": parsed.text("field-selector")}
    options = {key: text for key, text in options.items() if text}
    if not options and not parsed.on("all") and not everything:
        raise error(NO_NAME)
    namespace = "" if parsed.on("all-namespaces") else session.namespace
    try:
        items = session.ask("list", resource, namespace, options=options)["items"] or ()
    except ApiError as refusal:
        if problems is None:
            raise
        problems.append(failures.text(refusal))
        return []
    return [(resource, item["metadata"].get("namespace", ""), item["metadata"]["name"]) for item in items]


def options(session: Session, patch: str, manager: str) -> dict[str, Any]:
    """The options of a patch that a command sends: its type, its manager, and whether nothing is stored."""
    found: dict[str, Any] = {"patchType": patch, "fieldManager": session.parsed.text("field-manager") or manager}
    return {**found, "dryRun": "All"} if dryrun.mode(session) == "server" else found


def nested(path: tuple[str, ...], inner: Any) -> Obj:
    """`inner` below the keys of a path."""
    for key in reversed(path):
        inner = {key: inner}
    found: Obj = inner
    return found
