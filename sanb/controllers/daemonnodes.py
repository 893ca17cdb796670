"""Which Nodes a DaemonSet's Pods run on, and how a Pod is bound to its Node."""

from __future__ import annotations

from typing import Final, NamedTuple

from sanb.controllers.placement import Place, chosen, tolerated
from sanb.profiles.profile import Profile
from sanb.values import Obj

SCHEDULED: Final = {"1.10": False, "1.12": True}
"""Whether the scheduler binds these Pods (gate ScheduleDaemonSetPods); before, the controller does."""
TAINTS: Final = {
    "1.10": (
        ("node.kubernetes.io/not-ready", "NoExecute"), ("node.kubernetes.io/unreachable", "NoExecute"),
        ("node.kubernetes.io/disk-pressure", "NoSchedule"), ("node.kubernetes.io/memory-pressure", "NoSchedule"),
    ),
    "1.12": (
        ("node.kubernetes.io/not-ready", "NoExecute"), ("node.kubernetes.io/unreachable", "NoExecute"),
        ("node.kubernetes.io/disk-pressure", "NoSchedule"), ("node.kubernetes.io/memory-pressure", "NoSchedule"),
        ("node.kubernetes.io/unschedulable", "NoSchedule"),
    ),
    "1.14": (
        ("node.kubernetes.io/not-ready", "NoExecute"), ("node.kubernetes.io/unreachable", "NoExecute"),
        ("node.kubernetes.io/disk-pressure", "NoSchedule"), ("node.kubernetes.io/memory-pressure", "NoSchedule"),
        ("node.kubernetes.io/pid-pressure", "NoSchedule"), ("node.kubernetes.io/unschedulable", "NoSchedule"),
    ),
}
"""What every Pod of a DaemonSet tolerates."""
HOST_TAINT: Final = ("node.kubernetes.io/network-unavailable", "NoSchedule")
"""What one in the Node's network tolerates, too."""
NAME_FIELD: Final = "metadata.name"


class Verdict(NamedTuple):
    """Whether a Pod should be made on a Node, and whether one that is there may stay."""

    node: str
    run: bool
    stay: bool


def verdict(profile: Profile, found: Obj, place: Place) -> Verdict:
    """What a DaemonSet does with a Node: taints of effect NoSchedule keep new Pods away, and NoExecute all."""
    spec = found["spec"]["template"].get("spec") or {}
    if spec.get("nodeName", place.name) != place.name or not chosen(spec, place):
        return Verdict(place.name, False, False)
    tolerations = [*(spec.get("tolerations") or ()), *_tolerations(profile, spec)]
    open_taints = [taint for taint in place.taints if not tolerated(taint, tolerations)]
    return Verdict(place.name, not open_taints, not any(one.get("effect") == "NoExecute" for one in open_taints))


def _tolerations(profile: Profile, spec: Obj) -> list[Obj]:
    rows = profile.pick(TAINTS)
    if spec.get("hostNetwork"):
        rows = (*rows, HOST_TAINT)
    return [{"key": key, "operator": "Exists", "effect": effect} for key, effect in rows]


def bound(profile: Profile, body: Obj, node: str) -> Obj:
    """The Pod for one Node: bound to it, or told to be scheduled there and nowhere else."""
    spec = dict(body["spec"])
    tolerations = list(spec.get("tolerations") or ())
    for one in _tolerations(profile, spec):
        if one not in tolerations:
            tolerations.append(one)
    spec["tolerations"] = tolerations
    if profile.pick(SCHEDULED):
        spec["affinity"] = _affinity(spec.get("affinity") or {}, node)
    else:
        spec["nodeName"] = node
    return {**body, "spec": spec}


def _affinity(affinity: Obj, node: str) -> Obj:
    """The affinity with the Node's name as a field of every term of its own, as the controller writes it."""
    own = affinity.get("nodeAffinity") or {}
    field = {"key": NAME_FIELD, "operator": "In", "values": [node]}
    required = {"nodeSelectorTerms": [{"matchFields": [field]}]}
    return {**affinity, "nodeAffinity": {**own, "requiredDuringSchedulingIgnoredDuringExecution": required}}


def target(pod: Obj) -> str:
    """The Node that a Pod runs on or is meant for; "" if that cannot be told."""
    spec = pod["spec"]
    if name := spec.get("nodeName"):
        return str(name)
    affinity = (spec.get("affinity") or {}).get("nodeAffinity") or {}
    required = affinity.get("requiredDuringSchedulingIgnoredDuringExecution") or {}
    for term in required.get("nodeSelectorTerms") or ():
        for field in term.get("matchFields") or ():
            if field.get("key") == NAME_FIELD and len(field.get("values") or ()) == 1:
                return str(field["values"][0])
    return ""
