"""Defaults of the kinds that keep Pods, which depend on the version under which they are sent."""

from __future__ import annotations

from functools import partial
from typing import Any, Final

from sanb.apiserver.defaults.fill import Change, every, fill, put, within
from sanb.apiserver.defaults.pods import template
from sanb.apiserver.defaults.storage import claim
from sanb.profiles.profile import Profile
from sanb.values import Obj

_QUARTER: Final = {"maxUnavailable": "25%", "maxSurge": "25%"}
_ONE: Final = {"maxUnavailable": 1, "maxSurge": 1}
_DEPLOYMENT: Final = {"replicas": 1, "strategy": {}, "revisionHistoryLimit": 10, "progressDeadlineSeconds": 600}
_UNLIMITED: Final = 2**31 - 1
EXTENSIONS: Final[dict[str, dict[str, Any]]] = {
    "1.10": {"replicas": 1, "strategy": {}},
    "1.12": {**_DEPLOYMENT, "revisionHistoryLimit": _UNLIMITED, "progressDeadlineSeconds": _UNLIMITED},
}
SELECTED_BY_TEMPLATE: Final = ("extensions/v1beta1", "apps/v1beta1")
"""Versions in which the template's labels are the selector, and the object's labels, if there are none."""


def deployment(profile: Profile, version: str) -> Change:
    """The change that completes a Deployment sent under `version`."""
    defaults: dict[str, Any] = _DEPLOYMENT
    if version == "extensions/v1beta1":
        defaults = profile.pick(EXTENSIONS)
    elif version == "apps/v1beta1":
        defaults = {**_DEPLOYMENT, "revisionHistoryLimit": 2}
    rolling = _ONE if version == "extensions/v1beta1" else _QUARTER
    spec = partial(_deployment_spec, defaults=defaults, rolling=rolling, pods=template(profile))
    return partial(_workload, spec=spec, by_template=version in SELECTED_BY_TEMPLATE)


def replica_set(profile: Profile, version: str) -> Change:
    """The change that completes a ReplicaSet sent under `version`."""
    spec = partial(_replica_set_spec, pods=template(profile))
    return partial(_workload, spec=spec, by_template=version == "extensions/v1beta1")


def _workload(obj: Obj, spec: Change, by_template: bool) -> Obj:
    if by_template:
        obj = _selected(obj)
    return within(obj, "spec", spec)


def _selected(obj: Obj) -> Obj:
    labels = ((obj.get("spec") or {}).get("template") or {}).get("metadata", {}).get("labels")
    if not labels:
        return obj
    if not obj["spec"].get("selector"):
        obj = {**obj, "spec": {**obj["spec"], "selector": {"matchLabels": labels}}}
    if not obj["metadata"].get("labels"):
        obj = {**obj, "metadata": {**obj["metadata"], "labels": labels}}
    return obj


def _deployment_spec(spec: Obj, defaults: Obj, rolling: Obj, pods: Change) -> Obj:
    spec = within(fill(spec, defaults), "strategy", partial(_strategy, rolling=rolling))
    return within(spec, "template", pods)


def _strategy(strategy: Obj, rolling: Obj) -> Obj:
    strategy = fill(strategy, {"type": "RollingUpdate"})
    if strategy["type"] != "RollingUpdate":
        return strategy
    if "rollingUpdate" not in strategy:
        return {**strategy, "rollingUpdate": rolling}
    return within(strategy, "rollingUpdate", partial(fill, defaults=rolling))


def _replica_set_spec(spec: Obj, pods: Change) -> Obj:
    return within(fill(spec, {"replicas": 1}), "template", pods)


# ---------------------------------------------------------------------- StatefulSets, DaemonSets, ReplicationControllers

ON_DELETE: Final = ("extensions/v1beta1", "apps/v1beta1")
"""Versions in which a set's Pods are replaced when somebody deletes them."""
RETENTION: Final = {"1.10": False, "1.27": True}
"""Whether a StatefulSet says what becomes of its claims (gate StatefulSetAutoDeletePVC)."""
SURGE: Final[dict[str, dict[str, Any]]] = {"1.10": {"maxUnavailable": 1}, "1.22": {"maxUnavailable": 1, "maxSurge": 0}}
"""How a DaemonSet is updated (gate DaemonSetUpdateSurge)."""
UNAVAILABLE: Final[dict[str, dict[str, Any]]] = {"1.10": {"partition": 0}, "1.35": {"partition": 0, "maxUnavailable": 1}}
"""How a StatefulSet is updated (gate MaxUnavailableStatefulSet)."""
_KEPT: Final = {"whenDeleted": "Retain", "whenScaled": "Retain"}


def stateful_set(profile: Profile, version: str) -> Change:
    """The change that completes a StatefulSet sent under `version`."""
    by_template = version == "apps/v1beta1"
    rolling, pods, retained = profile.pick(UNAVAILABLE), template(profile), profile.pick(RETENTION)
    claims = partial(_claim, complete=claim(profile))
    defaults: dict[str, Any] = {"podManagementPolicy": "OrderedReady", "updateStrategy": {}, "replicas": 1,
                                "revisionHistoryLimit": 10}
    if retained:
        defaults["persistentVolumeClaimRetentionPolicy"] = _KEPT
    first = "OnDelete" if by_template else "RollingUpdate"

    def spec(found: Obj) -> Obj:
        found = within(fill(found, defaults), "updateStrategy", partial(_updated, first=first, rolling=rolling))
        if retained:
            found = within(found, "persistentVolumeClaimRetentionPolicy", partial(fill, defaults=_KEPT))
        return within(every(found, "volumeClaimTemplates", claims), "template", pods)

    return partial(_workload, spec=spec, by_template=by_template)


def _updated(strategy: Obj, first: str, rolling: Obj) -> Obj:
    strategy = strategy if strategy.get("type") else {**strategy, "type": first}
    if strategy["type"] != "RollingUpdate":
        return strategy
    return put(strategy, "rollingUpdate", fill(strategy.get("rollingUpdate") or {}, rolling))


def _claim(found: Obj, complete: Change) -> Obj:
    """A claim in a StatefulSet says its kind, and that it waits, as one of its own would."""
    named: Obj = complete(fill(found, {"apiVersion": "v1", "kind": "PersistentVolumeClaim"}))
    return named


def daemon_set(profile: Profile, version: str) -> Change:
    """The change that completes a DaemonSet sent under `version`."""
    by_template, rolling, pods = version == "extensions/v1beta1", profile.pick(SURGE), template(profile)
    first = "OnDelete" if version in ON_DELETE else "RollingUpdate"

    def spec(found: Obj) -> Obj:
        found = fill(found, {"updateStrategy": {}, "revisionHistoryLimit": 10})
        found = within(found, "updateStrategy", partial(_updated, first=first, rolling=rolling))
        return within(found, "template", pods)

    return partial(_workload, spec=spec, by_template=by_template)


def replication_controller(profile: Profile) -> Change:
    """The change that completes a ReplicationController: its template's labels stand in for its selector and labels."""
    pods = template(profile)

    def change(obj: Obj) -> Obj:
        labels = ((obj.get("spec") or {}).get("template") or {}).get("metadata", {}).get("labels")
        if labels and not (obj["spec"].get("selector")):
            obj = {**obj, "spec": {**obj["spec"], "selector": labels}}
        if labels and not obj["metadata"].get("labels"):
            obj = {**obj, "metadata": {**obj["metadata"], "labels": labels}}
        return within(obj, "spec", partial(_replica_set_spec, pods=pods))

    return change
