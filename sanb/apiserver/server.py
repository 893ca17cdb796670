"""The API server as a function: a request and the store in, an answer with at most one batch of writes out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from sanb.apiserver import (
    authn,
    customs,
    deprecations,
    events,
    impersonation,
    queryoptions,
    status,
    subresources,
    unstored,
    verbs_create,
    verbs_delete,
    verbs_read,
    verbs_update,
)
from sanb.apiserver.admission import Chain
from sanb.apiserver.answers import answered
from sanb.apiserver.authorizer import AlwaysAllow, Authorizer
from sanb.apiserver.context import Context
from sanb.apiserver.metadata import SELF_LINK
from sanb.apiserver.plugins.chain import CHAIN
from sanb.apiserver.request import NOBODY, NOTHING, Decision, Outcome, Request, Response, UserInfo
from sanb.apiserver.resources import served
from sanb.apiserver.view import View
from sanb.errors import ApiError
from sanb.profiles.profile import Profile
from sanb.store.store import Store
from sanb.values import Late

Verb = Callable[[Context], Outcome]

VERBS: Final[Mapping[str, Verb]] = {
    "get": verbs_read.get,
    "list": verbs_read.list_,
    "watch": verbs_read.watch,
    "create": verbs_create.create,
    "update": verbs_update.update,
    "patch": verbs_update.patch,
    "delete": verbs_delete.delete,
    "deletecollection": verbs_delete.deletecollection,
}


allow_all: Final = AlwaysAllow()
"""The authorizer of a cluster without RBAC: it refuses nobody."""


class ApiServer:
    """Decides requests. It has no state of its own: everything is in the store that each call is given.

    `authority` signs tokens; without one the token subresource is not served. `authorize` raises ApiError to refuse.
    `chain` replaces the admission plugins of the profile. `static` are bearer tokens that the server is started with.
    """

    __slots__ = ("authority", "authorize", "chain", "deprecated", "kinds", "name_tries", "profile", "seed", "self_link", "static")

    def __init__(
        self, profile: Profile, seed: int, authority: Any = None, *, authorize: Authorizer = allow_all,
        chain: Chain | None = None, static: Mapping[str, UserInfo] = NOTHING,
    ) -> None:
        self.profile = profile
        self.seed = seed
        self.authority = authority
        self.authorize = authorize
        self.chain = Chain(CHAIN(profile)) if chain is None else chain
        self.deprecated = deprecations.of(profile.minor)
        self.kinds = served(profile)
        self.name_tries = profile["name_tries"]
        self.self_link = profile.pick(SELF_LINK)
        self.static = static

    def handle(self, store: Store, now: float, request: Request, attempt: int = 0) -> Outcome:
        """Decide one request at virtual time `now`; `attempt` counts the `Wait`s before.

        Raises:
            ApiError: the request is refused; its Status is what the client receives.
        """
        view = View(store, now, self.profile, self.seed)
        if request.body.__class__ is Late:
            return self._record(view, request, attempt)
        if request.token:
            return authn.identify(view, self, request)
        if request.warnings:
            return self._warned(view, request, attempt)
        return self._decide(view, request, attempt)

    def _decide(self, view: View, request: Request, attempt: int) -> Outcome:
        """Decide a request whose user is known, or refused."""
        if request.user is NOBODY:
            raise status.unauthorized()
        if request.verb == authn.WHO:
            return Decision(Response(200, request.user))
        if request.impersonate is not None:
            return impersonation.act(self, view, request, attempt)
        return self.serve(view, request, attempt)

    def _warned(self, view: View, request: Request, attempt: int) -> Outcome:
        """The same for a token that there is something to say about: it goes with the answer, whatever that is."""
        try:
            outcome = self._decide(view, request, attempt)
        except ApiError as refusal:
            refusal.warnings = (*request.warnings, *refusal.warnings)
            raise
        if not isinstance(outcome, Decision):
            return outcome
        response: Response = outcome.response
        return outcome._replace(response=response._replace(warnings=(*request.warnings, *response.warnings)))

    def _record(self, view: View, request: Request, attempt: int) -> Outcome:
        """An event of a recorder: the short way, or that of all requests."""
        if self.authorize is not allow_all:
            self.authorize(view, request)
        decision = events.record(view, request, self.self_link) if self.chain.concern("events") == events.PLAIN else None
        return self.serve(view, events.written_out(request), attempt) if decision is None else decision

    def serve(self, view: View, request: Request, attempt: int) -> Outcome:
        """Decide a request of a user who is known: authorize it, then let the verb do it.

        Raises:
            ApiError: the request is refused.
        """
        if self.authorize is not allow_all:
            self.authorize(view, request)
        resource = self.kinds.get(request.resource)
        if resource is None:
            if request.path:
                return Decision(Response(200, None))
            resource = customs.find(view.table, request.resource)
            if resource is None:
                return unstored.answer(self, view, request, attempt)
        verb = VERBS.get(request.verb) if not request.subresource else subresources.find(self, request, resource)
        if verb is None or (not request.subresource and request.verb not in resource.verbs):
            raise status.method_not_allowed()
        context = Context(self, view, request, resource, attempt)
        if context.options or request.verb in queryoptions.WITH_BODY:
            context.options = queryoptions.settled(context)
        version = request.api_version
        if not version:
            return verb(context)
        if (request.resource, version) in self.deprecated:
            context.warnings = (*context.warnings, self.deprecated[request.resource, version])
        if version != resource.stored and resource.serves(version):
            return answered(verb(context), resource, version)
        return verb(context)
