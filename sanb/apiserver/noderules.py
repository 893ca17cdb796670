"""The rules of the role system:node: what every kubelet may do (SEM 10.5)."""

from __future__ import annotations

from collections.abc import Iterator

from sanb.apiserver.rulebuilder import READ, rule
from sanb.profiles.profile import Profile
from sanb.values import Obj

EVERY: tuple[Obj, ...] = (
    rule("create", "tokenreviews", group="authentication.k8s.io"),
    rule("create", "subjectaccessreviews localsubjectaccessreviews", group="authorization.k8s.io"),
    rule(READ, "services"),
    rule("create get list watch", "nodes"),
    rule("update patch", "nodes/status"),
    rule("update patch", "nodes"),
    rule("create update patch", "events"),
    rule(READ, "pods"),
    rule("create delete", "pods"),
    rule("update patch", "pods/status"),
    rule("create", "pods/eviction"),
    rule("get list watch", "secrets configmaps"),
    rule("get", "persistentvolumeclaims persistentvolumes"),
    rule("get", "endpoints"),
    rule("create get list watch", "certificatesigningrequests", group="certificates.k8s.io"),
)
LEASES = rule("get create update patch delete", "leases", group="coordination.k8s.io")
ATTACHMENTS = rule("get", "volumeattachments", group="storage.k8s.io")
CLAIMS = rule("get update patch", "persistentvolumeclaims/status")
TOKENS = rule("create", "serviceaccounts/token")
DRIVERS = rule("get watch list", "csidrivers", group="storage.k8s.io")
CSI_NODES = rule("get create update patch delete", "csinodes", group="storage.k8s.io")
CLASSES = rule("get list watch", "runtimeclasses", group="node.k8s.io")
MORE = {
    "1.10": (ATTACHMENTS,),
    "1.11": (CLAIMS, ATTACHMENTS),
    "1.14": (LEASES, ATTACHMENTS, CLAIMS, DRIVERS, CSI_NODES, CLASSES),
}


def node_rules(profile: Profile) -> tuple[Obj, ...]:
    """The rules of a minor."""
    return tuple(_rules(profile))


def _rules(profile: Profile) -> Iterator[Obj]:
    yield from EVERY
    yield from profile.pick(MORE)
    if profile["token_request"]:
        yield TOKENS
