"""Deployment controller: one ReplicaSet for each Pod template, and rollouts between them (SEM 6.3)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Any, Final

from sanb.apiserver.client import Api
from sanb.apiserver.relations import controller_of
from sanb.controllers import podhash, revisions, rolling
from sanb.controllers import rollout_status as progress
from sanb.controllers.identity import PROCESS, account_user
from sanb.controllers.ownership import chooser, claim, involved, reference
from sanb.controllers.rollout_math import active, new_size, replicas, reported, strategy, total_reported
from sanb.errors import ApiError
from sanb.kernel.controller import Controller, Upkeep, Watch
from sanb.profiles.profile import Profile
from sanb.values import Obj, evolve

NAME: Final = "deployment-controller"
RESOURCE: Final = "deployments.apps"
SETS: Final = "replicasets.apps"
KIND: Final = "Deployment"
RETRIES: Final = 15

Key = tuple[str, str]


# ---------------------------------------------------------------------- what it watches


def _own_key(obj: Obj) -> Iterable[Key]:
    metadata = obj["metadata"]
    return ((metadata["namespace"], metadata["name"]),)


def _set_keys(replica_set: Obj, lister: Any) -> Iterator[Key]:
    """The Deployment that controls a ReplicaSet; for an orphan those that might adopt it."""
    owner, namespace = controller_of(replica_set), replica_set["metadata"]["namespace"]
    if owner is not None:
        if owner["kind"] == KIND:
            yield namespace, owner["name"]
        return
    for deployment in lister.cached_list(RESOURCE, namespace):
        if chooser(deployment["spec"].get("selector"))(replica_set):
            yield from _own_key(deployment)


def _recreated(pod: Obj, lister: Any) -> Iterator[Key]:
    """The Deployment that waits for a Pod to be gone before it makes new ones."""
    owner, namespace = controller_of(pod), pod["metadata"]["namespace"]
    if owner is None or owner["kind"] != "ReplicaSet":
        return
    replica_set = lister.cached(SETS, namespace, owner["name"])
    above = controller_of(replica_set) if replica_set is not None else None
    if above is None or above["kind"] != KIND:
        return
    deployment = lister.cached(RESOURCE, namespace, above["name"])
    if deployment is not None and strategy(deployment) == "Recreate":
        yield namespace, above["name"]


def controller(profile: Profile, authority: object, seed: int) -> Controller:
    """The controller of every minor."""
    return Controller(
        NAME, NAME, PROCESS, account_user(NAME),
        watches=(
            Watch(RESOURCE, keys=_own_key),
            Watch(SETS, related=_set_keys),
            Watch("pods", related=_recreated, on=frozenset({"delete"})),
        ),
        reconcile=reconcile, workers=5, retries=RETRIES,
    )


# ---------------------------------------------------------------------- one sync


async def reconcile(api: Api, key: Any) -> Upkeep | None:
    """Bring the ReplicaSets of one Deployment one step further and report it."""
    namespace, name = key
    deployment = api.cached(RESOURCE, namespace, name)
    if deployment is None:
        return None
    mine = api.cached_by(SETS, "owner", deployment["metadata"]["uid"])
    orphans = api.cached_by(SETS, "orphan", namespace)
    owned = await claim(api, deployment, KIND, (RESOURCE, SETS), mine, orphans)
    if deployment["metadata"].get("deletionTimestamp"):
        newest, olds = await _sets(api, deployment, owned, create=False)
        await _report_counts(api, deployment, newest, olds)
        return None
    deployment = await _note_pause(api, deployment)
    if deployment["spec"].get("paused") or await _resized(api, deployment, owned):
        await _resize(api, deployment, owned)
        return None
    if strategy(deployment) == "Recreate":
        return await _recreate(api, deployment, owned)
    return await _roll(api, deployment, owned)


async def _note_pause(api: Api, deployment: Obj) -> Obj:
    """Say that a rollout is paused, or goes on: a paused one does not time out."""
    status = deployment.get("status") or {}
    known = progress.find(status, "Progressing")
    if not progress.has_deadline(deployment) or (known is not None and known["reason"] == progress.TIMED_OUT):
        return deployment
    paused = bool(deployment["spec"].get("paused"))
    if paused == (known is not None and known["reason"] == "DeploymentPaused"):
        return deployment
    reason, text = ("DeploymentPaused", "paused") if paused else ("DeploymentResumed", "resumed")
    new = progress.condition(api.now, "Progressing", "Unknown", reason, f"Deployment is {text}")
    deployment = {**deployment, "status": progress.put(status, new)}
    await _write_status(api, deployment)
    return deployment


async def _resized(api: Api, deployment: Obj, owned: list[Obj]) -> bool:
    """Whether a ReplicaSet was made for another size of the Deployment."""
    newest, olds = await _sets(api, deployment, owned, create=False)
    everything = [*olds, newest] if newest is not None else olds
    known = (revisions.number(one, revisions.DESIRED) for one in active(everything))
    return any(size is not None and size != replicas(deployment) for size in known)


async def _resize(api: Api, deployment: Obj, owned: list[Obj]) -> None:
    newest, olds = await _sets(api, deployment, owned, create=False)
    await rolling.resize(api, deployment, newest, olds)
    if deployment["spec"].get("paused"):
        await _clean_up(api, deployment, olds)
    await _report_counts(api, deployment, newest, olds)


async def _roll(api: Api, deployment: Obj, owned: list[Obj]) -> Upkeep | None:
    newest, olds = await _sets(api, deployment, owned, create=True)
    assert newest is not None, "a ReplicaSet was found or made"
    everything = [*olds, newest]
    moved = (
        await rolling.grow_new(api, deployment, everything, newest)
        or await rolling.shrink_old(api, deployment, olds, newest)
    )
    if not moved and progress.complete(deployment, deployment.get("status") or {}):
        await _clean_up(api, deployment, olds)
    return await _report(api, deployment, newest, olds)


async def _recreate(api: Api, deployment: Obj, owned: list[Obj]) -> Upkeep | None:
    newest, olds = await _sets(api, deployment, owned, create=False)
    if await rolling.shrink_all(api, deployment, olds) or _old_pods_run(api, newest, olds):
        return await _report(api, deployment, newest, olds)
    if newest is None:
        newest, olds = await _sets(api, deployment, owned, create=True)
        assert newest is not None, "a ReplicaSet was made"
    if replicas(newest) != replicas(deployment):
        await rolling.scale(api, deployment, newest, replicas(deployment))
    if progress.complete(deployment, deployment.get("status") or {}):
        await _clean_up(api, deployment, olds)
    return await _report(api, deployment, newest, olds)


def _old_pods_run(api: Api, newest: Obj | None, olds: list[Obj]) -> bool:
    if total_reported(olds, "replicas") > 0:
        return True
    for replica_set in olds:
        if newest is not None and replica_set["metadata"]["uid"] == newest["metadata"]["uid"]:
            continue
        for pod in api.cached_by("pods", "owner", replica_set["metadata"]["uid"]):
            if (pod.get("status") or {}).get("phase") not in ("Succeeded", "Failed"):
                return True
    return False


# ---------------------------------------------------------------------- the ReplicaSet of the template


async def _sets(api: Api, deployment: Obj, owned: list[Obj], *, create: bool) -> tuple[Obj | None, list[Obj]]:
    """The ReplicaSet of the current template and the others, with their revisions in order."""
    newest = revisions.newest(deployment, owned)
    olds = [one for one in owned if newest is None or one["metadata"]["uid"] != newest["metadata"]["uid"]]
    revision = revisions.last(olds) + 1
    if newest is not None:
        return await _known(api, deployment, newest, revision), olds
    return (await _made(api, deployment, olds, revision) if create else None), olds


async def _known(api: Api, deployment: Obj, newest: Obj, revision: int) -> Obj:
    """The ReplicaSet that is there, brought up to date."""
    wanted = revisions.numbered(deployment, newest, revision, exists=True)
    seconds = deployment["spec"].get("minReadySeconds", 0)
    if wanted["spec"].get("minReadySeconds", 0) != seconds:
        wanted = evolve(wanted, ("spec", "minReadySeconds"), seconds)
    if wanted is not newest:
        return await api.update(SETS, wanted)
    changed = _revised(deployment, revisions.annotations_of(newest).get(revisions.REVISION, ""))
    status = changed.get("status") or {}
    if progress.has_deadline(deployment) and progress.find(status, "Progressing") is None:
        text = f'Found new replica set "{newest["metadata"]["name"]}"'
        found = progress.condition(api.now, "Progressing", "True", "FoundNewReplicaSet", text)
        changed = {**changed, "status": progress.put(status, found)}
    if changed is not deployment:
        await _write_status(api, changed)
    return newest


def _revised(deployment: Obj, revision: str) -> Obj:
    return revisions.annotate(deployment, {**revisions.annotations_of(deployment), revisions.REVISION: revision})


async def _made(api: Api, deployment: Obj, olds: list[Obj], revision: int) -> Obj:
    """A new ReplicaSet for the template.

    Raises:
        ApiError: it cannot be made; the Deployment says why.
    """
    wanted = _composed(api.profile, deployment, olds, revision)
    name, namespace = wanted["metadata"]["name"], deployment["metadata"]["namespace"]
    existed = False
    try:
        made = await api.create(SETS, namespace, wanted)
    except ApiError as error:
        if error.reason != "AlreadyExists":
            await _refused(api, deployment, name, error)
            raise
        made = await _same(api, deployment, name, error)
        existed = True
    size = replicas(wanted)
    if not existed and size > 0:
        text = api.profile.pick(rolling.CREATED).format(name=name, new=size)
        api.event(involved(api.profile, deployment, KIND), KIND, "Normal", "ScalingReplicaSet", text)
    changed = _revised(deployment, str(revision))
    if not existed and progress.has_deadline(deployment):
        text = f'Created new replica set "{name}"'
        new = progress.condition(api.now, "Progressing", "True", "NewReplicaSetCreated", text)
        changed = {**changed, "status": progress.put(changed.get("status") or {}, new)}
    if changed is not deployment:
        await _write_status(api, changed)
    return made


def _composed(profile: Profile, deployment: Obj, olds: list[Obj], revision: int) -> Obj:
    spec, metadata = deployment["spec"], deployment["metadata"]
    template = spec["template"]
    number = podhash.template_hash(profile, template, (deployment.get("status") or {}).get("collisionCount"))
    encoded = podhash.encoded(number)
    label = {podhash.HASH_LABEL: str(number) if profile["hash_label"] == "decimal" else encoded}
    labels = {**((template.get("metadata") or {}).get("labels") or {}), **label}
    selector = spec["selector"]
    made: Obj = {
        "apiVersion": "apps/v1", "kind": "ReplicaSet",
        "metadata": {
            "name": f"{metadata['name']}-{encoded}", "namespace": metadata["namespace"], "labels": labels,
            "ownerReferences": [reference(profile, deployment, KIND)],
        },
        "spec": {
            "replicas": 0, "selector": {**selector, "matchLabels": {**(selector.get("matchLabels") or {}), **label}},
            "template": {**template, "metadata": {**(template.get("metadata") or {}), "labels": labels}},
        },
    }
    if spec.get("minReadySeconds"):
        made["spec"]["minReadySeconds"] = spec["minReadySeconds"]
    made["spec"]["replicas"] = new_size(deployment, [*olds, made], made)
    return revisions.numbered(deployment, made, revision, exists=False)


async def _same(api: Api, deployment: Obj, name: str, error: ApiError) -> Obj:
    """The ReplicaSet that has the name already, if it is ours and of this template.

    Raises:
        ApiError: it is not: the hashes collide; the next sync hashes with another count of collisions.
    """
    metadata = deployment["metadata"]
    known = api.cached(SETS, metadata["namespace"], name)
    if known is None:
        raise error
    owner = controller_of(known)
    same = revisions.same_template(deployment["spec"]["template"], known["spec"]["template"])
    if same and owner is not None and owner["uid"] == metadata["uid"]:
        return known
    count = (deployment.get("status") or {}).get("collisionCount") or 0
    await _write_status(api, evolve(deployment, ("status", "collisionCount"), count + 1))
    raise error


async def _refused(api: Api, deployment: Obj, name: str, error: ApiError) -> None:
    """Say why the ReplicaSet could not be made; a namespace that goes away needs no explanation."""
    if error.has_cause("NamespaceTerminating"):
        return
    text = f'Failed to create new replica set "{name}": {error.message}'
    if progress.has_deadline(deployment):
        new = progress.condition(api.now, "Progressing", "False", "ReplicaSetCreateError", text)
        with suppress(ApiError):
            await _write_status(api, {**deployment, "status": progress.put(deployment.get("status") or {}, new)})
    api.event(involved(api.profile, deployment, KIND), KIND, "Warning", "ReplicaSetCreateError", text)


async def _clean_up(api: Api, deployment: Obj, olds: list[Obj]) -> None:
    """Delete the oldest ReplicaSets beyond the revision history limit."""
    limit = deployment["spec"].get("revisionHistoryLimit")
    if limit is None or limit == progress.NO_DEADLINE:
        return
    found = [one for one in olds if not one["metadata"].get("deletionTimestamp")]
    found.sort(key=lambda one: (revisions.number(one) or 0, *revisions.age(one)))
    for one in found[: max(0, len(found) - limit)]:
        metadata = one["metadata"]
        behind = metadata.get("generation", 0) > reported(one, "observedGeneration")
        if reported(one) or replicas(one) or behind:
            continue
        try:
            await api.delete(SETS, metadata["namespace"], metadata["name"])
        except ApiError as error:
            if error.code != 404:
                raise


# ---------------------------------------------------------------------- reports


async def _write_status(api: Api, deployment: Obj) -> None:
    await api.update(RESOURCE, deployment, subresource="status")


async def _report_counts(api: Api, deployment: Obj, newest: Obj | None, olds: list[Obj]) -> None:
    everything = [*olds, newest] if newest is not None else olds
    status = progress.counted(api, deployment, everything, newest)
    if status != deployment.get("status"):
        await _write_status(api, {**deployment, "status": status})


async def _report(api: Api, deployment: Obj, newest: Obj | None, olds: list[Obj]) -> Upkeep | None:
    """Write the status of a rollout; one that stands still is looked at again when its deadline has passed."""
    everything = [*olds, newest] if newest is not None else olds
    status = progress.rolled(api, deployment, everything, newest)
    if status != deployment.get("status"):
        await _write_status(api, {**deployment, "status": status})
        return None
    wait = progress.deadline(deployment, status, api.now)
    return None if wait is None else Upkeep(wait)
