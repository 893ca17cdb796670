"""REST paths: from method and path to verb, resource, namespace, name and subresource."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Final, NamedTuple

from sanb.apiserver.discovery import Custom, served
from sanb.apiserver.resources import RESOURCES, Resource
from sanb.apiserver.resources import served as kinds
from sanb.apiserver.unstored import known
from sanb.profiles.profile import Profile

Verbs = Mapping[str, str]
LONGEST_KEPT: Final = 300
"""Characters of a path that is remembered with what it names."""
COLLECTION_VERBS: Final[Verbs] = {"GET": "list", "HEAD": "list", "POST": "create", "DELETE": "deletecollection"}
ITEM_VERBS: Final[Verbs] = {"GET": "get", "HEAD": "get", "PUT": "update", "PATCH": "patch", "DELETE": "delete"}
SUBRESOURCE_VERBS: Final[Verbs] = {**ITEM_VERBS, "POST": "create"}


class Place(NamedTuple):
    """What a path names. `group_version` "" says that the server serves no such group at all."""

    group_version: str = ""
    resource: str = ""
    kind: str = ""
    namespace: str = ""
    name: str = ""
    subresource: str = ""
    root: bool = False
    """The path of the group version itself: discovery."""
    watch: bool = False
    """The old form of a watch, /api/v1/watch/...; `resource` "" says that the group has no such resource."""


def locate(profile: Profile, path: str, custom: Custom = ()) -> Place:
    """What `path` (without its query) names; `custom` are the kinds of CustomResourceDefinitions."""
    if custom or len(path) > LONGEST_KEPT:
        return _located(profile, path, custom)
    return _known(profile, path)


@lru_cache(maxsize=4096)
def _known(profile: Profile, path: str) -> Place:
    return _located(profile, path, ())


def _located(profile: Profile, path: str, custom: Custom) -> Place:
    parts = [part for part in path.split("/") if part]
    if len(parts) >= 2 and parts[0] == "api" and parts[1] == "v1":
        group, version, rest = "", "v1", parts[2:]
    elif len(parts) >= 3 and parts[0] == "apis":
        group, version, rest = parts[1], parts[2], parts[3:]
    else:
        return Place()
    group_version = f"{group}/{version}" if group else version
    if group_version not in served(profile, custom):
        return Place()
    watch = bool(rest) and rest[0] == "watch"
    return _below(profile, group, group_version, rest[1:] if watch else rest, watch, custom)


def _below(profile: Profile, group: str, group_version: str, rest: list[str], watch: bool, custom: Custom) -> Place:
    nowhere = Place(group_version)
    namespace = ""
    if len(rest) >= 3 and rest[0] == "namespaces" and not _of_namespace(rest):
        namespace, rest = rest[1], rest[2:]
    if not rest and not namespace:
        return Place(group_version, root=True)
    if not rest or len(rest) > 3:
        return nowhere
    plural, name, subresource = (*rest, "", "")[:3]
    found = _resource(profile, plural, group_version, custom)
    if found is not None:
        if (namespace and not found.namespaced) or (subresource and subresource not in found.subresources):
            return nowhere
        return Place(group_version, found.id, found.kind, namespace, name, subresource, watch=watch)
    row = known(profile).get(f"{plural}.{group}" if group else plural)
    if row is None or group_version not in row.served or bool(namespace) is not row.namespaced:
        return nowhere
    return Place(group_version, row.id, row.kind, namespace, name, subresource)


def unknown(group_version: str, path: str) -> Place:
    """What a path names whose resource the group does not have, as authorization reads it."""
    group = group_version.rpartition("/")[0]
    rest = [part for part in path.split("/") if part][3 if group else 2:]
    namespace = ""
    if len(rest) >= 3 and rest[0] == "namespaces":
        namespace, rest = rest[1], rest[2:]
    plural, name, subresource = (*rest, "", "", "")[:3]
    return Place(group_version, f"{plural}.{group}" if group else plural, plural, namespace, name, subresource)


def _of_namespace(rest: list[str]) -> bool:
    """Whether a path below /namespaces/x is a subresource of the namespace itself."""
    return len(rest) == 3 and rest[2] in RESOURCES["namespaces"].subresources


def _resource(profile: Profile, plural: str, group_version: str, custom: Custom) -> Resource | None:
    for row in (*kinds(profile).values(), *custom):
        if row.plural == plural and group_version in row.served:
            return row
    return None
