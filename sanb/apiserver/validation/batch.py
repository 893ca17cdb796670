"""Jobs and CronJobs."""

from __future__ import annotations

from typing import Final

from sanb.apiserver import status
from sanb.apiserver.status import FieldError
from sanb.apiserver.strategykinds import JOB_LABELS
from sanb.apiserver.validation import jobpolicies, metadata, pods, selectors, shown
from sanb.apiserver.validation.probes import not_negative
from sanb.apiserver.validation.rules import Rules
from sanb.apiserver.validation.schedules import CAPITALS, fault
from sanb.apiserver.validation.workloads import OTHER_LABELS
from sanb.store.selectors import matches
from sanb.values import Obj

NO_POLICY: Final = {"1.10": False, "1.21": True}
"""Whether a Job whose Pods would run for ever is told which policies there are."""
POLICIES: Final = ("OnFailure", "Never")
CONCURRENCY: Final = ("Allow", "Forbid", "Replace")
LONGEST_NAME: Final = 52
TOO_LONG: Final = "must be no more than 52 characters"
_COUNTS: Final = ("parallelism", "completions", "activeDeadlineSeconds", "backoffLimit", "ttlSecondsAfterFinished",
                  "maxFailedIndexes", "backoffLimitPerIndex")
MOST_INDEXES: Final = 100_000
TEMPLATE_MUTABLE: Final = {"1.10": False, "1.23": True}
"""Whether the placement of a suspended Job's Pods may change."""
_PLACED: Final = ("nodeSelector", "affinity", "tolerations", "schedulingGates")


def job(out: list[FieldError], obj: Obj, rules: Rules) -> None:
    """A new Job."""
    metadata.created(out, obj["metadata"], True, rules.names.subdomain, rules)
    _generated(out, obj, rules)
    _whole(out, obj.get("spec") or {}, rules)


def _generated(out: list[FieldError], obj: Obj, rules: Rules) -> None:
    """The selector that the server makes must choose the Job's own Pods."""
    spec = obj.get("spec") or {}
    if spec.get("manualSelector") or spec.get("selector") is None:
        return
    labels = ((spec.get("template") or {}).get("metadata") or {}).get("labels") or {}
    name_label, uid_label = rules.profile.pick(JOB_LABELS)
    expected = {uid_label: obj["metadata"].get("uid", ""), name_label: obj["metadata"].get("name", "")}
    for label, value in expected.items():
        path = "spec.template.metadata.labels"
        if label not in labels:
            out.append(status.required(path, f"must be '{value}'"))
        elif labels[label] != value:
            out.append(status.invalid_shown(path, shown.string_map(labels, rules), f"must be '{value}'"))
    if not matches(spec["selector"], {**labels, **expected}):
        text = shown.selector(spec["selector"], rules)
        out.append(status.invalid_shown("spec.selector", text, "`selector` not auto-generated"))


def _whole(out: list[FieldError], spec: Obj, rules: Rules) -> None:
    _spec(out, spec, "spec", rules)
    selector = spec.get("selector")
    if selector is None:
        out.append(status.required("spec.selector"))
        return
    selectors.label_selector(out, selector, "spec.selector", rules)
    labels = ((spec.get("template") or {}).get("metadata") or {}).get("labels")
    if selectors.usable(selector) and not matches(selector, labels or {}):
        text = shown.string_map(labels, rules)
        out.append(status.invalid_shown("spec.template.metadata.labels", text, OTHER_LABELS))


def _spec(out: list[FieldError], spec: Obj, path: str, rules: Rules) -> None:
    for field in _COUNTS:
        not_negative(out, spec.get(field), f"{path}.{field}")
    jobpolicies.limits(out, spec, path)
    mode = spec.get("completionMode")
    if mode is not None and mode not in ("NonIndexed", "Indexed"):
        out.append(status.unsupported(f"{path}.completionMode", mode, ("NonIndexed", "Indexed")))
    if mode == "Indexed" and spec.get("completions") is None:
        out.append(status.required(f"{path}.completions", "when completion mode is Indexed"))
    if mode == "Indexed" and (spec.get("parallelism") or 0) > MOST_INDEXES:
        text = f"must be less than or equal to {MOST_INDEXES} when completion mode is Indexed"
        out.append(status.invalid_value(f"{path}.parallelism", spec["parallelism"], text))
    jobpolicies.policies(out, spec, path, rules)
    template = spec.get("template") or {}
    pods.template(out, template, f"{path}.template", rules)
    policy, where = (template.get("spec") or {}).get("restartPolicy", ""), f"{path}.template.spec.restartPolicy"
    if policy in ("", "Always") and rules.profile.pick(NO_POLICY):
        out.append(status.required(where, 'valid values: "OnFailure", "Never"'))
    elif policy not in POLICIES:
        out.append(status.unsupported(where, policy, POLICIES))
    else:
        jobpolicies.restart(out, spec, policy, where)


def job_update(out: list[FieldError], new: Obj, old: Obj, rules: Rules) -> None:
    """A changed Job: what its Pods are made of stays."""
    metadata.updated(out, new["metadata"], old["metadata"], rules)
    after, before = new.get("spec") or {}, old.get("spec") or {}
    _whole(out, after, rules)
    elastic = before.get("completionMode") == "Indexed" and after.get("completions") == after.get("parallelism")
    if after.get("completions") != before.get("completions") and not elastic:
        _stays(out, after, "completions")
    if after.get("selector") != before.get("selector"):
        text = shown.selector(after.get("selector"), rules)
        out.append(status.invalid_shown("spec.selector", text, metadata.IMMUTABLE))
    if _fixed(after, before, rules) != _fixed(before, before, rules):
        _stays(out, after, "template")
    for field in ("completionMode", "podFailurePolicy", "backoffLimitPerIndex", "managedBy", "successPolicy"):
        if after.get(field) != before.get(field):
            _stays(out, after, field)


def _fixed(spec: Obj, before: Obj, rules: Rules) -> Obj:
    """What of the template may not change: a suspended Job that never ran may still be placed elsewhere."""
    template: Obj = spec.get("template") or {}
    if not (before.get("suspend") and rules.profile.pick(TEMPLATE_MUTABLE)):
        return template
    body = {key: value for key, value in (template.get("spec") or {}).items() if key not in _PLACED}
    return {"spec": body}


def _stays(out: list[FieldError], spec: Obj, field: str) -> None:
    out.append(status.invalid_shown(f"spec.{field}", shown.as_json(spec.get(field)), metadata.IMMUTABLE))


def job_status(out: list[FieldError], new: Obj, old: Obj, rules: Rules) -> None:
    """Counts of a Job's status are none below nothing."""
    for field in ("active", "succeeded", "failed", "ready"):
        not_negative(out, (new.get("status") or {}).get(field), f"status.{field}")


# ---------------------------------------------------------------------- CronJobs


def cron_job(out: list[FieldError], obj: Obj, rules: Rules) -> None:
    """A new CronJob."""
    metadata.created(out, obj["metadata"], True, rules.names.subdomain, rules)
    _cron(out, obj.get("spec") or {}, rules)
    name = obj["metadata"].get("name") or ""
    if len(name) > LONGEST_NAME:
        out.append(status.invalid_value("metadata.name", name, TOO_LONG))


def cron_job_update(out: list[FieldError], new: Obj, old: Obj, rules: Rules) -> None:
    """A changed CronJob."""
    metadata.updated(out, new["metadata"], old["metadata"], rules)
    _cron(out, new.get("spec") or {}, rules)


def _cron(out: list[FieldError], spec: Obj, rules: Rules) -> None:
    schedule = spec.get("schedule") or ""
    if not schedule:
        out.append(status.required("spec.schedule"))
    elif text := fault(schedule, rules.profile.pick(CAPITALS)):
        out.append(status.invalid_value("spec.schedule", schedule, text))
    not_negative(out, spec.get("startingDeadlineSeconds"), "spec.startingDeadlineSeconds")
    policy = spec.get("concurrencyPolicy") or ""
    if not policy:
        out.append(status.required("spec.concurrencyPolicy"))
    elif policy not in CONCURRENCY:
        out.append(status.unsupported("spec.concurrencyPolicy", policy, CONCURRENCY))
    body, path = (spec.get("jobTemplate") or {}).get("spec") or {}, "spec.jobTemplate.spec"
    _spec(out, body, path, rules)
    if body.get("selector") is not None:
        text = shown.selector(body["selector"], rules)
        out.append(status.invalid_shown(f"{path}.selector", text, "`selector` will be auto-generated"))
    if body.get("manualSelector"):
        out.append(status.unsupported_shown(f"{path}.manualSelector", "true", ("nil", "false")))
    for field in ("successfulJobsHistoryLimit", "failedJobsHistoryLimit"):
        not_negative(out, spec.get(field), f"spec.{field}")
