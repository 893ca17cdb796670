"""Requests that fail on purpose, to see how programs take it: `create pods 500`, `update * 409 2`.

A fault names a verb, a resource with its subresource (`pods/eviction`), either of which may be `*`, the code of the answer, and
how often it happens (always, unless a number follows).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from sanb.apiserver import status
from sanb.apiserver.request import Request
from sanb.errors import ApiError, UsageError

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


def faults(texts: Iterable[str]) -> tuple[Fault, ...]:
    """The faults that texts describe.

    Raises:
        UsageError: one of them is none.
    """
    return tuple(Fault(text) for text in texts)


def meet(found: Iterable[Fault], request: Request) -> None:
    """Let a request fail if one of the faults is about it.

    Raises:
        ApiError: the fault's answer.
    """
    for fault in found:
        if fault.hits(request):
            raise fault.error()
