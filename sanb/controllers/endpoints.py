"""Endpoints controller: for each Service with a selector the addresses of the Pods that it chooses."""

from __future__ import annotations

from typing import Any, Final

from sanb.apiserver.client import Api
from sanb.controllers import serving
from sanb.controllers.identity import PROCESS, account_user
from sanb.controllers.owned import GATHERED, deleted, ended, forgiving, own_key
from sanb.controllers.serving import HEADLESS, SERVICES, TRIGGER, Port
from sanb.errors import ApiError
from sanb.kernel.controller import Controller, Watch
from sanb.profiles.profile import Profile
from sanb.values import Obj

NAME: Final = "endpoints-controller"
RESOURCE: Final = "endpoints"
MANAGED: Final = "endpoints.kubernetes.io/managed-by"
UPDATE: Final = frozenset({"update"})

LABELED: Final = {"1.10": False, "1.14": True}
"""Whether headless Services are told by a label."""
TRIGGERED: Final = {"1.10": False, "1.16": True}
MANAGER: Final = {"1.10": False, "1.33": True}
VERSIONED: Final = {"1.10": True, "1.22": False}
"""Whether a target is named with its resourceVersion."""
UNREADY: Final = {"1.10": "service.alpha.kubernetes.io/tolerate-unready-endpoints"}


def controller(profile: Profile, authority: object, seed: int) -> Controller:
    """The controller of every minor."""
    return Controller(
        NAME, NAME, PROCESS, account_user("endpoint-controller"),
        watches=(
            Watch(SERVICES, keys=own_key),
            Watch("pods", related=serving.selected, changed=serving.matters, delay=GATHERED),
            Watch("pods", related=serving.all_services, on=UPDATE, changed=serving.relabeled, delay=GATHERED),
            Watch(RESOURCE, keys=own_key, on=frozenset({"delete"})),
        ),
        reconcile=reconcile, workers=5, retries=15,
    )


async def reconcile(api: Api, key: Any) -> None:
    """Bring the Endpoints of one Service up to date."""
    namespace, name = key
    service = api.cached(SERVICES, namespace, name)
    if service is None:
        if api.cached(RESOURCE, namespace, name) is not None:
            await forgiving(api.delete(RESOURCE, namespace, name), 404)
        return
    if not service["spec"].get("selector") or service["spec"].get("type") == "ExternalName":
        return
    chosen = serving.pods_of(service, api.cached_list("pods", namespace))
    subsets = _subsets(api, service, [pod for pod in chosen if not deleted(pod) or _tolerant(service)])
    old = api.cached(RESOURCE, namespace, name)
    wanted = _wanted(api, service, old, subsets, serving.triggered(chosen))
    if old is not None and _same(old, wanted):
        return
    try:
        if old is None:
            await api.create(RESOURCE, namespace, wanted)
        else:
            await api.update(RESOURCE, {**wanted, "metadata": {**_bare(old["metadata"]), **wanted["metadata"]}})
    except ApiError as error:
        if error.has_cause("NamespaceTerminating"):
            return
        subject = old or service
        verb = "create" if old is None else "update"
        text = f"Failed to {verb} endpoint {namespace}/{name}: {error.message}"
        api.event(subject, "Endpoints", "Warning", f"FailedTo{verb.capitalize()}Endpoint", text)
        raise


def _bare(metadata: Obj) -> Obj:
    """The metadata of the old object that stay as they are."""
    return {field: value for field, value in metadata.items() if field not in ("labels", "annotations")}


def _tolerant(service: Obj) -> bool:
    """Whether Pods count that are not ready."""
    annotations = service["metadata"].get("annotations") or {}
    return bool(service["spec"].get("publishNotReadyAddresses")) or annotations.get(UNREADY["1.10"]) == "true"


def _wanted(api: Api, service: Obj, old: Obj | None, subsets: list[Obj], since: str) -> Obj:
    pick, metadata = api.profile.pick, service["metadata"]
    labels = dict(metadata.get("labels") or {})
    labels.pop(HEADLESS, None)
    if serving.is_headless(service) and pick(LABELED):
        labels[HEADLESS] = ""
    if pick(MANAGER):
        labels[MANAGED] = "endpoint-controller"
    annotations = dict(((old or {}).get("metadata") or {}).get("annotations") or {})
    annotations.pop(TRIGGER, None)
    if since and pick(TRIGGERED):
        annotations[TRIGGER] = since
    fields: Obj = {"name": metadata["name"], "namespace": metadata["namespace"]}
    if labels:
        fields["labels"] = labels
    if annotations:
        fields["annotations"] = annotations
    made: Obj = {"apiVersion": "v1", "kind": "Endpoints", "metadata": fields}
    return {**made, "subsets": subsets} if subsets else made


def _same(old: Obj, wanted: Obj) -> bool:
    """Whether nothing has to be written: the time of the last change alone is no reason."""
    return (
        (old.get("subsets") or []) == (wanted.get("subsets") or [])
        and (old["metadata"].get("labels") or {}) == (wanted["metadata"].get("labels") or {})
    )


def _subsets(api: Api, service: Obj, pods: list[Obj]) -> list[Obj]:
    """Addresses grouped by their ports, as the object stores them."""
    versioned, tolerant = api.profile.pick(VERSIONED), _tolerant(service)
    groups: dict[tuple[Port, ...], tuple[list[Obj], list[Obj]]] = {}
    for pod in pods:
        ports = serving.ports(service, pod)
        if not ports and not (serving.is_headless(service) and not service["spec"].get("ports")):
            continue
        ready = tolerant or serving.is_ready(pod)
        if not ready and ended(pod):
            continue
        groups.setdefault(ports, ([], []))[0 if ready else 1].append(_address(service, pod, versioned))
    return [_subset(ports, *groups[ports]) for ports in sorted(groups, key=repr)]


def _address(service: Obj, pod: Obj, versioned: bool) -> Obj:
    address: Obj = {"ip": pod["status"]["podIP"]}
    if name := serving.hostname(service, pod):
        address["hostname"] = name
    if node := pod["spec"].get("nodeName"):
        address["nodeName"] = node
    target = serving.target_of(pod)
    if versioned:
        target["resourceVersion"] = pod["metadata"]["resourceVersion"]
    return {**address, "targetRef": target}


def _subset(ports: tuple[Port, ...], ready: list[Obj], unready: list[Obj]) -> Obj:
    made: Obj = {}
    for field, addresses in (("addresses", ready), ("notReadyAddresses", unready)):
        if addresses:
            made[field] = sorted(addresses, key=lambda one: (one["ip"], one["targetRef"]["uid"]))
    if ports:
        made["ports"] = [{k: v for k, v in port if v != ""} for port in sorted(ports, key=repr)]
    return made
