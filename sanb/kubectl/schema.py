"""What kubectl itself checks in manifests before the server sees them: required fields, up to 1.24."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from sanb.kubectl.result import error
from sanb.profiles.profile import Profile
from sanb.values import Obj

CHECKS: Final = {"1.10": True, "1.25": False}
"""Whether kubectl checks; later the server does."""
CORE: Final = "io.k8s.api.core.v1."


class Type(NamedTuple):
    """A type: fields that must be there, and the types of those that are followed."""

    required: tuple[str, ...] = ()
    fields: Mapping[str, str] = {}


TYPES: Final[Mapping[str, Type]] = {
    "Pod": Type((), {"spec": "PodSpec"}),
    "Deployment": Type((), {"spec": "DeploymentSpec"}),
    "ReplicaSet": Type((), {"spec": "ReplicaSetSpec"}),
    "DeploymentSpec": Type((), {"template": "PodTemplateSpec"}),
    "ReplicaSetSpec": Type((), {"template": "PodTemplateSpec"}),
    "PodTemplateSpec": Type((), {"spec": "PodSpec"}),
    "PodSpec": Type(("containers",), {"containers": "Container", "initContainers": "Container", "volumes": "Volume"}),
    "Container": Type(("name",), {"env": "EnvVar", "ports": "ContainerPort", "volumeMounts": "VolumeMount"}),
    "EnvVar": Type(("name",)),
    "ContainerPort": Type(("containerPort",)),
    "VolumeMount": Type(("name", "mountPath")),
    "Volume": Type(("name",)),
}


def check(profile: Profile, obj: Obj, source: str) -> None:
    """Refuse an object that lacks a required field.

    Raises:
        Failure: it does.
    """
    kind = str(obj.get("kind"))
    found = list(_missing(obj, kind, kind)) if profile.pick(CHECKS) else []
    if found:
        text = found[0] if len(found) == 1 else "[" + ", ".join(found) + "]"
        raise error(
            f'error validating "{source}": error validating data: {text}; if you choose to ignore these errors, '
            "turn validation off with --validate=false"
        )


def _missing(value: Any, kind: str, path: str) -> Iterator[str]:
    if isinstance(value, list):
        for place, one in enumerate(value):
            yield from _missing(one, kind, f"{path}[{place}]")
        return
    if not isinstance(value, dict) or kind not in TYPES:
        return
    for field in TYPES[kind].required:
        if field not in value:
            yield f'ValidationError({path}): missing required field "{field}" in {CORE}{kind}'
    for field, inner in TYPES[kind].fields.items():
        yield from _missing(value.get(field), inner, f"{path}.{field}")
