"""RESOURCES: one row per kind the API server stores. Another kind is another row (and, where needed, a strategy).

`RESOURCES` has the kinds of all minors; `served(profile)` those that one minor serves, each row with that minor's
versions. What a CustomResourceDefinition adds is found through `View.resource`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final, NamedTuple

from sanb.apiserver import resourcerows
from sanb.apiserver.resourcerows import RBAC, Row
from sanb.profiles.profile import Profile

__all__ = ["ALL_VERBS", "BY_KIND", "RBAC", "RESOURCES", "ROWS", "Resource", "group_versions", "served"]

ALL_VERBS: Final = ("create", "delete", "deletecollection", "get", "list", "patch", "update", "watch")
NOTHING: Final[Mapping[str, Any]] = {}


class Resource(NamedTuple):
    """One kind. `versions` is `{minor: served versions of its group, preferred first}`; `short` are kubectl's short names."""

    plural: str
    group: str
    kind: str
    namespaced: bool
    versions: Mapping[str, tuple[str, ...]]
    short: tuple[str, ...] = ()
    subresources: tuple[str, ...] = ()
    verbs: tuple[str, ...] = ALL_VERBS
    aliases: Mapping[str, tuple[str, ...]] = NOTHING
    """`{minor: other groups under which the same objects are served}`, as `group/version` (1.10: extensions/v1beta1)."""
    categories: tuple[str, ...] = ()
    stored: str = ""
    """The apiVersion in which a minor stores and answers; "" in the rows of all minors, where it is the newest one."""
    served: tuple[str, ...] = ()
    """The group versions under which one minor serves the kind, preferred first; empty in the rows of all minors."""
    custom: Any = None
    """What a CustomResourceDefinition says about the kind, for those that it made."""
    one: str = ""
    """The singular, where it is not the kind in small letters."""

    @property
    def id(self) -> str:
        """The group-qualified plural that keys, requests and messages use: "pods", "deployments.apps"."""
        return f"{self.plural}.{self.group}" if self.group else self.plural

    @property
    def singular(self) -> str:
        """The name of one, as kubectl prints it."""
        return self.one or self.kind.lower()

    @property
    def api_version(self) -> str:
        """The version in which objects are stored: "v1", "apps/v1"."""
        return self.stored or (f"{self.group}/v1" if self.group else "v1")

    def serves(self, api_version: str) -> bool:
        """Whether this minor (a row of all minors: some minor) serves the kind under this apiVersion."""
        if self.served:
            return api_version in self.served
        if any(api_version in others for others in self.aliases.values()):
            return True
        group, _, version = api_version.rpartition("/")
        return group == self.group and any(version in found for found in self.versions.values())


def group_versions(profile: Profile, row: Resource) -> tuple[str, ...]:
    """The group versions under which a minor serves a kind, preferred first; none if it does not have it."""
    if row.served:
        return row.served
    own = tuple(f"{row.group}/{version}" if row.group else version for version in profile.pick(row.versions))
    return (*own, *profile.pick(row.aliases)) if row.aliases else own


def _resource(row: Row) -> Resource:
    verbs = tuple(verb for verb in ALL_VERBS if verb not in row.without)
    return Resource(
        row.plural, row.group, row.kind, row.namespaced, row.versions, row.short, row.subresources, verbs, row.aliases,
        row.categories,
    )


ROWS: Final = tuple(_resource(row) for row in resourcerows.ROWS)
RESOURCES: Final[Mapping[str, Resource]] = {row.id: row for row in ROWS}
BY_KIND: Final[Mapping[str, Resource]] = {row.kind: row for row in ROWS}


def served(profile: Profile) -> Mapping[str, Resource]:
    """The kinds that a minor serves, by id."""
    return _served(profile.minor)


@lru_cache(maxsize=64)
def _served(minor: str) -> Mapping[str, Resource]:
    profile = Profile.of(minor)
    found: dict[str, Resource] = {}
    for row in ROWS:
        under = group_versions(profile, row)
        if under:
            found[row.id] = row._replace(stored=under[0], served=under)
    return found
