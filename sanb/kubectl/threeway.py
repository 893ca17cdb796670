"""The patch that turns what is into what shall be, knowing what was applied before."""

from __future__ import annotations

from typing import Any, Final

from sanb.values import Obj

KEYS: Final = {
    "containers": "name",
    "initContainers": "name",
    "ephemeralContainers": "name",
    "env": "name",
    "volumes": "name",
    "volumeMounts": "mountPath",
    "volumeDevices": "devicePath",
    "imagePullSecrets": "name",
    "secrets": "name",
    "hostAliases": "ip",
    "conditions": "type",
    "ownerReferences": "uid",
    "topologySpreadConstraints": "topologyKey",
    "webhooks": "name",
    "resourceClaims": "name",
}
"""Lists that are merged by a key of their elements."""
PORT_KEYS: Final = ("containerPort", "port")


def three_way(last: Any, wanted: Any, current: Any) -> Obj:
    """The patch that makes `current` have all of `wanted` and lose what only `last` had."""
    patch: Obj = {}
    for key, value in wanted.items():
        if key not in current or current[key] is None:
            if value is not None:
                patch[key] = value
            continue
        now, before = current[key], (last or {}).get(key)
        if isinstance(value, dict) and isinstance(now, dict):
            inner = three_way(before if isinstance(before, dict) else {}, value, now)
            if inner:
                patch[key] = inner
        elif isinstance(value, list) and isinstance(now, list):
            _list(patch, key, before if isinstance(before, list) else [], value, now)
        elif value != now:
            patch[key] = value
    for key in last or {}:
        if key not in wanted and key in current:
            patch[key] = None
    return patch


def _list(patch: Obj, field: str, last: list[Any], wanted: list[Any], current: list[Any]) -> None:
    key = _merge_key(field, [*wanted, *current])
    if key is None:
        if wanted != current:
            patch[field] = wanted
        return
    now = {one.get(key): one for one in current}
    before = {one.get(key): one for one in last if isinstance(one, dict)}
    changes: list[Obj] = []
    for one in wanted:
        inner = three_way(before.get(one.get(key), {}), one, now.get(one.get(key), {}))
        if inner:
            changes.append({**inner, key: one.get(key)})
    names = [one.get(key) for one in wanted]
    changes += [{"$patch": "delete", key: name} for name in before if name not in names and name in now]
    if changes:
        patch[field] = changes


def _merge_key(field: str, items: list[Any]) -> str | None:
    if not all(isinstance(one, dict) for one in items):
        return None
    if field == "ports":
        return next((key for key in PORT_KEYS if items and all(key in one for one in items)), None)
    key = KEYS.get(field)
    return key if key and all(key in one for one in items) else None


def json_way(last: Any, wanted: Any, current: Any) -> Obj:
    """The same as a JSON merge patch, in which lists are replaced: for kinds whose lists have no keys."""
    patch: Obj = {}
    for key, value in wanted.items():
        now, before = current.get(key), (last or {}).get(key)
        if isinstance(value, dict) and isinstance(now, dict):
            inner = json_way(before if isinstance(before, dict) else {}, value, now)
            if inner:
                patch[key] = inner
        elif value != now:
            patch[key] = value
    for key in last or {}:
        if key not in wanted and key in current:
            patch[key] = None
    return patch


def merge(obj: Any, more: Any) -> Any:
    """The object with a JSON merge patch applied."""
    if not isinstance(more, dict) or not isinstance(obj, dict):
        return more
    kept = {key: value for key, value in obj.items() if not (key in more and more[key] is None)}
    return {**kept, **{key: merge(obj.get(key), value) for key, value in more.items() if value is not None}}
