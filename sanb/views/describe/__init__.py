"""`kubectl describe` as text: one function per kind (SEM 12.3)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from sanb.values import Obj
from sanb.views.describe import core, pod, rbac, workload
from sanb.views.describe.common import Reader
from sanb.views.tablewriter import align

DESCRIBERS: Final[Mapping[str, Callable[[Obj, Reader], str]]] = {
    "Namespace": core.namespace,
    "ServiceAccount": core.serviceaccount,
    "Secret": core.secret,
    "ConfigMap": core.configmap,
    "Service": core.service,
    "Node": core.node,
    "Pod": pod.pod,
    "Deployment": workload.deployment,
    "ReplicaSet": workload.replicaset,
    "Role": rbac.role,
    "ClusterRole": rbac.role,
    "RoleBinding": rbac.binding,
    "ClusterRoleBinding": rbac.binding,
}


def describe(obj: Obj, reader: Reader) -> str:
    """The description of an object, aligned; `reader` gives the other objects that it tells of."""
    return align(DESCRIBERS.get(obj.get("kind", ""), core.other)(obj, reader))
