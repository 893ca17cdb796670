"""Descriptions of StatefulSets, DaemonSets, ReplicationControllers, and what all workloads share."""

from __future__ import annotations

from typing import Final

from sanb.store.selectors import as_text
from sanb.values import Obj, dig
from sanb.views.describe.common import Reader, date, events, labels, line, notes, several
from sanb.views.describe.pod import template

MORE: Final = {"1.10": False, "1.36": True}
"""Whether it is told how many Pods of a StatefulSet may be unavailable."""
DAEMON_SPACE: Final = {"1.10": False, "1.33": True}
"""Whether a DaemonSet's namespace is told."""
COUNTS: Final = (
    ("Desired Number of Nodes Scheduled", "desiredNumberScheduled"),
    ("Current Number of Nodes Scheduled", "currentNumberScheduled"),
    ("Number of Nodes Scheduled with Up-to-date Pods", "updatedNumberScheduled"),
    ("Number of Nodes Scheduled with Available Pods", "numberAvailable"),
    ("Number of Nodes Misscheduled", "numberMisscheduled"),
)
PHASES: Final = (("Running", "Running"), ("Waiting", "Pending"), ("Succeeded", "Succeeded"), ("Failed", "Failed"))


def selector_text(found: Obj | None) -> str:
    """A LabelSelector as text."""
    return as_text(found) or "<none>"


def labels_text(found: Obj | None) -> str:
    """Labels of a selector as text."""
    return ",".join(f"{key}={found[key]}" for key in sorted(found)) if found else "<none>"


def owned(obj: Obj, reader: Reader, resource: str = "pods") -> list[Obj]:
    """The objects that belong to a workload."""
    uid = obj["metadata"].get("uid")
    found = reader.objects(resource, obj["metadata"]["namespace"])
    return [one for one in found if any(ref.get("uid") == uid for ref in one["metadata"].get("ownerReferences") or ())]


def pods_status(obj: Obj, reader: Reader) -> str:
    """How many Pods are in which phase."""
    phases = [dig(one, "status", "phase", default="") for one in owned(obj, reader)]
    return " / ".join(f"{phases.count(phase)} {word}" for word, phase in PHASES)


def _marks(obj: Obj, reader: Reader) -> str:
    return labels(obj["metadata"].get("labels")) + notes(obj["metadata"].get("annotations"), reader.profile)


def statefulset(obj: Obj, reader: Reader) -> str:
    """A StatefulSet with its claims."""
    spec, metadata = obj["spec"], obj["metadata"]
    body = line("Name", metadata["name"]) + line("Namespace", metadata["namespace"])
    body += line("CreationTimestamp", date(metadata.get("creationTimestamp")))
    body += line("Selector", selector_text(spec.get("selector"))) + _marks(obj, reader)
    more = reader.profile.pick(MORE)
    body += line("Replicas", f"{spec.get('replicas', 0)} desired | {dig(obj, 'status', 'replicas', default=0)} total")
    body += _strategy(spec, more)
    body += line("Pods Status", pods_status(obj, reader)) + template(spec.get("template") or {}, reader)
    return body + _claims(spec, reader) + events(obj, reader)


def _strategy(spec: Obj, more: bool) -> str:
    strategy = spec.get("updateStrategy") or {}
    body = line("Update Strategy", strategy.get("type", "RollingUpdate"))
    rolling = strategy.get("rollingUpdate") or {}
    if rolling.get("partition") is not None:
        body += line("  Partition", rolling["partition"])
        if more:
            body += line("  MaxUnavailable", rolling.get("maxUnavailable", 1))
    return body


def _claims(spec: Obj, reader: Reader) -> str:
    found = spec.get("volumeClaimTemplates") or ()
    if not found:
        return "Volume Claims:\t<none>\n"
    parts = ["Volume Claims:\n"]
    for claim in found:
        metadata, inner = claim["metadata"], claim.get("spec") or {}
        parts.append(line("  Name", metadata["name"]) + line("  StorageClass", inner.get("storageClassName", "")))
        parts.append(labels(metadata.get("labels"), "  Labels"))
        parts.append(notes(metadata.get("annotations"), reader.profile, "  Annotations"))
        capacity = dig(inner, "resources", "requests", "storage", default="<default>")
        parts.append(
            line("  Capacity", capacity) + line("  Access Modes", f"[{' '.join(inner.get('accessModes') or ())}]")
        )
    return "".join(parts)


def daemonset(obj: Obj, reader: Reader) -> str:
    """A DaemonSet with its Nodes."""
    spec, metadata, status = obj["spec"], obj["metadata"], obj.get("status") or {}
    body = line("Name", metadata["name"])
    if reader.profile.pick(DAEMON_SPACE):
        body += line("Namespace", metadata["namespace"])
    body += line("Selector", selector_text(spec.get("selector")))
    chosen = dig(spec, "template", "spec", "nodeSelector", default={})
    body += several("Node-Selector", [f"{key}={chosen[key]}" for key in sorted(chosen)]) + _marks(obj, reader)
    body += "".join(f"{title}: {status.get(key, 0)}\n" for title, key in COUNTS)
    body += line("Pods Status", pods_status(obj, reader)) + template(spec.get("template") or {}, reader)
    return body + events(obj, reader)


def controller(obj: Obj, reader: Reader) -> str:
    """A ReplicationController."""
    spec, metadata = obj["spec"], obj["metadata"]
    body = line("Name", metadata["name"]) + line("Namespace", metadata["namespace"])
    body += line("Selector", labels_text(spec.get("selector"))) + _marks(obj, reader)
    body += line("Replicas", f"{dig(obj, 'status', 'replicas', default=0)} current / {spec.get('replicas', 0)} desired")
    body += line("Pods Status", pods_status(obj, reader)) + template(spec.get("template") or {}, reader)
    found = dig(obj, "status", "conditions", default=())
    rows = "".join(f"  {one['type']} \t{one['status']}\t{one.get('reason', '')}\n" for one in found)
    body += "Conditions:\n  Type\tStatus\tReason\n  ----\t------\t------\n" + rows if found else ""
    return body + events(obj, reader)
