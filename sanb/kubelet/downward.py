"""The downward API: fields of the Pod and amounts of its containers as text."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from math import ceil
from typing import Final

from sanb.values import Obj, dig

UNITS: Final[Mapping[str, float]] = {
    "Ki": 2.0**10, "Mi": 2.0**20, "Gi": 2.0**30, "Ti": 2.0**40, "Pi": 2.0**50, "Ei": 2.0**60, "m": 1e-3, "k": 1e3,
    "M": 1e6, "G": 1e9, "T": 1e12, "P": 1e15, "E": 1e18,
}
DEFAULTS: Final[Mapping[str, str]] = {"cpu": "2", "memory": "4Gi", "ephemeral-storage": "50Gi"}
"""What a container without a limit gets told: the node's allocatable amounts."""


def field(pod: Obj, path: str, addresses: Mapping[str, str] | None = None) -> str:
    """The text of a `fieldRef`; `addresses` holds status.podIP and status.hostIP, which the kubelet knows first."""
    found = FIELDS.get(path)
    if found is not None:
        return found(pod)
    if addresses is not None and path in addresses:
        return addresses[path]
    for prefix in ("metadata.labels", "metadata.annotations"):
        if path.startswith(f"{prefix}['") and path.endswith("']"):
            return str(dig(pod, *prefix.split("."), path[len(prefix) + 2 : -2], default=""))
    return ""


def _lines(entries: Mapping[str, str] | None) -> str:
    found = entries or {}
    return "\n".join(f"{key}={json.dumps(found[key], ensure_ascii=False)}" for key in sorted(found))


FIELDS: Final[Mapping[str, Callable[[Obj], str]]] = {
    "metadata.namespace": lambda pod: str(pod["metadata"]["namespace"]),
    "metadata.name": lambda pod: str(pod["metadata"]["name"]),
    "metadata.uid": lambda pod: str(pod["metadata"]["uid"]),
    "metadata.labels": lambda pod: _lines(pod["metadata"].get("labels")),
    "metadata.annotations": lambda pod: _lines(pod["metadata"].get("annotations")),
    "spec.nodeName": lambda pod: str(pod["spec"].get("nodeName", "")),
    "spec.serviceAccountName": lambda pod: str(pod["spec"].get("serviceAccountName", "")),
}


def resource(pod: Obj, ref: Obj, container: str = "") -> str:
    """The text of a `resourceFieldRef`, for example limits.cpu divided by 1m, rounded up."""
    name = ref.get("containerName") or container
    kind, _, amount = ref["resource"].partition(".")
    found: Obj = next((one for one in pod["spec"]["containers"] if one["name"] == name), {})
    default = DEFAULTS.get(amount, "0") if kind == "limits" else "0"
    divisor = quantity(str(ref.get("divisor") or "1")) or 1.0
    return str(ceil(round(quantity(str(dig(found, "resources", kind, amount, default=default))) / divisor, 6)))


def quantity(text: str) -> float:
    """A Kubernetes quantity as a number."""
    for unit, factor in UNITS.items():
        if text.endswith(unit):
            return float(text[: -len(unit)]) * factor
    return float(text)
