"""Budgets, quotas, limit ranges, priority classes, autoscalers and leases."""

from __future__ import annotations

from typing import Any, Final

from sanb.apiserver import status
from sanb.apiserver.status import FieldError
from sanb.apiserver.validation import metadata, resourcenames, selectors, shown
from sanb.apiserver.validation.names import path_segment, percent
from sanb.apiserver.validation.probes import NOT_NEGATIVE, not_negative
from sanb.apiserver.validation.quantities import quantity
from sanb.apiserver.validation.rules import Rules
from sanb.values import Obj

IMMUTABLE_BUDGET: Final = {"1.10": True, "1.15": False}
"""Whether a budget's spec stays as it was made."""
BUDGET_STAYS: Final = "updates to poddisruptionbudget spec are forbidden."
NO_STORAGE: Final = "either minimum or maximum storage value is required, but neither was provided"
LIMIT_KINDS: Final = ("Pod", "Container", "PersistentVolumeClaim")
_POSITIVE: Final = "must be greater than 0"
SYSTEM: Final = {"system-cluster-critical": 2_000_000_000, "system-node-critical": 2_000_001_000}
HIGHEST: Final = 1_000_000_000


# ---------------------------------------------------------------------- PodDisruptionBudgets


def budget(out: list[FieldError], obj: Obj, rules: Rules) -> None:
    """A new PodDisruptionBudget."""
    metadata.created(out, obj["metadata"], True, rules.names.subdomain, rules)
    _budget(out, obj.get("spec") or {}, rules)


def budget_update(out: list[FieldError], new: Obj, old: Obj, rules: Rules) -> None:
    """A changed PodDisruptionBudget."""
    metadata.created(out, new["metadata"], True, rules.names.subdomain, rules)
    if rules.profile.pick(IMMUTABLE_BUDGET) and new.get("spec") != old.get("spec"):
        out.append(status.field_forbidden("spec", BUDGET_STAYS))
        return
    _budget(out, new.get("spec") or {}, rules)


def _budget(out: list[FieldError], spec: Obj, rules: Rules) -> None:
    least, most = spec.get("minAvailable"), spec.get("maxUnavailable")
    if least is not None and most is not None:
        text = "minAvailable and maxUnavailable cannot be both set"
        out.append(status.invalid_shown("spec", shown.as_json(spec), text))
    for field, value in (("minAvailable", least), ("maxUnavailable", most)):
        if value is None:
            continue
        path = f"spec.{field}"
        _share(out, value, path, rules)
    if (selector := spec.get("selector")) is not None:
        selectors.label_selector(out, selector, "spec.selector", rules)
    policy = spec.get("unhealthyPodEvictionPolicy")
    if policy is not None and policy not in ("AlwaysAllow", "IfHealthyBudget"):
        out.append(status.unsupported("spec.unhealthyPodEvictionPolicy", policy, ("AlwaysAllow", "IfHealthyBudget")))


def _share(out: list[FieldError], value: int | str, path: str, rules: Rules) -> None:
    if isinstance(value, int):
        if value < 0:
            out.append(status.invalid_value(path, value, NOT_NEGATIVE))
        return
    text = shown.number_or_text(value, rules)
    faults = percent(value)
    out.extend(status.invalid_shown(path, text, fault) for fault in faults)
    if not faults and int(value[:-1]) > 100:
        out.append(status.invalid_shown(path, text, "must not be greater than 100%"))


# ---------------------------------------------------------------------- ResourceQuotas


def quota(out: list[FieldError], obj: Obj, rules: Rules) -> None:
    """A new ResourceQuota."""
    metadata.created(out, obj["metadata"], True, rules.names.subdomain, rules)
    _quota(out, obj.get("spec") or {}, rules)


def quota_update(out: list[FieldError], new: Obj, old: Obj, rules: Rules) -> None:
    """A changed ResourceQuota: its scopes stay."""
    metadata.updated(out, new["metadata"], old["metadata"], rules)
    _quota(out, new.get("spec") or {}, rules)
    after, before = (new.get("spec") or {}).get("scopes"), (old.get("spec") or {}).get("scopes")
    if sorted(after or ()) != sorted(before or ()):
        out.append(status.invalid_shown("spec.scopes", shown.strings(after, rules), metadata.IMMUTABLE))


def _quota(out: list[FieldError], spec: Obj, rules: Rules) -> None:
    for name, value in (spec.get("hard") or {}).items():
        path = f"spec.hard[{name}]"
        resourcenames.of_quota(out, name, path, rules)
        amount = quantity(value)
        if amount < 0:
            out.append(status.invalid_value(path, value, NOT_NEGATIVE))
        elif (name in resourcenames.COUNTED or name.startswith("count/")) and amount.denominator != 1:
            out.append(status.invalid_value(path, value, "must be an integer"))


# ---------------------------------------------------------------------- LimitRanges


def limit_range(out: list[FieldError], obj: Obj, rules: Rules) -> None:
    """A LimitRange."""
    metadata.created(out, obj["metadata"], True, rules.names.subdomain, rules)
    seen: set[str] = set()
    for index, item in enumerate((obj.get("spec") or {}).get("limits") or ()):
        path, kind = f"spec.limits[{index}]", item.get("type") or ""
        if kind in seen:
            out.append(status.duplicate(f"{path}.type", kind))
        seen.add(kind)
        if kind == "Pod":
            for field in ("default", "defaultRequest"):
                if item.get(field):
                    out.append(status.field_forbidden(f"{path}.{field}", "may not be specified when `type` is 'Pod'"))
        _limits(out, item, path, rules)


def limit_range_update(out: list[FieldError], new: Obj, old: Obj, rules: Rules) -> None:
    """A changed LimitRange."""
    limit_range(out, new, rules)


_PAIRS: Final = (
    ("min", "max", "min", "min value {} is greater than max value {}"),
    ("min", "defaultRequest", "defaultRequest", "min value {} is greater than default request value {}"),
    ("defaultRequest", "max", "defaultRequest", "default request value {} is greater than max value {}"),
    ("defaultRequest", "default", "defaultRequest", "default request value {} is greater than default limit value {}"),
    ("min", "default", "default", "min value {} is greater than default value {}"),
    ("default", "max", "default", "default value {} is greater than max value {}"),
)


def _limits(out: list[FieldError], item: Obj, path: str, rules: Rules) -> None:
    kind = item.get("type") or ""
    named = resourcenames.of_container if kind in ("Pod", "Container") else resourcenames.of_any
    for field in ("max", "min", *(() if kind == "Pod" else ("default", "defaultRequest")), "maxLimitRequestRatio"):
        for name in sorted(item.get(field) or ()):
            named(out, name, f"{path}.{field}[{name}]", rules)
    if kind == "PersistentVolumeClaim" and not any("storage" in (item.get(field) or ()) for field in ("min", "max")):
        out.append(status.required(f"{path}.limits", NO_STORAGE))
    names = sorted({name for field in ("max", "min", "default", "defaultRequest") for name in item.get(field) or ()})
    for name in names:
        for low, high, where, text in _PAIRS:
            a, b = (item.get(low) or {}).get(name), (item.get(high) or {}).get(name)
            if a is not None and b is not None and quantity(a) > quantity(b):
                shown_value = (item.get(where) or {})[name]
                out.append(status.invalid_value(f"{path}.{where}[{name}]", shown_value, text.format(a, b)))
        default, request = ((item.get(field) or {}).get(name) for field in ("default", "defaultRequest"))
        if default and request and quantity(default) != quantity(request) and not resourcenames.overcommitted(name):
            text = f"default value {default} must equal to defaultRequest value {request} in {name}"
            out.append(status.invalid_value(f"{path}.defaultRequest[{name}]", request, text))
    for name in sorted(item.get("maxLimitRequestRatio") or ()):
        _ratio(out, item, name, path)


def _ratio(out: list[FieldError], item: Obj, name: str, path: str) -> None:
    """How far a limit may be above its request: not below 1, nor beyond what the bounds allow."""
    ratio = item["maxLimitRequestRatio"][name]
    least, most = ((item.get(field) or {}).get(name) for field in ("min", "max"))
    if quantity(ratio) < 1:
        out.append(status.invalid_value(f"{path}.maxLimitRequestRatio[{name}]", ratio, f"ratio {ratio} is less than 1"))
    if least is not None and most is not None and quantity(least) and quantity(ratio) > quantity(most) / quantity(least):
        text = f"ratio {ratio} is greater than max/min = {float(quantity(most) / quantity(least)):f}"
        out.append(status.invalid_value(f"{path}.maxLimitRequestRatio[{name}]", ratio, text))


# ---------------------------------------------------------------------- PriorityClasses, Leases


def priority_class(out: list[FieldError], obj: Obj, rules: Rules) -> None:
    """A new PriorityClass."""
    metadata.created(out, obj["metadata"], False, rules.names.subdomain, rules)
    name, value = obj["metadata"].get("name") or "", obj.get("value") or 0
    if name.startswith("system-"):
        if SYSTEM.get(name) != value:
            text = "priority class names with 'system-' prefix are reserved for system use only"
            if name in SYSTEM:
                text += f". error: value of {name} PriorityClass must be {SYSTEM[name]}"
            else:
                text += f". error: {name} is not a known system priority class"
            out.append(status.field_forbidden("metadata.name", text))
    elif value > HIGHEST:
        text = f"maximum allowed value of a user defined priority is {HIGHEST}"
        out.append(status.field_forbidden("value", text))
    policy = obj.get("preemptionPolicy")
    if policy is not None and policy not in ("Never", "PreemptLowerPriority"):
        out.append(status.unsupported("preemptionPolicy", policy, ("Never", "PreemptLowerPriority")))


def priority_class_update(out: list[FieldError], new: Obj, old: Obj, rules: Rules) -> None:
    """A changed PriorityClass: its value stays."""
    metadata.updated(out, new["metadata"], old["metadata"], rules)
    if (new.get("value") or 0) != (old.get("value") or 0):
        out.append(status.field_forbidden("value", "may not be changed in an update."))
    if new.get("preemptionPolicy") != old.get("preemptionPolicy"):
        value = new.get("preemptionPolicy") or ""
        out.append(status.invalid_value("preemptionPolicy", value, metadata.IMMUTABLE))


def lease(out: list[FieldError], obj: Obj, rules: Rules) -> None:
    """A Lease."""
    metadata.created(out, obj["metadata"], True, rules.names.subdomain, rules)
    spec = obj.get("spec") or {}
    duration = spec.get("leaseDurationSeconds")
    if duration is not None and duration <= 0:
        out.append(status.invalid_value("spec.leaseDurationSeconds", duration, _POSITIVE))
    not_negative(out, spec.get("leaseTransitions"), "spec.leaseTransitions")


def lease_update(out: list[FieldError], new: Obj, old: Obj, rules: Rules) -> None:
    """A changed Lease."""
    metadata.updated(out, new["metadata"], old["metadata"], rules)
    lease(out, new, rules)


# ---------------------------------------------------------------------- HorizontalPodAutoscalers


def autoscaler(out: list[FieldError], obj: Obj, rules: Rules) -> None:
    """A new HorizontalPodAutoscaler."""
    metadata.created(out, obj["metadata"], True, rules.names.subdomain, rules)
    _autoscaler(out, obj.get("spec") or {})


def autoscaler_update(out: list[FieldError], new: Obj, old: Obj, rules: Rules) -> None:
    """A changed HorizontalPodAutoscaler."""
    metadata.updated(out, new["metadata"], old["metadata"], rules)
    _autoscaler(out, new.get("spec") or {})


def _autoscaler(out: list[FieldError], spec: Obj) -> None:
    least, most = spec.get("minReplicas"), spec.get("maxReplicas") or 0
    if least is not None and least < 1:
        out.append(status.invalid_value("spec.minReplicas", least, "must be greater than or equal to 1"))
    if most < 1:
        out.append(status.invalid_value("spec.maxReplicas", most, _POSITIVE))
    if least is not None and most < least:
        text = "must be greater than or equal to `minReplicas`"
        out.append(status.invalid_value("spec.maxReplicas", most, text))
    _target(out, spec.get("scaleTargetRef") or {}, "spec.scaleTargetRef")
    percentage = spec.get("targetCPUUtilizationPercentage")
    if percentage is not None and percentage < 1:
        path = "spec.metrics[0].resource.target.averageUtilization"
        out.append(status.invalid_value(path, percentage, _POSITIVE))
    for index, metric in enumerate(spec.get("metrics") or ()):
        _metric(out, metric, f"spec.metrics[{index}]")


def _target(out: list[FieldError], target: Obj, path: str) -> None:
    for field in ("kind", "name"):
        value = target.get(field) or ""
        if not value:
            out.append(status.required(f"{path}.{field}"))
        else:
            out.extend(status.invalid_value(f"{path}.{field}", value, text) for text in path_segment(value))


_METRICS: Final = ("ContainerResource", "External", "Object", "Pods", "Resource")


def _metric(out: list[FieldError], metric: Obj, path: str) -> None:
    kind = metric.get("type") or ""
    if not kind:
        out.append(status.required(f"{path}.type", "must specify a metric source type"))
        return
    if kind not in _METRICS:
        out.append(status.unsupported(f"{path}.type", kind, _METRICS))
        return
    field = kind[0].lower() + kind[1:]
    source: Any = metric.get(field)
    if source is None:
        text = f"must populate information for the given metric source (type: {kind})"
        out.append(status.required(f"{path}.{field}", text))
        return
    target = source.get("target")
    if target is not None and "type" in target and target["type"] not in ("Utilization", "Value", "AverageValue"):
        text = "must be either Utilization, Value, or AverageValue"
        out.append(status.invalid_value(f"{path}.{field}.target.type", target["type"], text))
    share = (target or {}).get("averageUtilization", source.get("targetAverageUtilization"))
    if share is not None and share < 1:
        out.append(status.invalid_value(f"{path}.{field}.target.averageUtilization", share, _POSITIVE))
