"""Which Pod and container a command works in: POD, TYPE/NAME, -c."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sanb.kubectl.result import Failure, error
from sanb.kubectl.session import Session
from sanb.values import Obj, dig

DEFAULTED: Final = {
    "1.10": "Defaulting container name to {first}.\nUse 'kubectl describe pod/{pod} -n {namespace}' to see all of the "
    "containers in this pod.",
    "1.21": 'Defaulted container "{first}" out of: {all}',
}
DEFAULT_NOTE: Final = "kubectl.kubernetes.io/default-container"


NO_CONTAINER: Final = {
    "1.10": "Error from server (BadRequest): container {wanted} is not valid for pod {pod}",
    "1.36": "error: container {wanted} is not valid for pod {pod} out of: {all}",
}


def no_container(session: Session, pod: Obj, wanted: str, texts: Mapping[str, str]) -> Failure:
    """A container that the Pod does not have."""
    spec = pod["spec"]
    shown = [one["name"] for one in spec["containers"]]
    shown += [f"{one['name']} (init)" for one in spec.get("initContainers") or ()]
    text = session.profile.pick(texts).format(wanted=wanted, pod=pod["metadata"]["name"], all=", ".join(shown))
    return Failure(text)


def pod_of(session: Session, word: str, doing: str = "cannot attach to", announce: bool = False) -> Obj:
    """The Pod that a word means; of a workload or Service one that it selects.

    Raises:
        ApiError: there is no such object.
        Failure: the kind selects no Pods, or there is none.
    """
    kind, slash, name = word.rpartition("/")
    if not slash or session.resolve(kind).kind == "Pod":
        found: Obj = session.fetch(session.resolve("pods"), session.namespace, name)
        return found
    row = session.resolve(kind)
    source = session.fetch(row, session.namespace, name)
    found_pods = selected(session, row.kind, source, doing)
    if not found_pods:
        raise error("timed out waiting for the condition")
    best = min(found_pods, key=_order)
    if announce and len(found_pods) > 1:
        session.complain(f"Found {len(found_pods)} pods, using pod/{best['metadata']['name']}")
    return best


def _order(pod: Obj) -> tuple[bool, bool, str]:
    ready = any(
        one["type"] == "Ready" and one["status"] == "True" for one in dig(pod, "status", "conditions", default=())
    )
    return not dig(pod, "spec", "nodeName", default=""), not ready, pod["metadata"]["name"]


def selected(session: Session, kind: str, source: Obj, doing: str = "cannot attach to") -> list[Obj]:
    """The Pods that a workload or Service selects.

    Raises:
        Failure: the kind selects none.
    """
    spec = source.get("spec") or {}
    wanted = spec.get("selector") or {}
    labels = wanted if kind in ("Service", "ReplicationController") else wanted.get("matchLabels") or {}
    if kind not in ("Service", "ReplicationController", "Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "Job"):
        name = f"*{str(source.get('apiVersion', 'v1')).rpartition('/')[2]}.{kind}"
        raise error(f"{doing} {name}: selector for {name} not implemented")
    text = ",".join(f"{key}={labels[key]}" for key in sorted(labels))
    return session.objects("pods", session.namespace, labelSelector=text) if text else []


def container_of(session: Session, pod: Obj, *, announce: bool = True) -> str:
    """The container that -c names, or the default one.

    Raises:
        Failure: the Pod has no such container.
    """
    name = pod["metadata"]["name"]
    spec = pod["spec"]
    fields = ("containers", "initContainers", "ephemeralContainers")
    names = [one["name"] for field in fields for one in spec.get(field) or ()]
    wanted = session.parsed.text("container")
    if wanted:
        if wanted not in names:
            raise no_container(session, pod, wanted, NO_CONTAINER)
        return wanted
    noted = dig(pod, "metadata", "annotations", DEFAULT_NOTE, default="")
    if noted in names:
        return str(noted)
    if len(names) > 1 and announce:
        shown = [*(one["name"] for one in spec["containers"])]
        shown += [f"{one['name']} (init)" for one in spec.get("initContainers") or ()]
        text = session.profile.pick(DEFAULTED)
        session.complain(text.format(first=names[0], pod=name, namespace=session.namespace, all=", ".join(shown)))
    return str(names[0])
