"""TokenReview and SelfSubjectReview: whose a token is, and who I am (SEM 9.7, 9.8)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from sanb.apiserver import status
from sanb.apiserver.authn import UNKNOWN, Verdict, authenticate, prelude
from sanb.apiserver.discovery import REVIEW_VERSIONS, reviews
from sanb.apiserver.request import Decision, Request, Response, UserInfo
from sanb.apiserver.resources import Resource
from sanb.apiserver.schema import decode
from sanb.apiserver.steps import typed
from sanb.apiserver.view import View
from sanb.kernel.outcome import Prelude
from sanb.values import Obj

if TYPE_CHECKING:
    from sanb.apiserver.server import ApiServer

GROUP: Final = "authentication.k8s.io"
MISSING: Final = "token is required for TokenReview in authentication"
NAMESPACED: Final = "namespace is not allowed on this type: {}"
AUDIENCES: Final = {"1.10": False, "1.12": True}
"""Whether a TokenReview knows audiences."""
NULL_TIME: Final = {"1.10": True, "1.34": False}
"""Whether the answer says `creationTimestamp: null`."""
TOKEN_REVIEW: Final = Resource("tokenreviews", GROUP, "TokenReview", False, REVIEW_VERSIONS["tokenreviews"])
SELF: Final = Resource("selfsubjectreviews", GROUP, "SelfSubjectReview", False, REVIEW_VERSIONS["selfsubjectreviews"])


def token_review(server: ApiServer, view: View, request: Request) -> Decision | Prelude:
    """Judge the token of `spec.token`.

    Raises:
        ApiError: 400, there is none; 405, another verb than create.
    """
    body, warnings = _plain(view, request) or _read(view, request, TOKEN_REVIEW)
    spec = body.get("spec") or {}
    token = str(spec.get("token") or "")
    if not token:
        raise status.bad_request(MISSING)
    known = view.profile.pick(AUDIENCES)
    # it is asked as if the token came in a header, of which only the first word counts
    word = token if " " not in token and not token[-1].isspace() else token.rstrip().partition(" ")[0]
    verdict = authenticate(view, server, word, (spec.get("audiences") or ()) if known else ())
    if verdict.use is not None:
        return prelude(view, request, verdict, word)
    answer = {**body, "metadata": _metadata(view), "status": _told(verdict, audiences=known) if word else {"user": {}}}
    if not known and "audiences" in spec:
        answer["spec"] = {key: value for key, value in spec.items() if key != "audiences"}
    return Decision(Response(201, answer, warnings), (), (), verdict.learned, word if verdict.user is not None else None)


def _plain(view: View, request: Request) -> tuple[Obj, tuple[str, ...]] | None:
    """A body that says nothing but the token, which needs no decoding: what webhooks and busy servers send."""
    body: Any = request.body
    if body.__class__ is not dict or request.verb != "create" or request.subresource:
        return None
    spec = body.get("spec")
    if spec.__class__ is not dict or len(spec) != 1 or spec.get("token").__class__ is not str:
        return None
    version = request.api_version or reviews(view.profile)[TOKEN_REVIEW.plural][0]
    whole = len(body) == 3 and body.get("kind") == TOKEN_REVIEW.kind and body.get("apiVersion") == version
    return ({"spec": spec, "apiVersion": version, "kind": TOKEN_REVIEW.kind}, ()) if whole or len(body) == 1 else None


def _told(verdict: Verdict, *, audiences: bool) -> Obj:
    if verdict.user is None:
        return {"user": {}, "error": f"[{UNKNOWN}, {verdict.error}]" if verdict.error else UNKNOWN}
    found: Obj = {"authenticated": True, "user": user(verdict.user)}
    if audiences:
        found["audiences"] = list(verdict.audiences)
    return found


def user(info: UserInfo) -> Obj:
    """A user as reviews show one."""
    found: Obj = {"username": info.name}
    if info.uid:
        found["uid"] = info.uid
    if info.groups:
        found["groups"] = list(info.groups)
    if info.extra:
        found["extra"] = {key: list(values) for key, values in info.extra}
    return found


def self_review(server: ApiServer, view: View, request: Request) -> Decision:
    """Who makes this request.

    Raises:
        ApiError: 405, another verb than create.
    """
    body, warnings = _read(view, request, SELF)
    metadata = {"creationTimestamp": view.now_text}
    return Decision(Response(201, {**body, "metadata": metadata, "status": {"userInfo": user(request.user)}}, warnings))


def _read(view: View, request: Request, row: Resource) -> tuple[Obj, tuple[str, ...]]:
    if request.verb != "create" or request.subresource:
        raise status.method_not_allowed()
    if type(request.body) is not dict:
        raise status.bad_request(f"the object provided is unrecognized (must be of type {row.kind})")
    served = request.api_version or reviews(view.profile)[row.plural][0]
    body = {**typed(row, request.body, served, view.profile), "apiVersion": served}
    namespace = (body.get("metadata") or {}).get("namespace")
    if namespace:
        raise status.bad_request(NAMESPACED.format(namespace))
    options = request.options
    strict, text = str(options.get("fieldValidation", "")), str(options.get("text", ""))
    return decode(row, body, view.profile, strict, text, duplicates=options.get("duplicates"))


def _metadata(view: View) -> Obj:
    return {"creationTimestamp": None} if view.profile.pick(NULL_TIME) else {}


Answer = Callable[["ApiServer", View, Request], Decision | Prelude]
REVIEWS: Final[Mapping[str, tuple[Resource, Answer]]] = {
    TOKEN_REVIEW.id: (TOKEN_REVIEW, token_review), SELF.id: (SELF, self_review),
}
