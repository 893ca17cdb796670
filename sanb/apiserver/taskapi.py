"""`TaskApi`: what a reconcile is given. Reads are noted in its transcript, verbs are awaited."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING, Any, Final

from sanb import entropy
from sanb.apiserver.events import REPORTING, Recorder
from sanb.apiserver.request import NOTHING, Request, UserInfo
from sanb.kernel.task import Await, Task
from sanb.profiles.profile import Profile
from sanb.values import Obj

if TYPE_CHECKING:
    from sanb.kernel.controller import Controller
    from sanb.kernel.workers import Workers
    from sanb.kernel.world import World

_MUTATED: Final = "mutated"
_SUFFIXES: Final = "suffixes"
_KEPT: Final = "kept"
_NOW: Final = ("now",)


class TaskApi:
    """The implementation of `client.Api` for one task in one world."""

    __slots__ = ("_lister", "_seed", "_task", "_user", "_workers", "_world", "profile")

    def __init__(self, world: World, workers: Workers, task: Task, profile: Profile, seed: int) -> None:
        self.profile = profile
        self._world = world
        self._workers = workers
        self._task = task
        self._seed = seed
        self._user: UserInfo = workers.controller.user
        self._lister = world.lister(workers.controller.process)

    # ------------------------------------------------------------------ reads

    @property
    def now(self) -> float:
        task = self._task
        if task.repeating:
            return float(task.repeated(_NOW)[1])
        now = self._world.clock.now
        task.transcript.append((_NOW, now, False))
        return now

    def cached(self, resource: str, namespace: str, name: str) -> Obj | None:
        call, task = ("cached", resource, namespace, name), self._task
        if task.repeating:
            return task.repeated(call)[1]  # type: ignore[no-any-return]
        found = self._cached(resource, namespace, name)
        task.transcript.append((call, found, False))
        return found

    def _cached(self, resource: str, namespace: str, name: str) -> Obj | None:
        found = self._lister.informer(resource).get((resource, namespace, name))
        memory = self._workers.memory
        if memory.bucket(_MUTATED) is not None:
            entry = memory.get(_MUTATED, (resource, namespace, name))
            if entry is not None and entry[1] >= self._world.clock.now:
                newer = entry[0]
                if found is None or int(newer["metadata"]["resourceVersion"]) > int(found["metadata"]["resourceVersion"]):
                    return newer  # type: ignore[no-any-return]
                # the informer has caught up: were the entry kept, an object deleted from now on would seem to be there
                memory.drop(_MUTATED, (resource, namespace, name))
        return found

    def cached_by(self, resource: str, index: str, value: Hashable) -> tuple[Obj, ...]:
        call, task = ("cached_by", resource, index, value), self._task
        if task.repeating:
            return task.repeated(call)[1]  # type: ignore[no-any-return]
        found = self._lister.cached_by(resource, index, value)
        task.transcript.append((call, found, False))
        return found

    def cached_list(self, resource: str, namespace: str | None = None) -> tuple[Obj, ...]:
        found: tuple[Obj, ...] = self._task.observe(
            ("cached_list", resource, namespace), lambda: self._lister.cached_list(resource, namespace)
        )
        return found

    def count_by(self, resource: str, index: str, value: Hashable) -> int:
        call, task = ("count_by", resource, index, value), self._task
        if task.repeating:
            return int(task.repeated(call)[1])
        found = self._lister.count_by(resource, index, value)
        task.transcript.append((call, found, False))
        return found

    def reached(self, resource: str, revision: str) -> bool:
        # the revision stays out of the transcript: it depends on the path that led here
        return bool(self._task.observe(
            ("reached", resource), lambda: self._lister.informer(resource).revision >= int(revision)
        ))

    def draw(self, *key: object) -> int:
        return entropy.draw(self._seed, self._workers.name, self._task.key, *key)

    # ------------------------------------------------------------------ acts that are not calls

    def suffix(self, *key: object) -> str:
        return str(self._task.observe(("suffix", *key), lambda: self._suffix(key)))

    def _suffix(self, key: tuple[object, ...]) -> str:
        memory, place = self._workers.memory, (self._task.key, key)
        count = memory.get(_SUFFIXES, place) or 0
        memory.put(_SUFFIXES, place, count + 1)
        return entropy.suffix(self._seed, self._workers.name, *place, count)

    def mutated(self, resource: str, obj: Obj, seconds: float) -> None:
        metadata = obj["metadata"]
        place = (resource, metadata.get("namespace", ""), metadata["name"])
        if self._once(("mutated", *place)):
            self._workers.memory.put(_MUTATED, place, (obj, self._world.clock.now + seconds))

    def recall(self, key: Hashable) -> Any:
        call, task = ("recall", key), self._task
        if task.repeating:
            return task.repeated(call)[1]
        found = self._workers.memory.get(_KEPT, key)
        task.transcript.append((call, found, False))
        return found

    def keep(self, key: Hashable, value: Any) -> None:
        if not self._once(("keep", key)):
            return
        if value is None:
            self._workers.memory.drop(_KEPT, key)
        else:
            self._workers.memory.put(_KEPT, key, value)

    def enqueue(self, key: Hashable, after: float = 0.0) -> None:
        if self._once(("enqueue", key, after)):
            self._workers.add_after(self._world, key, after)

    def act_as(self, user: UserInfo) -> None:
        """Make the calls that follow as `user` (a kubelet acts as its node)."""
        self._user = user

    def event(self, involved: Obj, kind: str, type: str, reason: str, message: str, path: str = "") -> None:
        if not self._once(("event", kind, involved["metadata"]["name"], reason, message)):
            return
        world, task, component = self._world, self._task, self._workers.controller.component
        recorder = world.recorders.get(component)
        if recorder is None:
            recorder = Recorder(component, reporting=self.profile.pick(REPORTING))
            world.recorders[component] = recorder
        request = recorder.compose(self._user, involved, kind, type, reason, message, world.clock.now, path)
        if request is not None:
            world.server.submit(request, "", task.why)

    def _once(self, call: tuple[Any, ...]) -> bool:
        """Whether to do something now: a rebuilt frame finds it in the transcript and does not do it again."""
        task = self._task
        if task.repeating:
            task.repeated(call)
            return False
        task.transcript.append((call, None, False))
        return True

    # ------------------------------------------------------------------ verbs

    def _call(
        self, verb: str, resource: str, namespace: str, name: str, subresource: str = "", body: Any = None,
        options: Any = NOTHING,
    ) -> Await:
        return Await(self._task, Request(verb, resource, namespace, name, subresource, body, options, self._user))

    def get(self, resource: str, namespace: str, name: str) -> Await:
        return self._call("get", resource, namespace, name)

    def list(self, resource: str, namespace: str = "", **options: Any) -> Await:
        return self._call("list", resource, namespace, "", options=options)

    def create(self, resource: str, namespace: str, body: Obj, *, name: str = "", subresource: str = "") -> Await:
        return self._call("create", resource, namespace, name, subresource, body)

    def update(self, resource: str, body: Obj, *, subresource: str = "") -> Await:
        metadata = body["metadata"]
        return self._call("update", resource, metadata.get("namespace", ""), metadata["name"], subresource, body)

    def patch(
        self, resource: str, namespace: str, name: str, body: Any, *, kind: str = "merge", subresource: str = ""
    ) -> Await:
        return self._call("patch", resource, namespace, name, subresource, body, {"patchType": kind})

    def delete(
        self, resource: str, namespace: str, name: str, *, uid: str = "", resource_version: str = "",
        propagation: str = "", grace: int | None = None,
    ) -> Await:
        body: Obj = {}
        preconditions = {k: v for k, v in (("uid", uid), ("resourceVersion", resource_version)) if v}
        if preconditions:
            body["preconditions"] = preconditions
        if propagation:
            body["propagationPolicy"] = propagation
        if grace is not None:
            body["gracePeriodSeconds"] = grace
        return self._call("delete", resource, namespace, name, "", body or None)

    def deletecollection(self, resource: str, namespace: str, *, propagation: str = "") -> Await:
        body = {"propagationPolicy": propagation} if propagation else None
        return self._call("deletecollection", resource, namespace, "", "", body)


def inherit(new: Workers, old: Workers) -> None:
    """What a controller's process leaves to the next one: what lies outside it, and how often names were drawn."""
    new.inherit(old, lambda bucket, key, value: value if outlives(new.controller, bucket, key) else None)


def outlives(controller: Controller, bucket: Hashable, key: Hashable) -> bool:
    """Whether what a controller remembers is still there when its process has ended."""
    endures = controller.endures
    return bucket == _SUFFIXES or (bucket == _KEPT and endures is not None and endures(key))


def kept(world: World, controller: str, key: Hashable) -> Any:
    """What a controller of `world` kept under `key` (`Api.keep`), for those who look at it from outside; or None."""
    workers = world.workers.get(controller)
    return None if workers is None else workers.memory.get(_KEPT, key)
