"""What a command printed."""

from __future__ import annotations

from typing import Any, NamedTuple


class Result(NamedTuple):
    """A finished command; shown as a terminal would show it."""

    exit_code: int
    stdout: str
    stderr: str

    def __repr__(self) -> str:
        return (self.stdout + self.stderr).removesuffix("\n")

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """Plain text only, so that columns stay aligned."""
        return {"text/plain": repr(self)}


class Failure(Exception):
    """A command ends with exit code `code` and this text on stderr; an empty text prints nothing."""

    def __init__(self, text: str = "", code: int = 1) -> None:
        super().__init__(text)
        self.text = text
        self.code = code


class Unreadable(Failure):
    """An object that kubectl itself does not take: it reads no further in the file that has it."""


def error(text: str) -> Failure:
    """kubectl's own refusal: `error: <text>`."""
    return Failure(f"error: {text}")
