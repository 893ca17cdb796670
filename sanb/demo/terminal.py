"""How the demo looks in a terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import click

from sanb.demo.shop import Shop
from sanb.demo.story import Tale, changes
from sanb.times import rfc3339

WIDTH: Final = 100
LONG: Final = 24
"""Lines of output beyond this are cut in the middle."""


class Terminal:
    """Prints, with colour where there is a terminal."""

    def heading(self, text: str) -> None:
        """A rule with a title."""
        click.echo()
        click.secho(f"━━ {text} {'━' * (WIDTH - len(text) - 4)}", fg="cyan", bold=True)

    def say(self, text: str) -> None:
        """A paragraph."""
        click.echo()
        click.echo(textwrap.fill(text, WIDTH))

    def tale(self, tale: Tale) -> None:
        """One telling of the story: what was typed and what was answered."""
        self.heading(tale.title)
        for typed in tale.typed:
            self.say(typed.step.why)
            click.secho(f"  $ {typed.command}", bold=True)
            for line in _cut(typed.output.splitlines()):
                click.echo(f"  {line}"[:WIDTH])
        self.say("The token in the container says:")
        for name, value in tale.claims().items():
            click.echo(f"    {name}: {value}"[:WIDTH])
        self.say("Who holds what, as a table (c.frames.mounts):")
        self.frame(tale.cluster.frames.mounts, ["pod", "container", "volume", "source", "credential", "expiry"])
        self.say(f"Who made the account `default`, and why (at {rfc3339(tale.cluster.now)}):")
        click.echo(textwrap.indent(repr(tale.cluster.timeline("serviceaccount/name1/default")), "  "))

    def frame(self, frame: Any, columns: Sequence[str]) -> None:
        """Some columns of a DataFrame."""
        known = [name for name in columns if name in frame.columns]
        click.echo(textwrap.indent(frame[known].to_string(index=False, na_rep="-"), "  "))

    def changes(self, tales: list[Tale]) -> None:
        """What differs between the tellings."""
        self.heading("What changed")
        rows = [("", *(tale.title for tale in tales)), *((c.question, *c.answers) for c in changes(tales))]
        first = max(len(row[0]) for row in rows) + 2
        rest = (WIDTH - first) // len(tales)
        click.echo()
        for number, row in enumerate(rows):
            cells = [textwrap.wrap(cell, rest - 2) or [""] for cell in row[1:]]
            for line in range(max(map(len, cells))):
                head = row[0] if line == 0 else ""
                text = "".join((cell[line] if line < len(cell) else "").ljust(rest) for cell in cells)
                click.secho(f"{head:{first}}{text}".rstrip(), bold=number == 0)

    def shop(self, shop: Shop) -> None:
        """The manifest."""
        self.heading(f"A manifest: bookshop.yaml on {shop.cluster.minor}")
        counts = ", ".join(f"{count} {result}" for result, count in shop.applied.counts().items())
        self.say(f"c.apply('bookshop.yaml') and c.run(): {counts}. Every container and the credentials it holds:")
        click.echo()
        self.frame(shop.mounts(), ["pod", "container", "source", "credential", "service_account"])
        self.say(
            "`payment` has automountServiceAccountToken: false, so it holds nothing. `storefront` names no account, so "
            "it runs as `default` and holds a token that it does not need."
        )

    def files(self, paths: list[Path]) -> None:
        """What was written."""
        self.heading("Written")
        click.echo()
        for path in paths:
            click.echo(f"  {path}")


def _cut(lines: list[str]) -> list[str]:
    if len(lines) <= LONG:
        return lines
    half = LONG // 2
    return [*lines[:half], f"… {len(lines) - 2 * half} lines …", *lines[-half:]]
