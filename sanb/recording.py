"""What was asked of a cluster, kept as a trace, and the same done again; requests as JSON and back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from itertools import islice
from typing import Any, Final, Self

from sanb.apiserver.request import Request, UserInfo
from sanb.errors import UsageError
from sanb.kernel.action import Action
from sanb.kernel.trace import Command, Trace
from sanb.kernel.world import World
from sanb.store.log import Tape
from sanb.values import plain

ORIGIN: Final = "loaded from"
"""In the setup of a cluster that did not begin by itself: the file that it was loaded from."""


class Recorded:
    """Commands that are noted, traces made of them, and replay, for whoever composes a control plane."""

    lock: Any
    world: World
    _setup: dict[str, Any]
    rotate_keys: Callable[..., Any]
    crash: Callable[..., Any]
    upgrade: Callable[..., Any]
    note_certificate: Callable[..., Any]

    def _submit(self, request: Request) -> int:
        raise NotImplementedError

    def _record(self, step: int) -> None:
        """Begin: the trace has what comes after this step."""
        self._commands: Tape[Command] = Tape()
        self.counted: Counter[str] = Counter()
        """How many calls of whom are forgotten."""
        self._first_step = step

    def _note(self, op: str, data: Any) -> None:
        self._commands.append(Command(self.world.steps - self._first_step, op, data))

    def forget(self, keep: int) -> None:
        """Let go of the past but for the last `keep` revisions, calls and actions.

        Watches and lists from before are refused (410), as after a compaction of etcd; there is no trace any longer, and
        timelines begin later.
        """
        with self.lock:
            journal = self.world.journal
            gone = len(journal) - keep - journal.first
            self.counted = self.counted + Counter(call.actor or "user" for call in islice(journal, max(0, gone)))
            self.world.forget(keep)
            self._commands.forget(len(self._commands) - keep)

    @property
    def trace(self) -> Trace:
        """Everything that was asked and done since the cluster began: `trace.save(path)`, `sanb.replay(path)`."""
        with self.lock:
            if self._commands.first:
                raise UsageError(
                    "the beginning of this cluster is forgotten, so it has no trace: its server keeps a part of the history; "
                    "serve it with history=None (`sanb serve --history all`)"
                )
            actions = tuple(Action(s.op, s.actor, s.item) for s in self.world.actions.after(self._first_step))
            commands = tuple(
                c._replace(data=written(c.data)) if c.op == "request" else c for c in self._commands
            )
            return Trace(dict(self._setup), commands, actions)

    @classmethod
    def replayed(cls, trace: Trace) -> Self:
        """A cluster in the state that a trace leads to.

        Raises:
            UsageError: an action of the trace is not enabled where it should happen; the text lists what is.
        """
        if ORIGIN in trace.setup:
            raise UsageError(
                f"this run began with the cluster saved in {trace.setup[ORIGIN]}, which the trace does not hold: "
                "load that file instead"
            )
        plane = cls(**trace.setup)
        commands = list(trace.commands)
        for step, action in enumerate(trace.actions):
            while commands and commands[0].step <= step:
                plane._repeat(commands.pop(0))
            plane.world.step(action)
        for command in commands:
            plane._repeat(command)
        return plane

    def _repeat(self, command: Command) -> None:
        if command.op == "request":
            self._submit(request_of(command.data))
        elif command.op == "advance":
            self._note("advance", command.data)
            self.world.clock.advance(command.data)
        elif command.op == "rotate":
            self.rotate_keys(keep=command.data)
        elif command.op == "crash":
            self.crash(command.data)
        elif command.op == "upgrade":
            self.upgrade(command.data["minor"], gates=command.data["gates"])
        elif command.op == "certificate":
            self.note_certificate(*command.data)
        else:
            raise UsageError(f"the trace holds {command.op!r}, which this version of sanb does not know")


def written(request: Request) -> dict[str, Any]:
    """A request as JSON, without the fields that are empty."""
    row = {
        **request._asdict(),
        "body": plain(request.body),
        "options": dict(request.options),
        "token": str(request.token),
        "warnings": list(request.warnings) or None,
        "user": _person(request.user),
        "impersonate": None if request.impersonate is None else _person(request.impersonate),
    }
    return {name: value for name, value in row.items() if value not in ("", None, {})}


def request_of(row: dict[str, Any]) -> Request:
    """The request that `written` was given."""
    found = {**row, "user": _user(row["user"])}
    if "impersonate" in row:
        found["impersonate"] = _user(row["impersonate"])
    if "warnings" in row:
        found["warnings"] = tuple(row["warnings"])
    return Request(**found)


def _person(user: UserInfo) -> list[Any]:
    return [user.name, user.uid, list(user.groups), [[key, list(values)] for key, values in user.extra]]


def _user(written: list[Any]) -> UserInfo:
    name, uid, groups, extra = written
    return UserInfo(name, uid, tuple(groups), tuple((key, tuple(values)) for key, values in extra))
