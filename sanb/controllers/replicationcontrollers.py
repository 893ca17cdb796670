"""ReplicationController controller: the ReplicaSet's elder, which chooses its Pods by a plain map of labels."""

from __future__ import annotations

from typing import Any, Final

from sanb.controllers import replicasets
from sanb.kernel.controller import Controller
from sanb.profiles.profile import Profile
from sanb.values import Obj


def _selector(controller: Obj) -> Any:
    """The labels of `spec.selector` as a LabelSelector."""
    return {"matchLabels": controller["spec"].get("selector") or {}}


FLAVOR: Final = replicasets.Flavor(
    "replicationcontroller-controller", "replication-controller", "replicationcontrollers", "ReplicationController",
    _selector, terminating=False,
)


def controller(profile: Profile, authority: object, seed: int) -> Controller:
    """The controller of every minor."""
    return replicasets.made(FLAVOR)
