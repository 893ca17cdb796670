"""Descriptions of PersistentVolumeClaims, PersistentVolumes and StorageClasses."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sanb.values import Obj, dig
from sanb.views.describe.common import Reader, date, events, labels, line, notes
from sanb.views.describe.volume import rows_of

MODES: Final = {"ReadWriteOnce": "RWO", "ReadOnlyMany": "ROX", "ReadWriteMany": "RWX", "ReadWriteOncePod": "RWOP"}
USED: Final = {"1.10": "", "1.13": "Mounted By", "1.18": "Used By"}
DEFAULT: Final = "storageclass.kubernetes.io/is-default-class"
BETA_DEFAULT: Final = "storageclass.beta.kubernetes.io/is-default-class"
SOURCES: Final = ("hostPath", "nfs", "csi", "local")


def _modes(found: Sequence[str] | None) -> str:
    return ",".join(MODES.get(one, one) for one in found or ())


def claim(obj: Obj, reader: Reader) -> str:
    """A PersistentVolumeClaim and who uses it."""
    metadata, spec, status = obj["metadata"], obj.get("spec") or {}, obj.get("status") or {}
    body = line("Name", metadata["name"]) + line("Namespace", metadata["namespace"])
    body += line("StorageClass", spec.get("storageClassName", ""))
    phase = status.get("phase", "")
    if metadata.get("deletionTimestamp"):
        phase = "Terminating"
    body += line("Status", phase) + line("Volume", spec.get("volumeName", ""))
    body += labels(metadata.get("labels")) + notes(metadata.get("annotations"), reader.profile)
    body += line("Finalizers", f"[{' '.join(metadata.get('finalizers') or ())}]")
    bound = bool(spec.get("volumeName"))
    body += line("Capacity", dig(status, "capacity", "storage", default="") if bound else "")
    body += line("Access Modes", _modes(status.get("accessModes")) if bound else "")
    body += line("VolumeMode", spec.get("volumeMode", "Filesystem"))
    title = reader.profile.pick(USED)
    if title:
        users = [
            pod["metadata"]["name"]
            for pod in reader.objects("pods", metadata["namespace"])
            if _uses(pod, metadata["name"])
        ]
        body += line(title, users[0] if users else "<none>") + "".join(f"\t{name}\n" for name in users[1:])
    return body + events(obj, reader)


def _uses(pod: Obj, name: str) -> bool:
    return any(dig(one, "persistentVolumeClaim", "claimName") == name for one in pod["spec"].get("volumes") or ())


def volume(obj: Obj, reader: Reader) -> str:
    """A PersistentVolume and where it is."""
    metadata, spec, status = obj["metadata"], obj.get("spec") or {}, obj.get("status") or {}
    body = line("Name", metadata["name"]) + labels(metadata.get("labels"))
    body += notes(metadata.get("annotations"), reader.profile)
    body += line("Finalizers", f"[{' '.join(metadata.get('finalizers') or ())}]")
    body += line("StorageClass", spec.get("storageClassName", "")) + line("Status", status.get("phase", ""))
    owner = spec.get("claimRef")
    body += line("Claim", f"{owner['namespace']}/{owner['name']}" if owner else "")
    body += line("Reclaim Policy", spec.get("persistentVolumeReclaimPolicy", ""))
    body += line("Access Modes", _modes(spec.get("accessModes"))) + line(
        "VolumeMode", spec.get("volumeMode", "Filesystem")
    )
    body += line("Capacity", dig(spec, "capacity", "storage", default=""))
    body += _affinity(spec) + line("Message", status.get("message", "")) + "Source:\n"
    body += "".join(
        f"    {key}:\t{value}\n" for key, value in rows_of({k: spec[k] for k in SOURCES if k in spec}, reader)
    )
    return body + events(obj, reader)


def _affinity(spec: Obj) -> str:
    terms = dig(spec, "nodeAffinity", "required", "nodeSelectorTerms", default=())
    if not terms:
        return line("Node Affinity", "<none>")
    body = "Node Affinity:\n  Required Terms:\n"
    for number, term in enumerate(terms):
        found = [
            f"{one['key']} {one['operator'].lower()} [{', '.join(one.get('values') or ())}]"
            for one in term.get("matchExpressions") or ()
        ]
        body += line(f"    Term {number}", ("\n\t".join(found)) or "<none>")
    return body


def storageclass(obj: Obj, reader: Reader) -> str:
    """A StorageClass."""
    metadata = obj["metadata"]
    found = metadata.get("annotations") or {}
    default = "Yes" if "true" in (found.get(DEFAULT), found.get(BETA_DEFAULT)) else "No"
    body = line("Name", metadata["name"]) + line("IsDefaultClass", default)
    told = ",".join(f"{key}={found[key]}" for key in sorted(found)) or "<none>"
    parameters = obj.get("parameters") or {}
    body += line("Annotations", told) + line("Provisioner", obj.get("provisioner", ""))
    body += line("Parameters", ",".join(f"{key}={parameters[key]}" for key in sorted(parameters)) or "<none>")
    expands = obj.get("allowVolumeExpansion")
    body += line("AllowVolumeExpansion", "<unset>" if expands is None else str(expands))
    options = obj.get("mountOptions") or ()
    body += "MountOptions:\n" + "".join(f"  {one}\n" for one in options) if options else line("MountOptions", "<none>")
    body += line("ReclaimPolicy", obj.get("reclaimPolicy", "Delete"))
    body += line("VolumeBindingMode", obj.get("volumeBindingMode", "Immediate"))
    return body + events(obj, reader)


def csinode(obj: Obj, reader: Reader) -> str:
    """What the drivers of volumes say about a Node."""
    metadata, drivers = obj["metadata"], (obj.get("spec") or {}).get("drivers")
    body = line("Name", metadata["name"]) + labels(metadata.get("labels"))
    body += notes(metadata.get("annotations"), reader.profile)
    body += line("CreationTimestamp", date(metadata.get("creationTimestamp"))) + "Spec:\n"
    if drivers is not None:
        body += "  Drivers:\n" + "".join(map(_driver, drivers))
    return body + events(obj, reader)


def _driver(one: Obj) -> str:
    body = f"    {one['name']}:\n" + line("      Node ID", one["nodeID"])
    if (count := dig(one, "allocatable", "count")) is not None:
        body += "      Allocatables:\n" + line("        Count", count)
    keys = one.get("topologyKeys")
    return body + (line("      Topology Keys", f"[{' '.join(keys)}]") if keys is not None else "")
