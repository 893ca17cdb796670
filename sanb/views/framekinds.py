"""Frames of workloads, networking, volumes and policy: one row for each object of a kind."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from sanb.apiserver.cellkinds import job_status
from sanb.values import Obj, dig
from sanb.views.framecolumns import BOOL, CATEGORY, INTEGER, TEXT, TIME, Column, Frame, Row

Read = Callable[[Obj], Any]


class Part(NamedTuple):
    """A column, and where its value comes from."""

    column: Column
    read: Read


def at(name: str, dtype: str, *path: str) -> Part:
    """A column with the value at a path."""
    return Part(Column(name, dtype, ".".join(path)), lambda obj: dig(obj, *path))


def count(name: str, *path: str) -> Part:
    """A column with a number that is 0 where nothing is said."""
    return Part(Column(name, INTEGER, f"{'.'.join(path)}, 0 if there is none"), lambda obj: dig(obj, *path, default=0))


def many(name: str, what: str, *path: str) -> Part:
    """A column with the number of entries of a list."""
    return Part(Column(name, INTEGER, f"number of {what}"), lambda obj: len(dig(obj, *path, default=())))


def listed(name: str, doc: str, read: Callable[[Obj], Iterable[str]]) -> Part:
    """A column with words in one text, separated by commas."""
    return Part(Column(name, TEXT, doc), lambda obj: ",".join(read(obj)))


def _ports(obj: Obj) -> Iterable[str]:
    return [f"{one['port']}/{one.get('protocol', 'TCP')}" for one in dig(obj, "spec", "ports", default=())]


def _hosts(obj: Obj) -> Iterable[str]:
    return [one.get("host") or "*" for one in dig(obj, "spec", "rules", default=())]


def _modes(obj: Obj) -> Iterable[str]:
    found: Iterable[str] = dig(obj, "spec", "accessModes", default=())
    return found


def _amounts(which: str) -> Callable[[Obj], Iterable[str]]:
    def read(obj: Obj) -> Iterable[str]:
        found = dig(obj, "status", which, default={})
        return [f"{key}={found[key]}" for key in sorted(found)]

    return read


def _target(obj: Obj) -> str | None:
    found = dig(obj, "spec", "scaleTargetRef", default=None)
    return f"{found.get('kind')}/{found.get('name')}" if found else None


def _state(obj: Obj) -> str:
    nobody: Any = None  # it does not look at the view
    return job_status(obj, nobody)


_SPACED: Final = (at("namespace", CATEGORY, "metadata", "namespace"), at("name", TEXT, "metadata", "name"))
_CLUSTER: Final = _SPACED[1:]
_END: Final = (at("uid", TEXT, "metadata", "uid"), at("created", TIME, "metadata", "creationTimestamp"))
_WANTED: Final = count("replicas", "spec", "replicas")
_READY: Final = count("ready", "status", "readyReplicas")
_CLASS: Final = at("storage_class", CATEGORY, "spec", "storageClassName")


def _frame(resource: str, doc: str, *parts: Part, spaced: bool = True) -> Frame:
    whole: Sequence[Part] = (*(_SPACED if spaced else _CLUSTER), *parts, *_END)
    readers = tuple(part.read for part in whole)

    def rows(obj: Obj) -> Iterable[Row]:
        return (tuple(read(obj) for read in readers),)

    return Frame(resource, tuple(part.column for part in whole), rows, doc)


KINDS: Final[Mapping[str, Frame]] = {
    "replicasets": _frame("replicasets.apps", "ReplicaSets", _WANTED, count("current", "status", "replicas"), _READY),
    "statefulsets": _frame(
        "statefulsets.apps", "StatefulSets", at("service", TEXT, "spec", "serviceName"), _WANTED, _READY,
        count("updated", "status", "updatedReplicas"), at("current_revision", TEXT, "status", "currentRevision"),
        at("update_revision", TEXT, "status", "updateRevision"),
    ),
    "daemonsets": _frame(
        "daemonsets.apps", "DaemonSets", count("desired", "status", "desiredNumberScheduled"),
        count("current", "status", "currentNumberScheduled"), count("ready", "status", "numberReady"),
        count("updated", "status", "updatedNumberScheduled"),
    ),
    "jobs": _frame(
        "jobs.batch", "Jobs", Part(Column("state", CATEGORY, "Running, Complete, Failed, Suspended, …"), _state),
        at("completions", INTEGER, "spec", "completions"), at("parallelism", INTEGER, "spec", "parallelism"),
        count("active", "status", "active"), count("succeeded", "status", "succeeded"), count("failed", "status", "failed"),
        at("started", TIME, "status", "startTime"), at("completed", TIME, "status", "completionTime"),
    ),
    "cronjobs": _frame(
        "cronjobs.batch", "CronJobs", at("schedule", TEXT, "spec", "schedule"), at("suspend", BOOL, "spec", "suspend"),
        many("active", "Jobs that run", "status", "active"), at("last_schedule", TIME, "status", "lastScheduleTime"),
    ),
    "services": _frame(
        "services", "Services", at("type", CATEGORY, "spec", "type"), at("cluster_ip", TEXT, "spec", "clusterIP"),
        listed("ports", "its ports with their protocols", _ports),
    ),
    "ingresses": _frame(
        "ingresses.networking.k8s.io", "Ingresses", at("class", CATEGORY, "spec", "ingressClassName"),
        listed("hosts", "the hosts of its rules", _hosts), many("tls", "certificates", "spec", "tls"),
    ),
    "claims": _frame(
        "persistentvolumeclaims", "PersistentVolumeClaims", at("phase", CATEGORY, "status", "phase"),
        at("volume", TEXT, "spec", "volumeName"), _CLASS, at("requested", TEXT, "spec", "resources", "requests", "storage"),
        listed("modes", "spec.accessModes", _modes),
    ),
    "volumes": _frame(
        "persistentvolumes", "PersistentVolumes", at("phase", CATEGORY, "status", "phase"),
        at("capacity", TEXT, "spec", "capacity", "storage"), _CLASS,
        at("reclaim", CATEGORY, "spec", "persistentVolumeReclaimPolicy"),
        at("claim_namespace", CATEGORY, "spec", "claimRef", "namespace"), at("claim", TEXT, "spec", "claimRef", "name"),
        spaced=False,
    ),
    "quotas": _frame(
        "resourcequotas", "ResourceQuotas", listed("hard", "what is allowed", _amounts("hard")),
        listed("used", "what is used", _amounts("used")),
    ),
    "budgets": _frame(
        "poddisruptionbudgets.policy", "PodDisruptionBudgets", count("allowed", "status", "disruptionsAllowed"),
        count("healthy", "status", "currentHealthy"), count("desired", "status", "desiredHealthy"),
        count("expected", "status", "expectedPods"),
    ),
    "autoscalers": _frame(
        "horizontalpodautoscalers.autoscaling", "HorizontalPodAutoscalers",
        Part(Column("target", TEXT, "what it scales, as kind/name"), _target), at("min", INTEGER, "spec", "minReplicas"),
        at("max", INTEGER, "spec", "maxReplicas"),
    ),
    "definitions": _frame(
        "customresourcedefinitions.apiextensions.k8s.io", "CustomResourceDefinitions", at("group", CATEGORY, "spec", "group"),
        at("kind", TEXT, "spec", "names", "kind"), at("scope", CATEGORY, "spec", "scope"), spaced=False,
    ),
}
"""The frames by their names."""
