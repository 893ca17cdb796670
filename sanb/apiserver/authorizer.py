"""Authorizers: everything is allowed, or what the Node authorizer and RBAC allow.

They keep nothing but what they can forget.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Any, Final, NamedTuple, Protocol

from sanb.apiserver import nodeauthorizer, rbac
from sanb.apiserver.access import ALLOWED, MASTERS, Access, Verdict, access_of, refused
from sanb.apiserver.request import Request, UserInfo
from sanb.apiserver.view import View
from sanb.errors import UsageError
from sanb.profiles.profile import Profile
from sanb.store.version import Version

REMEMBERED: Final = 50_000
"""So many verdicts are kept for one state of roles and bindings."""
STATES: Final = 8
NODE_RULES: Final = "node authorizer does not support user rule resolution"
_EVERYTHING: Final[dict[str, Any]] = {
    "resourceRules": [{"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]}],
    "nonResourceRules": [{"verbs": ["*"], "nonResourceURLs": ["*"]}],
    "incomplete": False,
}


class Authorizer(Protocol):
    """Decides who may do what."""

    def __call__(self, view: View, request: Request) -> None:
        """Let a request pass.

        Raises:
            ApiError: 403.
        """

    def decide(self, view: View, access: Access) -> Verdict:
        """What it says to an access."""

    def rules(self, view: View, user: UserInfo, namespace: str) -> dict[str, Any]:
        """The rules of a user as the status of a SelfSubjectRulesReview."""


class AlwaysAllow:
    """The authorizer of a cluster that refuses nobody."""

    __slots__ = ()

    def __call__(self, view: View, request: Request) -> None:
        """Let it pass."""

    def decide(self, view: View, access: Access) -> Verdict:
        """Yes."""
        return ALLOWED

    def rules(self, view: View, user: UserInfo, namespace: str) -> dict[str, Any]:
        """Everything."""
        return _EVERYTHING


class _State(NamedTuple):
    """What is known of one state of roles and bindings under one profile; both are kept, so that ids stay theirs."""

    mark: Version
    profile: Profile
    known: dict[tuple[Any, ...], bool]


class NodeAndRbac:
    """The union of Node authorizer and RBAC, after the group that may do everything.

    What was allowed by ClusterRoleBindings without regard to a name is remembered for as long as no role or binding
    changes: a pure function of the state, asked again and again by controllers.
    """

    __slots__ = ("_known", "_mark", "_profile", "_states")

    def __init__(self) -> None:
        self._mark: Version | None = None
        self._known: dict[tuple[Any, ...], bool] = {}
        self._profile: Profile | None = None
        self._states: OrderedDict[tuple[int, int], _State] = OrderedDict()

    def __call__(self, view: View, request: Request) -> None:
        """Let a request pass.

        Raises:
            ApiError: 403.
        """
        user = request.user
        if MASTERS in user.groups:
            return
        known = self._memory(view)
        key = (user.name, user.groups, request.verb, request.resource, request.subresource, request.path)
        everywhere = known.get(key)
        if everywhere:
            return
        access = access_of(request, view.profile)
        if everywhere is None and view.store.mark is not None:
            if len(known) >= REMEMBERED:
                known.clear()
            known[key] = everywhere = _everywhere(view, access)
            if everywhere:
                return
        # nodes first: every Pod's token is asked for by one, whom an index tells apart and whom no role helps
        if nodeauthorizer.decide(view, access).allowed or rbac.granted(view, access):
            return
        verdict = self.decide(view, access)
        if not verdict.allowed:
            raise refused(access, view.profile, verdict.reason)

    def _memory(self, view: View) -> dict[tuple[Any, ...], bool]:
        """What is known of this state of roles and bindings; forks of a cluster take turns."""
        mark, profile = view.store.mark, view.profile
        if mark is self._mark and profile is self._profile:
            return self._known
        if mark is None:
            return {}
        place = (id(mark), id(profile))
        held = self._states.get(place)
        if held is None:
            held = self._states[place] = _State(mark, profile, {})
            if len(self._states) > STATES:
                self._states.popitem(last=False)
        self._mark, self._profile, self._known = held
        return self._known

    def decide(self, view: View, access: Access) -> Verdict:
        """What the first authorizer with an opinion says; else the reasons of all."""
        if MASTERS in access.user.groups:
            return ALLOWED
        node = nodeauthorizer.decide(view, access)
        if node.allowed:
            return node
        roles = rbac.decide(view, access)
        if roles.allowed or not node.reason:
            return roles
        return Verdict(False, f"{node.reason}\n{roles.reason}" if roles.reason else node.reason)

    def rules(self, view: View, user: UserInfo, namespace: str) -> dict[str, Any]:
        """All rules of roles; for nodes these are not all."""
        having = rbac.all_grants(view, user, namespace)
        found = rbac.rules_review(having)
        errors = [*([NODE_RULES] if nodeauthorizer.node_of(user) is not None else []), *having.errors]
        if errors:
            found["incomplete"] = True
            found["evaluationError"] = rbac.joined(errors)
        return found


def _everywhere(view: View, access: Access) -> bool:
    """Whether an access is allowed in every namespace and for every name."""
    if access.path or not nodeauthorizer.node_of(access.user):
        rules = [grant.rule for grant in rbac.grants(view, access.user, "").grants]
    elif nodeauthorizer.divided(access):
        return False
    else:
        rules = list(nodeauthorizer.rules_of(view.profile))
    unnamed = access._replace(name="")
    return any(rbac.allows(rule, unnamed) for rule in rules)


MODES: Final = ("RBAC", "AlwaysAllow")


def authorizer(mode: str) -> Authorizer:
    """The authorizer of a mode: "RBAC" (after the Node authorizer, as installers set it) or "AlwaysAllow".

    Raises:
        UsageError: there is no such mode.
    """
    if mode == "AlwaysAllow":
        return AlwaysAllow()
    if mode in ("RBAC", "Node,RBAC"):
        return NodeAndRbac()
    raise UsageError(f"unknown authorization mode {mode!r}: choose one of {', '.join(MODES)}")
