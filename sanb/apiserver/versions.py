"""Versions of a kind whose shapes differ, and how objects get from one to the other.

A minor stores, and answers without being asked for another version, in the version that it prefers. What a client
sends or asks for in another version is converted where the shapes differ.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

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
