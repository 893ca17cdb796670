"""kubectl rollout: restart, pause, resume, history and undo of Deployments, DaemonSets and StatefulSets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, NamedTuple

from sanb.apiserver.resources import Resource
from sanb.kubectl import choose, dryrun
from sanb.kubectl.choose import Target
from sanb.kubectl.documents import to_json, to_yaml
from sanb.kubectl.flags import NUMBER, SWITCH, Flag, Flags
from sanb.kubectl.result import error
from sanb.kubectl.session import Session
from sanb.times import rfc3339
from sanb.values import Obj, dig
from sanb.views.describe.pod import template as template_text
from sanb.views.tablewriter import align

FLAGS: Final[Flags] = {
    **choose.FLAGS,
    "revision": Flag(NUMBER),
    "to-revision": Flag(NUMBER),
    "watch": Flag(SWITCH, "w"),
    "timeout": Flag(),
}
REVISION: Final = "deployment.kubernetes.io/revision"
CAUSE: Final = "kubernetes.io/change-cause"
RESTARTED: Final = "kubectl.kubernetes.io/restartedAt"
HASH: Final = "pod-template-hash"
HEAD: Final = {"1.10": '{plural} "{name}"', "1.11": "{named}/{name} "}
LAST: Final = "kubectl.kubernetes.io/last-applied-configuration"
APPLIED: Final = {"1.10": False, "1.36": True}
"""Whether undo warns of what apply remembers."""
REMEMBERED: Final = (
    "Warning: resource {} was previously managed with 'kubectl apply'. Rolling back will not update the "
    f"{LAST} annotation, which may cause unexpected behavior on future 'kubectl apply' operations. Consider using "
    "'kubectl apply' with your previous configuration file instead."
)
KINDS: Final = ("Deployment", "DaemonSet", "StatefulSet")
VERBS: Final = {"restart": "restarting", "pause": "pausing", "resume": "resuming"}


class Revision(NamedTuple):
    """One revision of a workload: its number, why it was made, and its Pod template."""

    number: int
    cause: str
    template: Obj


def each(session: Session, change: Callable[[Session, Target], None]) -> None:
    """Do something for every workload that the command names."""
    if not session.parsed.arguments and not session.parsed.many("filename"):
        raise error("required resource not specified")
    if not session.parsed.text("selector"):
        choose.each(session, session.parsed.arguments, lambda target: change(session, target), all_of_a_kind=True)
        return
    for target in choose.chosen(session, session.parsed.arguments):
        change(session, target)


def _no_visitor(what: str, row: Resource) -> Exception:
    """A kind that has no revisions."""
    return error(f'error retrieving {what} for "{row.kind}", no visitor method exists for {{{row.group} {row.kind}}}')


def _owned(session: Session, resource: str, obj: Obj) -> list[Obj]:
    uid = obj["metadata"]["uid"]
    found = session.objects(resource, obj["metadata"]["namespace"])
    return [one for one in found if any(ref["uid"] == uid for ref in one["metadata"].get("ownerReferences") or ())]


def revisions(session: Session, row: Resource, obj: Obj) -> list[Revision]:
    """The revisions that are kept, the oldest first."""
    found = []
    if row.kind == "Deployment":
        for one in _owned(session, "replicasets.apps", obj):
            notes = one["metadata"].get("annotations") or {}
            found.append(Revision(int(notes.get(REVISION, 0)), notes.get(CAUSE, ""), one["spec"].get("template") or {}))
    else:
        for one in _owned(session, "controllerrevisions.apps", obj):
            notes = one["metadata"].get("annotations") or {}
            template = dig(one, "data", "spec", "template", default={})
            found.append(Revision(int(one.get("revision", 0)), notes.get(CAUSE, ""), template))
    return sorted(found, key=lambda one: one.number)


# ---------------------------------------------------------------------- history and undo


def history(session: Session) -> None:
    """The revisions of workloads."""
    each(session, _history)


def _history(session: Session, target: Target) -> None:
    row, namespace, name = target
    obj = session.fetch(row, namespace, name)
    if row.kind not in KINDS:
        raise _no_visitor("history", row)
    found, wanted = revisions(session, row, obj), session.parsed.values.get("revision", 0)
    if wanted < 0:
        raise error(f"revision must be a positive integer: {wanted}")
    head = session.profile.pick(HEAD).format(plural=row.plural, named=session.named(row), name=name)
    if wanted:
        one = next((one for one in found if one.number == wanted), None)
        if one is None:
            raise error("unable to find the specified revision")
        _one_revision(session, obj, head.rstrip(), one)
        return
    rows = "".join(f"{one.number}\t{one.cause or '<none>'}\n" for one in found)
    session.print(f"{head}\n" + align("REVISION\tCHANGE-CAUSE\n" + rows) + "\n")


def _one_revision(session: Session, obj: Obj, head: str, one: Revision) -> None:
    form = session.parsed.text("output")
    if form:
        session.print(
            (to_yaml if form == "yaml" else to_json)({**obj, "spec": {**obj["spec"], "template": one.template}})
        )
        return
    notes = {CAUSE: one.cause} if one.cause else {}
    shown = {
        **one.template,
        "metadata": {**(one.template.get("metadata") or {}), **({"annotations": notes} if notes else {})},
    }
    session.print(f"{head} with revision #{one.number}\n" + template_text(shown, session) + "\n")


def undo(session: Session) -> None:
    """Go back to a revision."""
    each(session, _undo)


def _undo(session: Session, target: Target) -> None:
    row, namespace, name = target
    obj = session.fetch(row, namespace, name)
    if row.kind not in KINDS:
        raise _no_visitor("rollbacker", row)
    if session.profile.pick(APPLIED) and LAST in (obj["metadata"].get("annotations") or {}):
        session.complain(REMEMBERED.format(f"{row.plural}/{name}"))
    if dig(obj, "spec", "paused", default=False):
        raise error(
            f"you cannot rollback a paused {row.kind.lower()}; resume it first with 'kubectl rollout resume' and try again"
        )
    found, wanted = revisions(session, row, obj), session.parsed.values.get("to-revision", 0)
    if not wanted and len(found) < 2:
        raise error(f'no rollout history found for {row.kind.lower()} "{name}"')
    one = next((one for one in found if one.number == wanted), None) if wanted else found[-2]
    if one is None:
        raise error(f"unable to find specified revision {wanted} in history")
    template = _bare(one.template)
    suffix = dryrun.SUFFIX[dryrun.mode(session)]
    if template == obj["spec"].get("template"):
        session.changed(row, name, f"skipped rollback (current template already matches revision {one.number}){suffix}")
        return
    if dryrun.mode(session) != "client":
        patch = [{"op": "replace", "path": "/spec/template", "value": template}]
        session.ask("patch", row, namespace, name, patch, options=choose.options(session, "json", "kubectl"))
    done = "rolled back"
    if dryrun.mode(session) == "client":
        shown = {**one.template, "metadata": one.template.get("metadata") or {}}
        done = template_text(shown, session)
    session.changed(row, name, f"{done}{suffix}")


def _bare(template: Obj) -> Obj:
    """The template without what a ReplicaSet or a ControllerRevision adds to it."""
    template = {key: value for key, value in template.items() if key != "$patch"}
    metadata = dict(template.get("metadata") or {})
    labels = {key: value for key, value in (metadata.get("labels") or {}).items() if key != HASH}
    return {**template, "metadata": {**metadata, "labels": labels}} if labels else template


# ---------------------------------------------------------------------- restart, pause, resume


def _refuse(row: Resource, name: str, verb: str) -> Exception:
    return error(f'{row.id} "{name}" {VERBS[verb]} is not supported')


def restart(session: Session) -> None:
    """Start all Pods of workloads anew."""
    each(session, _restart)


def _restart(session: Session, target: Target) -> None:
    row, namespace, name = target
    obj = session.fetch(row, namespace, name)
    if row.kind not in KINDS:
        raise _refuse(row, name, "restart")
    if dig(obj, "spec", "paused", default=False):
        raise error(f'{row.id} "{name}" can\'t restart paused deployment (run rollout resume first)')
    notes = {RESTARTED: rfc3339(session.now)}
    _patch(session, target, {"spec": {"template": {"metadata": {"annotations": notes}}}}, "restarted")


def _patch(session: Session, target: Target, patch: Any, done: str) -> None:
    row, namespace, name = target
    dry = dryrun.mode(session)
    if dry != "client":
        options = choose.options(session, "strategic", "kubectl-rollout")
        session.ask("patch", row, namespace, name, patch, options=options)
    session.changed(row, name, done + dryrun.SUFFIX[dry])


def pauser(wanted: bool) -> Callable[[Session], None]:
    """kubectl rollout pause, or resume."""
    verb, done = ("pause", "paused") if wanted else ("resume", "resumed")

    def one(session: Session, target: Target) -> None:
        row, namespace, name = target
        obj = session.fetch(row, namespace, name)
        if row.kind != "Deployment":
            raise _refuse(row, name, verb)
        if bool(dig(obj, "spec", "paused", default=False)) == wanted:
            raise error(f'{row.id} "{name}" is {"already" if wanted else "not"} paused')
        _patch(session, target, {"spec": {"paused": True if wanted else None}}, done)

    return lambda session: each(session, one)
