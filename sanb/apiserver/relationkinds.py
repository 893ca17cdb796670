"""Where workloads, volumes and networking name other objects."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from sanb.apiserver.resourcerows import ADMISSION
from sanb.values import Obj, dig

Place = tuple[str, str]
Find = Callable[[Obj], Iterator[Place]]
SERVICE_NAME: Final = "kubernetes.io/service-name"
SCALED: Final = {
    "Deployment": "deployments.apps", "ReplicaSet": "replicasets.apps", "StatefulSet": "statefulsets.apps",
    "ReplicationController": "replicationcontrollers",
}


def _space(obj: Obj) -> str:
    return str(obj["metadata"].get("namespace", ""))


def named(*path: str, cluster: bool = False) -> Find:
    """The object whose name stands at a path: in the same namespace, or in none."""

    def find(obj: Obj) -> Iterator[Place]:
        name = dig(obj, *path, default="")
        if name:
            yield "" if cluster else _space(obj), str(name)

    return find


def claims(pod: Obj) -> Iterator[Place]:
    """The claims that a Pod mounts."""
    for volume in pod["spec"].get("volumes") or ():
        claim = volume.get("persistentVolumeClaim")
        if claim is not None:
            yield _space(pod), claim.get("claimName") or ""
        elif volume.get("ephemeral") is not None:
            yield _space(pod), f"{pod['metadata']['name']}-{volume['name']}"


def backends(ingress: Obj) -> Iterator[Place]:
    """The Services that an Ingress leads to, each once."""
    spec = ingress.get("spec") or {}
    found = [spec.get("defaultBackend") or spec.get("backend") or {}]
    for rule in spec.get("rules") or ():
        found.extend(path.get("backend") or {} for path in (rule.get("http") or {}).get("paths") or ())
    names = [(one.get("service") or {}).get("name") or one.get("serviceName") for one in found]
    yield from ((_space(ingress), str(name)) for name in dict.fromkeys(names) if name)


def certificates(ingress: Obj) -> Iterator[Place]:
    """The Secrets with the certificates of an Ingress."""
    for tls in (ingress.get("spec") or {}).get("tls") or ():
        if tls.get("secretName"):
            yield _space(ingress), tls["secretName"]


def scaled(kind: str) -> Find:
    """What an autoscaler scales, if it is of this kind."""

    def find(scaler: Obj) -> Iterator[Place]:
        target = (scaler.get("spec") or {}).get("scaleTargetRef") or {}
        if target.get("kind") == kind and target.get("name"):
            yield _space(scaler), target["name"]

    return find


def addresses(obj: Obj) -> Iterator[Place]:
    """The Pods whose addresses an Endpoints or an EndpointSlice has, each once."""
    found = list(obj.get("endpoints") or ())
    for subset in obj.get("subsets") or ():
        found.extend((*(subset.get("addresses") or ()), *(subset.get("notReadyAddresses") or ())))
    targets = (one.get("targetRef") or {} for one in found)
    pods = ((ref.get("namespace") or _space(obj), ref["name"]) for ref in targets if ref.get("kind") == "Pod")
    yield from dict.fromkeys(pods)


def itself(endpoints: Obj) -> Iterator[Place]:
    """The Service of the same name."""
    yield _space(endpoints), endpoints["metadata"]["name"]


def labelled_service(obj: Obj) -> Iterator[Place]:
    """The Service that an EndpointSlice belongs to."""
    name = (obj["metadata"].get("labels") or {}).get(SERVICE_NAME)
    if name:
        yield _space(obj), name


def hooks(configuration: Obj) -> Iterator[Place]:
    """The Services that webhooks call, each once."""
    clients = ((hook.get("clientConfig") or {}).get("service") for hook in configuration.get("webhooks") or ())
    yield from dict.fromkeys((one.get("namespace", ""), one.get("name", "")) for one in clients if one)


def answering(service: Obj) -> Iterator[Place]:
    """The Service that answers for an APIService."""
    found = (service.get("spec") or {}).get("service")
    if found:
        yield found.get("namespace", ""), found.get("name", "")


PVC, PV, SC = "persistentvolumeclaims", "persistentvolumes", "storageclasses.storage.k8s.io"
SERVICES: Final = "services"
ROWS: Final[tuple[tuple[str, str, str, Find], ...]] = (
    ("mounts", "pods", PVC, claims),
    ("prioritized-by", "pods", "priorityclasses.scheduling.k8s.io", named("spec", "priorityClassName", cluster=True)),
    ("bound-to", PVC, PV, named("spec", "volumeName", cluster=True)),
    ("of-class", PVC, SC, named("spec", "storageClassName", cluster=True)),
    ("of-class", PV, SC, named("spec", "storageClassName", cluster=True)),
    ("governed-by", "statefulsets.apps", SERVICES, named("spec", "serviceName")),
    ("routes-to", "ingresses.networking.k8s.io", SERVICES, backends),
    ("serves-with", "ingresses.networking.k8s.io", "secrets", certificates),
    ("of-class", "ingresses.networking.k8s.io", "ingressclasses.networking.k8s.io",
     named("spec", "ingressClassName", cluster=True)),
    *(("scales", "horizontalpodautoscalers.autoscaling", target, scaled(kind)) for kind, target in SCALED.items()),
    ("reaches", "endpoints", "pods", addresses),
    ("reaches", "endpointslices.discovery.k8s.io", "pods", addresses),
    ("stands-for", "endpoints", SERVICES, itself),
    ("stands-for", "endpointslices.discovery.k8s.io", SERVICES, labelled_service),
    ("calls", f"validatingwebhookconfigurations.{ADMISSION}", SERVICES, hooks),
    ("calls", f"mutatingwebhookconfigurations.{ADMISSION}", SERVICES, hooks),
    ("answered-by", "apiservices.apiregistration.k8s.io", SERVICES, answering),
)
"""name, resource, target, where the names stand."""
