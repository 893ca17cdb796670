"""Roles and bindings in few words, and a server that asks them."""

from __future__ import annotations

from typing import Any

from sanb.apiserver.access import Access, Verdict
from sanb.apiserver.authorizer import NodeAndRbac
from sanb.apiserver.relations import BINDINGS, CLUSTER_BINDINGS, CLUSTER_ROLES, GRANTING, INDEXERS, ROLES
from sanb.apiserver.request import UserInfo
from sanb.apiserver.view import View
from sanb.profiles.profile import Profile
from sanb.store.store import Store
from sanb.values import Obj
from tests.apiserver.alone import NOW, Alone

GROUP = "rbac.authorization.k8s.io"


def rule(verbs: str, groups: str = "", resources: str = "", names: str = "", urls: str = "") -> Obj:
    """A rule from words; `groups` and the rest are separated by blanks, `core` is the group without a name."""
    if urls:
        return {"verbs": verbs.split(), "nonResourceURLs": urls.split()}
    made: Obj = {
        "verbs": verbs.split(), "apiGroups": ["" if g == "core" else g for g in (groups or "core").split()],
        "resources": resources.split(),
    }
    return {**made, "resourceNames": names.split()} if names else made


def role(name: str, *rules: Obj, namespace: str = "") -> Obj:
    fields = {"name": name, **({"namespace": namespace} if namespace else {})}
    return {"kind": "Role" if namespace else "ClusterRole", "metadata": fields, "rules": list(rules)}


def subject(text: str) -> Obj:
    """`User:jane`, `Group:dev`, `ServiceAccount:shop:web`."""
    kind, _, name = text.partition(":")
    if kind == "ServiceAccount":
        namespace, _, account = name.partition(":")
        return {"kind": kind, "name": account, **({"namespace": namespace} if namespace else {})}
    return {"kind": kind, "name": name, "apiGroup": GROUP}


def binding(name: str, kind: str, target: str, *subjects: str, namespace: str = "") -> Obj:
    fields = {"name": name, **({"namespace": namespace} if namespace else {})}
    return {
        "kind": "RoleBinding" if namespace else "ClusterRoleBinding", "metadata": fields,
        "roleRef": {"apiGroup": GROUP, "kind": kind, "name": target}, "subjects": [subject(one) for one in subjects],
    }


RESOURCE_OF = {
    "Role": ROLES, "ClusterRole": CLUSTER_ROLES, "RoleBinding": BINDINGS, "ClusterRoleBinding": CLUSTER_BINDINGS,
}


class Granted:
    """A store with some roles and bindings, and the authorizer."""

    def __init__(self, *objects: Obj, minor: str = "1.36") -> None:
        self.store = Store(INDEXERS, 0, GRANTING)
        self.profile = Profile.of(minor)
        self.authorizer = NodeAndRbac()
        for obj in objects:
            self.put(obj)

    def put(self, obj: Obj, resource: str = "") -> None:
        fields = obj["metadata"]
        key = (resource or RESOURCE_OF[obj["kind"]], fields.get("namespace", ""), fields["name"])
        self.store.commit(key, obj)

    @property
    def view(self) -> View:
        return View(self.store, NOW, self.profile, 7)

    def decide(self, user: UserInfo, verb: str, resource: str = "", namespace: str = "", **more: Any) -> Verdict:
        """`resource` is written `group/resource/subresource`, or begins with a slash."""
        if resource.startswith("/"):
            return self.authorizer.decide(self.view, Access(user, verb, path=resource))
        group, _, rest = resource.rpartition(":")
        plural, _, subresource = rest.partition("/")
        return self.authorizer.decide(self.view, Access(user, verb, group, plural, subresource, namespace, **more))


def user(name: str, *groups: str) -> UserInfo:
    return UserInfo(name, "", groups)


class Guarded(Alone):
    """An API server with RBAC."""

    def __init__(self, minor: str = "1.36", *objects: Obj, gates: Any = None) -> None:
        super().__init__(minor, gates=gates)
        self.store = Store(INDEXERS, 0, GRANTING)
        self.server.authorize = NodeAndRbac()
        for obj in objects:
            fields = obj["metadata"]
            self.body("create", RESOURCE_OF[obj["kind"]], fields.get("namespace", ""), body=obj)
