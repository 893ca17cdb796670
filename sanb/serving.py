"""`sanb serve`: a cluster in the foreground, until somebody interrupts it."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from sanb.cluster import Cluster
from sanb.errors import UsageError
from sanb.http.serve import Served, serve


def serve_until_stopped(
    load: Sequence[Path], save: Path | None, host: str, port: int, *, minor: str | None, file: Path | None, token: str,
    controllers: str, nodes: int | None, clock: str, seed: int, keys: str,
) -> None:
    """Serve a cluster until SIGINT or SIGTERM arrives.

    Raises:
        UsageError: an option is wrong, the port is taken, or a manifest was refused.
    """
    cluster = Cluster(minor, seed=seed, controllers=controllers, nodes=nodes, keys=keys)
    with _stopping() as stop, serve(cluster, host=host, port=port, clock=clock, token=token, file=file) as api:
        for path in load:
            _load(cluster, path, clock)
        _greet(cluster, api, clock)
        stop.wait()
    if save is not None:
        cluster.trace.save(save)
        click.echo(f"trace written to {save}")
    click.echo("stopped")


def _load(cluster: Cluster, path: Path, clock: str) -> None:
    """Apply manifests; at a fast clock, let what they set off happen."""
    applied = cluster.apply(str(path))
    if clock == "fast":
        cluster.run()
    click.echo(f"{path}: {applied!r}".splitlines()[0])
    if applied.refused:
        row = applied.refused[0]
        raise UsageError(f"{path}: {row.place} was refused: {row.why}")


def _greet(cluster: Cluster, api: Served, clock: str) -> None:
    click.echo(f"Kubernetes {cluster.minor} at {api.url} (clock: {clock}; simulated by sanb)")
    click.echo(f"    export KUBECONFIG={api.kubeconfig}")
    click.echo("    kubectl get pods -A          (stop with Ctrl-C)")


@contextmanager
def _stopping() -> Iterator[threading.Event]:
    """An event that SIGINT and SIGTERM set."""
    stop = threading.Event()

    def handle(number: int, frame: Any) -> None:
        stop.set()

    before = {number: signal.signal(number, handle) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
