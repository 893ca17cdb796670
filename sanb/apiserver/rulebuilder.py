"""Rules of bootstrap roles in few words; their lists are sorted, as those that Kubernetes makes are."""

from __future__ import annotations

from typing import Final

from sanb.values import Obj

READ: Final = "get list watch"
WRITE: Final = "create delete deletecollection patch update"
ALL: Final = f"{READ} {WRITE}"


def rule(verbs: str, resources: str, group: str = "", names: str = "") -> Obj:
    """A rule about resources; words are separated by blanks, groups by `|` (the core group is empty)."""
    made: Obj = {
        "verbs": sorted(verbs.split()), "apiGroups": sorted(group.split("|")), "resources": sorted(resources.split()),
    }
    if names:
        made["resourceNames"] = sorted(names.split())
    return made


def urls(verbs: str, paths: str) -> Obj:
    """A rule about URLs that are no resources."""
    return {"verbs": sorted(verbs.split()), "nonResourceURLs": sorted(paths.split())}
