"""What was done in the Lab, as lines to read, and as a script that does it again."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any, Final, NamedTuple

from sanb.kernel.action import Action

KEPT: Final = 500
"""Lines of the console that a browser gets that comes later."""


class Done(NamedTuple):
    """Something that was done: a kubectl command with its stdin, or a line of Python."""

    kubectl: str = ""
    stdin: str | None = None
    python: str = ""
    comment: str = ""
    actions: int = 0
    """Actions that were run, if it was not to quiet: something else was done in between, or it was stopped."""


RUN: Final = "run until it is quiet"


class Script:
    """The session so far: the console's lines, and what was done."""

    def __init__(self) -> None:
        self.lines: dict[str, list[str]] = {}
        self.done: list[Done] = []
        self.rested = False
        """Whether the Lab let the cluster come to rest when it was opened."""
        self._count = 0

    def say(self, kind: str, text: str) -> None:
        """A line of the console: "in" (a command), "out", "err", or "act" (something that was made to happen)."""
        if not text:
            return
        self._count += 1
        self.lines[str(self._count)] = [kind, text.rstrip("\n")]
        for old in list(self.lines)[: max(0, len(self.lines) - KEPT)]:
            del self.lines[old]

    def command(self, line: str, stdin: str | None = None) -> None:
        """A command of kubectl was given."""
        self.say("in", f"{line} <<'EOF'\n{stdin}EOF" if stdin else line)
        self.done.append(Done(kubectl=line, stdin=stdin))

    def acted(self, sentence: str, python: str) -> None:
        """Something else was made to happen; in a row of the same only the number grows."""
        self.say("act", sentence)
        self.done.append(Done(python=python, comment=sentence))

    def ran(self, actions: int, quiet: bool) -> None:
        """So many more actions were run; `quiet`: with them the cluster came to rest."""
        before = self.done[-1].actions if self.done else 0
        if before:
            self.done.pop()
        if quiet:
            self.done.append(Done(python="c.run()", comment=RUN))
        elif before + actions:
            number = before + actions
            self.done.append(Done(python=f"for _ in range({number}): c.step()", comment=f"{number} actions", actions=number))

    def exported(self, cp: Any) -> dict[str, str]:
        """The session as lines for a terminal and as Python."""
        return {"kubectl": self._terminal(), "python": self._python(cp)}

    def _terminal(self) -> str:
        lines = ["#!/bin/sh", "# What was done in the Lab. A real cluster reconciles by itself: steps are comments here."]
        for one in self.done:
            if one.kubectl:
                lines.append(f"{one.kubectl} <<'EOF'\n{one.stdin}EOF" if one.stdin else one.kubectl)
            elif one.comment:
                lines.append(f"# {one.comment}")
        return "\n".join(lines) + "\n"

    def _python(self, cp: Any) -> str:
        setup = cp.trace.setup
        gates = f", gates={setup['gates']!r}" if setup["gates"] else ""
        first = "c.run()" if self.rested else "# what was done before the Lab was opened is not told here"
        lines = ["import sanb", "", f"c = sanb.Cluster({setup['minor']!r}, seed={cp.seed}{gates})", first,
                 "kubectl = c.lab.kubectl  # its calls are served, and nothing else happens meanwhile", ""]
        for one in self.done:
            if one.kubectl:
                rest = f", stdin={one.stdin!r}" if one.stdin else ""
                lines.append(f"kubectl({one.kubectl.removeprefix('kubectl ')!r}{rest})")
            else:
                lines.append(f"{one.python}{f'  # {one.comment}' if one.comment else ''}")
        return "\n".join([*lines, "c.lab()"]) + "\n"


def step_of(action: Action) -> str:
    """The Python that makes an action happen again."""
    return f"c.step(({action.op!r}, {action.actor!r}, {_plain(action.item)!r}))"


def paused(name: str) -> str:
    """The variable of Python that holds the pause of a component."""
    return f"paused_{name.replace('-', '_')}"


def _plain(item: Hashable) -> Any:
    """A key as plain tuples: named ones are equal to them."""
    return tuple(_plain(part) for part in item) if isinstance(item, tuple) else item
