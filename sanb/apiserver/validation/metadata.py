"""Object metadata: names, labels, annotations, owners, finalizers (SEM 4.2)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from sanb.apiserver import status
from sanb.apiserver.status import FieldError
from sanb.apiserver.validation import shown
from sanb.apiserver.validation.names import Texts, masked, path_segment
from sanb.apiserver.validation.rules import Rules
from sanb.values import Obj

NameRule = Callable[[str], Texts]
MANY: Final = 1 << 14
"""How many faultless labels are remembered."""
ANNOTATIONS_LIMIT: Final = 256 * 1024
IMMUTABLE: Final = "field is immutable"
STANDARD_FINALIZERS: Final = ("kubernetes", "orphan", "foregroundDeletion")
_CHECKED: Final = ("labels", "annotations", "ownerReferences", "finalizers")
_KEPT: Final = ("name", "namespace", "uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds")


def labels(out: list[FieldError], values: dict[str, str], path: str, rules: Rules) -> None:
    """Keys and values of labels, also of selectors that are labels."""
    names, known = rules.names, rules.known_labels
    for pair in values.items():
        if pair in known:
            continue
        key, value = pair
        faults = [(key, text) for text in names.qualified(key)] + [(value, text) for text in names.label_value(value)]
        out.extend(status.invalid_value(path, blamed, text) for blamed, text in faults)
        if not faults and len(known) < MANY:
            known.add(pair)


def annotated(out: list[FieldError], values: dict[str, str], path: str, rules: Rules) -> None:
    """Keys of annotations, and the size of all together."""
    size = 0
    for key, value in values.items():
        for text in rules.names.annotation(key):
            out.append(status.invalid_value(path, key, text))
        size += len(key) + len(value)
    # Only what comes near the limit is worth counting in bytes.
    if size * 4 > ANNOTATIONS_LIMIT and _bytes(values) > ANNOTATIONS_LIMIT:
        out.append(status.too_long(path, rules.size.format(ANNOTATIONS_LIMIT)))


def _bytes(values: dict[str, str]) -> int:
    return sum(len(key.encode()) + len(value.encode()) for key, value in values.items())


def owners(out: list[FieldError], references: list[dict[str, Any]], path: str, rules: Rules) -> None:
    """ownerReferences: complete, no Event, one controller at most."""
    first = ""
    for reference in references:
        if not _sound(reference):
            _owner(out, reference, path, rules)
        if not reference.get("controller"):
            continue
        current = f"{reference.get('kind', '')}/{reference.get('name', '')}"
        if first:
            detail = (
                "Only one reference can have Controller set to true."
                f' Found "true" in references for {first} and {current}'
            )
            out.append(status.invalid_shown(path, shown.owners(references, rules), detail))
        else:
            first = current


def _sound(reference: dict[str, Any]) -> bool:
    """Whether a reference has all it needs and is no Event: the usual case."""
    get = reference.get
    version, kind = get("apiVersion"), get("kind")
    return bool(version and kind and get("name") and get("uid") and kind != "Event" and version[-1] != "/")


def _owner(out: list[FieldError], reference: dict[str, Any], path: str, rules: Rules) -> None:
    version = reference.get("apiVersion") or ""
    if not version.rpartition("/")[2]:
        out.append(status.invalid_value(f"{path}.apiVersion", version, "version must not be empty"))
    for key in ("kind", "name", "uid"):
        if not reference.get(key):
            out.append(status.invalid_value(f"{path}.{key}", reference.get(key) or "", "must not be empty"))
    if version == "v1" and reference.get("kind") == "Event":
        detail = "/v1, Kind=Event is disallowed from being an owner"
        out.append(status.invalid_shown(path, shown.owner(reference, rules), detail))


def finalizers(out: list[FieldError], values: list[str], path: str, rules: Rules) -> None:
    """Finalizers are qualified names; two of the garbage collector exclude each other."""
    for value in values:
        out.extend(status.invalid_value(path, value, text) for text in rules.names.qualified(value))
    if "orphan" in values and "foregroundDeletion" in values:
        detail = "finalizer orphan and foregroundDeletion cannot be both set"
        out.append(status.invalid_shown(path, shown.strings(values, rules), detail))


def own_finalizer(out: list[FieldError], value: str, path: str, rules: Rules) -> None:
    """Finalizers of built-in kinds that are no standard ones have a prefix."""
    out.extend(status.invalid_value(path, value, text) for text in rules.names.qualified(value))
    if "/" not in value and value not in STANDARD_FINALIZERS:
        detail = "name is neither a standard finalizer name nor is it fully qualified"
        out.append(status.invalid_value(path, value, detail))


def _contents(out: list[FieldError], metadata: Obj, rules: Rules) -> None:
    if found := metadata.get("labels"):
        labels(out, found, "metadata.labels", rules)
    if found := metadata.get("annotations"):
        annotated(out, found, "metadata.annotations", rules)
    if found := metadata.get("ownerReferences"):
        owners(out, found, "metadata.ownerReferences", rules)


def _own_finalizers(out: list[FieldError], metadata: Obj, rules: Rules) -> None:
    for index, value in enumerate(metadata.get("finalizers") or ()):
        own_finalizer(out, value, f"metadata.finalizers[{index}]", rules)


def _named(out: list[FieldError], metadata: Obj, rule: NameRule) -> None:
    generate, name = metadata.get("generateName"), metadata.get("name")
    if generate and (texts := rule(generate if rule is path_segment else masked(generate))):
        out.extend(status.invalid_value("metadata.generateName", generate, text) for text in texts)
    if name:
        if texts := rule(name):
            out.extend(status.invalid_value("metadata.name", name, text) for text in texts)
    else:
        out.append(status.required("metadata.name", "name or generateName is required"))


def created(
    out: list[FieldError], metadata: Obj, namespaced: bool, rule: NameRule, rules: Rules, own: bool = True
) -> None:
    """The metadata of an object as such; `own` are the extra rules of built-in kinds."""
    _named(out, metadata, rule)
    namespace = metadata.get("namespace")
    if not namespaced:
        if namespace:
            out.append(status.field_forbidden("metadata.namespace", "not allowed on this type"))
    elif namespace:
        if texts := rules.names.label(namespace):
            out.extend(status.invalid_value("metadata.namespace", namespace, text) for text in texts)
    else:
        out.append(status.required("metadata.namespace"))
    if (metadata.get("generation") or 0) < 0:
        detail = "must be greater than or equal to 0"
        out.append(status.invalid_value("metadata.generation", metadata["generation"], detail))
    _contents(out, metadata, rules)
    if found := metadata.get("finalizers"):
        finalizers(out, found, "metadata.finalizers", rules)
        if own:
            _own_finalizers(out, metadata, rules)


def updated(out: list[FieldError], new: Obj, old: Obj, rules: Rules, own: bool = True) -> None:
    """What an update may not do to metadata."""
    if old.get("deletionTimestamp"):
        extra = sorted({*(new.get("finalizers") or ())} - {*(old.get("finalizers") or ())})
        if extra:
            listed = "[]string{" + ", ".join(status.quoted(value) for value in extra) + "}"
            detail = f"no new finalizers can be added if the object is being deleted, found new finalizers {listed}"
            out.append(status.field_forbidden("metadata.finalizers", detail))
    if (new.get("generation") or 0) < (old.get("generation") or 0):
        out.append(status.invalid_value("metadata.generation", new.get("generation") or 0, "must not be decremented"))
    for field in _KEPT:
        if (new.get(field) or None) != (old.get(field) or None):
            out.append(status.invalid_value(f"metadata.{field}", new.get(field) or "", IMMUTABLE))
    _contents(out, new, rules)
    if own:
        _own_finalizers(out, new, rules)


def harmless(new: Obj, old: Obj, rules: Rules) -> bool:
    """Whether an update's metadata has no fault at all: the usual case, found out in one pass."""
    if new is old:
        return True
    for field in _KEPT:
        if new.get(field) != old.get(field):
            return False
    if (new.get("generation") or 0) < (old.get("generation") or 0):
        return False
    if all(new.get(field) is old.get(field) for field in _CHECKED):
        return True
    out: list[FieldError] = []
    _contents(out, new, rules)
    if new.get("finalizers") is not old.get("finalizers"):
        finalizers(out, new.get("finalizers") or [], "", rules)
        updated(out, new, old, rules)
    return not out
