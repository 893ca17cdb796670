"""Defaults of the small kinds: Namespace, Secret, Node and the bindings of RBAC."""

from __future__ import annotations

from base64 import b64encode
from typing import Final

from sanb.apiserver.defaults.fill import Change, every, fill, within
from sanb.apiserver.resources import RBAC
from sanb.profiles.profile import Profile
from sanb.values import Obj

NAME_LABEL: Final = "kubernetes.io/metadata.name"
EXTERNAL_ID: Final = {"1.10": True, "1.11": False}
"""Whether a Node's name stands in for its external ID."""


def namespace(profile: Profile) -> Change:
    """A Namespace is active, and carries its name as a label where the minor does so (SEM 3.5)."""
    labelled = bool(profile["namespace_name_label"])

    def change(obj: Obj) -> Obj:
        if labelled:
            obj = within(obj, "metadata", _labelled)
        return within(obj, "status", _active)

    return change


def _labelled(metadata: Obj) -> Obj:
    name, labels = metadata.get("name"), metadata.get("labels") or {}
    if not name or labels.get(NAME_LABEL) == name:
        return metadata
    return {**metadata, "labels": {**labels, NAME_LABEL: name}}


def _active(status: Obj) -> Obj:
    return fill(status, {"phase": "Active"})


def secret(obj: Obj) -> Obj:
    """A Secret is opaque; `stringData` is a way to write `data` and never kept."""
    texts = obj.get("stringData")
    if texts is not None:
        data = {key: b64encode(str(text).encode()).decode() for key, text in texts.items()}
        obj = {key: value for key, value in obj.items() if key != "stringData"}
        if data:
            obj = {**obj, "data": {**(obj.get("data") or {}), **data}}
    return fill(obj, {"type": "Opaque"})


def node(profile: Profile) -> Change:
    """What a Node has, it can give."""
    named = profile.pick(EXTERNAL_ID)

    def change(obj: Obj) -> Obj:
        name = obj["metadata"].get("name")
        if named and name and not (obj.get("spec") or {}).get("externalID"):
            obj = {**obj, "spec": {**(obj.get("spec") or {}), "externalID": name}}
        return within(obj, "status", _allocatable)

    return change


def _allocatable(status: Obj) -> Obj:
    return fill(status, {"allocatable": status["capacity"]}) if status.get("capacity") else status


def binding(obj: Obj) -> Obj:
    """A RoleBinding or ClusterRoleBinding: groups of the role and of users and groups may be left out."""
    return every(within(obj, "roleRef", _grouped), "subjects", _subject)


def _grouped(reference: Obj) -> Obj:
    return reference if reference.get("apiGroup") else {**reference, "apiGroup": RBAC}


def _subject(subject: Obj) -> Obj:
    return _grouped(subject) if subject.get("kind") in ("User", "Group") else subject
