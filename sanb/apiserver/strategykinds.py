"""Strategies of the kinds beyond accounts and Pods: their status is the controllers', their generation counts specs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final

from sanb.apiserver.strategybase import bumped, generation, kept, same
from sanb.profiles.profile import Profile
from sanb.values import Obj

Create = Callable[[Obj, Profile], Obj]
Update = Callable[[Obj, Obj, Profile], Obj]

JOB_GENERATION: Final = {"1.10": False, "1.22": True}
CRON_JOB_GENERATION: Final = {"1.10": False, "1.21": True}
JOB_LABELS: Final = {
    "1.10": ("job-name", "controller-uid"),
    "1.27": ("batch.kubernetes.io/job-name", "batch.kubernetes.io/controller-uid"),
}
"""The labels by which a Job finds its Pods; the older ones stay beside them."""


def _plain(obj: Obj, profile: Profile, status: Mapping[str, Any]) -> Obj:
    return {**obj, "status": dict(status)}


def _counted(obj: Obj, profile: Profile) -> Obj:
    return generation(obj, 1)


def _fresh(obj: Obj, profile: Profile, status: Mapping[str, Any] | None = None) -> Obj:
    return generation({**obj, "status": dict(status or {})}, 1)


def _kept_status(new: Obj, old: Obj, profile: Profile) -> Obj:
    return kept(new, old, "status")


def _next(new: Obj, old: Obj, profile: Profile, fields: tuple[str, ...] = ("spec",)) -> Obj:
    """The next generation if one of the fields is another."""
    return new if all(same(new, old, field) for field in fields) else bumped(new, old)


def _kept_and_next(new: Obj, old: Obj, profile: Profile) -> Obj:
    return _next(kept(new, old, "status"), old, profile)


# ---------------------------------------------------------------------- Jobs


def _job_create(obj: Obj, profile: Profile) -> Obj:
    obj = {**obj, "status": {}}
    if profile.pick(JOB_GENERATION):
        obj = generation(obj, 1)
    spec = obj.get("spec")
    return obj if not spec or spec.get("manualSelector") else {**obj, "spec": _chosen(obj, spec, profile)}


def _chosen(obj: Obj, spec: Obj, profile: Profile) -> Obj:
    """The spec with the labels and the selector that tell this Job's Pods from all others.

    Nothing is done where somebody set such a label to something else: validation will say so.
    """
    template = spec.get("template") or {}
    fields = template.get("metadata") or {}
    given = fields.get("labels") or {}
    name, uid = obj["metadata"].get("name", ""), obj["metadata"].get("uid", "")
    newest = profile.pick(JOB_LABELS)
    oldest = JOB_LABELS["1.10"]
    wanted: dict[str, str] = {}
    for name_label, uid_label in dict.fromkeys((oldest, newest)):
        wanted |= {uid_label: uid, name_label: name}
    if any(given.get(label, value) != value for label, value in wanted.items()):
        return spec
    labels = {**given, **wanted}
    selector = spec.get("selector") or {}
    matched = {newest[1]: uid, **(selector.get("matchLabels") or {})}
    return {
        **spec, "selector": {**selector, "matchLabels": matched},
        "template": {**template, "metadata": {**fields, "labels": labels}},
    }


def _job_update(new: Obj, old: Obj, profile: Profile) -> Obj:
    new = kept(new, old, "status")
    return _next(new, old, profile) if profile.pick(JOB_GENERATION) else new


def _cron_create(obj: Obj, profile: Profile) -> Obj:
    obj = {**obj, "status": {}}
    return generation(obj, 1) if profile.pick(CRON_JOB_GENERATION) else obj


def _cron_update(new: Obj, old: Obj, profile: Profile) -> Obj:
    new = kept(new, old, "status")
    return _next(new, old, profile) if profile.pick(CRON_JOB_GENERATION) else new


# ---------------------------------------------------------------------- others


DAEMONS: Final[Obj] = {
    "currentNumberScheduled": 0, "desiredNumberScheduled": 0, "numberMisscheduled": 0, "numberReady": 0,
}
BUDGET: Final[Obj] = {"currentHealthy": 0, "desiredHealthy": 0, "disruptionsAllowed": 0, "expectedPods": 0}
DISRUPTED: Final = {"1.10": {"disruptedPods": None}, "1.15": {}}
REPLICATION: Final[Obj] = {"replicas": 0}
AVAILABLE: Final[dict[str, Obj]] = {"1.10": {"replicas": 0}, "1.22": {"availableReplicas": 0, "replicas": 0}}
PENDING: Final[Obj] = {"phase": "Pending"}
BALANCER: Final[Obj] = {"loadBalancer": {}}
AUTOSCALER: Final[dict[str, Obj]] = {
    "1.10": {"currentReplicas": 0, "desiredReplicas": 0},
    "1.23": {"currentMetrics": None, "desiredReplicas": 0},
    "1.24": {"currentMetrics": None, "desiredReplicas": 0},
}


def _budget_create(obj: Obj, profile: Profile) -> Obj:
    return _fresh(obj, profile, {**profile.pick(DISRUPTED), **BUDGET})


def _stateful_create(obj: Obj, profile: Profile) -> Obj:
    return _fresh(obj, profile, profile.pick(AVAILABLE))


def _autoscaler_create(obj: Obj, profile: Profile) -> Obj:
    return _plain(obj, profile, profile.pick(AUTOSCALER))


def _daemon_create(obj: Obj, profile: Profile) -> Obj:
    """Old servers count templates in an annotation."""
    return _templated(_fresh(obj, profile, DAEMONS), 1)


TEMPLATE_GENERATION: Final = "deprecated.daemonset.template.generation"


def _templated(obj: Obj, number: int) -> Obj:
    metadata = obj["metadata"]
    notes = {**(metadata.get("annotations") or {}), TEMPLATE_GENERATION: str(number)}
    return {**obj, "metadata": {**metadata, "annotations": notes}}


def _daemon_update(new: Obj, old: Obj, profile: Profile) -> Obj:
    new = kept(new, old, "status")
    number = int((old["metadata"].get("annotations") or {}).get(TEMPLATE_GENERATION) or 1)
    if same(new, old, "spec"):
        return _templated(new, number) if _numbered(new) != str(number) else new
    if same(new["spec"], old["spec"], "template"):
        return _templated(bumped(new, old), number)
    return _templated(bumped(new, old), number + 1)


def _numbered(obj: Obj) -> str:
    return str((obj["metadata"].get("annotations") or {}).get(TEMPLATE_GENERATION))


_SLICE: Final = ("endpoints", "ports", "addressType")
CREATE: Final[Mapping[str, Create]] = {
    "StatefulSet": _stateful_create,
    "DaemonSet": _daemon_create,
    "ReplicationController": partial(_fresh, status=REPLICATION),
    "Job": _job_create,
    "CronJob": _cron_create,
    "PodDisruptionBudget": _budget_create,
    "EndpointSlice": _counted,
    "Ingress": partial(_fresh, status=BALANCER),
    "IngressClass": _counted,
    "NetworkPolicy": _counted,
    "PersistentVolumeClaim": partial(_plain, status=PENDING),
    "PersistentVolume": partial(_plain, status=PENDING),
    "ResourceQuota": partial(_plain, status={}),
    "CustomResourceDefinition": _fresh,
    "HorizontalPodAutoscaler": _autoscaler_create,
    "PriorityClass": _counted,
    "APIService": partial(_plain, status={}),
    "ValidatingWebhookConfiguration": _counted,
    "MutatingWebhookConfiguration": _counted,
}
UPDATE: Final[Mapping[str, Update]] = {
    "StatefulSet": _kept_and_next,
    "DaemonSet": _daemon_update,
    "ReplicationController": _kept_and_next,
    "Job": _job_update,
    "CronJob": _cron_update,
    "PodDisruptionBudget": _kept_and_next,
    "EndpointSlice": partial(_next, fields=_SLICE),
    "Ingress": _kept_and_next,
    "IngressClass": _next,
    "NetworkPolicy": _next,
    "PersistentVolumeClaim": _kept_status,
    "PersistentVolume": _kept_status,
    "ResourceQuota": _kept_status,
    "CustomResourceDefinition": _kept_and_next,
    "HorizontalPodAutoscaler": _kept_status,
    "APIService": _kept_status,
    "ValidatingWebhookConfiguration": partial(_next, fields=("webhooks",)),
    "MutatingWebhookConfiguration": partial(_next, fields=("webhooks",)),
}
