"""Defaults of ReplicaSets and Deployments, which depend on the version under which they are sent."""

from __future__ import annotations

from functools import partial
from typing import Any, Final

from sanb.apiserver.defaults.fill import Change, fill, within
from sanb.apiserver.defaults.pods import template
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
