"""What a server serves, as it tells clients: versions, groups and resources."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

from sanb.apiserver import landscape
from sanb.apiserver.resources import Resource
from sanb.apiserver.resources import served as kinds
from sanb.apiserver.versions import rank
from sanb.profiles.profile import Profile
from sanb.values import Obj

Custom = Sequence[Resource]
"""The kinds of CustomResourceDefinitions."""
REVIEWS: Final[Mapping[str, tuple[str, str, bool]]] = {
    "selfsubjectreviews": ("authentication.k8s.io", "SelfSubjectReview", False),
    "tokenreviews": ("authentication.k8s.io", "TokenReview", False),
    "localsubjectaccessreviews": ("authorization.k8s.io", "LocalSubjectAccessReview", True),
    "selfsubjectaccessreviews": ("authorization.k8s.io", "SelfSubjectAccessReview", False),
    "selfsubjectrulesreviews": ("authorization.k8s.io", "SelfSubjectRulesReview", False),
    "subjectaccessreviews": ("authorization.k8s.io", "SubjectAccessReview", False),
}
"""Kinds that are answered and not stored: plural -> group, kind, whether namespaced."""
REVIEW_VERSIONS: Final[Mapping[str, Mapping[str, tuple[str, ...]]]] = {
    "selfsubjectreviews": {"1.10": (), "1.27": ("v1beta1",), "1.28": ("v1",)},
    "tokenreviews": {"1.10": ("v1", "v1beta1"), "1.22": ("v1",)},
}
"""In which versions reviews are answered, preferred first, where that is not v1."""
SUBRESOURCES: Final[Mapping[str, tuple[str, str, str, tuple[str, ...]]]] = {
    "attach": ("", "", "PodAttachOptions", ("create", "get")),
    "binding": ("", "", "Binding", ("create",)),
    "ephemeralcontainers": ("", "", "Pod", ("get", "patch", "update")),
    "eviction": ("policy", "v1", "Eviction", ("create",)),
    "exec": ("", "", "PodExecOptions", ("create", "get")),
    "finalize": ("", "", "", ("update",)),
    "log": ("", "", "Pod", ("get",)),
    "portforward": ("", "", "PodPortForwardOptions", ("create", "get")),
    "scale": ("autoscaling", "v1", "Scale", ("get", "patch", "update")),
    "status": ("", "", "", ("get", "patch", "update")),
    "token": ("authentication.k8s.io", "v1", "TokenRequest", ("create",)),
}
"""subresource -> group, version and kind of its object ("" for those of the resource), verbs."""
SINGULAR: Final = {"1.10": False, "1.27": True}
"""Whether resources tell their singular name."""


PATCHES: Final = {"1.23": 1, "1.36": 2}
"""The patch release that a minor's behaviour was recorded from."""
TREE: Final = {"1.10": "", "1.11": "clean"}
EMULATION: Final = {"1.10": False, "1.33": True}
"""Whether /version tells which minor is emulated."""
ADDRESSES: Final = {"1.10": True, "1.11": False}
"""Whether groups have a list of addresses, which is always null."""
NEVER: Final = {"1.10": False}
STREAMED: Final = ("attach", "exec", "portforward")


def served(profile: Profile, custom: Custom = ()) -> tuple[str, ...]:
    """All group versions of a minor, the core group first; last those of custom kinds."""
    builtin = _served(profile.minor)
    return tuple(dict.fromkeys((*builtin, *by_rank(custom)))) if custom else builtin


def by_rank(custom: Custom) -> list[str]:
    """The group versions of custom kinds: groups by name, the preferred version of each first."""
    found = dict.fromkeys(gv for row in custom for gv in row.served)
    return sorted(found, key=lambda gv: (gv.partition("/")[0], rank(gv.partition("/")[2])))


@lru_cache(maxsize=64)
def _served(minor: str) -> tuple[str, ...]:
    profile = Profile.of(minor)
    found = dict.fromkeys(("v1", *landscape.group_versions(profile)))
    found.update(dict.fromkeys(gv for row in kinds(profile).values() for gv in row.served))
    return tuple(found)


@lru_cache(maxsize=64)
def reviews(profile: Profile) -> Mapping[str, tuple[str, ...]]:
    """The reviews that a minor answers, each with the group versions in which it does, preferred first."""
    found = {}
    for name, (group_name, _, _) in REVIEWS.items():
        versions = profile.pick(REVIEW_VERSIONS[name]) if name in REVIEW_VERSIONS else ("v1",)
        if versions and (name != "selfsubjectreviews" or profile["self_subject_review"]):
            found[name] = tuple(f"{group_name}/{one}" for one in versions)
    return found


def version(profile: Profile) -> Obj:
    """/version."""
    major, minor = profile.minor.split(".")
    found = {
        "major": major, "minor": minor, "gitVersion": f"v{profile.minor}.{PATCHES.get(profile.minor, 0)}",
        "gitCommit": "sanb", "gitTreeState": profile.pick(TREE), "buildDate": "1970-01-01T00:00:00Z",
        "goVersion": "none", "compiler": "none", "platform": "sanb",
    }
    if profile.pick(EMULATION):
        found |= {"emulationMajor": major, "emulationMinor": minor}
        found |= {"minCompatibilityMajor": major, "minCompatibilityMinor": str(int(minor) - 1)}
    return found


def api_versions(server: str = "") -> Obj:
    """/api: the versions of the core group."""
    addresses = [{"clientCIDR": "0.0.0.0/0", "serverAddress": server}]
    return {"kind": "APIVersions", "versions": ["v1"], "serverAddressByClientCIDRs": addresses}


def group(profile: Profile, name: str, custom: Custom = ()) -> Obj | None:
    """/apis/<group>, or None if there is no such group."""
    versions = [
        {"groupVersion": gv, "version": gv.partition("/")[2]} for gv in served(profile, custom)
        if gv.partition("/")[0] == name
    ]
    if not name or not versions or "/" not in versions[0]["groupVersion"]:
        return None
    found: Obj = {"kind": "APIGroup", "apiVersion": "v1", "name": name, "versions": versions}
    found["preferredVersion"] = versions[0]
    if profile.pick(ADDRESSES):
        found["serverAddressByClientCIDRs"] = None
    return found


def groups(profile: Profile, custom: Custom = ()) -> Obj:
    """/apis: all groups but the core group."""
    names = dict.fromkeys(gv.partition("/")[0] for gv in served(profile, custom) if "/" in gv)
    listed: list[Obj] = []
    for name in names:
        found = group(profile, name, custom)
        if found is not None:
            listed.append({key: value for key, value in found.items() if key not in ("kind", "apiVersion")})
    return {"kind": "APIGroupList", "apiVersion": "v1", "groups": listed}


def resources(profile: Profile, group_version: str, custom: Custom = ()) -> Obj | None:
    """/api/v1 or /apis/<group>/<version>: the resources of a group version, or None if there is no such one."""
    if group_version not in served(profile, custom):
        return None
    found: list[Obj] = []
    for row in (*kinds(profile).values(), *custom):
        if group_version in row.served:
            found.append(_entry(profile, row, group_version))
            subs = (name for name in row.subresources if name in SUBRESOURCES and _there(profile, name))
            found.extend(_subentry(profile, row, name) for name in subs)
            found.extend(_unserved(profile, row))
    found.extend(_listed(profile, one) for one in landscape.LISTED.get(group_version, ()))
    for name, versions in reviews(profile).items():
        _, kind, namespaced = REVIEWS[name]
        if group_version in versions:
            singular = kind.lower() if profile.pick(SINGULAR) else ""
            entry: Obj = {"name": name, "singularName": singular, "namespaced": namespaced, "kind": kind}
            found.append({**entry, "verbs": ["create"]})
    body: Obj = {"kind": "APIResourceList", "groupVersion": group_version, "resources": sorted(found, key=_name)}
    return {"apiVersion": "v1", **body} if "/" in group_version else body


def _name(entry: Obj) -> str:
    return str(entry["name"])


def _there(profile: Profile, subresource: str) -> bool:
    if subresource == "ephemeralcontainers":
        return profile.pick(landscape.EPHEMERAL)
    return subresource != "token" or profile.gate("TokenRequest")


def _entry(profile: Profile, row: Resource, group_version: str) -> Obj:
    entry: dict[str, Any] = {
        "name": row.plural, "singularName": row.singular if profile.pick(SINGULAR) else "",
        "namespaced": row.namespaced, "kind": row.kind, "verbs": list(row.verbs),
    }
    if profile.pick(landscape.NO_COLLECTION.get(row.id, NEVER)):
        entry["verbs"].remove("deletecollection")
    if profile.pick(landscape.HASHED):
        entry["storageVersionHash"] = landscape.storage_hash(row.api_version, row.kind)
    if row.short:
        entry["shortNames"] = list(row.short)
    if row.categories:
        entry["categories"] = list(row.categories)
    return entry


def _listed(profile: Profile, one: Obj) -> Obj:
    """The entry of a kind that is only listed."""
    entry = {**one, "singularName": one["kind"].lower() if profile.pick(SINGULAR) else ""}
    if profile.pick(landscape.HASHED) and one["name"] not in landscape.UNHASHED:
        entry["storageVersionHash"] = landscape.storage_hash("v1", one["kind"])
    return entry


def _unserved(profile: Profile, row: Resource) -> Iterator[Obj]:
    """The entries of subresources that are only listed."""
    whole = profile.pick(landscape.OPTIONS)
    entry: Obj = {"singularName": "", "namespaced": row.namespaced, "kind": row.kind, "verbs": []}
    if row.id in landscape.PROXIES:
        options = {"kind": landscape.PROXIES[row.id], "verbs": list(landscape.PROXY_VERBS)} if whole else {}
        yield {**entry, "name": f"{row.plural}/proxy", **options}
    if row.id == "pods" and profile.pick(landscape.RESIZE):
        yield {**entry, "name": "pods/resize", "verbs": ["get", "patch", "update"]}


def _subentry(profile: Profile, row: Resource, name: str) -> Obj:
    group_name, api_version, kind, verbs = SUBRESOURCES[name]
    if name == "eviction":
        api_version = profile.pick(landscape.EVICTIONS)
    if name in STREAMED and not profile.pick(landscape.OPTIONS):
        kind, verbs = "", ()
    entry: dict[str, Any] = {
        "name": f"{row.plural}/{name}", "singularName": "", "namespaced": row.namespaced, "kind": kind or row.kind,
        "verbs": list(verbs),
    }
    if group_name:
        entry["group"], entry["version"] = group_name, api_version
    return entry


def paths(profile: Profile, custom: Custom = ()) -> list[str]:
    """/: the paths that a client can start from."""
    groups = dict.fromkeys(f"/apis/{gv.partition('/')[0]}" for gv in served(profile, custom) if "/" in gv)
    versions = (f"/apis/{gv}" for gv in served(profile, custom) if "/" in gv)
    others = ("/healthz", "/livez", "/metrics", "/openapi/v2", "/readyz", "/version")
    return sorted(("/api", "/api/v1", "/apis", *groups, *versions, *others))


def answer(profile: Profile, path: str, custom: Custom = ()) -> Any:
    """The body of a path outside resources: an object, a text for health checks, None if there is nothing."""
    parts = [part for part in path.split("/") if part]
    match parts:
        case ["version"]:
            return version(profile)
        case ["api"]:
            return api_versions()
        case ["api", "v1"]:
            return resources(profile, "v1")
        case ["apis"]:
            return groups(profile, custom)
        case ["apis", name]:
            return group(profile, name, custom)
        case ["apis", name, api_version]:
            return resources(profile, f"{name}/{api_version}", custom)
    return None


LOST: Final[dict[str, tuple[str, ...]]] = {
    "1.10": (
        "/apis", "/apis/", "/apis/apiextensions.k8s.io", "/apis/apiextensions.k8s.io/v1beta1", "/healthz",
        "/healthz/etcd", "/healthz/ping", "/healthz/poststarthook/generic-apiserver-start-informers",
        "/healthz/poststarthook/start-apiextensions-controllers", "/healthz/poststarthook/start-apiextensions-informers",
        "/metrics", "/openapi/v2", "/swagger-2.0.0.json", "/swagger-2.0.0.pb-v1", "/swagger-2.0.0.pb-v1.gz",
        "/swagger.json", "/swaggerapi", "/version",
    ),
    "1.16": (),
}
"""What the last server in the chain lists for a path that nobody knows; newer ones only say 404."""


def lost(profile: Profile, path: str) -> Obj | None:
    """The body of the 404 for an unknown path; None for plain text, as for unknown groups in every minor."""
    paths = profile.pick(LOST)
    return {"paths": list(paths)} if paths and not path.startswith(("/api/", "/apis/")) else None
