"""kubectl create quota, poddisruptionbudget, priorityclass, namespace and serviceaccount."""

from __future__ import annotations

import re
from typing import Final

from sanb.kubectl.flags import MANY, NUMBER, SWITCH, Flag, Flags
from sanb.kubectl.maker import Build, bare, simple
from sanb.kubectl.result import error
from sanb.kubectl.session import Session
from sanb.kubectl.words import selector_of
from sanb.values import Obj

PDB: Final = {"1.10": "policy/v1beta1", "1.21": "policy/v1"}
PRIORITY: Final = {"1.10": "scheduling.k8s.io/v1beta1", "1.14": "scheduling.k8s.io/v1"}
HEALTH: Final = {"currentHealthy": 0, "desiredHealthy": 0, "disruptionsAllowed": 0, "expectedPods": 0}
AMOUNT: Final = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)(([KMGTPE]i)|[numkMGTPE]|([eE][+-]?\d+))?")
BAD_AMOUNT: Final = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"


def namespace(session: Session, name: str) -> Obj:
    """kubectl create namespace."""
    return bare("Namespace", name, spec={}, status={})


def serviceaccount(session: Session, name: str) -> Obj:
    """kubectl create serviceaccount."""
    return bare("ServiceAccount", name)


def amounts(text: str, complaint: str = "Invalid argument syntax") -> Obj:
    """What `cpu=1,memory=2Gi` says.

    Raises:
        Failure: a part is not key=amount.
    """
    found: Obj = {}
    for part in [one for one in text.split(",") if one]:
        key, equals, value = part.partition("=")
        if not equals or part.count("=") != 1:
            raise error(f"{complaint} {part}, expected <resource>=<value>")
        if not AMOUNT.fullmatch(value):
            raise error(BAD_AMOUNT)
        found[key] = value
    return found


def quota(session: Session, name: str) -> Obj:
    """kubectl create quota."""
    hard = amounts(",".join(session.parsed.many("hard")))
    spec: Obj = {"hard": hard} if hard else {}
    if session.parsed.many("scopes"):
        spec["scopes"] = session.parsed.many("scopes")
    return bare("ResourceQuota", name, spec=spec, status={})


def budget(session: Session, name: str) -> Obj:
    """kubectl create poddisruptionbudget."""
    parsed = session.parsed
    least, most = parsed.text("min-available"), parsed.text("max-unavailable")
    if not parsed.text("selector"):
        raise error("a selector must be specified")
    if not least and not most:
        raise error("one of min-available or max-unavailable must be specified")
    if least and most:
        raise error("min-available and max-unavailable cannot be both specified")
    field, text = ("minAvailable", least) if least else ("maxUnavailable", most)
    if not re.fullmatch(r"\d+%?", text):
        raise error(
            f"invalid format specified for {'min' if least else 'max'}-{'available' if least else 'unavailable'}"
        )
    spec = {field: int(text) if text.isdigit() else text, "selector": selector_of(parsed.text("selector"))}
    return bare("PodDisruptionBudget", name, session.profile.pick(PDB), spec=spec, status=dict(HEALTH))


def priority(session: Session, name: str) -> Obj:
    """kubectl create priorityclass."""
    parsed = session.parsed
    body = bare("PriorityClass", name, session.profile.pick(PRIORITY), value=parsed.values.get("value", 0))
    for flag, field in (("description", "description"), ("preemption-policy", "preemptionPolicy")):
        if parsed.text(flag):
            body[field] = parsed.text(flag)
    body.setdefault("preemptionPolicy", "PreemptLowerPriority")
    if parsed.on("global-default"):
        body["globalDefault"] = True
    return body


_BUDGET: Final[Flags] = {"selector": Flag(), "min-available": Flag(), "max-unavailable": Flag()}
_PRIORITY: Final[Flags] = {
    "value": Flag(NUMBER),
    "global-default": Flag(SWITCH),
    "description": Flag(),
    "preemption-policy": Flag(),
}
_ROWS: Final[tuple[tuple[str, str, Build, Flags], ...]] = (
    ("namespace", "namespaces", namespace, {}),
    ("serviceaccount", "serviceaccounts", serviceaccount, {}),
    ("quota", "resourcequotas", quota, {"hard": Flag(MANY), "scopes": Flag(MANY)}),
    ("poddisruptionbudget", "poddisruptionbudgets.policy", budget, _BUDGET),
    ("priorityclass", "priorityclasses.scheduling.k8s.io", priority, _PRIORITY),
)
CREATES: Final = {word: (simple(word, resource, build), flags) for word, resource, build, flags in _ROWS}
SINCE: Final[dict[str, str]] = {"priorityclass": "1.11"}
