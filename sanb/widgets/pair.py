"""Clusters side by side in one widget: each has its own desk, what is done is done to all, differences are marked."""

from __future__ import annotations

from typing import Any

import traitlets

from sanb.views.differences import differences, signs
from sanb.widgets.base import Widget
from sanb.widgets.desk import Desk

PARTS = ("graph", "console")


class Side:
    """What the desk of one cluster takes for its panel."""

    def __init__(self, pair: Pair, number: int, desk: Desk) -> None:
        self.pair, self.number, self.desk = pair, number, desk
        self.parts = list(PARTS)
        self.ready = False

    def send(self, content: Any) -> None:
        """Tell the browser, and which side it is from."""
        self.pair.send({"side": self.number, "content": content})

    def close(self) -> None:
        """Nobody looks any longer."""
        self.desk.closed(self)


class Pair(Widget):
    """The widget; close it with `.close()`."""

    sides = traitlets.List(traitlets.Unicode()).tag(sync=True)

    def __init__(self, comparison: Any, height: int = 0) -> None:
        clusters = comparison.clusters
        super().__init__(parts=["compare"], sides=[cluster.minor for cluster in clusters], height=height)
        self.comparison = comparison
        self._ends = [Side(self, number, cluster.lab.desk) for number, cluster in enumerate(clusters)]
        for end in self._ends:
            end.desk.opened(end)
        self.on_msg(self._received)

    def _received(self, _: Any, content: Any, buffers: Any) -> None:
        """A message of the browser: for one side, or a question about both."""
        if "side" in content:
            end = self._ends[int(content["side"])]
            end.desk.receive(end, content["content"])
            return
        try:
            clusters = self.comparison.clusters
            found = {"rows": [list(row) for row in differences(clusters)], "signs": signs(clusters)}
            self.send({"re": content["id"], "ok": found})
        except Exception as problem:  # errors are shown in the Lab
            self.send({"re": content["id"], "error": self._ends[0].desk.failed(problem)})

    def close(self) -> None:
        """Take the widget away, and all that it holds."""
        for end in self._ends:
            end.close()
        super().close()

    def __repr__(self) -> str:
        return f"Lab of {self.comparison!r}"

    def _still(self) -> tuple[dict[str, Any], dict[str, Any]]:
        found: tuple[dict[str, Any], dict[str, Any]] = self.comparison.still()
        return found
