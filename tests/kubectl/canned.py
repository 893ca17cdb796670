"""A control plane that answers every request with one prepared body or refusal."""

from __future__ import annotations

from typing import Any

from sanb.apiserver.request import Request, Response
from sanb.errors import ApiError
from sanb.profiles.profile import Profile


class Canned:
    """Keeps the requests it was sent."""

    def __init__(self, answer: Any, minor: str = "1.36") -> None:
        self.profile = Profile.of(minor)
        self.now = 1_600_000_000.0
        self.answer = answer
        self.requests: list[Request] = []

    def request(self, request: Request) -> Response:
        self.requests.append(request)
        if isinstance(self.answer, ApiError):
            raise self.answer
        return Response(200, self.answer)
