"""Names and amounts of what containers, quotas and limit ranges count: cpu, memory, hugepages, extended resources."""

from __future__ import annotations

from typing import Any, Final

from sanb.apiserver import status
from sanb.apiserver.status import FieldError
from sanb.apiserver.validation.probes import NOT_NEGATIVE
from sanb.apiserver.validation.quantities import quantity
from sanb.apiserver.validation.rules import Rules

COUNTED: Final = frozenset(
    ("pods", "services", "services.nodeports", "services.loadbalancers", "secrets", "configmaps", "resourcequotas",
     "replicationcontrollers", "persistentvolumeclaims")
)
QUOTA: Final = COUNTED | frozenset(
    ("cpu", "memory", "ephemeral-storage", "requests.cpu", "requests.memory", "requests.storage",
     "requests.ephemeral-storage", "limits.cpu", "limits.memory", "limits.ephemeral-storage")
)
STANDARD: Final = QUOTA | {"storage"}
CONTAINER: Final = frozenset(("cpu", "memory", "ephemeral-storage"))
HUGE: Final = "hugepages-"
NO_TYPE: Final = "must be a standard resource type or fully qualified"
NOT_FOR_CONTAINERS: Final = "must be a standard resource for containers"
NOT_FOR_QUOTA: Final = "must be a standard resource for quota"
NOT_EXTENDED: Final = "doesn't follow extended resource name standard"
NO_LIMIT: Final = "Limit must be set for non overcommitable resources"
HUGE_ALONE: Final = "HugePages require cpu or memory"
NOT_WHOLE: Final = "must be an integer"


def of_any(out: list[FieldError], name: str, path: str, rules: Rules) -> None:
    """A resource that anybody may count."""
    faults = rules.names.qualified(name)
    out.extend(status.invalid_value(path, name, text) for text in faults)
    if not faults and "/" not in name and name not in STANDARD and not name.startswith(HUGE):
        out.append(status.invalid_value(path, name, NO_TYPE))


def of_quota(out: list[FieldError], name: str, path: str, rules: Rules) -> None:
    """A resource that a quota bounds."""
    of_any(out, name, path, rules)
    if "/" not in name and name not in QUOTA and not name.startswith((HUGE, f"requests.{HUGE}")):
        out.append(status.invalid_value(path, name, NOT_FOR_QUOTA))


def of_container(out: list[FieldError], name: str, path: str, rules: Rules) -> None:
    """A resource that a container asks for."""
    of_any(out, name, path, rules)
    if "/" not in name:
        if name not in CONTAINER and not name.startswith(HUGE):
            out.append(status.invalid_value(path, name, NOT_FOR_CONTAINERS))
    elif not native(name) and not extended(name, rules):
        out.append(status.invalid_value(path, name, NOT_EXTENDED))


def native(name: str) -> bool:
    """Whether a resource is Kubernetes' own."""
    return "/" not in name or "kubernetes.io/" in name


def extended(name: str, rules: Rules) -> bool:
    """Whether a resource is one that somebody else counts, in whole numbers."""
    return not native(name) and not name.startswith("requests.") and not rules.names.qualified(f"requests.{name}")


def overcommitted(name: str) -> bool:
    """Whether a limit may be above its request."""
    return native(name) and not name.startswith(HUGE)


def asked(out: list[FieldError], requests: dict[str, Any], limits: dict[str, Any], path: str, rules: Rules) -> None:
    """What a container asks for: known resources, not negative, and no request above its limit."""
    for kind, values in (("limits", limits), ("requests", requests)):
        for name in sorted(values):
            here = f"{path}.{kind}[{name}]"
            of_container(out, name, here, rules)
            _amount(out, name, values[name], here, rules)
            if kind == "requests":
                _bounded(out, name, values[name], limits.get(name), path, rules)
    for values in (limits, requests):
        if any(name.startswith(HUGE) for name in values) and not {"cpu", "memory"} & {*limits, *requests}:
            out.append(status.field_forbidden(path, HUGE_ALONE))
            break


def _amount(out: list[FieldError], name: str, value: Any, path: str, rules: Rules) -> None:
    if quantity(value) < 0:
        out.append(status.invalid_value(path, str(value), NOT_NEGATIVE))
    if extended(name, rules) and (quantity(value) * 1000) % 1000:
        out.append(status.invalid_shown(path, status.quoted(str(value)), NOT_WHOLE))


def _bounded(out: list[FieldError], name: str, value: Any, limit: Any, path: str, rules: Rules) -> None:
    if limit is None:
        if not overcommitted(name):
            out.append(status.required(f"{path}.limits", NO_LIMIT))
        return
    request, most, of = quantity(value), quantity(limit), f" of {limit}" if rules.limit_shown else ""
    if request != most and not overcommitted(name):
        out.append(status.invalid_value(f"{path}.requests", str(value), f"must be equal to {name} limit{of}"))
    elif request > most:
        out.append(status.invalid_value(f"{path}.requests", str(value), f"must be less than or equal to {name} limit{of}"))
