"""Served clusters for tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("uvicorn", reason="serving needs the extra serve")

from sanb import Cluster
from sanb.http.serve import Served, serve
from tests.http.served import Http, Kubectl, kubectl_binary


@pytest.fixture
def cluster() -> Cluster:
    """A cluster of the newest minor, at rest."""
    cluster = Cluster("1.36", seed=3)
    cluster.run()
    return cluster


@pytest.fixture
def api(cluster: Cluster) -> Iterator[Served]:
    """The cluster, served."""
    with serve(cluster) as served:
        yield served


@pytest.fixture
def http(api: Served, tmp_path: Path) -> Http:
    """A client with the admin's token."""
    return Http(api, tmp_path)


@pytest.fixture
def kubectl(api: Served, tmp_path: Path) -> Kubectl:
    """The kubectl of the cluster's minor."""
    return Kubectl(api, kubectl_binary(), tmp_path)


@pytest.fixture
def old_kubectl(tmp_path: Path) -> Iterator[Kubectl]:
    """A kubectl of 1.20 against a cluster of 1.20."""
    with serve(Cluster("1.20", seed=3)) as served:
        yield Kubectl(served, kubectl_binary("1.20"), tmp_path)
