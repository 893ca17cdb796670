"""TYPES: what every kind's fields are, by Go name. `base` explains how a row is written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sanb.apiserver.types import (
    authentication,
    authorization,
    batch,
    containers,
    core,
    extensions,
    meta,
    networking,
    nodes,
    others,
    pods,
    policy,
    rbac,
    storage,
    volumes,
    workloads,
)
from sanb.apiserver.types.base import VALUES, Field, Type, registry

__all__ = ["TYPES", "VALUES", "Field", "Type"]

TYPES: Final[Mapping[str, Type]] = registry(
    meta.STRUCTS, containers.STRUCTS, volumes.STRUCTS, pods.STRUCTS, workloads.STRUCTS, core.STRUCTS, nodes.STRUCTS,
    rbac.STRUCTS, authentication.STRUCTS, authorization.STRUCTS, batch.STRUCTS, networking.STRUCTS, policy.STRUCTS,
    storage.STRUCTS,
    extensions.STRUCTS, others.STRUCTS,
)
