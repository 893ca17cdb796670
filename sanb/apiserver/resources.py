"""RESOURCES: one row per kind the API server stores. Another kind is another row (and, where needed, a strategy)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

ALL_VERBS: Final = ("create", "delete", "deletecollection", "get", "list", "patch", "update", "watch")


class Resource(NamedTuple):
    """One kind. `versions` is `{minor: served versions of its group, preferred first}`; `short` are kubectl's short names."""

    plural: str
    group: str
    kind: str
    namespaced: bool
    versions: Mapping[str, tuple[str, ...]]
    short: tuple[str, ...] = ()
    subresources: tuple[str, ...] = ()
    verbs: tuple[str, ...] = ALL_VERBS
    aliases: tuple[str, ...] = ()
    """Other groups under which the same objects are served, as `group/version` (1.10: extensions/v1beta1)."""
    categories: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """The group-qualified plural that keys, requests and messages use: "pods", "deployments.apps"."""
        return f"{self.plural}.{self.group}" if self.group else self.plural

    @property
    def singular(self) -> str:
        """The name of one, as kubectl prints it."""
        return self.kind.lower()

    @property
    def api_version(self) -> str:
        """The newest version, in which objects are stored: "v1", "apps/v1"."""
        return f"{self.group}/v1" if self.group else "v1"

    def serves(self, api_version: str) -> bool:
        """Whether some minor serves the kind under this apiVersion."""
        if api_version in self.aliases:
            return True
        group, _, version = api_version.rpartition("/")
        return group == self.group and any(version in served for served in self.versions.values())


RBAC: Final = "rbac.authorization.k8s.io"
V1: Final = {"1.10": ("v1",)}
APPS: Final = {"1.10": ("v1", "v1beta2", "v1beta1"), "1.16": ("v1",)}
RBACS: Final = {"1.10": ("v1", "v1beta1"), "1.22": ("v1",)}
STATUS: Final = ("status",)

ROWS: Final = (
    Resource("namespaces", "", "Namespace", False, V1, ("ns",), ("finalize", "status"),
             ("create", "delete", "get", "list", "patch", "update", "watch")),
    Resource("serviceaccounts", "", "ServiceAccount", True, V1, ("sa",), ("token",)),
    Resource("secrets", "", "Secret", True, V1),
    Resource("configmaps", "", "ConfigMap", True, V1, ("cm",)),
    Resource("pods", "", "Pod", True, V1, ("po",),
             ("attach", "binding", "ephemeralcontainers", "eviction", "exec", "log", "portforward", "status"), categories=("all",)),
    Resource("nodes", "", "Node", False, V1, ("no",), STATUS),
    Resource("events", "", "Event", True, V1, ("ev",)),
    Resource("services", "", "Service", True, V1, ("svc",), STATUS, categories=("all",)),
    Resource("replicasets", "apps", "ReplicaSet", True, APPS, ("rs",), ("scale", "status"), categories=("all",)),
    Resource("deployments", "apps", "Deployment", True, APPS, ("deploy",), ("scale", "status"), categories=("all",)),
    Resource("roles", RBAC, "Role", True, RBACS),
    Resource("rolebindings", RBAC, "RoleBinding", True, RBACS),
    Resource("clusterroles", RBAC, "ClusterRole", False, RBACS),
    Resource("clusterrolebindings", RBAC, "ClusterRoleBinding", False, RBACS),
)
RESOURCES: Final[Mapping[str, Resource]] = {row.id: row for row in ROWS}
BY_KIND: Final[Mapping[str, Resource]] = {row.kind: row for row in ROWS}
