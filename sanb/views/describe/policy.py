"""Descriptions of ResourceQuotas, LimitRanges, PodDisruptionBudgets, PriorityClasses and autoscalers; of a Namespace's limits."""

from __future__ import annotations

from typing import Final

from sanb.values import Obj, dig
from sanb.views.describe.common import Reader, date, events, heading, line
from sanb.views.describe.sets import selector_text

HEADS: Final = ("Type", "Resource", "Min", "Max", "Default Request", "Default Limit", "Max Limit/Request Ratio")
FIELDS: Final = ("min", "max", "defaultRequest", "default", "maxLimitRequestRatio")
PREEMPTION: Final = {"1.10": False, "1.24": True}
"""Whether a PriorityClass tells whom it displaces."""
NO_LIMITS: Final = {"1.10": "No resource limits.", "1.18": "No LimitRange resource."}
SCOPES: Final = {
    "Terminating": "Matches all pods that have an active deadline. These pods have a limited lifespan on a node before "
    "being actively terminated by the system.",
    "NotTerminating": "Matches all pods that do not have an active deadline. These pods usually include long running pods "
    "whose container command is not expected to terminate.",
    "BestEffort": "Matches all pods that do not have resource requirements set. These pods have a best effort quality of "
    "service.",
    "NotBestEffort": "Matches all pods that have at least one resource requirement set. These pods have a burstable or "
    "guaranteed quality of service.",
}


# ---------------------------------------------------------------------- quotas and limits


def quota(obj: Obj, reader: Reader) -> str:
    """A ResourceQuota: what is used of what."""
    metadata = obj["metadata"]
    body = line("Name", metadata["name"]) + line("Namespace", metadata["namespace"])
    scopes = dig(obj, "spec", "scopes", default=())
    if scopes:
        body += line("Scopes", ", ".join(sorted(scopes)))
        body += "".join(f" * {SCOPES[one]}\n" for one in sorted(scopes) if one in SCOPES)
    return body + "Resource\tUsed\tHard\n--------\t----\t----\n" + _used(obj, "")


def _used(obj: Obj, space: str) -> str:
    hard, used = dig(obj, "status", "hard", default={}), dig(obj, "status", "used", default={})
    return "".join(f"{space}{name}\t{used.get(name, '0')}\t{hard[name]}\n" for name in sorted(hard))


def limits(obj: Obj, reader: Reader) -> str:
    """A LimitRange."""
    metadata = obj["metadata"]
    return line("Name", metadata["name"]) + line("Namespace", metadata["namespace"]) + _limits([obj], "")


def _limits(found: list[Obj], space: str) -> str:
    body = space + "\t".join(HEADS) + "\n" + space + "\t".join("-" * len(head) for head in HEADS) + "\n"
    for one in found:
        for item in dig(one, "spec", "limits", default=()):
            names = list(
                dict.fromkeys(
                    name
                    for field in ("max", "min", "default", "defaultRequest", "maxLimitRequestRatio")
                    for name in item.get(field) or ()
                )
            )
            for name in names:
                cells = [(item.get(field) or {}).get(name, "-") for field in FIELDS]
                body += f"{space}{item['type']}\t{name}\t" + "\t".join(cells) + "\n"
    return body


def of_namespace(name: str, reader: Reader) -> str:
    """The quotas and limits of a Namespace."""
    quotas, ranges = reader.objects("resourcequotas", name), reader.objects("limitranges", name)
    if quotas:
        body = "\nResource Quotas\n"
        for one in quotas:
            body += f"  Name:\t{one['metadata']['name']}\n  Resource\tUsed\tHard\n  --------\t---\t---\n" + _used(
                one, "  "
            )
    else:
        body = "\nNo resource quota.\n"
    if ranges:
        return body + "\nResource Limits\n" + _limits(ranges, " ")
    gap = "\n\n" if reader.profile.pick(NO_LIMITS) == NO_LIMITS["1.10"] else "\n"
    return body + f"{gap}{reader.profile.pick(NO_LIMITS)}\n"


# ---------------------------------------------------------------------- budgets, priorities, autoscalers


def budget(obj: Obj, reader: Reader) -> str:
    """A PodDisruptionBudget."""
    metadata, spec, status = obj["metadata"], obj.get("spec") or {}, obj.get("status") or {}
    body = line("Name", metadata["name"]) + line("Namespace", metadata["namespace"])
    if spec.get("minAvailable") is not None:
        body += line("Min available", spec["minAvailable"])
    elif spec.get("maxUnavailable") is not None:
        body += line("Max unavailable", spec["maxUnavailable"])
    body += line("Selector", selector_text(spec["selector"]) if spec.get("selector") else "<unset>") + "Status:\n"
    for title, key in (
        ("Allowed disruptions", "disruptionsAllowed"),
        ("Current", "currentHealthy"),
        ("Desired", "desiredHealthy"),
        ("Total", "expectedPods"),
    ):
        body += line(f"    {title}", status.get(key, 0))
    return body + events(obj, reader)


def priority(obj: Obj, reader: Reader) -> str:
    """A PriorityClass."""
    notes = obj["metadata"].get("annotations") or {}
    body = line("Name", obj["metadata"]["name"]) + line("Value", obj.get("value", 0))
    body += line("GlobalDefault", str(obj.get("globalDefault", False)).lower())
    if reader.profile.pick(PREEMPTION):
        body += line("PreemptionPolicy", obj.get("preemptionPolicy", "PreemptLowerPriority"))
    body += line("Description", obj.get("description", ""))
    body += line("Annotations", ",".join(f"{key}={notes[key]}" for key in sorted(notes)) or "<none>")
    return body + events(obj, reader)


def autoscaler(obj: Obj, reader: Reader) -> str:
    """A HorizontalPodAutoscaler with its metrics."""
    spec, status = obj.get("spec") or {}, obj.get("status") or {}
    target = spec["scaleTargetRef"]
    body = heading(obj, reader) + line("CreationTimestamp", date(obj["metadata"].get("creationTimestamp")))
    body += line("Reference", f"{target['kind']}/{target['name']}")
    body += line("Metrics", "( current / target )") + "".join(_metric(one, status) for one in spec.get("metrics") or ())
    percent = spec.get("targetCPUUtilizationPercentage")
    if percent is not None:
        current = status.get("currentCPUUtilizationPercentage")
        body += line(
            "  resource cpu on pods  (as a percentage of request)", f"{_or_unknown(current, '%')} / {percent}%"
        )
    body += line("Min replicas", spec.get("minReplicas", "<unset>")) + line("Max replicas", spec["maxReplicas"])
    body += _behavior(spec.get("behavior"))
    counts = f"{status.get('currentReplicas', 0)} current / {status.get('desiredReplicas', 0)} desired"
    body += line(f"{target['kind']} pods", counts)
    found = status.get("conditions") or ()
    if found:
        body += "Conditions:\n  Type\tStatus\tReason\tMessage\n  ----\t------\t------\t-------\n"
        body += "".join(f"  {c['type']}\t{c['status']}\t{c.get('reason', '')}\t{c.get('message', '')}\n" for c in found)
    return body + events(obj, reader)


def _behavior(behavior: Obj | None) -> str:
    """How fast it may scale."""
    if behavior is None:
        return ""
    body = "Behavior:\n"
    for title, field in (("Scale Up", "scaleUp"), ("Scale Down", "scaleDown")):
        rules = behavior.get(field)
        if rules is None:
            continue
        body += f"  {title}:\n"
        if rules.get("stabilizationWindowSeconds") is not None:
            body += f"    Stabilization Window: {rules['stabilizationWindowSeconds']} seconds\n"
        if rules.get("policies"):
            body += f"    Select Policy: {rules.get('selectPolicy') or 'Max'}\n    Policies:\n"
            for one in rules["policies"]:
                body += f"      - Type: {one['type']}\tValue: {one['value']}\tPeriod: {one['periodSeconds']} seconds\n"
    return body


def _other_metric(kind: str, one: Obj) -> str:
    """A metric that is not a resource of Pods; nobody measures it here."""
    name, target = dig(one, "metric", "name", default=""), one.get("target") or {}
    if kind == "Pods":
        return line(f'  "{name}" on pods', f"<unknown> / {target.get('averageValue', '')}")
    average = "averageValue" in target
    what = "(target average value)" if average else "(target value)"
    place = f"on {one['describedObject']['kind']}/{one['describedObject']['name']} " if "describedObject" in one else ""
    return line(f'  "{name}" {place}{what}', f"<unknown> / {target.get('averageValue' if average else 'value', '')}")


def _or_unknown(value: object, unit: str = "") -> str:
    return "<unknown>" if value is None else f"{value}{unit}"


def _metric(one: Obj, status: Obj) -> str:
    kind = one.get("type", "")
    if kind not in ("Resource", "ContainerResource"):
        return _other_metric(kind, one.get(kind[:1].lower() + kind[1:]) or {})
    resource = one[kind[:1].lower() + kind[1:]]
    pods = f'of container "{resource["container"]}" on pods' if "container" in resource else "on pods"
    name, target = resource["name"], resource.get("target") or {}
    current: Obj = next(
        (
            dig(c, "resource", "current", default={})
            for c in status.get("currentMetrics") or ()
            if dig(c, "resource", "name") == name
        ),
        {},
    )
    if target.get("averageUtilization") is not None:
        now = current.get("averageUtilization")
        shown = f"{now}% ({current.get('averageValue')})" if now is not None else "<unknown>"
        return line(
            f"  resource {name} {pods}  (as a percentage of request)", f"{shown} / {target['averageUtilization']}%"
        )
    return line(
        f"  resource {name} {pods}", f"{_or_unknown(current.get('averageValue'))} / {target.get('averageValue', '')}"
    )
