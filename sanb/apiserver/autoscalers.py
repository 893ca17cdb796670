"""Conversions of HorizontalPodAutoscalers: v1 knows CPU only and keeps the rest in annotations."""

from __future__ import annotations

import json
from typing import Any, Final

from sanb.values import Obj

METRICS: Final = "autoscaling.alpha.kubernetes.io/metrics"
BEHAVIOR: Final = "autoscaling.alpha.kubernetes.io/behavior"
CONDITIONS: Final = "autoscaling.alpha.kubernetes.io/conditions"
CURRENT: Final = "autoscaling.alpha.kubernetes.io/current-metrics"
NOTES: Final = (METRICS, BEHAVIOR, CONDITIONS, CURRENT)


def _field(metric: Obj) -> str:
    kind = str(metric.get("type", ""))
    return kind[:1].lower() + kind[1:]


# ---------------------------------------------------------------------- v2beta1: targets are fields of the metric


def _old_source(metric: Obj) -> Obj:
    """A metric as v2beta1 has it."""
    field = _field(metric)
    source: Obj = metric.get(field) or {}
    target, named = source.get("target") or {}, source.get("metric") or {}
    if field in ("resource", "containerResource"):
        made: Obj = {"name": source.get("name", "")}
        if "container" in source:
            made["container"] = source["container"]
        _put(made, "targetAverageUtilization", target.get("averageUtilization"))
        _put(made, "targetAverageValue", target.get("averageValue"))
    elif field == "pods":
        made = {"metricName": named.get("name", ""), "targetAverageValue": target.get("averageValue", "0")}
        _put(made, "selector", named.get("selector"))
    elif field == "object":
        made = {"target": source.get("describedObject") or {}, "metricName": named.get("name", ""),
                "targetValue": target.get("value", "0")}
        _put(made, "selector", named.get("selector"))
        _put(made, "averageValue", target.get("averageValue"))
    else:
        made = {"metricName": named.get("name", "")}
        _put(made, "metricSelector", named.get("selector"))
        _put(made, "targetValue", target.get("value"))
        _put(made, "targetAverageValue", target.get("averageValue"))
    return {"type": metric.get("type", ""), field: made}


def _put(made: Obj, key: str, value: Any) -> None:
    if value is not None:
        made[key] = value


def _new_source(metric: Obj) -> Obj:
    """A metric of v2beta1 as v2 has it."""
    field = _field(metric)
    source: Obj = metric.get(field) or {}
    target: Obj = {}
    share, average = source.get("targetAverageUtilization"), source.get("targetAverageValue", source.get("averageValue"))
    value = source.get("targetValue")
    if share is not None:
        target = {"type": "Utilization", "averageUtilization": share}
    elif average is not None:
        target = {"type": "AverageValue", "averageValue": average}
        _put(target, "value", None if value in (None, "0") else value)
    elif value is not None:
        target = {"type": "Value", "value": value}
    made: Obj = {"target": target}
    if field in ("resource", "containerResource"):
        made["name"] = source.get("name", "")
        _put(made, "container", source.get("container"))
    else:
        made["metric"] = {"name": source.get("metricName", "")}
        _put(made["metric"], "selector", source.get("selector", source.get("metricSelector")))
    if field == "object":
        made["describedObject"] = source.get("target") or {}
    return {"type": metric.get("type", ""), field: made}


def to_v2beta1(obj: Obj) -> Obj:
    """An autoscaler as v2beta1 shows it."""
    spec, state = dict(obj.get("spec") or {}), dict(obj.get("status") or {})
    if "metrics" in spec:
        spec["metrics"] = [_old_source(one) for one in spec["metrics"]]
    behavior = spec.pop("behavior", None)
    state["currentMetrics"] = None
    return _noted({**obj, "spec": spec, "status": state}, {BEHAVIOR: behavior})


def from_v2beta1(obj: Obj) -> Obj:
    """The newest shape of an autoscaler of v2beta1."""
    spec, state = dict(obj.get("spec") or {}), dict(obj.get("status") or {})
    if spec.get("metrics"):
        spec["metrics"] = [_new_source(one) for one in spec["metrics"]]
    state.pop("currentMetrics", None)
    return _unnoted({**obj, "spec": spec, "status": state})


# ---------------------------------------------------------------------- v1: CPU only


def to_v1(obj: Obj) -> Obj:
    """An autoscaler as v1 shows it."""
    spec, state = dict(obj.get("spec") or {}), dict(obj.get("status") or {})
    others = []
    for metric in spec.pop("metrics", None) or ():
        target = (metric.get("resource") or {}).get("target") or {}
        cpu = metric.get("type") == "Resource" and metric["resource"].get("name") == "cpu"
        if cpu and target.get("averageUtilization") is not None and "targetCPUUtilizationPercentage" not in spec:
            spec["targetCPUUtilizationPercentage"] = target["averageUtilization"]
        else:
            others.append(_old_source(metric))
    for metric in state.pop("currentMetrics", None) or ():
        current = (metric.get("resource") or {}).get("current") or {}
        if (metric.get("resource") or {}).get("name") == "cpu" and current.get("averageUtilization") is not None:
            state["currentCPUUtilizationPercentage"] = current["averageUtilization"]
    state.setdefault("currentReplicas", 0)
    notes = {METRICS: others or None, BEHAVIOR: spec.pop("behavior", None), CONDITIONS: state.pop("conditions", None)}
    return _noted({**obj, "spec": spec, "status": state}, notes)


def from_v1(obj: Obj) -> Obj:
    """The newest shape of an autoscaler of v1."""
    spec, state = dict(obj.get("spec") or {}), dict(obj.get("status") or {})
    share = spec.pop("targetCPUUtilizationPercentage", None)
    metrics = [_new_source(one) for one in _read(obj, METRICS) or ()]
    if share is not None:
        target = {"type": "Utilization", "averageUtilization": share}
        metrics.insert(0, {"type": "Resource", "resource": {"name": "cpu", "target": target}})
    if metrics:
        spec["metrics"] = metrics
    current = state.pop("currentCPUUtilizationPercentage", None)
    if current is not None:
        value = {"averageUtilization": current, "averageValue": "0"}
        state["currentMetrics"] = [{"type": "Resource", "resource": {"name": "cpu", "current": value}}]
    if conditions := _read(obj, CONDITIONS):
        state["conditions"] = conditions
    return _unnoted({**obj, "spec": spec, "status": state})


def _read(obj: Obj, note: str) -> Any:
    text = (obj["metadata"].get("annotations") or {}).get(note)
    try:
        return json.loads(text) if text else None
    except ValueError:
        return None


def _noted(obj: Obj, notes: dict[str, Any]) -> Obj:
    """The object with what its version has no fields for."""
    found = {key: json.dumps(value, separators=(",", ":")) for key, value in notes.items() if value}
    if not found:
        return obj
    metadata = obj["metadata"]
    return {**obj, "metadata": {**metadata, "annotations": {**(metadata.get("annotations") or {}), **found}}}


def _unnoted(obj: Obj) -> Obj:
    """The object with the annotations of old versions taken into fields."""
    metadata = obj["metadata"]
    notes = metadata.get("annotations") or {}
    if not any(note in notes for note in NOTES):
        return obj
    behavior = _read(obj, BEHAVIOR)
    spec = {**obj["spec"], "behavior": behavior} if behavior else obj["spec"]
    kept = {key: value for key, value in notes.items() if key not in NOTES}
    fields = {**metadata, "annotations": kept} if kept else {k: v for k, v in metadata.items() if k != "annotations"}
    return {**obj, "metadata": fields, "spec": spec}
