"""Deployments and ReplicaSets."""

from __future__ import annotations

from typing import Any, Final

from sanb.apiserver import status
from sanb.apiserver.status import FieldError
from sanb.apiserver.validation import metadata, pods, selectors, shown
from sanb.apiserver.validation.names import percent
from sanb.apiserver.validation.probes import NOT_NEGATIVE, not_negative
from sanb.apiserver.validation.rules import Rules
from sanb.store.selectors import matches
from sanb.values import Obj

EMPTY_SELECTOR: Final = "empty selector is invalid for deployment"
OTHER_LABELS: Final = "`selector` does not match template `labels`"
STRATEGIES: Final = ("Recreate", "RollingUpdate")
_DEPLOYMENT_COUNTS: Final = (
    "observedGeneration", "replicas", "updatedReplicas", "readyReplicas", "availableReplicas", "unavailableReplicas"
)
_SET_COUNTS: Final = ("replicas", "fullyLabeledReplicas", "readyReplicas", "availableReplicas", "observedGeneration")


def deployment(out: list[FieldError], obj: Obj, rules: Rules) -> None:
    """A new Deployment."""
    metadata.created(out, obj["metadata"], True, rules.names.subdomain, rules)
    _deployment(out, obj.get("spec") or {}, rules)


def deployment_update(out: list[FieldError], new: Obj, old: Obj, rules: Rules) -> None:
    """A changed Deployment: its selector stays."""
    metadata.updated(out, new["metadata"], old["metadata"], rules)
    _deployment(out, new.get("spec") or {}, rules)
    _same_selector(out, new, old, rules)


def replicaset(out: list[FieldError], obj: Obj, rules: Rules) -> None:
    """A new ReplicaSet."""
    metadata.created(out, obj["metadata"], True, rules.names.subdomain, rules)
    _replicaset(out, obj.get("spec") or {}, rules)


def replicaset_update(out: list[FieldError], new: Obj, old: Obj, rules: Rules) -> None:
    """A changed ReplicaSet; upstream looks at the spec twice."""
    replicaset(out, new, rules)
    metadata.updated(out, new["metadata"], old["metadata"], rules)
    _replicaset(out, new.get("spec") or {}, rules)
    _same_selector(out, new, old, rules)


def _same_selector(out: list[FieldError], new: Obj, old: Obj, rules: Rules) -> None:
    after, before = (new.get("spec") or {}).get("selector"), (old.get("spec") or {}).get("selector")
    if after is not before and after != before:
        out.append(status.invalid_shown("spec.selector", shown.selector(after, rules), metadata.IMMUTABLE))


def _deployment(out: list[FieldError], spec: Obj, rules: Rules) -> None:
    not_negative(out, spec.get("replicas"), "spec.replicas")
    _chosen(out, spec, rules)
    _strategy(out, spec.get("strategy") or {"type": "RollingUpdate", "rollingUpdate": {}}, rules)
    ready = spec.get("minReadySeconds") or 0
    not_negative(out, ready, "spec.minReadySeconds")
    not_negative(out, spec.get("revisionHistoryLimit"), "spec.revisionHistoryLimit")
    deadline = spec.get("progressDeadlineSeconds")
    if deadline is not None:
        not_negative(out, deadline, "spec.progressDeadlineSeconds")
        if deadline <= ready:
            detail = "must be greater than minReadySeconds"
            out.append(status.invalid_value("spec.progressDeadlineSeconds", deadline, detail))


def _replicaset(out: list[FieldError], spec: Obj, rules: Rules) -> None:
    not_negative(out, spec.get("replicas"), "spec.replicas")
    not_negative(out, spec.get("minReadySeconds"), "spec.minReadySeconds")
    _chosen(out, spec, rules)


def _chosen(out: list[FieldError], spec: Obj, rules: Rules) -> None:
    """The selector, and the template whose Pods it must choose."""
    selector = spec.get("selector")
    if selector is None:
        out.append(status.required("spec.selector"))
    else:
        selectors.label_selector(out, selector, "spec.selector", rules)
        if not selector.get("matchLabels") and not selector.get("matchExpressions"):
            out.append(status.invalid_shown("spec.selector", shown.selector(selector, rules), EMPTY_SELECTOR))
    if selector is not None and not selectors.usable(selector):
        out.append(status.invalid_shown("spec.selector", shown.selector(selector, rules), "invalid label selector"))
        return
    _template(out, spec.get("template") or {}, selector, rules)


def chooses(selector: Obj | None, labels: dict[str, str] | None) -> bool:
    """Whether upstream says so: no selector chooses nothing, an empty one everything."""
    return selector is not None and (not selector or matches(selector, labels or {}))


def _template(out: list[FieldError], template: Obj, selector: Obj | None, rules: Rules) -> None:
    labels = (template.get("metadata") or {}).get("labels")
    if not chooses(selector, labels):
        text = shown.string_map(labels, rules)
        out.append(status.invalid_shown("spec.template.metadata.labels", text, OTHER_LABELS))
    pods.template(out, template, "spec.template", rules)
    body = template.get("spec") or {}
    policy = body.get("restartPolicy", "Always")
    if policy != "Always":
        out.append(status.unsupported("spec.template.spec.restartPolicy", policy, ("Always",)))
    if body.get("activeDeadlineSeconds") is not None:
        detail = "activeDeadlineSeconds in ReplicaSet is not Supported"
        out.append(status.field_forbidden("spec.template.spec.activeDeadlineSeconds", detail))


def _strategy(out: list[FieldError], given: Obj, rules: Rules) -> None:
    kind, rolling = given.get("type", ""), given.get("rollingUpdate")
    if kind == "Recreate":
        if rolling is not None:
            detail = "may not be specified when strategy `type` is 'Recreate'"
            out.append(status.field_forbidden("spec.strategy.rollingUpdate", detail))
    elif kind != "RollingUpdate":
        out.append(status.unsupported_shown("spec.strategy", shown.strategy(given, rules), STRATEGIES))
    elif rolling is None:
        out.append(status.required("spec.strategy.rollingUpdate", "this should be defaulted and never be nil"))
    elif rolling:
        _rolling(out, rolling, rules)


def _rolling(out: list[FieldError], rolling: Obj, rules: Rules) -> None:
    path = "spec.strategy.rollingUpdate"
    for field in ("maxUnavailable", "maxSurge"):
        _share(out, rolling.get(field, 0), f"{path}.{field}", rules)
    unavailable = rolling.get("maxUnavailable", 0)
    if _number(unavailable) == 0 and _number(rolling.get("maxSurge", 0)) == 0:
        text = shown.number_or_text(unavailable, rules)
        out.append(status.invalid_shown(f"{path}.maxUnavailable", text, "may not be 0 when `maxSurge` is 0"))
    if isinstance(unavailable, str) and _number(unavailable) > 100:
        text = shown.number_or_text(unavailable, rules)
        out.append(status.invalid_shown(f"{path}.maxUnavailable", text, "must not be greater than 100%"))


def _share(out: list[FieldError], value: int | str, path: str, rules: Rules) -> None:
    if isinstance(value, str):
        text = shown.number_or_text(value, rules)
        out.extend(status.invalid_shown(path, text, fault) for fault in percent(value))
    elif value < 0:
        out.append(status.invalid_value(path, value, NOT_NEGATIVE))


def _number(value: int | str) -> int:
    if isinstance(value, int):
        return value
    digits = value.removesuffix("%")
    return int(digits) if value.endswith("%") and digits.isdigit() else 0


def _counts(out: list[FieldError], found: Obj, fields: tuple[str, ...]) -> None:
    for field in fields:
        not_negative(out, found.get(field), f"status.{field}")


def _above(out: list[FieldError], found: Obj, field: str, limit: str, detail: str) -> None:
    if (found.get(field) or 0) > (found.get(limit) or 0):
        out.append(status.invalid_value(f"status.{field}", found[field], detail))


def deployment_status(out: list[FieldError], new: Obj, old: Obj, rules: Rules) -> None:
    """Counts of a Deployment's status fit together."""
    parts = ("updatedReplicas", "readyReplicas", "availableReplicas")
    _fitting(out, new.get("status") or {}, _DEPLOYMENT_COUNTS, parts)


def replicaset_status(out: list[FieldError], new: Obj, old: Obj, rules: Rules) -> None:
    """Counts of a ReplicaSet's status fit together."""
    parts = ("fullyLabeledReplicas", "readyReplicas", "availableReplicas")
    _fitting(out, new.get("status") or {}, _SET_COUNTS, parts)


def _fitting(out: list[FieldError], found: Any, counts: tuple[str, ...], parts: tuple[str, ...]) -> None:
    _counts(out, found, counts)
    for field in parts:
        _above(out, found, field, "replicas", "cannot be greater than status.replicas")
    _above(out, found, "availableReplicas", "readyReplicas", "cannot be greater than readyReplicas")
