"""Kinds of which little but the metadata is checked: ServiceAccounts, Namespaces, Nodes, Events."""

from __future__ import annotations

from typing import Final

from sanb.apiserver import status
from sanb.apiserver.status import FieldError
from sanb.apiserver.validation import metadata
from sanb.apiserver.validation.pods import EFFECTS
from sanb.apiserver.validation.rules import Rules
from sanb.values import Obj

OTHER_NAMESPACE: Final = "does not match event.namespace"


def account(out: list[FieldError], obj: Obj, rules: Rules) -> None:
    """A ServiceAccount."""
    metadata.created(out, obj["metadata"], True, rules.names.subdomain, rules)


def account_update(out: list[FieldError], new: Obj, old: Obj, rules: Rules) -> None:
    """A changed ServiceAccount."""
    metadata.updated(out, new["metadata"], old["metadata"], rules)
    account(out, new, rules)


def namespace(out: list[FieldError], obj: Obj, rules: Rules) -> None:
    """A Namespace."""
    metadata.created(out, obj["metadata"], False, rules.names.label, rules)
    _finalizers(out, obj, rules)


def _finalizers(out: list[FieldError], obj: Obj, rules: Rules) -> None:
    for value in (obj.get("spec") or {}).get("finalizers") or ():
        metadata.own_finalizer(out, value, "spec.finalizers", rules)


def namespace_update(out: list[FieldError], new: Obj, old: Obj, rules: Rules) -> None:
    """A changed Namespace."""
    namespace(out, new, rules)
    metadata.updated(out, new["metadata"], old["metadata"], rules)


def namespace_finalize(out: list[FieldError], new: Obj, old: Obj, rules: Rules) -> None:
    """The finalizers of a Namespace's spec."""
    metadata.updated(out, new["metadata"], old["metadata"], rules)
    _finalizers(out, new, rules)


def node(out: list[FieldError], obj: Obj, rules: Rules) -> None:
    """A Node: taints."""
    metadata.created(out, obj["metadata"], False, rules.names.subdomain, rules)
    seen: set[tuple[str, str]] = set()
    for index, taint in enumerate((obj.get("spec") or {}).get("taints") or ()):
        path, key, effect = f"metadata.taints[{index}]", taint.get("key") or "", taint.get("effect") or ""
        out.extend(status.invalid_value(f"{path}.key", key, text) for text in rules.names.qualified(key))
        if texts := rules.names.label_value(taint.get("value") or ""):
            out.append(status.invalid_value(f"{path}.value", taint["value"], ";".join(texts)))
        if not effect:
            out.append(status.required(f"{path}.effect"))
        elif effect not in EFFECTS:
            out.append(status.unsupported(f"{path}.effect", effect, EFFECTS))
        if (key, effect) in seen:
            detail = "taints must be unique by key and effect pair"
            out.append(FieldError(path, "FieldValueDuplicate", f"Duplicate value: {status.quoted(key)}: {detail}"))
        seen.add((key, effect))


def node_update(out: list[FieldError], new: Obj, old: Obj, rules: Rules) -> None:
    """A changed Node."""
    node(out, new, rules)
    metadata.updated(out, new["metadata"], old["metadata"], rules)


def event(out: list[FieldError], obj: Obj, rules: Rules) -> None:
    """An Event: it lives in the namespace of what it is about, cluster-wide things in `default`."""
    here = obj["metadata"].get("namespace") or ""
    there = (obj.get("involvedObject") or {}).get("namespace") or ""
    if there != here and (there or here not in ("", "default")):
        out.append(status.invalid_value("involvedObject.namespace", there, OTHER_NAMESPACE))
    out.extend(status.invalid_value("namespace", here, text) for text in rules.names.subdomain(here))


def event_update(out: list[FieldError], new: Obj, old: Obj, rules: Rules) -> None:
    """A changed Event."""
    event(out, new, rules)


def any_status(out: list[FieldError], new: Obj, old: Obj, rules: Rules) -> None:
    """A status of which nothing is checked."""
