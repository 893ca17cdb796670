"""kubectl logs."""

from __future__ import annotations

from typing import Final

from sanb.errors import ApiError
from sanb.kubectl import failures
from sanb.kubectl.execute import permitted
from sanb.kubectl.flags import NUMBER, SWITCH, TEXT, Flag, Flags
from sanb.kubectl.pods import DEFAULT_NOTE, DEFAULTED, no_container, pod_of
from sanb.kubectl.result import Failure, error
from sanb.kubectl.session import Session
from sanb.kubectl.spans import seconds_of
from sanb.kubelet import logs as source
from sanb.times import parse
from sanb.values import Obj, dig

FLAGS: Final[Flags] = {
    "container": Flag(TEXT, "c"),
    "previous": Flag(SWITCH, "p"),
    "follow": Flag(SWITCH, "f"),
    "selector": Flag(TEXT, "l"),
    "all-containers": Flag(SWITCH),
    "all-pods": Flag(SWITCH),
    "tail": Flag(NUMBER),
    "since": Flag(),
    "since-time": Flag(),
    "timestamps": Flag(SWITCH),
    "prefix": Flag(SWITCH),
    "limit-bytes": Flag(NUMBER),
    "ignore-errors": Flag(SWITCH),
    "max-log-requests": Flag(NUMBER),
    "pod-running-timeout": Flag(),
    "insecure-skip-tls-verify-backend": Flag(SWITCH),
    "interactive": Flag(SWITCH),
}
USAGE: Final = (
    "expected 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]'.\nPOD or TYPE/NAME is a required argument for the logs "
    "command\nSee 'kubectl logs -h' for help and examples"
)
TELLS_NOTHING: Final = {"1.10": False, "1.22": True}
"""Whether it is told that a selector chooses no Pod."""
ONE_NAME: Final = {"1.10": False, "1.19": True}
"""Whether several containers without -c are an announcement, not a refusal."""
LONG_MISSING: Final = {"1.10": False, "1.30": True}
"""Whether a missing Pod's namespace is told too."""
NO_CONTAINER: Final = {
    "1.10": "error: container {wanted} is not valid for pod {pod}",
    "1.36": "error: container {wanted} is not valid for pod {pod} out of: {all}",
}
SELECTED_TAIL: Final = 10
"""How many lines of each container are shown when a selector chooses the Pods."""


def logs(session: Session) -> None:
    """Print what containers have printed."""
    parsed = session.parsed
    words = parsed.arguments
    if not words and not parsed.text("selector"):
        raise error(USAGE)
    if words and parsed.text("selector"):
        raise error("only a selector (-l) or a POD name is allowed\nSee 'kubectl logs -h' for help and examples")
    if len(words) > 2 or (len(words) == 2 and parsed.text("container")):
        raise error("only one of -c or an inline [CONTAINER] arg is allowed" if len(words) == 2 else USAGE)
    if len(words) == 2:
        parsed.values["container"] = words[1]
    if parsed.text("since") and parsed.text("since-time"):
        raise error("at most one of `sinceTime` or `sinceSeconds` may be specified")
    pods = _pods(session)
    for pod in pods:
        for container in _containers(session, pod):
            _print(session, pod, container)


def _pods(session: Session) -> list[Obj]:
    selector = session.parsed.text("selector")
    if not selector:
        word = session.parsed.arguments[0]
        try:
            return [pod_of(session, word, "cannot get the logs from", announce=True)]
        except ApiError as refusal:
            if refusal.code != 404 or not session.profile.pick(LONG_MISSING):
                raise
            raise error(f'error from server (NotFound): {refusal.message} in namespace "{session.namespace}"') from None
    found: list[Obj] = session.ask("list", "pods", session.namespace, options={"labelSelector": selector})["items"]
    if not found and session.profile.pick(TELLS_NOTHING):
        session.complain(f"No resources found in {session.namespace} namespace.")
    return found or []


def _containers(session: Session, pod: Obj) -> list[str]:
    spec, name = pod["spec"], pod["metadata"]["name"]
    names = [one["name"] for one in spec["containers"]]
    inits = [one["name"] for one in spec.get("initContainers") or ()]
    wanted = session.parsed.text("container")
    if session.parsed.on("all-containers"):
        return [*inits, *names]
    if wanted:
        if wanted not in (*names, *inits):
            raise no_container(session, pod, wanted, NO_CONTAINER)
        return [wanted]
    noted = dig(pod, "metadata", "annotations", DEFAULT_NOTE, default="")
    if noted in names:
        return [str(noted)]
    if len(names) + len(inits) > 1:
        if not session.profile.pick(ONE_NAME):
            also = f" or one of the init containers: [{' '.join(inits)}]" if inits else ""
            raise Failure(
                "Error from server (BadRequest): a container name must be specified for pod "
                f"{name}, choose one of: [{' '.join(names)}]{also}"
            )
        shown = [*names, *(f"{one} (init)" for one in inits)]
        session.complain(
            session.profile.pick(DEFAULTED).format(
                first=names[0], all=", ".join(shown), pod=name, namespace=session.namespace
            )
        )
    return names[:1]


def _print(session: Session, pod: Obj, container: str) -> None:
    parsed = session.parsed
    name, namespace = pod["metadata"]["name"], pod["metadata"]["namespace"]
    permitted(session, name, "log")
    try:
        found, container = source.find(session.cp.world, namespace, name, container)
        text, _ = source.output(found, container, parsed.on("previous"))
    except ApiError as refusal:
        if not parsed.on("ignore-errors"):
            raise
        session.complain(f"error: {failures.text(refusal)}")
        return
    lines = source.part(text, _wanted(session)).splitlines(keepends=True)
    before = f"[pod/{name}/{container}] " if parsed.on("prefix") else ""
    session.print("".join(f"{before}{line}" for line in lines))


def _wanted(session: Session) -> source.Wanted:
    parsed = session.parsed
    tail, limit = parsed.values.get("tail", SELECTED_TAIL if parsed.text("selector") else -1), parsed.values.get("limit-bytes", 0)
    return source.Wanted(
        _begin(session), tail if tail >= 0 else None, limit if limit > 0 else None, parsed.on("timestamps")
    )


def _begin(session: Session) -> float | None:
    parsed = session.parsed
    if parsed.text("since"):
        return session.now - seconds_of(parsed.text("since"), "since", "kubectl logs")
    return parse(parsed.text("since-time")) if parsed.text("since-time") else None
