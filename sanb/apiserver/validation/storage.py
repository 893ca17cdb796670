"""PersistentVolumes, their claims and StorageClasses."""

from __future__ import annotations

from typing import Any, Final

from sanb.apiserver import status
from sanb.apiserver.status import FieldError
from sanb.apiserver.types import TYPES
from sanb.apiserver.validation import metadata, selectors
from sanb.apiserver.validation.podupdates import difference
from sanb.apiserver.validation.quantities import quantity
from sanb.apiserver.validation.rules import Rules
from sanb.values import Obj

MODES: Final = {
    "1.10": ("ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce"),
    "1.22": ("ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"),
}
POLICIES: Final = ("Delete", "Recycle", "Retain")
IMMUTABLE_CLAIM: Final = {
    "1.10": "is immutable after creation except resources.requests for bound claims",
    "1.20": "spec is immutable after creation except resources.requests for bound claims",
    "1.31": "spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims",
}
DIFFERENCE: Final = {"1.10": False, "1.20": True}
"""Whether the refusal shows what differs."""
SMALLER: Final = {"1.10": "field can not be less than previous value", "1.23": "field can not be less than status.capacity"}
SOURCES: Final = tuple(
    name for name, field in TYPES["PersistentVolumeSpec"].fields.items()
    if field.kind == "object" and name not in ("claimRef", "nodeAffinity")
)


def claim(out: list[FieldError], obj: Obj, rules: Rules) -> None:
    """A new claim."""
    metadata.created(out, obj["metadata"], True, rules.names.subdomain, rules)
    _claim(out, obj.get("spec") or {}, rules)


def _claim(out: list[FieldError], spec: Obj, rules: Rules) -> None:
    _modes(out, spec, rules)
    if (selector := spec.get("selector")) is not None:
        selectors.label_selector(out, selector, "spec.selector", rules)
    wanted = ((spec.get("resources") or {}).get("requests") or {}).get("storage")
    if wanted is None:
        out.append(status.required("spec.resources[storage]"))
    elif quantity(wanted) <= 0:
        out.append(status.invalid_value("spec.resources[storage]", wanted, "must be greater than zero"))
    if name := spec.get("storageClassName"):
        out.extend(status.invalid_value("spec.storageClassName", name, text) for text in rules.names.subdomain(name))
    _mode(out, spec)


def _modes(out: list[FieldError], spec: Obj, rules: Rules) -> None:
    given, allowed = spec.get("accessModes") or (), rules.profile.pick(MODES)
    if not given:
        out.append(status.required("spec.accessModes", "at least 1 access mode is required"))
    for mode in given:
        if mode not in allowed:
            out.append(status.unsupported("spec.accessModes", mode, allowed))
    if "ReadWriteOncePod" in given and len(given) > 1 and "ReadWriteOncePod" in allowed:
        text = "may not use ReadWriteOncePod with other access modes"
        out.append(status.field_forbidden("spec.accessModes", text))


def _mode(out: list[FieldError], spec: Obj) -> None:
    mode = spec.get("volumeMode")
    if mode is not None and mode not in ("Block", "Filesystem"):
        out.append(status.unsupported("spec.volumeMode", mode, ("Block", "Filesystem")))


def claim_update(out: list[FieldError], new: Obj, old: Obj, rules: Rules) -> None:
    """A changed claim: only the size of a bound one may grow."""
    metadata.updated(out, new["metadata"], old["metadata"], rules)
    after, before = new.get("spec") or {}, old.get("spec") or {}
    _claim(out, after, rules)
    size, was = _size(after), _size(before)
    bound = (old.get("status") or {}).get("phase") == "Bound"
    fixed, wanted = _but(before, bound, was), _but(after, bound, was)
    for field in ("volumeName", "storageClassName"):
        if not fixed.get(field) and field in wanted:  # the binder sets it once
            fixed[field] = wanted[field]
    if wanted != fixed:
        text = rules.profile.pick(IMMUTABLE_CLAIM)
        if rules.profile.pick(DIFFERENCE):
            text = f"{text}\n{difference(after, before, 'core.PersistentVolumeClaimSpec')}"
        out.append(status.field_forbidden("spec", text))
    if size is not None and was is not None and quantity(size) < quantity(was):
        out.append(status.field_forbidden("spec.resources.requests.storage", rules.profile.pick(SMALLER)))


def _size(spec: Obj) -> Any:
    return ((spec.get("resources") or {}).get("requests") or {}).get("storage")


def _but(spec: Obj, bound: bool, size: Any) -> Obj:
    """What of a claim's spec may not change."""
    fixed = {key: value for key, value in spec.items() if key != "volumeAttributesClassName"}
    if bound and size is not None:
        resources = fixed.get("resources") or {}
        fixed["resources"] = {**resources, "requests": {**(resources.get("requests") or {}), "storage": size}}
    return fixed


def volume(out: list[FieldError], obj: Obj, rules: Rules) -> None:
    """A PersistentVolume."""
    metadata.created(out, obj["metadata"], False, rules.names.subdomain, rules)
    spec = obj.get("spec") or {}
    _modes(out, spec, rules)
    capacity = spec.get("capacity") or {}
    if not capacity:
        out.append(status.required("spec.capacity"))
    elif "storage" not in capacity or len(capacity) > 1:
        out.append(status.unsupported("spec.capacity", ",".join(capacity), ("storage",)))
    elif quantity(capacity["storage"]) <= 0:
        out.append(status.invalid_value("spec.capacity[storage]", capacity["storage"], "must be greater than zero"))
    policy = spec.get("persistentVolumeReclaimPolicy") or ""
    if policy and policy not in POLICIES:
        out.append(status.unsupported("spec.persistentVolumeReclaimPolicy", policy, POLICIES))
    there = [name for name in SOURCES if spec.get(name) is not None]
    for extra in there[1:]:
        out.append(status.field_forbidden(f"spec.{extra}", "may not specify more than 1 volume type"))
    if not there:
        out.append(status.required("spec", "must specify a volume type"))
    _mode(out, spec)


def volume_update(out: list[FieldError], new: Obj, old: Obj, rules: Rules) -> None:
    """A changed PersistentVolume: where its data is stays."""
    metadata.updated(out, new["metadata"], old["metadata"], rules)
    volume(out, new, rules)
    after, before = new.get("spec") or {}, old.get("spec") or {}
    if any(after.get(name) != before.get(name) for name in SOURCES):
        text = "spec.persistentvolumesource is immutable after creation"
        out.append(status.field_forbidden("spec.persistentvolumesource", text))


def storage_class(out: list[FieldError], obj: Obj, rules: Rules) -> None:
    """A new StorageClass."""
    metadata.created(out, obj["metadata"], False, rules.names.subdomain, rules)
    provisioner = obj.get("provisioner") or ""
    if provisioner:
        out.extend(status.invalid_value("provisioner", provisioner, text) for text in rules.names.qualified(provisioner.lower()))
    else:
        out.append(status.required("provisioner", provisioner))
    policy, binding = obj.get("reclaimPolicy"), obj.get("volumeBindingMode")
    if policy is not None and policy not in ("Delete", "Retain"):
        out.append(status.unsupported("reclaimPolicy", policy, ("Delete", "Retain")))
    if binding is not None and binding not in ("Immediate", "WaitForFirstConsumer"):
        out.append(status.unsupported("volumeBindingMode", binding, ("Immediate", "WaitForFirstConsumer")))


def storage_class_update(out: list[FieldError], new: Obj, old: Obj, rules: Rules) -> None:
    """A changed StorageClass: nearly all of it stays."""
    metadata.updated(out, new["metadata"], old["metadata"], rules)
    for field in ("parameters", "provisioner", "reclaimPolicy"):
        if new.get(field) != old.get(field):
            out.append(status.field_forbidden(field, f"updates to {field} are forbidden."))
    if new.get("volumeBindingMode") != old.get("volumeBindingMode"):
        out.append(status.invalid_value("volumeBindingMode", new.get("volumeBindingMode") or "", metadata.IMMUTABLE))
