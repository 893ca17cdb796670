"""`sanb serve` as a process: it starts, says how to use it, serves, and stops cleanly."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

pytest.importorskip("uvicorn", reason="serving needs the extra serve")
import requests

import sanb

ROOT = Path(__file__).parent.parent
MANIFEST = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata: {a: b}\n"


@contextmanager
def _serving(*options: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "sanb.cli", "serve", "--port", "0", *options], cwd=ROOT, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def _ends(process: subprocess.Popen[str], number: int) -> tuple[int, str]:
    process.send_signal(number)
    out, _ = process.communicate(timeout=20)
    return process.returncode, out


@pytest.mark.filterwarnings("ignore:Unverified HTTPS request")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_says_where_it_is_serves_and_stops(tmp_path: Path, number: int) -> None:
    (tmp_path / "settings.yaml").write_text(MANIFEST)
    config, state = tmp_path / "config", tmp_path / "state.db"
    options: tuple[str, ...] = ("--minor", "1.23", "--token", "secret", "--kubeconfig", str(config), "--save", str(state))
    options = (*options, "--load", str(tmp_path / "settings.yaml"), "--controllers", "*,-scheduler,-kubelet")
    with _serving(*options) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == f"{tmp_path}/settings.yaml: 1 created\n"
        line = process.stdout.readline()
        url = json.loads(config.read_text())["clusters"][0]["cluster"]["server"]
        assert line == f"Kubernetes 1.23 at {url} (clock: realtime; simulated by sanb)\n"
        assert process.stdout.readline() == f"    export KUBECONFIG={config}\n"
        path = f"{url}/api/v1/namespaces/default/configmaps/settings"
        answer = requests.get(path, headers={"Authorization": "Bearer secret"}, verify=False, timeout=10)
        assert answer.json()["data"] == {"a": "b"}
        code, out = _ends(process, number)
    assert code == 0
    assert out.endswith(f"stopped; everything is in {state}\n")
    assert sanb.Cluster.load(state).get("configmap", "settings")["data"] == {"a": "b"}


def test_a_refused_manifest_ends_it_with_the_reason(tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text(MANIFEST.replace("settings", "A_b"))
    with _serving("--load", str(tmp_path / "bad.yaml")) as process:
        _, errors = process.communicate(timeout=20)
    assert process.returncode == 1
    assert errors.startswith("sanb: ") and "bad.yaml, document 1 (line 1) was refused" in errors
    assert "Traceback" not in errors


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (("--minor", "1.99"), "no profile for Kubernetes '1.99'"),
        (("--controllers", "*,-nobody"), "nobody"),
        (("--host", "0.0.0.0"), "public pool"),
    ],
)
def test_wrong_options_are_explained_without_a_traceback(options: tuple[str, ...], why: str) -> None:
    with _serving(*options) as process:
        _, errors = process.communicate(timeout=20)
    assert process.returncode == 1
    assert errors.startswith("sanb: ") and why in errors and "Traceback" not in errors
