"""How kubectl words the API server's refusals (SEM 12.1)."""

from __future__ import annotations

from sanb.errors import ApiError
from sanb.kubectl.result import Failure


def text(refusal: ApiError, doing: str = "") -> str:
    """The lines on stderr for a refused request; `doing` says what was tried (`error when creating "STDIN"`)."""
    if refusal.reason == "Unauthorized":
        return "error: You must be logged in to the server (Unauthorized)"
    if refusal.reason == "Invalid" and refusal.status.get("details") is not None:
        return _invalid(refusal)
    message = f"{doing}: {refusal.message}" if doing else refusal.message
    return f"Error from server ({refusal.reason}): {message}" if refusal.reason else f"Error from server: {message}"


def _invalid(refusal: ApiError) -> str:
    details = refusal.status["details"]
    subject = "The request is invalid"
    if details.get("kind") or details.get("name"):
        subject = f'The {details.get("kind", "")} "{details.get("name", "")}" is invalid'
    causes = [
        f"{cause['field']}: {cause['message']}" if cause.get("field") else cause.get("message", "")
        for cause in details.get("causes") or ()
    ]
    causes = list(dict.fromkeys(causes))
    if not causes:
        return f"{subject}: {refusal.message}" if subject == "The request is invalid" else subject
    if len(causes) == 1:
        return f"{subject}: {causes[0]}"
    return "\n".join([f"{subject}: ", *(f"* {cause}" for cause in causes)])


def failure(refusal: ApiError, doing: str = "") -> Failure:
    """The refusal as the end of a command."""
    return Failure(text(refusal, doing))
