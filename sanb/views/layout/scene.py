"""What a picture shows: the objects of a control plane, or counts of them when there are too many to tell apart."""

from __future__ import annotations

from typing import Final, NamedTuple

from sanb.apiserver.resources import BY_KIND, RESOURCES
from sanb.store.table import Table
from sanb.values import Obj, quiet_gc
from sanb.views.layout.grants import grants
from sanb.views.layout.model import LAYERS, Edge, Item, natural
from sanb.views.relate import Link, Thing, links, resources, thing_id, things

SUMMARISED_ABOVE: Final = 300
SPACES: Final = 48
"""Namespaces that a summary tells apart."""
_WITHIN: Final = "in-namespace"


class Scene(NamedTuple):
    """Items and edges for `arrange`; `objects` counts what they stand for, `left_out` namespaces that are not shown."""

    items: tuple[Item, ...]
    edges: tuple[Edge, ...]
    objects: int
    namespaces: int
    summarised: bool
    left_out: int = 0


def scene(table: Table, namespace: str | None = None, *, people: bool = False, above: int = SUMMARISED_ABOVE) -> Scene:
    """The objects of a table, or of one namespace and its Pods' nodes; targets that are not there are "Missing".

    Of more than `above` objects there are counts.

    `people`: whoever is bound besides accounts, and roles of the whole cluster, are shown in each namespace they matter in.
    """
    if _size(table, namespace) > above:
        return _summary(table, namespace)
    found: dict[str, Thing] = {}
    named: dict[Link, None] = {}
    edges: dict[tuple[str, str, str], None] = {}
    for thing, obj in things(table):
        if not _shown(thing.kind, thing.namespace, thing.name, namespace) or _built_in(obj):
            continue
        found[thing.id] = thing
        for link in links(BY_KIND[thing.kind].id, obj):
            if link.type != _WITHIN and link.kind in LAYERS:
                edges[link.ends(thing.id)] = None
                named[link] = None
    for link in named:
        found.setdefault(link.other, link.missing())
    if namespace is not None:
        used = {end for source, target, _ in edges for end in (source, target)}
        found = {name: thing for name, thing in found.items() if thing.kind != "Node" or name in used}
    items = tuple(Item(one.id, one.kind, one.namespace, one.name, one.phase or "") for one in found.values())
    lines = tuple(Edge(*edge) for edge in edges)
    if people:
        more, others = grants(table, namespace)
        items, lines = (*items, *more), (*lines, *others)
    spaces = sum(thing.kind == "Namespace" for thing in found.values())
    return Scene(items, lines, len(found), spaces, False)


def _shown(kind: str, space: str, name: str, namespace: str | None) -> bool:
    """Whether a picture of all, or of one namespace, has an object; nodes are always asked for."""
    if kind == "Namespace":
        return namespace in (None, name)
    return kind in LAYERS and (namespace is None or kind == "Node" or space == namespace)


def _built_in(obj: Obj) -> bool:
    """Roles and bindings that every cluster comes with: they would hide what somebody granted."""
    labels = obj["metadata"].get("labels")
    return labels is not None and labels.get("kubernetes.io/bootstrapping") == "rbac-defaults"


def _size(table: Table, namespace: str | None) -> int:
    """How many objects there are to show, without looking at them."""
    return sum(len(table.scan(resource, namespace if RESOURCES[resource].namespaced else None))
               for resource in resources() if RESOURCES[resource].kind in LAYERS or resource == "namespaces")


def _summary(table: Table, namespace: str | None) -> Scene:
    """One item per namespace and kind; the namespaces with most objects, and the links between existing kinds."""
    counts: dict[tuple[str, str], int] = {}
    joined: dict[tuple[tuple[str, str], tuple[str, str], str], int] = {}
    spaces: dict[str, Item] = {}
    total = 0
    with quiet_gc():
        for thing, obj in things(table):
            kind, space, name = thing.kind, thing.namespace, thing.name
            if not _shown(kind, space, name, namespace) or _built_in(obj):
                continue
            total += 1
            if kind == "Namespace":
                spaces[name] = Item(thing.id, kind, "", name, thing.phase or "")
                continue
            here = kind, space
            counts[here] = counts.get(here, 0) + 1
            for type_, other, where, _, inward in links(BY_KIND[kind].id, obj):
                if type_ != _WITHIN:
                    ends = ((other, where), here, type_) if inward else (here, (other, where), type_)
                    joined[ends] = joined.get(ends, 0) + 1
    sizes = dict.fromkeys(spaces, 1)
    for (_, space), count in counts.items():
        sizes[space] = sizes.get(space, 0) + count
    kept = {"", *sorted(spaces, key=lambda space: (-sizes[space], natural(space)))[:SPACES]}
    ids = {place: thing_id(*place, "*") for place in counts if place[1] in kept}
    items = [spaces[space] for space in spaces if space in kept]
    items += [Item(ids[place], *place, place[0], "", counts[place]) for place in ids]
    edges = tuple(Edge(ids[one], ids[two], type_, count) for (one, two, type_), count in joined.items()
                  if one in ids and two in ids)
    return Scene(tuple(items), edges, total, len(spaces), True, max(0, len(spaces) - SPACES))
