"""kubectl exec."""

from __future__ import annotations

from typing import Final

from sanb.kubectl.flags import SWITCH, TEXT, Flag
from sanb.kubectl.result import Failure, error
from sanb.kubectl.session import Session
from sanb.values import dig

FLAGS: Final = {
    "container": Flag(TEXT, "c"),
    "stdin": Flag(SWITCH, "i"),
    "tty": Flag(SWITCH, "t"),
    "quiet": Flag(SWITCH, "q"),
    "pod": Flag(TEXT, "p"),
    "filename": Flag(TEXT, "f"),
    "pod-running-timeout": Flag(),
}
DASH: Final = {"1.10": "", "1.18": "old", "1.31": "needed"}
"""What a command without `--` is: fine, deprecated or refused."""
DEFAULTED: Final = {
    "1.10": "Defaulting container name to {first}.\nUse 'kubectl describe pod/{pod} -n {namespace}' to see all of the "
    "containers in this pod.",
    "1.21": 'Defaulted container "{first}" out of: {all}',
}
OLD: Final = (
    "kubectl exec [POD] [COMMAND] is DEPRECATED and will be removed in a future version. "
    "Use kubectl exec [POD] -- [COMMAND] instead."
)
NEEDED: Final = (
    "exec [POD] [COMMAND] is not supported anymore. Use exec [POD] -- [COMMAND] instead\n"
    "See 'kubectl exec -h' for help and examples"
)


def execute(session: Session) -> None:
    """Run a command in a container and print what it prints."""
    pod, argv = _command(session)
    body = session.ask("get", "pods", session.namespace, pod)
    names = [one["name"] for one in body["spec"]["containers"]]
    container = session.parsed.text("container") or names[0]
    if dig(body, "status", "phase") in ("Succeeded", "Failed"):
        raise error(f"cannot exec into a container in a completed pod; current phase is {body['status']['phase']}")
    if container not in names:
        raise error(f"container {container} is not valid for pod {pod} out of: {', '.join(names)}")
    if len(names) > 1 and not session.parsed.text("container"):
        text = session.profile.pick(DEFAULTED)
        session.complain(text.format(first=names[0], pod=pod, namespace=session.namespace, all=", ".join(names)))
    if getattr(session.cp, "exec", None) is None:
        raise error("unable to upgrade connection: no kubelet runs here")
    done = session.cp.exec(session.namespace, pod, container, argv)
    session.print(done.stdout)
    session.err.append(done.stderr)
    if done.exit_code:
        raise Failure(f"command terminated with exit code {done.exit_code}", done.exit_code)


def _command(session: Session) -> tuple[str, list[str]]:
    words, dash = session.parsed.arguments, session.parsed.dash
    if not words or dash == 0:
        raise error("pod, type/name or --filename must be specified")
    if dash < 0 and len(words) > 1:
        rule = session.profile.pick(DASH)
        if rule == "needed":
            raise error(NEEDED)
        if rule == "old":
            session.complain(OLD)
    if len(words) < 2:
        raise error("you must specify at least one command for the container")
    kind, slash, name = words[0].rpartition("/")
    if slash and kind not in ("pod", "pods", "po"):
        raise error(f"cannot attach to *{kind}: selector for {kind} not implemented")
    return name, words[1:]
