"""What can happen next, as values."""

from __future__ import annotations

from collections.abc import Hashable
from typing import NamedTuple


class Action(NamedTuple):
    """One thing that can happen: `op` is serve, reply, deliver, start or fire; `item` says on what."""

    op: str
    actor: str
    item: Hashable = None

    @property
    def sentence(self) -> str:
        """The action in plain words."""
        return _SENTENCES[self.op].format(actor=self.actor, item=_words(self.item))


_SENTENCES = {
    "serve": "{actor} serves call {item}",
    "reply": "{actor} receives the answer to call {item}",
    "deliver": "informer {actor} is told of the next change",
    "start": "{actor} starts on {item}",
    "fire": "the timer of {actor} for {item} goes off",
}


def _words(item: Hashable) -> str:
    return "/".join(map(str, item)) if isinstance(item, tuple) else str(item)
