"""How the parts of objects merge: which lists have keys, which values are replaced as a whole (SEM 4.2).

Two readers: strategic merge patches (`merge_key`, `strategy`) and server-side apply (`kind`, `keys`). They differ: ports are
merged by containerPort, but owned by containerPort and protocol. What is not listed here is ordinary: dictionaries merge,
lists are replaced.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from sanb.apiserver.resources import Resource


class Shape(NamedTuple):
    """One field. `fields` are those of the dictionary, or of the elements of the list."""

    kind: str = ""
    """What apply does with it: "" by what it is, "atomic", "map" (a list with keys) or "set" (a list of distinct scalars)."""
    keys: tuple[str, ...] = ()
    strategy: str = ""
    """What a strategic patch does with it: "merge", "retainKeys", "merge,retainKeys", or "" for the ordinary."""
    merge_key: str = ""
    fields: Mapping[str, Shape] = MappingProxyType({})
    items: str = ""
    """"atomic" where an element of the list is owned as a whole."""
    defaults: Mapping[str, Any] = MappingProxyType({})
    """Values of keys that an element may leave out."""

    def field(self, name: str) -> Shape:
        """The shape of a field."""
        return self.fields.get(name, PLAIN)

    @property
    def merges(self) -> bool:
        """Whether a strategic patch merges the list."""
        return self.strategy.startswith("merge")

    @property
    def retains(self) -> bool:
        """Whether a strategic patch may say which fields stay."""
        return "retainKeys" in self.strategy


PLAIN: Final = Shape()
ATOMIC: Final = Shape("atomic")


def _keyed(*keys: str, fields: Mapping[str, Shape] | None = None, strategy: str = "merge", items: str = "", **defaults: Any) -> Shape:
    return Shape("map", keys, strategy, keys[0], fields or {}, items, defaults)


def _struct(strategy: str = "", **fields: Shape) -> Shape:
    return Shape("", (), strategy, "", fields)


DISTINCT: Final = Shape("set", (), "merge")
METADATA: Final = _struct(finalizers=DISTINCT, ownerReferences=_keyed("uid", items="atomic"), managedFields=ATOMIC)
CONDITIONS: Final = _keyed("type")
_KEY_REFERENCES: Final = _struct(fieldRef=ATOMIC, resourceFieldRef=ATOMIC, configMapKeyRef=ATOMIC, secretKeyRef=ATOMIC)
_CONTAINER: Final = {
    "env": _keyed("name", fields={"valueFrom": _KEY_REFERENCES}),
    "ports": _keyed("containerPort", "protocol", protocol="TCP"),
    "volumeMounts": _keyed("mountPath"),
    "volumeDevices": _keyed("devicePath"),
    "resources": _struct(claims=Shape("map", ("name",))),
}
_VOLUME: Final = {
    name: _struct(secretRef=ATOMIC) for name in ("csi", "flexVolume", "cephfs", "rbd", "scaleIO", "storageos", "cinder", "iscsi")
}
_AFFINITY_TERMS: Final = _struct(requiredDuringSchedulingIgnoredDuringExecution=ATOMIC)
POD_SPEC: Final = _struct(
    containers=_keyed("name", fields=_CONTAINER),
    initContainers=_keyed("name", fields=_CONTAINER),
    ephemeralContainers=_keyed("name", fields=_CONTAINER),
    volumes=_keyed("name", fields=_VOLUME, strategy="merge,retainKeys"),
    imagePullSecrets=_keyed("name", items="atomic"),
    hostAliases=_keyed("ip"),
    topologySpreadConstraints=_keyed("topologyKey", "whenUnsatisfiable", fields={"labelSelector": ATOMIC}),
    resourceClaims=_keyed("name", strategy="merge,retainKeys"),
    schedulingGates=_keyed("name"),
    nodeSelector=ATOMIC,
    affinity=_struct(nodeAffinity=_AFFINITY_TERMS),
)
_TEMPLATE: Final = _struct(metadata=METADATA, spec=POD_SPEC)
_WORKLOAD: Final = _struct(
    selector=ATOMIC, template=_TEMPLATE, strategy=_struct("retainKeys"), updateStrategy=_struct("retainKeys"),
)
KINDS: Final[Mapping[str, Mapping[str, Shape]]] = {
    "ServiceAccount": {"secrets": _keyed("name", items="atomic"), "imagePullSecrets": ATOMIC},
    "Pod": {
        "spec": POD_SPEC,
        "status": _struct(conditions=CONDITIONS, podIPs=_keyed("ip"), hostIPs=Shape("atomic", (), "merge", "ip")),
    },
    "Namespace": {"status": _struct(conditions=CONDITIONS)},
    "Node": {
        "spec": _struct(podCIDRs=DISTINCT, configSource=ATOMIC),
        "status": _struct(conditions=CONDITIONS, addresses=_keyed("type")),
    },
    "Service": {
        "spec": _struct(ports=_keyed("port", "protocol", protocol="TCP"), selector=ATOMIC),
        "status": _struct(conditions=Shape("map", ("type",), "merge", "type")),
    },
    "Deployment": {"spec": _WORKLOAD, "status": _struct(conditions=CONDITIONS)},
    "ReplicaSet": {"spec": _WORKLOAD, "status": _struct(conditions=CONDITIONS)},
    "Event": {"involvedObject": ATOMIC, "related": ATOMIC},
    "RoleBinding": {"roleRef": ATOMIC},
    "ClusterRoleBinding": {"roleRef": ATOMIC},
    "ClusterRole": {"aggregationRule": _struct()},
}
"""Kind -> top-level field -> shape; metadata is the same everywhere."""
ROOTS: Final[Mapping[str, Shape]] = {kind: _struct(metadata=METADATA, **fields) for kind, fields in KINDS.items()}
_OTHER: Final = _struct(metadata=METADATA)


def shape_of(resource: Resource) -> Shape:
    """How objects of a resource merge."""
    return ROOTS.get(resource.kind, _OTHER)
