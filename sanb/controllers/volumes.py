"""Volume binder: claims are bound at once, to a volume that waits for them or to one that is made for them.

There are no disks here, so every StorageClass, and none, provisions: a claim gets a simulated volume
(`hostPath: /simulated/<claim>`). Only a claim that names a volume (`spec.volumeName`) or says `storageClassName: ""`
waits for a PersistentVolume that somebody makes.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from sanb.apiserver.client import Api
from sanb.apiserver.validation.quantities import quantity
from sanb.controllers.identity import PROCESS, account_user
from sanb.controllers.owned import deleted, forgiving
from sanb.errors import ApiError
from sanb.kernel.controller import Controller, Watch
from sanb.profiles.profile import Profile
from sanb.values import Obj, evolve

NAME: Final = "persistentvolume-binder-controller"
CLAIMS: Final = "persistentvolumeclaims"
VOLUMES: Final = "persistentvolumes"
PROTECTION: Final = "kubernetes.io/pvc-protection"
COMPLETED: Final = "pv.kubernetes.io/bind-completed"
BY_CONTROLLER: Final = "pv.kubernetes.io/bound-by-controller"
PROVISIONED: Final = "pv.kubernetes.io/provisioned-by"
PROVISIONER: Final = "sanb.dev/simulated"
NO_VOLUME: Final = "no persistent volumes available for this claim and no storage class is set"

Key = tuple[str, str, str]


def _claim_key(claim: Obj) -> Iterable[Key]:
    return (("claim", claim["metadata"]["namespace"], claim["metadata"]["name"]),)


def _volume_keys(volume: Obj, lister: Any) -> Iterable[Key]:
    """A volume concerns itself, its claim, and all claims that wait for one."""
    yield "volume", "", volume["metadata"]["name"]
    reference = volume["spec"].get("claimRef")
    if reference:
        yield "claim", reference["namespace"], reference["name"]
        return
    for claim in lister.cached_list(CLAIMS):
        if (claim.get("status") or {}).get("phase") != "Bound":
            yield from _claim_key(claim)


def _using(pod: Obj) -> Iterable[Key]:
    """The claims of a Pod that goes: only then may they go."""
    space = pod["metadata"]["namespace"]
    for volume in pod["spec"].get("volumes") or ():
        if "persistentVolumeClaim" in volume:
            yield "claim", space, volume["persistentVolumeClaim"]["claimName"]


def controller(profile: Profile, authority: object, seed: int) -> Controller:
    """The controller of every minor."""
    return Controller(
        NAME, NAME, PROCESS, account_user("persistent-volume-binder"),
        watches=(
            Watch(CLAIMS, keys=_claim_key),
            Watch(VOLUMES, related=_volume_keys),
            Watch("pods", keys=_using, on=frozenset({"delete"})),
        ),
        reconcile=reconcile,
    )


async def reconcile(api: Api, key: Any) -> None:
    """Bind one claim, or see to a volume whose claim is gone."""
    kind, namespace, name = key
    if kind == "volume":
        await _volume(api, name)
        return
    claim = api.cached(CLAIMS, namespace, name)
    if claim is None:
        for volume in api.cached_list(VOLUMES):
            reference = volume["spec"].get("claimRef") or {}
            if (reference.get("namespace"), reference.get("name")) == (namespace, name):
                await _volume(api, volume["metadata"]["name"])
    elif deleted(claim):
        await _let_go(api, claim)
    elif (claim.get("status") or {}).get("phase") != "Bound":
        await _bind(api, claim)


async def _let_go(api: Api, claim: Obj) -> None:
    """Take the protection off a claim that is being deleted and that no Pod uses."""
    metadata = claim["metadata"]
    finalizers = metadata.get("finalizers") or ()
    if PROTECTION not in finalizers:
        return
    key = ("claim", metadata["namespace"], metadata["name"])
    if any(key in _using(pod) for pod in api.cached_list("pods", metadata["namespace"])):
        return
    rest = [one for one in finalizers if one != PROTECTION]
    await forgiving(api.update(CLAIMS, evolve(claim, ("metadata", "finalizers"), rest)), 404)


async def _bind(api: Api, claim: Obj) -> None:
    """Bind a claim to the volume it names, to one that fits, or to a new one."""
    volume = _found(api, claim)
    if volume is None:
        spec = claim["spec"]
        if spec.get("storageClassName") == "" or spec.get("volumeName") or spec.get("selector"):
            api.event(claim, "PersistentVolumeClaim", "Normal", "FailedBinding", NO_VOLUME)
            return
        volume = await _provisioned(api, claim)
    elif "claimRef" not in volume["spec"] or "uid" not in volume["spec"]["claimRef"]:
        volume = await api.update(VOLUMES, evolve(volume, ("spec", "claimRef"), _reference(claim)))
    if (volume.get("status") or {}).get("phase") != "Bound":
        volume = await api.update(VOLUMES, {**volume, "status": {"phase": "Bound"}}, subresource="status")
    metadata = claim["metadata"]
    annotations = {**(metadata.get("annotations") or {}), COMPLETED: "yes"}
    if not claim["spec"].get("volumeName"):
        annotations[BY_CONTROLLER] = "yes"
    bound = {**claim, "metadata": {**metadata, "annotations": annotations},
             "spec": {**claim["spec"], "volumeName": volume["metadata"]["name"]}}
    bound = await api.update(CLAIMS, bound)
    status = {
        "phase": "Bound", "accessModes": volume["spec"].get("accessModes") or [],
        "capacity": volume["spec"].get("capacity") or {},
    }
    await api.update(CLAIMS, {**bound, "status": status}, subresource="status")


def _found(api: Api, claim: Obj) -> Obj | None:
    """The smallest volume that waits for this claim or for any."""
    spec, metadata = claim["spec"], claim["metadata"]
    needs = quantity(((spec.get("resources") or {}).get("requests") or {}).get("storage", "0"))
    fitting: list[tuple[Any, str, Obj]] = []
    for volume in api.cached_list(VOLUMES):
        reference, name = volume["spec"].get("claimRef"), volume["metadata"]["name"]
        if reference:
            ours = (reference.get("namespace"), reference.get("name")) == (metadata["namespace"], metadata["name"])
            if ours and reference.get("uid", metadata["uid"]) == metadata["uid"]:
                return volume
            continue
        if spec.get("volumeName"):
            if spec["volumeName"] == name:
                return volume
            continue
        size = quantity((volume["spec"].get("capacity") or {}).get("storage", "0"))
        same_class = (volume["spec"].get("storageClassName") or "") == (spec.get("storageClassName") or "")
        modes = set(spec.get("accessModes") or ()) <= set(volume["spec"].get("accessModes") or ())
        if same_class and modes and size >= needs and not deleted(volume):
            fitting.append((size, name, volume))
    return min(fitting, default=(0, "", None), key=lambda one: one[:2])[2]


def _reference(claim: Obj) -> Obj:
    metadata = claim["metadata"]
    return {
        "apiVersion": "v1", "kind": "PersistentVolumeClaim", "namespace": metadata["namespace"],
        "name": metadata["name"], "uid": metadata["uid"], "resourceVersion": metadata["resourceVersion"],
    }


async def _provisioned(api: Api, claim: Obj) -> Obj:
    """A simulated volume for a claim."""
    spec, name = claim["spec"], f"pvc-{claim['metadata']['uid']}"
    size = ((spec.get("resources") or {}).get("requests") or {}).get("storage", "1Gi")
    body: Obj = {
        "apiVersion": "v1", "kind": "PersistentVolume",
        "metadata": {"name": name, "annotations": {PROVISIONED: PROVISIONER}},
        "spec": {
            "capacity": {"storage": size}, "accessModes": spec.get("accessModes") or ["ReadWriteOnce"],
            "persistentVolumeReclaimPolicy": "Delete", "claimRef": _reference(claim),
            "hostPath": {"path": f"/simulated/{name}"},
        },
    }
    for field in ("storageClassName", "volumeMode"):
        if spec.get(field):
            body["spec"][field] = spec[field]
    try:
        made: Obj = await api.create(VOLUMES, "", body)
    except ApiError as error:
        if error.reason != "AlreadyExists":
            raise
        made = await api.get(VOLUMES, "", name)
    return made


async def _volume(api: Api, name: str) -> None:
    """A volume without a claim is available; one whose claim is gone is released, or deleted if it says so."""
    volume = api.cached(VOLUMES, "", name)
    if volume is None or deleted(volume):
        return
    reference, phase = volume["spec"].get("claimRef"), (volume.get("status") or {}).get("phase")
    if not reference:
        if phase != "Available":
            await api.update(VOLUMES, {**volume, "status": {"phase": "Available"}}, subresource="status")
        return
    claim = api.cached(CLAIMS, reference["namespace"], reference["name"])
    if phase != "Bound" or (claim is not None and claim["metadata"]["uid"] == reference.get("uid")):
        return
    if volume["spec"].get("persistentVolumeReclaimPolicy") == "Delete":
        await forgiving(api.delete(VOLUMES, "", name), 404)
    else:
        await api.update(VOLUMES, {**volume, "status": {"phase": "Released"}}, subresource="status")
