"""kubectl create service and ingress."""

from __future__ import annotations

import re
from typing import Any, Final

from sanb.kubectl.flags import MANY, NUMBER, REPEAT, Flag, Flags
from sanb.kubectl.maker import Build, needed, simple
from sanb.kubectl.result import error
from sanb.kubectl.session import Session
from sanb.values import Obj

RULE: Final = re.compile(
    r"(?P<host>[\w*\-.]*)(?P<path>/[^=]*)?=(?P<svc>[\w\-]+):(?P<port>[\w\-]+)(?P<tls>,tls(=(?P<secret>[\w\-]*))?)?"
)
RULE_FORM: Final = "host/path=svcname:svcport[,tls[=secret]]"
NOTHING: Final = (
    "not enough information provided: every ingress has to either specify a default-backend (which catches all "
    "traffic) or a list of rules (which catch specific paths)"
)


def _ports(session: Session) -> list[Obj]:
    found: list[Obj] = []
    for text in session.parsed.many("tcp"):
        port, colon, target = text.partition(":")
        if colon and not target:
            target = port
        entry: dict[str, Any] = {"name": text.replace(":", "-"), "port": _number(port), "protocol": "TCP"}
        entry["targetPort"] = (int(target) if target.isdigit() else target) if colon else _number(port)
        if session.parsed.values.get("node-port"):
            entry["nodePort"] = session.parsed.values["node-port"]
        found.append(dict(sorted(entry.items())))
    return found


def _number(text: str) -> int:
    if not text.isdigit():
        raise error(f'strconv.ParseUint: parsing "{text}": invalid syntax')
    if not 1 <= int(text) <= 65535:
        raise error(f"invalid port number: {text}")
    return int(text)


def service(kind: str) -> Build:
    """A builder of Services of one type."""

    def build(session: Session, name: str) -> Obj:
        parsed = session.parsed
        if kind == "ExternalName":
            needed(session, "external-name")
        ports = _ports(session)
        cluster = parsed.text("clusterip")
        if not ports and kind != "ExternalName" and cluster != "None":
            raise error("at least one tcp port specifier must be provided")
        labels = {"app": name}
        spec: Obj = {"ports": ports} if ports else {}
        spec |= {"selector": labels, "type": kind}
        if cluster:
            spec["clusterIP"] = cluster
        if kind == "ExternalName":
            spec["externalName"] = parsed.text("external-name")
        metadata = {"labels": labels, "name": name}
        status: Obj = {"loadBalancer": {}}
        return {"apiVersion": "v1", "kind": "Service", "metadata": metadata, "spec": spec, "status": status}

    return build


def ingress(session: Session, name: str) -> Obj:
    """kubectl create ingress."""
    parsed = session.parsed
    rules, backend = parsed.many("rule"), parsed.text("default-backend")
    if not rules and not backend:
        raise error(NOTHING)
    found = [_rule(text) for text in rules]
    spec: Obj = {"ingressClassName": parsed.text("class")} if parsed.text("class") else {}
    if backend:
        parts = backend.split(":")
        if len(parts) != 2 or not all(parts):
            raise error("default-backend should be in format servicename:serviceport")
        spec["defaultBackend"] = _backend(*parts)
    if found:
        spec["rules"] = _hosts(found)
    tls = _tls(found)
    if tls:
        spec["tls"] = tls
    notes = dict(one.partition("=")[::2] for one in parsed.many("annotation"))
    metadata: Obj = {"annotations": notes, "name": name} if notes else {"name": name}
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "Ingress",
        "metadata": metadata,
        "spec": spec,
        "status": {"loadBalancer": {}},
    }


def _rule(text: str) -> re.Match[str]:
    found = RULE.fullmatch(text)
    if found is None:
        raise error(f"rule {text} is invalid and should be in format {RULE_FORM}")
    return found


def _backend(name: str, port: str) -> Obj:
    return {"service": {"name": name, "port": {"number": int(port)} if port.isdigit() else {"name": port}}}


def _hosts(found: list[re.Match[str]]) -> list[Obj]:
    hosts: dict[str, list[Obj]] = {}
    for one in found:
        path = one["path"] or ""
        kind = "Prefix" if path.endswith("*") else "Exact"
        entry = {"backend": _backend(one["svc"], one["port"]), "path": path.removesuffix("*"), "pathType": kind}
        hosts.setdefault(one["host"], []).append(entry)
    return [{**({"host": host} if host else {}), "http": {"paths": paths}} for host, paths in hosts.items()]


def _tls(found: list[re.Match[str]]) -> list[Obj]:
    secrets: dict[str, list[str]] = {}
    for one in found:
        if one["tls"]:
            hosts = secrets.setdefault(one["secret"] or "", [])
            if one["host"] and one["host"] not in hosts:
                hosts.append(one["host"])
    rows = [
        ({"hosts": hosts} if hosts else {}) | ({"secretName": name} if name else {}) for name, hosts in secrets.items()
    ]
    return [row for row in rows if row] or [{}] * bool(secrets)


_TCP: Final[Flags] = {"tcp": Flag(MANY)}
_ROWS: Final[tuple[tuple[str, str, Flags], ...]] = (
    ("clusterip", "ClusterIP", {**_TCP, "clusterip": Flag()}),
    ("nodeport", "NodePort", {**_TCP, "node-port": Flag(NUMBER)}),
    ("loadbalancer", "LoadBalancer", _TCP),
    ("externalname", "ExternalName", {**_TCP, "external-name": Flag()}),
)
_INGRESS: Final[Flags] = {
    "rule": Flag(REPEAT),
    "class": Flag(),
    "default-backend": Flag(),
    "annotation": Flag(REPEAT),
}
CREATES: Final = {
    **{f"service {word}": (simple(f"service {word}", "services", service(kind)), flags) for word, kind, flags in _ROWS},
    "ingress": (simple("ingress", "ingresses.networking.k8s.io", ingress), _INGRESS),
}
SINCE: Final = {"ingress": "1.19"}
