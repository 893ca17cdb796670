"""LimitRanger: containers get what the LimitRanges of their namespace say, and must stay between their limits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from sanb.apiserver import status
from sanb.apiserver.admission import CREATE, Attributes, Plugin
from sanb.apiserver.amounts import added
from sanb.apiserver.validation.quantities import quantity
from sanb.apiserver.view import View
from sanb.profiles.profile import Profile
from sanb.values import Obj

RANGES: Final = "limitranges"
NOTE: Final = "kubernetes.io/limit-ranger"
END: Final = {"1.10": ".", "1.16": ""}
"""How a complaint ends."""
_CONTAINERS: Final = ("containers", "initContainers")
Amounts = Mapping[str, str]


def plugin(profile: Profile) -> Plugin:
    """The plugin of a profile."""
    end = profile.pick(END)

    def mutate(view: View, attributes: Attributes) -> Obj | None:
        pod = attributes.obj
        if attributes.resource != "pods" or pod is None or attributes.operation != CREATE:
            return None
        if not view.table.count(RANGES, attributes.namespace):
            return None
        for limits in view.scan(RANGES, attributes.namespace):
            pod = _completed(pod, limits)
        return None if pod is attributes.obj else pod

    def validate(view: View, attributes: Attributes) -> None:
        obj = attributes.obj
        if obj is None or (attributes.resource == "pods" and attributes.operation != CREATE):
            return
        if not view.table.count(RANGES, attributes.namespace):
            return
        faults = [fault for limits in view.scan(RANGES, attributes.namespace)
                  for fault in _faults(limits, attributes.resource, obj, end)]
        if faults:
            text = faults[0] if len(faults) == 1 else f"[{', '.join(dict.fromkeys(faults))}]"
            raise status.forbidden(attributes.resource, attributes.admitted_name, text)

    return Plugin(
        "LimitRanger", mutate, validate, frozenset({"pods", "persistentvolumeclaims"}),
    )


# ---------------------------------------------------------------------- defaults


def _completed(pod: Obj, limits: Obj) -> Obj:
    """The Pod with the requests and limits that its containers lack, and a note of what was set."""
    requests: dict[str, str] = {}
    most: dict[str, str] = {}
    for item in (limits.get("spec") or {}).get("limits") or ():
        if item.get("type") == "Container":
            requests |= item.get("defaultRequest") or {}
            most |= item.get("default") or {}
    if not requests and not most:
        return pod
    notes: list[str] = []
    spec = dict(pod["spec"])
    for kind in _CONTAINERS:
        if spec.get(kind):
            word = "container" if kind == "containers" else "init container"
            spec[kind] = [_given(container, requests, most, word, notes) for container in spec[kind]]
    if not notes:
        return pod
    metadata = pod["metadata"]
    annotations = {**(metadata.get("annotations") or {}), NOTE: "LimitRanger plugin set: " + "; ".join(notes)}
    return {**pod, "metadata": {**metadata, "annotations": annotations}, "spec": spec}


def _given(container: Obj, requests: Amounts, most: Amounts, word: str, notes: list[str]) -> Obj:
    resources = dict(container.get("resources") or {})
    for field, defaults, name in (("requests", requests, "request"), ("limits", most, "limit")):
        own = resources.get(field) or {}
        missing = sorted(key for key in defaults if key not in own)
        if missing:
            resources[field] = {**own, **{key: defaults[key] for key in missing}}
            notes.append(f"{', '.join(missing)} {name} for {word} {container['name']}")
    return {**container, "resources": resources} if resources != (container.get("resources") or {}) else container


# ---------------------------------------------------------------------- limits


def _faults(limits: Obj, resource: str, obj: Obj, end: str) -> Iterator[str]:
    for item in (limits.get("spec") or {}).get("limits") or ():
        kind = item.get("type")
        if resource == "persistentvolumeclaims":
            if kind == "PersistentVolumeClaim":
                requests = ((obj.get("spec") or {}).get("resources") or {}).get("requests") or {}
                yield from _outside(item, kind, requests, requests, end)
        elif kind == "Container":
            for container in _all(obj["spec"]):
                found = container.get("resources") or {}
                yield from _outside(item, kind, found.get("requests") or {}, found.get("limits") or {}, end)
        elif kind == "Pod":
            every = list(_all(obj["spec"]))
            yield from _outside(item, kind, _summed(every, "requests"), _summed(every, "limits"), end)


def _all(spec: Obj) -> Iterator[Obj]:
    for kind in _CONTAINERS:
        yield from spec.get(kind) or ()


def _summed(containers: list[Obj], field: str) -> dict[str, str]:
    """The sums of what every container says."""
    each: list[dict[str, str]] = [(one.get("resources") or {}).get(field) or {} for one in containers]
    common = [name for name in (each[0] if each else {}) if all(name in one for one in each)]
    found: dict[str, str] = {}
    for one in each:
        found = added(found, {name: one[name] for name in common})
    return found


def _outside(item: Obj, kind: str, requests: Amounts, limits: Amounts, end: str) -> Iterator[str]:
    for name, least in sorted((item.get("min") or {}).items()):
        yield from _below(f"minimum {name} usage per {kind} is {least}", name, least, requests, limits, end)
    for name, most in sorted((item.get("max") or {}).items()):
        yield from _above(f"maximum {name} usage per {kind} is {most}", name, most, requests, limits, end)
    for name, most in sorted((item.get("maxLimitRequestRatio") or {}).items()):
        fault = _ratio(f"{name} max limit to request ratio per {kind} is {most}", name, most, requests, limits)
        if fault:
            yield fault + end


def _below(text: str, name: str, least: str, requests: Amounts, limits: Amounts, end: str) -> Iterator[str]:
    if name not in requests:
        yield f"{text}.  No request is specified{end}"
    elif quantity(requests[name]) < quantity(least):
        yield f"{text}, but request is {requests[name]}{end}"
    elif name in limits and quantity(limits[name]) < quantity(least):
        yield f"{text}, but limit is {limits[name]}{end}"


def _above(text: str, name: str, most: str, requests: Amounts, limits: Amounts, end: str) -> Iterator[str]:
    if name not in limits:
        yield f"{text}.  No limit is specified{end}"
    elif quantity(limits[name]) > quantity(most):
        word = "request" if limits is requests else "limit"
        yield f"{text}, but {word} is {limits[name]}{end}"
    elif name in requests and quantity(requests[name]) > quantity(most):
        yield f"{text}, but request is {requests[name]}{end}"


def _ratio(text: str, name: str, most: str, requests: Amounts, limits: Amounts) -> str:
    request: Any = quantity(requests.get(name, "0"))
    limit: Any = quantity(limits.get(name, "0"))
    if not request:
        return f"{text}, but no request is specified or request is 0"
    if not limit:
        return f"{text}, but no limit is specified or limit is 0"
    return f"{text}, but provided ratio is {float(limit / request):f}" if limit / request > quantity(most) else ""
