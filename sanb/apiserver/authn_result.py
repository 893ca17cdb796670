"""What the judges of claims come to."""

from __future__ import annotations

from typing import NamedTuple

from sanb.apiserver.request import Request


class Accepted(NamedTuple):
    """The ServiceAccount that a token stands for; `extra` is what its user carries besides."""

    namespace: str
    name: str
    uid: str
    extra: tuple[tuple[str, tuple[str, ...]], ...] = ()
    warnings: tuple[str, ...] = ()
    use: Request | None = None
    """The call that notes the use of a Secret's token."""


class TokenRefused(Exception):
    """A token that is ours and no longer worth anything; the call `use` is made all the same."""

    def __init__(self, text: str, use: Request | None = None) -> None:
        super().__init__(text)
        self.use = use
