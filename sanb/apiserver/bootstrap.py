"""What a cluster has from its first second: the requests that make it (SEM 3.5)."""

from __future__ import annotations

from typing import Any, Final

from sanb.apiserver.request import Request, UserInfo
from sanb.apiserver.resources import served
from sanb.profiles.profile import Profile
from sanb.values import Obj

USER: Final = UserInfo("system:apiserver", groups=("system:masters", "system:authenticated"))
NAMESPACES: Final = {
    "1.10": ("default", "kube-system", "kube-public"),
    "1.13": ("default", "kube-system", "kube-public", "kube-node-lease"),
}
SERVICE_ADDRESS: Final = "10.96.0.1"
FAMILIES: Final[dict[str, Obj]] = {
    "1.10": {},
    "1.20": {"clusterIPs": [SERVICE_ADDRESS], "ipFamilies": ["IPv4"], "ipFamilyPolicy": "SingleStack"},
    "1.22": {
        "clusterIPs": [SERVICE_ADDRESS], "internalTrafficPolicy": "Cluster", "ipFamilies": ["IPv4"],
        "ipFamilyPolicy": "SingleStack",
    },
}
"""What a Service's spec says about addresses beyond its clusterIP."""


def requests(profile: Profile) -> tuple[Request, ...]:
    """The creates that the API server makes for itself, in an order in which each can succeed."""
    namespaces = [_create("namespaces", "", {"name": name}) for name in profile.pick(NAMESPACES)]
    return (*namespaces, _service(profile), *_priorities(profile))


def _service(profile: Profile) -> Request:
    """The Service under which Pods reach the API server."""
    port = {"name": "https", "port": 443, "protocol": "TCP", "targetPort": 6443}
    spec = {
        "clusterIP": SERVICE_ADDRESS, **profile.pick(FAMILIES), "ports": [port], "sessionAffinity": "None",
        "type": "ClusterIP",
    }
    labels = {"component": "apiserver", "provider": "kubernetes"}
    return _create("services", "default", {"name": "kubernetes", "labels": labels}, spec=spec)


PRIORITY_CLASSES: Final = (
    ("system-cluster-critical", 2_000_000_000,
     "Used for system critical pods that must run in the cluster, but can be moved to another node if necessary."),
    ("system-node-critical", 2_000_001_000,
     "Used for system critical pods that must not be moved from their current node."),
)
PRIORITIES: Final = "priorityclasses.scheduling.k8s.io"


def _priorities(profile: Profile) -> list[Request]:
    """The classes of the system's own Pods, where the minor has classes."""
    if PRIORITIES not in served(profile):
        return []
    return [
        _create(PRIORITIES, "", {"name": name}, value=value, description=text) for name, value, text in PRIORITY_CLASSES
    ]


def _create(resource: str, namespace: str, metadata: Obj, **rest: Any) -> Request:
    return Request("create", resource, namespace, body={"metadata": metadata, **rest}, user=USER)
