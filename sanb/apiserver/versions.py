"""Versions of a kind whose shapes differ, and how objects get from one to the other.

A minor stores, and answers without being asked for another version, in the version that it prefers. What a client
sends or asks for in another version is converted where the shapes differ.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

SHAPES: Final[Mapping[str, frozenset[str]]] = {
    "Ingress": frozenset(("v1beta1",)),
    "EndpointSlice": frozenset(("v1beta1",)),
    "HorizontalPodAutoscaler": frozenset(("v1", "v2beta1")),
    "CustomResourceDefinition": frozenset(("v1beta1",)),
}
"""Kinds with versions that have a shape of their own; all other versions look like the newest one."""


def shape(kind: str, api_version: str) -> str:
    """The name of the type that a kind has under a version: "Ingress.v1beta1"; mostly just the kind."""
    own = SHAPES.get(kind)
    if own is None:
        return kind
    version = api_version.rpartition("/")[2]
    return f"{kind}.{version}" if version in own else kind


_VERSION: Final = re.compile(r"v(\d+)(?:(alpha|beta)(\d+))?")
_STAGES: Final = {None: 2, "beta": 1, "alpha": 0}


def rank(version: str) -> tuple[Any, ...]:
    """The order of versions: v2, v1, v1beta2, v1beta1, v1alpha1, and then all that look different."""
    match = _VERSION.fullmatch(version)
    if match is None:
        return (1, 0, 0, 0, version)
    major, stage, minor = match.groups()
    return (0, -_STAGES[stage], -int(major), -int(minor or 0), version)
