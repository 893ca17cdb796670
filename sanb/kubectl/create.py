"""kubectl create -f, and the table of all `create KIND NAME` (SEM 12.4)."""

from __future__ import annotations

from typing import Any, Final

from sanb.errors import ApiError
from sanb.kubectl import createdata, createnetwork, createpolicy, createworkload, dryrun, failures, manifest, usage
from sanb.kubectl.flags import SWITCH, TEXT, Flag, Flags
from sanb.kubectl.maker import one_name, simple
from sanb.kubectl.manifest import Located
from sanb.kubectl.result import Failure, error
from sanb.kubectl.session import Session
from sanb.values import Obj

__all__ = ["ALIASES", "CREATES", "FILE_FLAGS", "from_files", "one_name", "simple"]

NO_FILE: Final = {"1.10": "help", "1.15": "both", "1.31": "plain"}
"""What a bare `create` says: its help, that and what is missing, or only what is missing."""
SEE: Final = "See 'kubectl create -h' for help and examples"
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
    if session.parsed.arguments:
        _refuse_words(session)
    if session.parsed.text("raw"):
        raise error("--raw is not available: use `kubectl create -f`")
    if not session.parsed.many("filename"):
        _refuse_nothing(session)
    problems: list[str] = []
    for place in manifest.places(session, problems):
        try:
            _one(session, place)
        except ApiError as refusal:
            problems.append(failures.text(refusal, f'error when creating "{place.source}"'))
        except Failure as failure:
            problems.append(failure.text)
    manifest.first(problems)


def _refuse_words(session: Session) -> None:
    words = " ".join(session.parsed.arguments)
    if session.parsed.many("filename") or session.profile.pick(NO_FILE) == "plain":
        raise error(f"Unexpected args: [{words}]\n{SEE}")
    if session.profile.pick(NO_FILE) == "both":
        session.complain("Error: must specify one of -f and -k\n\n")
    raise error(f'unknown command "{words}"\n{SEE}')


def _refuse_nothing(session: Session) -> None:
    form = session.profile.pick(NO_FILE)
    if form == "plain":
        raise error("must specify one of -f and -k")
    if form == "both":
        session.complain("Error: must specify one of -f and -k\n\n")
    raise Failure(usage.page(session.profile, "create"))


def _one(session: Session, place: Located) -> None:
    dry = dryrun.mode(session)
    body = without_version(place.obj)
    if session.parsed.on("save-config"):
        body = _saved(place._replace(obj=body))
    options: dict[str, Any] = {"fieldManager": session.parsed.text("field-manager") or "kubectl-create"}
    strict = manifest.strictness(session)
    options |= {"fieldValidation": strict} if strict else {}
    options |= {"dryRun": "All"} if dry == "server" else {}
    if dry != "client":
        body = session.ask("create", place.resource, place.namespace, body=body, options=options)
    dryrun.report(session, place.resource, body, f"created{dryrun.SUFFIX[dry]}")


def without_version(obj: Obj) -> Obj:
    """The object as kubectl sends it to be created: a dump of a real cluster has a resourceVersion, which it leaves out."""
    metadata = obj.get("metadata")
    if not isinstance(metadata, dict) or "resourceVersion" not in metadata:
        return obj
    return {**obj, "metadata": {key: value for key, value in metadata.items() if key != "resourceVersion"}}


def _saved(place: Located) -> Obj:
    from sanb.kubectl.apply import in_namespace, with_last_applied

    return with_last_applied(in_namespace(place).obj)

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
