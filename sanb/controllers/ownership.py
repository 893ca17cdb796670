"""Whose an object is: controller references, and how controllers adopt and release what their selector says."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final

from sanb.apiserver.client import Api
from sanb.errors import ApiError
from sanb.kernel.controller import Retry
from sanb.profiles.profile import Profile
from sanb.store.selectors import matches
from sanb.values import Obj

OWNER_VERSION: Final = {"1.10": "extensions/v1beta1", "1.11": "apps/v1"}
"""The apiVersion under which the controllers of Deployments and ReplicaSets know their own kinds."""
EVENT_VERSION: Final = {"1.10": "extensions", "1.11": "apps/v1"}
"""The apiVersion of those in Events: 1.10 takes a piece of the selfLink, and the wrong one."""
APPS: Final = ({"1.10": "apps/v1"}, {"1.10": "apps", "1.11": "apps/v1"})
KINDS: Final = {
    "Deployment": (OWNER_VERSION, EVENT_VERSION),
    "ReplicaSet": (OWNER_VERSION, EVENT_VERSION),
    "StatefulSet": APPS,
    "DaemonSet": APPS,
    "Job": ({"1.10": "batch/v1"}, {"1.10": "batch", "1.11": "batch/v1"}),
    "CronJob": (
        {"1.10": "batch/v1beta1", "1.21": "batch/v1"}, {"1.10": "batch", "1.11": "batch/v1beta1", "1.21": "batch/v1"},
    ),
    "PodDisruptionBudget": (
        {"1.10": "policy/v1beta1", "1.22": "policy/v1"},
        {"1.10": "policy", "1.11": "policy/v1beta1", "1.22": "policy/v1"},
    ),
}
"""The apiVersions, by minor, under which controllers know a kind: as an owner, and in Events. Others are of v1."""
CORE: Final = ({"1.10": "v1"}, {"1.10": "v1"})


def reference(profile: Profile, owner: Obj, kind: str) -> Obj:
    """The ownerReference by which a workload controls what it makes."""
    metadata, version = owner["metadata"], profile.pick(KINDS.get(kind, CORE)[0])
    return {
        "apiVersion": version, "kind": kind, "name": metadata["name"], "uid": metadata["uid"],
        "controller": True, "blockOwnerDeletion": True,
    }


def involved(profile: Profile, obj: Obj, kind: str) -> Obj:
    """A workload as its Events name it."""
    return {**obj, "apiVersion": profile.pick(KINDS.get(kind, CORE)[1])}


def chooser(selector: Obj | None) -> Callable[[Obj], bool]:
    """Whether a LabelSelector chooses an object; made once for many objects."""
    if selector is None or selector.get("matchExpressions"):
        return lambda obj: matches(selector, obj["metadata"].get("labels"))
    wanted = tuple((selector.get("matchLabels") or {}).items())

    def chosen(obj: Obj) -> bool:
        labels = obj["metadata"].get("labels") or {}
        return all(labels.get(key) == value for key, value in wanted)

    return chosen


async def claim(
    api: Api, owner: Obj, kind: str, resources: tuple[str, str], mine: Iterable[Obj], orphans: Iterable[Obj],
    selector: Any = None,
) -> list[Obj]:
    """What `owner` controls: of `mine` what its selector still chooses, and the orphans that it adopts now.

    `resources` are the owner's and the objects'. What the selector (by default the owner's) no longer chooses is
    released.
    """
    wanted = chooser(owner["spec"].get("selector") if selector is None else selector)
    leaving = bool(owner["metadata"].get("deletionTimestamp"))
    kept: list[Obj] = []
    for obj in mine:
        if wanted(obj):
            kept.append(obj)
        elif not leaving:
            await _release(api, owner, resources[1], obj)
    if leaving:
        return kept
    checked = False
    for obj in orphans:
        if not wanted(obj) or obj["metadata"].get("deletionTimestamp"):
            continue
        if not checked:
            await _check_adopter(api, owner, resources[0])
            checked = True
        adopted = await _adopt(api, owner, kind, resources[1], obj)
        if adopted is not None:
            kept.append(adopted)
    return kept


async def _check_adopter(api: Api, owner: Obj, resource: str) -> None:
    """Look at the owner itself, not at the cache, before it adopts: a deleted one must not.

    Raises:
        Retry: it is gone, replaced or being deleted.
    """
    metadata = owner["metadata"]
    fresh = await api.get(resource, metadata["namespace"], metadata["name"])
    if fresh["metadata"]["uid"] != metadata["uid"] or fresh["metadata"].get("deletionTimestamp"):
        raise Retry


async def _adopt(api: Api, owner: Obj, kind: str, resource: str, obj: Obj) -> Obj | None:
    body = {"metadata": {"ownerReferences": [reference(api.profile, owner, kind)], "uid": obj["metadata"]["uid"]}}
    return await _patch(api, resource, obj, body)


async def _release(api: Api, owner: Obj, resource: str, obj: Obj) -> None:
    removed = {"$patch": "delete", "uid": owner["metadata"]["uid"]}
    body: dict[str, Any] = {"metadata": {"ownerReferences": [removed], "uid": obj["metadata"]["uid"]}}
    await _patch(api, resource, obj, body)


async def _patch(api: Api, resource: str, obj: Obj, body: Obj) -> Obj | None:
    """The patched object; None if it is gone or another one of the same name."""
    metadata = obj["metadata"]
    try:
        return await api.patch(resource, metadata["namespace"], metadata["name"], body, kind="strategic")
    except ApiError as error:
        if error.code in (404, 422):
            return None
        raise
