"""--dry-run by minor, and what is printed instead of being done."""

from __future__ import annotations

from typing import Any, Final

from sanb.apiserver.resources import Resource
from sanb.kubectl import output
from sanb.kubectl.flags import SWITCH, TEXT, Flag
from sanb.kubectl.result import error
from sanb.kubectl.session import Session
from sanb.values import Obj

FLAGS: Final = {
    "dry-run": Flag(TEXT, "", "unchanged"),
    "output": Flag(TEXT, "o"),
    "save-config": Flag(SWITCH),
    "field-manager": Flag(),
    "show-managed-fields": Flag(SWITCH),
    "allow-missing-template-keys": Flag(SWITCH),
    "template": Flag(),
    "validate": Flag(TEXT, "", "true"),
}
SERVER_SIDE: Final = {"1.10": False, "1.18": True}
BARE_REFUSED: Final = {"1.10": False, "1.23": True}
NULL_TIME: Final = {"1.10": True, "1.34": False}
"""Whether an object that was never created prints `creationTimestamp: null`."""
BARE: Final = '--dry-run flag without a value was specified. A value must be set: "none", "server", or "client".'


def mode(session: Session) -> str:
    """none, client or server.

    Raises:
        Failure: the value is none of these.
    """
    value = session.parsed.text("dry-run", "none")
    if value == "unchanged":
        if session.profile.pick(BARE_REFUSED):
            raise error(BARE)
        if session.profile.pick(SERVER_SIDE):
            session.complain("W0000 --dry-run is deprecated and can be replaced with --dry-run=client.")
        return "client"
    if value in ("true", "false") and not session.profile.pick(BARE_REFUSED):
        return "client" if value == "true" else "none"
    if value not in ("none", "client", "server"):
        raise error(f'Invalid dry-run value ({value}). Must be "none", "server", or "client".')
    return value


NAMELESS: Final = "<unknown>"
SUFFIX: Final = {"none": "", "client": " (dry run)", "server": " (server dry run)"}


def make(
    session: Session, resource: Resource, obj: Obj, namespace: str, *, pretend: bool = True,
    manager: str = "kubectl-create",
) -> None:
    """Create the object, or show what would be created.

    Raises:
        ApiError: the server refuses.
    """
    dry = mode(session)
    if dry == "client":
        body = local(session, resource, obj, namespace if session.parsed.text("namespace") else "") if pretend else obj
    else:
        options: dict[str, Any] = {"fieldManager": session.parsed.text("field-manager") or manager}
        if dry == "server":
            options["dryRun"] = "All"
        body = session.ask("create", resource, namespace, body=obj, options=options)
    report(session, resource, body, f"created{SUFFIX[dry]}")


def report(session: Session, resource: Resource, body: Obj, done: str) -> None:
    """Say what was done, or print the object in the format of -o."""
    form = session.parsed.text("output")
    if form:
        output.write(session, form, [body])
    else:
        session.changed(resource, (body.get("metadata") or {}).get("name") or NAMELESS, done)


def local(session: Session, resource: Resource, obj: Obj, namespace: str) -> Obj:
    """An object as kubectl itself prints it before the server has seen it."""
    metadata = dict(obj.get("metadata") or {})
    if session.profile.pick(NULL_TIME):
        metadata["creationTimestamp"] = None
    if namespace and resource.namespaced:
        metadata["namespace"] = namespace
    return {**obj, "metadata": metadata}
