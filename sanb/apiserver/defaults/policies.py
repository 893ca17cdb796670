"""Defaults of limit ranges, priority classes and autoscalers."""

from __future__ import annotations

from functools import partial
from typing import Final

from sanb.apiserver.defaults.fill import Change, every, fill, put, within
from sanb.profiles.profile import Profile
from sanb.values import Obj

PREEMPTION: Final = {"1.10": False, "1.19": True}
"""Whether a PriorityClass says that it displaces others (gate NonPreemptingPriority)."""
DEFAULT_METRIC: Final[list[Obj]] = [
    {"type": "Resource", "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 80}}}
]
OLD_METRIC: Final[list[Obj]] = [{"type": "Resource", "resource": {"name": "cpu", "targetAverageUtilization": 80}}]
UP: Final[Obj] = {
    "stabilizationWindowSeconds": 0, "selectPolicy": "Max",
    "policies": [{"type": "Pods", "value": 4, "periodSeconds": 15}, {"type": "Percent", "value": 100, "periodSeconds": 15}],
}
DOWN: Final[Obj] = {"selectPolicy": "Max", "policies": [{"type": "Percent", "value": 100, "periodSeconds": 15}]}


def limit_range(obj: Obj) -> Obj:
    """Of a container's limits each stands in for those that are missing: the maximum for the default, and so on."""
    return within(obj, "spec", partial(every, key="limits", change=_limits))


def _limits(item: Obj) -> Obj:
    if item.get("type") != "Container":
        return item
    default = {**(item.get("max") or {}), **(item.get("default") or {})}
    wanted = {**(item.get("min") or {}), **default, **(item.get("defaultRequest") or {})}
    if default and default != item.get("default"):
        item = {**item, "default": default}
    return {**item, "defaultRequest": wanted} if wanted and wanted != item.get("defaultRequest") else item


def priority_class(profile: Profile) -> Change | None:
    """The change that completes a PriorityClass."""
    return partial(fill, defaults={"preemptionPolicy": "PreemptLowerPriority"}) if profile.pick(PREEMPTION) else None


def autoscaler(profile: Profile, version: str) -> Change:
    """The change that completes an autoscaler sent under `version`."""
    metric = {"autoscaling/v1": None, "autoscaling/v2beta1": OLD_METRIC}.get(version, DEFAULT_METRIC)

    def change(spec: Obj) -> Obj:
        spec = fill(spec, {"minReplicas": 1})
        if metric is not None and not spec.get("metrics"):
            spec = {**spec, "metrics": metric}
        return within(spec, "behavior", _behavior)

    return partial(within, key="spec", change=change)


def _behavior(behavior: Obj) -> Obj:
    """A behaviour that says one half says the other, too."""
    behavior = put(behavior, "scaleUp", fill(behavior.get("scaleUp") or {}, UP))
    return put(behavior, "scaleDown", fill(behavior.get("scaleDown") or {}, DOWN))
