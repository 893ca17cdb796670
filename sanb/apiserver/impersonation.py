"""Impersonation: acting as somebody else, for those who may (SEM 9.9)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from sanb.apiserver import status
from sanb.apiserver.access import Access, access_of, refused
from sanb.apiserver.nodeauthorizer import PREFIX as NODE
from sanb.apiserver.rbac import ACCOUNT
from sanb.apiserver.request import Decision, Outcome, Request, UserInfo
from sanb.apiserver.view import View
from sanb.errors import ApiError

if TYPE_CHECKING:
    from sanb.apiserver.server import ApiServer

ANONYMOUS: Final = "system:anonymous"
AUTHENTICATED: Final = "system:authenticated"
UNAUTHENTICATED: Final = "system:unauthenticated"
AUTHENTICATION: Final = "authentication.k8s.io"
NODE_NAME: Final = "authentication.kubernetes.io/node-name"
NAMELESS: Final = {"1.10": "error", "1.35": "request"}
"""What groups, uid or extra without a user name are taken for."""
Tally = tuple[Any, ...]


class Mode(NamedTuple):
    """One way to be allowed to impersonate; `accesses` are all that the asking user must be allowed."""

    name: str
    fits: Callable[[UserInfo, UserInfo], bool]
    accesses: Callable[[UserInfo, UserInfo, Access], Iterator[Access]]


def act(server: ApiServer, view: View, request: Request, attempt: int) -> Outcome:
    """Decide a request as the user whom it asks to be.

    Raises:
        ApiError: 403, the asking user may not; whatever the request itself is refused with.
    """
    wanted = request.impersonate
    assert wanted is not None
    if not wanted.name:
        raise _nameless(view, wanted)
    plain = _allowed(server, view, request, wanted)
    tally = _tally(view, request, plain)
    request = request._replace(user=completed(wanted), impersonate=None)
    try:
        outcome = server.serve(view, request, attempt)
    except ApiError as error:
        error.tally = (*error.tally, *tally)
        raise
    return outcome._replace(tally=(*outcome.tally, *tally)) if isinstance(outcome, Decision) else outcome


def completed(wanted: UserInfo) -> UserInfo:
    """The user as whom a request goes on: an account without groups gets its own, and everybody is authenticated."""
    groups = wanted.groups
    if not groups and wanted.name.startswith(ACCOUNT):
        groups = ("system:serviceaccounts", f"system:serviceaccounts:{wanted.name.split(':')[2]}")
    if AUTHENTICATED in groups or UNAUTHENTICATED in groups:
        return wanted._replace(groups=groups)
    return wanted._replace(groups=(*groups, UNAUTHENTICATED if wanted.name == ANONYMOUS else AUTHENTICATED))


FAULT: Final = {"1.10": ("text/plain", ""), "1.20": ("text/plain; charset=utf-8", "\n")}
"""Media type and end of the line with which old servers answer to a fault of a filter."""


def _nameless(view: View, wanted: UserInfo) -> ApiError:
    groups = f"[]string{{{', '.join(map(status.quoted, wanted.groups))}}}" if wanted.groups else "[]string(nil)"
    extra = ", ".join(
        f"{status.quoted(key)}:[]string{{{', '.join(map(status.quoted, values))}}}"
        for key, values in sorted(wanted.extra)
    )
    shown = f"map[string][]string{{{extra}}}" if extra else "map[string][]string(nil)"
    info = f'&user.DefaultInfo{{Name:"", UID:{status.quoted(wanted.uid)}, Groups:{groups}, Extra:{shown}}}'
    if view.profile.pick(NAMELESS) == "request":
        return status.bad_request(f"requested {info} without impersonating a user name")
    parts = " ".join(f"{{Group  {group}    }}" for group in wanted.groups)
    error = status.internal(f"requested [{parts}] without impersonating a user")
    media, end = view.profile.pick(FAULT)
    error.plain = media, f'Internal Server Error: "{{path}}": requested [{parts}] without impersonating a user{end}'
    return error


# ---------------------------------------------------------------------- modes


def _allowed(server: ApiServer, view: View, request: Request, wanted: UserInfo) -> bool:
    """Find the mode that lets the user impersonate; tells whether it is the plain one.

    Raises:
        ApiError: 403 of the mode that was tried first.
    """
    user, access = request.user, access_of(request, view.profile)
    modes = [mode for mode in CONSTRAINED if mode.fits(user, wanted)] if _constrained(view) else []
    modes.append(PLAIN)
    if len(modes) > 1 and view.store.tally.get(_counter(request)) % 2:
        modes = [PLAIN, *modes[:-1]]
    first: ApiError | None = None
    for mode in modes:
        refusal = _refusal(server, view, mode.accesses(user, wanted, access))
        if refusal is None:
            return mode is PLAIN
        first = first or refusal
    assert first is not None
    raise first


def _refusal(server: ApiServer, view: View, accesses: Iterator[Access]) -> ApiError | None:
    for access in accesses:
        verdict = server.authorize.decide(view, access)
        if not verdict.allowed:
            return refused(access, view.profile, verdict.reason)
    return None


def _constrained(view: View) -> bool:
    return bool(view.profile["constrained_impersonation"])


def _counter(request: Request) -> Tally:
    """Odd when plain impersonation was the mode that last worked for the same user and kind of request."""
    return "impersonated", request.user.name, request.verb, request.resource, request.subresource, request.namespace


def _tally(view: View, request: Request, plain: bool) -> tuple[Tally, ...]:
    if not _constrained(view):
        return ()
    counter = _counter(request)
    return () if view.store.tally.get(counter) % 2 == plain else (counter,)


def _plain(user: UserInfo, wanted: UserInfo, access: Access) -> Iterator[Access]:
    """The verb impersonate on everything that the request wants to be."""
    if wanted.name.startswith(ACCOUNT) and wanted.name.count(":") == 3:
        _, _, namespace, name = wanted.name.split(":")
        yield Access(user, "impersonate", "", "serviceaccounts", "", namespace, name)
    else:
        yield Access(user, "impersonate", "", "users", "", "", wanted.name)
    for group in wanted.groups:
        yield Access(user, "impersonate", "", "groups", "", "", group)
    yield from _details(user, wanted, "impersonate")


def _details(user: UserInfo, wanted: UserInfo, verb: str) -> Iterator[Access]:
    for key, values in wanted.extra:
        for value in values:
            yield Access(user, verb, AUTHENTICATION, "userextras", key, "", value)
    if wanted.uid:
        yield Access(user, verb, AUTHENTICATION, "uids", "", "", wanted.uid)


def _on(mode: str, access: Access, user: UserInfo) -> Access:
    """The same request under the verb that says in which mode it may be made."""
    return access._replace(user=user, verb=f"impersonate-on:{mode}:{access.verb}")


def _account(user: UserInfo, wanted: UserInfo, access: Access) -> Iterator[Access]:
    _, _, namespace, name = wanted.name.split(":")
    yield _on("serviceaccount", access, user)
    yield Access(user, "impersonate:serviceaccount", AUTHENTICATION, "serviceaccounts", "", namespace, name)


def _user_info(user: UserInfo, wanted: UserInfo, access: Access) -> Iterator[Access]:
    verb = "impersonate:user-info"
    yield _on("user-info", access, user)
    yield Access(user, verb, AUTHENTICATION, "users", "", "", wanted.name)
    for group in wanted.groups:
        yield Access(user, verb, AUTHENTICATION, "groups", "", "", group)
    yield from _details(user, wanted, verb)


def _node(mode: str) -> Callable[[UserInfo, UserInfo, Access], Iterator[Access]]:
    def accesses(user: UserInfo, wanted: UserInfo, access: Access) -> Iterator[Access]:
        name = "" if mode == "associated-node" else wanted.name.removeprefix(NODE)
        yield _on(mode, access, user)
        yield Access(user, f"impersonate:{mode}", AUTHENTICATION, "nodes", "", "", name)

    return accesses


def _alone(wanted: UserInfo) -> bool:
    """Whether nothing but a user name is wanted."""
    return not (wanted.groups or wanted.uid or wanted.extra)


def _on_node(user: UserInfo, wanted: UserInfo) -> bool:
    node = wanted.name.removeprefix(NODE)
    return user.name.startswith(ACCOUNT) and dict(user.extra).get(NODE_NAME) == (node,)


CONSTRAINED: Final[tuple[Mode, ...]] = (
    Mode("associated-node", lambda user, wanted: (
        wanted.name.startswith(NODE) and _alone(wanted) and _on_node(user, wanted)), _node("associated-node")),
    Mode("arbitrary-node", lambda user, wanted: (
        wanted.name.startswith(NODE) and _alone(wanted)), _node("arbitrary-node")),
    Mode("serviceaccount", lambda user, wanted: (
        wanted.name.startswith(ACCOUNT) and wanted.name.count(":") == 3 and _alone(wanted)), _account),
    Mode("user-info", lambda user, wanted: not wanted.name.startswith((ACCOUNT, NODE)), _user_info),
)
PLAIN: Final = Mode("impersonate", lambda user, wanted: True, _plain)
