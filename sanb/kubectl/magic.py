"""%kubectl and %%kubectl in notebooks."""

from __future__ import annotations

from typing import Any

from sanb.kubectl.result import Result, error
from sanb.kubectl.run import run


class Magics:
    """The two magics on one control plane, which `use` changes."""

    def __init__(self, cp: Any = None) -> None:
        self.cp = cp

    def use(self, cp: Any) -> None:
        """Let the next commands run on this control plane."""
        self.cp = cp

    def line(self, line: str) -> Result:
        """%kubectl: the line is the command."""
        return self.cell(line, None)

    def cell(self, line: str, cell: str | None = None) -> Result:
        """%%kubectl: the line is the command and the cell is what `-f -` reads."""
        if self.cp is None:
            return Result(1, "", error("there is no cluster yet: create one with sanb.Cluster()").text + "\n")
        return run(self.cp, line, cell)


MAGICS = Magics()


def load(shell: Any) -> None:
    """Register %kubectl and %%kubectl in an IPython shell."""
    shell.register_magic_function(MAGICS.cell, "line_cell", "kubectl")
