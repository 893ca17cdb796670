"""What becomes of a StatefulSet's claims: who owns them, by `persistentVolumeClaimRetentionPolicy`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from sanb.apiserver.client import Api
from sanb.controllers.owned import deleted
from sanb.controllers.ownership import reference
from sanb.errors import ApiError
from sanb.values import Obj

KIND: Final = "StatefulSet"
CLAIMS: Final = "persistentvolumeclaims"
POLICY: Final = {"1.10": False, "1.27": True}
"""Whether the policy counts (gate StatefulSetAutoDeletePVC)."""
CONTROLLED: Final = {"1.10": False, "1.31": True}
"""Whether the owner of a claim is its controller; before, it is an owner among others."""


async def keep(api: Api, found: Obj, pod: Obj, number: int, names: list[str]) -> None:
    """See to it that the claims of a Pod that exists belong to whom the policy says.

    Claims that the controller has not heard of yet are seen to the next time.
    """
    if not api.profile.pick(POLICY):
        return
    space = found["metadata"]["namespace"]
    for name in names:
        claim = api.cached(CLAIMS, space, name)
        if claim is None:
            continue
        wanted = _owners(api, found, pod, number, claim)
        if wanted != (claim["metadata"].get("ownerReferences") or []):
            metadata = {key: value for key, value in claim["metadata"].items() if key != "ownerReferences"}
            if wanted:
                metadata["ownerReferences"] = wanted
            try:
                await api.update(CLAIMS, {**claim, "metadata": metadata})
            except ApiError as error:
                if error.code not in (404, 409):
                    raise


def in_range(found: Obj, number: int) -> bool:
    """Whether a Pod with this number is one of those that the StatefulSet has."""
    start = int((found["spec"].get("ordinals") or {}).get("start") or 0)
    return start <= number < start + int(found["spec"].get("replicas", 1))


def stale(api: Api, found: Obj, pod: str, names: list[str]) -> bool:
    """Whether a claim of a Pod that is to be made belongs to one that is gone, or is going itself."""
    if not api.profile.pick(POLICY):
        return False
    claims = [api.cached(CLAIMS, found["metadata"]["namespace"], name) for name in names]
    return any(claim is not None and (deleted(claim) or _of_pod(claim, pod)) for claim in claims)


def waiting(claim: Obj) -> Iterable[tuple[str, ...]]:
    """The StatefulSet whose Pod cannot be made before this claim of the one before is gone."""
    metadata = claim["metadata"]
    for one in metadata.get("ownerReferences") or ():
        if one["kind"] == "Pod":
            yield metadata["namespace"], one["name"].rpartition("-")[0]


def _of_pod(claim: Obj, pod: str) -> bool:
    owners = claim["metadata"].get("ownerReferences") or ()
    return any(one["kind"] == "Pod" and one["name"] == pod for one in owners)


def _owners(api: Api, found: Obj, pod: Obj, number: int, claim: Obj) -> list[Obj]:
    """The owners that a claim should have: the Pod once that is scaled down, the set as long as it is not, or neither."""
    policy = found["spec"].get("persistentVolumeClaimRetentionPolicy") or {}
    ours = (found["metadata"]["uid"], pod["metadata"]["uid"])
    owners = claim["metadata"].get("ownerReferences") or []
    rest = [one for one in owners if one["uid"] not in ours]
    controlled = api.profile.pick(CONTROLLED)
    if controlled and any(one.get("controller") for one in rest):
        return rest
    owner, kind = None, KIND
    if policy.get("whenScaled") == "Delete" and not in_range(found, number):
        owner, kind = pod, "Pod"
    elif policy.get("whenDeleted") == "Delete":
        owner = found
    if owner is None:
        return rest
    made = reference(api.profile, owner, kind)
    if not controlled:
        made = {key: value for key, value in made.items() if key not in ("controller", "blockOwnerDeletion")}
    known = next((one for one in owners if one["uid"] == made["uid"]), None)
    return owners if known == made and len(rest) == len(owners) - 1 else [*rest, made]
