"""Who is granted what, in the frame of the namespace where it holds: users, groups, and roles of the whole cluster.

None of these belongs to a namespace. Each is shown once in every frame that it matters in, so that no line has to leave the
frame: that is what keeps pictures of many grants from turning into hairballs. Bindings of the whole cluster are shown where
the accounts are that they bind; those that bind users and groups only are in no namespace, and in no picture.
"""

from __future__ import annotations

from collections.abc import Iterator

from sanb.apiserver.relations import BINDINGS, CLUSTER_BINDINGS, CLUSTER_ROLES
from sanb.store.table import Table
from sanb.values import Obj
from sanb.views.layout.model import Edge, Item
from sanb.views.relate import MISSING, made_at_start, thing_id

PEOPLE = ("User", "Group")


def grants(table: Table, namespace: str | None) -> tuple[list[Item], list[Edge]]:
    """What `scene` adds to the objects of namespaces, and the lines to them."""
    items: dict[str, Item] = {}
    edges: dict[Edge, None] = {}
    for resource in (BINDINGS, CLUSTER_BINDINGS):
        for version in table.scan(resource, namespace if resource == BINDINGS else None):
            binding = version.last
            if not made_at_start(binding):
                for space in _spaces(binding, namespace):
                    found = list(_granted(table, binding, space))
                    items.update((item.id, item) for item, _ in found)
                    edges.update((edge, None) for _, edge in found if edge is not None)
                    if resource == CLUSTER_BINDINGS:
                        edges.update((edge, None) for edge in _accounts(binding, space))
    return list(items.values()), list(edges)


def _spaces(binding: Obj, namespace: str | None) -> list[str]:
    """The frames in which a binding is shown."""
    own = binding["metadata"].get("namespace")
    found = [own] if own else [one.get("namespace") for one in binding.get("subjects") or () if one["kind"] == "ServiceAccount"]
    return [space for space in dict.fromkeys(found) if space and namespace in (None, space)]


def _granted(table: Table, binding: Obj, space: str) -> Iterator[tuple[Item, Edge | None]]:
    """The role of the cluster that a binding grants, and the people that it binds; a binding of the cluster itself."""
    here = _binding_id(binding, space)
    if binding["kind"] == "ClusterRoleBinding":
        yield Item(here, binding["kind"], space, binding["metadata"]["name"]), None
    reference = binding["roleRef"]
    if reference["kind"] == "ClusterRole":
        there = table.get((CLUSTER_ROLES, "", reference["name"])) is not None
        name, phase = reference["name"], "" if there else MISSING
        role = Item(thing_id("ClusterRole", space, name), "ClusterRole", space, name, phase)
        yield role, Edge(here, role.id, "grants")
    for subject in binding.get("subjects") or ():
        if subject["kind"] in PEOPLE:
            who = Item(thing_id(subject["kind"], space, subject["name"]), subject["kind"], space, subject["name"])
            yield who, Edge(here, who.id, "binds")


def _accounts(binding: Obj, space: str) -> Iterator[Edge]:
    for subject in binding.get("subjects") or ():
        if subject["kind"] == "ServiceAccount" and subject.get("namespace") == space:
            yield Edge(_binding_id(binding, space), thing_id("ServiceAccount", space, subject["name"]), "binds")


def _binding_id(binding: Obj, space: str) -> str:
    return thing_id(binding["kind"], space, binding["metadata"]["name"])
