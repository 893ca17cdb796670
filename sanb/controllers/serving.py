"""Which Pods serve a Service, under which addresses and ports: what Endpoints and EndpointSlices are made of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from sanb.controllers.owned import ended
from sanb.controllers.ownership import chooser
from sanb.controllers.victims import ready_since
from sanb.values import Obj, dig

SERVICES: Final = "services"
TRIGGER: Final = "endpoints.kubernetes.io/last-change-trigger-time"
HEADLESS: Final = "service.kubernetes.io/headless"

Key = tuple[str, str]
Port = tuple[tuple[str, Any], ...]
"""name, port, protocol and appProtocol, those that there are."""


def selected(pod: Obj, lister: Any) -> Iterator[Key]:
    """The Services that choose a Pod."""
    labels = pod["metadata"].get("labels")
    if not labels:
        return
    space = pod["metadata"]["namespace"]
    for service in lister.cached_list(SERVICES, space):
        selector = service["spec"].get("selector")
        if selector and all(labels.get(key) == value for key, value in selector.items()):
            yield space, service["metadata"]["name"]


def all_services(pod: Obj, lister: Any) -> Iterator[Key]:
    """All Services of a Pod's namespace that choose Pods: one with other labels now may have served any of them."""
    space = pod["metadata"]["namespace"]
    for service in lister.cached_list(SERVICES, space):
        if service["spec"].get("selector"):
            yield space, service["metadata"]["name"]


def relabeled(old: Obj, new: Obj) -> bool:
    """Whether a Pod has other labels now."""
    before, after = old["metadata"].get("labels"), new["metadata"].get("labels")
    return before is not after and before != after


def matters(old: Obj, new: Obj) -> bool:
    """Whether a change of a Pod can change how it serves; of its labels see `relabeled`."""
    if old["metadata"].get("deletionTimestamp") != new["metadata"].get("deletionTimestamp"):
        return True
    a, b = old.get("status"), new.get("status")
    if a is b:
        return False
    a, b = a or {}, b or {}
    return a.get("podIP") != b.get("podIP") or ended(old) != ended(new) or ready_since(old) != ready_since(new)


def pods_of(service: Obj, candidates: Iterable[Obj]) -> list[Obj]:
    """The Pods that a Service chooses and that have an address."""
    wanted = chooser({"matchLabels": service["spec"].get("selector") or {}})
    return [pod for pod in candidates if wanted(pod) and (pod.get("status") or {}).get("podIP")]


def is_ready(pod: Obj) -> bool:
    """Whether a Pod is ready."""
    return ready_since(pod) is not None


def hostname(service: Obj, pod: Obj) -> str:
    """The name under which DNS knows a Pod of a headless Service; "" if it has none."""
    spec = pod["spec"]
    if spec.get("hostname") and spec.get("subdomain") == service["metadata"]["name"]:
        return str(spec["hostname"])
    return ""


def number(pod: Obj, port: Obj) -> int | None:
    """The number of a Service's port in a Pod; None if the Pod has no port of that name."""
    target = port.get("targetPort", port.get("port"))
    if isinstance(target, int):
        return target or port.get("port")
    for container in pod["spec"]["containers"]:
        for one in container.get("ports") or ():
            if one.get("name") == target and one.get("protocol", "TCP") == port.get("protocol", "TCP"):
                return int(one["containerPort"])
    for container in pod["spec"].get("initContainers") or ():
        if container.get("restartPolicy") == "Always":
            for one in container.get("ports") or ():
                if one.get("name") == target:
                    return int(one["containerPort"])
    return None


def ports(service: Obj, pod: Obj) -> tuple[Port, ...]:
    """The ports of a Service as a Pod has them."""
    found: list[Port] = []
    for port in service["spec"].get("ports") or ():
        if (value := number(pod, port)) is not None:
            made: list[tuple[str, Any]] = [("name", port.get("name") or ""), ("port", value)]
            made.append(("protocol", port.get("protocol", "TCP")))
            if port.get("appProtocol"):
                made.append(("appProtocol", port["appProtocol"]))
            found.append(tuple(made))
    return tuple(found)


def is_headless(service: Obj) -> bool:
    """Whether a Service has no address of its own."""
    return bool(dig(service, "spec", "clusterIP") == "None")


def target_of(pod: Obj) -> Obj:
    """A Pod as endpoints name it."""
    metadata = pod["metadata"]
    return {"kind": "Pod", "namespace": metadata["namespace"], "name": metadata["name"], "uid": metadata["uid"]}


def triggered(pods: Iterable[Obj]) -> str:
    """When the last of these Pods became ready or stopped being so."""
    conditions = (condition for pod in pods for condition in (pod.get("status") or {}).get("conditions") or ())
    return max((one.get("lastTransitionTime") or "" for one in conditions if one["type"] == "Ready"), default="")
