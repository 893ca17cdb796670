"""What has happened: calls that were served, and steps that were made."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any, NamedTuple


class Cause(NamedTuple):
    """Why a call was made: by which controller, for which key, because of which revision."""

    actor: str
    key: Hashable
    rev: int


class Served(NamedTuple):
    """One call and its outcome. Revisions `first_rev` to `last_rev` are its writes (0: none).

    `kept` is what the server keeps of an answer that is stored nowhere: a token that it issued, or one that it approved of.
    """

    step: int
    time: float
    actor: str
    request: Any
    code: int
    first_rev: int
    last_rev: int
    cause: Cause | None
    message: str
    kept: Any = None


class Stepped(NamedTuple):
    """One action of the world."""

    step: int
    time: float
    op: str
    actor: str
    item: Hashable
