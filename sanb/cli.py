"""The `sanb` command."""

from __future__ import annotations

import sys
from pathlib import Path

import click

import sanb
from sanb.errors import SanbError


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


def main() -> None:
    """Run the command; errors of ours are printed without a traceback."""
    try:
        command()
    except SanbError as error:
        click.echo(f"sanb: {error}", err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
