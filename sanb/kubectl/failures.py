"""How kubectl words the API server's refusals (SEM 12.1)."""

from __future__ import annotations

from collections.abc import Sequence

from sanb.errors import ApiError
from sanb.kubectl.result import Failure


class Told(str):
    """The lines about a refusal; `among` is how they read when others are told with them."""

    __slots__ = ("among",)
    among: str


def text(refusal: ApiError, doing: str = "") -> str:
    """The lines on stderr for a refused request; `doing` says what was tried (`error when creating "STDIN"`)."""
    if refusal.reason == "Unauthorized":
        return "error: You must be logged in to the server (Unauthorized)"
    message = f"{doing}: {refusal.message}" if doing else refusal.message
    plain = f"Error from server ({refusal.reason}): {message}" if refusal.reason else f"Error from server: {message}"
    if refusal.reason != "Invalid" or refusal.status.get("details") is None:
        return plain
    told = Told(_invalid(refusal))
    told.among = plain
    return told


def end(problems: Sequence[str]) -> None:
    """End the command if something was refused: several refusals are told more plainly than one alone.

    Raises:
        Failure: something was.
    """
    if len(problems) == 1:
        raise Failure(problems[0])
    if problems:
        raise Failure("\n".join(_among(one) for one in problems))


def _among(problem: str) -> str:
    return problem.among if isinstance(problem, Told) else problem.removeprefix("error: ")


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
