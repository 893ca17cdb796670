"""Descriptions of Nodes: what they have, and what their Pods take of it."""

from __future__ import annotations

from typing import Final

from sanb.apiserver import cells
from sanb.apiserver.ages import age
from sanb.apiserver.amounts import added
from sanb.apiserver.validation.quantities import quantity
from sanb.values import Obj, dig
from sanb.views.describe.common import Reader, date, events, labels, line, notes, several

RESOURCES: Final = ("cpu", "memory", "ephemeral-storage")
SYSTEM: Final = (
    ("Machine ID", "machineID"),
    ("System UUID", "systemUUID"),
    ("Boot ID", "bootID"),
    ("Kernel Version", "kernelVersion"),
    ("OS Image", "osImage"),
    ("Operating System", "operatingSystem"),
    ("Architecture", "architecture"),
    ("Container Runtime Version", "containerRuntimeVersion"),
    ("Kubelet Version", "kubeletVersion"),
)
PROXY: Final = {"1.10": True, "1.34": False}
"""Whether the version of kube-proxy is told."""
LEASE: Final = {"1.10": False, "1.17": True}
AGES: Final = {"1.10": False, "1.12": True}
AGE_HEAD: Final = {"1.10": "AGE", "1.21": "Age"}
DONE: Final = ("Succeeded", "Failed")
HEAD: Final = ("Namespace", "Name", "CPU Requests", "CPU Limits", "Memory Requests", "Memory Limits")


def node(obj: Obj, reader: Reader) -> str:
    """A Node with its Pods."""
    metadata, spec, status = obj["metadata"], obj.get("spec") or {}, obj.get("status") or {}
    body = line("Name", metadata["name"]) + several("Roles", [cells.node_roles(obj, reader)])  # type: ignore[arg-type]
    body += labels(metadata.get("labels")) + notes(metadata.get("annotations"), reader.profile)
    body += line("CreationTimestamp", date(metadata.get("creationTimestamp")))
    body += several("Taints", [_taint(one) for one in spec.get("taints") or ()])
    body += line("Unschedulable", str(spec.get("unschedulable", False)).lower()) + _lease(metadata["name"], reader)
    body += _conditions(status) + _addresses(status)
    for title, key in (("Capacity", "capacity"), ("Allocatable", "allocatable")):
        found = status.get(key) or {}
        body += f"{title}:\n" + "".join(line(f"  {name}", found[name]) for name in sorted(found))
    info = status.get("nodeInfo") or {}
    body += "System Info:\n" + "".join(line(f"  {title}", info.get(key, "")) for title, key in SYSTEM)
    if reader.profile.pick(PROXY):
        body += line("  Kube-Proxy Version", info.get("kubeProxyVersion", ""))
    body += line("PodCIDR", spec["podCIDR"]) if spec.get("podCIDR") else ""
    body += line("PodCIDRs", ",".join(spec["podCIDRs"])) if spec.get("podCIDRs") else ""
    body += line("ProviderID", spec["providerID"]) if spec.get("providerID") else ""
    return body + _pods(obj, reader) + events(obj, reader)


def _taint(one: Obj) -> str:
    value = f"={one['value']}" if one.get("value") else ""
    return f"{one['key']}{value}:{one['effect']}"


def _lease(name: str, reader: Reader) -> str:
    if not reader.profile.pick(LEASE):
        return ""
    found = reader.objects("leases.coordination.k8s.io", "kube-node-lease", fieldSelector=f"metadata.name={name}")
    if not found:
        return line("Lease", f'Failed to get lease: leases.coordination.k8s.io "{name}" not found')
    spec = found[0].get("spec") or {}
    body = "Lease:\n" + line("  HolderIdentity", spec.get("holderIdentity") or "<unset>")
    for title, key in (("AcquireTime", "acquireTime"), ("RenewTime", "renewTime")):
        body += line(f"  {title}", date(spec.get(key)))
    return body


def _conditions(status: Obj) -> str:
    heads = ("Type", "Status", "LastHeartbeatTime", "LastTransitionTime", "Reason", "Message")
    body = "Conditions:\n  " + "\t".join(heads) + "\n  " + "\t".join("-" * len(head) for head in heads) + "\n"
    for one in status.get("conditions") or ():
        times = (date(one.get("lastHeartbeatTime")), date(one.get("lastTransitionTime")))
        words = (one["type"], one["status"], *times, one.get("reason", ""), one.get("message", ""))
        body += "  " + "\t".join(f"{word} " for word in words[:-1]) + f"\t{words[-1]}\n"
    return body


def _addresses(status: Obj) -> str:
    return "Addresses:\n" + "".join(line(f"  {one['type']}", one["address"]) for one in status.get("addresses") or ())


# ---------------------------------------------------------------------- Pods


def _pods(obj: Obj, reader: Reader) -> str:
    name, room = obj["metadata"]["name"], dig(obj, "status", "allocatable", default={})
    found = [
        pod
        for pod in reader.objects("pods", "", fieldSelector=f"spec.nodeName={name}")
        if dig(pod, "status", "phase") not in DONE
    ]
    aged = reader.profile.pick(AGES)
    heads = (*HEAD, reader.profile.pick(AGE_HEAD)) if aged else HEAD
    body = line("Non-terminated Pods", f"({len(found)} in total)")
    body += "  " + "\t".join(heads) + "\n  " + "\t".join("-" * len(head) for head in heads) + "\n"
    totals: dict[str, dict[str, str]] = {"requests": {}, "limits": {}}
    for pod in found:
        uses = {field: _summed(pod["spec"], field) for field in totals}
        totals = {field: added(totals[field], uses[field]) for field in totals}
        amounts = [
            _share(uses[field].get(one, "0"), room.get(one))
            for one in RESOURCES[:2]
            for field in ("requests", "limits")
        ]
        last = [age(pod["metadata"].get("creationTimestamp"), reader.now, reader.profile)] if aged else []
        body += "  " + "\t".join([pod["metadata"]["namespace"], pod["metadata"]["name"], *amounts, *last]) + "\n"
    return body + _totals(totals, room)


def _summed(spec: Obj, field: str) -> dict[str, str]:
    """What a Pod takes: all containers together, or the init container that takes more."""
    found: dict[str, str] = {}
    for one in spec.get("containers") or ():
        found = added(found, dig(one, "resources", field, default={}))
    for one in spec.get("initContainers") or ():
        for name, value in dig(one, "resources", field, default={}).items():
            if quantity(value) > quantity(found.get(name, "0")):
                found[name] = value
    return added(found, spec.get("overhead") or {}) if found else found


def _share(amount: str, room: str | None) -> str:
    total = quantity(room) if room else 0
    return f"{amount} ({int(quantity(amount) * 100 / total) if total else 0}%)"


def _totals(totals: dict[str, dict[str, str]], room: Obj) -> str:
    body = "Allocated resources:\n  (Total limits may be over 100 percent, i.e., overcommitted.)\n"
    body += "  Resource\tRequests\tLimits\n  --------\t--------\t------\n"
    others = [name for name in sorted(room) if name not in (*RESOURCES, "pods")]
    for name in (*RESOURCES, *others):
        if name in room or name in RESOURCES:
            shares = [_share(totals[field].get(name, "0"), room.get(name)) for field in ("requests", "limits")]
            body += f"  {name}\t{shares[0]}\t{shares[1]}\n"
    return body
