"""Defaulting: what the API server adds to a decoded object, per kind and minor, before anything else looks at it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from sanb.apiserver.defaults import batch, extensions, networking, pods, policies, services, small, storage, workloads
from sanb.apiserver.defaults.fill import Change
from sanb.apiserver.resources import Resource
from sanb.profiles.profile import Profile
from sanb.values import Obj

__all__ = ["default"]

_MAKERS: Final[Mapping[str, Callable[[Profile, str], Change | None]]] = {
    "Namespace": lambda profile, _: small.namespace(profile),
    "Secret": lambda profile, _: small.secret,
    "Node": lambda profile, _: small.node(profile),
    "Pod": lambda profile, _: pods.pod(profile),
    "Service": lambda profile, _: services.service(profile),
    "ReplicaSet": workloads.replica_set,
    "Deployment": workloads.deployment,
    "StatefulSet": workloads.stateful_set,
    "DaemonSet": workloads.daemon_set,
    "ReplicationController": lambda profile, _: workloads.replication_controller(profile),
    "Job": lambda profile, _: batch.job(profile),
    "CronJob": lambda profile, _: batch.cron_job(profile),
    "Endpoints": lambda profile, _: networking.endpoints,
    "EndpointSlice": lambda profile, _: networking.endpoint_slice,
    "Ingress": networking.ingress,
    "IngressClass": lambda profile, _: networking.ingress_class(profile),
    "NetworkPolicy": lambda profile, _: networking.network_policy,
    "PersistentVolumeClaim": lambda profile, _: storage.claim(profile),
    "PersistentVolume": lambda profile, _: storage.volume(profile),
    "StorageClass": lambda profile, _: storage.storage_class,
    "LimitRange": lambda profile, _: policies.limit_range,
    "PriorityClass": lambda profile, _: policies.priority_class(profile),
    "HorizontalPodAutoscaler": policies.autoscaler,
    "CustomResourceDefinition": extensions.definition,
    "APIService": lambda profile, _: extensions.api_service(profile),
    "ValidatingWebhookConfiguration": lambda profile, v: extensions.webhooks(profile, v, mutating=False),
    "MutatingWebhookConfiguration": lambda profile, v: extensions.webhooks(profile, v, mutating=True),
    "RoleBinding": lambda profile, _: small.binding,
    "ClusterRoleBinding": lambda profile, _: small.binding,
}
_CHANGES: Final[dict[tuple[str, str, str, bool], Change | None]] = {}


def default(resource: Resource, obj: Obj, profile: Profile, version: str = "") -> Obj:
    """The object with its defaults; the very same object if it lacks none.

    `version` is the apiVersion under which the client sent it: old versions of workloads have other defaults.
    """
    kind = resource.kind
    if kind not in _MAKERS:
        return obj
    key = (kind, profile.minor, version, profile["namespace_name_label"])
    if key not in _CHANGES:
        _CHANGES[key] = _MAKERS[kind](profile, version)
    change = _CHANGES[key]
    if change is None:
        return obj
    changed: Obj = change(obj)
    return changed
