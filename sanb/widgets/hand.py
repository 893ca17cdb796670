"""The hand that the Lab acts with: a request is served and nothing else happens, so that people can watch what follows."""

from __future__ import annotations

from typing import Any, NamedTuple

from sanb.apiserver.request import Request, Response
from sanb.components import APISERVER
from sanb.errors import ApiError, UsageError
from sanb.kernel.action import Action
from sanb.kubectl import run
from sanb.kubectl.result import Result


class Sent(NamedTuple):
    """A request and how it ended: with an answer or a refusal, or (neither) not yet."""

    request: Request
    response: Response | None
    refusal: ApiError | None


class Waits(UsageError):
    """The API server puts the call off; `number` is the call's."""

    def __init__(self, number: int, why: str) -> None:
        super().__init__(f"call {number} waits: {why}. Step on to see how it ends.")
        self.number = number


class Hand:
    """A control plane for kubectl. `patient`: calls that are put off go on in their own time, otherwise with the rest."""

    def __init__(self, cp: Any, *, patient: bool = True) -> None:
        self.cp = cp
        self.sent: list[Sent] = []
        self.pending: list[int] = []
        self._patient = patient

    def __getattr__(self, name: str) -> Any:
        return getattr(self.cp, name)

    def request(self, request: Request) -> Response:
        """Send a request and have it served.

        Raises:
            ApiError: it was refused.
            Waits: it was put off, or nobody serves.
        """
        cp = self.cp
        number = cp.submit(request)
        serve = Action("serve", APISERVER, number)
        while serve in cp.enabled():  # a request may have to be decided more than once
            cp.step(serve)
            if number in cp.world.replies:
                break
            ahead = [action for action in cp.enabled() if action.op == "serve"][:1]
            if ahead and ahead[0] != serve and number not in cp.world.server.calls:
                cp.step(ahead[0])  # another call that this one needs first
        if number not in cp.world.replies and not self._patient:
            cp.run(until=lambda _: number in cp.world.replies, for_=3600)
        return self._ended(request, number)

    def _ended(self, request: Request, number: int) -> Response:
        try:
            response: Response | None = self.cp.collect(number)
        except ApiError as refusal:
            self.sent.append(Sent(request, None, refusal))
            raise
        self.sent.append(Sent(request, response, None))
        if response is None:
            self.pending.append(number)
            served = number in self.cp.world.server.calls
            raise Waits(number, "the API server is paused" if served else "the API server decides it again later")
        return response

    def kubectl(self, line: str | list[str], stdin: str | None = None) -> Result:
        """Run a command of kubectl by this hand."""
        return run(self, line, stdin)
