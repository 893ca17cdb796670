"""Defaults of volumes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sanb.apiserver.defaults.containers import field_ref, pull_policy
from sanb.apiserver.defaults.fill import every, fill, within
from sanb.values import Obj

_MODE: Final = {"defaultMode": 0o644}
_SOURCES: Final[Mapping[str, Mapping[str, Any]]] = {
    "secret": _MODE,
    "configMap": _MODE,
    "downwardAPI": _MODE,
    "projected": _MODE,
    "hostPath": {"type": ""},
    "iscsi": {"iscsiInterface": "default"},
    "rbd": {"pool": "rbd", "user": "admin", "keyring": "/etc/ceph/keyring"},
    "azureDisk": {"cachingMode": "ReadWrite", "kind": "Shared", "fsType": "ext4", "readOnly": False},
    "scaleIO": {"storageMode": "ThinProvisioned", "fsType": "xfs"},
}
_TOKEN: Final = {"expirationSeconds": 3600}
_CLAIM: Final = {"volumeMode": "Filesystem"}


def volume(obj: Obj) -> Obj:
    """One volume: an empty directory if nothing else is said."""
    name = next((key for key in obj if key != "name"), "")
    if not name:
        return {**obj, "emptyDir": {}}
    defaults = _SOURCES.get(name)
    if defaults is not None:
        source = obj[name]
        new = fill(source, defaults)
        if new is not source:
            obj = {**obj, name: new}
    inner = _INSIDE.get(name)
    return within(obj, name, inner) if inner else obj


def _files(obj: Obj) -> Obj:
    return every(obj, "items", field_ref)


def _projected(obj: Obj) -> Obj:
    return every(obj, "sources", _projection)


def _projection(obj: Obj) -> Obj:
    return within(within(obj, "serviceAccountToken", _token), "downwardAPI", _files)


def _token(obj: Obj) -> Obj:
    return fill(obj, _TOKEN)


def _ephemeral(obj: Obj) -> Obj:
    return within(obj, "volumeClaimTemplate", _claim_template)


def _claim_template(obj: Obj) -> Obj:
    return within(obj, "spec", _claim)


def _claim(obj: Obj) -> Obj:
    return fill(obj, _CLAIM)


def _image(obj: Obj) -> Obj:
    return obj if "pullPolicy" in obj else {**obj, "pullPolicy": pull_policy(obj.get("reference") or "")}


_INSIDE: Final = {"projected": _projected, "downwardAPI": _files, "ephemeral": _ephemeral, "image": _image}
