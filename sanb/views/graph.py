"""The cluster as a networkx graph: objects as nodes, their relations as typed edges."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Final

from sanb.values import Obj
from sanb.views.frames import HasStore

if TYPE_CHECKING:
    import networkx

Edge = tuple[str, str, str, str]
"""(type, target's kind in lower case, its namespace, its name)."""

KINDS: Final = {
    "namespaces": "Namespace", "nodes": "Node", "serviceaccounts": "ServiceAccount", "secrets": "Secret",
    "configmaps": "ConfigMap", "deployments.apps": "Deployment", "replicasets.apps": "ReplicaSet", "pods": "Pod",
}
_NAMES: Final = {kind.lower(): kind for kind in KINDS.values()}


def load_networkx() -> Any:
    """networkx, or an error that says how to get it."""
    try:
        import networkx
    except ImportError as error:
        raise ImportError("graphs need networkx: install the package 'networkx'") from error
    return networkx


def node_id(kind: str, namespace: str, name: str) -> str:
    """`pod/shop/web`; cluster-scoped objects have no middle part: `node/node-1`."""
    return f"{kind.lower()}/{namespace}/{name}" if namespace else f"{kind.lower()}/{name}"


def _common(obj: Obj) -> Iterator[Edge]:
    meta = obj["metadata"]
    space = meta.get("namespace", "")
    if space:
        yield "in-namespace", "namespace", "", space
    for owner in meta.get("ownerReferences") or ():
        kind = owner["kind"].lower()
        yield "owned-by", kind, "" if kind in ("node", "namespace") else space, owner["name"]


def _pod(obj: Obj) -> Iterator[Edge]:
    space, spec = obj["metadata"]["namespace"], obj.get("spec", {})
    if spec.get("serviceAccountName"):
        yield "uses", "serviceaccount", space, spec["serviceAccountName"]
    if spec.get("nodeName"):
        yield "runs-on", "node", "", spec["nodeName"]
    for reference in spec.get("imagePullSecrets") or ():
        yield "pulls-with", "secret", space, reference["name"]
    for volume in spec.get("volumes") or ():
        for source in (volume, *((volume.get("projected") or {}).get("sources") or ())):
            if "secret" in source:
                yield "mounts", "secret", space, source["secret"].get("secretName") or source["secret"]["name"]
            if "configMap" in source:
                yield "mounts", "configmap", space, source["configMap"]["name"]


def _account(obj: Obj) -> Iterator[Edge]:
    space = obj["metadata"]["namespace"]
    for reference in obj.get("secrets") or ():
        yield "references", "secret", space, reference["name"]
    for reference in obj.get("imagePullSecrets") or ():
        yield "pulls-with", "secret", space, reference["name"]


def _secret(obj: Obj) -> Iterator[Edge]:
    meta = obj["metadata"]
    account = (meta.get("annotations") or {}).get("kubernetes.io/service-account.name")
    if account and obj.get("type") == "kubernetes.io/service-account-token":
        yield "issued-for", "serviceaccount", meta["namespace"], account


_EDGES: Final[dict[str, Callable[[Obj], Iterator[Edge]]]] = {
    "pods": _pod, "serviceaccounts": _account, "secrets": _secret,
}


def graph(cp: HasStore) -> networkx.MultiDiGraph:
    """One node per object; edges are keyed by their type; a target that isn't there has the phase "Missing".

    An owner points to what it owns ("owns"); every other edge points from the object that holds the reference.
    """
    found = load_networkx().MultiDiGraph()
    table = cp.store.head
    versions = [(resource, version.last) for resource in KINDS for version in table.scan(resource)]
    for resource, obj in versions:
        meta, kind = obj["metadata"], KINDS[resource]
        space = meta.get("namespace", "")
        found.add_node(node_id(kind, space, meta["name"]), kind=kind, namespace=space, name=meta["name"],
                       uid=meta.get("uid"), phase=(obj.get("status") or {}).get("phase"))
    for resource, obj in versions:
        meta = obj["metadata"]
        source = node_id(KINDS[resource], meta.get("namespace", ""), meta["name"])
        edges = _EDGES.get(resource)
        for edge in (*_common(obj), *(edges(obj) if edges else ())):
            _connect(found, source, edge)
    return found


def _connect(found: Any, source: str, edge: Edge) -> None:
    key, kind, space, name = edge
    target = node_id(kind, space, name)
    if target not in found:
        found.add_node(target, kind=_NAMES.get(kind, kind), namespace=space, name=name, uid=None, phase="Missing")
    if key == "owned-by":
        source, target, key = target, source, "owns"
    found.add_edge(source, target, key=key)
