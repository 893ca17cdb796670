"""Field selectors: which fields each kind can be selected by, and where their values are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from sanb.apiserver.resources import Resource
from sanb.profiles.profile import Profile
from sanb.values import Obj, dig

Extract = Callable[[Obj], str]


def _at(*path: str, default: str = "") -> Extract:
    def extract(obj: Obj) -> str:
        value: Any = dig(obj, *path, default=default)
        return str(value).lower() if isinstance(value, bool) else str(value)

    return extract


_INVOLVED: Final = ("kind", "namespace", "name", "uid", "apiVersion", "resourceVersion", "fieldPath")
COMMON: Final[Mapping[str, Extract]] = {
    "metadata.name": _at("metadata", "name"), "metadata.namespace": _at("metadata", "namespace"),
}
_POD: Final[Mapping[str, Extract]] = {
    "spec.nodeName": _at("spec", "nodeName"),
    "spec.restartPolicy": _at("spec", "restartPolicy"),
    "spec.schedulerName": _at("spec", "schedulerName"),
    "status.phase": _at("status", "phase"),
    "status.podIP": _at("status", "podIP"),
    "status.nominatedNodeName": _at("status", "nominatedNodeName"),
}
_POD_ACCOUNT: Final = {**_POD, "spec.serviceAccountName": _at("spec", "serviceAccountName")}
_EVENT: Final[Mapping[str, Extract]] = {
    **{f"involvedObject.{name}": _at("involvedObject", name) for name in _INVOLVED},
    "reason": _at("reason"),
    "reportingComponent": _at("reportingComponent"),
    "source": _at("source", "component"),
    "type": _at("type"),
}
FIELDS: Final[Mapping[str, Mapping[str, Mapping[str, Extract]]]] = {
    "pods": {
        "1.10": _POD,
        "1.13": _POD_ACCOUNT,
        "1.28": {**_POD_ACCOUNT, "spec.hostNetwork": _at("spec", "hostNetwork", default="false")},
    },
    "secrets": {"1.10": {"type": _at("type")}},
    "namespaces": {"1.10": {"status.phase": _at("status", "phase"), "name": _at("metadata", "name")}},
    "nodes": {"1.10": {"spec.unschedulable": _at("spec", "unschedulable", default="false")}},
    "replicationcontrollers": {"1.10": {"status.replicas": _at("status", "replicas", default="0")}},
    "jobs.batch": {"1.10": {"status.successful": _at("status", "succeeded", default="0")}},
    "replicasets.apps": {"1.10": {"status.replicas": _at("status", "replicas", default="0")}},
    "events": {"1.10": _EVENT},
}
"""Fields beside the common ones: resource -> minor -> field -> where it is."""


def supported(resource: Resource, profile: Profile) -> dict[str, Extract]:
    """The fields that objects of a resource can be selected by."""
    found = dict(COMMON) if resource.namespaced else {"metadata.name": COMMON["metadata.name"]}
    if resource.custom is not None:
        paths = resource.custom.versions[resource.api_version].selectable
        return {**found, **{".".join(path): _at(*path) for path in paths}}
    table = FIELDS.get(resource.id)
    return {**found, **profile.pick(table)} if table else found


def unknown(resource: Resource, field: str) -> str:
    """What the server says about a field that it cannot select by."""
    if resource.id in FIELDS or resource.custom is not None:
        return f"field label not supported: {field}"
    known = ', '.join(f'"{name}"' for name in COMMON)
    return f'"{field}" is not a known field selector: only {known}'
