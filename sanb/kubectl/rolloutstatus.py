"""kubectl rollout status, on virtual time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from sanb.kubectl.choose import Target
from sanb.kubectl.result import error
from sanb.kubectl.rollout import REVISION, each
from sanb.kubectl.session import Session
from sanb.kubectl.spans import seconds_of
from sanb.values import Obj, dig

FOREVER: Final = 7 * 86400.0

State = tuple[str, bool]
"""What is said, and whether it is over."""


def status(session: Session) -> None:
    """Wait until workloads are rolled out, and say what is going on."""
    each(session, _status)


def _status(session: Session, target: Target) -> None:
    row, namespace, name = target
    session.fetch(row, namespace, name)
    tell = TELLERS.get(row.kind)
    if tell is None:
        raise error(f"no status viewer has been implemented for {row.kind}{f'.{row.group}' if row.group else ''}")
    said: list[str] = []
    wanted = session.parsed.values.get("revision", 0)

    def over() -> bool:
        obj = session.fetch(row, namespace, name)
        have = int(dig(obj, "metadata", "annotations", REVISION, default=0))
        if wanted and row.kind == "Deployment" and have != wanted:
            raise error(f"desired revision ({wanted}) is different from the running revision ({have})")
        text, done = tell(obj, name)
        if not said or said[-1] != text:
            said.append(text)
            session.print(text)
        return done

    if session.parsed.values.get("watch", True):
        seconds = seconds_of(session.parsed.text("timeout") or "0s", "timeout", "kubectl rollout status") or FOREVER
        if not session.wait(over, seconds):
            raise error("timed out waiting for the condition")
    else:
        over()


def _seen(obj: Obj) -> bool:
    return bool(dig(obj, "metadata", "generation", default=0) <= dig(obj, "status", "observedGeneration", default=0))


def deployment(obj: Obj, name: str) -> State:
    """A Deployment.

    Raises:
        Failure: its deadline has passed.
    """
    if not _seen(obj):
        return "Waiting for deployment spec update to be observed...\n", False
    for one in dig(obj, "status", "conditions", default=()):
        if one["type"] == "Progressing" and one.get("reason") == "ProgressDeadlineExceeded":
            raise error(f'deployment "{name}" exceeded its progress deadline')
    wanted = dig(obj, "spec", "replicas", default=1)
    total, updated, available = (
        dig(obj, "status", key, default=0) for key in ("replicas", "updatedReplicas", "availableReplicas")
    )
    head = f'Waiting for deployment "{name}" rollout to finish: '
    if updated < wanted:
        return f"{head}{updated} out of {wanted} new replicas have been updated...\n", False
    if total > updated:
        return f"{head}{total - updated} old replicas are pending termination...\n", False
    if available < updated:
        return f"{head}{available} of {updated} updated replicas are available...\n", False
    return f'deployment "{name}" successfully rolled out\n', True


def daemonset(obj: Obj, name: str) -> State:
    """A DaemonSet.

    Raises:
        Failure: it is not rolled out by itself.
    """
    _rolling(obj)
    if not _seen(obj):
        return "Waiting for daemon set spec update to be observed...\n", False
    wanted, updated, available = (
        dig(obj, "status", key, default=0)
        for key in ("desiredNumberScheduled", "updatedNumberScheduled", "numberAvailable")
    )
    head = f'Waiting for daemon set "{name}" rollout to finish: '
    if updated < wanted:
        return f"{head}{updated} out of {wanted} new pods have been updated...\n", False
    if available < wanted:
        return f"{head}{available} of {wanted} updated pods are available...\n", False
    return f'daemon set "{name}" successfully rolled out\n', True


def _rolling(obj: Obj) -> None:
    if dig(obj, "spec", "updateStrategy", "type", default="RollingUpdate") != "RollingUpdate":
        raise error("rollout status is only available for RollingUpdate strategy type")


def statefulset(obj: Obj, name: str) -> State:
    """A StatefulSet.

    Raises:
        Failure: it is not rolled out by itself.
    """
    _rolling(obj)
    if not _seen(obj):
        return "Waiting for statefulset spec update to be observed...\n", False
    state = obj.get("status") or {}
    wanted, ready, updated = (
        dig(obj, "spec", "replicas", default=1),
        state.get("readyReplicas", 0),
        state.get("updatedReplicas", 0),
    )
    if ready < wanted:
        return f"Waiting for {wanted - ready} pods to be ready...\n", False
    partition = dig(obj, "spec", "updateStrategy", "rollingUpdate", "partition", default=None)
    if partition is not None:
        if updated < wanted - partition:
            return (
                f"Waiting for partitioned roll out to finish: {updated} out of {wanted - partition} new pods have been "
                "updated...\n"
            ), False
        return f"partitioned roll out complete: {updated} new pods have been updated...\n", True
    if state.get("updateRevision") != state.get("currentRevision"):
        return (
            f"waiting for statefulset rolling update to complete {updated} pods at revision "
            f"{state.get('updateRevision')}...\n"
        ), False
    return (
        f"statefulset rolling update complete {state.get('currentReplicas', 0)} pods at revision "
        f"{state.get('currentRevision')}...\n"
    ), True


TELLERS: Final[Mapping[str, Callable[[Obj, str], State]]] = {
    "Deployment": deployment,
    "DaemonSet": daemonset,
    "StatefulSet": statefulset,
}
