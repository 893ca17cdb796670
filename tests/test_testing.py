"""The pytest plugin, as somebody's tests use it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from sanb.errors import UsageError

ROOT = Path(__file__).parent.parent
MANIFEST = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata: {a: b}\n"
GOOD = '''
import pytest, requests

def _get(api, path, tmp_path):
    ca = tmp_path / "ca.crt"
    ca.write_text(api.ca)
    return requests.get(api.url + path, headers={"Authorization": "Bearer " + api.token}, verify=str(ca)).json()

def test_newest(sanb_cluster):
    assert sanb_cluster.minor == "1.36"
    sanb_cluster.create("configmap", "mine")

def test_each_has_its_own(sanb_cluster):
    assert [one["metadata"]["name"] for one in sanb_cluster.list("configmap")] == ["kube-root-ca.crt"]

@pytest.mark.sanb("1.23", load="settings.yaml", seed=4)
def test_marked(sanb_cluster, sanb_api, tmp_path):
    assert sanb_cluster.minor == "1.23"
    assert _get(sanb_api, "/api/v1/namespaces/default/configmaps/settings", tmp_path)["data"] == {"a": "b"}

@pytest.mark.sanb(clock="manual")
def test_time_stands_still(sanb_cluster, sanb_api, tmp_path):
    sanb_cluster.create("pod", "web", image="nginx")
    assert _get(sanb_api, "/api/v1/namespaces/default/pods/web", tmp_path)["status"]["phase"] == "Pending"

@pytest.mark.sanb(faults=["list configmaps 429 1", "list pods 503"], paused="kubelet")
def test_faults(sanb_cluster, sanb_api, tmp_path):
    sanb_cluster.create("pod", "web", image="nginx")
    sanb_cluster.run()
    assert sanb_cluster.get("pod", "web")["status"]["phase"] == "Pending"
    path = "/api/v1/namespaces/default"
    assert [_get(sanb_api, path + "/configmaps", tmp_path)["kind"] for _ in range(2)] == ["Status", "ConfigMapList"]
    assert [_get(sanb_api, path + "/pods", tmp_path)["reason"] for _ in range(2)] == ["ServiceUnavailable"] * 2
    assert _get(sanb_api, path + "/pods/web", tmp_path)["kind"] == "Pod"

@pytest.fixture(scope="session")
def sanb_options():
    return {"minor": "1.30"}

def test_session(sanb_session_cluster, sanb_session_api, tmp_path):
    assert sanb_session_cluster.minor == "1.30"
    sanb_session_cluster.create("configmap", "shared")
    assert _get(sanb_session_api, "/api/v1/namespaces/default/configmaps/shared", tmp_path)["kind"] == "ConfigMap"

def test_session_goes_on(sanb_session_cluster):
    assert sanb_session_cluster.get("configmap", "shared")
'''
BAD = '''
import pytest

@pytest.mark.sanb(load="apiVersion: v1\\nkind: Pod\\nmetadata: {name: A_b}\\n")
def test_refused(sanb_cluster):
    pass
'''


def _run(folder: Path, text: str) -> subprocess.CompletedProcess[str]:
    (folder / "settings.yaml").write_text(MANIFEST)
    (folder / "test_it.py").write_text(text)
    argv = [sys.executable, "-m", "pytest", "-p", "sanb.testing", "-q", "--strict-markers", "test_it.py"]
    env = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    return subprocess.run(argv, cwd=folder, env=env, capture_output=True, text=True, timeout=120)


def test_fixtures_give_clusters_and_servers(tmp_path: Path) -> None:
    pytest.importorskip("uvicorn", reason="serving needs the extra serve")
    done = _run(tmp_path, GOOD)
    assert "7 passed" in done.stdout, done.stdout


def test_manifests_that_are_refused_fail_the_test_and_say_why(tmp_path: Path) -> None:
    done = _run(tmp_path, BAD)
    assert done.returncode == 1
    assert "the manifests of pytest.mark.sanb were refused" in done.stdout


def test_what_is_no_fault_is_explained() -> None:
    faults = pytest.importorskip("sanb.http.faults", reason="serving needs the extra serve")
    for text in ("create pods", "create pods oops", "create pods 999", "create pods 500 -1"):
        with pytest.raises(UsageError, match="is no fault: write VERB RESOURCE CODE"):
            faults.Fault(text)
