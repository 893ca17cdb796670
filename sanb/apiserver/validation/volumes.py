"""Volumes of Pods: names, one source each, and what the sources say."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from sanb.apiserver import status
from sanb.apiserver.status import FieldError
from sanb.apiserver.validation import environment
from sanb.apiserver.validation.rules import Rules

Obj = dict[str, Any]
Check = Callable[[list[FieldError], Obj, str, Rules], None]
MODE: Final = "must be a number between 0 and 0777 (octal), both inclusive"
CONFLICT: Final = "conflicting duplicate paths"
MIN_EXPIRY: Final = 600
MAX_EXPIRY: Final = 1 << 32
VOLUME_FIELDS: Final = (
    "metadata.annotations", "metadata.labels", "metadata.name", "metadata.namespace", "metadata.uid"
)
HOST_PATHS: Final = (
    "", "BlockDevice", "CharDevice", "Directory", "DirectoryOrCreate", "File", "FileOrCreate", "Socket"
)
ACCESS: Final[Obj] = {
    "sources": [
        {"serviceAccountToken": {"expirationSeconds": 3607, "path": "token"}},
        {"configMap": {"name": "kube-root-ca.crt", "items": [{"key": "ca.crt", "path": "ca.crt"}]}},
        {"downwardAPI": {"items": [
            {"path": "namespace", "fieldRef": {"apiVersion": "v1", "fieldPath": "metadata.namespace"}}
        ]}},
    ],
    "defaultMode": 420,
}
"""What admission mounts into nearly every Pod: known to be without fault."""
TWO_TYPES: Final = "may not specify more than 1 volume type"


def volumes(out: list[FieldError], given: list[Obj], path: str, rules: Rules) -> dict[str, Obj]:
    """All volumes of a Pod; those without fault by name."""
    known: dict[str, Obj] = {}
    for index, volume in enumerate(given):
        here, before = f"{path}[{index}]", len(out)
        _source(out, volume, here, rules)
        name = volume.get("name") or ""
        if not name:
            out.append(status.required(f"{here}.name"))
        elif texts := rules.names.label(name):
            out.extend(status.invalid_value(f"{here}.name", name, text) for text in texts)
        if name in known:
            out.append(status.duplicate(f"{here}.name", name))
        if len(out) == before:
            known[name] = volume
    return known


def _source(out: list[FieldError], volume: Obj, path: str, rules: Rules) -> None:
    """Exactly one source. Most volumes have a name and a source, and the order of sources does not matter."""
    if len(volume) == 2:
        for kind in volume:
            if kind in _SOURCES and volume[kind] is not None:
                _checked(out, volume, kind, path, rules)
                return
    found = False
    for kind in _SOURCES:
        if volume.get(kind) is None:
            continue
        if found:
            out.append(status.field_forbidden(f"{path}.{_MISSPELT.get(kind, kind)}", TWO_TYPES))
        else:
            found = True
            _checked(out, volume, kind, path, rules)
    if not found:
        out.append(status.required(path, "must specify a volume type"))


def _checked(out: list[FieldError], volume: Obj, kind: str, path: str, rules: Rules) -> None:
    check = _SOURCES[kind]
    if check is not None:
        check(out, volume[kind], f"{path}.{kind}", rules)


def local_path(out: list[FieldError], value: str, path: str, reserved: bool = True) -> None:
    """A path that stays below where it starts; with `reserved`, none of those that the kubelet uses."""
    if value.startswith("/"):
        out.append(status.invalid_value(path, value, "must be a relative path"))
    no_backsteps(out, value, path)
    if reserved and value.startswith("..") and not value.startswith("../"):
        out.append(status.invalid_value(path, value, "must not start with '..'"))


def no_backsteps(out: list[FieldError], value: str, path: str) -> None:
    """A path without "..": it is what it looks like."""
    if ".." in value and ".." in value.split("/"):
        out.append(status.invalid_value(path, value, "must not contain '..'"))


def _mode(out: list[FieldError], given: Obj, key: str, path: str) -> None:
    mode = given.get(key)
    if mode is not None and not 0 <= mode <= 0o777:
        out.append(status.invalid_value(f"{path}.{key}", mode, MODE))


def _item(out: list[FieldError], item: Obj, path: str) -> None:
    """A key of a Secret or ConfigMap and the path of its file."""
    target = item.get("path") or ""
    if not item.get("key"):
        out.append(status.required(f"{path}.key"))
    if not target:
        out.append(status.required(f"{path}.path"))
    local_path(out, target, f"{path}.path")
    _mode(out, item, "mode", path)


def _keyed(name: str) -> Check:
    """The check of a Secret or ConfigMap volume, whose name is in the field `name`."""

    def check(out: list[FieldError], source: Obj, path: str, rules: Rules) -> None:
        if not source.get(name):
            out.append(status.required(f"{path}.{name}"))
        _mode(out, source, "defaultMode", path)
        for index, item in enumerate(source.get("items") or ()):
            _item(out, item, f"{path}.items[{index}]")

    return check


def _needs(*fields: str) -> Check:
    """The check of a source that only has to be complete."""

    def check(out: list[FieldError], source: Obj, path: str, rules: Rules) -> None:
        out.extend(status.required(f"{path}.{field}") for field in fields if not source.get(field))

    return check


def _host_path(out: list[FieldError], source: Obj, path: str, rules: Rules) -> None:
    target, kind = source.get("path") or "", source.get("type")
    if not target:
        out.append(status.required(f"{path}.path"))
        return
    no_backsteps(out, target, f"{path}.path")
    if kind is not None and kind not in HOST_PATHS:
        out.append(status.unsupported(f"{path}.type", kind, HOST_PATHS))


def _nfs(out: list[FieldError], source: Obj, path: str, rules: Rules) -> None:
    out.extend(status.required(f"{path}.{field}") for field in ("server", "path") if not source.get(field))
    if not (target := source.get("path") or "").startswith("/"):
        out.append(status.invalid_value(f"{path}.path", target, "must be an absolute path"))


def _file(out: list[FieldError], item: Obj, path: str, rules: Rules) -> None:
    """A file of a downwardAPI volume."""
    target = item.get("path") or ""
    if not target:
        out.append(status.required(f"{path}.path"))
    local_path(out, target, f"{path}.path")
    field, resource = item.get("fieldRef"), item.get("resourceFieldRef")
    if field is not None:
        environment.field(out, field, VOLUME_FIELDS, f"{path}.fieldRef", rules)
        if resource is not None:
            detail = "fieldRef and resourceFieldRef can not be specified simultaneously"
            out.append(status.invalid_value(path, "resource", detail))
    elif resource is not None:
        environment.resource(out, resource, f"{path}.resourceFieldRef", True)
    else:
        out.append(status.required(path, "one of fieldRef and resourceFieldRef is required"))
    _mode(out, item, "mode", path)


def _downward(out: list[FieldError], source: Obj, path: str, rules: Rules) -> None:
    _mode(out, source, "defaultMode", path)
    for item in source.get("items") or ():
        _file(out, item, path, rules)


def _projected(out: list[FieldError], source: Obj, path: str, rules: Rules) -> None:
    if source == ACCESS:
        return
    _mode(out, source, "defaultMode", path)
    taken: set[str] = set()
    for index, given in enumerate(source.get("sources") or ()):
        here, count = f"{path}.sources[{index}]", 0
        for kind in ("secret", "configMap"):
            if (found := given.get(kind)) is not None:
                count += 1
                _projected_items(out, found, f"{here}.{kind}", path, taken)
        if (found := given.get("downwardAPI")) is not None:
            count += 1
            for item in found.get("items") or ():
                _file(out, item, f"{here}.downwardAPI", rules)
                _take(out, item.get("path"), item.get("path"), path, taken)
        if (found := given.get("serviceAccountToken")) is not None:
            count += 1
            _token(out, found, f"{here}.serviceAccountToken", path, rules)
        if (found := given.get("clusterTrustBundle")) is not None:
            count += 1
            _trust_bundle(out, found, f"{here}.clusterTrustBundle", path, taken)
        if count > 1:
            out.append(status.field_forbidden(here, rules.one_source))


def _projected_items(out: list[FieldError], found: Obj, here: str, path: str, taken: set[str]) -> None:
    name = found.get("name") or ""
    if not name:
        out.append(status.required(f"{here}.name"))
    for index, item in enumerate(found.get("items") or ()):
        _item(out, item, f"{here}.items[{index}]")
        _take(out, item.get("path"), name, path, taken)


def _take(out: list[FieldError], target: str | None, blamed: str | None, path: str, taken: set[str]) -> None:
    """Two files of a projected volume may not have one path."""
    if target and target in taken:
        out.append(status.invalid_value(path, blamed, CONFLICT))
    elif target:
        taken.add(target)


def _token(out: list[FieldError], found: Obj, here: str, path: str, rules: Rules) -> None:
    """A projected token (SEM 3.3); upstream reports its path under the volume."""
    seconds, target = found.get("expirationSeconds", 0), found.get("path") or ""
    if seconds < MIN_EXPIRY:
        detail = "may not specify a duration less than 10 minutes"
        out.append(status.invalid_value(f"{here}.expirationSeconds", seconds, detail))
    if seconds > MAX_EXPIRY:
        detail = "may not specify a duration larger than 2^32 seconds"
        out.append(status.invalid_value(f"{here}.expirationSeconds", seconds, detail))
    if not target:
        out.append(status.required(f"{path}.path"))
    elif rules.local_token_path:
        local_path(out, target, f"{path}.path")


def _trust_bundle(out: list[FieldError], found: Obj, here: str, path: str, taken: set[str]) -> None:
    if found.get("name") is None and found.get("signerName") is None:
        out.append(status.required(here, "either name or signerName must be specified"))
    target = found.get("path") or ""
    if not target:
        out.append(status.required(f"{here}.path"))
    local_path(out, target, f"{here}.path")
    _take(out, target, target, path, taken)


_SOURCES: Final[dict[str, Check | None]] = {
    "emptyDir": None,
    "hostPath": _host_path,
    "gitRepo": _needs("repository"),
    "gcePersistentDisk": _needs("pdName"),
    "awsElasticBlockStore": _needs("volumeID"),
    "secret": _keyed("secretName"),
    "nfs": _nfs,
    "iscsi": _needs("targetPortal", "iqn"),
    "glusterfs": _needs("endpoints", "path"),
    "flocker": None,
    "persistentVolumeClaim": _needs("claimName"),
    "rbd": _needs("monitors", "image"),
    "cinder": _needs("volumeID"),
    "cephfs": _needs("monitors"),
    "quobyte": None,
    "downwardAPI": _downward,
    "fc": None,
    "flexVolume": _needs("driver"),
    "configMap": _keyed("name"),
    "azureFile": _needs("secretName", "shareName"),
    "vsphereVolume": _needs("volumePath"),
    "photonPersistentDisk": _needs("pdID"),
    "portworxVolume": _needs("volumeID"),
    "azureDisk": _needs("diskName", "diskURI"),
    "storageos": None,
    "projected": _projected,
    "scaleIO": _needs("gateway", "system", "volumeName"),
    "csi": _needs("driver"),
    "ephemeral": None,
    "image": None,
}
"""Sources in the order in which the API looks at them."""
_MISSPELT: Final = {"downwardAPI": "downwarAPI", "cephfs": "cephFS"}
"""How upstream names a source when it is the second one."""
