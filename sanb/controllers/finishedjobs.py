"""TTL-after-finished controller: Jobs go so many seconds after they have finished."""

from __future__ import annotations

from typing import Any, Final

from sanb.apiserver.client import Api
from sanb.controllers import jobstatus
from sanb.controllers.identity import PROCESS, account_user
from sanb.controllers.owned import deleted, forgiving, own_key
from sanb.kernel.controller import Controller, Upkeep, Watch
from sanb.profiles.profile import Profile
from sanb.times import parse

NAME: Final = "ttl-after-finished-controller"
RESOURCE: Final = "jobs.batch"
THERE: Final = {"1.10": False, "1.21": True}
"""Whether the controller runs (gate TTLAfterFinished)."""


def controller(profile: Profile, authority: object, seed: int) -> Controller | None:
    """The controller; None in minors that leave finished Jobs alone."""
    if not profile.pick(THERE):
        return None
    watches = (Watch(RESOURCE, keys=own_key, on=frozenset({"add", "update"})),)
    return Controller(NAME, NAME, PROCESS, account_user(NAME), watches, reconcile, workers=5)


async def reconcile(api: Api, key: Any) -> Upkeep | None:
    """Delete a Job whose time has come; for others say when it comes."""
    job = api.cached(RESOURCE, *key)
    if job is None or deleted(job):
        return None
    seconds = job["spec"].get("ttlSecondsAfterFinished")
    end = jobstatus.condition(job, "Complete") or jobstatus.condition(job, "Failed")
    if seconds is None or end is None:
        return None
    wait = parse(end["lastTransitionTime"]) + float(seconds) - api.now
    if wait > 0:
        return Upkeep(wait)
    uid = job["metadata"]["uid"]
    await forgiving(api.delete(RESOURCE, *key, uid=uid, propagation="Foreground"), 404, 409)
    return None
