"""One request being decided: what every verb is given."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from sanb.apiserver import status
from sanb.apiserver.admission import Attributes
from sanb.apiserver.request import Decision, Request, Response, Write
from sanb.apiserver.resources import Resource
from sanb.apiserver.view import View
from sanb.values import Key, Obj, pack

if TYPE_CHECKING:
    from sanb.apiserver.server import ApiServer

DRY_RUN: Final = {"1.10": "ignored", "1.12": "refused", "1.13": "on"}
"""What the server makes of `dryRun` (gate DryRun: alpha 1.12, on from 1.13)."""


class Context:
    """A request, the resource it is about, and the view and server that decide it."""

    __slots__ = ("attempt", "options", "request", "resource", "server", "view", "warnings")

    def __init__(self, server: ApiServer, view: View, request: Request, resource: Resource, attempt: int) -> None:
        self.server = server
        self.view = view
        self.request = request
        self.resource = resource
        self.options: Mapping[str, Any] = request.options
        self.attempt = attempt
        self.warnings: tuple[str, ...] = ()

    @property
    def key(self) -> Key:
        """The key of the object that the request names."""
        return self.request.resource, self.request.namespace, self.request.name

    @property
    def dry_run(self) -> bool:
        """Whether nothing may be written.

        Raises:
            ApiError: 400, the minor refuses dry runs.
        """
        if not self.options or not self.options.get("dryRun"):
            return False
        mode = self.view.profile.pick(DRY_RUN)
        if mode == "refused":
            raise status.bad_request("the dryRun alpha feature is disabled")
        return bool(mode == "on")

    def live(self) -> Obj:
        """The stored object that the request names.

        Raises:
            ApiError: 404, there is none.
        """
        request = self.request
        version = self.view.table.get((request.resource, request.namespace, request.name))
        if version is None or version.obj is None:
            raise status.not_found(request.resource, request.name)
        return version.obj

    def attributes(self, operation: str, obj: Obj | None, old: Obj | None) -> Attributes:
        """What admission is told."""
        request = self.request
        return pack(Attributes, (
            operation, request.resource, request.subresource, request.namespace, request.name, obj, old,
            request.user, self.options, self.attempt,
        ))

    def store(
        self, code: int, key: Key, obj: Obj, tally: tuple[tuple[Hashable, ...], ...] = (), body: Obj | None = None
    ) -> Decision:
        """The decision that writes `obj` and answers with it, or with `body`.

        The revision is known here because a decision is committed before the next call is decided.
        """
        if self.options and self.dry_run:
            return Decision(Response(code, obj if body is None else body, self.warnings))
        obj = {**obj, "metadata": {**obj["metadata"], "resourceVersion": str(self.view.store.rev + 1)}}
        response = pack(Response, (code, obj if body is None else body, self.warnings))
        writes: tuple[Write, ...] = (pack(Write, (key, obj)),)
        return Decision(response, (*writes, *self._also()) if self.view.also else writes, tally)

    def _also(self) -> Iterator[Write]:
        """What admission writes besides: at the revisions after that of the object itself."""
        for number, (key, obj) in enumerate(self.view.also, self.view.store.rev + 2):
            yield Write(key, {**obj, "metadata": {**obj["metadata"], "resourceVersion": str(number)}})

    def remove(self, code: int, key: Key, body: Any) -> Decision:
        """The decision that deletes `key` and answers with `body`."""
        writes = () if self.options and self.dry_run else (Write(key, None),)
        return Decision(Response(code, body, self.warnings), writes)

    def answered(self, response: Response) -> Decision:
        """The decision of a response that somebody else made."""
        return Decision(response)

    def answer(self, code: int, body: Any) -> Decision:
        """The decision that writes nothing."""
        return Decision(Response(code, body, self.warnings))
