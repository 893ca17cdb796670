"""What a client asks and what the server answers, as values: the same for Python, kubectl, HTTP and controllers."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from sanb.kernel.outcome import Decision, Outcome, Wait, Write
from sanb.values import Lazy

__all__ = [
    "ADMIN", "ANONYMOUS", "NOBODY", "NOTHING", "Decision", "Outcome", "Request", "Response", "UserInfo", "Wait", "Write",
]

NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})


class UserInfo(NamedTuple):
    """Who asks."""

    name: str
    uid: str = ""
    groups: tuple[str, ...] = ()
    extra: tuple[tuple[str, tuple[str, ...]], ...] = ()


ADMIN: Final = UserInfo("admin", "admin-uid", ("system:masters", "system:authenticated"))
ANONYMOUS: Final = UserInfo("system:anonymous", groups=("system:unauthenticated",))
"""Who shows nothing."""
NOBODY: Final = UserInfo("")
"""Who shows a token, until the server has looked at it."""


class Request(NamedTuple):
    """One API call.

    `verb` is get, list, watch, create, update, patch, delete or deletecollection. `resource` is the group-qualified
    plural ("pods", "deployments.apps"). `options` holds the query (snake or camel case as in Kubernetes: `labelSelector`,
    `fieldSelector`, `limit`, `continue`, `resourceVersion`, `dryRun`, `fieldManager`, `force`, `fieldValidation`) and, for
    patch, `patchType` (json, merge, strategic, apply); for delete the body is the DeleteOptions.
    """

    verb: str
    resource: str
    namespace: str = ""
    name: str = ""
    subresource: str = ""
    body: Any = None
    options: Mapping[str, Any] = NOTHING
    user: UserInfo = ADMIN
    api_version: str = ""
    impersonate: UserInfo | None = None
    """Whom the user asks to act as, in the words of the request: without groups that the server adds."""
    path: str = ""
    """A URL that is no resource ("/version"); `resource` is empty then and `verb` the HTTP method in lower case."""
    token: str | Lazy = ""
    """The bearer token that tells who asks: the server puts the user in its place, or refuses."""
    warnings: tuple[str, ...] = ()
    """What the server has to say about the token: it goes with the answer."""
    shown: str = ""
    """The token that was shown, once the server has looked at it."""

    @property
    def acting(self) -> UserInfo:
        """The user as whom the request is made: the one who is impersonated, if somebody is."""
        return self.user if self.impersonate is None else self.impersonate


class Response(NamedTuple):
    """What the client receives; `warnings` become Warning headers."""

    code: int
    body: Any
    warnings: tuple[str, ...] = ()
