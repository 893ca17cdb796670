"""Legacy token tracking: a ConfigMap says since when the API server notes the use of Secrets' tokens (SEM 5.5).

It runs in the API server's process and under its name.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from sanb.apiserver.bootstrap import USER
from sanb.apiserver.client import Api
from sanb.errors import ApiError
from sanb.kernel.controller import Controller, Upkeep, Watch
from sanb.profiles.profile import Profile
from sanb.times import date, parse_date
from sanb.values import Obj

NAME: Final = "legacy-token-tracking-controller"
PROCESS: Final = "kube-apiserver"
NAMESPACE: Final = "kube-system"
CONFIG: Final = "kube-apiserver-legacy-service-account-token-tracking"
SINCE: Final = "since"
KEY: Final = f"{NAMESPACE}/{CONFIG}"
CREATION_SECONDS: Final = 30 * 60.0
"""The ConfigMap is created at most once in this time."""
CREATED: Final = "created"


def controller(profile: Profile, authority: Any, seed: int) -> Controller | None:
    """The controller; None where uses are not tracked."""
    if not profile["tracking"]:
        return None
    return Controller(
        name=NAME, component=NAME, process=PROCESS, user=USER, reconcile=reconcile,
        watches=(Watch("configmaps", _ours),), on_start=(KEY,),
    )


def _ours(config: Obj) -> Iterator[str]:
    fields = config["metadata"]
    if fields["name"] == CONFIG and fields["namespace"] == NAMESPACE:
        yield KEY


async def reconcile(api: Api, key: str) -> Upkeep | None:
    """Make the ConfigMap, or write today's date where it holds none; a date is never touched."""
    found = api.cached("configmaps", NAMESPACE, CONFIG)
    if found is None:
        return await _create(api)
    if parse_date((found.get("data") or {}).get(SINCE) or "") is None:
        await _correct(api, found)
    return None


async def _create(api: Api) -> Upkeep | None:
    last = api.recall(CREATED)
    if last is not None and api.now < last + CREATION_SECONDS:
        return Upkeep(last + CREATION_SECONDS - api.now)
    fields = {"name": CONFIG, "namespace": NAMESPACE}
    body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": fields, "data": {SINCE: date(api.now)}}
    try:
        await api.create("configmaps", NAMESPACE, body)
    except ApiError as error:
        if error.reason != "AlreadyExists":
            raise  # what failed does not count
    api.keep(CREATED, api.now)
    return None


async def _correct(api: Api, config: Obj) -> None:
    try:
        await api.update("configmaps", {**config, "data": {**(config.get("data") or {}), SINCE: date(api.now)}})
    except ApiError as error:
        if error.reason not in ("NotFound", "Conflict"):
            raise
