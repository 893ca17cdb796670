"""A cluster that is upgraded: what a newer minor makes of what an older one stored, and what its components do first.

A newer API server reads stored objects with its own defaults, in its own versions. Here what it reads is stored at once,
so that everybody sees it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from sanb.apiserver import bootstrap, bootstraproles
from sanb.apiserver.conversions import converted
from sanb.apiserver.defaults import default
from sanb.apiserver.metadata import SELF_LINK
from sanb.apiserver.request import Request
from sanb.apiserver.resources import Resource, served
from sanb.apiserver.server import ApiServer
from sanb.apiserver.taskapi import inherit
from sanb.components import AGGREGATION, Component, compose
from sanb.controllers.nodes import reported
from sanb.errors import UsageError
from sanb.kernel.world import MakeApi, World
from sanb.profiles.profile import MINORS, Profile
from sanb.store.store import Store
from sanb.tokens.authority import Authority
from sanb.values import Obj

CONTROL_PLANE: Final = ("kube-apiserver", "kube-controller-manager", "kube-scheduler")
EVERYTHING: Final = (*CONTROL_PLANE, "kubelet")
SIGNERS: Final = ("kube-apiserver", "kube-controller-manager")
"""The processes that are given keys when they start."""


def newer(profile: Profile, minor: str, gates: Mapping[str, bool]) -> Profile:
    """The profile that a cluster of `profile` is upgraded to.

    Raises:
        UsageError: the minor is unknown or older, or a gate is unknown.
    """
    found = Profile.of(minor, gates)
    if MINORS.index(found.minor) < MINORS.index(profile.minor):
        raise UsageError(
            f"this cluster runs {profile.minor} and cannot go back to {minor}: an older API server cannot read what a "
            "newer one stored; fork the cluster before you upgrade it"
        )
    return found


def migrate(store: Store, profile: Profile) -> None:
    """Store every object as the API server of `profile` reads it, where that is not as it is."""
    linked = profile.pick(SELF_LINK)
    for row in served(profile).values():
        for version in store.head.scan(row.id):
            if version.obj is None:
                continue
            found = _read(row, version.obj, profile, linked)
            if found is not version.obj:
                fields = {**found["metadata"], "resourceVersion": str(store.rev + 1)}
                store.commit(version.key, {**found, "metadata": fields})


def _read(row: Resource, obj: Obj, profile: Profile, linked: bool) -> Obj:
    """An object with the version and the defaults of a minor; itself if they are its own."""
    before = obj.get("apiVersion")
    if before and before != row.api_version:
        obj = converted(row.kind, before, row.api_version, obj)
    if not linked and "selfLink" in obj["metadata"]:
        obj = {**obj, "metadata": {key: value for key, value in obj["metadata"].items() if key != "selfLink"}}
    return default(row, obj, profile, row.api_version)


def first_requests(store: Store, profile: Profile) -> Iterator[Request]:
    """What the new API server and the new kubelets ask for when they start: namespaces that are missing, versions."""
    for request in bootstrap.requests(profile):
        name = request.body["metadata"]["name"]
        if store.head.get((request.resource, request.namespace, name)) is None:
            yield request
    nodes = (version.obj for version in store.head.scan("nodes"))
    yield from reported(profile, [node for node in nodes if node is not None])


class Certified(NamedTuple):
    """A client certificate that was signed: whose it is, when, and between which times it counts."""

    name: str
    groups: tuple[str, ...]
    issued: float
    begins: float
    expires: float


class Renewable:
    """Keys that are rotated, minors that are left behind and processes that crash, for whoever composes a control plane."""

    lock: Any
    profile: Profile
    seed: int
    authority: Authority
    world: World
    _components: tuple[Component, ...]
    _gates: dict[str, bool]
    _actors: dict[str, tuple[str, ...]]
    _server: ApiServer
    certificates: tuple[Certified, ...] = ()
    """Those that were signed for users. A real cluster does not know them; here whoever signs one leaves a note."""

    def note_certificate(self, name: str, groups: Sequence[str], issued: float, begins: float, expires: float) -> None:
        """Remember that a certificate was signed."""
        with self.lock:
            self._note("certificate", [name, list(groups), issued, begins, expires])
            self.certificates = (*self.certificates, Certified(name, tuple(groups), issued, begins, expires))
            self._tell()

    def _make_server(self) -> ApiServer:
        raise NotImplementedError

    def _make_api(self) -> MakeApi:
        raise NotImplementedError

    def _note(self, op: str, data: Any) -> None:
        raise NotImplementedError

    def _running(self, name: str) -> Component:
        raise NotImplementedError

    def _tell(self) -> None:
        raise NotImplementedError

    def rotate_keys(self, *, keep: bool = True) -> None:
        """Sign new tokens with the next key; API server and controllers start anew with it.

        Parameters:
            keep: tokens of the keys before are still accepted; without, they are worth nothing from now on.
        """
        with self.lock:
            self._note("rotate", keep)
            self.authority = self.authority.rotated(keep=keep)
            self._server = self._make_server()
            self._restart(SIGNERS)
            self._tell()

    def upgrade(self, minor: str, *, gates: Mapping[str, bool] | None = None) -> None:
        """Go on as a newer minor: the same objects, Pods that go on running, and components that start anew.

        Parameters:
            minor: the same or a newer one.
            gates: feature gates to flip from now on; those of before, if nothing is said.

        Raises:
            UsageError: the minor is unknown or older, or a gate is unknown.
        """
        with self.lock:
            chosen = self._gates if gates is None else dict(gates)
            profile = newer(self.profile, minor, chosen)
            self._note("upgrade", {"minor": minor, "gates": chosen})
            self.profile, self._gates = profile, chosen
            self.authority = self.authority.adopted(profile)
            self._server = self._make_server()
            world, store = self.world, self.world.store
            migrate(store, profile)
            aggregated = any(row.name == AGGREGATION for row in self._components)
            bootstraproles.bootstrap(store, profile, self.seed, world.clock.now, aggregated=aggregated)
            self._restart(EVERYTHING)
            for request in first_requests(store, profile):
                world.submit(request, "")
            self._tell()

    def crash(self, name: str) -> str:
        """The process of a component ends without a word and starts anew; returns the process.

        What it had in memory is lost: queues, back-offs, the reconciles that it was in the middle of, what its informers
        knew. It lists what there is and goes on from that. What it had asked for is served all the same.

        Parameters:
            name: a component, a process (all controllers of the controller manager are one), or "apiserver".

        Raises:
            UsageError: there is no such component, or it does not run here.
        """
        with self.lock:
            process = name if name in EVERYTHING else self._process(name)
            self._note("crash", process)
            self._restart((process,))
            self._tell()
            return process

    def _process(self, name: str) -> str:
        """The process that a component is a part of."""
        if name == "apiserver":
            return CONTROL_PLANE[0]
        row = self._running(name)
        own = (workers.controller for workers in self.world.workers.values())
        return next((one.process for one in own if one.component == row.name), row.name)

    def _restart(self, processes: tuple[str, ...]) -> None:
        controllers, self._actors = compose(self._components, self.profile, self.authority, self.seed)
        handle = self._server.handle if CONTROL_PLANE[0] in processes else None
        self.world.restart(handle, controllers, self._make_api(), processes, inherit)
