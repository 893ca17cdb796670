"""A run as data: how the world was set up, what was asked of it, and every action; enough to do it all again."""

from __future__ import annotations

import json
from collections.abc import Hashable, Iterable
from pathlib import Path
from typing import Any, Final, NamedTuple

from sanb.errors import UsageError
from sanb.kernel.action import Action

FORMAT: Final = 1


class Command(NamedTuple):
    """What a user did before action number `step` + 1: `op` names it, `data` is JSON."""

    step: int
    op: str
    data: Any


class Trace(NamedTuple):
    """`setup` makes the same world again; `commands` and `actions` then lead to the same state."""

    setup: dict[str, Any]
    commands: tuple[Command, ...]
    actions: tuple[Action, ...]

    def __repr__(self) -> str:
        return f"Trace({len(self.commands)} commands, {len(self.actions)} actions)"

    def dumps(self) -> str:
        """The trace as JSON, one entry a line."""
        head = json.dumps({"format": FORMAT, "setup": self.setup}, sort_keys=True)
        lines = [head, *(json.dumps(row) for row in self._rows())]
        return "\n".join(lines) + "\n"

    def _rows(self) -> Iterable[Any]:
        commands = iter(self.commands)
        command = next(commands, None)
        for step, action in enumerate(self.actions):
            while command is not None and command.step <= step:
                yield [command.op, command.data]
                command = next(commands, None)
            yield ["step", action.op, action.actor, encode(action.item)]
        while command is not None:
            yield [command.op, command.data]
            command = next(commands, None)

    def save(self, path: str | Path) -> Path:
        """Write the trace to a file and return its path."""
        place = Path(path)
        place.write_text(self.dumps())
        return place

    @classmethod
    def load(cls, source: str | Path) -> Trace:
        """Read a trace that `save` wrote.

        Raises:
            UsageError: the file is not there, or is no trace.
        """
        try:
            text = Path(source).read_text()
        except OSError as error:
            raise UsageError(f"no trace at {source}: {error.strerror}; c.trace.save(path) writes one") from None
        return cls.loads(text, str(source))

    @classmethod
    def loads(cls, text: str, source: str = "the text") -> Trace:
        """Read a trace from its text.

        Raises:
            UsageError: it is no trace, or one of another format; the message names the line.
        """
        setup: dict[str, Any] = {}
        commands: list[Command] = []
        actions: list[Action] = []
        for number, line in enumerate(text.splitlines(), 1):
            try:
                row = json.loads(line)
                if number == 1:
                    if row["format"] != FORMAT:
                        raise UsageError(f"{source} is a trace of format {row['format']}: this version reads {FORMAT}")
                    setup = row["setup"]
                elif row[0] == "step":
                    actions.append(Action(row[1], row[2], decode(row[3])))
                else:
                    commands.append(Command(len(actions), row[0], row[1]))
            except (ValueError, KeyError, IndexError, TypeError) as error:
                raise UsageError(f"{source}, line {number}: not a line of a trace ({error})") from None
        if not setup:
            raise UsageError(f"{source} is empty: c.trace.save(path) writes a trace")
        return cls(setup, tuple(commands), tuple(actions))


def encode(item: Hashable) -> Any:
    """A work-queue key or a call number as JSON; tuples become lists."""
    return [encode(part) for part in item] if isinstance(item, tuple) else item


def decode(item: Any) -> Hashable:
    """The item that `encode` was given."""
    return tuple(decode(part) for part in item) if isinstance(item, list) else item
