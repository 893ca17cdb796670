"""kubectl exec."""

from __future__ import annotations

from typing import Final

from sanb.apiserver.request import Request
from sanb.kubectl.flags import SWITCH, TEXT, Flag
from sanb.kubectl.pods import container_of, pod_of
from sanb.kubectl.result import Failure, error
from sanb.kubectl.session import Session
from sanb.values import Obj, dig

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
SHELLS: Final = ("sh", "bash", "ash")
NOBODY: Final = "there is nobody here who types into a shell: say what it shall run, `kubectl exec {} -- {} -c 'ls /'`"
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
    word, argv = _command(session)
    pod = pod_of(session, word)
    if dig(pod, "status", "phase") in ("Succeeded", "Failed"):
        raise error(f"cannot exec into a container in a completed pod; current phase is {pod['status']['phase']}")
    container = container_of(session, pod)
    typed = session.stdin if session.parsed.on("stdin") else None
    if session.parsed.on("tty") and len(argv) == 1 and argv[0].rpartition("/")[2] in SHELLS and not typed:
        session.complain(NOBODY.format(pod["metadata"]["name"], argv[0]))
    code = run_in(session, pod, container, argv, typed)
    if code:
        raise Failure(f"command terminated with exit code {code}", code)


def run_in(session: Session, pod: Obj, container: str, argv: list[str], stdin: str | None = None) -> int:
    """Run a command in a container, print what it prints and give its exit code."""
    if getattr(session.cp, "exec", None) is None:
        raise error("unable to upgrade connection: no kubelet runs here")
    name = pod["metadata"]["name"]
    permitted(session, name, "exec")
    more = [stdin] if stdin else []
    done = session.cp.exec(pod["metadata"]["namespace"], name, container, argv, *more)
    session.print(done.stdout)
    session.err.append(done.stderr)
    return int(done.exit_code)


def permitted(session: Session, pod: str, subresource: str) -> None:
    """Ask the server for a subresource of a Pod that the node answers, so that it can refuse.

    Raises:
        ApiError: it does.
    """
    verb = "create" if subresource == "exec" else "get"
    request = Request(
        verb, "pods", session.namespace, pod, subresource, user=session.user, impersonate=session.impersonate
    )
    session.cp.request(request)


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
    return words[0], words[1:]
