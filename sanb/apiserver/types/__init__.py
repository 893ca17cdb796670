"""TYPES: what every kind's fields are, by Go name. `base` explains how a row is written."""

from __future__ import annotations

from typing import Final

from sanb.apiserver.types import containers, core, meta, nodes, pods, rbac, volumes, workloads
from sanb.apiserver.types.base import VALUES, Field, Type, Types

__all__ = ["TYPES", "VALUES", "Field", "Type"]

TYPES: Final = Types()
for theme in (meta, containers, volumes, pods, workloads, core, nodes, rbac):
    theme.add(TYPES)
