"""What a real server serves beside the kinds that are simulated, as far as discovery tells: groups, kinds, marks."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from hashlib import sha256
from typing import Final

from sanb.profiles.profile import Profile
from sanb.values import Obj

Versions = Mapping[str, tuple[str, ...]]
GROUPS: Final[Mapping[str, Versions]] = {
    "apiregistration.k8s.io": {"1.10": ("v1", "v1beta1"), "1.22": ("v1",)},
    "extensions": {"1.10": ("v1beta1",), "1.22": ()},
    "apps": {"1.10": ("v1", "v1beta2", "v1beta1"), "1.16": ("v1",)},
    "events.k8s.io": {"1.10": ("v1beta1",), "1.19": ("v1", "v1beta1"), "1.25": ("v1",)},
    "authentication.k8s.io": {
        "1.10": ("v1", "v1beta1"), "1.22": ("v1",), "1.27": ("v1", "v1beta1"), "1.28": ("v1",),
    },
    "authorization.k8s.io": {"1.10": ("v1", "v1beta1"), "1.22": ("v1",)},
    "autoscaling": {
        "1.10": ("v1", "v2beta1"), "1.12": ("v1", "v2beta1", "v2beta2"), "1.23": ("v2", "v1", "v2beta1", "v2beta2"),
        "1.25": ("v2", "v1", "v2beta2"), "1.26": ("v2", "v1"),
    },
    "batch": {"1.10": ("v1", "v1beta1"), "1.25": ("v1",)},
    "certificates.k8s.io": {"1.10": ("v1beta1",), "1.19": ("v1", "v1beta1"), "1.22": ("v1",)},
    "networking.k8s.io": {"1.10": ("v1",), "1.14": ("v1", "v1beta1"), "1.22": ("v1",)},
    "policy": {"1.10": ("v1beta1",), "1.21": ("v1", "v1beta1"), "1.25": ("v1",)},
    "rbac.authorization.k8s.io": {"1.10": ("v1", "v1beta1"), "1.22": ("v1",)},
    "storage.k8s.io": {"1.10": ("v1", "v1beta1"), "1.27": ("v1",)},
    "admissionregistration.k8s.io": {"1.10": ("v1beta1",), "1.16": ("v1", "v1beta1"), "1.22": ("v1",)},
    "apiextensions.k8s.io": {"1.10": ("v1beta1",), "1.16": ("v1", "v1beta1"), "1.22": ("v1",)},
    "scheduling.k8s.io": {"1.10": (), "1.11": ("v1beta1",), "1.14": ("v1", "v1beta1"), "1.22": ("v1",)},
    "coordination.k8s.io": {"1.10": (), "1.12": ("v1beta1",), "1.14": ("v1", "v1beta1"), "1.22": ("v1",)},
    "node.k8s.io": {"1.10": (), "1.14": ("v1beta1",), "1.20": ("v1", "v1beta1"), "1.25": ("v1",)},
    "discovery.k8s.io": {"1.10": (), "1.17": ("v1beta1",), "1.21": ("v1", "v1beta1"), "1.25": ("v1",)},
    "resource.k8s.io": {"1.10": (), "1.34": ("v1",)},
    "flowcontrol.apiserver.k8s.io": {
        "1.10": (), "1.20": ("v1beta1",), "1.23": ("v1beta2", "v1beta1"), "1.26": ("v1beta3", "v1beta2"),
        "1.29": ("v1", "v1beta3"), "1.32": ("v1",),
    },
}
"""Group -> versions, in the order in which a server lists them."""


LISTED: Final[Mapping[str, tuple[Obj, ...]]] = {
    "v1": (
        {"name": "bindings", "namespaced": True, "kind": "Binding", "verbs": ["create"]},
        {"name": "componentstatuses", "namespaced": False, "kind": "ComponentStatus", "verbs": ["get", "list"],
         "shortNames": ["cs"]},
    ),
}
"""Kinds that discovery lists and that nobody can use here, by group version."""
PROXIES: Final = {"nodes": "NodeProxyOptions", "pods": "PodProxyOptions", "services": "ServiceProxyOptions"}
"""Resources with a proxy subresource, which is listed and not served -> the kind of its options."""
PROXY_VERBS: Final = ("create", "delete", "get", "patch", "update")
OPTIONS: Final = {"1.10": False, "1.13": True}
"""Whether exec, attach, portforward and proxy are listed with the kind of their options and with verbs."""
RESIZE: Final = {"1.10": False, "1.33": True}
"""Whether Pods have the subresource resize, which is listed and not served."""
EPHEMERAL: Final = {"1.10": False, "1.23": True}
"""Whether Pods have ephemeral containers (gate EphemeralContainers)."""
EVICTIONS: Final = {"1.10": "v1beta1", "1.22": "v1"}
"""The version of a Pod's eviction."""
NO_COLLECTION: Final[Mapping[str, Mapping[str, bool]]] = {"services": {"1.10": True, "1.23": False}}
"""Kinds that cannot be deleted all at once in some minors."""
UNHASHED: Final = ("bindings", "componentstatuses")
"""Listed kinds that are not stored."""
HASHED: Final = {"1.10": False, "1.15": True}
"""Whether a resource tells the hash of the version that it is stored in (gate StorageVersionHash)."""


def group_versions(profile: Profile) -> tuple[str, ...]:
    """All group versions of a minor but those of the core group, in the order of the server's list."""
    return tuple(f"{name}/{version}" for name, rows in GROUPS.items() for version in profile.pick(rows))


def storage_hash(group_version: str, kind: str) -> str:
    """What discovery tells of the version in which a kind is stored."""
    group, _, version = group_version.rpartition("/")
    return b64encode(sha256(f"{group}/{version}/{kind}".encode()).digest()[:8]).decode()
