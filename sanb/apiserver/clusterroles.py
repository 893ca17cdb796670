"""The bootstrap ClusterRoles for people and components, their bindings, and the Roles in kube-system (SEM 10.5)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from sanb.apiserver.controllerroles import events_rule
from sanb.apiserver.noderules import node_rules
from sanb.apiserver.rulebuilder import ALL, READ, WRITE, rule, urls
from sanb.profiles.profile import Profile
from sanb.values import Obj

Rules = tuple[Obj, ...]
AUTHENTICATION: Final = "authentication.k8s.io"
AUTHORIZATION: Final = "authorization.k8s.io"
RBAC: Final = "rbac.authorization.k8s.io"
APPS: Final = "statefulsets daemonsets deployments deployments/scale replicasets replicasets/scale"
EXTENSIONS: Final = (
    "daemonsets deployments deployments/scale ingresses replicasets replicasets/scale replicationcontrollers/scale "
    "networkpolicies"
)
OBJECTS: Final = (
    "replicationcontrollers replicationcontrollers/scale serviceaccounts services services/proxy "
    "persistentvolumeclaims configmaps secrets"
)
CONNECTS: Final = "pods/attach pods/proxy pods/exec pods/portforward"
READABLE: Final = (
    rule(READ, "limitranges resourcequotas bindings events pods/status resourcequotas/status namespaces/status"
               " replicationcontrollers/status pods/log"),
    rule(READ, "namespaces"),
)
IMPERSONATE: Final = rule("impersonate", "serviceaccounts")
LOCAL_REVIEWS: Final = rule("create", "localsubjectaccessreviews", AUTHORIZATION)
GRANTING: Final = rule(ALL, "roles rolebindings", RBAC)
_OLD_EDIT: Final[Rules] = (
    rule(ALL, f"pods {CONNECTS}"), rule(ALL, f"{OBJECTS} endpoints"), *READABLE, IMPERSONATE,
    rule(ALL, f"{APPS} deployments/rollback", "apps"), rule(ALL, "horizontalpodautoscalers", "autoscaling"),
    rule(ALL, "jobs cronjobs", "batch"), rule(ALL, f"{EXTENSIONS} deployments/rollback", "extensions"),
    rule(ALL, "poddisruptionbudgets", "policy"), rule(ALL, "networkpolicies", "networking.k8s.io"),
)
_WORKLOADS: Final[Rules] = (
    rule(WRITE, f"{APPS} statefulsets/scale deployments/rollback", "apps"),
    rule(WRITE, "horizontalpodautoscalers", "autoscaling"), rule(WRITE, "jobs cronjobs", "batch"),
    rule(WRITE, f"{EXTENSIONS} deployments/rollback", "extensions"), rule(WRITE, "poddisruptionbudgets", "policy"),
    rule(WRITE, "networkpolicies ingresses", "networking.k8s.io"),
)
_ESCALATING: Final[Rules] = (
    rule(READ, f"{CONNECTS} secrets services/proxy"), IMPERSONATE, rule(WRITE, f"pods {CONNECTS}"),
)
_EVICTION: Final = rule("create", "pods/eviction")
_TOKENS: Final = rule("create", "serviceaccounts/token")
_LEASES: Final = rule(ALL, "leases", "coordination.k8s.io")
_CLAIMS: Final = rule(WRITE, "resourceclaims resourceclaimtemplates", "resource.k8s.io")
EDIT: Final[Mapping[str, Rules]] = {
    "1.10": _OLD_EDIT,
    "1.12": (*_ESCALATING, rule(WRITE, f"{OBJECTS} endpoints"), *_WORKLOADS),
    "1.22": (*_ESCALATING, _EVICTION, rule(WRITE, f"{OBJECTS} events"), *_WORKLOADS),
    "1.24": (*_ESCALATING, _EVICTION, rule(WRITE, f"{OBJECTS} events"), _TOKENS, *_WORKLOADS, _LEASES),
    "1.34": (*_ESCALATING, _EVICTION, rule(WRITE, f"{OBJECTS} events"), _TOKENS, *_WORKLOADS, _LEASES, _CLAIMS),
}
_SEEN: Final = "pods replicationcontrollers replicationcontrollers/scale serviceaccounts services endpoints"
_OLD_VIEW: Final[Rules] = (
    rule(READ, f"{_SEEN} persistentvolumeclaims configmaps"), *READABLE, rule(READ, APPS, "apps"),
    rule(READ, "horizontalpodautoscalers", "autoscaling"), rule(READ, "jobs cronjobs", "batch"),
    rule(READ, EXTENSIONS, "extensions"), rule(READ, "poddisruptionbudgets", "policy"),
    rule(READ, "networkpolicies", "networking.k8s.io"),
)
_CORE_VIEW: Final = rule(
    READ, f"{_SEEN} services/status persistentvolumeclaims persistentvolumeclaims/status configmaps"
)
_VIEW: Final[Rules] = (
    rule(READ, f"{APPS} controllerrevisions statefulsets/status statefulsets/scale daemonsets/status deployments/status"
               " replicasets/status", "apps"),
    rule(READ, "horizontalpodautoscalers horizontalpodautoscalers/status", "autoscaling"),
    rule(READ, "jobs cronjobs cronjobs/status jobs/status", "batch"),
    rule(READ, f"{EXTENSIONS} daemonsets/status deployments/status ingresses/status replicasets/status", "extensions"),
    rule(READ, "poddisruptionbudgets poddisruptionbudgets/status", "policy"),
    rule(READ, "networkpolicies ingresses ingresses/status", "networking.k8s.io"),
)
_SLICES: Final = rule(READ, "endpointslices", "discovery.k8s.io")
_CLAIM_VIEW: Final = rule(READ, "resourceclaims resourceclaims/status resourceclaimtemplates", "resource.k8s.io")
VIEW: Final[Mapping[str, Rules]] = {
    "1.10": _OLD_VIEW,
    "1.12": (_CORE_VIEW, *READABLE, *_VIEW),
    "1.22": (_CORE_VIEW, *READABLE, _SLICES, *_VIEW),
    "1.34": (_CORE_VIEW, *READABLE, _SLICES, *_VIEW, _CLAIM_VIEW),
}
ADMIN: Final[Mapping[str, Rules]] = {
    "1.10": (*_OLD_EDIT, LOCAL_REVIEWS, GRANTING),
    "1.12": (LOCAL_REVIEWS, GRANTING),
}
_PUBLIC: Final = "/healthz /livez /readyz /version /version/"
DISCOVERY: Final[Mapping[str, Rules]] = {
    "1.10": (urls("get", "/healthz /version /version/ /swaggerapi /swaggerapi/* /swagger.json /swagger-2.0.0.pb-v1"
                         " /openapi /openapi/* /api /api/* /apis /apis/*"),),
    "1.14": (urls("get", "/healthz /version /version/ /openapi /openapi/* /api /api/* /apis /apis/*"),),
    "1.17": (urls("get", f"{_PUBLIC} /openapi /openapi/* /api /api/* /apis /apis/*"),),
}
_SELF_ACCESS: Final = rule("create", "selfsubjectaccessreviews selfsubjectrulesreviews", AUTHORIZATION)
BASIC: Final[Mapping[str, Rules]] = {
    "1.10": (_SELF_ACCESS,), "1.26": (_SELF_ACCESS, rule("create", "selfsubjectreviews", AUTHENTICATION)),
}
ISSUER: Final[Mapping[str, Rules]] = {
    "1.10": (urls("get", "/.well-known/openid-configuration /openid/v1/jwks"),),
    "1.28": (urls("get", "/.well-known/openid-configuration /.well-known/openid-configuration/ /openid/v1/jwks"
                         " /openid/v1/jwks/"),),
}
DELEGATED: Final[Rules] = (
    rule("create", "tokenreviews", AUTHENTICATION), rule("create", "subjectaccessreviews", AUTHORIZATION),
)
_LISTING: Final = rule("list watch", "*", "*")
_MANAGER_OLD: Final[Rules] = (
    rule("create", "endpoints secrets serviceaccounts"), rule("delete", "secrets"),
    rule("get", "endpoints namespaces secrets serviceaccounts"), rule("update", "endpoints secrets serviceaccounts"),
    DELEGATED[0], _LISTING,
)
_MANAGER: Final[Rules] = (
    rule("create", "leases", "coordination.k8s.io"),
    rule("get update", "leases", "coordination.k8s.io", "kube-controller-manager"),
    rule("create", "secrets serviceaccounts"), rule("delete", "secrets"),
    rule("get", "namespaces secrets serviceaccounts configmaps"), rule("update", "secrets serviceaccounts"), *DELEGATED,
    _LISTING,
)
MANAGER: Final[Mapping[str, Rules]] = {
    "1.10": _MANAGER_OLD, "1.20": (*_MANAGER, rule("create", "serviceaccounts/token")),
}
_SCHEDULING: Final[Rules] = (
    rule(READ, "nodes"), rule(f"{READ} delete", "pods"), rule("create", "pods/binding bindings"),
    rule("patch update", "pods/status"), rule(READ, "services replicationcontrollers"),
    rule(READ, "replicasets", "apps|extensions"), rule(READ, "statefulsets", "apps"),
    rule(READ, "poddisruptionbudgets", "policy"), rule(READ, "persistentvolumeclaims persistentvolumes"),
)
SCHEDULER: Final[Mapping[str, Rules]] = {
    "1.10": (
        rule("create", "endpoints"), rule("get update patch delete", "endpoints", names="kube-scheduler"), *_SCHEDULING,
    ),
    "1.20": (
        rule("create", "leases", "coordination.k8s.io"),
        rule("get update", "leases", "coordination.k8s.io", "kube-scheduler"),
        *_SCHEDULING, *DELEGATED, rule(READ, "csinodes", "storage.k8s.io"),
        rule(READ, "namespaces"), rule(READ, "csidrivers", "storage.k8s.io"),
        rule(READ, "csistoragecapacities", "storage.k8s.io"),
    ),
}
KUBELET_API: Final[Rules] = (
    rule(READ, "nodes"), rule("proxy", "nodes"),
    rule("*", "nodes/proxy nodes/metrics nodes/spec nodes/stats nodes/log"),
)
_SIGNING: Final = "certificatesigningrequests/"
_CERTIFICATES: Final = "certificates.k8s.io"


class BootstrapRole(NamedTuple):
    """One ClusterRole: rules by minor, or the label that it is put together by; `bound` are Groups, Users, accounts."""

    name: str
    rules: Mapping[str, Rules] = {"1.10": ()}
    since: str = "1.10"
    events: str = ""
    """Where the rule about events stands among its rules: "first", "last", or "" for none."""
    bound: Mapping[str, tuple[str, ...]] = {"1.10": ()}
    """`Group:name`, `User:name` or `ServiceAccount:namespace/name`, by minor."""
    aggregates: str = ""
    """The word after `aggregate-to-` in the label of the roles that it is put together of."""
    into: Mapping[str, str] = {"1.10": ""}
    """The word in its own label: the role that it becomes part of."""
    served: Callable[[Profile], bool] = lambda profile: True


def _to(*subjects: str) -> Mapping[str, tuple[str, ...]]:
    return {"1.10": subjects}


EVERYBODY: Final = ("Group:system:authenticated", "Group:system:unauthenticated")
SELF_INFORMATION: Final = {"1.10": EVERYBODY, "1.14": EVERYBODY[:1]}
CLUSTER_ROLES: Final[tuple[BootstrapRole, ...]] = (
    BootstrapRole("cluster-admin", {"1.10": (rule("*", "*", "*"), urls("*", "*"))}, bound=_to("Group:system:masters")),
    BootstrapRole("system:discovery", DISCOVERY, bound=SELF_INFORMATION),
    BootstrapRole("system:basic-user", BASIC, bound=SELF_INFORMATION),
    BootstrapRole("system:public-info-viewer", {"1.10": (urls("get", _PUBLIC),)}, "1.14", bound=_to(*EVERYBODY)),
    BootstrapRole("admin", aggregates="admin"),
    BootstrapRole("edit", aggregates="edit", into={"1.10": "", "1.12": "admin"}),
    BootstrapRole("view", aggregates="view", into={"1.10": "", "1.12": "edit"}),
    BootstrapRole("system:aggregate-to-admin", ADMIN, into={"1.10": "admin"}),
    BootstrapRole("system:aggregate-to-edit", EDIT, into={"1.10": "edit"}),
    BootstrapRole("system:aggregate-to-view", VIEW, into={"1.10": "view"}),
    BootstrapRole("system:heapster", {"1.10": (
        rule(READ, "events pods nodes namespaces"), rule(READ, "deployments", "extensions"),
    )}),
    BootstrapRole("system:node-problem-detector", {"1.10": (
        rule("get", "nodes"), rule("patch", "nodes/status"),
    )}, events="last"),
    BootstrapRole("system:kubelet-api-admin", {"1.10": KUBELET_API}),
    BootstrapRole("system:node-bootstrapper", {"1.10": (
        rule("create get list watch", "certificatesigningrequests", _CERTIFICATES),
    )}),
    BootstrapRole("system:auth-delegator", {"1.10": DELEGATED}),
    BootstrapRole("system:kube-aggregator", {"1.10": (rule(READ, "services endpoints"),)}),
    BootstrapRole("system:kube-controller-manager", MANAGER, events="first",
                  bound=_to("User:system:kube-controller-manager")),
    BootstrapRole("system:kube-scheduler", SCHEDULER, events="first", bound=_to("User:system:kube-scheduler")),
    BootstrapRole("system:kube-dns", {"1.10": (rule("list watch", "endpoints services"),)},
                  bound=_to("ServiceAccount:kube-system/kube-dns")),
    BootstrapRole("system:persistent-volume-provisioner", {"1.10": (
        rule(f"{READ} create delete", "persistentvolumes"), rule(f"{READ} update", "persistentvolumeclaims"),
        rule(READ, "storageclasses", "storage.k8s.io"), rule("watch", "events"),
    )}, events="last"),
    BootstrapRole("system:certificates.k8s.io:certificatesigningrequests:nodeclient", {"1.10": (
        rule("create", f"{_SIGNING}nodeclient", _CERTIFICATES),
    )}),
    BootstrapRole("system:certificates.k8s.io:certificatesigningrequests:selfnodeclient", {"1.10": (
        rule("create", f"{_SIGNING}selfnodeclient", _CERTIFICATES),
    )}),
    BootstrapRole("system:volume-scheduler", {"1.10": (
        rule(f"{READ} update patch", "persistentvolumes"), rule(READ, "storageclasses", "storage.k8s.io"),
        rule(f"{READ} update patch", "persistentvolumeclaims"),
    )}, bound=_to("User:system:kube-scheduler")),
    *(
        BootstrapRole(f"system:certificates.k8s.io:{signer}-approver", {"1.10": (
            rule("approve", "signers", _CERTIFICATES, f"kubernetes.io/{signer}"),
        )}, "1.18")
        for signer in ("legacy-unknown", "kubelet-serving", "kube-apiserver-client", "kube-apiserver-client-kubelet")
    ),
    BootstrapRole("system:monitoring", {"1.10": (
        urls("get", "/metrics /metrics/slis /livez /readyz /healthz /livez/* /readyz/* /healthz/*"),
    )}, "1.20", bound=_to("Group:system:monitoring")),
    BootstrapRole("system:service-account-issuer-discovery", ISSUER, bound={
        "1.10": (), "1.20": ("Group:system:serviceaccounts",),
    }, served=lambda profile: bool(profile["oidc"])),
    BootstrapRole("system:node-proxier", {
        "1.10": (rule("list watch", "services endpoints"), rule("get list watch", "nodes")),
        "1.17": (rule("list watch", "services endpoints"), rule("get list watch", "nodes"),
                 rule("list watch", "endpointslices", "discovery.k8s.io")),
    }, events="last", bound=_to("User:system:kube-proxy")),
)


def rules_of(row: BootstrapRole, profile: Profile) -> list[Obj]:
    """The rules of a role in a minor; none for a role that is put together of others."""
    events = [events_rule(profile)]
    before, after = (events if row.events == place else [] for place in ("first", "last"))
    return [*before, *profile.pick(row.rules), *after]


NODE: Final = "system:node"


def node_role_rules(profile: Profile) -> list[Obj]:
    """The rules of system:node, which nobody is bound to: the Node authorizer gives them to nodes."""
    return list(node_rules(profile))


class SpaceRole(NamedTuple):
    """A Role in kube-system or kube-public, and whom it is bound to by `binding` (a binding of its name if empty)."""

    namespace: str
    name: str
    rules: Rules
    bound: tuple[str, ...] = ()
    binding: str = ""
    events: bool = False


_LEADERS: Final = rule("watch", "configmaps")
SPACE_ROLES: Final[tuple[SpaceRole, ...]] = (
    SpaceRole("kube-system", "extension-apiserver-authentication-reader", (
        rule(READ, "configmaps", names="extension-apiserver-authentication"),
    ), ("User:system:kube-controller-manager", "User:system:kube-scheduler"),
        "system::extension-apiserver-authentication-reader"),
    SpaceRole("kube-system", "system:controller:bootstrap-signer", (rule(READ, "secrets"),),
              ("ServiceAccount:kube-system/bootstrap-signer",)),
    SpaceRole("kube-system", "system:controller:cloud-provider", (rule(f"{READ} create", "configmaps"),),
              ("ServiceAccount:kube-system/cloud-provider",)),
    SpaceRole("kube-system", "system:controller:token-cleaner", (rule(f"{READ} delete", "secrets"),),
              ("ServiceAccount:kube-system/token-cleaner",), events=True),
    *(
        SpaceRole("kube-system", f"system::leader-locking-{name}", (
            _LEADERS, rule("get update", "configmaps", names=name),
        ), (f"User:system:{name}", f"ServiceAccount:kube-system/{name}"))
        for name in ("kube-controller-manager", "kube-scheduler")
    ),
    SpaceRole("kube-public", "system:controller:bootstrap-signer", (
        rule(READ, "configmaps"), rule("update", "configmaps", names="cluster-info"),
    ), ("ServiceAccount:kube-system/bootstrap-signer",), events=True),
)
