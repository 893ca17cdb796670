"""Names of definitions in OpenAPI documents, as Kubernetes gives them: package, version, type."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from typing import Final

from sanb.apiserver.resources import ROWS
from sanb.apiserver.types import TYPES, Field, Type

META: Final = "io.k8s.apimachinery.pkg.apis.meta.v1"
CORE: Final = "io.k8s.api.core.v1"
META_TYPES: Final = frozenset(
    ("ObjectMeta", "OwnerReference", "ManagedFieldsEntry", "LabelSelector", "LabelSelectorRequirement", "Initializers",
     "Initializer", "ListMeta", "Status", "StatusDetails", "StatusCause", "DeleteOptions", "Preconditions", "Condition")
)
PACKAGES: Final = {
    "apiextensions.k8s.io": "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions",
    "apiregistration.k8s.io": "io.k8s.kube-aggregator.pkg.apis.apiregistration",
}
"""Groups that are served by programs of their own."""


def reached(starts: Iterable[Type], knows: Callable[[Field], bool] = lambda field: True) -> dict[str, Type]:
    """The given types and all that they use in the fields that `knows` knows, by Go name."""
    found: dict[str, Type] = {}
    waiting = list(starts)
    while waiting:
        struct = waiting.pop()
        if struct.name not in found:
            found[struct.name] = struct
            waiting += [field.type for field in struct.fields.values() if field.type is not None and knows(field)]
    return found


@cache
def _core() -> frozenset[str]:
    """The types that kinds of the core group use: they are the core's wherever else they are used."""
    return frozenset(reached(TYPES[row.kind] for row in ROWS if not row.group and row.kind in TYPES))


@cache
def of(struct: str, group_version: str) -> str:
    """The name of a type's definition, as a kind of this group and version uses it."""
    if struct in META_TYPES:
        return f"{META}.{struct}"
    if struct in _core():
        return f"{CORE}.{struct}"
    group, _, version = group_version.rpartition("/")
    package = PACKAGES.get(group) or f"io.k8s.api.{group.partition('.')[0] or 'core'}"
    return f"{package}.{version}.{struct.partition('.')[0]}"


def custom(kind: str, group_version: str) -> str:
    """The name of a custom kind's definition: its group backwards, its version, its kind."""
    group, _, version = group_version.rpartition("/")
    return f"{'.'.join(reversed(group.split('.')))}.{version}.{kind}"
