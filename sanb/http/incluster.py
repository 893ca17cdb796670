"""Real programs as if they ran in a Pod: with its environment and its files under /var/run/secrets.

Where the platform allows a private mount (Linux with mount or user namespaces), every program sees the files where a
Pod has them. Elsewhere Python programs do, because what opens files is redirected; other programs find the folder in
`SANB_POD_FILES`.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Final

from sanb.controlplane import ControlPlane
from sanb.errors import UsageError
from sanb.kubelet import filesystem
from sanb.kubelet.shell import Done, opened

SECRETS: Final = "/run/secrets"
LAUNCHER: Final = Path(__file__).with_name("podview.py")
REDIRECT: Final = Path(__file__).with_name("redirect")
KEPT: Final = ("PATH", "PYTHONPATH", "LANG", "LC_ALL", "TMPDIR", "SYSTEMROOT", "COVERAGE_PROCESS_START")
"""Variables of this process that a program needs to run here at all."""


@lru_cache(maxsize=1)
def private_mounts() -> bool:
    """Whether this platform lets a program have mounts of its own."""
    if not sys.platform.startswith("linux"):
        return False
    with tempfile.TemporaryDirectory() as folder:
        argv = [sys.executable, str(LAUNCHER), folder, sys.executable, "-c", "pass"]
        try:
            return subprocess.run(argv, capture_output=True, timeout=30).returncode == 0
        except (OSError, subprocess.TimeoutExpired):
            return False


def run(
    plane: ControlPlane, url: str, namespace: str, pod: str, container: str, argv: Sequence[str], *,
    env: Mapping[str, str] | None = None, timeout: float | None = None, private: bool | None = None,
) -> Done:
    """Run a program as if it were in a container; `url` is where the cluster is served.

    Raises:
        ApiError: there is no such Pod or container.
        UsageError: the container does not run, or the program does not end in time.
    """
    with plane.lock:
        variables = dict(opened(plane.world, namespace, pod, container).variables)
        tree = filesystem.files(plane.world, namespace, pod, container)
        found = {path: (entry.kind, entry.mode, entry.text) for path, entry in tree.items() if path.startswith(SECRETS)}
    with tempfile.TemporaryDirectory(prefix="sanb-pod-") as folder:
        _write(Path(folder), found)
        variables |= _address(url) | _environment() | dict(env or {})
        whole = list(argv)
        if private_mounts() if private is None else private:
            whole = [sys.executable, "-I", str(LAUNCHER), folder, *argv]
        else:
            variables["SANB_POD_FILES"] = folder
            variables["PYTHONPATH"] = os.pathsep.join(filter(None, (str(REDIRECT), variables.get("PYTHONPATH", ""))))
        return _done(whole, variables, timeout)


def _done(argv: Sequence[str], variables: Mapping[str, str], timeout: float | None) -> Done:
    try:
        done = subprocess.run(argv, env=dict(variables), capture_output=True, text=True, timeout=timeout)
    except subprocess.TimeoutExpired:
        raise UsageError(f"{argv[-1]} did not end within {timeout} seconds; give it more time") from None
    except OSError as error:
        raise UsageError(f"{argv[0]} cannot be run: {error.strerror}; name a program of this machine") from None
    return Done(done.returncode, done.stdout, done.stderr)


def _address(url: str) -> dict[str, str]:
    """How the program reaches the cluster: the address of the Service is nowhere but in the simulation."""
    host, _, port = url.removeprefix("https://").rpartition(":")
    host = host.strip("[]")
    return {
        "KUBERNETES_SERVICE_HOST": host, "KUBERNETES_SERVICE_PORT": port, "KUBERNETES_SERVICE_PORT_HTTPS": port,
        "KUBERNETES_PORT": f"tcp://{host}:{port}",
    }


def _environment() -> dict[str, str]:
    return {name: os.environ[name] for name in KEPT if name in os.environ}


def _write(folder: Path, found: Mapping[str, tuple[str, int, str]]) -> None:
    """The files of a container below /run/secrets, as they are now."""
    for path in sorted(found):
        kind, mode, text = found[path]
        place = folder / path.removeprefix(SECRETS).lstrip("/")
        if kind == filesystem.DIRECTORY:
            place.mkdir(parents=True, exist_ok=True)
        elif kind == filesystem.LINK:
            place.symlink_to(text)
        else:
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text, encoding="utf-8", errors="surrogateescape")
            place.chmod(mode | 0o400)
