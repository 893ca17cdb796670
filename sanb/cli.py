"""The `sanb` command."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

import sanb
from sanb.errors import SanbError
from sanb.values import quiet_gc


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(sanb.__version__, prog_name="sanb")
def command() -> None:
    """The part of Kubernetes that gives programs an identity, simulated on virtual time."""


@command.command()
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), default=Path("out"), show_default=True,
    help="Folder for the pictures and the page.",
)
@click.option("--seed", type=int, default=7, show_default=True, help="Decides every random name, delay and key.")
def demo(out: Path, seed: int) -> None:
    """Tell the story of a ServiceAccount on 1.10 and on 1.36, then load a manifest; write pictures and a page."""
    from sanb.demo import show

    show(out, seed)


@command.command()
@click.option("--minor", default=None, metavar="MINOR", help="Kubernetes minor, 1.10 to 1.36.  [default: the newest]")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=int, default=6443, show_default=True, help="0 for a free one.")
@click.option(
    "--kubeconfig", "file", type=click.Path(dir_okay=False, path_type=Path), default=None,
    help="Where to write a kubeconfig.  [default: a temporary file]",
)
@click.option("--token", default="", help="Bearer token of the user admin.  [default: random]")
@click.option(
    "--controllers", default=None, metavar="LIST",
    help="What runs, in kube-controller-manager's syntax: '*,-scheduler,-kubelet'.  [default: *]",
)
@click.option("--nodes", type=int, default=None, help="How many Nodes.  [default: 1 if there is a kubelet]")
@click.option(
    "--clock", type=click.Choice(["realtime", "fast"]), default="realtime", show_default=True,
    help="realtime: time passes as on the wall; fast: what a request sets off happens at once.",
)
@click.option(
    "--load", type=click.Path(exists=True, path_type=Path), multiple=True, help="Manifests to apply at the start."
)
@click.option(
    "--save", type=click.Path(dir_okay=False, path_type=Path), default=None,
    help="File that holds the cluster: it goes on from there, and every change is written before it is answered.",
)
@click.option(
    "--history", default="10000", show_default=True, metavar="NUMBER",
    help="Revisions that are kept for watches and lists of the past, as by a compaction of etcd; 'all' keeps everything.",
)
@click.option("--seed", type=int, default=None, help="Decides every random name, delay and key.  [default: 0]")
@click.option("--keys", type=click.Choice(["seeded", "random"]), default=None, help="[default: seeded]")
def serve(load: tuple[Path, ...], save: Path | None, host: str, port: int, history: str, **options: Any) -> None:
    """Serve a cluster over HTTPS until it is interrupted."""
    if history != "all" and not history.isdecimal():
        raise click.BadParameter("a number, or 'all'", param_hint="--history")
    with quiet_gc():  # while everything is made, nothing is thrown away
        from sanb.serving import serve_until_stopped

        serve_until_stopped(load, save, host, port, history=None if history == "all" else int(history), **options)


def main() -> None:
    """Run the command; errors of ours are printed without a traceback."""
    try:
        command()
    except SanbError as error:
        click.echo(f"sanb: {error}", err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
