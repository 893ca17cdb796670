"""The kubelets of all nodes as one controller: takes Pods through the stages of their life (SEM 11).

Nothing is polled. A Pod that runs is looked at again at the first re-sync at which something can have changed: when a
token may be due, or after a Secret or ConfigMap that it uses has changed.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from functools import lru_cache
from typing import Any, Final

from sanb.apiserver.client import Api
from sanb.apiserver.request import UserInfo
from sanb.errors import ApiError
from sanb.kernel.controller import Controller, Upkeep, Watch
from sanb.kubelet import containers, deletion, lives, scripts, status, tokenmanager, volumes
from sanb.kubelet.containers import Blocked
from sanb.kubelet.network import host_address, pod_address
from sanb.kubelet.pace import PodKey, adopted, awaiting, pause, waited_for
from sanb.kubelet.stages import (
    MOUNT_BACK_OFF,
    NEVER,
    Life,
    Run,
    back_off,
    resync,
    span,
)
from sanb.kubelet.status import Shape, compose
from sanb.kubelet.texts import Texts
from sanb.kubelet.volumes import Mounted, Unmountable
from sanb.profiles.profile import Profile
from sanb.times import parse, rfc3339
from sanb.values import Obj

NAME: Final = "kubelet"
WORKERS: Final = 32
ENDED: Final = ("Succeeded", "Failed")


def controller(profile: Profile, authority: Any, seed: int) -> Controller:
    """The kubelets of all nodes; a Pod on a node that does not exist stays as it is."""
    watches = (
        Watch("pods", keys=_bound, changed=_matters),
        Watch("nodes", on=frozenset({"add"}), related=_on_node),
        Watch("secrets", changed=_content, related=_users("secret")),
        Watch("configmaps", changed=_content, related=_users("configmap")),
    )
    user = UserInfo("system:node", groups=("system:nodes", "system:authenticated"))
    reconcile = Kubelet(profile).reconcile
    return Controller(NAME, NAME, NAME, user, watches, reconcile, workers=WORKERS, endures=_on_the_machine)


def _on_the_machine(key: Any) -> bool:
    """Containers, their volumes and images outlive the kubelet; the tokens that it holds do not."""
    return bool(key[0] != tokenmanager.HELD)


# ---------------------------------------------------------------------- what concerns which Pod


def _bound(pod: Obj) -> Iterable[PodKey]:
    """A Pod concerns the kubelet once it has a node."""
    fields = pod["metadata"]
    return ((fields["namespace"], fields["name"]),) if pod["spec"].get("nodeName") else ()


def _matters(old: Obj, new: Obj) -> bool:
    """Whether more than the status has changed."""
    if old["spec"] is not new["spec"] and old["spec"] != new["spec"]:
        return True
    before, after = old["metadata"], new["metadata"]
    for field in FIELDS:  # noqa: SIM110 - asked for every change of every Pod, and this is faster
        if before.get(field) != after.get(field):
            return True
    return False


FIELDS: Final = ("deletionTimestamp", "deletionGracePeriodSeconds", "labels", "annotations", "uid", "finalizers")


def _content(old: Obj, new: Obj) -> bool:
    """Whether the values of a Secret or ConfigMap have changed."""
    return bool(old.get("data") != new.get("data") or old.get("binaryData") != new.get("binaryData"))


def _on_node(node: Obj, lister: Any) -> Iterable[PodKey]:
    for pod in lister.cached_by("pods", "node", node["metadata"]["name"]):
        yield from _bound(pod)


def _users(index: str) -> Callable[[Obj, Any], Iterable[PodKey]]:
    def users(obj: Obj, lister: Any) -> Iterable[PodKey]:
        """The Pods that use a Secret or ConfigMap."""
        fields = obj["metadata"]
        for pod in lister.cached_by("pods", index, (fields["namespace"], fields["name"])):
            yield from _bound(pod)

    return users


@lru_cache(maxsize=4096)
def node_user(node: str) -> UserInfo:
    """Who the kubelet of a node is to the API server."""
    return UserInfo(f"system:node:{node}", groups=("system:nodes", "system:authenticated"))


# ---------------------------------------------------------------------- the stages


class Step:
    """One Pod that is being taken further: what the stages read and change."""

    __slots__ = ("api", "env", "held", "life", "now", "pod", "text")

    def __init__(self, api: Api, pod: Obj, life: Life, now: float) -> None:
        self.api = api
        self.pod = pod
        self.life = life
        self.env = life.env
        self.now = now
        self.text = rfc3339(now)
        self.held: list[tuple[str, str, str, str]] | None = None

    def tell(self, kind: str, reason: str, message: str, path: str = "") -> None:
        """An Event about the Pod; kept for later while a status has to be written first."""
        if self.held is not None:
            self.held.append((kind, reason, message, path))
        else:
            self.api.event(self.pod, "Pod", kind, reason, message, path)

    def told(self) -> None:
        """Send the Events that were kept for later."""
        held, self.held = self.held or (), None
        for one in held:
            self.tell(*one)

    def started(self, run: Run) -> float:
        """When a run began."""
        return self.now if run.began == self.text else parse(run.began)

    def draw(self, stage: str, *key: object) -> float:
        """Seconds that a stage takes for this Pod."""
        return span(stage, self.api.draw(stage, self.life.uid, *key))


Stage = Callable[[Step], Awaitable[Life]]


class Kubelet:
    """What all nodes have in common: the texts and shapes of a minor. Its memory is `api.recall` and `api.keep`."""

    def __init__(self, profile: Profile) -> None:
        self.texts = Texts.of(profile)
        self.shape = Shape.of(profile)
        self.stages: dict[str, Stage] = {
            "admit": self._admit, "mount": self._mount, "pull": self._pull, "pulled": self._pulled,
            "start": self._start, "run": self._run, "running": self._live,
        }

    async def reconcile(self, api: Api, key: PodKey) -> float | Upkeep | None:
        """Take one Pod as far as it goes now; returns when to look at it again."""
        pod, life = api.cached("pods", *key), api.recall(key)
        if life is not None and (pod is None or pod["metadata"]["uid"] != life.uid):
            deletion.forget(api, key, life)
            life = None
        if pod is None:
            return None
        node = pod["spec"].get("nodeName")
        machine = api.cached("nodes", "", node) if life is None else None
        if life is None and machine is None:
            return None
        api.act_as(node_user(node))
        if pod["metadata"].get("deletionTimestamp"):
            return await deletion.stop(api, key, pod, life, self.texts)
        if life is None:
            if (pod.get("status") or {}).get("phase") in ENDED:
                return None
            life = adopted(pod, rfc3339(api.now), host_address(machine or {}))
        now = api.now
        if life.due > now:
            return waited_for(api, key, life, now)
        return await self._proceed(key, Step(api, pod, life, now))

    async def _proceed(self, key: PodKey, step: Step) -> float | Upkeep | None:
        """Stage after stage until one takes time. What was reached is kept, also when the API refuses something."""
        try:
            while True:
                life = step.life = await self.stages[step.life.stage](step)
                if life.due > step.now:
                    break
        except ApiError:
            step.api.keep(key, step.life)
            raise
        step.api.keep(key, life)
        return pause(life, step.now)

    async def _report(self, step: Step, life: Life) -> None:
        """Write the status that `life` comes to."""
        new = compose(self.shape, step.pod, life)
        step.pod = await step.api.update("pods", {**step.pod, "status": new}, subresource="status")

    async def _admit(self, step: Step) -> Life:
        """The Pod is new here: report its containers as being created."""
        await self._report(step, step.life)
        return await self._mount(step)

    async def _mount(self, step: Step) -> Life:
        """Read the volumes that are not mounted yet; when all are, a sandbox is made."""
        life = step.life
        mounts, failed = await self._read(step)
        if failed:
            failures = life.failures + 1
            due = step.now + back_off(MOUNT_BACK_OFF, failures)
            return life._replace(stage="mount", mounts=mounts, failures=failures, due=due)
        return life._replace(stage="pull", mounts=mounts, failures=0, due=step.now + step.draw("sandbox"))

    async def _read(self, step: Step, *, again: bool = False) -> tuple[tuple[Mounted, ...], bool]:
        """The volumes as they are now, and whether one could not be read; `again`: mounted ones too."""
        known = {mounted.volume: mounted for mounted in step.life.mounts}
        found: list[Mounted] = []
        failed = False
        for volume in step.pod["spec"].get("volumes") or ():
            name = volume["name"]
            mounted = known.get(name)
            if mounted is None or again:
                try:
                    sources = await volumes.read(step.api, step.pod, volume, self.texts)
                except Unmountable as failure:
                    failed = True
                    self._tell(step, "FailedMount", self.texts.unmounted.format(volume=name, why=failure), "Warning")
                else:
                    if mounted is None and self.texts.mounted:
                        self._tell(step, "SuccessfulMountVolume", self.texts.mounted.format(volume=name))
                    if mounted is None or not volumes.same(mounted.sources, sources):
                        mounted = Mounted(name, sources, step.now)
            if mounted is not None:
                found.append(mounted)
        return tuple(found), failed

    async def _pull(self, step: Step) -> Life:
        """See to the image of the next container."""
        life = step.life
        sandbox, ip = life.sandbox, life.ip
        if not sandbox:
            sandbox = step.text
            ip = life.host if step.pod["spec"].get("hostNetwork") else pod_address(step.api, life.node)
            life = step.life = life._replace(sandbox=sandbox, ip=ip)
        try:
            took = containers.pull(step, containers.at(step.pod, life.position), self.texts)
        except Blocked as block:
            return await self._blocked(step, block)
        if took is None:
            return life._replace(stage="start", pulled=None)
        return life._replace(stage="pulled", pulled=took, due=step.now + took)

    async def _pulled(self, step: Step) -> Life:
        """The image has arrived."""
        try:
            containers.pulled(step, containers.at(step.pod, step.life.position), step.life.pulled, self.texts)
        except Blocked as block:
            return await self._blocked(step, block)
        return await self._start(step)

    async def _start(self, step: Step) -> Life:
        """Create and start the next container; one that is to finish is reported at once."""
        life, spec = step.life, step.pod["spec"]
        finishes = containers.finishes(spec, life.position)
        step.held = [] if finishes else None
        try:
            run = lives.launch(step, life.position, None, self.texts)
        except Blocked as block:
            step.held = None
            return await self._blocked(step, block)
        if not finishes:
            return _next(life, spec, step.text, runs=(*life.runs, run), env=step.env)
        step.life = life._replace(stage="start")
        life = life._replace(stage="running", runs=(*life.runs, run), env=step.env, due=run.due)
        await self._report(step, life)
        step.told()
        return life

    async def _blocked(self, step: Step, block: Blocked) -> Life:
        """A container cannot be made: it is held back, and the others go on if it is no init container."""
        life, spec = step.life, step.pod["spec"]
        step.held = []
        run = lives.blocked(step, life.position, Run(), block)
        runs = (*life.runs, run)
        if life.position < len(spec.get("initContainers") or ()):
            held = life._replace(stage="running", runs=runs, due=run.due)
            await self._report(step, held)
        else:
            held = _next(life, spec, step.text, runs=runs)
        step.told()
        return held

    async def _run(self, step: Step) -> Life:
        """All containers have been started, or held back."""
        life = step.life
        await self._report(step, life)
        for problem in scripts.problems(step.pod):
            step.tell("Warning", "InvalidAnnotation", problem)
        wake = self._wake(step, life)
        return awaiting(life._replace(stage="running", wake=wake))

    async def _live(self, step: Step) -> Life:
        """Whatever is due with the volumes and the containers of a Pod that is running."""
        life = step.life
        if life.wake <= step.now:
            life = await self._refresh(step)
        due = [index for index, run in enumerate(life.runs) if run.due <= step.now]
        if not due:
            return awaiting(life)
        before, runs, step.held = life, list(life.runs), []
        for index in due:
            step.life = life
            runs[index] = lives.advance(step, index, runs[index], self.texts)
        step.life = before
        life = self._concluded(step, life._replace(runs=tuple(runs), env=step.env))
        if status.shown(life) != status.shown(before):
            await self._report(step, life)
        step.told()
        return awaiting(life)

    def _concluded(self, step: Step, life: Life) -> Life:
        """On to the next container after an init container, and to the end after the last one."""
        spec = step.pod["spec"]
        if any(old.ready and not new.ready for old, new in zip(step.life.runs, life.runs, strict=True)):
            life = life._replace(unready=step.text)
        inits = spec.get("initContainers") or ()
        if life.position < len(inits):
            run = life.runs[life.position]
            sidecar = inits[life.position].get("restartPolicy") == "Always"
            if (run.began and not run.waiting[0]) if sidecar else (run.ended and not run.code and not run.then):
                return _next(life, spec, step.text)
        phase = status.phase(spec, life)
        if phase in ENDED:
            runs = tuple(
                lives.stopped(step, run) if number < len(inits) else run for number, run in enumerate(life.runs)
            )
            return life._replace(stage="done", runs=runs, wake=NEVER, due=NEVER)
        return life

    async def _refresh(self, step: Step) -> Life:
        """A re-sync: read all volumes again; what cannot be read stays as it was."""
        mounts, failed = await self._read(step, again=True)
        life = step.life._replace(mounts=mounts)
        return life._replace(wake=self._wake(step, life, failed=failed))

    def _wake(self, step: Step, life: Life, *, failed: bool = False) -> float:
        """The next re-sync at which a token may be due; the very next one after a failure."""
        due = step.now if failed else volumes.refresh_due(life.mounts)
        return NEVER if due == NEVER else resync(life, step.api.draw("resync"), max(due, step.now))

    def _tell(self, step: Step, reason: str, message: str, kind: str = "Normal") -> None:
        step.tell(kind, reason, message)


def _next(life: Life, spec: Obj, text: str, **changes: Any) -> Life:
    """On to the next container, or to reporting that all run; with what else has changed."""
    position, inits = life.position + 1, len(spec.get("initContainers") or ())
    initialized = life.initialized or (text if position >= inits else "")
    done = position >= inits + len(spec["containers"])
    stage = "run" if done else "pull"
    return life._replace(stage=stage, position=position, initialized=initialized, **changes)
