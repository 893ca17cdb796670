"""kubectl cp, out of a Pod; into one nothing can be written."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import Final, NamedTuple

from sanb.kubectl.execute import permitted
from sanb.kubectl.flags import NUMBER, SWITCH, TEXT, Flag, Flags
from sanb.kubectl.pods import container_of
from sanb.kubectl.result import error
from sanb.kubectl.session import Session
from sanb.values import Obj

FLAGS: Final[Flags] = {"container": Flag(TEXT, "c"), "no-preserve": Flag(SWITCH), "retries": Flag(NUMBER)}
USAGE: Final = "source and destination are required"
READ_ONLY: Final = (
    "nothing can be written into a simulated container: its files are what its Pod, its Secrets and ConfigMaps and the "
    "kubelet make them. Copy out of it with `kubectl cp POD:PATH FILE`, or put the content into a ConfigMap"
)


class Place(NamedTuple):
    """One side of a copy: `pod` is empty for a local file."""

    namespace: str
    pod: str
    path: str


def copy(session: Session) -> None:
    """Copy a file or a folder out of a container."""
    words = session.parsed.arguments
    if len(words) != 2:
        raise error(USAGE)
    source, goal = (_place(session, word) for word in words)
    if not source.path or not goal.path:
        raise error("filepath can not be empty")
    if not source.pod and not goal.pod:
        raise error("one of src or dest must be a remote file specification")
    if source.pod and goal.pod:
        raise error("one of src or dest must be a local file specification")
    if goal.pod:
        if not Path(source.path).exists():
            raise error(f"{source.path} doesn't exist in local filesystem")
        session.ask("get", "pods", goal.namespace, goal.pod)
        raise error(READ_ONLY)
    session.namespace = source.namespace
    pod: Obj = session.ask("get", "pods", source.namespace, source.pod)
    container = container_of(session, pod)
    permitted(session, source.pod, "exec")
    if source.path.startswith("/"):
        session.complain("tar: Removing leading `/' from member names")
    _out(session, pod, container, PurePosixPath(source.path), Path(goal.path))


def _place(session: Session, word: str) -> Place:
    head, colon, path = word.partition(":")
    if not colon or head.startswith((".", "/")):
        return Place("", "", word)
    parts = head.split("/")
    if len(parts) > 2 or not all(parts):
        raise error(f"{word}: pod name or namespace is malformed")
    namespace, pod = parts if len(parts) == 2 else (session.namespace, parts[0])
    return Place(namespace, pod, path)


def _shell(session: Session, pod: Obj, container: str, *argv: str) -> tuple[int, str, str]:
    done = session.cp.exec(pod["metadata"]["namespace"], pod["metadata"]["name"], container, list(argv))
    return done.exit_code, done.stdout, done.stderr


def _out(session: Session, pod: Obj, container: str, source: PurePosixPath, goal: Path) -> None:
    code, text, _ = _shell(session, pod, container, "cat", str(source))
    if code == 0:
        target = goal / source.name if goal.is_dir() else goal
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
        return
    code, text, problem = _shell(session, pod, container, "ls", "-1", str(source))
    if code:
        session.complain(
            f"tar: {source}: Cannot stat: No such file or directory\n"
            "tar: Exiting with failure status due to previous errors"
        )
        raise error(problem.strip() or "tar contents could not be read")
    goal.mkdir(parents=True, exist_ok=True)
    for name in text.split("\n"):
        if name:
            _out(session, pod, container, source / name, goal / name)
