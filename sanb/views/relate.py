"""The objects of a table and the typed links between them: what graph, pictures and interactive views share."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Final, NamedTuple

from sanb.apiserver.relations import RELATIONS, Relation
from sanb.apiserver.resources import BY_KIND, RESOURCES
from sanb.store.table import Table
from sanb.values import Obj, dig

MISSING: Final = "Missing"
"""The phase of an object that others name and that is not there."""
SILENT: Final = frozenset({"events"})
"""Resources that are no part of the graph: they tell of objects, they are none."""


class Thing(NamedTuple):
    """One object; `id` is `pod/shop/web`, cluster-scoped `node/node-1`."""

    id: str
    kind: str
    namespace: str
    name: str
    uid: str | None
    phase: str | None


class Link(NamedTuple):
    """A relation of two objects by their ids; `kind` is the relation's name, or "owns"."""

    source: str
    target: str
    kind: str


def thing_id(kind: str, namespace: str, name: str) -> str:
    """`pod/shop/web`; cluster-scoped objects have no middle part: `node/node-1`."""
    return f"{kind.lower()}/{namespace}/{name}" if namespace else f"{kind.lower()}/{name}"


def resources() -> tuple[str, ...]:
    """The resources whose objects are things."""
    return tuple(resource for resource in RESOURCES if resource not in SILENT)


@cache
def _relations(resource: str) -> tuple[tuple[Relation, str], ...]:
    """The relations that start at a resource, each with the kind it points to."""
    return tuple((relation, RESOURCES[relation.target].kind) for relation in RELATIONS
                 if relation.resource in ("*", resource))


def things(table: Table, namespace: str | None = None) -> Iterator[tuple[Thing, Obj]]:
    """Every object of the table, or of one namespace, with its value; in order of resource, namespace and name."""
    for resource in resources():
        kind = RESOURCES[resource].kind
        for version in table.scan(resource, namespace):
            _, space, name = version.key
            obj = version.last
            yield Thing(thing_id(kind, space, name), kind, space, name, obj["metadata"].get("uid"), phase(obj)), obj


def phase(obj: Obj) -> str | None:
    """status.phase; an object that is being deleted is Terminating whatever it says."""
    if obj["metadata"].get("deletionTimestamp"):
        return "Terminating"
    found: str | None = dig(obj, "status", "phase")
    return found


def links(thing: Thing, obj: Obj) -> Iterator[tuple[Link, Thing]]:
    """The links that an object's fields make, each with its other end as if it were missing.

    An owner points to what it owns; every other link starts at the object that holds the reference.
    """
    resource = BY_KIND[thing.kind].id
    for relation, kind in _relations(resource):
        for space, name in relation.find(obj):
            if name:
                other = _absent(kind, space, name)
                yield Link(thing.id, other.id, relation.name), other
    for owner in obj["metadata"].get("ownerReferences") or ():
        row = BY_KIND.get(owner["kind"])
        space = thing.namespace if row is None or row.namespaced else ""
        other = _absent(owner["kind"], space, owner["name"])
        yield Link(other.id, thing.id, "owns"), other


def _absent(kind: str, namespace: str, name: str) -> Thing:
    return Thing(thing_id(kind, namespace, name), kind, namespace, name, None, MISSING)
