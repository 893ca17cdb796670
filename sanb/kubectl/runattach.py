"""run -i, --attach and --rm: what the container prints, and the end of its Pod."""

from __future__ import annotations

from typing import Final

from sanb.apiserver.resources import RESOURCES
from sanb.errors import ApiError
from sanb.kubectl.delete import gone, remove
from sanb.kubectl.execute import run_in
from sanb.kubectl.result import Failure, error
from sanb.kubectl.session import Session
from sanb.values import Obj, dig

PATIENCE: Final = 60.0
"""How long a Pod may take to run, in virtual seconds."""


def attach(session: Session, name: str, words: list[str]) -> None:
    """Wait until a Pod runs, print what its command prints, and with --rm delete it.

    Raises:
        Failure: it does not run in time, or its command fails.
    """

    def started() -> bool:
        return dig(_pod(session, name), "status", "phase") in ("Running", "Succeeded", "Failed")

    if not session.wait(started, PATIENCE):
        raise error("timed out waiting for the condition")
    code = _output(session, _pod(session, name), words)
    if session.parsed.on("rm"):
        target = (RESOURCES["pods"], session.namespace, name)
        session.parsed.values.setdefault("grace-period", 1)
        try:
            remove(session, target)
        except ApiError as refusal:
            if refusal.code != 404:
                raise
        session.wait(lambda: gone(session, target))
    if code:
        raise Failure(f"pod {session.namespace}/{name} terminated (Error)", code)


def _pod(session: Session, name: str) -> Obj:
    found: Obj = session.ask("get", "pods", session.namespace, name)
    return found


def _output(session: Session, pod: Obj, words: list[str]) -> int:
    """Print the output of the command, and give its exit code."""
    from sanb.kubelet import logs

    name, container = pod["metadata"]["name"], pod["spec"]["containers"][0]["name"]
    found, container = logs.find(session.cp.world, session.namespace, name, container)
    text, running = logs.output(found, container)
    if text or not words or not running:
        session.print(text)
        return 0
    return run_in(session, pod, container, words, session.stdin)
