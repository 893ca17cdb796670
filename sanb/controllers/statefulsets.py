"""StatefulSet controller: Pods with names and volumes of their own, made, updated and deleted in order."""

from __future__ import annotations

from typing import Any, Final

from sanb.apiserver.client import Api
from sanb.controllers import history, retention, stateful
from sanb.controllers.history import Wanted
from sanb.controllers.identity import PROCESS, account_user
from sanb.controllers.owned import controlled_by, controlled_or_adoptable, deleted, ended, own_key, relabelled, report
from sanb.controllers.ownership import claim
from sanb.controllers.stateful import KIND, Revisions, available, created, healthy, ordinal, revision_of
from sanb.controllers.victims import ready_since
from sanb.errors import ApiError
from sanb.kernel.controller import Controller, Watch
from sanb.profiles.profile import Profile
from sanb.times import parse
from sanb.values import Obj

NAME: Final = "statefulset-controller"
RESOURCE: Final = "statefulsets.apps"
HASH: Final = "controller.kubernetes.io/hash"
AVAILABLE: Final = {"1.10": False, "1.22": True}
"""Whether the status counts available Pods."""
EAGER_RECREATE: Final = {"1.10": True, "1.27": False}
"""Whether a Pod that failed is replaced in the same sync in which it is deleted."""


def _changed(old: Obj, new: Obj) -> bool:
    """Whether a change of a Pod can matter: more than its status, or its phase or readiness."""
    if relabelled(old, new):
        return True
    a, b = old.get("status") or {}, new.get("status") or {}
    return a.get("phase") != b.get("phase") or ready_since(old) != ready_since(new)


def controller(profile: Profile, authority: object, seed: int) -> Controller:
    """The controller of every minor."""
    related = controlled_or_adoptable(RESOURCE, KIND)
    return Controller(
        NAME, NAME, PROCESS, account_user(NAME),
        watches=(
            Watch(RESOURCE, keys=own_key),
            Watch("pods", related=related, on=frozenset({"add", "update"}), changed=_changed),
            Watch("pods", keys=controlled_by(KIND), on=frozenset({"delete"})),
            Watch(stateful.CLAIMS, keys=retention.waiting, on=frozenset({"delete"})),
        ),
        reconcile=reconcile, workers=5, lists=(history.RESOURCE,),
    )


# ---------------------------------------------------------------------- one sync


async def reconcile(api: Api, key: Any) -> float | None:
    """Bring the Pods of one StatefulSet one step further and report it."""
    namespace, name = key
    found = api.cached(RESOURCE, namespace, name)
    if found is None:
        return None
    mine = api.cached_by("pods", "owner", found["metadata"]["uid"])
    orphans = [pod for pod in api.cached_by("pods", "orphan", namespace) if ordinal(found, pod) is not None]
    pods = [pod for pod in await claim(api, found, KIND, (RESOURCE, "pods"), mine, orphans)
            if ordinal(found, pod) is not None]
    known = await history.owned(api, found, KIND)
    revisions = await _revisions(api, found, known)
    run = stateful.Run(api, found, pods, revisions)
    refusal: ApiError | None = None
    try:
        await run.go(eager=api.profile.pick(EAGER_RECREATE))
    except ApiError as error:
        refusal = error
    await report(api, RESOURCE, found, _status(api, found, run, revisions))
    limit = found["spec"].get("revisionHistoryLimit", 10)
    live = {revisions.current["metadata"]["name"], revisions.update["metadata"]["name"], *map(revision_of, pods)}
    await history.truncate(api, known, live, limit)
    if refusal is not None:
        raise refusal
    return _next_available(api, found, pods)


async def _revisions(api: Api, found: Obj, known: list[Obj]) -> Revisions:
    """The revisions that Pods are at and go to; that of the template is made if there is none."""
    status = found.get("status") or {}
    collisions, data = int(status.get("collisionCount") or 0), history.template_patch(api, found)
    number = history.next_number(known)
    equal = [one for one in known if history.same(one, data)]
    if equal and equal[-1] is known[-1]:
        update = equal[-1]
    elif equal:
        update = await history.update_number(api, equal[-1], number)
    else:
        update, collisions = await _made(api, found, data, number, collisions)
    current = next((one for one in known if one["metadata"]["name"] == status.get("currentRevision")), update)
    return Revisions(current, update, collisions)


async def _made(api: Api, found: Obj, data: Obj, number: int, collisions: int) -> tuple[Obj, int]:
    """A new revision of the template, and how many others had taken its name."""
    labels = (found["spec"]["template"].get("metadata") or {}).get("labels") or {}
    annotations = found["metadata"].get("annotations") or {}
    while True:
        digest = history.data_hash(data, collisions)
        wanted = Wanted(history.named(found, digest), {**labels, HASH: digest}, annotations, data)
        try:
            return await history.create(api, found, KIND, wanted, number), collisions
        except ApiError as error:
            if error.reason != "AlreadyExists":
                raise
        taken = await api.get(history.RESOURCE, found["metadata"]["namespace"], wanted.name)
        if history.same(taken, data):
            return taken, collisions
        collisions += 1


# ---------------------------------------------------------------------- status


def _status(api: Api, found: Obj, run: stateful.Run, revisions: Revisions) -> Obj:
    old = found.get("status") or {}
    now, update = revisions.current["metadata"]["name"], revisions.update["metadata"]["name"]
    pods = [pod for pod in run.pods if created(pod)]
    staying = [pod for pod in pods if not deleted(pod) and pod["metadata"]["uid"] not in run.doomed]
    ready = [pod for pod in pods if healthy(pod, leaving=True)]
    seconds = found["spec"].get("minReadySeconds") or 0
    counts = {
        "readyReplicas": len(ready),
        "currentReplicas": sum(1 for pod in staying if revision_of(pod) == now),
        "updatedReplicas": sum(1 for pod in staying if revision_of(pod) == update),
    }
    whole = now != update and counts["updatedReplicas"] == len(pods) == len(ready)
    if whole and (found["spec"].get("updateStrategy") or {}).get("type") != "OnDelete":
        counts["currentReplicas"], now = counts["updatedReplicas"], update
    status: Obj = {"observedGeneration": found["metadata"].get("generation", 0), "replicas": len(pods)}
    status |= {field: count for field, count in counts.items() if count}
    if api.profile.pick(AVAILABLE):
        status["availableReplicas"] = sum(1 for pod in ready if available(pod, seconds, api.now))
    status |= {"currentRevision": now, "updateRevision": update, "collisionCount": revisions.collisions}
    if old.get("conditions"):
        status["conditions"] = old["conditions"]
    return status


def _next_available(api: Api, found: Obj, pods: list[Obj]) -> float | None:
    """Seconds until the next ready Pod has been ready for long enough."""
    seconds = found["spec"].get("minReadySeconds") or 0
    if not seconds:
        return None
    now = api.now
    waits = [parse(since) + seconds - now for pod in pods if not ended(pod) and (since := ready_since(pod))]
    waits = [wait for wait in waits if wait > 0]
    return min(waits) if waits else None
