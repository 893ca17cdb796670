"""pytest fixtures for tests of programs that speak to Kubernetes: a cluster, and the cluster served over HTTPS.

    def test_my_operator(sanb_api):
        subprocess.run(["my-operator", "--once"], env={**os.environ, **sanb_api.env}, check=True)

    @pytest.mark.sanb(minor="1.23", load="manifests/", faults=["create pods 500 2"], paused=["kubelet"])
    def test_old(sanb_cluster): ...

`sanb_session_cluster` and `sanb_session_api` are made once for all tests; a conftest.py chooses them with a fixture of the
session `sanb_options` that returns what the marker would say: `{"minor": "1.30", "load": "manifests/"}`.

Installed with the package: pytest finds it by itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import pytest

from sanb.errors import UsageError

if TYPE_CHECKING:
    from sanb.cluster import Cluster
    from sanb.http.serve import Served

MARKER: Final = "sanb"
SERVING: Final = ("clock", "port")
"""What the marker says about serving."""
OURS: Final = ("faults", "load", "paused")
"""What it says to us; everything else is handed to the cluster."""
HELP: Final = (
    "sanb(minor, load, clock, faults, paused, **options): the cluster of the fixtures sanb_cluster and sanb_api: its minor, "
    "manifests to apply (a path, a text, or a list of them), the clock of the server (fast, manual, realtime), requests that "
    "fail ('create pods 500', 'update * 409 2'), components that are paused, options of sanb.Cluster"
)


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    config.addinivalue_line("markers", HELP)


def _marked(request: pytest.FixtureRequest) -> dict[str, Any]:
    """What the nearest marker says."""
    marker = request.node.get_closest_marker(MARKER)
    if marker is None:
        return {}
    if len(marker.args) > 1:
        raise UsageError("pytest.mark.sanb takes one positional argument, the minor; name the others")
    return {**({"minor": marker.args[0]} if marker.args else {}), **marker.kwargs}


def _list(options: Mapping[str, Any], name: str) -> list[Any]:
    given = options.get(name, ())
    return list(given) if isinstance(given, list | tuple) else [given]


def _made(options: Mapping[str, Any]) -> Cluster:
    from sanb.cluster import Cluster

    cluster = Cluster(**{name: value for name, value in options.items() if name not in (*SERVING, *OURS)})
    cluster.run()
    for source in _list(options, "load"):
        applied = cluster.apply(source)
        if applied.refused:
            raise UsageError(f"the manifests of pytest.mark.sanb were refused: {applied.refused[0].why}")
    cluster.run()
    return cluster


@contextmanager
def _served(cluster: Cluster, options: Mapping[str, Any]) -> Iterator[Served]:
    with cluster.serve(**{name: value for name, value in options.items() if name in SERVING}) as api:
        api.fail(*_list(options, "faults"))
        yield api


@pytest.fixture
def sanb_cluster(request: pytest.FixtureRequest) -> Iterator[Cluster]:
    """A cluster of its own for every test, at rest; `pytest.mark.sanb` says which."""
    options = _marked(request)
    cluster = _made(options)
    with cluster.paused(*_list(options, "paused")):
        yield cluster


@pytest.fixture
def sanb_api(request: pytest.FixtureRequest, sanb_cluster: Cluster) -> Iterator[Served]:
    """The cluster of the test, served: `.url`, `.kubeconfig`, `.env`, `.token`."""
    with _served(sanb_cluster, _marked(request)) as api:
        yield api


@pytest.fixture(scope="session")
def sanb_options() -> Mapping[str, Any]:
    """What the clusters of the session are made with: nothing unusual, unless a conftest.py has a fixture of this name."""
    return {}


@pytest.fixture(scope="session")
def sanb_session_cluster(sanb_options: Mapping[str, Any]) -> Iterator[Cluster]:
    """One cluster for all tests of the session, of the newest minor if `sanb_options` does not choose another."""
    cluster = _made(sanb_options)
    with cluster.paused(*_list(sanb_options, "paused")):
        yield cluster


@pytest.fixture(scope="session")
def sanb_session_api(sanb_session_cluster: Cluster, sanb_options: Mapping[str, Any]) -> Iterator[Served]:
    """The cluster of the session, served."""
    with _served(sanb_session_cluster, sanb_options) as api:
        yield api
