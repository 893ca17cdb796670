"""The scale subresource: where a kind keeps its replicas."""

from __future__ import annotations

from typing import Any, NamedTuple

from sanb.apiserver.resources import Resource
from sanb.values import Obj, dig


class Places(NamedTuple):
    """Paths of field names to the wanted and the counted replicas, and to a selector that is a text."""

    wanted: tuple[str, ...] = ("spec", "replicas")
    counted: tuple[str, ...] = ("status", "replicas")
    selector: tuple[str, ...] = ()


def places(resource: Resource) -> Places:
    """Where a kind keeps what its scale shows."""
    if resource.custom is None:
        return Places()
    found: Obj = next((one.scale for one in resource.custom.versions.values() if one.scale), {})
    return Places(
        _path(found.get("specReplicasPath", "")), _path(found.get("statusReplicasPath", "")),
        _path(found.get("labelSelectorPath") or ""),
    )


def _path(text: str) -> tuple[str, ...]:
    return tuple(part for part in text.split(".") if part)


def put(obj: Obj, path: tuple[str, ...], value: Any) -> Obj:
    """The object with the value at the path."""
    first, *rest = path
    inner = value if not rest else put(dig(obj, first, default={}), tuple(rest), value)
    return {**obj, first: inner}
