"""apply --prune: objects that were applied once and are not in the manifest any more."""

from __future__ import annotations

from typing import Final

from sanb.kubectl import dryrun
from sanb.kubectl.manifest import Located
from sanb.kubectl.result import error
from sanb.kubectl.session import Session
from sanb.values import dig

LAST: Final = "kubectl.kubernetes.io/last-applied-configuration"
KINDS: Final = (
    "configmaps",
    "endpoints",
    "namespaces",
    "persistentvolumeclaims",
    "persistentvolumes",
    "pods",
    "replicationcontrollers",
    "secrets",
    "services",
    "jobs.batch",
    "cronjobs.batch",
    "ingresses.networking.k8s.io",
    "daemonsets.apps",
    "deployments.apps",
    "replicasets.apps",
    "statefulsets.apps",
)
"""What is looked through when the command does not say."""


def check(session: Session) -> None:
    """Refuse a command that prunes without saying what.

    Raises:
        Failure: it does.
    """
    parsed = session.parsed
    if parsed.on("prune") and not parsed.on("all") and not parsed.text("selector"):
        raise error(
            "all resources selected for prune without explicitly passing --all. To prune all resources, pass the "
            "--all flag. If you did not mean to prune all resources, specify a label selector"
        )
    if parsed.on("all") and parsed.text("selector"):
        raise error("cannot set --all and --selector at the same time")


def prune(session: Session, applied: list[Located]) -> None:
    """Delete what was applied before and is not among the objects of now."""
    parsed = session.parsed
    kept = {(one.resource.id, one.namespace, one.name) for one in applied}
    spaces = sorted({one.namespace for one in applied if one.resource.namespaced}) or [session.namespace]
    allowed = parsed.many("prune-allowlist") + parsed.many("prune-whitelist")
    wanted = [_allowed(text) for text in allowed] if allowed else list(KINDS)
    options = {"labelSelector": parsed.text("selector")} if parsed.text("selector") else {}
    dry = dryrun.mode(session)
    for row in session.rows():
        if row.id not in wanted:
            continue
        for space in spaces if row.namespaced else [""]:
            for obj in session.objects(row, space, **options):
                name = obj["metadata"]["name"]
                if dig(obj, "metadata", "annotations", LAST) is None or (row.id, space, name) in kept:
                    continue
                if dry == "none":
                    session.ask("delete", row, space, name, {"propagationPolicy": "Background"})
                session.changed(row, name, f"pruned{dryrun.SUFFIX[dry]}")


def _allowed(text: str) -> str:
    """The resource of core/v1/ConfigMap or apps/v1/Deployment."""
    from sanb.apiserver.resources import BY_KIND

    parts = text.split("/")
    if len(parts) != 3:
        raise error(f"invalid GroupVersionKind format: {text}, please follow <group/version/kind>")
    row = BY_KIND.get(parts[2])
    if row is None:
        raise error(f'no matches for kind "{parts[2]}" in version "{parts[0]}/{parts[1]}"')
    return row.id
