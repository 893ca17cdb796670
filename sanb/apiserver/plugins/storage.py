"""DefaultStorageClass and StorageObjectInUseProtection: claims get the default class, and a finalizer."""

from __future__ import annotations

from typing import Final

from sanb.apiserver import status
from sanb.apiserver.admission import CREATE, Attributes, Plugin
from sanb.apiserver.view import View
from sanb.profiles.profile import Profile
from sanb.values import Obj

CLAIMS: Final = frozenset({"persistentvolumeclaims"})
CLASSES: Final = "storageclasses.storage.k8s.io"
DEFAULT: Final = ("storageclass.kubernetes.io/is-default-class", "storageclass.beta.kubernetes.io/is-default-class")
OLD_CHOICE: Final = "volume.beta.kubernetes.io/storage-class"
NEWEST: Final = {"1.10": False, "1.26": True}
"""Whether of several default classes the newest counts; before, claims were refused."""
PROTECTED: Final = {"1.10": False, "1.11": True}
"""Whether the plugin that protects claims is on."""
FINALIZER: Final = "kubernetes.io/pvc-protection"


def default_class(profile: Profile) -> Plugin:
    """The plugin that gives claims their class; without classes it has nothing to give."""
    newest = profile.pick(NEWEST)

    def mutate(view: View, attributes: Attributes) -> Obj | None:
        claim = attributes.obj
        if claim is None or attributes.operation != CREATE or attributes.subresource:
            return None
        spec = claim.get("spec") or {}
        if spec.get("storageClassName") is not None or OLD_CHOICE in (claim["metadata"].get("annotations") or {}):
            return None
        found = [one for one in view.scan(CLASSES) if _default(one)]
        if not found:
            return None
        if len(found) > 1 and not newest:
            why = f"{len(found)} default StorageClasses were found"
            raise status.forbidden(attributes.resource, attributes.admitted_name, f"Internal error occurred: {why}")
        chosen = max(found, key=lambda one: one["metadata"]["creationTimestamp"])
        return {**claim, "spec": {**spec, "storageClassName": chosen["metadata"]["name"]}}

    return Plugin("DefaultStorageClass", mutate, resources=CLAIMS)


def _default(one: Obj) -> bool:
    notes = one["metadata"].get("annotations") or {}
    return any(notes.get(key) == "true" for key in DEFAULT)


def protection(profile: Profile) -> Plugin | None:
    """The plugin that keeps claims as long as Pods use them; None where it is off."""
    if not profile.pick(PROTECTED):
        return None

    def mutate(view: View, attributes: Attributes) -> Obj | None:
        claim = attributes.obj
        if claim is None or attributes.operation != CREATE or attributes.subresource:
            return None
        metadata = claim["metadata"]
        finalizers = metadata.get("finalizers") or []
        if FINALIZER in finalizers:
            return None
        return {**claim, "metadata": {**metadata, "finalizers": [*finalizers, FINALIZER]}}

    return Plugin("StorageObjectInUseProtection", mutate, resources=CLAIMS)
