"""kubectl create -f, and the table of all `create KIND NAME` (SEM 12.4)."""

from __future__ import annotations

from typing import Any, Final

from sanb.errors import ApiError
from sanb.kubectl import createdata, createnetwork, createpolicy, createworkload, dryrun, failures, manifest
from sanb.kubectl.flags import SWITCH, TEXT, Flag, Flags
from sanb.kubectl.maker import one_name, simple
from sanb.kubectl.result import Failure, error
from sanb.kubectl.session import Session
from sanb.values import Obj

__all__ = ["ALIASES", "CREATES", "FILE_FLAGS", "from_files", "one_name", "simple"]

SOURCE_FIRST: Final = {"1.10": False, "1.15": True}
HELP: Final = "Create a resource from a file or from stdin."
SEE: Final = "See 'kubectl create -h' for help and examples"
STRICT: Final = {"1.10": "", "1.25": "Strict"}
FILE_FLAGS: Final[Flags] = {
    **manifest.FLAGS,
    **dryrun.FLAGS,
    "selector": Flag(TEXT, "l"),
    "edit": Flag(SWITCH),
    "raw": Flag(),
    "record": Flag(SWITCH),
}


def from_files(session: Session) -> None:
    """kubectl create -f."""
    if not session.parsed.many("filename"):
        if session.profile.pick(SOURCE_FIRST):
            session.complain("Error: must specify one of -f and -k\n\n")
        words = " ".join(session.parsed.arguments)
        raise Failure(f'error: unknown command "{words}"\n{SEE}' if words else HELP)
    if session.parsed.arguments:
        raise error(f"Unexpected args: [{' '.join(session.parsed.arguments)}]\n{SEE}")
    problems: list[str] = []
    dry = dryrun.mode(session)
    for document in manifest.documents(session):
        place = manifest.located(session, document)
        body = _saved(place.obj) if session.parsed.on("save-config") else place.obj
        options: dict[str, Any] = {"fieldManager": session.parsed.text("field-manager") or "kubectl-create"}
        if session.profile.pick(STRICT) and session.parsed.text("validate") not in ("false", "ignore", "warn"):
            options["fieldValidation"] = session.profile.pick(STRICT)
        if dry == "server":
            options["dryRun"] = "All"
        try:
            made = (
                body
                if dry == "client"
                else session.ask("create", place.resource, place.namespace, body=body, options=options)
            )
        except ApiError as refusal:
            problems.append(failures.text(refusal, f'error when creating "{place.source}"'))
            continue
        dryrun.report(session, place.resource, made, f"created{dryrun.SUFFIX[dry]}")
    manifest.first(problems)


def _saved(obj: Obj) -> Obj:
    from sanb.kubectl.apply import with_last_applied

    return with_last_applied(obj)


CREATES: Final = {
    **createpolicy.CREATES,
    **createdata.CREATES,
    **createworkload.CREATES,
    **createnetwork.CREATES,
}
SINCE: Final = {**createpolicy.SINCE, **createworkload.SINCE, **createnetwork.SINCE}
ALIASES: Final = {
    "ns": "namespace",
    "sa": "serviceaccount",
    "cm": "configmap",
    "deploy": "deployment",
    "dep": "deployment",
    "cj": "cronjob",
    "resourcequota": "quota",
    "pdb": "poddisruptionbudget",
    "pc": "priorityclass",
    "svc": "service",
    "ing": "ingress",
}
