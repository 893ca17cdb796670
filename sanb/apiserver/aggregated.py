"""Aggregated discovery: all groups, versions and resources in one answer (apidiscovery.k8s.io)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from sanb.apiserver import discovery
from sanb.profiles.profile import Profile
from sanb.values import Obj

VERSIONS: Final = {"1.10": (), "1.27": ("v2beta1",), "1.30": ("v2", "v2beta1"), "1.35": ("v2",)}
"""The versions of the aggregated form that a minor speaks."""


def groups(profile: Profile, root: str, version: str, custom: discovery.Custom = ()) -> Obj | None:
    """What /api (`root` "api") or /apis answers; None if the minor does not speak this version of the form."""
    if version not in profile.pick(VERSIONS):
        return None
    if root == "api":
        items = [_group(profile, "", ("v1",), custom)]
    else:
        listed = discovery.groups(profile, custom)["groups"]
        items = [_group(profile, one["name"], (v["version"] for v in one["versions"]), custom) for one in listed]
    return {
        "kind": "APIGroupDiscoveryList", "apiVersion": f"apidiscovery.k8s.io/{version}", "metadata": {}, "items": items,
    }


def _group(profile: Profile, name: str, versions: Iterable[str], custom: discovery.Custom) -> Obj:
    metadata: Obj = {"name": name} if name else {}
    found = [_version(profile, name, version, custom) for version in versions]
    return {"metadata": {**metadata, "creationTimestamp": None}, "versions": found}


def _version(profile: Profile, group: str, version: str, custom: discovery.Custom) -> Obj:
    group_version = f"{group}/{version}" if group else version
    rows = (discovery.resources(profile, group_version, custom) or {"resources": []})["resources"]
    found: dict[str, Obj] = {}
    for row in rows:
        plural, _, subresource = row["name"].partition("/")
        if not subresource:
            found[plural] = _resource(row, group, version)
        elif plural in found:
            found[plural].setdefault("subresources", []).append(_subresource(row, subresource, group, version))
    return {"version": version, "resources": list(found.values()), "freshness": "Current"}


def _kind(row: Obj, group: str, version: str) -> Obj:
    return {"group": row.get("group", group), "version": row.get("version", version), "kind": row["kind"]}


def _resource(row: Obj, group: str, version: str) -> Obj:
    entry: Obj = {
        "resource": row["name"],
        "responseKind": _kind(row, group, version),
        "scope": "Namespaced" if row["namespaced"] else "Cluster",
        "singularResource": row["singularName"] or row["kind"].lower(),
        "verbs": row["verbs"],
    }
    for field in ("shortNames", "categories"):
        if field in row:
            entry[field] = row[field]
    return entry


def _subresource(row: Obj, name: str, group: str, version: str) -> Obj:
    return {"subresource": name, "responseKind": _kind(row, group, version), "verbs": row["verbs"]}
