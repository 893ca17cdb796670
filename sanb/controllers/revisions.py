"""Revisions of a Deployment: which ReplicaSet belongs to its template, and the annotations that number them."""

from __future__ import annotations

from typing import Final

from sanb.controllers.podhash import HASH_LABEL
from sanb.controllers.rollout_math import max_surge, replicas
from sanb.values import Obj

PREFIX: Final = "deployment.kubernetes.io/"
REVISION: Final = PREFIX + "revision"
HISTORY: Final = PREFIX + "revision-history"
DESIRED: Final = PREFIX + "desired-replicas"
MAXIMUM: Final = PREFIX + "max-replicas"
OWN: Final = frozenset({
    "kubectl.kubernetes.io/last-applied-configuration", REVISION, HISTORY, DESIRED, MAXIMUM,
    "deprecated.deployment.rollback.to",
})
"""Annotations of a Deployment that its ReplicaSets do not take over."""


def same_template(one: Obj, other: Obj) -> bool:
    """Whether two Pod templates are equal but for the hash label."""
    return _bare(one) == _bare(other)


def _bare(template: Obj) -> Obj:
    metadata = template.get("metadata") or {}
    labels = {key: value for key, value in (metadata.get("labels") or {}).items() if key != HASH_LABEL}
    return {**template, "metadata": {**metadata, "labels": labels}}


def age(replica_set: Obj) -> tuple[str, int, str]:
    """The order from old to new.

    Upstream falls back to names within a second. In virtual time whole rollouts happen within one, so the revision decides
    before the name does, as the clock would in a real cluster.
    """
    metadata = replica_set["metadata"]
    revision = str((metadata.get("annotations") or {}).get(REVISION, ""))
    return metadata["creationTimestamp"], int(revision) if revision.isdigit() else 0, metadata["name"]


def newest(deployment: Obj, replica_sets: list[Obj]) -> Obj | None:
    """The ReplicaSet of the current template: the oldest if there are several."""
    template = deployment["spec"]["template"]
    for replica_set in sorted(replica_sets, key=age):
        if same_template(replica_set["spec"]["template"], template):
            return replica_set
    return None


def annotations_of(obj: Obj) -> dict[str, str]:
    """The annotations of an object."""
    found: dict[str, str] = obj["metadata"].get("annotations") or {}
    return found


def annotate(obj: Obj, found: dict[str, str]) -> Obj:
    """The object with these annotations; itself if they are the ones it has."""
    if found == annotations_of(obj):
        return obj
    return {**obj, "metadata": {**obj["metadata"], "annotations": found}}


def number(obj: Obj, key: str = REVISION) -> int | None:
    """An annotation as a number; None if it is absent or none."""
    try:
        return int(annotations_of(obj).get(key, ""))
    except ValueError:
        return None


def last(replica_sets: list[Obj]) -> int:
    """The highest revision."""
    return max((number(replica_set) or 0 for replica_set in replica_sets), default=0)


def numbered(deployment: Obj, replica_set: Obj, revision: int, *, exists: bool) -> Obj:
    """The newest ReplicaSet with the Deployment's annotations and its revision; a new one also with its sizes."""
    found = dict(annotations_of(replica_set))
    found.update({k: v for k, v in annotations_of(deployment).items() if k not in OWN})
    before = found.get(REVISION)
    old = number(replica_set) if before else 0
    if old is None:
        return annotate(replica_set, found)
    if old < revision:
        found[REVISION] = str(revision)
        if before:
            history = found.get(HISTORY)
            found[HISTORY] = f"{history},{before}" if history else before
    if not exists:
        found.update(sizes(deployment))
    return annotate(replica_set, found)


def sizes(deployment: Obj) -> dict[str, str]:
    """The annotations that tell a ReplicaSet how large its Deployment is and may become."""
    wanted = replicas(deployment)
    return {DESIRED: str(wanted), MAXIMUM: str(wanted + max_surge(deployment))}
