"""Defaulting: what the API server adds to a decoded object, per kind and minor, before anything else looks at it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from sanb.apiserver.defaults import pods, services, small, workloads
from sanb.apiserver.defaults.fill import Change
from sanb.apiserver.resources import Resource
from sanb.profiles.profile import Profile
from sanb.values import Obj

__all__ = ["default"]

_MAKERS: Final[Mapping[str, Callable[[Profile, str], Change]]] = {
    "Namespace": lambda profile, _: small.namespace(profile),
    "Secret": lambda profile, _: small.secret,
    "Node": lambda profile, _: small.node(profile),
    "Pod": lambda profile, _: pods.pod(profile),
    "Service": lambda profile, _: services.service(profile),
    "ReplicaSet": workloads.replica_set,
    "Deployment": workloads.deployment,
    "RoleBinding": lambda profile, _: small.binding,
    "ClusterRoleBinding": lambda profile, _: small.binding,
}
_CHANGES: Final[dict[tuple[str, str, str, bool], Change]] = {}


def default(resource: Resource, obj: Obj, profile: Profile, version: str = "") -> Obj:
    """The object with its defaults; the very same object if it lacks none.

    `version` is the apiVersion under which the client sent it: old versions of workloads have other defaults.
    """
    kind = resource.kind
    if kind not in _MAKERS:
        return obj
    key = (kind, profile.minor, version, profile["namespace_name_label"])
    change = _CHANGES.get(key)
    if change is None:
        change = _CHANGES[key] = _MAKERS[kind](profile, version)
    changed: Obj = change(obj)
    return changed
