"""Everything about one object."""

from __future__ import annotations

from typing import Any, Final

from sanb.apiserver.resources import RESOURCES
from sanb.errors import UsageError
from sanb.kubectl import run
from sanb.values import Key
from sanb.views.causes import Causes
from sanb.views.relate import links, phase
from sanb.views.timeline import timeline, when
from sanb.widgets import origins, podfiles, tokens

EVENTS: Final = 50
_KINDS: Final = {row.kind.lower(): row for row in RESOURCES.values()}


def key_of(name: str) -> Key:
    """The key of an id of the graph: "pod/shop/web", "node/node-1".

    Raises:
        UsageError: it is of no known kind.
    """
    kind, *rest = name.split("/")
    row = _KINDS.get(kind)
    if row is None or not rest:
        raise UsageError(f"{name!r} names no object of a known kind")
    return row.id, rest[0] if len(rest) > 1 else "", rest[-1]


def inspect(cp: Any, name: str, causes: Causes, incoming: list[list[str]]) -> dict[str, Any]:
    """What the inspector shows of an object; of one that is gone its history.

    Raises:
        UsageError: there is and was no such object.
    """
    key = key_of(name)
    row = RESOURCES[key[0]]
    version = cp.store.head.get(key)
    history = [[when(entry), entry.rev, entry.actor, entry.did, list(entry.changed[:6]), entry.why]
               for entry in timeline(cp, name)]
    found: dict[str, Any] = {
        "id": name, "kind": row.kind, "namespace": key[1], "name": key[2], "there": False, "history": history,
        "relations": incoming, "lines": [], "author": "", "events": [], "describe": "", "tokens": [], "containers": [],
    }
    if version is None or version.obj is None:
        if not history:
            found["missing"] = "Nobody has made this object yet; others name it."
        return found
    obj = version.obj
    lines, author = origins.lines(cp, key, causes)
    found |= {
        "there": True, "phase": phase(obj) or "", "rev": version.rev, "author": author, "lines": [list(line) for line in lines],
        "events": _events(cp, obj), "describe": _described(cp, key), "relations": [*_outgoing(key, obj), *incoming],
    }
    if key[0] == "secrets":
        found["tokens"] = tokens.of_secret(cp, obj)
    elif key[0] == "pods":
        found["containers"] = podfiles.containers(cp, key[1], key[2], obj)
        found["tokens"] = podfiles.mounted_tokens(cp, key[1], key[2], obj)
    return found


def _outgoing(key: Key, obj: Any) -> list[list[str]]:
    """Links that the object's own fields make: word, other end, direction."""
    found = []
    for link in links(key[0], obj):
        if link.type != "in-namespace":
            found.append([link.type, link.other, "in" if link.inward else "out"])
    return found


def incoming(edges: dict[str, Any], name: str, groups: dict[str, Any]) -> list[list[str]]:
    """Links of the picture that end at an object, and that its own fields do not make."""
    homes = {name, *(group for group, value in groups.items() if name in value[5])}
    found = []
    for source, target, kind, *_ in edges.values():
        if target in homes and kind != "owns":
            found += [[kind, each, "in"] for each in _members(source, groups)]
        elif source in homes and kind == "owns":
            found += [[kind, each, "out"] for each in _members(target, groups)]
    return found


def _members(name: str, groups: dict[str, Any]) -> list[str]:
    return groups[name][5] if name in groups else [name]


def _events(cp: Any, obj: Any) -> list[list[str]]:
    """The latest Events about the object: time, type, reason, message, who."""
    uid, space = obj["metadata"].get("uid"), obj["metadata"].get("namespace") or "default"
    found = []
    for version in cp.store.head.scan("events", space):
        event = version.last
        about = event.get("involvedObject") or event.get("regarding") or {}
        if about.get("uid") == uid:
            moment = event.get("lastTimestamp") or event.get("eventTime") or event["metadata"].get("creationTimestamp")
            source = (event.get("source") or {}).get("component") or event.get("reportingComponent") or ""
            found.append([str(moment or ""), event.get("type", ""), event.get("reason", ""), event.get("message", ""), source])
    return sorted(found)[-EVENTS:]


def _described(cp: Any, key: Key) -> str:
    """`kubectl describe`, asked of a copy of the cluster: looking changes nothing."""
    row = RESOURCES[key[0]]
    words = ["describe", f"{row.singular}.{row.group}" if row.group else row.singular, key[2]]
    return run(cp.fork(), [*words, *(["-n", key[1]] if key[1] else [])]).stdout


