"""Namespace controller: empties a namespace that is being deleted, then lets it go (SEM 6.1)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from sanb.apiserver import customs
from sanb.apiserver.client import Api
from sanb.apiserver.resources import RESOURCES, Resource, served
from sanb.controllers.identity import PROCESS, account_user
from sanb.controllers.namespaceconditions import with_conditions
from sanb.errors import ApiError
from sanb.kernel.controller import Controller, Limiter, Retry, Upkeep, Watch
from sanb.profiles.profile import Profile
from sanb.times import parse
from sanb.values import Obj

NAME: Final = "namespace-controller"
WORKERS: Final = 10
DELAY: Final = 5.0
"""Seconds before the first look at a namespace that is being deleted."""
FINALIZER: Final = "kubernetes"
PODS: Final = RESOURCES["pods"]
FINALIZER_ESTIMATE: Final = 15
"""Seconds that objects with finalizers are given."""
CONDITIONS: Final = {"1.10": False, "1.16": True}
PATIENT: Final = 5
"""From this fruitless look on at what waits for finalizers, further looks no longer keep the world busy."""


def emptied(profile: Profile) -> tuple[Resource, ...]:
    """The kinds of a minor that a namespace is emptied of."""
    return tuple(row for row in served(profile).values() if row.namespaced and "delete" in row.verbs)


class Left(NamedTuple):
    """What remains of one resource: how many objects, with which finalizers, and for how many seconds more."""

    objects: int = 0
    finalizers: tuple[str, ...] = ()
    estimate: int = 0


class Tally:
    """What is left of a whole namespace."""

    __slots__ = ("errors", "estimate", "finalizers", "remaining")

    def __init__(self) -> None:
        self.errors: list[str] = []
        self.estimate = 0
        self.remaining: dict[str, int] = {}
        self.finalizers: dict[str, int] = {}

    def add(self, resource: Resource, left: Left) -> None:
        """Count what is left of one resource."""
        self.estimate = max(self.estimate, left.estimate)
        if left.objects:
            self.remaining[f"{resource.plural}.{resource.group}"] = left.objects
            for finalizer in left.finalizers:
                self.finalizers[finalizer] = self.finalizers.get(finalizer, 0) + 1


def controller(profile: Profile, authority: Any, seed: int) -> Controller:
    """The controller of a profile."""
    pods_first: bool = profile["pods_first"]
    conditions, kinds = profile.pick(CONDITIONS), emptied(profile)

    async def reconcile(api: Api, key: str) -> float | Upkeep | None:
        """Delete what is in a namespace; free it when nothing is left."""
        if api.cached("namespaces", "", key) is None:
            return None
        namespace = await _live(api, key)
        if namespace is None or not namespace["metadata"].get("deletionTimestamp"):
            return None
        if not (namespace.get("spec") or {}).get("finalizers"):
            return None
        tally = await _empty(api, namespace, kinds, pods_first)
        if conditions:
            namespace = await _report(api, namespace, tally)
        if tally.errors:
            raise Retry
        if tally.estimate:
            return _again(api, key, tally)
        api.keep(("looks", key), None)
        await _finalize(api, namespace)
        return None

    return Controller(
        name=NAME, component=NAME, process=PROCESS, user=account_user("namespace-controller"), reconcile=reconcile,
        watches=(Watch("namespaces", _deleted, on=frozenset({"add", "update"}), delay=DELAY),),
        lists=(customs.DEFINITIONS,), workers=WORKERS, limiter=Limiter(0.005, 60.0),
    )


def _deleted(namespace: Obj) -> Iterator[str]:
    if namespace["metadata"].get("deletionTimestamp"):
        yield namespace["metadata"]["name"]


async def _live(api: Api, name: str) -> Obj | None:
    try:
        return await api.get("namespaces", "", name)
    except ApiError as error:
        if error.reason == "NotFound":
            return None
        raise


def _again(api: Api, key: str, tally: Tally) -> float | Upkeep:
    """When to look again; a namespace that waits for somebody else's finalizers may wait for ever."""
    seconds = float(tally.estimate // 2 + 1)
    looks = (api.recall(("looks", key)) or 0) + 1
    api.keep(("looks", key), looks)
    return Upkeep(seconds) if looks >= PATIENT else seconds


# ---------------------------------------------------------------------- emptying


async def _empty(api: Api, namespace: Obj, kinds: tuple[Resource, ...], pods_first: bool) -> Tally:
    """Delete everything in the namespace; with `pods_first` the rest only when no Pod is left."""
    tally = Tally()
    if pods_first:
        await _count(api, namespace, PODS, tally)
        if tally.remaining or tally.errors:
            return tally
    for row in (*kinds, *_custom(api)):
        if not (pods_first and row.id == "pods"):
            await _count(api, namespace, row, tally)
    return tally


def _custom(api: Api) -> Iterator[Resource]:
    """The namespaced kinds of CustomResourceDefinitions."""
    for definition in api.cached_list(customs.DEFINITIONS):
        row = customs.resource_of(definition)
        if row is not None and row.namespaced:
            yield row


async def _count(api: Api, namespace: Obj, row: Resource, tally: Tally) -> None:
    name = namespace["metadata"]["name"]
    try:
        left = await _delete_all(api, namespace, row.id)
    except ApiError as error:
        tally.errors.append(error.message)
        return
    tally.add(row, left)
    if left.objects and not left.estimate:
        tally.errors.append(f"unexpected items still remain in namespace: {name} for gvr: {_gvr(row)}")


def _gvr(row: Resource) -> str:
    return f"{row.group}/{row.api_version.rpartition('/')[2]}, Resource={row.plural}"


async def _delete_all(api: Api, namespace: Obj, resource: str) -> Left:
    """Delete the objects of one resource and look at what is left."""
    name = namespace["metadata"]["name"]
    grace = await _grace(api, namespace) if resource == "pods" else 0
    await api.deletecollection(resource, name, propagation="Background")
    items = (await api.list(resource, name))["items"]
    if not items:
        return Left()
    finalizers = tuple(finalizer for item in items for finalizer in item["metadata"].get("finalizers") or ())
    estimate = grace or (FINALIZER_ESTIMATE if finalizers else 0)
    return Left(len(items), finalizers, estimate)


async def _grace(api: Api, namespace: Obj) -> int:
    """The longest grace period of the Pods that run, while it may still last; else 0."""
    fields = namespace["metadata"]
    longest = 0
    for pod in (await api.list("pods", fields["name"]))["items"]:
        if (pod.get("status") or {}).get("phase") not in ("Succeeded", "Failed"):
            longest = max(longest, pod["spec"].get("terminationGracePeriodSeconds") or 0)
    return longest if api.now - parse(fields["deletionTimestamp"]) < longest else 0


# ---------------------------------------------------------------------- the namespace itself


async def _report(api: Api, namespace: Obj, tally: Tally) -> Obj:
    """Write the conditions, if they say something new; that this fails is only logged upstream."""
    new = with_conditions(namespace, tally.errors, tally.remaining, tally.finalizers, api.now)
    if new is namespace:
        return namespace
    try:
        return await api.update("namespaces", new, subresource="status")
    except ApiError:
        return namespace


async def _finalize(api: Api, namespace: Obj) -> None:
    """Take our finalizer out; the API server deletes a namespace that has none left."""
    uid = namespace["metadata"]["uid"]
    while True:
        spec = namespace.get("spec") or {}
        kept = sorted(name for name in spec.get("finalizers") or () if name != FINALIZER)
        try:
            await api.update("namespaces", {**namespace, "spec": {**spec, "finalizers": kept}}, subresource="finalize")
        except ApiError as error:
            if error.reason == "NotFound":
                return
            if error.reason != "Conflict":
                raise
        else:
            return
        again = await _live(api, namespace["metadata"]["name"])
        if again is None:
            return
        if again["metadata"]["uid"] != uid:
            raise Retry
        namespace = again
