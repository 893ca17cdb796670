"""`sanb serve`: a cluster in the foreground, until somebody interrupts it."""

from __future__ import annotations

import gc
import signal
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any, Final

import click

from sanb.cluster import Cluster
from sanb.durable.keeper import resume
from sanb.errors import UsageError
from sanb.http.serve import Served, serve

SELDOM: Final = (10_000, 20, 20)
"""When the garbage collector looks, by generation."""
HISTORY: Final = 10_000
"""Revisions that a cluster keeps whose server may run for weeks."""


def serve_until_stopped(
    load: Sequence[Path], save: Path | None, host: str, port: int, *, minor: str | None, file: Path | None, token: str,
    clock: str, history: int | None = HISTORY, **made: Any,
) -> None:
    """Serve a cluster until SIGINT or SIGTERM arrives. `made` are options of `Cluster`; None leaves one as it is.

    Raises:
        UsageError: an option is wrong, the port is taken, a manifest was refused, or the file of `save` cannot be used.
    """
    given = {name: value for name, value in made.items() if value is not None}
    with (
        _stopping() as stop, _cluster(minor, save, given) as cluster,
        serve(cluster, host=host, port=port, clock=clock, token=token, file=file, history=history) as api,
    ):
        for path in load:
            _load(cluster, path, clock)
        _greet(cluster, api, clock)
        if save is not None:
            click.echo(f"    saved in {save}")
        with _little_garbage():
            stop.wait()
    click.echo("stopped" if save is None else f"stopped; everything is in {save}")


@contextmanager
def _cluster(minor: str | None, save: Path | None, given: dict[str, Any]) -> Iterator[Cluster]:
    """A new cluster, or the one that a file holds; with a file, every change is written until the block ends."""
    if save is None or not save.exists():
        cluster = Cluster(minor, **given)
        with nullcontext() if save is None else cluster.save(save, follow=True):
            yield cluster
        return
    cluster = Cluster.load(save, controllers=given.pop("controllers", None))
    for name, value in given.items():
        if cluster.setup[name] != value:
            raise UsageError(
                f"the cluster in {save} was made with --{name} {cluster.setup[name]}, which cannot change: leave --{name} out, "
                "or choose a new file"
            )
    with resume(cluster, save):
        if minor is not None and minor != cluster.minor:
            cluster.upgrade(minor)
        yield cluster


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
def _little_garbage() -> Iterator[None]:
    """Look for garbage seldom: nearly everything that there is stays, and looking through it takes longer than an answer."""
    before, was_on = gc.get_threshold(), gc.isenabled()
    gc.freeze()
    gc.set_threshold(*SELDOM)
    gc.enable()
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()
        if not was_on:
            gc.disable()


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
