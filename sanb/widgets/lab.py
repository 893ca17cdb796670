"""`c.lab`: the Lab of a cluster, as a whole or in parts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sanb.widgets.desk import PARTS, Desk

if TYPE_CHECKING:
    from sanb.kubectl.result import Result
    from sanb.widgets.base import Panel

NO_WIDGETS: Final = "the Lab needs anywidget: install sanb-k8s[lab], or the package 'anywidget'"


class Lab:
    """Watch a cluster reconcile, and make it go step by step: `c.lab()` in a notebook.

    Parts can be shown alone: `c.lab.graph()`, `.timeline()`, `.queues()`, `.create()`, `.inspector()`, `.tables()`,
    `.console()`. All show the same cluster, the same selection and the same session. A cluster that has only just begun
    is let come to rest first, so that what can happen next is what you set off.
    """

    def __init__(self, cluster: Any) -> None:
        self.cluster = cluster
        self._desk: Desk | None = None
        self._panels: dict[tuple[str, ...], Panel] = {}

    @property
    def desk(self) -> Desk:
        """What the panels share."""
        if self._desk is None:
            with self.cluster.lock:
                trace = self.cluster.trace
                fresh = not trace.commands and not trace.actions
                if fresh:
                    self.cluster.run()
                self._desk = Desk(self.cluster)
                self._desk.script.rested = fresh
        return self._desk

    def __call__(self, height: int = 0) -> Panel:
        """The whole Lab.

        Parameters:
            height: pixels; 0 lets it choose.

        Raises:
            ImportError: anywidget is not installed; the text says how to get it.
        """
        return self._panel(tuple(PARTS), height)

    def graph(self, height: int = 0) -> Panel:
        """The objects and their relations."""
        return self._panel(("graph",), height)

    def timeline(self, height: int = 0) -> Panel:
        """Who did what, when, and because of what."""
        return self._panel(("timeline",), height)

    def queues(self, height: int = 0) -> Panel:
        """Controllers at work, and what can happen next."""
        return self._panel(("queues",), height)

    def create(self, height: int = 0) -> Panel:
        """Forms, and an editor for YAML."""
        return self._panel(("create",), height)

    def inspector(self, height: int = 0) -> Panel:
        """Everything about the object that is selected."""
        return self._panel(("inspector",), height)

    def tables(self, height: int = 0) -> Panel:
        """The frames."""
        return self._panel(("tables",), height)

    def console(self, height: int = 0) -> Panel:
        """kubectl, with what was done in the Lab as commands."""
        return self._panel(("console",), height)

    def _panel(self, parts: tuple[str, ...], height: int) -> Panel:
        try:
            from sanb.widgets.base import Panel
        except ImportError as error:
            raise ImportError(NO_WIDGETS) from error
        found = self._panels.get(parts)
        if found is None or found not in self.desk.panels:
            found = self._panels[parts] = Panel(self.desk, parts, height)
        return found

    # ------------------------------------------------------------------ going on from a cell

    async def play(self, speed: float = 2.0) -> None:
        """Let things happen one by one, so many a second, until it is quiet: `await c.lab.play(4)`."""
        player = self.desk.player
        player.mode, player.speed = "play", speed
        await player.go()
        player.stop()

    async def run(self) -> None:
        """Let things happen until it is quiet, while the Lab is shown what does: `await c.lab.run()`."""
        player = self.desk.player
        player.mode = "run"
        await player.go()

    def kubectl(self, line: str, stdin: str | None = None) -> Result:
        """A command as in the console of the Lab: its own calls are served, and nothing else happens meanwhile."""
        with self.cluster.lock:
            found = self.desk.kubectl(line, None, stdin)
            self.desk.publish()
        return found

    def script(self, form: str = "python") -> str:
        """What was done in the Lab, as "python" or as lines of "kubectl"."""
        return self.desk.script.exported(self.cluster)[form]

    def close(self) -> None:
        """Take all panels away; the cluster is no longer watched."""
        for panel in list(self.desk.panels):
            panel.close()
        self._panels.clear()

    def __repr__(self) -> str:
        return f"<Lab of {self.cluster!r}: call it in a notebook, or one of {', '.join(PARTS)}>"
