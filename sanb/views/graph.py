"""The cluster as a networkx graph: objects as nodes, their relations as typed edges."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sanb.apiserver.resources import BY_KIND
from sanb.values import quiet_gc
from sanb.views.frames import HasStore
from sanb.views.relate import MISSING, Thing, links, things

if TYPE_CHECKING:
    import networkx


def load_networkx() -> Any:
    """networkx, or an error that says how to get it."""
    try:
        import networkx
    except ImportError as error:
        raise ImportError("graphs need networkx: install the package 'networkx'") from error
    return networkx


def graph(cp: HasStore) -> networkx.MultiDiGraph:
    """One node per object; edges are keyed by their type; a target that isn't there has the phase "Missing".

    Nodes have the attributes kind, namespace, name, uid and phase. An owner points to what it owns ("owns"); every
    other edge points from the object that holds the reference: "in-namespace", "uses", "runs-on", "mounts", "reads",
    "pulls-with", "references", "issued-for", "grants" (binding to role), "binds" (binding to account).
    """
    nodes: dict[str, dict[str, Any]] = {}
    edges: list[tuple[str, str, str]] = []
    named: dict[tuple[str, ...], str] = {}
    with quiet_gc():
        for thing, obj in things(cp.store.head):
            here = thing.id
            nodes[here] = _attributes(thing)
            for link in links(BY_KIND[thing.kind].id, obj):
                place = link[1:4]
                other = named.get(place) or named.setdefault(place, link.other)
                edges.append((other, here, link.type) if link.inward else (here, other, link.type))
        for (kind, space, name), other in named.items():
            if other not in nodes:
                nodes[other] = _attributes(Thing(other, kind, space, name, None, MISSING))
        return _assembled(nodes, edges)


def _assembled(nodes: dict[str, dict[str, Any]], edges: list[tuple[str, str, str]]) -> networkx.MultiDiGraph:
    """What `add_edges_from` makes of edges without attributes whose ends are there, in a third of its time."""
    found = load_networkx().MultiDiGraph()
    found.add_nodes_from(nodes.items())
    after, before = found._succ, found._pred
    for source, target, key in edges:
        there = after[source]
        keys = there.get(target)
        if keys is None:
            there[target] = before[target][source] = {key: {}}
        elif key not in keys:
            keys[key] = {}
    return found


def _attributes(thing: Thing) -> dict[str, Any]:
    return {"kind": thing.kind, "namespace": thing.namespace, "name": thing.name, "uid": thing.uid,
            "phase": thing.phase}
