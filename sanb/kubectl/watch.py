"""get -w: what there is, and then every change while virtual time goes on, until nothing more happens."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final

from sanb.apiserver.resources import Resource
from sanb.errors import ApiError
from sanb.kernel.policy import fifo
from sanb.kubectl import failures, output
from sanb.kubectl.result import error
from sanb.kubectl.session import Session
from sanb.kubectl.spans import seconds_of
from sanb.values import Obj
from sanb.views import text

if TYPE_CHECKING:
    from sanb.kernel.action import Action
    from sanb.kernel.world import World

HORIZON: Final = 3600.0
"""How much virtual time a watch looks at when --request-timeout does not say."""
ONE_TYPE: Final = "you may only specify a single resource type"


class Watch:
    """One resource being watched: the versions that were shown, and the widths of the columns so far."""

    def __init__(self, session: Session, row: Resource, table: Obj) -> None:
        self.session = session
        self.row = row
        self.form = session.parsed.text("output")
        self.columns = table["columnDefinitions"]
        self.widths: list[int] = []
        self.headed = session.parsed.on("no-headers")
        self.known: dict[tuple[str, str], Obj] = {_key(one): one for one in table["rows"]}

    def show(self, rows: Sequence[Obj], event: str) -> None:
        """Print rows, in the format of the command."""
        if self.form not in ("", "wide"):
            for row in rows:
                output.write(self.session, self.form, [row["object"]])
            return
        from sanb.kubectl.get import rows_of

        table = {"columnDefinitions": self.columns, "rows": rows}
        cells = rows_of(self.session, self.row, table, False, self.form == "wide")
        head = [] if self.session.parsed.on("no-headers") else [cells.pop(0)]
        if self.session.parsed.on("output-watch-events"):
            head, cells = [["EVENT", *one] for one in head], [[event, *one] for one in cells]
        self._lines([*([] if self.headed else head), *cells])
        self.headed = True

    def _lines(self, rows: list[list[str]]) -> None:
        """Print lines; columns are never narrower than they were."""
        if not rows:
            return
        self.widths = self.widths or [0] * len(rows[0])
        self.widths = [max(width, *(len(row[place]) for row in rows)) for place, width in enumerate(self.widths)]
        for row in rows:
            padded = [cell.ljust(width + text.PADDING) for cell, width in zip(row[:-1], self.widths, strict=False)]
            self.session.print("".join([*padded, row[-1]]) + "\n")

    def look(self) -> None:
        """Print what has changed since the last look."""
        now = {_key(one): one for one in self._rows()}
        for key, row in now.items():
            before = self.known.get(key)
            if (
                before is None
                or before["object"]["metadata"]["resourceVersion"] != row["object"]["metadata"]["resourceVersion"]
            ):
                self.show([row], "ADDED" if before is None else "MODIFIED")
        for key, row in self.known.items():
            if key not in now:
                self.show([row], "DELETED")
        self.known = now

    def _rows(self) -> list[Obj]:
        from sanb.kubectl.get import AS_TABLE

        session, parsed = self.session, self.session.parsed
        options: dict[str, Any] = dict(AS_TABLE)
        for flag, option in (("selector", "labelSelector"), ("field-selector", "fieldSelector")):
            if parsed.text(flag):
                options[option] = parsed.text(flag)
        names = [name for _, found in session.targets(parsed.arguments) for name in found]
        if names:
            options["fieldSelector"] = f"metadata.name={names[0]}"
        namespace = "" if parsed.on("all-namespaces") else session.namespace
        try:
            found: list[Obj] = session.ask("list", self.row, namespace, options=options)["rows"]
        except ApiError:
            return []
        return found


def _key(row: Obj) -> tuple[str, str]:
    metadata = row["object"]["metadata"]
    return metadata.get("namespace", ""), metadata["name"]


def watch(session: Session, tables: list[tuple[Resource, Obj]], problems: list[str]) -> None:
    """Print objects and their changes.

    Raises:
        Failure: the command names several kinds, or what it names was refused.
    """
    if len(tables) != 1:
        raise error(ONE_TYPE)
    failures.end(problems)
    row, table = tables[0]
    watched = Watch(session, row, table)
    if table["rows"] and not session.parsed.on("watch-only"):
        watched.show(table["rows"], "ADDED")
    seconds = seconds_of(session.parsed.text("request-timeout"), "request-timeout", "kubectl get") or HORIZON
    settle(session, watched.look, seconds)


def settle(session: Session, look: Callable[[], None], seconds: float) -> None:
    """Let everything happen that is under way, and look after everything that changed something."""
    cp = session.cp
    if getattr(cp, "run", None) is None:
        return
    end, seen = session.now + seconds, 0

    def policy(world: World, enabled: Sequence[Action]) -> Action | None:
        """The next action, as long as nothing has changed and nothing waits for a later time than the end."""
        action = fifo(world, enabled)
        late = action is not None and action.op == "fire" and _due(world) > end
        return None if late or world.store.rev != seen else action

    while True:
        seen = cp.store.rev
        cp.run(policy=policy)
        changed = cp.store.rev != seen
        seen = cp.store.rev
        look()
        if not changed and cp.store.rev == seen:
            return


def _due(world: World) -> float:
    timer = world.clock.next(upkeep=False)
    return timer.due if timer is not None else 0.0
