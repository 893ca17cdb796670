"""ROWS: the kinds as data, one row each, with the versions that each minor serves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

Versions = Mapping[str, tuple[str, ...]]
RBAC: Final = "rbac.authorization.k8s.io"
NETWORKING: Final = "networking.k8s.io"
ADMISSION: Final = "admissionregistration.k8s.io"
FLOW: Final = "flowcontrol.apiserver.k8s.io"

V1: Final[Versions] = {"1.10": ("v1",)}
APPS: Final[Versions] = {"1.10": ("v1", "v1beta2", "v1beta1"), "1.16": ("v1",)}
SETS: Final[Versions] = {"1.10": ("v1", "v1beta2"), "1.16": ("v1",)}
BETA_UNTIL_22: Final[Versions] = {"1.10": ("v1", "v1beta1"), "1.22": ("v1",)}
FROM_16: Final[Versions] = {"1.10": ("v1beta1",), "1.16": ("v1", "v1beta1"), "1.22": ("v1",)}
FROM_21: Final[Versions] = {"1.10": ("v1beta1",), "1.21": ("v1", "v1beta1"), "1.25": ("v1",)}
SLICES: Final[Versions] = {"1.10": (), "1.17": ("v1beta1",), "1.21": ("v1", "v1beta1"), "1.25": ("v1",)}
AUTOSCALERS: Final[Versions] = {
    "1.10": ("v1", "v2beta1"),
    "1.12": ("v1", "v2beta1", "v2beta2"),
    "1.23": ("v2", "v1", "v2beta1", "v2beta2"),
    "1.25": ("v2", "v1", "v2beta2"),
    "1.26": ("v2", "v1"),
}
INGRESSES: Final[Versions] = {"1.10": (), "1.14": ("v1beta1",), "1.19": ("v1", "v1beta1"), "1.22": ("v1",)}
CLASSES: Final[Versions] = {"1.10": (), "1.18": ("v1beta1",), "1.19": ("v1", "v1beta1"), "1.22": ("v1",)}
PRIORITIES: Final[Versions] = {"1.10": (), "1.11": ("v1beta1",), "1.14": ("v1", "v1beta1"), "1.22": ("v1",)}
RUNTIMES: Final[Versions] = {"1.10": (), "1.14": ("v1beta1",), "1.20": ("v1", "v1beta1"), "1.25": ("v1",)}
FLOWS: Final[Versions] = {
    "1.10": (), "1.20": ("v1beta1",), "1.23": ("v1beta2", "v1beta1"), "1.26": ("v1beta3", "v1beta2"), "1.29": ("v1", "v1beta3"),
    "1.32": ("v1",),
}
SECURITY: Final[Versions] = {"1.10": ("v1beta1",), "1.25": ()}
DRIVERS: Final[Versions] = {"1.10": (), "1.14": ("v1beta1",), "1.18": ("v1", "v1beta1"), "1.22": ("v1",)}
DRIVEN: Final[Versions] = {"1.10": (), "1.14": ("v1beta1",), "1.17": ("v1", "v1beta1"), "1.22": ("v1",)}
ATTACHED: Final[Versions] = {"1.10": ("v1beta1",), "1.13": ("v1", "v1beta1"), "1.22": ("v1",)}
ADMITTED: Final[Versions] = {"1.10": (), "1.30": ("v1",)}
LEASES: Final[Versions] = {"1.10": (), "1.12": ("v1beta1",), "1.14": ("v1", "v1beta1"), "1.22": ("v1",)}
EXTENSIONS: Final[Versions] = {"1.10": ("extensions/v1beta1",), "1.16": ()}
EXTENSIONS_UNTIL_22: Final[Versions] = {"1.10": ("extensions/v1beta1",), "1.22": ()}
NOTHING: Final[Versions] = {}

STATUS: Final = ("status",)
SCALED: Final = ("scale", "status")
ALL: Final = ("all",)
EXTENSIBLE: Final = ("api-extensions",)


class Row(NamedTuple):
    """One kind; `without` are verbs that it does not have."""

    plural: str
    group: str
    kind: str
    namespaced: bool
    versions: Versions = V1
    short: tuple[str, ...] = ()
    subresources: tuple[str, ...] = ()
    aliases: Versions = NOTHING
    categories: tuple[str, ...] = ()
    without: tuple[str, ...] = ()


ROWS: Final = (
    Row("namespaces", "", "Namespace", False, V1, ("ns",), ("finalize", "status"), without=("deletecollection",)),
    Row("serviceaccounts", "", "ServiceAccount", True, V1, ("sa",), ("token",)),
    Row("secrets", "", "Secret", True),
    Row("configmaps", "", "ConfigMap", True, V1, ("cm",)),
    Row("pods", "", "Pod", True, V1, ("po",),
        ("attach", "binding", "ephemeralcontainers", "eviction", "exec", "log", "portforward", "status"), NOTHING, ALL),
    Row("nodes", "", "Node", False, V1, ("no",), STATUS),
    Row("events", "", "Event", True, V1, ("ev",)),
    Row("services", "", "Service", True, V1, ("svc",), STATUS, NOTHING, ALL),
    Row("endpoints", "", "Endpoints", True, V1, ("ep",)),
    Row("replicationcontrollers", "", "ReplicationController", True, V1, ("rc",), SCALED, NOTHING, ALL),
    Row("persistentvolumeclaims", "", "PersistentVolumeClaim", True, V1, ("pvc",), STATUS),
    Row("persistentvolumes", "", "PersistentVolume", False, V1, ("pv",), STATUS),
    Row("resourcequotas", "", "ResourceQuota", True, V1, ("quota",), STATUS),
    Row("limitranges", "", "LimitRange", True, V1, ("limits",)),
    Row("replicasets", "apps", "ReplicaSet", True, SETS, ("rs",), SCALED, EXTENSIONS, ALL),
    Row("deployments", "apps", "Deployment", True, APPS, ("deploy",), SCALED, EXTENSIONS, ALL),
    Row("statefulsets", "apps", "StatefulSet", True, APPS, ("sts",), SCALED, NOTHING, ALL),
    Row("daemonsets", "apps", "DaemonSet", True, SETS, ("ds",), STATUS, EXTENSIONS, ALL),
    Row("controllerrevisions", "apps", "ControllerRevision", True, APPS),
    Row("jobs", "batch", "Job", True, V1, (), STATUS, NOTHING, ALL),
    Row("cronjobs", "batch", "CronJob", True, FROM_21, ("cj",), STATUS, NOTHING, ALL),
    Row("horizontalpodautoscalers", "autoscaling", "HorizontalPodAutoscaler", True, AUTOSCALERS, ("hpa",), STATUS,
        NOTHING, ALL),
    Row("poddisruptionbudgets", "policy", "PodDisruptionBudget", True, FROM_21, ("pdb",), STATUS),
    Row("endpointslices", "discovery.k8s.io", "EndpointSlice", True, SLICES),
    Row("ingresses", NETWORKING, "Ingress", True, INGRESSES, ("ing",), STATUS, EXTENSIONS_UNTIL_22),
    Row("ingressclasses", NETWORKING, "IngressClass", False, CLASSES),
    Row("networkpolicies", NETWORKING, "NetworkPolicy", True, V1, ("netpol",), (), EXTENSIONS),
    Row("roles", RBAC, "Role", True, BETA_UNTIL_22),
    Row("rolebindings", RBAC, "RoleBinding", True, BETA_UNTIL_22),
    Row("clusterroles", RBAC, "ClusterRole", False, BETA_UNTIL_22),
    Row("clusterrolebindings", RBAC, "ClusterRoleBinding", False, BETA_UNTIL_22),
    Row("storageclasses", "storage.k8s.io", "StorageClass", False, BETA_UNTIL_22, ("sc",)),
    Row("priorityclasses", "scheduling.k8s.io", "PriorityClass", False, PRIORITIES, ("pc",)),
    Row("leases", "coordination.k8s.io", "Lease", True, LEASES),
    Row("customresourcedefinitions", "apiextensions.k8s.io", "CustomResourceDefinition", False, FROM_16,
        ("crd", "crds"), STATUS, NOTHING, EXTENSIBLE),
    Row("apiservices", "apiregistration.k8s.io", "APIService", False, BETA_UNTIL_22, (), STATUS, NOTHING, EXTENSIBLE),
    Row("validatingwebhookconfigurations", ADMISSION, "ValidatingWebhookConfiguration", False, FROM_16, (), (),
        NOTHING, EXTENSIBLE),
    Row("mutatingwebhookconfigurations", ADMISSION, "MutatingWebhookConfiguration", False, FROM_16, (), (), NOTHING,
        EXTENSIBLE),
    Row("podtemplates", "", "PodTemplate", True),
    Row("runtimeclasses", "node.k8s.io", "RuntimeClass", False, RUNTIMES),
    Row("flowschemas", FLOW, "FlowSchema", False, FLOWS, (), STATUS),
    Row("prioritylevelconfigurations", FLOW, "PriorityLevelConfiguration", False, FLOWS, (), STATUS),
    Row("podsecuritypolicies", "policy", "PodSecurityPolicy", False, SECURITY, ("psp",), (), EXTENSIONS),
    Row("csidrivers", "storage.k8s.io", "CSIDriver", False, DRIVERS),
    Row("csinodes", "storage.k8s.io", "CSINode", False, DRIVEN),
    Row("volumeattachments", "storage.k8s.io", "VolumeAttachment", False, ATTACHED, (), STATUS),
    Row("validatingadmissionpolicies", ADMISSION, "ValidatingAdmissionPolicy", False, ADMITTED, (), STATUS, NOTHING,
        EXTENSIBLE),
    Row("validatingadmissionpolicybindings", ADMISSION, "ValidatingAdmissionPolicyBinding", False, ADMITTED, (), (), NOTHING,
        EXTENSIBLE),
)
