"""Control planes of hand-made objects, without anything that runs."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from sanb.apiserver.relations import INDEXERS
from sanb.profiles.profile import Profile
from sanb.store.log import Tape
from sanb.store.store import Store

NOW = 1_767_225_605.0
TYPE = "kubernetes.io/service-account-token"


class Plane(SimpleNamespace):
    """What views need of a control plane."""

    def put(self, resource: str, space: str, name: str, fields: Any = None, **body: Any) -> None:
        """Commit one object."""
        metadata = {"name": name, "uid": f"{resource}/{space}/{name}", **({"namespace": space} if space else {})}
        self.store.commit((resource, space, name), {"metadata": {**metadata, **(fields or {})}, **body})

    def space(self, name: str) -> None:
        """A namespace with its default account, the account's token, and the root CA."""
        self.put("namespaces", "", name, status={"phase": "Active"})
        self.put("configmaps", name, "kube-root-ca.crt")
        self.put("serviceaccounts", name, "default", secrets=[{"name": "default-token-x4b2q"}])
        note = {"annotations": {"kubernetes.io/service-account.name": "default"}}
        self.put("secrets", name, "default-token-x4b2q", note, type=TYPE)

    def pod(self, space: str, name: str, *, owner: str = "", node: str = "", secret: str = "default-token-x4b2q",
            phase: str = "Running") -> None:
        """A Pod that mounts a Secret."""
        reference = {"kind": "ReplicaSet", "name": owner, "uid": owner, "controller": True}
        spec = {"serviceAccountName": "default", "containers": [{"name": "c"}], **({"nodeName": node} if node else {}),
                "volumes": [{"name": "t", "secret": {"secretName": secret}}]}
        self.put("pods", space, name, {"ownerReferences": [reference]} if owner else None, spec=spec,
                 status={"phase": phase})

    def deployment(self, space: str, name: str, pods: int) -> None:
        """A Deployment with one ReplicaSet and its Pods."""
        self.put("deployments.apps", space, name)
        owner = [{"kind": "Deployment", "name": name, "uid": name, "controller": True}]
        self.put("replicasets.apps", space, f"{name}-7d9f8", {"ownerReferences": owner})
        for number in range(pods):
            self.pod(space, f"{name}-7d9f8-{number:05}", owner=f"{name}-7d9f8", node=f"node-{number % 2 + 1}",
                     phase="Running" if number % 3 else "Pending")


def plane(minor: str = "1.23") -> Plane:
    """A plane without objects."""
    world = SimpleNamespace(journal=Tape(), actions=Tape())
    return Plane(store=Store(INDEXERS), world=world, profile=Profile.of(minor), now=NOW)


def small() -> Plane:
    """One namespace with one Pod on one node."""
    cp = plane()
    cp.put("nodes", "", "node-1")
    cp.space("name1")
    cp.pod("name1", "web", node="node-1")
    return cp


def busy() -> Plane:
    """Three namespaces, Deployments, a Pod whose Secret is missing."""
    cp = plane()
    for number in (1, 2):
        cp.put("nodes", "", f"node-{number}")
    for space in ("default", "kube-system", "shop"):
        cp.space(space)
    cp.deployment("shop", "web", 7)
    cp.deployment("shop", "a-service-whose-name-is-far-too-long-for-its-card", 2)
    cp.pod("shop", "lonely", secret="not-there", phase="Pending")
    return cp
