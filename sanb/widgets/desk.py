"""The desk of one cluster: what its panels were shown, and the one place where their commands are applied."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from time import monotonic
from typing import Any, Final, Protocol

from sanb.controlplane import ControlPlane
from sanb.errors import ApiError, SanbError, UsageError
from sanb.kernel.action import Action
from sanb.kubectl.result import Result
from sanb.times import rfc3339
from sanb.views.actions import sentence
from sanb.views.causes import TITLES
from sanb.widgets import cards, picture
from sanb.widgets.cards import Enabled
from sanb.widgets.hand import Hand
from sanb.widgets.lanes import Lanes
from sanb.widgets.picture import Picture
from sanb.widgets.player import Player
from sanb.widgets.script import Script, paused, step_of
from sanb.widgets.sections import Section, differences


class Panel(Protocol):
    """What a desk tells things: a widget, or one end of a widget for several clusters."""

    parts: Any
    ready: bool
    """Whether a browser has asked for the state: before that nobody listens."""

    def send(self, content: Any) -> None:
        """Tell the browser."""

    def close(self) -> None:
        """Take it away."""


PARTS: Final[dict[str, tuple[str, ...]]] = {
    "graph": picture.NAMES, "timeline": ("marks",), "queues": ("cards", "actions"), "create": (), "inspector": (),
    "tables": (), "console": ("lines",),
}
"""What can be shown, and the sections that each part needs beside `head`."""
GROWING: Final = ("marks", "lines")
"""Sections that only grow: of these only what is new is looked at."""
PAUSE: Final = 0.05
"""Seconds between two pictures while a cell steps the cluster."""
SHARE: Final = 3.0
"""A picture may take a third of the time at most."""
TOUCHED: Final = 200
"""Objects that a message says were touched."""


class Desk:
    """Shows a cluster to its panels. All public methods may be called on any thread."""

    def __init__(self, cluster: Any) -> None:
        self.cluster = cluster
        self.panels: list[Panel] = []
        self.player = Player(self)
        self.script = Script()
        self.hand = Hand(cluster)
        self.lanes = Lanes()
        self.enabled = Enabled()
        self.picture = Picture()
        self.selected = ""
        self.said = ""
        self.paused: dict[str, ExitStack] = {}
        self._inbox: deque[tuple[Panel, dict[str, Any]]] = deque()
        self._shown: dict[str, Section] = {}
        self._world = cluster.world
        self._rev = cluster.store.rev
        self._busy_here = 0
        self._scheduled = False
        self._last, self._cost = 0.0, 0.0

    # ------------------------------------------------------------------ panels

    def opened(self, panel: Panel) -> None:
        """A panel was made."""
        self.player.attach()
        self.panels.append(panel)
        if self.told not in self.cluster.observers:
            self.cluster.observers.append(self.told)

    def closed(self, panel: Panel) -> None:
        """A panel is gone; with the last one the cluster is no longer watched."""
        if panel in self.panels:
            self.panels.remove(panel)
        if not self.panels:
            self.player.stop()
            if self.told in self.cluster.observers:
                self.cluster.observers.remove(self.told)

    # ------------------------------------------------------------------ commands

    def receive(self, panel: Panel, content: dict[str, Any]) -> None:
        """Queue a command of a browser, and apply what is queued as soon as the cluster is free."""
        self._inbox.append((panel, content))
        self.drain()

    def drain(self) -> None:
        """Apply the queued commands in their order; panels are told the results and what has changed."""
        from sanb.widgets.commands import obey

        with self.cluster.lock:
            if self._busy_here:
                return  # somebody further up is at it and will go on with these
            with self._acting():
                while self._inbox:
                    panel, content = self._inbox.popleft()
                    panel.send(obey(self, panel, content))
            self.publish()
            if self.busy():
                self.player.wake()

    @contextmanager
    def _acting(self) -> Iterator[None]:
        self._busy_here += 1
        try:
            yield
        finally:
            self._busy_here -= 1

    def say(self, kind: str, text: str) -> None:
        """A line of the console."""
        self.script.say(kind, text)

    # ------------------------------------------------------------------ acting

    def busy(self) -> bool:
        """Whether something can happen but upkeep."""
        world = self.cluster.world
        if not self.paused:
            return world.first() is not None
        visible = set(ControlPlane.enabled(self.cluster))
        return any(action in visible for action in world.enabled(upkeep=False))

    def step(self, action: Action | None) -> None:
        """Make this action happen, or the one that is next.

        Raises:
            UsageError: it can no longer happen.
        """
        cp = self.cluster
        if action is not None and action not in ControlPlane.enabled(cp):
            raise UsageError("this can no longer happen: something else has happened meanwhile")
        if action is None and not self.busy():
            raise UsageError("it is quiet: create something, let time pass, or choose what is to happen")
        python = "c.step()" if action is None else step_of(action)
        with self._acting():
            # an action is told in words before it happens; which one the policy picks is known only afterwards
            likely = [action] if action is not None else ControlPlane.enabled(cp)[:cards.MOST]
            words = {each: sentence(cp.world, each) for each in likely}
            made = cp.step(action)
        self.said = words.get(made) or made.sentence
        self.script.acted(self.said, python)

    def run_until(self, end: float) -> None:
        """Let everything happen that can, until it is quiet or this moment of the wall's clock."""
        before = self.cluster.world.steps
        self.cluster.settle(until=lambda: monotonic() > end)
        actions, quiet = self.cluster.world.steps - before, not self.busy()
        self.script.ran(actions, quiet)
        if quiet:
            self.said = "it has come to rest: nothing is left to do"

    def pause(self, name: str) -> None:
        """A component does nothing from now on."""
        if name not in self.paused:
            stack = ExitStack()
            stack.enter_context(self.cluster.paused(name))
            self.paused[name] = stack
            self.said = f"{TITLES.get(name, 'API server')} is paused"
            self.script.acted(self.said, f"{paused(name)} = c.paused({name!r}); {paused(name)}.__enter__()")

    def resume(self, name: str) -> None:
        """A component goes on."""
        stack = self.paused.pop(name, None)
        if stack is not None:
            stack.close()
            self.said = f"{TITLES.get(name, 'API server')} goes on"
            self.script.acted(self.said, f"{paused(name)}.__exit__(None, None, None)")

    def crash(self, name: str) -> None:
        """The process of a component ends and starts anew."""
        with self._acting():
            process = self.cluster.crash(name)
        self.said = f"{process} has crashed and starts anew: its queues are gone, it lists what there is"
        self.script.acted(self.said, f"c.crash({process!r})")

    def kubectl(self, line: str, argv: list[str] | None = None, stdin: str | None = None) -> Result:
        """Run a command of kubectl as the Lab does: only its own calls are served."""
        self.script.command(line if line.startswith("kubectl") else f"kubectl {line}", stdin)
        with self._acting():
            result = self.hand.kubectl(argv if argv is not None else line, stdin)
        self.hand.sent.clear()
        self.say("out", result.stdout)
        self.say("err", result.stderr)
        told = (result.stdout or result.stderr).strip()
        self.said = told if told and "\n" not in told else line
        return result

    def _collect(self) -> None:
        """Tell how calls ended that were put off."""
        for number in list(self.hand.pending):
            try:
                response = self.cluster.collect(number)
            except ApiError as refusal:
                self.hand.pending.remove(number)
                self.say("err", f"call {number} was refused: {refusal.message}")
                self.said = refusal.message
                continue
            if response is not None:
                self.hand.pending.remove(number)
                self.say("out", f"call {number} was answered: {response.code}")

    # ------------------------------------------------------------------ showing

    def told(self) -> None:
        """The cluster says that something happened: a cell has run it, or a client over HTTP."""
        if self._busy_here or not self.panels:
            return
        self.player.wake()
        if monotonic() - self._last >= max(PAUSE, SHARE * self._cost):
            self.publish()
        elif self.player.loop is not None and not self._scheduled:
            self._scheduled = True
            self.player.loop.call_soon_threadsafe(self._later)

    def _later(self) -> None:
        self._scheduled = False
        self.publish()

    def publish(self) -> None:
        """Send every panel the differences to what it was shown."""
        with self.cluster.lock:
            if not any(panel.ready for panel in self.panels):
                return
            began = monotonic()
            with self._acting():
                self._collect()
                fresh = self._sections()
                touched = dict(list(picture.changed(self.cluster, self._rev).items())[:TOUCHED])
                self._rev = self.cluster.store.rev
                patches = differences({n: s for n, s in self._shown.items() if n not in GROWING}, fresh)
                patches |= self._grown()
                self._shown |= fresh
                self._send(patches, touched)
            self._last = monotonic()
            self._cost = self._last - began

    def _send(self, patches: dict[str, Any], touched: dict[str, str]) -> None:
        for panel in self.panels:
            own = {name: patches[name] for name in sections_of(panel.parts) if name in patches}
            if panel.ready and (own or touched):
                panel.send({"patch": own, "touched": touched})

    def _sections(self) -> dict[str, Section]:
        cp = self.cluster
        if cp.world is not self._world:  # the cluster was put into another state
            self._world, self.lanes, self.picture = cp.world, Lanes(), Picture()
            self._rev = cp.store.rev
        actions = ControlPlane.enabled(cp)
        return {
            "head": self._head(actions), **self.picture.sections(cp), "cards": cards.cards(cp, self.paused, actions),
            "actions": self.enabled.section(cp, actions),
        }

    def _head(self, actions: list[Action]) -> Section:
        cp = self.cluster
        return {
            "minor": cp.minor, "seed": cp.seed, "time": rfc3339(cp.now), "now": cp.now, "rev": cp.store.rev,
            "steps": cp.world.steps, "busy": self.busy(), "can": bool(actions), "said": self.said,
            "selected": self.selected, "namespace": self.picture.namespace, "spaces": picture.spaces(cp),
            **self.player.state(),
        }

    def _grown(self) -> dict[str, Any]:
        """What is new in the sections that only grow."""
        marks = self.lanes.fresh(self.cluster)
        shown = self._shown.get("lines", {})
        lines = {number: line for number, line in self.script.lines.items() if number not in shown}
        self._shown["lines"] = dict(self.script.lines)
        grown: dict[str, Section] = {"marks": marks, "lines": lines}
        return {name: {"put": more} for name, more in grown.items() if more}

    def snapshot(self, panel: Panel) -> dict[str, Any]:
        """Everything that a panel needs that has just been opened, or opened again."""
        from sanb.widgets import forms, tables

        panel.ready = True
        self.publish()
        every: dict[str, Section] = {**self._shown, "marks": self.lanes.marks, "lines": self.script.lines}
        return {
            "sections": {name: every.get(name, {}) for name in sections_of(panel.parts)},
            "looks": picture.looks(), "forms": forms.described(), "tables": tables.names(), "titles": dict(TITLES),
        }

    # ------------------------------------------------------------------ after errors

    def failed(self, problem: Exception) -> str:
        """What the Lab shows of an error; nothing is ever raised into the notebook."""
        if isinstance(problem, ApiError):
            return problem.message
        if isinstance(problem, SanbError):
            return str(problem)
        return f"internal problem of the Lab: {type(problem).__name__}: {problem}"


def sections_of(parts: list[str]) -> list[str]:
    """The sections that these parts need."""
    return ["head", *dict.fromkeys(name for part in parts for name in PARTS[part])]
