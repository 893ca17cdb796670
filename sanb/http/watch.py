"""Watch streams as bytes: one JSON document a line."""

from __future__ import annotations

import json
from collections.abc import Iterable

from sanb.apiserver.watching import Event
from sanb.values import json_default


def frame(event: Event) -> bytes:
    """One event as a line."""
    content = {"type": event.type, "object": event.object}
    return json.dumps(content, default=json_default, separators=(",", ":"), ensure_ascii=False).encode() + b"\n"


def frames(events: Iterable[Event]) -> bytes:
    """Events as lines."""
    return b"".join(frame(event) for event in events)
