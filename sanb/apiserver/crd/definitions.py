"""What the server itself says about a CustomResourceDefinition: its names, whether it is served, and that it goes."""

from __future__ import annotations

from typing import Any, Final

from sanb.apiserver import status
from sanb.apiserver.view import View
from sanb.times import rfc3339
from sanb.values import Obj

DEFINITIONS: Final = "customresourcedefinitions.apiextensions.k8s.io"
FINALIZER: Final = "customresourcecleanup.apiextensions.k8s.io"
NO_CONFLICTS: Final = ("True", "NoConflicts", "no conflicts found")
ACCEPTED: Final = ("True", "InitialNamesAccepted", "the initial names have been accepted")
NOT_ACCEPTED: Final = ("False", "NotAccepted", "not all names are accepted")
TERMINATING: Final = (
    "True", "InstanceDeletionPending",
    "CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon",
)
PROTECTED: Final = (".k8s.io", ".kubernetes.io")
APPROVED: Final = "api-approved.kubernetes.io"
KEPT: Final = "cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead"
APPROVAL: Final = {"1.10": False, "1.16": True}
"""Whether groups of the project itself need a link to their approval."""


def check_kept(obj: Obj, version: str) -> None:
    """A definition that is made in v1 prunes.

    Raises:
        ApiError: 422, it says that unknown fields stay.
    """
    if version.endswith("/v1") and (obj.get("spec") or {}).get("preserveUnknownFields"):
        fault = status.invalid_value("spec.preserveUnknownFields", True, KEPT)
        raise status.invalid("CustomResourceDefinition", "apiextensions.k8s.io", obj["metadata"].get("name") or "", [fault])


def accepted(view: View, new: Obj, old: Obj | None) -> Obj:
    """The definition with what the server finds out about it.

    Real servers write this a moment later, in further updates; here it is there at once, so that whoever creates an
    object right after its definition is not refused.
    """
    if new["metadata"].get("deletionTimestamp"):
        return new
    before = (old or {}).get("status") or {}
    known = {one["type"]: one for one in before.get("conditions") or ()}
    names = new["spec"]["names"]
    conflict = _conflict(view, new)
    verdicts = {"NamesAccepted": conflict or NO_CONFLICTS}
    if not conflict:
        verdicts["Established"] = ACCEPTED
    elif "Established" not in known:
        verdicts["Established"] = NOT_ACCEPTED
    verdicts.update(_approval(view, new))
    conditions = {**known, **{kind: _condition(view, known.get(kind), kind, *said) for kind, said in verdicts.items()}}
    taken = before.get("acceptedNames") or {"plural": "", "kind": ""}
    stored = list(before.get("storedVersions") or ())
    stored.extend(name for name in _stored(new["spec"]) if name not in stored)
    state = {"conditions": list(conditions.values()), "acceptedNames": taken if conflict else names, "storedVersions": stored}
    if state == new.get("status"):
        return new
    return {**new, "status": state}


def _stored(spec: Obj) -> list[str]:
    found = [one["name"] for one in spec.get("versions") or () if one.get("storage")]
    return found or ([spec["version"]] if spec.get("version") else [])


def _conflict(view: View, new: Obj) -> tuple[str, str, str] | None:
    """Who else in the group has one of the names."""
    spec, mine = new["spec"], new["metadata"]["name"]
    names = spec["names"]
    resources: dict[str, None] = {}
    kinds: dict[str, None] = {}
    for other in view.scan(DEFINITIONS):
        if other["spec"]["group"] == spec["group"] and other["metadata"]["name"] != mine:
            taken = (other.get("status") or {}).get("acceptedNames") or {}
            words = (taken.get("plural"), taken.get("singular"), *(taken.get("shortNames") or ()))
            resources.update(dict.fromkeys(word for word in words if word))
            kinds.update(dict.fromkeys(word for word in (taken.get("kind"), taken.get("listKind")) if word))
    for field, reason in (("plural", "PluralConflict"), ("singular", "SingularConflict")):
        if names.get(field) in resources:
            return "False", reason, f'"{names[field]}" is already in use'
    for short in names.get("shortNames") or ():
        if short in resources:
            return "False", "ShortNamesConflict", f'"{short}" is already in use'
    for field, reason in (("kind", "KindConflict"), ("listKind", "ListKindConflict")):
        if names.get(field) in kinds:
            return "False", reason, f'"{names[field]}" is already in use'
    return None


def _approval(view: View, new: Obj) -> dict[str, tuple[str, str, str]]:
    group = f".{new['spec']['group']}"
    if not group.endswith(PROTECTED) or not view.profile.pick(APPROVAL):
        return {}
    note = (new["metadata"].get("annotations") or {}).get(APPROVED, "")
    if note.startswith("unapproved"):
        said = ("False", "UnapprovedAnnotation", f'not approved: "{note}"')
    elif note:
        said = ("True", "ApprovedAnnotation", f"approved in {note}")
    else:
        said = ("False", "MissingAnnotation", f'protected groups must have approval annotation "{APPROVED}", see '
                "https://github.com/kubernetes/enhancements/pull/1111")
    return {"KubernetesAPIApprovalPolicyConformant": said}


def _condition(view: View, before: Obj | None, kind: str, state: str, reason: str, message: str) -> Obj:
    if before is not None and (before["status"], before.get("reason"), before.get("message")) == (state, reason, message):
        return before
    since = rfc3339(view.now) if before is None or before["status"] != state else before["lastTransitionTime"]
    return {"lastTransitionTime": since, "message": message, "reason": reason, "status": state, "type": kind}


def marked(view: View, old: Obj) -> Obj:
    """The definition as its first deletion leaves it: its objects must go first."""
    finalizers: list[Any] = old["metadata"].get("finalizers") or []
    if old["metadata"].get("deletionTimestamp") or FINALIZER in finalizers:
        return old
    state = old.get("status") or {}
    others = [one for one in state.get("conditions") or () if one["type"] != "Terminating"]
    conditions = [*others, _condition(view, None, "Terminating", *TERMINATING)]
    return {
        **old, "metadata": {**old["metadata"], "finalizers": [*finalizers, FINALIZER]},
        "status": {**state, "conditions": conditions},
    }
