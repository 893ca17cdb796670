"""Deployments, ReplicaSets and Pods as tests need them, and a kubelet's word that Pods are ready."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sanb.apiserver.status import failure
from sanb.errors import ApiError
from sanb.profiles.profile import Profile
from sanb.times import rfc3339
from tests.controllers.harness import Bench

LABELS = {"app": "web"}


def template(image: str = "i") -> dict[str, Any]:
    return {"metadata": {"labels": LABELS}, "spec": {"containers": [{"name": "c", "image": image}]}}


def workload(name: str, replicas: int, **spec: Any) -> dict[str, Any]:
    """The body of a Deployment or a ReplicaSet."""
    return {
        "metadata": {"name": name},
        "spec": {"replicas": replicas, "selector": {"matchLabels": LABELS}, "template": template(), **spec},
    }


def bench(*modules: Any, minor: str = "1.36", **options: Any) -> Bench:
    profile = Profile.of(minor)
    return Bench(profile, *(module.controller(profile, None, 7) for module in modules), **options)


def pods(world: Bench) -> list[dict[str, Any]]:
    """All Pods in the store."""
    return [version.obj for version in world.store.head.scan("pods") if version.obj is not None]


def sizes(world: Bench) -> list[int]:
    """spec.replicas of all ReplicaSets, oldest revision first."""
    found = [version.obj for version in world.store.head.scan("replicasets.apps") if version.obj is not None]
    key = "deployment.kubernetes.io/revision"
    found.sort(key=lambda one: int((one["metadata"].get("annotations") or {}).get(key, 0)))
    return [one["spec"]["replicas"] for one in found]


def make_ready(world: Bench, count: int = 1_000_000) -> None:
    """Report so many Pods that are not ready yet as running and ready."""
    for pod in pods(world):
        status = pod.get("status") or {}
        ready = any(c["type"] == "Ready" and c["status"] == "True" for c in status.get("conditions") or ())
        if count and not ready and not pod["metadata"].get("deletionTimestamp"):
            condition = {"type": "Ready", "status": "True", "lastTransitionTime": rfc3339(world.world.clock.now)}
            body = {"status": {"phase": "Running", "conditions": [condition]}}
            world.ask("patch", "pods", "ns", pod["metadata"]["name"], body, "status", patchType="strategic")
            count -= 1
    world.run()


def finish_rollout(world: Bench) -> list[list[int]]:
    """Make Pods ready until nothing changes any more; returns the sizes of the ReplicaSets on the way."""
    seen: list[list[int]] = [sizes(world)]
    for _ in range(50):
        make_ready(world, 1)
        if sizes(world) != seen[-1]:
            seen.append(sizes(world))
    return seen


def refusing(*what: tuple[str, str], message: str = "no room") -> Callable[[Any], ApiError | None]:
    """Refuse requests by (verb, resource)."""

    def refuse(request: Any) -> ApiError | None:
        return failure(403, "Forbidden", message) if (request.verb, request.resource) in what else None

    return refuse
