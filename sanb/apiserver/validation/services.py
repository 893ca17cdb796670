"""Services."""

from __future__ import annotations

import ipaddress
from typing import Final

from sanb.apiserver import status
from sanb.apiserver.status import FieldError
from sanb.apiserver.validation import containers, metadata, probes, shown
from sanb.apiserver.validation.names import port_number
from sanb.apiserver.validation.rules import Rules
from sanb.values import Obj

KINDS: Final = ("ClusterIP", "ExternalName", "LoadBalancer", "NodePort")
AFFINITIES: Final = ("ClientIP", "None")
KUBELET: Final = 10250


def service(out: list[FieldError], obj: Obj, rules: Rules) -> None:
    """A Service: type, ports, selector, address."""
    metadata.created(out, obj["metadata"], True, rules.names.service, rules)
    spec = obj.get("spec") or {}
    kind, address, ports = spec.get("type", "ClusterIP"), spec.get("clusterIP") or "", spec.get("ports") or []
    if not ports and address != "None" and kind != "ExternalName":
        out.append(status.required("spec.ports"))
    _kind(out, spec, kind, address, rules)
    names: set[str] = set()
    for index, port in enumerate(ports):
        _port(out, port, len(ports) > 1, names, f"spec.ports[{index}]", rules)
    if found := spec.get("selector"):
        metadata.labels(out, found, "spec.selector", rules)
    affinity = spec.get("sessionAffinity", "None")
    if affinity not in AFFINITIES:
        out.append(status.unsupported("spec.sessionAffinity", affinity, AFFINITIES))
    if address not in ("", "None") and not _is_address(address):
        out.append(status.invalid_value("spec.clusterIP", address, "must be empty, 'None', or a valid IP address"))
    if kind not in KINDS:
        out.append(status.unsupported("spec.type", kind, KINDS))
    _node_ports(out, ports, kind)
    _twice(out, ports, rules)


def _kind(out: list[FieldError], spec: Obj, kind: str, address: str, rules: Rules) -> None:
    if kind == "LoadBalancer":
        for index, port in enumerate(spec.get("ports") or ()):
            if port.get("port") == KUBELET:
                detail = f"may not expose port {KUBELET} externally since it is used by kubelet"
                out.append(status.invalid_value(f"spec.ports[{index}]", KUBELET, detail))
    if kind in ("LoadBalancer", "NodePort") and address == "None":
        detail = f"may not be set to 'None' for {kind} services"
        out.append(status.invalid_value("spec.clusterIP", "None", detail))
    if kind == "ExternalName":
        if address:
            out.append(status.field_forbidden("spec.clusterIP", "must be empty for ExternalName services"))
        outer = spec.get("externalName") or ""
        if outer:
            texts = rules.names.subdomain(outer.removesuffix(".") if rules.service_ips else outer)
            out.extend(status.invalid_value("spec.externalName", outer, text) for text in texts)
        else:
            out.append(status.required("spec.externalName"))


def _port(out: list[FieldError], port: Obj, named: bool, names: set[str], path: str, rules: Rules) -> None:
    name, number = port.get("name") or "", port.get("port") or 0
    if name:
        out.extend(status.invalid_value(f"{path}.name", name, text) for text in rules.names.label(name))
        if name in names:
            out.append(status.duplicate(f"{path}.name", name))
        names.add(name)
    elif named:
        out.append(status.required(f"{path}.name"))
    out.extend(status.invalid_value(f"{path}.port", number, text) for text in port_number(number))
    containers.protocol(out, port.get("protocol", "TCP"), f"{path}.protocol", rules)
    probes.port(out, port.get("targetPort") or number, f"{path}.targetPort", rules)


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _node_ports(out: list[FieldError], ports: list[Obj], kind: str) -> None:
    seen: set[tuple[str, int]] = set()
    for index, port in enumerate(ports):
        if not (outer := port.get("nodePort") or 0):
            continue
        path = f"spec.ports[{index}].nodePort"
        if kind == "ClusterIP":
            out.append(status.field_forbidden(path, "may not be used when `type` is 'ClusterIP'"))
        key = (port.get("protocol", "TCP"), outer)
        if key in seen:
            out.append(FieldError(path, "FieldValueDuplicate", f"Duplicate value: {outer}"))
        seen.add(key)


def _twice(out: list[FieldError], ports: list[Obj], rules: Rules) -> None:
    """No two ports with one protocol and number."""
    seen: set[tuple[str, int]] = set()
    for index, port in enumerate(ports):
        key = (port.get("protocol", "TCP"), port.get("port") or 0)
        if key in seen:
            text = shown.service_port(*key, rules)
            out.append(FieldError(f"spec.ports[{index}]", "FieldValueDuplicate", f"Duplicate value: {text}"))
        seen.add(key)


def service_update(out: list[FieldError], new: Obj, old: Obj, rules: Rules) -> None:
    """The address of a Service stays."""
    metadata.updated(out, new["metadata"], old["metadata"], rules)
    after, before = new.get("spec") or {}, old.get("spec") or {}
    address = after.get("clusterIP") or ""
    outside = "ExternalName" in (after.get("type"), before.get("type"))
    if not outside and before.get("clusterIP") not in (None, "", address):
        out.append(status.invalid_value("spec.clusterIP", address, metadata.IMMUTABLE))
    service(out, new, rules)
