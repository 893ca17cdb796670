"""The roles `system:controller:*`: what each controller may do (SEM 10.5).

A name is that of the role and of the ServiceAccount in kube-system that it is bound to.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from sanb.apiserver.rulebuilder import READ, rule
from sanb.profiles.profile import Profile
from sanb.values import Obj

Rules = tuple[Obj, ...]
EVENT_GROUPS: Final = {"1.10": "", "1.19": "|events.k8s.io"}
_OLD_EVENTS: Final = rule("create update patch", "events")
_EVENTS: Final = rule("create update patch", "events", "|events.k8s.io")
APPS: Final = "apps|extensions"
_POD_MAKER: Final = rule("list watch patch create delete", "pods")
_NODES: Final = rule("list watch", "nodes")
_SIGNERS: Final = (
    "kubernetes.io/legacy-unknown kubernetes.io/kube-apiserver-client kubernetes.io/kube-apiserver-client-kubelet "
    "kubernetes.io/kubelet-serving"
)
_STATEFUL: Final = (
    rule("list watch", "pods"), rule(READ, "statefulsets", "apps"), rule("update", "statefulsets/status", "apps"),
    rule("update", "statefulsets/finalizers", "apps"), rule("get create delete update patch", "pods"),
    rule(f"{READ} create delete update patch", "controllerrevisions", "apps"), rule(f"{READ} create", "persistentvolumeclaims"),
)


class ControllerRole(NamedTuple):
    """One role: rules by minor, and the minor (or switch of a profile) that has it; `events` adds the usual rule."""

    name: str
    rules: Mapping[str, Rules]
    since: str = "1.10"
    served: Callable[[Profile], bool] = lambda profile: True
    events: bool = True


def _plain(name: str, *rules: Obj, since: str = "1.10", events: bool = True) -> ControllerRole:
    return ControllerRole(name, {"1.10": rules}, since, events=events)


CONTROLLER_ROLES: Final[tuple[ControllerRole, ...]] = (
    _plain(
        "attachdetach-controller", rule("list watch", "persistentvolumes persistentvolumeclaims"), rule(READ, "nodes"),
        rule("patch update", "nodes/status"), rule("list watch", "pods"),
        rule("get create delete list watch", "volumeattachments", "storage.k8s.io"),
        rule(READ, "csidrivers", "storage.k8s.io"), rule(READ, "csinodes", "storage.k8s.io"),
    ),
    ControllerRole("clusterrole-aggregation-controller", {
        "1.10": (rule("*", "*", "*"), {"verbs": ["*"], "nonResourceURLs": ["*"]}),
        "1.12": (rule("escalate get list watch update patch", "clusterroles", "rbac.authorization.k8s.io"),),
    }, events=False),
    _plain(
        "cronjob-controller", rule(f"{READ} update", "cronjobs", "batch"),
        rule(f"{READ} create update delete patch", "jobs", "batch"), rule("update", "cronjobs/status", "batch"),
        rule("update", "cronjobs/finalizers", "batch"), rule("list watch delete", "pods"),
    ),
    _plain(
        "daemon-set-controller", rule(READ, "daemonsets", APPS), rule("update", "daemonsets/status", APPS),
        rule("update", "daemonsets/finalizers", APPS), _NODES, _POD_MAKER, rule("create", "pods/binding"),
        rule(f"{READ} create delete update patch", "controllerrevisions", "apps"),
    ),
    _plain(
        "deployment-controller", rule(f"{READ} update", "deployments", APPS),
        rule("update", "deployments/status", APPS), rule("update", "deployments/finalizers", APPS),
        rule(f"{READ} create update patch delete", "replicasets", APPS), rule(f"{READ} update", "pods"),
    ),
    _plain(
        "disruption-controller", rule(READ, "deployments", APPS), rule(READ, "replicasets", APPS),
        rule(READ, "replicationcontrollers"), rule(READ, "poddisruptionbudgets", "policy"),
        rule(READ, "statefulsets", "apps"), rule("update", "poddisruptionbudgets/status", "policy"),
        rule("get", "*/scale", "*"),
    ),
    _plain(
        "endpoint-controller", rule(READ, "services pods"), rule(f"{READ} create update delete", "endpoints"),
        rule("create", "endpoints/restricted"),
    ),
    _plain(
        "endpointslice-controller", rule(READ, "services pods nodes"), rule("update", "services/finalizers"),
        rule(f"{READ} create update delete", "endpointslices", "discovery.k8s.io"), since="1.17",
    ),
    _plain(
        "endpointslicemirroring-controller", rule(READ, "services endpoints"), rule("update", "services/finalizers"),
        rule("update", "endpoints/finalizers"),
        rule(f"{READ} create update delete", "endpointslices", "discovery.k8s.io"), since="1.19",
    ),
    _plain(
        "expand-controller", rule(f"{READ} update patch", "persistentvolumes"),
        rule("update patch", "persistentvolumeclaims/status"), rule(READ, "persistentvolumeclaims"),
        rule("get", "services"), since="1.11",
    ),
    _plain(
        "ephemeral-volume-controller", rule(READ, "pods"), rule("update", "pods/finalizers"),
        rule(f"{READ} create", "persistentvolumeclaims"), since="1.21",
    ),
    _plain("generic-garbage-collector", rule(f"{READ} patch update delete", "*", "*")),
    _plain(
        "horizontal-pod-autoscaler", rule(READ, "horizontalpodautoscalers", "autoscaling"),
        rule("update", "horizontalpodautoscalers/status", "autoscaling"), rule("get update", "*/scale", "*"),
        rule("list watch", "pods"), rule("list watch", "pods", "metrics.k8s.io"),
        rule(READ, "*", "custom.metrics.k8s.io"), rule(READ, "*", "external.metrics.k8s.io"),
    ),
    _plain(
        "job-controller", rule(f"{READ} update patch", "jobs", "batch"), rule("update", "jobs/status", "batch"),
        rule("update", "jobs/finalizers", "batch"), _POD_MAKER,
    ),
    _plain(
        "namespace-controller", rule(f"{READ} delete", "namespaces"),
        rule("update", "namespaces/finalize namespaces/status"), rule(f"{READ} delete deletecollection", "*", "*"),
        events=False,
    ),
    _plain(
        "node-controller", rule(f"{READ} update delete patch", "nodes"), rule("patch update", "nodes/status"),
        rule("patch update", "pods/status"), rule(f"{READ} delete", "pods"),
    ),
    _plain(
        "persistent-volume-binder", rule(f"{READ} update create delete", "persistentvolumes"),
        rule("update", "persistentvolumes/status"), rule(f"{READ} update", "persistentvolumeclaims"),
        rule("update", "persistentvolumeclaims/status"), rule(f"{READ} create delete", "pods"),
        rule(READ, "storageclasses", "storage.k8s.io"), _NODES, rule("watch", "events"), rule("get", "services"),
    ),
    _plain(
        "pod-garbage-collector", rule("list watch delete", "pods"), rule(READ, "nodes"), rule("patch", "pods/status"),
        events=False,
    ),
    _plain(
        "replicaset-controller", rule(f"{READ} update", "replicasets", APPS),
        rule("update", "replicasets/status", APPS), rule("update", "replicasets/finalizers", APPS), _POD_MAKER,
    ),
    _plain(
        "replication-controller", rule(f"{READ} update", "replicationcontrollers"),
        rule("update", "replicationcontrollers/status"), rule("update", "replicationcontrollers/finalizers"),
        _POD_MAKER,
    ),
    _plain("resourcequota-controller", rule("list watch", "*", "*"), rule("update", "resourcequotas/status")),
    _plain("route-controller", _NODES, rule("patch", "nodes/status")),
    _plain("service-account-controller", rule("create", "serviceaccounts")),
    _plain("service-controller", rule(READ, "services"), rule("patch update", "services/status"), _NODES),
    ControllerRole("statefulset-controller", {
        "1.10": _STATEFUL, "1.27": (*_STATEFUL, rule("update delete", "persistentvolumeclaims")),
    }),
    _plain("ttl-controller", rule("update patch list watch", "nodes")),
    _plain(
        "certificate-controller", rule(f"{READ} delete", "certificatesigningrequests", "certificates.k8s.io"),
        rule("update", "certificatesigningrequests/status certificatesigningrequests/approval", "certificates.k8s.io"),
        rule("approve", "signers", "certificates.k8s.io", "kubernetes.io/kube-apiserver-client-kubelet"),
        rule("sign", "signers", "certificates.k8s.io", _SIGNERS),
        rule("create", "subjectaccessreviews", "authorization.k8s.io"),
    ),
    _plain("pvc-protection-controller", rule(f"{READ} update", "persistentvolumeclaims"), rule(READ, "pods")),
    _plain("pv-protection-controller", rule(f"{READ} update", "persistentvolumes")),
    _plain("ttl-after-finished-controller", rule(f"{READ} delete", "jobs", "batch"), since="1.21"),
    ControllerRole(
        "root-ca-cert-publisher", {"1.10": (rule("create update", "configmaps"),)},
        served=lambda profile: profile["root_ca"] != "off",
    ),
    ControllerRole("legacy-service-account-token-cleaner", {"1.10": (
        rule("get", "configmaps", names="kube-apiserver-legacy-service-account-token-tracking"),
        rule("patch delete", "secrets"),
    )}, served=lambda profile: bool(profile["cleaner"]), events=False),
    _plain(
        "validatingadmissionpolicy-status-controller",
        rule(READ, "validatingadmissionpolicies", "admissionregistration.k8s.io"),
        rule("get patch update", "validatingadmissionpolicies/status", "admissionregistration.k8s.io"), since="1.30",
    ),
)


def events_rule(profile: Profile) -> Obj:
    """The rule that lets a component record events."""
    return _EVENTS if profile.pick(EVENT_GROUPS) else _OLD_EVENTS


def controller_rules(profile: Profile) -> dict[str, list[Obj]]:
    """The rules of every controller that a minor has, by its name."""
    present = {"1.0": False}
    found: dict[str, list[Obj]] = {}
    for row in CONTROLLER_ROLES:
        if profile.pick({**present, row.since: True}) and row.served(profile):
            found[row.name] = [*profile.pick(row.rules), *([events_rule(profile)] if row.events else [])]
    return found
