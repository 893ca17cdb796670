"""pytest fixtures for tests of programs that speak to Kubernetes: a cluster, and the cluster served over HTTPS.

    def test_my_operator(sanb_api):
        subprocess.run(["my-operator", "--once"], env={**os.environ, **sanb_api.env}, check=True)

    @pytest.mark.sanb(minor="1.23", load="manifests/")
    def test_old(sanb_cluster): ...

Installed with the package: pytest finds it by itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

import pytest

from sanb.errors import UsageError

if TYPE_CHECKING:
    from sanb.cluster import Cluster
    from sanb.http.serve import Served

MARKER: Final = "sanb"
SERVING: Final = ("clock", "port")
"""What the marker says about serving; everything else but `load` is handed to the cluster."""
HELP: Final = (
    "sanb(minor, load, clock, **options): the cluster of the fixtures sanb_cluster and sanb_api: its minor, manifests to "
    "apply (a path, a text, or a list of them), the clock of the server (fast, manual, realtime), options of sanb.Cluster"
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


def _made(options: dict[str, Any]) -> Cluster:
    from sanb.cluster import Cluster

    sources = options.pop("load", ())
    cluster = Cluster(**{name: value for name, value in options.items() if name not in SERVING})
    cluster.run()
    for source in sources if isinstance(sources, list | tuple) else (sources,):
        applied = cluster.apply(source)
        if applied.refused:
            raise UsageError(f"the manifests of pytest.mark.sanb were refused: {applied.refused[0].why}")
    cluster.run()
    return cluster


@pytest.fixture
def sanb_cluster(request: pytest.FixtureRequest) -> Cluster:
    """A cluster of its own for every test, at rest; `pytest.mark.sanb` says which."""
    return _made(_marked(request))


@pytest.fixture
def sanb_api(request: pytest.FixtureRequest, sanb_cluster: Cluster) -> Iterator[Served]:
    """The cluster of the test, served: `.url`, `.kubeconfig`, `.env`, `.token`."""
    serving = {name: value for name, value in _marked(request).items() if name in SERVING}
    with sanb_cluster.serve(**serving) as api:
        yield api


@pytest.fixture(scope="session")
def sanb_session_cluster() -> Cluster:
    """One cluster of the newest minor for all tests of the session."""
    return _made({})


@pytest.fixture(scope="session")
def sanb_session_api(sanb_session_cluster: Cluster) -> Iterator[Served]:
    """The cluster of the session, served."""
    with sanb_session_cluster.serve() as api:
        yield api
