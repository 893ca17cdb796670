"""A panel whose messages are kept instead of sent."""

from __future__ import annotations

import json
from typing import Any

import pytest

import sanb
from sanb.widgets.base import Panel


class Browser:
    """The other end of a panel: what it was told, and the state that it would show."""

    def __init__(self, cluster: sanb.Cluster, panel: Panel | None = None) -> None:
        self.cluster = cluster
        self.panel = panel or cluster.lab()
        self.sent: list[dict[str, Any]] = []
        self.sections: dict[str, dict[str, Any]] = {}
        self.panel.send = self._hear  # type: ignore[method-assign]
        self.sections = self.ask("hello")["sections"]

    def _hear(self, message: dict[str, Any], buffers: Any = None) -> None:
        message = json.loads(json.dumps(message))
        self.sent.append(message)
        for name, patch in message.get("patch", {}).items():
            section = self.sections.setdefault(name, {})
            section.update(patch.get("put", {}))
            for gone in patch.get("drop", ()):
                del section[gone]

    def answer(self, what: str, **rest: Any) -> dict[str, Any]:
        """The whole answer to a command."""
        number = f"t-{len(self.sent)}"
        self.panel._received(self.panel, {"id": number, "do": what, **rest}, [])
        found: dict[str, Any] = next(message for message in self.sent if message.get("re") == number)
        return found

    def ask(self, what: str, **rest: Any) -> Any:
        """The answer to a command that succeeds."""
        found = self.answer(what, **rest)
        assert "error" not in found, found
        return found["ok"]

    def create(self, form: str, **values: str) -> Any:
        """Fill in a form and press its button."""
        return self.ask("create", form=form, values=values)

    @property
    def nodes(self) -> dict[str, Any]:
        """The cards of the graph."""
        return self.sections["nodes"]

    @property
    def next(self) -> list[str]:
        """The sentences of what can happen next."""
        actions = self.sections["actions"]
        return [actions[str(number)][0] for number in actions["order"]]

    @property
    def console(self) -> list[str]:
        """The lines of the console."""
        return [text for _, text in self.sections["lines"].values()]


@pytest.fixture
def browser() -> Browser:
    return Browser(sanb.Cluster("1.36"))


@pytest.fixture
def old() -> Browser:
    return Browser(sanb.Cluster("1.10"))
