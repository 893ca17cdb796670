"""kubectl create role, clusterrole, rolebinding and clusterrolebinding (SEM 12.4)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from sanb.apiserver.resources import RBAC
from sanb.kubectl.create import simple
from sanb.kubectl.flags import MANY, REPEAT, Flag, Flags
from sanb.kubectl.result import Failure, error
from sanb.kubectl.session import Session
from sanb.values import Obj

VERBS: Final = (
    "get",
    "delete",
    "list",
    "create",
    "update",
    "patch",
    "watch",
    "proxy",
    "redirect",
    "deletecollection",
    "use",
    "bind",
    "impersonate",
    "escalate",
    "approve",
    "sign",
    "attest",
    "*",
)
SPECIAL: Final[dict[str, tuple[tuple[str, str], ...]]] = {
    "use": (("podsecuritypolicies", "policy"), ("podsecuritypolicies", "extensions")),
    "bind": (("roles", RBAC), ("clusterroles", RBAC)),
    "escalate": (("roles", RBAC), ("clusterroles", RBAC)),
    "impersonate": (("users", ""), ("serviceaccounts", ""), ("groups", ""), ("userextras", "authentication.k8s.io")),
}
"""Verbs that only some resources have, as (resource, group)."""
API: Final = f"{RBAC}/v1"


def role(session: Session, name: str) -> Obj:
    """The Role of --verb, --resource and --resource-name."""
    return {"apiVersion": API, "kind": "Role", "metadata": {"name": name}, "rules": _rules(session)}


def clusterrole(session: Session, name: str) -> Obj:
    """The ClusterRole; beside resources it may have non-resource URLs, or be put together of others."""
    parsed = session.parsed
    body: Obj = {"apiVersion": API, "kind": "ClusterRole", "metadata": {"name": name}}
    if parsed.text("aggregation-rule"):
        wanted = dict(part.split("=", 1) for part in parsed.text("aggregation-rule").split(","))
        return {**body, "aggregationRule": {"clusterRoleSelectors": [{"matchLabels": wanted}]}, "rules": None}
    urls = parsed.many("non-resource-url")
    rules = _rules(session) if parsed.many("resource") or not urls else []
    if urls:
        rules = [*rules, {"nonResourceURLs": urls, "verbs": _verbs(session)}]
    return {**body, "rules": rules}


def _verbs(session: Session) -> list[str]:
    verbs = list(dict.fromkeys(verb.strip() for verb in session.parsed.many("verb")))
    if not verbs:
        raise error("at least one verb must be specified")
    for verb in verbs:
        if verb not in VERBS:
            session.complain(f"Warning: '{verb}' is not a standard resource verb")
    return ["*"] if "*" in verbs else verbs


def _rules(session: Session) -> list[Obj]:
    verbs = _verbs(session)
    wanted = list(dict.fromkeys(session.parsed.many("resource")))
    if not wanted:
        raise error("at least one resource must be specified")
    groups: dict[str, list[str]] = {}
    for text in wanted:
        plural, slash, subresource = text.partition("/")
        if plural == "*":
            groups.setdefault("", []).append(text)
            continue
        name, group = _resource(session, plural, verbs)
        groups.setdefault(group, []).append(name + slash + subresource)
    names = session.parsed.many("resource-name")
    more: dict[str, Any] = {"resourceNames": names} if names else {}
    return [{"apiGroups": [group], **more, "resources": groups[group], "verbs": verbs} for group in sorted(groups)]


def _resource(session: Session, word: str, verbs: list[str]) -> tuple[str, str]:
    """The plural and the group that a word means; special verbs must fit to it.

    Raises:
        Failure: there is no such resource, or it does not have one of the verbs.
    """
    name, _, group = word.partition(".")
    if (name, group) not in [pair for pairs in SPECIAL.values() for pair in pairs]:
        try:
            row = session.resolve(word)
        except Failure as failure:
            raise Failure(failure.text.removeprefix("error: ")) from None
        name, group = row.plural, row.group
    for verb in verbs:
        if verb in SPECIAL and (name, group) not in SPECIAL[verb]:
            raise error(f"can not perform '{verb}' on '{name}' in group '{group}'")
    return name, group


def binding(kind: str) -> Callable[[Session, str], Obj]:
    """A builder of RoleBindings or ClusterRoleBindings."""

    def build(session: Session, name: str) -> Obj:
        parsed = session.parsed
        cluster, local = parsed.text("clusterrole"), parsed.text("role")
        if kind == "RoleBinding" and bool(cluster) == bool(local):
            raise error("exactly one of clusterrole or role must be specified")
        if kind == "ClusterRoleBinding" and not cluster:
            raise error("clusterrole must be specified")
        reference = {"apiGroup": RBAC, "kind": "ClusterRole" if cluster else "Role", "name": cluster or local}
        body: Obj = {"apiVersion": API, "kind": kind, "metadata": {"name": name}, "roleRef": reference}
        found = _subjects(session)
        return {**body, "subjects": found} if found else body

    return build


def _subjects(session: Session) -> list[Obj]:
    parsed = session.parsed
    found: list[Obj] = [{"apiGroup": RBAC, "kind": "User", "name": name} for name in parsed.many("user")]
    found += [{"apiGroup": RBAC, "kind": "Group", "name": name} for name in parsed.many("group")]
    for text in parsed.many("serviceaccount"):
        parts = text.split(":")
        if len(parts) != 2 or not all(parts):
            raise error("serviceaccount must be <namespace>:<name>")
        found.append({"kind": "ServiceAccount", "name": parts[1], "namespace": parts[0]})
    return found


_RULES: Final[Flags] = {"verb": Flag(MANY), "resource": Flag(MANY), "resource-name": Flag(REPEAT)}
_BINDING: Final[Flags] = {
    "clusterrole": Flag(),
    "role": Flag(),
    "serviceaccount": Flag(REPEAT),
    "user": Flag(REPEAT),
    "group": Flag(REPEAT),
}
CREATES: Final[dict[str, tuple[Callable[[Session], None], Flags]]] = {
    "role": (simple("role", f"roles.{RBAC}", role), _RULES),
    "clusterrole": (
        simple("clusterrole", f"clusterroles.{RBAC}", clusterrole),
        {**_RULES, "non-resource-url": Flag(MANY), "aggregation-rule": Flag()},
    ),
    "rolebinding": (simple("rolebinding", f"rolebindings.{RBAC}", binding("RoleBinding")), _BINDING),
    "clusterrolebinding": (
        simple("clusterrolebinding", f"clusterrolebindings.{RBAC}", binding("ClusterRoleBinding")),
        _BINDING,
    ),
}
