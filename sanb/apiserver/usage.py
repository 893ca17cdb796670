"""What objects use of a ResourceQuota, and which quotas are about them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from sanb.apiserver.amounts import added
from sanb.apiserver.strategy import qos
from sanb.apiserver.validation.quantities import quantity
from sanb.values import Obj

QUOTAS: Final = "resourcequotas"
PLAIN: Final[Mapping[str, str]] = {
    name: name for name in ("secrets", "configmaps", "replicationcontrollers", "resourcequotas", "services",
                            "persistentvolumeclaims")
}
"""Resources that are counted under their own name, too."""
COMPUTE: Final = ("cpu", "memory", "ephemeral-storage")
MEASURED: Final = ("pods", "services", "persistentvolumeclaims")
"""Resources of which more is measured than their number."""
ENDED: Final = ("Succeeded", "Failed")
CLASS: Final = ".storageclass.storage.k8s.io/"


def of(resource: str, obj: Obj) -> dict[str, str]:
    """What an object of a resource uses."""
    used = {f"count/{resource}": "1"}
    if resource in PLAIN:
        used[resource] = "1"
    measure = _MEASURES.get(resource)
    return used if measure is None else {**used, **measure(obj)}


def resource_of(name: str) -> str:
    """The resource whose objects use what a quota calls by this name: "count/jobs.batch" is used by "jobs.batch"."""
    if name.startswith("count/"):
        return name.removeprefix("count/")
    if name in PLAIN:
        return name
    if name.startswith("services."):
        return "services"
    if name == "requests.storage" or CLASS in name:
        return "persistentvolumeclaims"
    return "pods"


def _pod(pod: Obj) -> dict[str, str]:
    if (pod.get("status") or {}).get("phase") in ENDED:
        return {}
    used: dict[str, str] = {"pods": "1"}
    requests, limits = _summed(pod["spec"], "requests"), _summed(pod["spec"], "limits")
    for name, value in requests.items():
        if name in COMPUTE or name.startswith("hugepages-"):
            used[name] = value
        used[f"requests.{name}"] = value
    used |= {f"limits.{name}": value for name, value in limits.items() if name in COMPUTE}
    return used


def _summed(spec: Obj, field: str) -> dict[str, str]:
    """All containers together, or the init container that takes more."""
    found: dict[str, str] = {}
    for container in spec.get("containers") or ():
        found = added(found, (container.get("resources") or {}).get(field) or {})
    for container in spec.get("initContainers") or ():
        for name, value in ((container.get("resources") or {}).get(field) or {}).items():
            if quantity(value) > quantity(found.get(name, "0")):
                found[name] = value
    return found


def _service(service: Obj) -> dict[str, str]:
    spec = service.get("spec") or {}
    kind, ports = spec.get("type", "ClusterIP"), spec.get("ports") or ()
    used: dict[str, str] = {"services.nodeports": "0", "services.loadbalancers": "0"}
    if kind == "NodePort":
        used["services.nodeports"] = str(len(ports))
    elif kind == "LoadBalancer":
        used["services.nodeports"] = str(sum(1 for port in ports if port.get("nodePort")))
        used["services.loadbalancers"] = "1"
    return used


def _claim(claim: Obj) -> dict[str, str]:
    spec = claim.get("spec") or {}
    wanted = ((spec.get("resources") or {}).get("requests") or {}).get("storage")
    used = {} if wanted is None else {"requests.storage": wanted}
    name = spec.get("storageClassName")
    if name:
        used |= {f"{name}{CLASS}{key}": value for key, value in used.items()}
        used[f"{name}{CLASS}persistentvolumeclaims"] = "1"
    return used


_MEASURES: Final[Mapping[str, Callable[[Obj], dict[str, str]]]] = {
    "pods": _pod, "services": _service, "persistentvolumeclaims": _claim,
}


# ---------------------------------------------------------------------- scopes


def about(quota: Obj, resource: str, obj: Obj) -> bool:
    """Whether a quota's scopes, where it has any, are those of the object; only Pods have scopes."""
    spec = quota.get("spec") or {}
    selector: Any = (spec.get("scopeSelector") or {}).get("matchExpressions") or ()
    wanted = [{"scopeName": name, "operator": "Exists"} for name in spec.get("scopes") or ()] + list(selector)
    if not wanted:
        return True
    return resource == "pods" and all(_scoped(one, obj) for one in wanted)


def _scoped(wanted: Obj, pod: Obj) -> bool:
    scope, spec = wanted["scopeName"], pod["spec"]
    if scope in ("Terminating", "NotTerminating"):
        return (spec.get("activeDeadlineSeconds") is not None) is (scope == "Terminating")
    if scope in ("BestEffort", "NotBestEffort"):
        return (qos(spec) == "BestEffort") is (scope == "BestEffort")
    if scope != "PriorityClass":
        return False
    name, values = spec.get("priorityClassName") or "", wanted.get("values") or ()
    tests = {"Exists": bool(name), "DoesNotExist": not name, "In": name in values, "NotIn": name not in values}
    return tests.get(wanted.get("operator", ""), False)
