"""Commands in containers: `kubectl exec` as far as looking around needs it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sanb.apiserver import status
from sanb.errors import SanbError
from sanb.kernel.world import World
from sanb.kubelet import environment, filesystem
from sanb.kubelet.shell.machine import Done, Identity, Shell
from sanb.kubelet.stages import Life
from sanb.kubelet.status import RUNTIME, container_id
from sanb.profiles.profile import Profile
from sanb.times import parse
from sanb.values import Obj

OCI: Final = {
    "1.10": 'OCI runtime exec failed: exec failed: container_linux.go:348: starting container process caused "exec: '
    '\\"{name}\\": executable file not found in $PATH": unknown\r\n',
    "1.19": 'OCI runtime exec failed: exec failed: container_linux.go:367: starting container process caused: exec: '
    '"{name}": executable file not found in $PATH: unknown\r\n',
}
"""What docker printed on stdout for a program that is not there; kubectl then says exit code 126."""
CONTAINERD: Final = (
    "Internal error occurred: error executing command in container: failed to exec in container: failed to start exec "
    '"{id}": OCI runtime exec failed: exec failed: unable to start container process: exec: "{name}": executable file '
    "not found in $PATH: unknown"
)


class ExecError(SanbError):
    """The command could not be started; the text is what kubectl prints after `error: `."""


def execute(
    world: World, profile: Profile, namespace: str, pod: str, container: str, argv: Sequence[str], stdin: str = ""
) -> Done:
    """Run a command in a container.

    Raises:
        ApiError: there is no such Pod or container, or the Pod has no node yet.
        ExecError: the container does not run, or (containerd) there is no such program.
    """
    shell, life = _opened(world, namespace, pod, container)
    done = shell.run(argv, stdin)
    if done is not None:
        return _printable(done)
    runtime = profile.pick(RUNTIME)
    if runtime == "docker":
        return Done(126, profile.pick(OCI).format(name=argv[0]), "")
    identity = container_id("exec", life.uid, f"{container}/{' '.join(argv)}").removeprefix("exec://")
    raise ExecError(CONTAINERD.format(id=identity, name=argv[0]))


def opened(world: World, namespace: str, pod: str, container: str) -> Shell:
    """A shell in a container, for somebody who types line after line (`Shell.script`).

    Raises:
        ApiError: there is no such Pod or container, or the Pod has no node yet.
        ExecError: the container does not run.
    """
    return _opened(world, namespace, pod, container)[0]


def _opened(world: World, namespace: str, pod: str, container: str) -> tuple[Shell, Life]:
    found = _pod(world, namespace, pod)
    life = filesystem.remembered(world, namespace, pod)
    one = _container(found, life, container)
    assert life is not None, "a container that runs has a life"
    return _shell(world, found, one, life), life


def _pod(world: World, namespace: str, pod: str) -> Obj:
    version = world.store.head.get(("pods", namespace, pod))
    if version is None or version.obj is None:
        raise status.not_found("pods", pod)
    if not version.obj["spec"].get("nodeName"):
        raise status.bad_request(f"pod {pod} does not have a host assigned")
    return version.obj


def _container(pod: Obj, life: Life | None, container: str) -> Obj:
    spec = pod["spec"]
    names = [one["name"] for field in ("containers", "initContainers") for one in spec.get(field) or ()]
    if container not in names:
        raise status.bad_request(f"container {container} is not valid for pod {pod['metadata']['name']}")
    if life is None or life.uid != pod["metadata"]["uid"]:
        raise ExecError("unable to upgrade connection: pod does not exist")
    one = filesystem.running(pod, life, container)
    if one is None:
        raise ExecError(f'unable to upgrade connection: container not found ("{container}")')
    return one


def _shell(world: World, pod: Obj, container: Obj, life: Life) -> Shell:
    files = filesystem.tree(pod, container, life)
    variables = {"PATH": environment.PATH, "HOSTNAME": filesystem.hostname(pod)}
    declared = {name: str(value) for owner, pairs in life.env if owner == container["name"] for name, value in pairs}
    variables |= declared
    variables |= {name: value for name, value in _services(world, pod, container, life).items() if name not in declared}
    identity = _identity(pod, container)
    variables.setdefault("HOME", "/root" if identity.uid == 0 else "/")
    return Shell(files, variables, identity, container.get("workingDir") or "/", world.clock.now)


def _services(world: World, pod: Obj, container: Obj, life: Life) -> dict[str, str]:
    """Variables of the Services that were there when the container started."""
    if pod["spec"].get("enableServiceLinks") is False:
        return environment.service_variables(())
    started = max(parse(run.began) for run in life.runs if run.began)
    found = [version.last for version in world.store.head.scan("services", pod["metadata"]["namespace"])]
    return environment.service_variables(one for one in found if parse(one["metadata"]["creationTimestamp"]) <= started)


def _identity(pod: Obj, container: Obj) -> Identity:
    whole, own = pod["spec"].get("securityContext") or {}, container.get("securityContext") or {}
    uid = own.get("runAsUser", whole.get("runAsUser", 0)) or 0
    gid = own.get("runAsGroup", whole.get("runAsGroup", 0)) or 0
    group = whole.get("fsGroup")
    extra = (*(whole.get("supplementalGroups") or ()), *(() if group is None else (group,)))
    return Identity(uid, gid, tuple(dict.fromkeys((gid, *extra))))


def _printable(done: Done) -> Done:
    """Bytes that are no text become replacement characters."""
    return Done(done.exit_code, _text(done.stdout), _text(done.stderr))


def _text(text: str) -> str:
    return text if text.isascii() else text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
