"""Ingresses, their classes and NetworkPolicies."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from typing import Any, Final

from sanb.apiserver import status
from sanb.apiserver.status import FieldError
from sanb.apiserver.validation import metadata, selectors, shown
from sanb.apiserver.validation.names import path_segment, port_number
from sanb.apiserver.validation.rules import Rules
from sanb.values import Obj

PATH_TYPES: Final = ("Exact", "ImplementationSpecific", "Prefix")
DIRECTIONS: Final = (("ingress", "from"), ("egress", "to"))
PROTOCOLS: Final = {"1.10": ("TCP", "UDP"), "1.12": ("TCP", "UDP", "SCTP")}
CIDR: Final = {"1.10": "not a valid CIDR", "1.31": "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)"}
CLASSES: Final = {"1.10": False, "1.18": True}
"""Whether Ingresses have classes, and their paths types."""
NEW_SHAPE: Final = {"1.10": False, "1.19": True}
"""Whether Ingresses are stored in the shape of v1."""
WILDCARD: Final = r"\*\.[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*"
WILDCARD_TEXT: Final = (
    "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower"
    " case alphanumeric characters, '-' or '.' and end with an alphanumeric character (e.g. '*.example.com', regex used"
    f" for validation is '{WILDCARD}')"
)
_NOT_IN_PATHS: Final = ("//", "/./", "/../", "%2f", "%2F")
_DOMAIN_PATH: Final = re.compile(r"[^/]+/.+")


# ---------------------------------------------------------------------- Ingresses


def ingress(out: list[FieldError], obj: Obj, rules: Rules) -> None:
    """A new Ingress."""
    metadata.created(out, obj["metadata"], True, rules.names.subdomain, rules)
    _ingress(out, obj.get("spec") or {}, rules)
    note = (obj["metadata"].get("annotations") or {}).get("kubernetes.io/ingress.class")
    name = (obj.get("spec") or {}).get("ingressClassName")
    if note is not None and name is not None and rules.profile.pick(CLASSES):
        text = {"1.10": "can not be set when the class field is also set",
                "1.31": "must match `ingressClassName` when both are specified"}
        if note != name or rules.profile.pick(text) != text["1.31"]:
            path = "annotations.kubernetes.io/ingress.class"
            out.append(status.invalid_value(path, note, rules.profile.pick(text)))


def ingress_update(out: list[FieldError], new: Obj, old: Obj, rules: Rules) -> None:
    """A changed Ingress."""
    metadata.updated(out, new["metadata"], old["metadata"], rules)
    _ingress(out, new.get("spec") or {}, rules)


def _ingress(out: list[FieldError], spec: Obj, rules: Rules) -> None:
    field = "defaultBackend" if rules.profile.pick(NEW_SHAPE) else "backend"
    backend, given = spec.get(field), spec.get("rules") or ()
    if not given and backend is None:
        text = "null" if rules.json_values else "[]networking.IngressRule(nil)"
        out.append(status.invalid_shown("spec", text, f"either `{field}` or `rules` must be specified"))
    if backend is not None:
        _backend(out, backend, f"spec.{field}", rules)
    for index, rule in enumerate(given):
        _rule(out, rule, f"spec.rules[{index}]", rules)
    for index, tls in enumerate(spec.get("tls") or ()):
        for number, host in enumerate(tls.get("hosts") or ()):
            out.extend(status.invalid_value(f"spec.tls[{index}].hosts[{number}]", host, text) for text in _host(host, rules))
    if (name := spec.get("ingressClassName")) is not None:
        out.extend(status.invalid_value("spec.ingressClassName", name, text) for text in rules.names.subdomain(name))


def _host(host: str, rules: Rules) -> tuple[str, ...]:
    if "*" in host:
        return () if re.fullmatch(WILDCARD, host) else (WILDCARD_TEXT,)
    return rules.names.subdomain(host)


def _rule(out: list[FieldError], rule: Obj, path: str, rules: Rules) -> None:
    host = rule.get("host") or ""
    if host:
        if _address(host) is not None:
            out.append(status.invalid_value(f"{path}.host", host, "must be a DNS name, not an IP address"))
        out.extend(status.invalid_value(f"{path}.host", host, text) for text in _host(host, rules))
    http = rule.get("http")
    if http is None:
        return
    if not http.get("paths"):
        out.append(status.required(f"{path}.http.paths"))
    for index, one in enumerate(http.get("paths") or ()):
        _path(out, one, f"{path}.http.paths[{index}]", rules)


def _address(text: str) -> Any:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def _path(out: list[FieldError], one: Obj, path: str, rules: Rules) -> None:
    kind, text = one.get("pathType"), one.get("path") or ""
    if not rules.profile.pick(CLASSES):
        kind = "ImplementationSpecific"
    if kind is None:
        out.append(status.required(f"{path}.pathType", "pathType must be specified"))
        return
    if kind not in PATH_TYPES:
        out.append(status.unsupported(f"{path}.pathType", kind, PATH_TYPES))
    elif (text or kind != "ImplementationSpecific") and not text.startswith("/"):
        out.append(status.invalid_value(f"{path}.path", text, "must be an absolute path"))
    if kind in ("Exact", "Prefix"):
        for part in _NOT_IN_PATHS:
            if part in text:
                out.append(status.invalid_value(f"{path}.path", text, f"must not contain '{part}'"))
        for end in ("/..", "/."):
            if text.endswith(end):
                out.append(status.invalid_value(f"{path}.path", text, f"cannot end with '{end}'"))
    _backend(out, one.get("backend") or {}, f"{path}.backend", rules)


def _backend(out: list[FieldError], backend: Obj, path: str, rules: Rules) -> None:
    if not rules.profile.pick(NEW_SHAPE):
        _old_backend(out, backend, path, rules)
        return
    resource, service = backend.get("resource"), backend.get("service")
    if resource is not None and service is not None:
        out.append(status.invalid_value(path, "", "cannot set both resource and service backends"))
    elif resource is not None:
        _reference(out, resource, f"{path}.resource", rules)
    elif service is None:
        out.append(status.invalid_value(path, "", "resource or service backend is required"))
    else:
        _service(out, service, path, rules)


def _service(out: list[FieldError], service: Obj, path: str, rules: Rules) -> None:
    name, port = service.get("name") or "", service.get("port") or {}
    if name:
        out.extend(status.invalid_value(f"{path}.service.name", name, text) for text in rules.names.service(name))
    else:
        out.append(status.required(f"{path}.service.name"))
    word, number = port.get("name") or "", port.get("number") or 0
    if word and number:
        out.append(status.invalid_value(path, "", "cannot set both port name & port number"))
    elif word:
        where = f"{path}.service.port.name"
        out.extend(status.invalid_value(where, word, text) for text in rules.names.port_name(word))
    elif number:
        where = f"{path}.service.port.number"
        out.extend(status.invalid_value(where, number, text) for text in port_number(number))
    else:
        out.append(status.required(path, "port name or number is required"))


def _old_backend(out: list[FieldError], backend: Obj, path: str, rules: Rules) -> None:
    if backend.get("resource") is not None:
        _reference(out, backend["resource"], f"{path}.resource", rules)
        return
    name, port = backend.get("serviceName") or "", backend.get("servicePort", 0)
    if name:
        out.extend(status.invalid_value(f"{path}.serviceName", name, text) for text in rules.names.service(name))
    else:
        out.append(status.required(f"{path}.serviceName"))
    texts = rules.names.port_name(port) if isinstance(port, str) else port_number(port)
    out.extend(status.invalid_value(f"{path}.servicePort", port, text) for text in texts)


def _reference(out: list[FieldError], found: Obj, path: str, rules: Rules) -> None:
    group = found.get("apiGroup")
    if group is not None:
        out.extend(status.invalid_value(f"{path}.apiGroup", group, text) for text in rules.names.subdomain(group))
    for field in ("kind", "name"):
        value = found.get(field) or ""
        if value:
            out.extend(status.invalid_value(f"{path}.{field}", value, text) for text in path_segment(value))
        else:
            out.append(status.required(f"{path}.{field}"))


def ingress_class(out: list[FieldError], obj: Obj, rules: Rules) -> None:
    """A new IngressClass."""
    metadata.created(out, obj["metadata"], False, rules.names.subdomain, rules)
    spec = obj.get("spec") or {}
    controller = spec.get("controller") or ""
    if not controller:
        out.append(status.required("spec.controller"))
    elif not _DOMAIN_PATH.fullmatch(controller):
        text = 'must be a domain-prefixed path (such as "acme.io/foo")'
        out.append(status.invalid_value("spec.controller", controller, text))
    else:
        domain = controller.partition("/")[0]
        out.extend(status.invalid_value("spec.controller", domain, text) for text in rules.names.subdomain(domain))
    if (found := spec.get("parameters")) is not None:
        _reference(out, found, "spec.parameters", rules)
        scope = found.get("scope")
        if scope is not None and scope not in ("Cluster", "Namespace"):
            out.append(status.unsupported("spec.parameters.scope", scope, ("Cluster", "Namespace")))
        elif scope == "Namespace" and found.get("namespace") is None:
            out.append(status.required("spec.parameters.namespace", "`parameters.scope` is set to 'Namespace'"))
        elif scope == "Cluster" and found.get("namespace") is not None:
            text = "`parameters.scope` is set to 'Cluster'"
            out.append(status.field_forbidden("spec.parameters.namespace", text))


def ingress_class_update(out: list[FieldError], new: Obj, old: Obj, rules: Rules) -> None:
    """A changed IngressClass: its controller stays."""
    metadata.updated(out, new["metadata"], old["metadata"], rules)
    after, before = ((one.get("spec") or {}).get("controller") or "" for one in (new, old))
    if after != before:
        out.append(status.invalid_value("spec.controller", after, metadata.IMMUTABLE))
    ingress_class(out, new, rules)


# ---------------------------------------------------------------------- NetworkPolicies


def network_policy(out: list[FieldError], obj: Obj, rules: Rules) -> None:
    """A new NetworkPolicy."""
    metadata.created(out, obj["metadata"], True, rules.names.subdomain, rules)
    _policy(out, obj.get("spec") or {}, rules)


def network_policy_update(out: list[FieldError], new: Obj, old: Obj, rules: Rules) -> None:
    """A changed NetworkPolicy."""
    metadata.updated(out, new["metadata"], old["metadata"], rules)
    _policy(out, new.get("spec") or {}, rules)


def _policy(out: list[FieldError], spec: Obj, rules: Rules) -> None:
    selectors.label_selector(out, spec.get("podSelector") or {}, "spec.podSelector", rules)
    for path, ports, peers, word in _directions(spec):
        for index, port in enumerate(ports):
            _policy_port(out, port, f"{path}.ports[{index}]", rules)
        for index, peer in enumerate(peers):
            _peer(out, peer, f"{path}.{word}[{index}]", rules)
    kinds = spec.get("policyTypes") or ()
    if len(kinds) > 2:
        text = shown.strings(list(kinds), rules)
        out.append(status.invalid_shown("spec.policyTypes", text, "may not specify more than two policyTypes"))
        return
    for index, kind in enumerate(kinds):
        if kind not in ("Ingress", "Egress"):
            out.append(status.unsupported(f"spec.policyTypes[{index}]", kind, ("Ingress", "Egress")))


def _directions(spec: Obj) -> Iterator[tuple[str, list[Obj], list[Obj], str]]:
    for field, word in DIRECTIONS:
        for index, rule in enumerate(spec.get(field) or ()):
            yield f"spec.{field}[{index}]", rule.get("ports") or [], rule.get(word) or [], word


def _policy_port(out: list[FieldError], given: Obj, path: str, rules: Rules) -> None:
    protocol, port, end = given.get("protocol"), given.get("port"), given.get("endPort")
    allowed = rules.profile.pick(PROTOCOLS)
    if protocol is not None and protocol not in allowed:
        out.append(status.unsupported(f"{path}.protocol", protocol, allowed))
    if isinstance(port, int):
        out.extend(status.invalid_value(f"{path}.port", port, text) for text in port_number(port))
        if end is not None:
            if end < port:
                out.append(status.invalid_value(f"{path}.endPort", end, "must be greater than or equal to `port`"))
            out.extend(status.invalid_value(f"{path}.endPort", end, text) for text in port_number(end))
        return
    if end is not None:
        text = "may not be specified when `port` is not specified" if port is None else (
            "may not be specified when `port` is non-numeric")
        out.append(status.invalid_value(f"{path}.endPort", end, text))
    if port is not None:
        out.extend(status.invalid_value(f"{path}.port", port, text) for text in rules.names.port_name(port))


def _peer(out: list[FieldError], peer: Obj, path: str, rules: Rules) -> None:
    there = [field for field in ("podSelector", "namespaceSelector", "ipBlock") if peer.get(field) is not None]
    for field in there:
        if field != "ipBlock":
            selectors.label_selector(out, peer[field], f"{path}.{field}", rules)
        else:
            _block(out, peer[field], f"{path}.ipBlock", rules)
    if not there:
        out.append(status.required(path, "must specify a peer"))
    elif len(there) > 1 and "ipBlock" in there:
        out.append(status.field_forbidden(path, "may not specify both ipBlock and another peer"))


def _network(text: str) -> Any:
    try:
        return ipaddress.ip_network(text, strict=False) if "/" in text else None
    except ValueError:
        return None


def _block(out: list[FieldError], block: Obj, path: str, rules: Rules) -> None:
    whole = block.get("cidr") or ""
    if not whole:
        out.append(status.required(f"{path}.cidr"))
        return
    outer = _network(whole)
    if outer is None:
        out.append(status.invalid_value(f"{path}.cidr", whole, rules.profile.pick(CIDR)))
        return
    for index, text in enumerate(block.get("except") or ()):
        inner = _network(text)
        if inner is None:
            out.append(status.invalid_value(f"{path}.except[{index}]", text, rules.profile.pick(CIDR)))
        elif inner.version != outer.version or not inner.subnet_of(outer) or inner.prefixlen <= outer.prefixlen:
            out.append(status.invalid_value(f"{path}.except[{index}]", text, "must be a strict subset of `cidr`"))
