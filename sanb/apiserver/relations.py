"""RELATIONS: which field of which resource names which other object.

One table feeds the store's indexes, the garbage collector's owners and the graph's edges.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final, NamedTuple

from sanb.apiserver import relationkinds
from sanb.store.index import Indexers, Parts
from sanb.values import Obj

Place = tuple[str, str]
"""(namespace, name) of an object; the namespace is "" for cluster-scoped kinds."""

TOKEN_TYPE: Final = "kubernetes.io/service-account-token"
ACCOUNT_NAME: Final = "kubernetes.io/service-account.name"
ACCOUNT_UID: Final = "kubernetes.io/service-account.uid"


class Relation(NamedTuple):
    """Objects of `resource` ("*": of every resource) point to objects of `target`; `find` yields their places."""

    name: str
    resource: str
    target: str
    find: Callable[[Obj], Iterable[Place]]


# ---------------------------------------------------------------------- where the names stand


CONTAINERS: Final = ("initContainers", "containers", "ephemeralContainers")


def _sources(pod: Obj) -> list[Obj]:
    """Every volume and every source of a projected volume."""
    found: list[Obj] = []
    for volume in pod["spec"].get("volumes") or ():
        if volume.get("projected") is None:
            found.append(volume)
        else:
            found += volume["projected"].get("sources") or ()
    return found


def _environment(pod: Obj, ref: str, key_ref: str) -> list[str]:
    """Names in the environments of all containers; most containers have none, and cost no more than a look."""
    spec = pod["spec"]
    return [
        name for field in CONTAINERS if field in spec for container in spec[field] or ()
        if "env" in container or "envFrom" in container for name in _variables(container, ref, key_ref)
    ]


def _variables(container: Obj, ref: str, key_ref: str) -> Iterator[str]:
    for source in container.get("envFrom") or ():
        if ref in source:
            yield source[ref].get("name") or ""
    for variable in container.get("env") or ():
        value = variable.get("valueFrom")
        if value and key_ref in value:
            yield value[key_ref].get("name") or ""


def mounted_secrets(pod: Obj) -> Iterator[Place]:
    """Secrets whose keys are files of the Pod."""
    space = pod["metadata"]["namespace"]
    for source in _sources(pod):
        secret = source.get("secret")
        if secret is not None:
            yield space, secret.get("secretName") or secret.get("name") or ""


def mounted_configmaps(pod: Obj) -> Iterator[Place]:
    """ConfigMaps whose keys are files of the Pod."""
    space = pod["metadata"]["namespace"]
    for source in _sources(pod):
        config = source.get("configMap")
        if config is not None:
            yield space, config.get("name") or ""


def _env_secrets(pod: Obj) -> list[Place]:
    space = pod["metadata"]["namespace"]
    return [(space, name) for name in _environment(pod, "secretRef", "secretKeyRef")]


def _env_configmaps(pod: Obj) -> list[Place]:
    space = pod["metadata"]["namespace"]
    return [(space, name) for name in _environment(pod, "configMapRef", "configMapKeyRef")]


def _pull_secrets(pod: Obj) -> Iterator[Place]:
    space = pod["metadata"]["namespace"]
    for reference in pod["spec"].get("imagePullSecrets") or ():
        yield space, reference.get("name") or ""


def _account(pod: Obj) -> Iterator[Place]:
    name = pod["spec"].get("serviceAccountName")
    if name:
        yield pod["metadata"]["namespace"], name


def _node(pod: Obj) -> Iterator[Place]:
    name = pod["spec"].get("nodeName")
    if name:
        yield "", name


def _namespace(obj: Obj) -> Iterator[Place]:
    name = obj["metadata"].get("namespace")
    if name:
        yield "", name


def _listed_secrets(account: Obj) -> Iterator[Place]:
    space = account["metadata"]["namespace"]
    for reference in account.get("secrets") or ():
        yield space, reference.get("name") or ""


def _account_pull_secrets(account: Obj) -> Iterator[Place]:
    space = account["metadata"]["namespace"]
    for reference in account.get("imagePullSecrets") or ():
        yield space, reference.get("name") or ""


def token_account(secret: Obj) -> Place | None:
    """(namespace, name) of the account that a token Secret says it belongs to."""
    if secret.get("type") != TOKEN_TYPE:
        return None
    fields = secret["metadata"]
    name = (fields.get("annotations") or {}).get(ACCOUNT_NAME)
    return (fields["namespace"], name) if name else None


def _issued_for(secret: Obj) -> Iterator[Place]:
    account = token_account(secret)
    if account is not None:
        yield account


# ---------------------------------------------------------------------- roles and bindings

ROLES: Final = "roles.rbac.authorization.k8s.io"
CLUSTER_ROLES: Final = "clusterroles.rbac.authorization.k8s.io"
BINDINGS: Final = "rolebindings.rbac.authorization.k8s.io"
CLUSTER_BINDINGS: Final = "clusterrolebindings.rbac.authorization.k8s.io"
GRANTING: Final = (ROLES, CLUSTER_ROLES, BINDINGS, CLUSTER_BINDINGS)
"""The resources that decide what somebody may do."""


def _role(binding: Obj) -> Iterator[Place]:
    reference = binding.get("roleRef") or {}
    if reference.get("kind") == "Role" and reference.get("name"):
        yield binding["metadata"].get("namespace", ""), reference["name"]


def _cluster_role(binding: Obj) -> Iterator[Place]:
    reference = binding.get("roleRef") or {}
    if reference.get("kind") == "ClusterRole" and reference.get("name"):
        yield "", reference["name"]


def _bound_accounts(binding: Obj) -> Iterator[Place]:
    own = binding["metadata"].get("namespace", "")
    for subject in binding.get("subjects") or ():
        if subject.get("kind") == "ServiceAccount":
            yield subject.get("namespace") or own, subject.get("name") or ""


def _subject_index(binding: Obj) -> Any:
    """(namespace of the binding, "User" or "Group", name); an account is the user that it makes requests as."""
    own = binding["metadata"].get("namespace", "")
    found: dict[tuple[str, str, str], None] = {}
    for subject in binding.get("subjects") or ():
        kind, name = subject.get("kind"), subject.get("name") or ""
        if kind == "ServiceAccount":
            kind, name = "User", f"system:serviceaccount:{subject.get('namespace') or own}:{name}"
        found[own, str(kind), name] = None
    return list(found) or None


RELATIONS: Final[tuple[Relation, ...]] = (
    Relation("in-namespace", "*", "namespaces", _namespace),
    Relation("uses", "pods", "serviceaccounts", _account),
    Relation("runs-on", "pods", "nodes", _node),
    Relation("mounts", "pods", "secrets", mounted_secrets),
    Relation("mounts", "pods", "configmaps", mounted_configmaps),
    Relation("reads", "pods", "secrets", _env_secrets),
    Relation("reads", "pods", "configmaps", _env_configmaps),
    Relation("pulls-with", "pods", "secrets", _pull_secrets),
    Relation("references", "serviceaccounts", "secrets", _listed_secrets),
    Relation("pulls-with", "serviceaccounts", "secrets", _account_pull_secrets),
    Relation("issued-for", "secrets", "serviceaccounts", _issued_for),
    Relation("grants", BINDINGS, ROLES, _role),
    Relation("grants", BINDINGS, CLUSTER_ROLES, _cluster_role),
    Relation("grants", CLUSTER_BINDINGS, CLUSTER_ROLES, _cluster_role),
    Relation("binds", BINDINGS, "serviceaccounts", _bound_accounts),
    Relation("binds", CLUSTER_BINDINGS, "serviceaccounts", _bound_accounts),
    *(Relation(*row) for row in relationkinds.ROWS),
)
"""Owners (`metadata.ownerReferences`) are named by uid and kind instead of by place: see `owners`."""


def owners(obj: Obj) -> list[Obj]:
    """The ownerReferences of an object."""
    found: list[Obj] = obj["metadata"].get("ownerReferences") or []
    return found


def controller_of(obj: Obj) -> Obj | None:
    """The ownerReference of the controller, or None."""
    for reference in owners(obj):
        if reference.get("controller"):
            return reference
    return None


# ---------------------------------------------------------------------- indexes


def _owner_index(obj: Obj) -> Any:
    references = obj["metadata"].get("ownerReferences")
    return [reference["uid"] for reference in references] if references else None


def _node_index(pod: Obj) -> Any:
    return pod["spec"].get("nodeName") or None


def _account_index(pod: Obj) -> Any:
    name = pod["spec"].get("serviceAccountName")
    return (pod["metadata"]["namespace"], name) if name else None


def _node_account_index(pod: Obj) -> Any:
    """(node, namespace, account): what the Node authorizer asks for every token of a kubelet."""
    spec = pod["spec"]
    node, name = spec.get("nodeName"), spec.get("serviceAccountName")
    return (node, pod["metadata"]["namespace"], name) if node and name else None


def _secret_index(pod: Obj) -> Any:
    return _filed(pod, "secret")


def _configmap_index(pod: Obj) -> Any:
    return _filed(pod, "configMap")


def _filed(pod: Obj, kind: str) -> list[Place] | None:
    """All Secrets or ConfigMaps that a Pod refers to: what the relations find, in one walk without generators."""
    spec = pod["spec"]
    names: dict[str, None] = {}
    for volume in spec.get("volumes") or ():
        projected = volume.get("projected")
        for source in (volume,) if projected is None else projected.get("sources") or ():
            if kind in source:
                names[source[kind].get("secretName") or source[kind].get("name") or ""] = None
    for field in ("containers", "initContainers", "ephemeralContainers"):
        for container in spec.get(field) or ():
            if "env" in container or "envFrom" in container:
                names.update(dict.fromkeys(_environment(pod, f"{kind}Ref", f"{kind}KeyRef")))
    if kind == "secret" and "imagePullSecrets" in spec:
        names.update((name, None) for _, name in _pull_secrets(pod))
    space = pod["metadata"]["namespace"]
    return [(space, name) for name in names] if names else None


def _orphan_index(obj: Obj) -> Any:
    metadata = obj["metadata"]
    if "ownerReferences" in metadata and controller_of(obj) is not None:
        return None
    return metadata.get("namespace")


INDEXERS: Final[Indexers] = {
    "*": {"owner": _owner_index},
    "pods": {
        "node": _node_index,
        "account": _account_index,
        "node-account": _node_account_index,
        "secret": _secret_index,
        "configmap": _configmap_index,
        "orphan": _orphan_index,
    },
    "replicasets.apps": {"orphan": _orphan_index},
    "secrets": {"account": token_account},
    "priorityclasses.scheduling.k8s.io": {"default": lambda found: True if found.get("globalDefault") else None},
    CLUSTER_ROLES: {"aggregated": lambda role: True if "aggregationRule" in role else None},
    BINDINGS: {"subject": _subject_index},
    CLUSTER_BINDINGS: {"subject": _subject_index},
}
"""What the store keeps look-ups for: resource -> index -> value(s) under which an object is filed."""
PARTS: Final[Parts] = {
    "pods": ("spec",), "replicasets.apps": (), "secrets": ("type",), "serviceaccounts": (), "events": (),
}
"""What the indexers of the busiest resources look at (`store.index.Parts`): while these stay, they are not asked."""
