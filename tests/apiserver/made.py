"""Objects as they are when validation sees them: decoded, defaulted and admitted."""

from __future__ import annotations

from typing import Any

from sanb.apiserver.resources import BY_KIND
from sanb.apiserver.validation import validate, validate_update
from sanb.profiles.profile import Profile
from sanb.values import Obj


def container(name: str = "c", **fields: Any) -> Obj:
    return {"name": name, "image": "busybox", "resources": {}, "terminationMessagePath": "/dev/termination-log",
            "terminationMessagePolicy": "File", "imagePullPolicy": "Always", **fields}


def spec(*containers: Obj, **fields: Any) -> Obj:
    return {"containers": list(containers or (container(),)), "restartPolicy": "Always", "dnsPolicy": "ClusterFirst",
            "terminationGracePeriodSeconds": 30, "serviceAccountName": "default", "securityContext": {}, **fields}


def pod(*containers: Obj, metadata: Obj | None = None, **fields: Any) -> Obj:
    return {"apiVersion": "v1", "kind": "Pod", "spec": spec(*containers, **fields),
            "metadata": {"name": "p", "namespace": "shop", "uid": "u-1", **(metadata or {})}}


def made(kind: str, name: str = "a", **fields: Any) -> Obj:
    """An object of a kind; `metadata` adds to its metadata."""
    resource = BY_KIND[kind]
    metadata = {"name": name, **({"namespace": "shop"} if resource.namespaced else {}), **fields.pop("metadata", {})}
    return {"apiVersion": resource.api_version, "kind": kind, "metadata": metadata, **fields}


def deployment(replicas: int = 1, template: Obj | None = None, kind: str = "Deployment", **fields: Any) -> Obj:
    labels = {"app": "web"}
    body = {"replicas": replicas, "selector": {"matchLabels": labels}, **fields,
            "template": {"metadata": {"labels": labels}, "spec": template or spec()}}
    if kind == "Deployment":
        rolling = {"maxSurge": "25%", "maxUnavailable": "25%"}
        body.setdefault("strategy", {"type": "RollingUpdate", "rollingUpdate": rolling})
    return made(kind, "web", spec=body)


def faults(obj: Obj, minor: str = "1.36") -> list[str]:
    """The sentences that a new object is refused with."""
    return [error.text for error in validate(BY_KIND[obj["kind"]], obj, Profile.of(minor))]


def update_faults(new: Obj, old: Obj, minor: str = "1.36", subresource: str = "") -> list[str]:
    """The sentences that an update is refused with."""
    return [error.text for error in validate_update(BY_KIND[old["kind"]], new, old, Profile.of(minor), subresource)]
