"""The widget: a panel or all of them. It has no state of its own: its desk has, and tells it differences."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import anywidget
import traitlets

from sanb.widgets import still

if TYPE_CHECKING:
    from sanb.widgets.desk import Desk

STATIC: Final = Path(__file__).parent / "static"


class Widget(anywidget.AnyWidget):
    """The bundle with the parts that it shows."""

    _esm = (STATIC / "lab.js").read_text(encoding="utf-8")
    _css = (STATIC / "lab.css").read_text(encoding="utf-8")
    parts = traitlets.List(traitlets.Unicode()).tag(sync=True)
    height = traitlets.Int(0).tag(sync=True)

    def _still(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """What readers without a kernel see, and its metadata."""
        raise NotImplementedError

    def _repr_mimebundle_(self, **options: Any) -> Any:
        """The widget, and what shows where it cannot."""
        bundle = super()._repr_mimebundle_(**options)
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle or {}, {})
        more, size = self._still()
        return {**data, **more}, {**metadata, **size}


class Panel(Widget):
    """Parts of the Lab in a notebook; close it with `.close()`."""

    def __init__(self, desk: Desk, parts: tuple[str, ...], height: int = 0) -> None:
        super().__init__(parts=list(parts), height=height)
        self.desk = desk
        self.ready = False
        """Whether a browser has asked for the state: before that nobody listens."""
        self.on_msg(self._received)
        desk.opened(self)

    def _received(self, _: Any, content: Any, buffers: Any) -> None:
        """A message of the browser. It may come on another thread, while a cell runs: it is queued, nothing else."""
        self.desk.receive(self, content)

    def close(self) -> None:
        """Take the panel away, and all that it holds."""
        self.desk.closed(self)
        super().close()

    def __repr__(self) -> str:
        return f"Lab of {self.desk.cluster!r}: {', '.join(self.parts)}"

    def _still(self) -> tuple[dict[str, Any], dict[str, Any]]:
        with self.desk.cluster.lock:
            return still.bundle(self.desk.cluster, self.parts)
