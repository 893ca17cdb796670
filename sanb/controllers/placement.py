"""Whether a Pod may run on a Node: taints and tolerations, node selectors and required affinity."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, NamedTuple

from sanb.apiserver.validation.quantities import quantity
from sanb.profiles.profile import Profile
from sanb.values import Obj

EFFECTS: Final = ("NoSchedule", "NoExecute")
"""Taints that keep a Pod away; PreferNoSchedule only discourages."""
UNSCHEDULABLE: Final = {"key": "node.kubernetes.io/unschedulable", "effect": "NoSchedule"}
NOT_READY: Final = {"key": "node.kubernetes.io/not-ready", "effect": "NoSchedule"}

TAINTED: Final = {
    "1.10": "node(s) had taints that the pod didn't tolerate",
    "1.18": "node(s) had taint {{{key}: {value}}}, that the pod didn't tolerate",
    "1.24": "node(s) had untolerated taint {{{key}: {value}}}",
    "1.35": "node(s) had untolerated taint(s)",
}
UNMATCHED: Final = {
    "1.10": "node(s) didn't match node selector", "1.20": "node(s) didn't match Pod's node affinity",
    "1.21": "node(s) didn't match Pod's node affinity/selector",
}
UNREADY: Final = {"1.10": "node(s) were not ready", "1.12": ""}
"""What a Node that is not ready is called; later it has a taint that says so."""
CORDONED: Final = "node(s) were unschedulable"


class Place(NamedTuple):
    """What the scheduler knows of a Node."""

    name: str
    labels: Obj
    taints: tuple[Obj, ...]
    cordoned: bool
    ready: bool
    pods: int
    """How many Pods it takes."""

    @property
    def plain(self) -> bool:
        """Whether any Pod without wishes of its own may run here."""
        return self.ready and not self.taints and not self.cordoned


def place_of(node: Obj) -> Place:
    """What the scheduler reads in a Node."""
    spec, status = node.get("spec") or {}, node.get("status") or {}
    taints = tuple(taint for taint in spec.get("taints") or () if taint.get("effect") in EFFECTS)
    cordoned = bool(spec.get("unschedulable"))
    # Kubernetes marks a cordoned Node with a taint as well; the field says it already
    taints = tuple(taint for taint in taints if not (cordoned and taint["key"] == UNSCHEDULABLE["key"]))
    unready = any(c["type"] == "Ready" and c["status"] != "True" for c in status.get("conditions") or ())
    limit = (status.get("allocatable") or status.get("capacity") or {}).get("pods")
    return Place(
        node["metadata"]["name"], node["metadata"].get("labels") or {}, taints, cordoned, not unready,
        1 << 62 if limit is None else int(quantity(limit)),
    )


def obstacle(profile: Profile, pod: Obj, place: Place) -> str:
    """Why a Pod cannot run on a Node, in the scheduler's words; "" if it can."""
    spec = pod["spec"]
    tolerations = spec.get("tolerations") or ()
    if place.cordoned and not tolerated(UNSCHEDULABLE, tolerations):
        return CORDONED
    if not place.ready and (words := profile.pick(UNREADY)):
        return words
    taints = place.taints if place.ready else (*place.taints, NOT_READY)
    for taint in taints:
        if not tolerated(taint, tolerations):
            return profile.pick(TAINTED).format(key=taint["key"], value=taint.get("value") or "")
    return "" if chosen(spec, place) else profile.pick(UNMATCHED)


def tolerated(taint: Obj, tolerations: Iterable[Obj]) -> bool:
    """Whether one of the tolerations is for this taint."""
    return any(_tolerates(one, taint) for one in tolerations)


def _tolerates(toleration: Obj, taint: Obj) -> bool:
    if (effect := toleration.get("effect")) and effect != taint.get("effect"):
        return False
    if (key := toleration.get("key")) and key != taint["key"]:
        return False
    if toleration.get("operator") == "Exists":
        return True
    return bool(key) and (toleration.get("value") or "") == (taint.get("value") or "")


def chosen(spec: Obj, place: Place) -> bool:
    """Whether a Node has what nodeSelector and required node affinity ask for."""
    selector = spec.get("nodeSelector")
    if selector and any(place.labels.get(key) != value for key, value in selector.items()):
        return False
    affinity = ((spec.get("affinity") or {}).get("nodeAffinity") or {})
    required = affinity.get("requiredDuringSchedulingIgnoredDuringExecution")
    return required is None or any(_term(term, place) for term in required.get("nodeSelectorTerms") or ())


def _term(term: Obj, place: Place) -> bool:
    """A term is met by all of its expressions; one without any is met by no Node."""
    expressions, fields = term.get("matchExpressions") or (), term.get("matchFields") or ()
    if not expressions and not fields:
        return False
    names = {"metadata.name": place.name}
    return all(_expression(one, place.labels) for one in expressions) and all(_expression(one, names) for one in fields)


def _expression(expression: Obj, labels: Obj) -> bool:
    value: Any = labels.get(expression["key"])
    values: Any = expression.get("values") or ()
    operator = expression["operator"]
    if operator == "NotIn":
        return value not in values
    if operator == "DoesNotExist":
        return value is None
    if value is None:
        return False
    if operator == "Exists":
        return True
    if operator == "In":
        return value in values
    try:
        have, bound = int(value), int(values[0])
    except (ValueError, IndexError):
        return False
    return have > bound if operator == "Gt" else have < bound
