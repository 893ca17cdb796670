"""Errors of the API (Kubernetes' own, carried as a Status) and errors of ours."""

from __future__ import annotations

from typing import Any


class SanbError(Exception):
    """Base of every error that sanb raises itself."""


class UsageError(SanbError):
    """The caller asked for something that cannot be; the text says what, why and what to do next."""


class NondeterminismError(SanbError):
    """A reconcile did not repeat itself when it was rebuilt from its transcript."""


class ApiError(SanbError):
    """An API request that was refused; `status` is the Kubernetes Status object the client receives."""

    def __init__(self, status: dict[str, Any]) -> None:
        super().__init__(status.get("message", ""))
        self.status = status
        self.tally: tuple[tuple[Any, ...], ...] = ()
        """Counters of the store that advance although the request is refused."""
        self.plain: tuple[str, str] | None = None
        """Media type and text (with {path} in it) of an answer that is no Status: what some faults of a server give."""
        self.warnings: tuple[str, ...] = ()
        """Warning headers of the answer."""

    @property
    def code(self) -> int:
        """The HTTP status code."""
        return int(self.status.get("code", 500))

    @property
    def reason(self) -> str:
        """The machine-readable reason, for example `NotFound`; empty when the server gave none."""
        return str(self.status.get("reason", ""))

    @property
    def message(self) -> str:
        """The sentence for people."""
        return str(self.status.get("message", ""))

    def has_cause(self, reason: str) -> bool:
        """Whether `details.causes` names this reason, for example `NamespaceTerminating`."""
        causes = (self.status.get("details") or {}).get("causes") or ()
        return any(cause.get("reason") == reason for cause in causes)
