"""What a picture shows: the objects of a control plane, or counts of them when there are too many to tell apart."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from sanb.store.table import Table
from sanb.views.layout.model import LAYERS, RANK, Edge, Item, natural
from sanb.views.relate import Thing, links, thing_id, things

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


def scene(table: Table, namespace: str | None = None) -> Scene:
    """The objects of a table, or of one namespace and its Pods' nodes; targets that are not there are "Missing"."""
    found: dict[str, Thing] = {}
    absent: dict[str, Thing] = {}
    edges: dict[tuple[str, str, str], None] = {}
    for thing, obj in things(table):
        if thing.kind not in RANK and thing.kind != "Namespace":
            continue
        if namespace is not None and thing.namespace != namespace and not _belongs(thing, namespace):
            continue
        found[thing.id] = thing
        for link, other in links(thing, obj):
            if link.kind != _WITHIN and other.kind in LAYERS:
                edges[link] = None
                absent[other.id] = other
    for name, thing in absent.items():
        found.setdefault(name, thing)
    if namespace is not None:
        used = {end for source, target, _ in edges for end in (source, target)}
        found = {name: thing for name, thing in found.items() if thing.kind != "Node" or name in used}
    return _scene(found.values(), edges)


def _belongs(thing: Thing, namespace: str) -> bool:
    return thing.kind == "Node" or (thing.kind == "Namespace" and thing.name == namespace)


def _scene(found: Iterable[Thing], edges: Iterable[tuple[str, str, str]]) -> Scene:
    shown = list(found)
    spaces = sum(thing.kind == "Namespace" for thing in shown)
    if len(shown) > SUMMARISED_ABOVE:
        return _summary(shown, edges, spaces)
    items = tuple(Item(thing.id, thing.kind, thing.namespace, thing.name, thing.phase or "") for thing in shown)
    return Scene(items, tuple(Edge(*edge) for edge in edges), len(shown), spaces, False)


def _summary(shown: list[Thing], edges: Iterable[tuple[str, str, str]], spaces: int) -> Scene:
    """One item per namespace and kind; the namespaces with most objects."""
    sizes: dict[str, int] = {}
    for thing in shown:
        space = thing.name if thing.kind == "Namespace" else thing.namespace
        if space:
            sizes[space] = sizes.get(space, 0) + 1
    kept = dict.fromkeys(sorted(sizes, key=lambda space: (-sizes[space], natural(space)))[:SPACES])
    home: dict[str, str] = {}
    counts: dict[tuple[str, str], int] = {}
    items = []
    for thing in shown:
        if thing.kind == "Namespace":
            if thing.name in kept:
                items.append(Item(thing.id, thing.kind, "", thing.name, thing.phase or ""))
        elif not thing.namespace or thing.namespace in kept:
            place = thing.kind, thing.namespace
            counts[place] = counts.get(place, 0) + 1
            home[thing.id] = thing_id(thing.kind, thing.namespace, "*")
    items += [Item(thing_id(kind, space, "*"), kind, space, kind, "", count) for (kind, space), count in counts.items()]
    joined: dict[tuple[str, str, str], int] = {}
    for source, target, kind in edges:
        if source in home and target in home:
            place3 = home[source], home[target], kind
            joined[place3] = joined.get(place3, 0) + 1
    return Scene(tuple(items), tuple(Edge(*place, count) for place, count in joined.items()), len(shown), spaces, True,
                 len(sizes) - len(kept))
