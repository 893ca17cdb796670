"""Authentication by token: whose a bearer token is, if it is still worth anything (SEM 9).

Pure: a token is judged against a view. Good answers are remembered for ten seconds in what the API server's process
remembers (`Store.memory`), bad ones are not (SEM 9.1).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from sanb.apiserver import authn_bound, authn_legacy
from sanb.apiserver.authn_result import Accepted, TokenRefused
from sanb.apiserver.request import NOBODY, Request, UserInfo
from sanb.apiserver.view import View
from sanb.errors import UsageError
from sanb.kernel.outcome import Learned, Prelude
from sanb.tokens.authority import Authority, NotOurs
from sanb.tokens.claims import LEGACY_ISSUER

if TYPE_CHECKING:
    from sanb.apiserver.server import ApiServer

CACHED_SECONDS: Final = 10.0
MEMO: Final = "authenticated token"
USED: Final = "use of a token noted"
WHO: Final = "authenticate"
"""The verb of a request that only asks who shows its token."""
AUTHENTICATED: Final = "system:authenticated"
UNKNOWN: Final = "invalid bearer token"
"""What is said of a token that no authenticator knows."""
OLD_AUDIENCE: Final = "Token is invalid for this audience."
AUDIENCES_CHECKED: Final = {"1.10": False, "1.12": True}
"""Whether the audiences of every token are compared with those that are asked for."""


class Verdict(NamedTuple):
    """What became of a token: `user` None means that nobody accepts it, `error` why somebody who knows it does not.

    `use` is the call that notes the use of a Secret; `learned` is what the process remembers.
    """

    user: UserInfo | None
    audiences: tuple[str, ...] = ()
    error: str = ""
    warnings: tuple[str, ...] = ()
    use: Request | None = None
    learned: tuple[Learned, ...] = ()


def authenticate(view: View, server: ApiServer, token: str, audiences: Sequence[str] = ()) -> Verdict:
    """Judge a token for these audiences (none: those of the API): a static one, or one of a ServiceAccount."""
    authority = server.authority
    wanted = tuple(audiences) or (() if authority is None else authority.api_audiences)
    static = server.static.get(token)
    if static is not None:
        return _static(authority, static, wanted)
    if authority is None:
        return Verdict(None)
    place = (MEMO, token, wanted)
    known: Verdict | None = view.store.memory.get(place, view.now)
    return _judged(view, authority, token, wanted, place) if known is None else known


def _static(authority: Any, user: UserInfo, wanted: tuple[str, ...]) -> Verdict:
    """The user of a token from the list that the API server was started with: good for the audiences of the API."""
    own = wanted if authority is None else authority.api_audiences
    shared = tuple(one for one in wanted if one in own)
    return Verdict(user if shared or not wanted else None, shared)


def _judged(
    view: View, authority: Any, token: str, wanted: tuple[str, ...], place: tuple[Any, ...]
) -> Verdict:
    """The verdict on a ServiceAccount's token; only a good one is remembered."""
    try:
        claims = authority.verify(token)
    except NotOurs:
        return Verdict(None)  # an authenticator that does not know a token says nothing
    except ValueError as problem:
        return Verdict(None, error=str(problem))
    try:
        shared = _audiences(view, authority, claims, wanted)
        accepted = _judge(view, claims, token)
    except TokenRefused as refusal:
        return Verdict(None, error=str(refusal), use=_once(view, token, refusal.use))
    verdict = Verdict(_user(accepted), shared, "", accepted.warnings)
    remembered = Learned(place, verdict, view.now + CACHED_SECONDS)
    return verdict._replace(use=_once(view, token, accepted.use), learned=(remembered,))


def _judge(view: View, claims: Mapping[str, Any], token: str | None) -> Accepted:
    judge = authn_legacy.judge if claims.get("iss") == LEGACY_ISSUER else authn_bound.judge
    return judge(view, claims, token)


def worth(view: View, authority: Authority, claims: Mapping[str, Any], tag: str) -> str:
    """Why a token of this authority that says this is not accepted now, for those it is meant for; "" if it is.

    It need not be signed for this: `tag` tells with which key it is, or will be.
    """
    try:
        authority.vouch(tag, claims.get("iss"))
        _judge(view, claims, None)
    except NotOurs:
        return UNKNOWN
    except (ValueError, TokenRefused) as problem:
        return str(problem)
    return ""


def static_user(token: str, said: Any) -> UserInfo:
    """The user of a static token: a name, or `{"user": "jane", "uid": "7", "groups": ["dev"]}`.

    Raises:
        UsageError: it is neither, or the token is empty.
    """
    row = {"user": said} if isinstance(said, str) else said
    known = isinstance(row, Mapping) and row.get("user") and set(row) <= {"user", "uid", "groups"}
    if not token or not known or isinstance(row.get("groups"), str):
        raise UsageError(
            f"tokens: {said!r} is no user for a token; write {{'a-token': 'jane'}} or "
            "{'a-token': {'user': 'jane', 'uid': '7', 'groups': ['dev']}}"
        )
    return UserInfo(row["user"], row.get("uid", ""), (*(row.get("groups") or ()), AUTHENTICATED))


def _once(view: View, token: str, use: Request | None) -> Request | None:
    """The call that notes a use, unless it was made a moment ago and did not succeed."""
    return None if view.store.memory.get((USED, token), view.now) else use


def prelude(view: View, request: Request, verdict: Verdict, token: str) -> Prelude:
    """What happens before a request is decided: the answer is remembered, and a use is noted."""
    noted = (Learned((USED, token), True, view.now + CACHED_SECONDS),) if verdict.use is not None else ()
    return Prelude(request, (*verdict.learned, *noted), verdict.use)


def identify(view: View, server: ApiServer, request: Request) -> Prelude:
    """The request with the user whose token it shows, or with nobody, whom the server refuses."""
    token = str(request.token)
    verdict = authenticate(view, server, token)
    user = NOBODY if verdict.user is None else verdict.user
    known = request._replace(token="", user=user, warnings=(*request.warnings, *verdict.warnings), shown=token)
    return prelude(view, known, verdict, token)


def _audiences(view: View, authority: Any, claims: Any, wanted: tuple[str, ...]) -> tuple[str, ...]:
    """The audiences that the token and the question have in common, in the order of the question."""
    own = claims.get("aud") or authority.api_audiences
    own = (own,) if isinstance(own, str) else tuple(own)
    shared = tuple(one for one in wanted if one in own)
    if not shared:
        if not view.profile.pick(AUDIENCES_CHECKED):
            raise TokenRefused(OLD_AUDIENCE)
        raise TokenRefused(f"token audiences {_listed(own)} is invalid for the target audiences {_listed(wanted)}")
    return shared


def _listed(texts: Sequence[str]) -> str:
    return "[" + " ".join(f'"{text}"' for text in texts) + "]"


def _user(accepted: Accepted) -> UserInfo:
    name = f"system:serviceaccount:{accepted.namespace}:{accepted.name}"
    groups = ("system:serviceaccounts", f"system:serviceaccounts:{accepted.namespace}", AUTHENTICATED)
    return UserInfo(name, accepted.uid, groups, accepted.extra)
