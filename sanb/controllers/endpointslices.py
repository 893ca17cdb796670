"""EndpointSlice controller: the same addresses as in Endpoints, in slices of at most a hundred."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from sanb.apiserver.client import Api
from sanb.apiserver.relationkinds import SERVICE_NAME
from sanb.controllers import serving
from sanb.controllers.identity import PROCESS, account_user
from sanb.controllers.owned import GATHERED, deleted, ended, forgiving
from sanb.controllers.ownership import reference
from sanb.controllers.serving import HEADLESS, SERVICES, TRIGGER, Port
from sanb.errors import ApiError
from sanb.kernel.controller import Controller, Watch
from sanb.profiles.profile import Profile
from sanb.values import Obj

NAME: Final = "endpointslice-controller"
RESOURCE: Final = "endpointslices.discovery.k8s.io"
MANAGED: Final = "endpointslice.kubernetes.io/managed-by"
MANAGER: Final = "endpointslice-controller.k8s.io"
SIZE: Final = 100
UPDATE: Final = frozenset({"update"})
THERE: Final = {"1.10": False, "1.18": True}
VERSION: Final = {"1.10": "discovery.k8s.io/v1beta1", "1.21": "discovery.k8s.io/v1"}
CONDITIONS: Final = {"1.10": False, "1.22": True}
"""Whether `serving` and `terminating` are told, too, and Pods that are being deleted stay in (gate
EndpointSliceTerminatingCondition)."""
TOPOLOGY: Final = {"1.10": True, "1.21": False}
"""Whether the node is a row of `topology` and not a field."""
ZONE: Final = "topology.kubernetes.io/zone"
HOSTNAME: Final = "kubernetes.io/hostname"
ZONE_HINTS: Final = ("topology.kubernetes.io/region", ZONE)

Key = tuple[str, str]


def controller(profile: Profile, authority: object, seed: int) -> Controller | None:
    """The controller; None in minors that have none."""
    if not profile.pick(THERE):
        return None
    return Controller(
        NAME, NAME, PROCESS, account_user("endpointslice-controller"),
        watches=(
            Watch(SERVICES, keys=_key),
            Watch("pods", related=serving.selected, changed=serving.matters, delay=GATHERED),
            Watch("pods", related=serving.all_services, on=UPDATE, changed=serving.relabeled, delay=GATHERED),
            Watch(RESOURCE, keys=_service, on=frozenset({"delete"})),
        ),
        reconcile=reconcile, workers=5, retries=15, lists=("nodes",),
    )


def _key(service: Obj) -> Iterable[Key]:
    return ((service["metadata"]["namespace"], service["metadata"]["name"]),)


def _service(piece: Obj) -> Iterable[Key]:
    """The Service of a slice that this controller made."""
    labels = piece["metadata"].get("labels") or {}
    if labels.get(MANAGED) == MANAGER and SERVICE_NAME in labels:
        yield piece["metadata"]["namespace"], labels[SERVICE_NAME]


async def reconcile(api: Api, key: Any) -> None:
    """Bring the slices of one Service up to date."""
    namespace, name = key
    service = api.cached(SERVICES, namespace, name)
    if service is None:
        api.keep(key, None)
        return
    spec = service["spec"]
    if not spec.get("selector") or spec.get("type") == "ExternalName" or deleted(service):
        return
    written = api.recall(key)
    if written is not None and not api.reached(RESOURCE, written):
        api.enqueue(key, GATHERED)
        return
    chosen = serving.pods_of(service, api.cached_list("pods", namespace))
    mine = [one for one in api.cached_by(RESOURCE, "owner", service["metadata"]["uid"]) if not deleted(one)]
    mine = [one for one in mine if (one["metadata"].get("labels") or {}).get(MANAGED) == MANAGER]
    try:
        revision = await _write(api, service, mine, _pieces(api, service, chosen), serving.triggered(chosen))
    except ApiError as error:
        if error.has_cause("NamespaceTerminating"):
            return
        text = f"Error updating Endpoint Slices for Service {namespace}/{name}: {error.message}"
        api.event(service, "Service", "Warning", "FailedToUpdateEndpointSlices", text)
        raise
    if revision:
        api.keep(key, revision)


def _pieces(api: Api, service: Obj, pods: list[Obj]) -> list[tuple[tuple[Port, ...], list[Obj]]]:
    """Endpoints by their ports, in portions of a hundred; one empty portion if there are none."""
    groups: dict[tuple[Port, ...], list[Obj]] = {}
    leaving = api.profile.pick(CONDITIONS)
    for pod in pods:
        if ended(pod) or (deleted(pod) and not leaving):
            continue
        groups.setdefault(serving.ports(service, pod), []).append(_endpoint(api, service, pod))
    if not groups:
        return [((), [])]
    return [
        (ports, groups[ports][first : first + SIZE])
        for ports in sorted(groups, key=repr) for first in range(0, len(groups[ports]), SIZE)
    ]


def _endpoint(api: Api, service: Obj, pod: Obj) -> Obj:
    node = pod["spec"].get("nodeName") or ""
    serves, going = serving.is_ready(pod), deleted(pod)
    ready = bool(service["spec"].get("publishNotReadyAddresses")) or (serves and not going)
    conditions: Obj = {"ready": ready}
    if api.profile.pick(CONDITIONS):
        conditions |= {"serving": serves, "terminating": going}
    endpoint: Obj = {"addresses": [pod["status"]["podIP"]], "conditions": conditions}
    if name := serving.hostname(service, pod):
        endpoint["hostname"] = name
    endpoint["targetRef"] = serving.target_of(pod)
    labels = ((api.cached("nodes", "", node) or {}).get("metadata") or {}).get("labels") or {} if node else {}
    if api.profile.pick(TOPOLOGY):
        topology = {HOSTNAME: node} | {key: labels[key] for key in ZONE_HINTS if key in labels} if node else {}
        return {**endpoint, "topology": topology} if topology else endpoint
    if node:
        endpoint["nodeName"] = node
    if ZONE in labels:
        endpoint["zone"] = labels[ZONE]
    return endpoint


async def _write(
    api: Api, service: Obj, mine: list[Obj], wanted: list[tuple[tuple[Port, ...], list[Obj]]], since: str
) -> str:
    """Make, change and delete slices; returns the last revision that was written."""
    revision, left = "", list(mine)
    for ports, endpoints in wanted:
        shown = [{k: v for k, v in port if k != "appProtocol" or v} for port in ports]
        old = next((one for one in left if (one.get("ports") or []) == shown), left[0] if left else None)
        if old is not None:
            left.remove(old)
        labels = _labels(service)
        if old is not None and _same(old, shown, endpoints, labels):
            continue
        body: Obj = {"endpoints": endpoints, "ports": shown}
        annotations = {TRIGGER: since} if since else {}
        if old is None:
            made = await api.create(
                RESOURCE, service["metadata"]["namespace"], _new(api, service, labels, annotations) | body
            )
        else:
            metadata = {**old["metadata"], "labels": labels}
            if annotations:
                metadata["annotations"] = {**(metadata.get("annotations") or {}), **annotations}
            made = await api.update(RESOURCE, {**old, **body, "metadata": metadata})
        revision = made["metadata"]["resourceVersion"]
    for one in left:
        await forgiving(api.delete(RESOURCE, one["metadata"]["namespace"], one["metadata"]["name"]), 404)
    return revision


def _same(old: Obj, ports: list[Obj], endpoints: list[Obj], labels: Obj) -> bool:
    return (
        (old.get("endpoints") or []) == endpoints and (old.get("ports") or []) == ports
        and old["metadata"].get("labels") == labels
    )


def _labels(service: Obj) -> Obj:
    labels = {k: v for k, v in (service["metadata"].get("labels") or {}).items() if k != HEADLESS}
    if serving.is_headless(service):
        labels[HEADLESS] = ""
    return {**labels, MANAGED: MANAGER, SERVICE_NAME: service["metadata"]["name"]}


def _new(api: Api, service: Obj, labels: Obj, annotations: Obj) -> Obj:
    metadata = service["metadata"]
    fields: Obj = {
        "generateName": f"{metadata['name']}-", "namespace": metadata["namespace"], "labels": labels,
        "ownerReferences": [reference(api.profile, service, "Service")],
    }
    if annotations:
        fields["annotations"] = annotations
    version = api.profile.pick(VERSION)
    return {"apiVersion": version, "kind": "EndpointSlice", "metadata": fields, "addressType": "IPv4"}
