"""Strategies: what the server itself fills in and takes away before an object is validated (SEM 4.1).

They return the identical object if there is nothing to do.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from fractions import Fraction
from hashlib import blake2b
from typing import Any, Final

from sanb.apiserver.crd import objects
from sanb.apiserver.resources import Resource
from sanb.apiserver.strategybase import bumped, generation, kept, same
from sanb.apiserver.strategykinds import CREATE, UPDATE
from sanb.apiserver.validation.quantities import quantity
from sanb.apiserver.validation.rules import Rules, rules_of
from sanb.profiles.profile import Profile
from sanb.values import Obj

NAME_LABEL: Final = "kubernetes.io/metadata.name"
NODE_PORTS: Final = (30000, 2768)
_COMPUTED: Final = ("cpu", "memory")
BEST_EFFORT: Final = {"phase": "Pending", "qosClass": "BestEffort"}


def prepare_create(resource: Resource, obj: Obj, profile: Profile) -> Obj:
    """The object as its kind's strategy makes it on create."""
    if resource.custom is not None:
        return objects.prepare_create(resource, obj)
    prepare = _CREATE.get(resource.kind)
    return obj if prepare is None else prepare(obj, profile)


def prepare_update(resource: Resource, new: Obj, old: Obj, profile: Profile, subresource: str = "") -> Obj:
    """The new object as its kind's strategy makes it on update; a subresource brings nothing but its own part."""
    if new is old or subresource in ("status", "finalize"):
        return new
    if resource.custom is not None:
        return objects.prepare_update(resource, new, old)
    prepare = _UPDATE.get(resource.kind)
    return new if prepare is None else prepare(new, old, profile)


# ---------------------------------------------------------------------- Pods


def qos(spec: Obj, init: bool = True) -> str:
    """Guaranteed, Burstable or BestEffort, from requests and limits of cpu and memory."""
    requests: dict[str, Fraction] = {}
    limits: dict[str, Fraction] = {}
    guaranteed = True
    for container in (*(spec.get("containers") or ()), *((spec.get("initContainers") or ()) if init else ())):
        resources = container.get("resources") or {}
        _add(requests, resources.get("requests"))
        if not _add(limits, resources.get("limits")):
            guaranteed = False
    if not requests and not limits:
        return "BestEffort"
    return "Guaranteed" if guaranteed and requests == limits else "Burstable"


def _add(total: dict[str, Fraction], given: dict[str, Any] | None) -> bool:
    """Adds what is above zero; True if that is cpu and memory."""
    found = 0
    for name in _COMPUTED:
        if given and name in given and (value := quantity(given[name])) > 0:
            total[name] = total.get(name, Fraction(0)) + value
            found += 1
    return found == len(_COMPUTED)


def _plain(spec: Obj) -> bool:
    """Whether no container asks for anything."""
    for kind in ("containers", "initContainers"):
        for container in spec.get(kind) or ():
            if container.get("resources"):
                return False
    return True


def _pod_create(obj: Obj, profile: Profile) -> Obj:
    spec = obj.get("spec") or {}
    state = BEST_EFFORT if _plain(spec) else {"phase": "Pending", "qosClass": qos(spec, rules_of(profile).init_qos)}
    made = {**obj, "status": _gated(state, spec)}
    return generation(made, 1) if _counted(profile) else made


def _gated(state: Obj, spec: Obj) -> Obj:
    """A Pod with scheduling gates says so from the start."""
    if not spec.get("schedulingGates"):
        return state
    condition = {"type": "PodScheduled", "status": "False", "lastProbeTime": None, "lastTransitionTime": None,
                 "reason": "SchedulingGated", "message": "Scheduling is blocked due to non-empty scheduling gates"}
    return {**state, "conditions": [condition]}


def _counted(profile: Profile) -> bool:
    return rules_of(profile).pod_generation


def _pod_update(new: Obj, old: Obj, profile: Profile) -> Obj:
    new = kept(new, old, "status")
    return bumped(new, old) if _counted(profile) and not same(new, old, "spec") else new


# ---------------------------------------------------------------------- workloads


def _workload_create(obj: Obj, profile: Profile) -> Obj:
    return generation({**obj, "status": {}}, 1)


def _set_update(new: Obj, old: Obj, profile: Profile) -> Obj:
    new = kept(new, old, "status")
    return new if same(new, old, "spec") else bumped(new, old)


def _deployment_update(new: Obj, old: Obj, profile: Profile) -> Obj:
    """A Deployment's annotations count like its spec: its ReplicaSets copy them."""
    new = kept(new, old, "status")
    if same(new, old, "spec") and same(new["metadata"], old["metadata"], "annotations"):
        return new
    return bumped(new, old)


# ---------------------------------------------------------------------- Namespaces


def _namespace_create(obj: Obj, profile: Profile) -> Obj:
    """Active, held by the finalizer that empties it."""
    spec = obj.get("spec") or {}
    finalizers = spec.get("finalizers") or []
    if "kubernetes" not in finalizers:
        finalizers = [*finalizers, "kubernetes"]
    made = {**obj, "spec": {**spec, "finalizers": finalizers}, "status": {"phase": "Active"}}
    return _named(made, profile)


def _namespace_update(new: Obj, old: Obj, profile: Profile) -> Obj:
    return _named(kept(kept(new, old, "spec"), old, "status"), profile)


def _named(obj: Obj, profile: Profile) -> Obj:
    """The label that selects a namespace by its name, where the minor keeps it."""
    metadata = obj["metadata"]
    labels, name = metadata.get("labels") or {}, metadata.get("name")
    if not name or not rules_of(profile).name_label or labels.get(NAME_LABEL) == name:
        return obj
    return {**obj, "metadata": {**metadata, "labels": {**labels, NAME_LABEL: name}}}


# ---------------------------------------------------------------------- Secrets, accounts, nodes


def _secret(obj: Obj) -> Obj:
    """Texts in stringData become data."""
    if "stringData" not in obj:
        return obj
    merged = dict(obj)
    texts = merged.pop("stringData") or {}
    if texts:
        coded = {key: base64.b64encode(str(text).encode()).decode() for key, text in texts.items()}
        merged["data"] = {**(obj.get("data") or {}), **coded}
    return merged


def _secret_create(obj: Obj, profile: Profile) -> Obj:
    return _secret(obj)


def _secret_update(new: Obj, old: Obj, profile: Profile) -> Obj:
    new = _secret(new)
    return new if new.get("type") or "type" not in old else {**new, "type": old["type"]}


def _account(obj: Obj) -> Obj:
    """References to Secrets are names and nothing else (SEM 3.1)."""
    references = obj.get("secrets")
    if not references or all(len(reference) == 1 and "name" in reference for reference in references):
        return obj
    return {**obj, "secrets": [{"name": name} if (name := each.get("name")) else {} for each in references]}


def _account_create(obj: Obj, profile: Profile) -> Obj:
    return _account(obj)


def _account_update(new: Obj, old: Obj, profile: Profile) -> Obj:
    return _account(new)


def _node_update(new: Obj, old: Obj, profile: Profile) -> Obj:
    return kept(new, old, "status")


# ---------------------------------------------------------------------- Services


def _drawn(obj: Obj, what: str, size: int) -> int:
    """A number below `size` that is the Service's own: the same in every run."""
    metadata = obj["metadata"]
    text = f"{metadata.get('namespace', '')}/{metadata.get('name', '')}/{what}"
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big") % size


def cluster_ip(obj: Obj) -> str:
    """An address of 10.96.0.0/12 above the first 256, which are for the server's own Services."""
    number = (10 << 24) + (96 << 16) + 256 + _drawn(obj, "address", (1 << 20) - 512)
    return ".".join(str(number >> shift & 255) for shift in (24, 16, 8, 0))


def _service_create(obj: Obj, profile: Profile) -> Obj:
    return {**obj, "spec": _allocated(obj, obj.get("spec") or {}, rules_of(profile)), "status": {"loadBalancer": {}}}


def _allocated(obj: Obj, spec: Obj, rules: Rules) -> Obj:
    """The spec with address and node ports."""
    kind = spec.get("type", "ClusterIP")
    if kind == "ExternalName":
        return spec
    address = spec.get("clusterIP") or cluster_ip(obj)
    filled = {**spec, "clusterIP": address}
    if rules.service_ips:
        filled["clusterIPs"] = [address]
        filled.setdefault("ipFamilies", ["IPv4"])
        filled.setdefault("ipFamilyPolicy", "SingleStack")
    if kind in ("NodePort", "LoadBalancer") and spec.get("ports"):
        filled["ports"] = [_opened(obj, port) for port in spec["ports"]]
    return filled


def _opened(obj: Obj, port: Obj) -> Obj:
    first, size = NODE_PORTS
    if port.get("nodePort"):
        return port
    return {**port, "nodePort": first + _drawn(obj, f"{port.get('protocol', 'TCP')}/{port.get('port')}", size)}


def _service_update(new: Obj, old: Obj, profile: Profile) -> Obj:
    """The status stays; where the minor does so, what was allocated stays, too."""
    new, rules = kept(new, old, "status"), rules_of(profile)
    after, before = new.get("spec") or {}, old.get("spec") or {}
    if after is before or not rules.service_ips or after.get("type") == "ExternalName":
        return new
    taken = {field: before[field] for field in ("clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy")
            if field in before and not after.get(field)}
    return {**new, "spec": _allocated(new, {**after, **taken}, rules)}


_CREATE: Final[dict[str, Callable[[Obj, Profile], Obj]]] = {
    "Namespace": _namespace_create,
    "Pod": _pod_create,
    "Deployment": _workload_create,
    "ReplicaSet": _workload_create,
    "Secret": _secret_create,
    "ServiceAccount": _account_create,
    "Service": _service_create,
    **CREATE,
}
_UPDATE: Final[dict[str, Callable[[Obj, Obj, Profile], Obj]]] = {
    "Namespace": _namespace_update,
    "Pod": _pod_update,
    "Deployment": _deployment_update,
    "ReplicaSet": _set_update,
    "Secret": _secret_update,
    "ServiceAccount": _account_update,
    "Service": _service_update,
    "Node": _node_update,
    **UPDATE,
}
