"""The Node authorizer: a kubelet may read what Pods on its node refer to, and ask for their tokens (SEM 7.4)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from sanb.apiserver import rbac
from sanb.apiserver.access import ALLOWED, Access, Verdict, selected
from sanb.apiserver.noderules import node_rules
from sanb.apiserver.request import UserInfo
from sanb.apiserver.view import View
from sanb.profiles.profile import Profile
from sanb.store.version import Version
from sanb.values import Obj

GROUP: Final = "system:nodes"
PREFIX: Final = "system:node:"
MIRROR: Final = "kubernetes.io/config.mirror"
NO_PATH: Final = {
    "1.10": "no path found to object",
    "1.17": 'no relationship found between node "{node}" and this object',
    "1.18": "no relationship found between node '{node}' and this object",
}
ONLY_OWN: Final = {"1.10": False, "1.32": True}
"""Whether a node sees only its own Node and the Pods on it (gate AuthorizeNodeWithSelectors)."""
READS: Final = ("get", "list", "watch")
NOTHING: Final = Verdict(False)


def node_of(user: UserInfo) -> str | None:
    """The node that a user is: its name, "" if the user name tells none, None if he is no node."""
    if GROUP not in user.groups:
        return None
    return user.name.removeprefix(PREFIX) if user.name.startswith(PREFIX) else None


def divided(access: Access) -> bool:
    """Whether a node has a part only of what is asked for."""
    if access.group or access.path or access.resource not in DIVIDED:
        return False
    return access.resource not in ("nodes", "pods") or access.verb in READS


def decide(view: View, access: Access) -> Verdict:
    """What the Node authorizer says: nothing at all about users who are not nodes."""
    node = node_of(access.user)
    if node is None:
        return NOTHING
    if not node:
        return Verdict(False, f'unknown node for user "{access.user.name}"')
    handler = None if access.path or access.group else DIVIDED.get(access.resource)
    if handler is not None:
        verdict = handler(view, access, node)
        if verdict is not None:
            return verdict
    return ALLOWED if any(rbac.allows(rule, access) for rule in rules_of(view.profile)) else NOTHING


def rules_of(profile: Profile) -> tuple[Obj, ...]:
    """The rules that hold for every node: those of the role system:node."""
    found = _RULES.get(profile)
    if found is None:
        found = _RULES[profile] = node_rules(profile)
    return found


_RULES: dict[Profile, tuple[Obj, ...]] = {}


def _related(view: View, access: Access, node: str, index: str) -> Verdict:
    """Whether a Pod on the node refers to the object; mirror Pods, which a node writes itself, do not count."""
    if not access.name:
        return Verdict(False, "No Object name found")

    def on_node(version: Version) -> bool:
        return _real(version) and version.last["spec"].get("nodeName") == node

    if view.table.some("pods", index, (access.namespace, access.name), on_node):
        return ALLOWED
    return Verdict(False, view.profile.pick(NO_PATH).format(node=node))


def _real(version: Version) -> bool:
    """Whether a Pod is no mirror."""
    return MIRROR not in (version.last["metadata"].get("annotations") or ())


def _reading(index: str) -> Callable[[View, Access, str], Verdict | None]:
    def decide(view: View, access: Access, node: str) -> Verdict | None:
        if access.verb not in READS:
            return Verdict(False, "can only read resources of this type")
        if access.subresource:
            return Verdict(False, "cannot read subresource")
        if not access.namespace:
            return Verdict(False, "can only read namespaced object of this type")
        return _related(view, access, node, index)

    return decide


def _tokens(view: View, access: Access, node: str) -> Verdict | None:
    if access.verb != "create" or not access.name:
        return Verdict(False, "can only create tokens for individual service accounts")
    if access.subresource != "token":
        return Verdict(False, "can only create token subresource of serviceaccount")
    if view.table.some("pods", "node-account", (node, access.namespace, access.name), _real):
        return ALLOWED
    return Verdict(False, view.profile.pick(NO_PATH).format(node=node))


def _nodes(view: View, access: Access, node: str) -> Verdict | None:
    if not view.profile.pick(ONLY_OWN) or access.verb not in READS or access.name == node:
        return None
    whom = f"'{access.name}'" if access.name else "all nodes"
    return Verdict(False, f"node '{node}' cannot read {whom}, only its own Node object")


def _pods(view: View, access: Access, node: str) -> Verdict | None:
    if not view.profile.pick(ONLY_OWN) or access.verb not in READS:
        return None
    if access.verb == "get":
        pod = view.get("pods", access.namespace, access.name)
        on_node = pod is not None and pod["spec"].get("nodeName") == node
        return ALLOWED if on_node else Verdict(False, view.profile.pick(NO_PATH).format(node=node))
    if selected(access.fields, "spec.nodeName") == node:
        return None
    return Verdict(False, "can only list/watch pods with spec.nodeName field selector")


DIVIDED: Final[Mapping[str, Callable[[View, Access, str], Verdict | None]]] = {
    "secrets": _reading("secret"),
    "configmaps": _reading("configmap"),
    "serviceaccounts": _tokens,
    "nodes": _nodes,
    "pods": _pods,
}
"""Resources of which a node has a part; None says that the rules of all nodes decide."""
