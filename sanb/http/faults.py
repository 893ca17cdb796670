"""Requests that fail on purpose, to see how programs take it: `create pods 500`, `update * 409 2`.

A fault names a verb, a resource with its subresource (`pods/eviction`), either of which may be `*`, the code of the answer, and
how often it happens (always, unless a number follows).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from sanb.apiserver import status
from sanb.apiserver.request import Request
from sanb.errors import ApiError, UsageError
from sanb.http.calls import Call
from sanb.http.front import Front

ANY: Final = "*"
INJECTED: Final = "this answer is a fault that was asked for"
REASONS: Final = {
    401: "Unauthorized", 403: "Forbidden", 404: "NotFound", 409: "Conflict", 410: "Expired", 500: "InternalError",
    503: "ServiceUnavailable", 504: "Timeout",
}


class Fault:
    """One kind of request that fails.

    Attributes:
        left: how often it still happens; None for always.
    """

    def __init__(self, text: str) -> None:
        words = text.split()
        numbers = [word for word in words[2:] if word.isdigit()]
        if len(words) not in (3, 4) or len(numbers) != len(words) - 2 or int(words[2]) not in (*REASONS, 429):
            codes = ", ".join(str(code) for code in sorted((*REASONS, 429)))
            raise UsageError(
                f"{text!r} is no fault: write VERB RESOURCE CODE or VERB RESOURCE CODE TIMES, like 'create pods 500' or "
                f"'update * 409 2'; codes are {codes}"
            )
        self.verb, self.resource, self.code = words[0], words[1], int(words[2])
        self.left = int(words[3]) if len(words) == 4 else None

    def hits(self, request: Request) -> bool:
        """Whether this request fails; it is counted then."""
        what = f"{request.resource}/{request.subresource}" if request.subresource else request.resource
        if self.verb not in (ANY, request.verb) or self.resource not in (ANY, what) or self.left == 0 or not request.resource:
            return False
        if self.left is not None:
            self.left -= 1
        return True

    def error(self) -> ApiError:
        """The answer."""
        return status.too_many_requests() if self.code == 429 else status.failure(self.code, REASONS[self.code], INJECTED)


def inject(front: Front, texts: Iterable[str]) -> None:
    """Let requests to a served cluster fail; what goes past HTTP does not.

    Raises:
        UsageError: a text is no fault.
    """
    faults = [Fault(text) for text in texts]
    request_of: Callable[[Call], Request] = front.request_of

    def broken(call: Call) -> Request:
        request = request_of(call)
        for fault in faults:
            if fault.hits(request):
                raise fault.error()
        return request

    front.request_of = broken  # type: ignore[method-assign]
