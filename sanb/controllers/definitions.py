"""Deleted CustomResourceDefinitions: their objects go first, then they do. Part of the API server upstream."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from sanb.apiserver import customs
from sanb.apiserver.bootstrap import USER
from sanb.apiserver.client import Api
from sanb.apiserver.crd.definitions import DEFINITIONS, FINALIZER
from sanb.errors import ApiError
from sanb.kernel.controller import Controller, Retry, Watch
from sanb.profiles.profile import Profile
from sanb.times import rfc3339
from sanb.values import Obj

NAME: Final = "crd-finalizer"
PROCESS: Final = "kube-apiserver"
STARTED: Final = ("True", "InstanceDeletionInProgress", "CustomResource deletion is in progress")
DONE: Final = ("False", "InstanceDeletionCompleted", "removed all instances")


def controller(profile: Profile, authority: object, seed: int) -> Controller:
    """The controller of every minor."""
    return Controller(
        NAME, NAME, PROCESS, USER, watches=(Watch(DEFINITIONS, _deleted, on=frozenset({"add", "update"})),),
        reconcile=reconcile, workers=5,
    )


def _deleted(definition: Obj) -> Iterator[str]:
    metadata = definition["metadata"]
    if metadata.get("deletionTimestamp") and FINALIZER in (metadata.get("finalizers") or ()):
        yield metadata["name"]


async def reconcile(api: Api, name: str) -> None:
    """Delete the objects of a kind, and let its definition go when there are none."""
    definition = api.cached(DEFINITIONS, "", name)
    if definition is None or not any(_deleted(definition)):
        return
    if customs.resource_of(definition) is not None:
        definition = await _say(api, definition, STARTED)
        await api.deletecollection(name, "", propagation="Background")
        if (await api.list(name, ""))["items"]:
            raise Retry
    definition = await _say(api, definition, DONE)
    metadata = definition["metadata"]
    kept = [one for one in metadata["finalizers"] if one != FINALIZER]
    try:
        await api.update(DEFINITIONS, {**definition, "metadata": {**metadata, "finalizers": kept}})
    except ApiError as error:
        if error.code != 404:
            raise


async def _say(api: Api, definition: Obj, said: tuple[str, str, str]) -> Obj:
    """The definition with its Terminating condition brought up to date."""
    state = definition.get("status") or {}
    before: Any = next((one for one in state.get("conditions") or () if one["type"] == "Terminating"), None)
    if before is not None and (before["status"], before.get("reason"), before.get("message")) == said:
        return definition
    others = [one for one in state.get("conditions") or () if one["type"] != "Terminating"]
    word, reason, message = said
    now = {"lastTransitionTime": rfc3339(api.now), "message": message, "reason": reason, "status": word, "type": "Terminating"}
    body = {**definition, "status": {**state, "conditions": [*others, now]}}
    return await api.update(DEFINITIONS, body, subresource="status")
