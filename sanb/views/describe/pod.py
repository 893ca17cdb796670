"""Descriptions of Pods and of the Pod templates of workloads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sanb.values import Obj
from sanb.views.describe.common import (
    Reader,
    controlled_by,
    date,
    events,
    labels,
    line,
    notes,
    several,
)
from sanb.views.describe.container import containers
from sanb.views.describe.volume import volumes

ACCOUNT: Final = {"1.10": False, "1.25": True}
ADDRESSES: Final = {"1.10": False, "1.16": True}
OPERATOR: Final = {"1.10": False, "1.20": True}
TEMPLATE_PLACES: Final = {"1.10": False, "1.30": True}
KINDS: Final = (
    ("Init Containers", "initContainers", "initContainerStatuses"),
    ("Containers", "containers", "containerStatuses"),
    ("Ephemeral Containers", "ephemeralContainers", "ephemeralContainerStatuses"),
)


def pod(obj: Obj, reader: Reader) -> str:
    """A Pod with its containers, volumes and events."""
    spec, status, metadata = obj["spec"], obj.get("status") or {}, obj["metadata"]
    body = line("Name", metadata["name"]) + line("Namespace", metadata["namespace"]) + _placed(obj, reader)
    body += labels(metadata.get("labels")) + notes(metadata.get("annotations"), reader.profile)
    if metadata.get("deletionTimestamp"):
        body += line("Status", f"Terminating (lasts {_lasts(metadata, reader)})")
        body += line("Termination Grace Period", f"{metadata.get('deletionGracePeriodSeconds', 0)}s")
    else:
        body += line("Status", status.get("phase", ""))
    body += "".join(line(key.capitalize(), status[key]) for key in ("reason", "message") if status.get(key))
    body += _addresses(status, reader) + controlled_by(obj)
    for title, field, told in KINDS:
        body += containers(title, spec.get(field) or (), status.get(told) or (), "", reader.profile, obj)
    body += _conditions(status.get("conditions") or ()) + volumes(spec.get("volumes") or (), reader)
    body += line("QoS Class", status.get("qosClass", "")) + _places(spec, reader)
    return body + events(obj, reader)


def _lasts(metadata: Obj, reader: Reader) -> str:
    from sanb.apiserver.ages import age

    return age(metadata["deletionTimestamp"], reader.now, reader.profile)


def _placed(obj: Obj, reader: Reader) -> str:
    spec, status = obj["spec"], obj.get("status") or {}
    body = line("Priority", spec["priority"]) if spec.get("priority") is not None else ""
    if spec.get("priorityClassName"):
        body += line("Priority Class Name", spec["priorityClassName"])
    if reader.profile.pick(ACCOUNT):
        body += line("Service Account", spec.get("serviceAccountName", ""))
    node = spec.get("nodeName")
    body += line("Node", f"{node}/{status.get('hostIP', '')}" if node else "<none>")
    return body + (line("Start Time", date(status["startTime"])) if status.get("startTime") else "")


def _addresses(status: Obj, reader: Reader) -> str:
    body = line("IP", status.get("podIP", ""))
    if not reader.profile.pick(ADDRESSES):
        return body
    found = status.get("podIPs") or ()
    return body + ("IPs:\n" + "".join(f"  IP:\t{one['ip']}\n" for one in found) if found else line("IPs", "<none>"))


def _conditions(conditions: Sequence[Obj]) -> str:
    if not conditions:
        return ""
    return "Conditions:\n  Type\tStatus\n" + "".join(f"  {one['type']} \t{one['status']} \n" for one in conditions)


def _places(spec: Obj, reader: Reader, space: str = "") -> str:
    selector = spec.get("nodeSelector") or {}
    body = several(f"{space}Node-Selectors", [f"{key}={selector[key]}" for key in sorted(selector)])
    found = sorted(spec.get("tolerations") or (), key=lambda one: str(one.get("key", "")))
    return body + several(f"{space}Tolerations", [_toleration(one, reader) for one in found])


def _toleration(one: Obj, reader: Reader) -> str:
    text = str(one.get("key", ""))
    text += f"={one['value']}" if one.get("value") else ""
    text += f":{one['effect']}" if one.get("effect") else ""
    if one.get("operator") == "Exists" and not one.get("value") and reader.profile.pick(OPERATOR):
        text += " op=Exists" if text else "op=Exists"
    return text + (f" for {one['tolerationSeconds']}s" if one.get("tolerationSeconds") is not None else "")


def template(found: Obj, reader: Reader) -> str:
    """The Pod template of a workload."""
    metadata, spec = found.get("metadata") or {}, found.get("spec") or {}
    body = "Pod Template:\n" + labels(metadata.get("labels"), "  Labels")
    if metadata.get("annotations"):
        body += notes(metadata["annotations"], reader.profile, "  Annotations")
    if spec.get("serviceAccountName"):
        body += line("  Service Account", spec["serviceAccountName"])
    for title, field, _ in KINDS[:2]:
        body += containers(title, spec.get(field) or (), (), "  ", reader.profile)
    body += volumes(spec.get("volumes") or (), reader, "  ")
    return body + (_places(spec, reader, "  ") if reader.profile.pick(TEMPLATE_PLACES) else "")
