"""A node with Pods for tests: the real API server and kernel with the kubelet alone; Pods come bound."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from functools import cache
from typing import Any

from sanb.apiserver.taskapi import kept
from sanb.kubelet.kubelet import controller
from sanb.kubelet.shell import Done, execute
from sanb.kubelet.stages import Life
from sanb.profiles.profile import Profile
from sanb.tokens.authority import Authority
from sanb.values import Obj
from tests.controllers.harness import NOW, Bench, Refusal

MOUNT_PATH = "/var/run/secrets/kubernetes.io/serviceaccount"
TOKEN: Obj = {"serviceAccountToken": {"expirationSeconds": 3607, "path": "token"}}
ROOT_CA: Obj = {"configMap": {"name": "kube-root-ca.crt", "items": [{"key": "ca.crt", "path": "ca.crt"}]}}
NAMESPACE: Obj = {"downwardAPI": {"items": [{"path": "namespace", "fieldRef": {"fieldPath": "metadata.namespace"}}]}}


@cache
def authority(minor: str) -> Authority:
    return Authority.make(Profile.of(minor), 7, NOW)


class Node:
    """A bench with a node `n1`, a namespace `shop` with its account and root CA, and the kubelet."""

    def __init__(self, minor: str = "1.36", *, refuse: Refusal | None = None, machine: bool = True) -> None:
        self.profile = Profile.of(minor)
        signer = authority(minor)
        self.bench = Bench(self.profile, controller(self.profile, signer, 7), authority=signer, refuse=refuse)
        if machine:
            self.machine()
        self.make("serviceaccounts", "default")
        self.make("configmaps", "kube-root-ca.crt", data={"ca.crt": "the root CA\n"})

    def machine(self, name: str = "n1", **spec: Any) -> None:
        address = {"type": "InternalIP", "address": "172.18.0.2"}
        self.bench.ask(
            "create", "nodes", "", body={"metadata": {"name": name}, "spec": spec, "status": {"addresses": [address]}}
        )

    def make(self, resource: str, name: str, **body: Any) -> Obj:
        found: Obj = self.bench.ask("create", resource, "shop", body={"metadata": {"name": name}, **body})
        return found

    def secret(self, name: str, **texts: str) -> Obj:
        data = {key: base64.b64encode(text.encode()).decode() for key, text in texts.items()}
        return self.make("secrets", name, data=data)

    def change(self, resource: str, name: str, **body: Any) -> None:
        self.bench.ask("patch", resource, "shop", name, body, patchType="merge")

    def start(self, name: str = "web", **spec: Any) -> Obj:
        """Create a Pod on the node and run until it is quiet; returns the Pod."""
        self.create(name, **spec)
        self.bench.run()
        return self.pod(name)

    def create(self, name: str = "web", **spec: Any) -> None:
        self.bench.ask("create", "pods", "shop", body=pod(name, **spec))

    def pod(self, name: str = "web") -> Obj:
        found = self.bench.get("pods", "shop", name)
        assert found is not None, f"there is no Pod {name}"
        return found

    def life(self, name: str = "web") -> Life:
        found: Life = kept(self.bench.world, "kubelet", ("shop", name))
        return found

    def state(self, name: str = "web") -> Obj:
        """The state of the Pod's first container."""
        found: Obj = self.pod(name)["status"]["containerStatuses"][0]["state"]
        return found

    def exec(self, *argv: str, pod: str = "web", container: str = "app") -> Done:
        return execute(self.bench.world, self.profile, "shop", pod, container, argv)

    def sh(self, script: str, pod: str = "web") -> Done:
        return self.exec("sh", "-c", script, pod=pod)

    def token(self, pod: str = "web") -> str:
        return self.exec("cat", f"{MOUNT_PATH}/token", pod=pod).stdout

    @property
    def clock(self) -> float:
        return self.bench.world.clock.now - NOW


def pod(name: str, **spec: Any) -> Obj:
    """A bound Pod of one container `app`; its keywords are fields of the spec or of the metadata."""
    fields = {key: spec.pop(key) for key in ("labels", "annotations", "finalizers") if key in spec}
    containers = spec.pop("containers", None) or [container()]
    whole = {"nodeName": "n1", "serviceAccountName": "default", "containers": containers, **spec}
    return {"metadata": {"name": name, **fields}, "spec": whole}


def container(name: str = "app", image: str = "nginx:1.25", **fields: Any) -> Obj:
    return {"name": name, "image": image, **fields}


def mounted(*sources: Obj, name: str = "kube-api-access-abcde", path: str = MOUNT_PATH, **projected: Any) -> Obj:
    """Spec fields of a Pod whose one container mounts a projected volume of these sources."""
    volume = {"name": name, "projected": {"sources": list(sources), **projected}}
    return volumes((volume, path))


def volumes(*pairs: tuple[Obj, str]) -> Obj:
    """Spec fields of a Pod whose one container mounts these volumes at these paths."""
    mounts = [{"name": volume["name"], "mountPath": path} for volume, path in pairs]
    return {"volumes": [volume for volume, _ in pairs], "containers": [container(volumeMounts=mounts)]}


def access() -> Obj:
    """Spec fields of a Pod with the mount that admission gives it since 1.21."""
    return mounted(TOKEN, ROOT_CA, NAMESPACE)


def reasons(events: Sequence[str]) -> list[str]:
    return [event.partition(":")[0] for event in events]
