"""The objects of a table and the typed links between them: what graph, pictures and interactive views share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import Final, NamedTuple

from sanb.apiserver.relations import BINDINGS, CLUSTER_BINDINGS, CLUSTER_ROLES, GRANTING, RELATIONS, ROLES, Place
from sanb.apiserver.resources import BY_KIND, RESOURCES
from sanb.store.table import Table
from sanb.values import Key, Obj

MISSING: Final = "Missing"
"""The phase of an object that others name and that is not there."""
BOOTSTRAP: Final = "kubernetes.io/bootstrapping"
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
    """A relation that an object's fields name: its type, and the kind and place of the other end.

    `inward`: it points from the other end to the object, as "owns" does.
    """

    type: str
    kind: str
    namespace: str
    name: str
    inward: bool = False

    @property
    def other(self) -> str:
        """The id of the other end."""
        return thing_id(self.kind, self.namespace, self.name)

    def ends(self, here: str) -> tuple[str, str, str]:
        """(source, target, type) for the object with this id."""
        return (self.other, here, self.type) if self.inward else (here, self.other, self.type)

    def missing(self) -> Thing:
        """The other end as if it were not there."""
        return Thing(self.other, self.kind, self.namespace, self.name, None, MISSING)


def thing_id(kind: str, namespace: str, name: str) -> str:
    """`pod/shop/web`; cluster-scoped objects have no middle part: `node/node-1`."""
    return f"{kind.lower()}/{namespace}/{name}" if namespace else f"{kind.lower()}/{name}"


def resources() -> tuple[str, ...]:
    """The resources whose objects are things."""
    return tuple(resource for resource in RESOURCES if resource not in SILENT)


@cache
def _relations(resource: str) -> tuple[tuple[Callable[[Obj], Iterable[Place]], str, str], ...]:
    """The relations that start at a resource: how to find them, their type, and the kind they point to."""
    return tuple((relation.find, relation.name, RESOURCES[relation.target].kind) for relation in RELATIONS
                 if relation.resource in ("*", resource))


def things(table: Table, namespace: str | None = None) -> Iterator[tuple[Thing, Obj]]:
    """Every object of the table, or of one namespace, with its value; in order of resource, namespace and name.

    Roles and bindings that the API server made for itself are left out, but for roles that others' bindings name.
    """
    granted = _granted(table)
    for resource in resources():
        kind = RESOURCES[resource].kind
        for version in table.scan(resource, namespace):
            _, space, name = version.key
            obj = version.last
            if resource in GRANTING and made_at_start(obj) and version.key not in granted:
                continue
            yield Thing(thing_id(kind, space, name), kind, space, name, obj["metadata"].get("uid"), phase(obj)), obj


def made_at_start(obj: Obj) -> bool:
    """Whether a role or a binding is one of those that every API server makes; they would hide all others."""
    return BOOTSTRAP in (obj["metadata"].get("labels") or ())


def _granted(table: Table) -> set[Key]:
    """The roles that somebody's own bindings grant: these are shown whoever made them."""
    found: set[Key] = set()
    for resource in (BINDINGS, CLUSTER_BINDINGS):
        for version in table.scan(resource):
            if not made_at_start(version.last):
                reference, space = version.last["roleRef"], version.key[1]
                local = reference.get("kind") == "Role"
                found.add((ROLES if local else CLUSTER_ROLES, space if local else "", reference.get("name", "")))
    return found


def phase(obj: Obj) -> str | None:
    """status.phase; an object that is being deleted is Terminating whatever it says."""
    if obj["metadata"].get("deletionTimestamp"):
        return "Terminating"
    status = obj.get("status")
    return status.get("phase") if isinstance(status, dict) else None


def links(resource: str, obj: Obj) -> list[Link]:
    """The links that an object's fields make.

    An owner points to what it owns; every other link starts at the object that holds the reference.
    """
    found = [Link(type_, kind, space, name) for find, type_, kind in _relations(resource)
             for space, name in find(obj) if name]
    for owner in obj["metadata"].get("ownerReferences") or ():
        row = BY_KIND.get(owner["kind"])
        space = obj["metadata"].get("namespace", "") if row is None or row.namespaced else ""
        found.append(Link("owns", owner["kind"], space, owner["name"], True))
    return found
