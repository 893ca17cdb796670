"""`kubectl describe` as text: one function per kind (SEM 12.3)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from sanb.values import Obj
from sanb.views.describe import batch, core, generic, network, node, pod, policy, rbac, sets, storage, workload
from sanb.views.describe.common import Reader
from sanb.views.tablewriter import align

DESCRIBERS: Final[Mapping[str, Callable[[Obj, Reader], str]]] = {
    "Namespace": core.namespace,
    "ServiceAccount": core.serviceaccount,
    "Secret": core.secret,
    "ConfigMap": core.configmap,
    "Service": network.service,
    "Endpoints": network.endpoints,
    "EndpointSlice": network.endpointslice,
    "Ingress": network.ingress,
    "IngressClass": network.ingressclass,
    "NetworkPolicy": network.networkpolicy,
    "Node": node.node,
    "Pod": pod.pod,
    "Deployment": workload.deployment,
    "ReplicaSet": workload.replicaset,
    "ReplicationController": sets.controller,
    "StatefulSet": sets.statefulset,
    "DaemonSet": sets.daemonset,
    "Job": batch.job,
    "CronJob": batch.cronjob,
    "PersistentVolumeClaim": storage.claim,
    "PersistentVolume": storage.volume,
    "StorageClass": storage.storageclass,
    "CSINode": storage.csinode,
    "ResourceQuota": policy.quota,
    "LimitRange": policy.limits,
    "PodDisruptionBudget": policy.budget,
    "PriorityClass": policy.priority,
    "HorizontalPodAutoscaler": policy.autoscaler,
    "Role": rbac.role,
    "ClusterRole": rbac.role,
    "RoleBinding": rbac.binding,
    "ClusterRoleBinding": rbac.binding,
}


def describe(obj: Obj, reader: Reader) -> str:
    """The description of an object, aligned; `reader` gives the other objects that it tells of."""
    return align(DESCRIBERS.get(obj.get("kind", ""), generic.other)(obj, reader))
