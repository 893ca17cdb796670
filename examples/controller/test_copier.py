"""The controller in the process of its tests, which stay exact: `pytest examples/controller`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))
pytest.importorskip("kubernetes", reason="the official client is not installed")

from copier import reconcile, run
from kubernetes import client, config

SECRET = {"metadata": {"name": "key", "labels": {"copy-to": "shop"}}, "data": {"password": "aHVudGVyMg=="}}


@pytest.fixture
def core(sanb_cluster: Any, sanb_api: Any) -> Any:
    """The official client, connected to the cluster of the test."""
    sanb_cluster.create("namespace", "shop")
    return client.CoreV1Api(config.new_client_from_config(str(sanb_api.kubeconfig)))


def test_a_secret_is_copied_once_and_again_when_it_changes(sanb_cluster: Any, core: Any) -> None:
    secret = core.create_namespaced_secret("default", SECRET)
    assert [reconcile(core, secret), reconcile(core, secret)] == [True, False]
    changed = core.patch_namespaced_secret("key", "default", {"data": {"password": "bmV3"}})
    assert reconcile(core, changed)
    assert sanb_cluster.get("secret", "key", namespace="shop")["data"] == {"password": "bmV3"}


def test_the_loop_sees_what_is_there(core: Any) -> None:
    core.create_namespaced_secret("default", SECRET)
    assert run(core, "default", seconds=1) == 1


@pytest.mark.sanb(faults=["get secrets 500"])
def test_an_error_of_the_server_is_not_taken_for_a_missing_copy(core: Any) -> None:
    secret = core.create_namespaced_secret("default", SECRET)
    with pytest.raises(client.ApiException, match="500"):
        reconcile(core, secret)


@pytest.mark.sanb("1.23")
def test_on_an_older_minor(core: Any) -> None:
    assert reconcile(core, core.create_namespaced_secret("default", SECRET))
