"""Descriptions of Services, Endpoints, EndpointSlices, Ingresses, IngressClasses and NetworkPolicies."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, Final

from sanb.apiserver.relationkinds import SERVICE_NAME
from sanb.times import parse
from sanb.values import Obj, dig
from sanb.views.describe.common import Reader, events, heading, labels, line, notes, several
from sanb.views.describe.sets import labels_text, selector_text

FAMILIES: Final = {"1.10": False, "1.20": True}
INTERNAL: Final = {"1.10": False, "1.31": True}
SLICES: Final = {"1.10": False, "1.31": True}
"""Whether the endpoints of a Service are read from its slices."""
SHOWN: Final = 3
TOPOLOGY: Final = {"1.10": True, "1.21": False}
"""Whether an endpoint tells its topology, not its Node and its zone."""
OLD_BACKEND: Final = {"1.10": True, "1.22": False}
"""Whether a backend is looked for among the endpoints, and there always is a default one."""
NO_BACKEND: Final = 'default-http-backend:80 (<error: endpoints "default-http-backend" not found>)'
CLASS: Final = {"1.10": False, "1.22": True}
"""Whether an Ingress tells its class, and has its labels first."""


# ---------------------------------------------------------------------- Services


def service(obj: Obj, reader: Reader) -> str:
    """A Service with its ports and endpoints."""
    spec = obj.get("spec") or {}
    body = heading(obj, reader) + line("Selector", labels_text(spec.get("selector")))
    body += line("Type", spec.get("type", "ClusterIP"))
    if reader.profile.pick(FAMILIES):
        body += line("IP Family Policy", spec["ipFamilyPolicy"]) if spec.get("ipFamilyPolicy") else ""
        body += line("IP Families", ",".join(spec.get("ipFamilies") or ()) or "<none>")
    body += line("IP", spec.get("clusterIP", ""))
    if reader.profile.pick(FAMILIES):
        body += line("IPs", ",".join(spec.get("clusterIPs") or ()) or "<none>")
    if spec.get("type") == "ExternalName":
        body += line("External Name", spec.get("externalName", ""))
    if spec.get("externalIPs"):
        body += line("External IPs", ",".join(spec["externalIPs"]))
    if spec.get("loadBalancerIP"):
        body += line("IP", spec["loadBalancerIP"])
    body += _balanced(obj) + "".join(_port(obj, port, reader) for port in spec.get("ports") or ())
    body += line("Session Affinity", spec.get("sessionAffinity", "None")) + _policies(spec, reader)
    return body + events(obj, reader)


def _balanced(obj: Obj) -> str:
    found = dig(obj, "status", "loadBalancer", "ingress", default=())
    shown = [one.get("ip") or one.get("hostname", "") for one in found]
    return line("LoadBalancer Ingress", ", ".join(shown)) if shown else ""


def _port(obj: Obj, port: Obj, reader: Reader) -> str:
    protocol, name = port.get("protocol", "TCP"), port.get("name") or "<unset>"
    body = f"Port:\t{name}\t{port['port']}/{protocol}\n"
    body += line("TargetPort", f"{port.get('targetPort', port['port'])}/{protocol}")
    if port.get("nodePort"):
        body += f"NodePort:\t{name}\t{port['nodePort']}/{protocol}\n"
    return body + line("Endpoints", _listed(_reached(obj, port.get("name", ""), reader)))


def _listed(found: list[str] | None) -> str:
    if found is None:
        return "<none>"
    more = f" + {len(found) - SHOWN} more..." if len(found) > SHOWN else ""
    return ",".join(found[:SHOWN]) + more


def _reached(obj: Obj, port: str, reader: Reader) -> list[str] | None:
    """The addresses behind one port of a Service; None shows as `<none>`, as for a Service without slices."""
    namespace, name = obj["metadata"]["namespace"], obj["metadata"]["name"]
    if reader.profile.pick(SLICES):
        chosen = {"labelSelector": f"{SERVICE_NAME}={name}"}
        found = reader.objects("endpointslices.discovery.k8s.io", namespace, **chosen)
        return [address for one in found for address in _of_slice(one, port)] if found else None
    found = [one for one in reader.objects("endpoints", namespace) if one["metadata"]["name"] == name]
    subsets = [subset for one in found for subset in one.get("subsets") or ()]
    return [address for subset in subsets for address in _of_subset(subset, port)] or None


def _of_slice(one: Obj, port: str) -> Iterable[str]:
    for entry in one.get("ports") or ():
        if (entry.get("name") or "") == port:
            for endpoint in one.get("endpoints") or ():
                if dig(endpoint, "conditions", "ready", default=True):
                    yield from (f"{address}:{entry['port']}" for address in endpoint["addresses"])


def _of_subset(subset: Obj, port: str) -> Iterable[str]:
    for entry in subset.get("ports") or ():
        if (entry.get("name") or "") == port:
            yield from (f"{one['ip']}:{entry['port']}" for one in subset.get("addresses") or ())


def _policies(spec: Obj, reader: Reader) -> str:
    body = line("External Traffic Policy", spec["externalTrafficPolicy"]) if spec.get("externalTrafficPolicy") else ""
    if spec.get("internalTrafficPolicy") and reader.profile.pick(INTERNAL):
        body += line("Internal Traffic Policy", spec["internalTrafficPolicy"])
    if spec.get("healthCheckNodePort"):
        body += line("HealthCheck NodePort", spec["healthCheckNodePort"])
    if spec.get("loadBalancerSourceRanges"):
        body += line("LoadBalancer Source Ranges", ",".join(spec["loadBalancerSourceRanges"]))
    return body


# ---------------------------------------------------------------------- endpoints


def endpoints(obj: Obj, reader: Reader) -> str:
    """Endpoints with their subsets."""
    body = heading(obj, reader) + "Subsets:\n"
    for subset in obj.get("subsets") or ():
        for title, key in (("Addresses", "addresses"), ("NotReadyAddresses", "notReadyAddresses")):
            body += line(f"  {title}", ",".join(one["ip"] for one in subset.get(key) or ()) or "<none>")
        if subset.get("ports"):
            body += "  Ports:\n    Name\tPort\tProtocol\n    ----\t----\t--------\n"
            body += "".join(
                f"    {one.get('name') or '<unset>'}\t{one['port']}\t{one.get('protocol', 'TCP')}\n"
                for one in subset["ports"]
            )
        body += "\n"
    return body + events(obj, reader)


def endpointslice(obj: Obj, reader: Reader) -> str:
    """An EndpointSlice with its endpoints."""
    body = heading(obj, reader) + line("AddressType", obj.get("addressType", ""))
    ports = obj.get("ports") or ()
    body += "Ports:\n  Name\tPort\tProtocol\n  ----\t----\t--------\n" if ports else "Ports: <unset>\n"
    body += "".join(
        f"  {one.get('name') or '<unset>'}\t{one.get('port', '<any>')}\t{one.get('protocol', 'TCP')}\n" for one in ports
    )
    found = obj.get("endpoints") or ()
    body += "Endpoints:\n" if found else "Endpoints: <none>\n"
    return body + "".join(_endpoint(one, reader) for one in found) + events(obj, reader)


def _endpoint(one: Obj, reader: Reader) -> str:
    ready = dig(one, "conditions", "ready")
    body = f"  - Addresses:\t{', '.join(one['addresses'])}\n    Conditions:\n"
    body += f"      Ready:\t{'<unset>' if ready is None else str(ready).lower()}\n"
    body += f"    Hostname:\t{one.get('hostname') or '<unset>'}\n"
    target = one.get("targetRef")
    body += f"    TargetRef:\t{target['kind']}/{target['name']}\n" if target else ""
    if reader.profile.pick(TOPOLOGY):
        found = one.get("topology") or {}
        return body + several("    Topology", [f"{key}={found[key]}" for key in sorted(found)])
    return body + f"    NodeName:\t{one.get('nodeName') or '<unset>'}\n    Zone:\t{one.get('zone') or '<unset>'}\n"


# ---------------------------------------------------------------------- Ingresses


def ingress(obj: Obj, reader: Reader) -> str:
    """An Ingress with its rules."""
    spec, metadata = obj.get("spec") or {}, obj["metadata"]
    named = reader.profile.pick(CLASS)
    body = line("Name", metadata["name"])
    body += labels(metadata.get("labels")) if named else ""
    body += line("Namespace", metadata["namespace"])
    addresses = dig(obj, "status", "loadBalancer", "ingress", default=())
    body += line("Address", ",".join(one.get("ip") or one.get("hostname", "") for one in addresses))
    if named:
        body += line("Ingress Class", spec.get("ingressClassName", "<none>"))
    default = spec.get("defaultBackend") or spec.get("backend")
    missing = NO_BACKEND if reader.profile.pick(OLD_BACKEND) else "<default>"
    body += line("Default backend", _backend(obj, default, reader) if default else missing)
    for place, one in enumerate(spec.get("tls") or ()):
        what = f"{one['secretName']} terminates" if one.get("secretName") else "SNI routes"
        body += ("TLS:\n" if not place else "") + f"  {what} {','.join(one.get('hosts') or ())}\n"
    body += "Rules:\n  Host\tPath\tBackends\n  ----\t----\t--------\n" + _rules(obj, spec, reader)
    return body + notes(metadata.get("annotations"), reader.profile) + events(obj, reader)


def _rules(obj: Obj, spec: Obj, reader: Reader) -> str:
    rules = [one for one in spec.get("rules") or () if one.get("http")]
    body = ""
    for rule in rules:
        body += f"  {rule.get('host') or '*'}\t\n"
        for path in rule["http"].get("paths") or ():
            body += f"    \t{path.get('path', '')} \t{_backend(obj, path['backend'], reader)}\n"
    default = spec.get("defaultBackend") or spec.get("backend")
    missing = NO_BACKEND if reader.profile.pick(OLD_BACKEND) else "<default>"
    return body or f"  *\t*\t{_backend(obj, default, reader) if default else missing}\n"


def _backend(obj: Obj, backend: Obj, reader: Reader) -> str:
    found = backend.get("service")
    if found is None and "serviceName" not in backend:
        source = backend.get("resource") or {}
        return f"APIGroup: {source.get('apiGroup') or '<none>'}, Kind: {source.get('kind')}, Name: {source.get('name')}"
    name = found["name"] if found else backend["serviceName"]
    port: Any = found.get("port") if found else backend.get("servicePort")
    port = (port.get("number") or port.get("name")) if isinstance(port, dict) else port
    return f"{name}:{port} ({_behind(obj, name, port, reader)})"


def _behind(obj: Obj, name: str, port: Any, reader: Reader) -> str:
    namespace = obj["metadata"]["namespace"]
    source = next((one for one in reader.objects("services", namespace) if one["metadata"]["name"] == name), None)
    if source is None:
        kind = "endpoints" if reader.profile.pick(OLD_BACKEND) else "services"
        return f'<error: {kind} "{name}" not found>'
    for one in dig(source, "spec", "ports", default=()):
        if port in (one["port"], one.get("name")):
            found = _reached(source, one.get("name", ""), reader)
            return _listed(found) if found else ""
    return ""


def ingressclass(obj: Obj, reader: Reader) -> str:
    """An IngressClass."""
    body = heading(obj, reader) + line("Controller", dig(obj, "spec", "controller", default=""))
    found = dig(obj, "spec", "parameters")
    if found:
        body += (
            "Parameters:\n" + line("  APIGroup", found.get("apiGroup", ""))
            if found.get("apiGroup")
            else "Parameters:\n"
        )
        body += line("  Kind", found["kind"]) + line("  Name", found["name"])
    return body + events(obj, reader)


# ---------------------------------------------------------------------- NetworkPolicies


def networkpolicy(obj: Obj, reader: Reader) -> str:
    """A NetworkPolicy: who may talk to whom."""
    metadata, spec = obj["metadata"], obj.get("spec") or {}
    made = datetime.fromtimestamp(parse(metadata.get("creationTimestamp")), UTC).strftime("%Y-%m-%d %H:%M:%S +0000 UTC")
    body = line("Name", metadata["name"]) + line("Namespace", metadata["namespace"]) + line("Created on", made)
    body += labels(metadata.get("labels")) + notes(metadata.get("annotations"), reader.profile) + "Spec:\n"
    chosen = selector_text(spec.get("podSelector"))
    none = "<none> (Allowing the specific traffic to all pods in this namespace)"
    body += f"  PodSelector:     {none if chosen == '<none>' else chosen}\n"
    kinds = spec.get("policyTypes") or ["Ingress"]
    for kind, side in (("Ingress", "From"), ("Egress", "To")):
        word = kind.lower()
        if kind in kinds:
            body += f"  Allowing {word} traffic:\n" + _traffic(spec.get(word) or (), side, word)
        else:
            body += f"  Not affecting {word} traffic\n"
    return body + f"  Policy Types: {', '.join(kinds)}\n"


def _traffic(rules: Any, side: str, word: str) -> str:
    if not rules:
        return f"    <none> (Selected pods are isolated for {word} connectivity)\n"
    parts = []
    for rule in rules:
        body = ""
        ports = rule.get("ports") or ()
        body += "".join(map(_ports, ports))
        body += "" if ports else "    To Port: <any> (traffic allowed to all ports)\n"
        peers = rule.get("from" if side == "From" else "to") or ()
        body += "".join(f"    {side}:\n{_peer(one)}" for one in peers)
        place = "source" if side == "From" else "destination"
        body += "" if peers else f"    {side}: <any> (traffic not restricted by {place})\n"
        parts.append(body)
    return "    ----------\n".join(parts)


def _ports(one: Obj) -> str:
    first, last, protocol = one.get("port", "<any>"), one.get("endPort"), one.get("protocol", "TCP")
    return f"    To Port Range: {first}-{last}/{protocol}\n" if last else f"    To Port: {first}/{protocol}\n"


def _peer(one: Obj) -> str:
    body = ""
    for title, key in (("NamespaceSelector", "namespaceSelector"), ("PodSelector", "podSelector")):
        if key in one:
            body += f"      {title}: {selector_text(one[key])}\n"
    block = one.get("ipBlock")
    if block:
        body += (
            f"      IPBlock:\n        CIDR: {block['cidr']}\n        Except: {', '.join(block.get('except') or ())}\n"
        )
    return body
