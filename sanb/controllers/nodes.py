"""Node objects as a kubelet would register them: what a cluster starts with, and what a description asks for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from sanb.apiserver.request import Request, UserInfo
from sanb.entropy import uid
from sanb.errors import UsageError
from sanb.profiles.profile import Profile
from sanb.times import rfc3339
from sanb.values import Obj

START: Final = 1767225600.0
"""2026-01-01T00:00:00Z: when a Node registered, unless the caller knows better."""
AMPLE_PODS: Final = "1M"
"""Pods that fit on a Node of which only the number was given."""
USUAL_PODS: Final = 110
"""The kubelet's own default of `--max-pods`, for Nodes that are described."""
FIELDS: Final = ("name", "pods", "cpu", "memory", "labels", "annotations", "taints", "unschedulable", "ready")
"""What a description of a Node may say."""

PLATFORM_LABELS: Final = {
    "1.10": ("beta.kubernetes.io/arch", "beta.kubernetes.io/os"),
    "1.14": ("beta.kubernetes.io/arch", "beta.kubernetes.io/os", "kubernetes.io/arch", "kubernetes.io/os"),
}
RUNTIME: Final = {"1.10": "docker://17.3.2", "1.19": "docker://19.3.15", "1.24": "containerd://1.6.8", "1.31": "containerd://2.0.5"}
"""The container runtime: dockershim is gone from 1.24 on."""
PROXY_VERSION: Final = {"1.10": True, "1.33": False}
"""Whether `nodeInfo.kubeProxyVersion` is filled in (gate DisableNodeKubeProxyVersion)."""
OUT_OF_DISK: Final = {"1.10": True, "1.13": False}
"""Whether the kubelet still reports the condition OutOfDisk."""
POD_CIDRS: Final = {"1.10": False, "1.16": True}
"""Whether `spec.podCIDRs` stands beside `spec.podCIDR`."""
HEALTHY: Final = (
    ("MemoryPressure", "KubeletHasSufficientMemory", "kubelet has sufficient memory available"),
    ("DiskPressure", "KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
    ("PIDPressure", "KubeletHasSufficientPID", "kubelet has sufficient PID available"),
)
ROOMY: Final = ("OutOfDisk", "KubeletHasSufficientDisk", "kubelet has sufficient disk space available")


def described(
    profile: Profile, nodes: int | Sequence[Mapping[str, Any]], now: float = START
) -> Iterator[Request]:
    """The requests by which Nodes register.

    `nodes` is how many ample ones there shall be (node-1, node-2 and so on), or a list of descriptions.

    Raises:
        UsageError: a description has no name, a name twice, or says something that no Node can be told.
    """
    if isinstance(nodes, int):
        descriptions: Sequence[Mapping[str, Any]] = [
            {"name": f"node-{number}", "pods": AMPLE_PODS} for number in range(1, nodes + 1)
        ]
    else:
        descriptions = nodes
    names: dict[str, None] = {}
    for number, description in enumerate(descriptions, 1):
        obj = node(profile, description, number, now)
        name = obj["metadata"]["name"]
        if name in names:
            raise UsageError(f"nodes: {name!r} is described twice; give every Node a name of its own")
        names[name] = None
        yield Request("create", "nodes", body=obj, user=_user(name))


def reported(profile: Profile, nodes: Sequence[Obj]) -> Iterator[Request]:
    """The requests by which new kubelets report what they are, on Nodes that there are already."""
    for obj in nodes:
        name = obj["metadata"]["name"]
        info = _node_info(profile, name)
        if (obj.get("status") or {}).get("nodeInfo") != info:
            body, options = {"status": {"nodeInfo": info}}, {"patchType": "strategic"}
            yield Request("patch", "nodes", "", name, "status", body, options, _user(name))


def _user(name: str) -> UserInfo:
    return UserInfo(f"system:node:{name}", groups=("system:nodes", "system:authenticated"))


def node(profile: Profile, description: Mapping[str, Any], number: int = 1, now: float = START) -> Obj:
    """The Node that `description` means; `number` gives it its addresses.

    Raises:
        UsageError: the description has no name or a field that is not one of `FIELDS`.
    """
    _check(description, number)
    name = str(description["name"])
    labels = {**_labels(profile, name), **(description.get("labels") or {})}
    annotations = {
        "node.alpha.kubernetes.io/ttl": "0", "volumes.kubernetes.io/controller-managed-attach-detach": "true",
        **(description.get("annotations") or {}),
    }
    return {
        "apiVersion": "v1", "kind": "Node", "metadata": {"name": name, "labels": labels, "annotations": annotations},
        "spec": _spec(profile, description, number), "status": _status(profile, description, number, now),
    }


def _check(description: Mapping[str, Any], number: int) -> None:
    if not isinstance(description, Mapping) or not description.get("name"):
        raise UsageError(
            f"nodes: description {number} has no name; write for example "
            f"{{'name': 'node-{number}', 'pods': {USUAL_PODS}}}"
        )
    unknown = [field for field in description if field not in FIELDS]
    if unknown:
        raise UsageError(
            f"nodes: the description of {description['name']!r} says {', '.join(map(repr, unknown))}, which a Node "
            f"cannot be told here; it may say {', '.join(FIELDS)}"
        )


def _labels(profile: Profile, name: str) -> dict[str, str]:
    platform = {key: "amd64" if key.endswith("/arch") else "linux" for key in profile.pick(PLATFORM_LABELS)}
    return {**platform, "kubernetes.io/hostname": name}


def _spec(profile: Profile, description: Mapping[str, Any], number: int) -> Obj:
    network = f"10.{244 + number // 256 % 8}.{number % 256}.0/24"
    spec: Obj = {"podCIDR": network}
    if profile.pick(POD_CIDRS):
        spec["podCIDRs"] = [network]
    if description.get("taints"):
        spec["taints"] = [dict(taint) for taint in description["taints"]]
    if description.get("unschedulable"):
        spec["unschedulable"] = True
    return spec


def _status(profile: Profile, description: Mapping[str, Any], number: int, now: float) -> Obj:
    name = str(description["name"])
    capacity = {
        "cpu": str(description.get("cpu", 8)), "ephemeral-storage": "100Gi", "hugepages-2Mi": "0",
        "memory": str(description.get("memory", "32Gi")), "pods": str(description.get("pods", USUAL_PODS)),
    }
    return {
        "capacity": capacity, "allocatable": capacity, "conditions": _conditions(profile, description, now),
        "addresses": [{"type": "InternalIP", "address": address(number)}, {"type": "Hostname", "address": name}],
        "daemonEndpoints": {"kubeletEndpoint": {"Port": 10250}}, "nodeInfo": _node_info(profile, name),
    }


def address(number: int) -> str:
    """The address of the n-th Node."""
    return f"10.0.{number // 250}.{number % 250 + 1}"


def _conditions(profile: Profile, description: Mapping[str, Any], now: float) -> list[Obj]:
    stamp = rfc3339(now)
    rows = (ROOMY, *HEALTHY) if profile.pick(OUT_OF_DISK) else HEALTHY
    found = [(kind, "False", reason, message) for kind, reason, message in rows]
    if description.get("ready", True):
        found.append(("Ready", "True", "KubeletReady", "kubelet is posting ready status"))
    else:
        found.append(("Ready", "False", "KubeletNotReady", "container runtime network not ready"))
    return [
        {
            "type": kind, "status": state, "lastHeartbeatTime": stamp, "lastTransitionTime": stamp, "reason": reason,
            "message": message,
        }
        for kind, state, reason, message in found
    ]


def _node_info(profile: Profile, name: str) -> Obj:
    version = f"v{profile.minor}.0"
    machine = uid(0, "machine", name)
    return {
        "machineID": machine.replace("-", ""), "systemUUID": machine, "bootID": uid(0, "boot", name),
        "kernelVersion": "6.1.0", "osImage": "Debian GNU/Linux 12 (bookworm)",
        "containerRuntimeVersion": profile.pick(RUNTIME), "kubeletVersion": version,
        "kubeProxyVersion": version if profile.pick(PROXY_VERSION) else "", "operatingSystem": "linux",
        "architecture": "amd64",
    }
