"""The operator as a program of its own against a cluster of sanb: `pytest examples/kopf-operator`."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
LIBRARY = {"apiVersion": "example.org/v1", "kind": "Library", "metadata": {"name": "city"}, "spec": {"hours": "9-17"}}


@pytest.fixture
def operator(sanb_api: Any, tmp_path: Path) -> Iterator[None]:
    """The operator, running."""
    env = {**os.environ, **sanb_api.env}
    argv = [sys.executable, "-m", "kopf", "run", "--standalone", "--namespace=default", str(HERE / "librarian.py")]
    with (tmp_path / "log").open("w") as log:
        program = subprocess.Popen(argv, env=env, stdout=log, stderr=subprocess.STDOUT)
        yield
        program.terminate()
        program.wait(20)
    print((tmp_path / "log").read_text())  # pytest shows it if the test failed


def eventually(ask: Callable[[], Any]) -> Any:
    """What `ask` gives, once it gives anything."""
    end = time.monotonic() + 30
    while not (found := ask()):
        assert time.monotonic() < end, "the operator did nothing"
        time.sleep(0.05)
    return found


@pytest.mark.sanb(load=str(HERE / "crd.yaml"), faults=["create configmaps 503 1"])
@pytest.mark.usefixtures("operator")
def test_a_library_gets_its_account_and_its_hours_although_the_server_has_a_bad_moment(sanb_cluster: Any) -> None:
    sanb_cluster.apply(LIBRARY)
    names = {"kube-root-ca.crt", "city-hours"}
    eventually(lambda: names <= {one["metadata"]["name"] for one in sanb_cluster.list("configmap")})
    assert "city-reader" in {one["metadata"]["name"] for one in sanb_cluster.list("serviceaccount")}


@pytest.mark.sanb(load=str(HERE / "crd.yaml"))
@pytest.mark.usefixtures("operator")
def test_changes_are_followed_and_everything_goes_with_its_library(sanb_cluster: Any) -> None:
    sanb_cluster.apply(LIBRARY)
    status = eventually(lambda: sanb_cluster.get("libraries.example.org", "city").get("status"))
    assert status["open_library"] == {"account": "city-reader"}
    sanb_cluster.patch("libraries.example.org", "city", {"spec": {"hours": "10-18"}}, type="merge")
    eventually(lambda: sanb_cluster.get("configmap", "city-hours")["data"] == {"hours": "10-18"})
    sanb_cluster.delete("libraries.example.org", "city")
    sanb_cluster.run()  # what requests over HTTP let happen by themselves
    assert "city-hours" not in {one["metadata"]["name"] for one in sanb_cluster.list("configmap")}
