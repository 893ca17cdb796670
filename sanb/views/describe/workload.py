"""Descriptions of Deployments and ReplicaSets."""

from __future__ import annotations

from typing import Final

from sanb.values import Obj, dig
from sanb.views.describe.common import (
    Reader,
    controlled_by,
    date,
    events,
    labels,
    line,
    notes,
)
from sanb.views.describe.pod import template
from sanb.views.describe.sets import pods_status, selector_text

REVISION: Final = "deployment.kubernetes.io/revision"
ALL_OLD: Final = {"1.10": False, "1.27": True}
"""Whether old ReplicaSets without Pods are listed too."""


def deployment(obj: Obj, reader: Reader) -> str:
    """A Deployment with its ReplicaSets."""
    spec, metadata = obj["spec"], obj["metadata"]
    body = line("Name", metadata["name"]) + line("Namespace", metadata["namespace"])
    body += line("CreationTimestamp", date(metadata.get("creationTimestamp")))
    body += labels(metadata.get("labels")) + notes(metadata.get("annotations"), reader.profile)
    body += line("Selector", _selector(obj)) + line("Replicas", _replicas(obj))
    kind = dig(spec, "strategy", "type", default="RollingUpdate")
    body += line("StrategyType", kind) + line("MinReadySeconds", spec.get("minReadySeconds", 0))
    if kind == "RollingUpdate":
        limits = dig(spec, "strategy", "rollingUpdate", default={})
        surge, missing = limits.get("maxSurge", "25%"), limits.get("maxUnavailable", "25%")
        body += line("RollingUpdateStrategy", f"{missing} max unavailable, {surge} max surge")
    body += template(spec.get("template") or {}, reader) + _conditions(obj)
    return body + _replicasets(obj, reader) + events(obj, reader)


def _selector(obj: Obj) -> str:
    return selector_text(dig(obj, "spec", "selector"))


def _replicas(obj: Obj) -> str:
    counts = [dig(obj, "spec", "replicas", default=0)]
    counts += [
        dig(obj, "status", key, default=0)
        for key in ("updatedReplicas", "replicas", "availableReplicas", "unavailableReplicas")
    ]
    words = ("desired", "updated", "total", "available", "unavailable")
    return " | ".join(f"{count} {word}" for count, word in zip(counts, words, strict=True))


def _conditions(obj: Obj) -> str:
    found = dig(obj, "status", "conditions", default=())
    if not found:
        return ""
    rows = "".join(f"  {one['type']} \t{one['status']}\t{one.get('reason', '')}\n" for one in found)
    return "Conditions:\n  Type\tStatus\tReason\n  ----\t------\t------\n" + rows


def _replicasets(obj: Obj, reader: Reader) -> str:
    mine = [
        one
        for one in reader.objects("replicasets.apps", obj["metadata"]["namespace"])
        if any(owner.get("uid") == obj["metadata"].get("uid") for owner in one["metadata"].get("ownerReferences") or ())
    ]
    wanted = dig(obj, "metadata", "annotations", REVISION)
    new = [one for one in mine if dig(one, "metadata", "annotations", REVISION) == wanted]
    old = [one for one in mine if one not in new]
    if not reader.profile.pick(ALL_OLD):
        old = [one for one in old if dig(one, "spec", "replicas", default=0)]
    return line("OldReplicaSets", _created(old)) + line("NewReplicaSet", _created(new))


def _created(found: list[Obj]) -> str:
    return (
        ", ".join(
            f"{one['metadata']['name']} ({dig(one, 'status', 'replicas', default=0)}/"
            f"{dig(one, 'spec', 'replicas', default=0)} replicas created)"
            for one in found
        )
        or "<none>"
    )


def replicaset(obj: Obj, reader: Reader) -> str:
    """A ReplicaSet with the phases of its Pods."""
    spec, metadata = obj["spec"], obj["metadata"]
    body = line("Name", metadata["name"]) + line("Namespace", metadata["namespace"]) + line("Selector", _selector(obj))
    body += labels(metadata.get("labels")) + notes(metadata.get("annotations"), reader.profile) + controlled_by(obj)
    body += line("Replicas", f"{dig(obj, 'status', 'replicas', default=0)} current / {spec.get('replicas', 0)} desired")
    body += line("Pods Status", pods_status(obj, reader))
    body += template(spec.get("template") or {}, reader)
    return body + _conditions(obj) + events(obj, reader)
