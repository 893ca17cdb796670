"""Nobody grants more than he has: what is checked before a role or a binding is written (SEM 10.3)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sanb.apiserver import rbac, rulecover, status
from sanb.apiserver.access import MASTERS, Access
from sanb.apiserver.context import Context
from sanb.apiserver.relations import BINDINGS, CLUSTER_BINDINGS, CLUSTER_ROLES, ROLES
from sanb.values import Obj

GROUP: Final = "rbac.authorization.k8s.io"
ESCALATE: Final = {"1.10": False, "1.12": True}
"""Whether the verb escalate lets write any role."""
WORDING: Final = {"1.10": "old", "1.12": "new"}
MISSING_ROLE: Final = {"1.10": "role", "1.32": "binding"}
"""Under which resource a role that is not there is reported."""
FULL: Final[list[Obj]] = [
    {"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]}, {"verbs": ["*"], "nonResourceURLs": ["*"]},
]
AGGREGATION: Final = "must have cluster-admin privileges to use the aggregationRule"
_BOOKKEEPING: Final = ("ownerReferences", "finalizers", "managedFields", "resourceVersion")


def check(context: Context, new: Obj, old: Obj | None) -> None:
    """Refuse a role or a binding that gives more than its author has.

    Raises:
        ApiError: 403; 404 for a binding to a role that is not there.
    """
    if MASTERS in context.request.user.groups or (old is not None and _unchanged(new, old)):
        return
    if context.request.resource in (ROLES, CLUSTER_ROLES):
        _check_role(context, new, old)
    else:
        _check_binding(context, new)


def _unchanged(new: Obj, old: Obj) -> bool:
    """Whether nothing changes but what garbage collection needs to let the object go."""
    if new is old:
        return True
    return _content(new) == _content(old)


def _content(obj: Obj) -> Obj:
    fields = {key: value for key, value in obj["metadata"].items() if key not in _BOOKKEEPING}
    return {**obj, "metadata": fields}


def _may(context: Context, verb: str, resource: str, name: str) -> bool:
    request = context.request
    access = Access(request.user, verb, GROUP, resource, "", request.namespace, name)
    return context.server.authorize.decide(context.view, access).allowed


def _check_role(context: Context, new: Obj, old: Obj | None) -> None:
    request, name = context.request, new["metadata"].get("name") or ""
    plural = request.resource.partition(".")[0]
    if context.view.profile.pick(ESCALATE) and _may(context, "escalate", plural, request.name):
        return
    aggregated = "aggregationRule" in new or (old is not None and "aggregationRule" in old)
    if aggregated and _refusal(context, FULL):
        raise status.forbidden(request.resource, name, AGGREGATION)
    why = _refusal(context, new.get("rules") or ())
    if why:
        raise status.forbidden(request.resource, name, why)


def _check_binding(context: Context, new: Obj) -> None:
    request, view, reference = context.request, context.view, new.get("roleRef") or {}
    kind, name = reference.get("kind", ""), reference.get("name", "")
    plural = PLURALS.get(kind)
    if plural is None:
        return  # validation refuses it
    if _may(context, "bind", plural, name):
        return
    role = rbac.role_of(view, {"roleRef": reference, "metadata": {"namespace": request.namespace}})
    if role is None:
        told = request.resource if view.profile.pick(MISSING_ROLE) == "binding" else f"{plural}.{GROUP}"
        raise status.not_found(told, name)
    why = _refusal(context, role.get("rules") or ())
    if why:
        raise status.forbidden(request.resource, new["metadata"].get("name") or "", why)


PLURALS: Final[Mapping[str, str]] = {"Role": "roles", "ClusterRole": "clusterroles"}


def _refusal(context: Context, wanted: list[Obj] | tuple[Obj, ...]) -> str:
    """Why the user may not give these rules away, or ""."""
    user = context.request.user
    having = rbac.all_grants(context.view, user, context.request.namespace)
    covered, missing = rulecover.covers(having.rules, wanted)
    if covered:
        return ""
    if context.view.profile.pick(WORDING) == "old":
        extra = " ".join(f"{key}:[{' '.join(values)}]" for key, values in sorted(user.extra))
        who = f"&{{{user.name} {user.uid} [{' '.join(user.groups)}] map[{extra}]}}"
        return (
            f"attempt to grant extra privileges: {_policy_rules(missing)} user={who} "
            f"ownerrules={_policy_rules(having.rules)} ruleResolutionErrors=[{' '.join(having.errors)}]"
        )
    lines = sorted({rulecover.text(rule) for rule in rulecover.compacted(missing)})
    why = (
        f"user {status.quoted(user.name)} (groups={rulecover.quotes(user.groups)}) is attempting to grant RBAC "
        "permissions not currently held:\n" + "\n".join(lines)
    )
    return f"{why}; resolution errors: [{' '.join(having.errors)}]" if having.errors else why


def _policy_rules(rules: list[Obj]) -> str:
    return f"[{' '.join(f'PolicyRule{rulecover.text(rule)}' for rule in rules)}]"


GUARDED: Final = frozenset((ROLES, CLUSTER_ROLES, BINDINGS, CLUSTER_BINDINGS))
