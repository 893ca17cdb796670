"""Validation of objects: the faults that a 422 lists, in Kubernetes' order and words (SEM 3, 4.3)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

from sanb.apiserver.crd import objects
from sanb.apiserver.resources import Resource
from sanb.apiserver.status import FieldError
from sanb.apiserver.validation import (
    basic,
    batch,
    definitions,
    endpoints,
    extensions,
    metadata,
    networking,
    pods,
    podupdates,
    policies,
    rbac,
    secrets,
    services,
    sets,
    storage,
    workloads,
)
from sanb.apiserver.validation.names import path_segment
from sanb.apiserver.validation.rules import Rules, rules_of
from sanb.profiles.profile import Profile
from sanb.values import Obj

Create = Callable[[list[FieldError], Obj, Rules], None]
Update = Callable[[list[FieldError], Obj, Obj, Rules], None]


class Kind(NamedTuple):
    """The checks of one kind. `fields` are what they look at besides metadata: while they stay, the verdict does."""

    create: Create
    update: Update
    fields: tuple[str, ...] = ("spec",)
    status: Update = basic.any_status
    """The check of a status, metadata apart."""
    others: tuple[tuple[str, Update], ...] = ()
    """Updates of other subresources."""


KINDS: Final[dict[str, Kind]] = {
    "Namespace": Kind(basic.namespace, basic.namespace_update, others=(("finalize", basic.namespace_finalize),)),
    "ServiceAccount": Kind(basic.account, basic.account_update, ()),
    "Secret": Kind(secrets.secret, secrets.secret_update, ("data", "type", "immutable")),
    "ConfigMap": Kind(secrets.configmap, secrets.configmap_update, ("data", "binaryData", "immutable")),
    "Pod": Kind(pods.create, podupdates.update, status=podupdates.status_update,
                others=(("ephemeralcontainers", podupdates.ephemeral_update),)),
    "Node": Kind(basic.node, basic.node_update),
    "Event": Kind(basic.event, basic.event_update, ("involvedObject",)),
    "Service": Kind(services.service, services.service_update),
    "ReplicaSet": Kind(workloads.replicaset, workloads.replicaset_update, status=workloads.replicaset_status),
    "Deployment": Kind(workloads.deployment, workloads.deployment_update, status=workloads.deployment_status),
    "StatefulSet": Kind(sets.stateful_set, sets.stateful_set_update, status=sets.stateful_set_status),
    "DaemonSet": Kind(sets.daemon_set, sets.daemon_set_update, status=sets.daemon_set_status),
    "ReplicationController": Kind(sets.replication_controller, sets.replication_controller_update,
                                  status=workloads.replicaset_status),
    "ControllerRevision": Kind(sets.revision, sets.revision_update, ("data", "revision")),
    "Job": Kind(batch.job, batch.job_update, status=batch.job_status),
    "CronJob": Kind(batch.cron_job, batch.cron_job_update),
    "PodDisruptionBudget": Kind(policies.budget, policies.budget_update),
    "ResourceQuota": Kind(policies.quota, policies.quota_update),
    "LimitRange": Kind(policies.limit_range, policies.limit_range_update),
    "PriorityClass": Kind(policies.priority_class, policies.priority_class_update, ("value", "preemptionPolicy")),
    "Lease": Kind(policies.lease, policies.lease_update),
    "HorizontalPodAutoscaler": Kind(policies.autoscaler, policies.autoscaler_update),
    "Endpoints": Kind(endpoints.endpoints, endpoints.endpoints_update, ("subsets",)),
    "EndpointSlice": Kind(endpoints.endpoint_slice, endpoints.endpoint_slice_update,
                          ("endpoints", "ports", "addressType")),
    "Ingress": Kind(networking.ingress, networking.ingress_update),
    "IngressClass": Kind(networking.ingress_class, networking.ingress_class_update),
    "NetworkPolicy": Kind(networking.network_policy, networking.network_policy_update),
    "PersistentVolumeClaim": Kind(storage.claim, storage.claim_update),
    "PersistentVolume": Kind(storage.volume, storage.volume_update),
    "StorageClass": Kind(storage.storage_class, storage.storage_class_update,
                         ("parameters", "provisioner", "reclaimPolicy", "volumeBindingMode")),
    "CustomResourceDefinition": Kind(definitions.definition, definitions.definition_update),
    "APIService": Kind(extensions.api_service, extensions.api_service_update),
    "ValidatingWebhookConfiguration": Kind(extensions.webhooks, extensions.webhooks_update, ("webhooks",)),
    "MutatingWebhookConfiguration": Kind(extensions.webhooks, extensions.webhooks_update, ("webhooks",)),
    "Role": Kind(rbac.role, rbac.role_update, ("rules",)),
    "ClusterRole": Kind(rbac.role, rbac.role_update, ("rules", "aggregationRule")),
    "RoleBinding": Kind(rbac.binding, rbac.binding_update, ("roleRef", "subjects")),
    "ClusterRoleBinding": Kind(rbac.binding, rbac.binding_update, ("roleRef", "subjects")),
}


def validate(resource: Resource, obj: Obj, profile: Profile) -> list[FieldError]:
    """The faults of a new object that is decoded, defaulted and admitted; an empty list if there are none."""
    if resource.custom is not None:
        return objects.faults(resource, obj, profile)
    out: list[FieldError] = []
    kind = KINDS.get(resource.kind)
    if kind is not None:
        kind.create(out, obj, rules_of(profile))
    else:
        metadata.created(out, obj["metadata"], resource.namespaced, path_segment, rules_of(profile))
    return out


def validate_update(
    resource: Resource, new: Obj, old: Obj, profile: Profile, subresource: str = ""
) -> list[FieldError]:
    """The faults of an update; `subresource` tells which part is updated."""
    if new is old:
        return []
    if resource.custom is not None:
        return objects.update_faults(resource, new, old, profile)
    kind = KINDS.get(resource.kind)
    if kind is None:
        return []
    rules = rules_of(profile)
    after, before = new["metadata"], old["metadata"]
    fine = metadata.harmless(after, before, rules)
    if fine and subresource != "status" and _unchanged(kind, new, old, after, before):
        return []
    out: list[FieldError] = []
    if not fine:
        # Every update looks at the metadata twice before the kind's own rules look at it again.
        metadata.created(out, after, resource.namespaced, path_segment, rules, own=False)
        metadata.updated(out, after, before, rules, own=False)
        if subresource == "status":
            metadata.updated(out, after, before, rules)
    _chosen(kind, subresource)(out, new, old, rules)
    return out


def _unchanged(kind: Kind, new: Obj, old: Obj, after: Obj, before: Obj) -> bool:
    """Whether what the kind looks at is the very same; annotations matter to some."""
    return after.get("annotations") is before.get("annotations") and all(
        new.get(field) is old.get(field) for field in kind.fields
    )


def _chosen(kind: Kind, subresource: str) -> Update:
    if subresource == "status":
        return kind.status
    return dict(kind.others).get(subresource, kind.update)
