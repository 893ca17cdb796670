"""%kubectl and %%kubectl in notebooks, with completion."""

from __future__ import annotations

from typing import Any, Final

from sanb.kubectl.complete import complete
from sanb.kubectl.result import Result, error
from sanb.kubectl.run import run

LINES: Final = r"%%?kubectl\b"
DELIMITERS: Final = " \t\n`!@#$^&*()=+[{]}\\|;:'\",<>?"
"""What ends a word for IPython."""


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

    def complete(self, shell: Any, event: Any) -> list[str]:
        """What IPython offers behind %kubectl: the ends of words, from where IPython begins to replace."""
        if self.cp is None:
            return []
        line = str(event.text_until_cursor)
        word = "" if line[-1:].isspace() else line.split()[-1]
        begin = max((word.rfind(sign) for sign in DELIMITERS), default=-1) + 1
        return [found[begin:] for found in complete(self.cp, line)]


MAGICS = Magics()


def load(shell: Any) -> None:
    """Register %kubectl and %%kubectl, and their completion, in an IPython shell."""
    shell.register_magic_function(MAGICS.cell, "line_cell", "kubectl")
    if hasattr(shell, "set_hook"):
        shell.set_hook("complete_command", MAGICS.complete, re_key=LINES)
