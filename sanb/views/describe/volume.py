"""Volumes in descriptions, and what fills them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sanb.values import Obj, dig
from sanb.views.describe.common import Reader

CONFIG_OPTIONAL: Final = {"1.10": ("ConfigMapOptional", "<nil>"), "1.33": ("Optional", "false")}
TEMPORARY: Final = "EmptyDir (a temporary directory that shares a pod's lifetime)"
CLAIM: Final = "PersistentVolumeClaim (a reference to a PersistentVolumeClaim in the same namespace)"
Rows = list[tuple[str, Any]]


def volumes(found: Sequence[Obj], reader: Reader, space: str = "") -> str:
    """Volumes and what fills them."""
    if not found:
        return f"{space}Volumes:\t<none>\n"
    indent = " " if space else ""
    parts = [f"{space}Volumes:\n"]
    for volume in found:
        parts.append(f"  {indent}{volume['name']}:\n")
        parts.extend(_row(*row) for row in rows_of(volume, reader))
    return "".join(parts)


def _row(key: str, value: Any) -> str:
    if not key:
        return f"      {value}\n"
    return f"    {key}:\n" if value is None else f"    {key}:\t{value}\n"


def rows_of(volume: Obj, reader: Reader) -> Rows:
    """What is told of one volume; an entry without a key goes below the one before."""
    for kind, tell in _TOLD.items():
        if kind in volume:
            return tell(volume[kind] or {}, reader)
    return [("Type", "<unknown>")]


def _optional(source: Obj) -> str:
    return str(source.get("optional", False)).lower()


def _secret(source: Obj, reader: Reader) -> Rows:
    name = source.get("secretName", "")
    return [("Type", "Secret (a volume populated by a Secret)"), ("SecretName", name), ("Optional", _optional(source))]


def _configmap(source: Obj, reader: Reader) -> Rows:
    name = source.get("name", "")
    return [("Type", "ConfigMap (a volume populated by a ConfigMap)"), ("Name", name), ("Optional", _optional(source))]


def _projected(source: Obj, reader: Reader) -> Rows:
    rows: Rows = [("Type", "Projected (a volume that contains injected data from multiple sources)")]
    for one in source.get("sources") or ():
        rows += _source(one, reader)
    return rows


def _empty(source: Obj, reader: Reader) -> Rows:
    limit = dig(source, "sizeLimit", default="<unset>")
    return [("Type", TEMPORARY), ("Medium", source.get("medium", "")), ("SizeLimit", limit)]


def _host(source: Obj, reader: Reader) -> Rows:
    kind = ("HostPathType", source.get("type", ""))
    return [("Type", "HostPath (bare host directory volume)"), ("Path", source["path"]), kind]


def _downward(source: Obj, reader: Reader) -> Rows:
    rows: Rows = [("Type", "DownwardAPI (a volume populated by information about the pod)"), ("Items", None)]
    for item in source.get("items") or ():
        about = dig(item, "fieldRef", "fieldPath") or dig(item, "resourceFieldRef", "resource", default="")
        rows.append(("", f"{about} -> {item['path']}"))
    return rows


def _claim(source: Obj, reader: Reader) -> Rows:
    read_only = str(source.get("readOnly", False)).lower()
    return [("Type", CLAIM), ("ClaimName", source["claimName"]), ("ReadOnly", read_only)]


def _nfs(source: Obj, reader: Reader) -> Rows:
    read_only = str(source.get("readOnly", False)).lower()
    kind = "NFS (an NFS mount that lasts the lifetime of a pod)"
    return [("Type", kind), ("Server", source["server"]), ("Path", source["path"]), ("ReadOnly", read_only)]


def _csi(source: Obj, reader: Reader) -> Rows:
    rows: Rows = [("Type", "CSI (a Container Storage Interface (CSI) volume source)"), ("Driver", source["driver"])]
    rows.append(("FSType", source.get("fsType", "")))
    return [*rows, ("ReadOnly", str(source.get("readOnly", False)).lower())]


def _local(source: Obj, reader: Reader) -> Rows:
    return [("Type", "LocalVolume (a persistent volume backed by local storage on a node)"), ("Path", source["path"])]


def _image(source: Obj, reader: Reader) -> Rows:
    kind = "Image (a container image or OCI artifact)"
    return [("Type", kind), ("Reference", source.get("reference", "")), ("PullPolicy", source.get("pullPolicy", ""))]


_TOLD: Final = {
    "secret": _secret,
    "configMap": _configmap,
    "projected": _projected,
    "emptyDir": _empty,
    "hostPath": _host,
    "downwardAPI": _downward,
    "persistentVolumeClaim": _claim,
    "nfs": _nfs,
    "csi": _csi,
    "local": _local,
    "image": _image,
}


def _source(source: Obj, reader: Reader) -> Rows:
    if "serviceAccountToken" in source:
        return [("TokenExpirationSeconds", source["serviceAccountToken"].get("expirationSeconds", 3600))]
    if "downwardAPI" in source:
        return [("DownwardAPI", "true")]
    if "configMap" in source:
        key, missing = reader.profile.pick(CONFIG_OPTIONAL)
        optional = source["configMap"].get("optional")
        shown = missing if optional is None else str(optional).lower()
        return [("ConfigMapName", source["configMap"]["name"]), (key, shown)]
    if "secret" in source:
        optional = source["secret"].get("optional")
        shown = "<nil>" if optional is None else str(optional).lower()
        return [("SecretName", source["secret"]["name"]), ("SecretOptionalName", shown)]
    return []
