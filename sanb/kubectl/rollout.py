"""kubectl rollout history, restart and status, of Deployments."""

from __future__ import annotations

from typing import Final

from sanb.apiserver.resources import Resource
from sanb.kubectl.flags import NUMBER, SWITCH, TEXT, Flag
from sanb.kubectl.result import error
from sanb.kubectl.session import Session, targets
from sanb.times import rfc3339
from sanb.values import Obj, dig
from sanb.views.tablewriter import align

FLAGS: Final = {
    "revision": Flag(NUMBER),
    "output": Flag(TEXT, "o"),
    "watch": Flag(SWITCH, "w"),
    "timeout": Flag(),
    "selector": Flag(TEXT, "l"),
    "filename": Flag("many", "f"),
}
REVISION: Final = "deployment.kubernetes.io/revision"
CAUSE: Final = "kubernetes.io/change-cause"
RESTARTED: Final = "kubectl.kubernetes.io/restartedAt"
HEAD: Final = {"1.10": '{}s "{}"\n', "1.11": "{}/{} \n"}


def _deployments(session: Session) -> list[tuple[Resource, str]]:
    if not session.parsed.arguments:
        raise error("required resource not specified")
    found = [(row, name) for row, names in targets(session.parsed.arguments) for name in names]
    for row, _ in found:
        if row.kind != "Deployment":
            raise error(f'no kind "{row.kind}" is registered for a rollout')
    return found


def history(session: Session) -> None:
    """The revisions of Deployments."""
    for row, name in _deployments(session):
        body = session.ask("get", row, session.namespace, name)
        lines = []
        for replicaset in session.objects("replicasets.apps", session.namespace):
            owners = replicaset["metadata"].get("ownerReferences") or ()
            if any(owner["uid"] == body["metadata"]["uid"] for owner in owners):
                notes = replicaset["metadata"].get("annotations") or {}
                lines.append((int(notes.get(REVISION, 0)), notes.get(CAUSE, "<none>")))
        text = "REVISION\tCHANGE-CAUSE\n" + "".join(f"{number}\t{cause}\n" for number, cause in sorted(lines))
        session.print(session.profile.pick(HEAD).format(session.named(row), name) + align(text) + "\n")


def restart(session: Session) -> None:
    """Start all Pods of Deployments anew."""
    for row, name in _deployments(session):
        change: Obj = {"spec": {"template": {"metadata": {"annotations": {RESTARTED: rfc3339(session.cp.now)}}}}}
        session.ask("patch", row, session.namespace, name, change, options={"patchType": "strategic"})
        session.changed(row, name, "restarted")


def status(session: Session) -> None:
    """Wait until Deployments are rolled out."""
    for row, name in _deployments(session):

        def finished(row: Resource = row, name: str = name) -> bool:
            body = session.ask("get", row, session.namespace, name)
            wanted = dig(body, "spec", "replicas", default=1)
            seen = dig(body, "status", "observedGeneration", default=0) >= dig(
                body, "metadata", "generation", default=0
            )
            counts = [
                dig(body, "status", field, default=0) for field in ("updatedReplicas", "availableReplicas", "replicas")
            ]
            return seen and counts == [wanted] * 3

        if not session.wait(finished, 600.0):
            raise error(f'deployment "{name}" exceeded its progress deadline')
        session.print(f'deployment "{name}" successfully rolled out\n')
