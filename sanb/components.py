"""COMPONENTS: one table of what runs beside the API server, for `controllers=`, `paused` and whoever names a component.

Names are kube-controller-manager's own (from 1.28 on); its older names and our short ones are aliases.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from importlib import import_module
from typing import Any, Final, NamedTuple

from sanb.errors import UsageError
from sanb.kernel.controller import Controller
from sanb.profiles.profile import Profile

Factory = Callable[[Profile, Any, int], tuple[Controller, ...]]
APISERVER: Final = "kube-apiserver"
AGGREGATION: Final = "clusterrole-aggregation-controller"


class Component(NamedTuple):
    """One component: `title` is what people call it, `make` gives its controllers (none: not in this minor)."""

    name: str
    aliases: tuple[str, ...]
    title: str
    make: Factory


def _of(module: str) -> Factory:
    def make(profile: Profile, authority: Any, seed: int) -> tuple[Controller, ...]:
        try:
            found = import_module(module)
        except ModuleNotFoundError:
            return ()
        if hasattr(found, "controllers"):
            return tuple(found.controllers(profile, authority, seed))
        one = found.controller(profile, authority, seed)
        return () if one is None else (one,)

    return make


COMPONENTS: Final[tuple[Component, ...]] = (
    Component(
        "serviceaccount-token-controller", ("serviceaccount-token", "tokens"), "token controller",
        _of("sanb.controllers.tokens"),
    ),
    Component(
        "serviceaccount-controller", ("serviceaccount", "serviceaccounts"), "ServiceAccount controller",
        _of("sanb.controllers.serviceaccounts"),
    ),
    Component(
        "root-ca-certificate-publisher-controller", ("root-ca-cert-publisher", "rootca"), "root CA publisher",
        _of("sanb.controllers.rootca"),
    ),
    Component(
        "crd-finalizer", ("crds", "customresourcedefinitions"), "CustomResourceDefinition finalizer",
        _of("sanb.controllers.definitions"),
    ),
    Component(
        "namespace-controller", ("namespace", "namespaces"), "namespace controller", _of("sanb.controllers.namespaces")
    ),
    Component(
        "deployment-controller", ("deployment", "deployments"), "Deployment controller",
        _of("sanb.controllers.deployments"),
    ),
    Component(
        "replicaset-controller", ("replicaset", "replicasets"), "ReplicaSet controller",
        _of("sanb.controllers.replicasets"),
    ),
    Component(
        "statefulset-controller", ("statefulset", "statefulsets"), "StatefulSet controller",
        _of("sanb.controllers.statefulsets"),
    ),
    Component(
        "daemonset-controller", ("daemonset", "daemonsets"), "DaemonSet controller", _of("sanb.controllers.daemonsets")
    ),
    Component("job-controller", ("job", "jobs"), "Job controller", _of("sanb.controllers.jobs")),
    Component("cronjob-controller", ("cronjob", "cronjobs"), "CronJob controller", _of("sanb.controllers.cronjobs")),
    Component(
        "ttl-after-finished-controller", ("ttl-after-finished", "finishedjobs"), "TTL-after-finished controller",
        _of("sanb.controllers.finishedjobs"),
    ),
    Component(
        "replicationcontroller-controller", ("replicationcontroller", "replicationcontrollers"),
        "ReplicationController controller", _of("sanb.controllers.replicationcontrollers"),
    ),
    Component(
        "endpoints-controller", ("endpoint", "endpoints"), "endpoints controller", _of("sanb.controllers.endpoints")
    ),
    Component(
        "endpointslice-controller", ("endpointslice", "endpointslices"), "EndpointSlice controller",
        _of("sanb.controllers.endpointslices"),
    ),
    Component("disruption-controller", ("disruption",), "disruption controller", _of("sanb.controllers.disruption")),
    Component(
        "persistentvolume-binder-controller", ("persistentvolume-binder", "volumes"), "volume binder",
        _of("sanb.controllers.volumes"),
    ),
    Component(
        "garbage-collector-controller", ("garbagecollector", "garbage"), "garbage collector",
        _of("sanb.controllers.garbage"),
    ),
    Component(
        AGGREGATION, ("clusterrole-aggregation", "aggregation"), "ClusterRole aggregation controller",
        _of("sanb.controllers.aggregation"),
    ),
    Component(
        "legacy-token-tracking-controller", ("tracking",), "legacy token tracking", _of("sanb.controllers.tracking")
    ),
    Component(
        "legacy-serviceaccount-token-cleaner-controller", ("legacy-service-account-token-cleaner", "cleaner"),
        "legacy token cleaner", _of("sanb.controllers.cleaner"),
    ),
    Component(
        "resourcequota-controller", ("resourcequota", "quota"), "quota controller", _of("sanb.controllers.quota"),
    ),
    Component("kube-scheduler", ("scheduler",), "scheduler", _of("sanb.controllers.scheduler")),
    Component("kubelet", ("kubelets",), "kubelet", _of("sanb.kubelet.kubelet")),
)
_BY_WORD: Final = {word: row for row in COMPONENTS for word in (row.name, *row.aliases)}


def find(word: str) -> Component:
    """The component that a name or an alias means.

    Raises:
        UsageError: there is none; the text lists those that there are.
    """
    row = _BY_WORD.get(word)
    if row is None:
        from difflib import get_close_matches

        close = get_close_matches(word, list(_BY_WORD), 1)
        hint = f" (did you mean {close[0]!r}?)" if close else ""
        listed = ", ".join(f"{row.name} ({', '.join(row.aliases)})" for row in COMPONENTS)
        raise UsageError(f"unknown component {word!r}{hint}; known are {listed}")
    return row


def chosen(controllers: str | Iterable[str]) -> tuple[Component, ...]:
    """The components that a list in kube-controller-manager's syntax turns on: "*" all, "foo" one, "-foo" not that one.

    Raises:
        UsageError: a name is unknown.
    """
    words = [word.strip() for word in (controllers.split(",") if isinstance(controllers, str) else controllers)]
    words = [word for word in words if word]
    everything = "*" in words
    named = {find(word.removeprefix("-")).name: not word.startswith("-") for word in words if word != "*"}
    return tuple(row for row in COMPONENTS if named.get(row.name, everything))


def compose(
    rows: Iterable[Component], profile: Profile, authority: Any, seed: int
) -> tuple[tuple[Controller, ...], dict[str, tuple[str, ...]]]:
    """The controllers of these components, and for each component the names of its controllers."""
    made: list[Controller] = []
    actors: dict[str, tuple[str, ...]] = {}
    for row in rows:
        own = row.make(profile, authority, seed)
        made.extend(own)
        actors[row.name] = tuple(controller.name for controller in own)
    return tuple(made), actors
