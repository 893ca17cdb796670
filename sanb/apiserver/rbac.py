"""RBAC: which rule of which role lets somebody do something (SEM 10.1). A pure function of the roles and bindings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any, Final, NamedTuple

from sanb.apiserver.access import Access, Verdict
from sanb.apiserver.relations import BINDINGS, CLUSTER_BINDINGS, CLUSTER_ROLES, ROLES
from sanb.apiserver.request import UserInfo
from sanb.apiserver.status import quoted
from sanb.apiserver.view import View
from sanb.profiles.profile import Profile
from sanb.values import Obj

ACCOUNT: Final = "system:serviceaccount:"
PREFIX: Final = {"1.10": "", "1.12": "RBAC: "}
"""What stands before a reason."""


class Grant(NamedTuple):
    """One rule that somebody has, and how: the binding, which of its subjects he is, the role with the rule."""

    rule: Obj
    binding: Obj
    subject: Obj
    role: Obj

    @property
    def reason(self) -> str:
        """The grant in the words of a review's reason."""
        binding, reference = self.binding, self.binding["roleRef"]
        space = binding["metadata"].get("namespace")
        name = f"{binding['metadata']['name']}/{space}" if space else binding["metadata"]["name"]
        role = f"{reference['kind']} {quoted(reference['name'])}"
        return f"allowed by {binding['kind']} {quoted(name)} of {role} to {subject_text(self.subject, space or '')}"


class Grants(NamedTuple):
    """All that somebody was granted, in order of evaluation; `errors` tell of bindings to missing roles."""

    grants: tuple[Grant, ...]
    errors: tuple[str, ...] = ()

    @property
    def rules(self) -> list[Obj]:
        """The rules alone."""
        return [grant.rule for grant in self.grants]


def subject_text(subject: Obj, namespace: str) -> str:
    """A subject in words: `ServiceAccount "web/shop"`, `Group "dev"`."""
    kind, name = subject["kind"], subject["name"]
    if kind == "ServiceAccount":
        name = f"{name}/{subject.get('namespace') or namespace}"
    return f"{kind} {quoted(name)}"


# ---------------------------------------------------------------------- who


def matching_subject(subjects: Iterable[Obj], user: UserInfo, namespace: str) -> int:
    """The place of the first subject that the user is, or -1; `namespace` is the one of the binding."""
    for place, subject in enumerate(subjects):
        kind, name = subject.get("kind"), subject.get("name")
        if kind == "User":
            found = name == user.name
        elif kind == "Group":
            found = name in user.groups
        else:
            space = subject.get("namespace") or namespace
            found = kind == "ServiceAccount" and bool(space) and user.name == f"{ACCOUNT}{space}:{name}"
        if found:
            return place
    return -1


def bindings_of(view: View, user: UserInfo, namespace: str) -> Iterator[Obj]:
    """The bindings of a namespace ("" for the cluster) that have the user among their subjects, by name."""
    resource = BINDINGS if namespace else CLUSTER_BINDINGS
    found = view.by(resource, "subject", (namespace, "User", user.name))
    for group in user.groups:
        found += view.by(resource, "subject", (namespace, "Group", group))
    if len(found) < 2:
        return iter(found)
    by_name = {binding["metadata"]["name"]: binding for binding in found}
    return (by_name[name] for name in sorted(by_name))


def role_of(view: View, binding: Obj) -> Obj | None:
    """The role that a binding refers to, or None where there is none."""
    reference = binding["roleRef"]
    if reference["kind"] == "Role":
        return view.get(ROLES, binding["metadata"].get("namespace", ""), reference["name"])
    return view.get(CLUSTER_ROLES, "", reference["name"])


def grants(view: View, user: UserInfo, namespace: str) -> Grants:
    """Every rule that a user has in one namespace by its RoleBindings, or ("") by ClusterRoleBindings."""
    found: list[Grant] = []
    errors: list[str] = []
    for binding in bindings_of(view, user, namespace):
        subjects = binding.get("subjects") or ()
        place = matching_subject(subjects, user, namespace)
        if place < 0:
            continue
        role = role_of(view, binding)
        if role is None:
            reference = binding["roleRef"]
            kind, name = reference["kind"].lower(), quoted(reference["name"])
            errors.append(f"{kind}.rbac.authorization.k8s.io {name} not found")
            continue
        found.extend(Grant(rule, binding, subjects[place], role) for rule in role.get("rules") or ())
    return Grants(tuple(found), tuple(errors))


def all_grants(view: View, user: UserInfo, namespace: str) -> Grants:
    """What counts in a namespace: first the ClusterRoleBindings, then the namespace's own RoleBindings."""
    wide = grants(view, user, "")
    if not namespace:
        return wide
    local = grants(view, user, namespace)
    return Grants((*wide.grants, *local.grants), (*wide.errors, *local.errors))


# ---------------------------------------------------------------------- what


def allows(rule: Obj, access: Access) -> bool:
    """Whether a rule lets an access through."""
    if access.path:
        return verb_matches(rule, access.verb) and path_matches(rule.get("nonResourceURLs") or (), access.path)
    return fits(rule, access) and name_matches(rule, access.name)


def fits(rule: Obj, access: Access) -> bool:
    """Whether verb, group and resource match, whatever the name."""
    if not verb_matches(rule, access.verb):
        return False
    groups = rule.get("apiGroups") or ()
    if access.group not in groups and "*" not in groups:
        return False
    resources = rule.get("resources") or ()
    if "*" in resources or access.target in resources:
        return True
    return bool(access.subresource) and f"*/{access.subresource}" in resources


def verb_matches(rule: Obj, verb: str) -> bool:
    """Whether a rule has a verb."""
    verbs = rule.get("verbs") or ()
    return verb in verbs or "*" in verbs


def name_matches(rule: Obj, name: str) -> bool:
    """Whether a rule is about an object of this name; a rule with names is about no request without one."""
    names = rule.get("resourceNames")
    return not names or name in names


def path_matches(urls: Sequence[str], path: str) -> bool:
    """Whether a URL is listed: itself, or by a beginning before a final star."""
    return any(url in ("*", path) or (url.endswith("*") and path.startswith(url.rstrip("*"))) for url in urls)


# ---------------------------------------------------------------------- the verdict


def first(found: Iterable[Grant], access: Access) -> Grant | None:
    """The grant that decides: the first one whose rule matches."""
    return next((grant for grant in found if allows(grant.rule, access)), None)


def granted(view: View, access: Access) -> bool:
    """Whether some rule allows it: the answer alone."""
    user, namespace = access.user, access.namespace
    for space in ("", namespace) if namespace else ("",):
        for binding in bindings_of(view, user, space):
            role = role_of(view, binding)
            if role is not None and any(allows(rule, access) for rule in role.get("rules") or ()):
                return True
    return False


@lru_cache(maxsize=64)
def _prefix(profile: Profile) -> str:
    return profile.pick(PREFIX)


def decide(view: View, access: Access) -> Verdict:
    """What RBAC says: allowed, with the grant that did it, or no opinion."""
    prefix = _prefix(view.profile)
    having = all_grants(view, access.user, access.namespace)
    grant = first(having.grants, access)
    if grant is not None:
        return Verdict(True, prefix + grant.reason)
    return Verdict(False, prefix + joined(having.errors) if having.errors else "")


def joined(errors: Sequence[str]) -> str:
    """Several errors as one, as Kubernetes' aggregates print them."""
    distinct = list(dict.fromkeys(errors))
    return distinct[0] if len(distinct) == 1 else f"[{', '.join(distinct)}]"


def rules_review(having: Grants) -> dict[str, Any]:
    """The rules as the status of a SelfSubjectRulesReview lists them."""
    kept = ("verbs", "apiGroups", "resources", "resourceNames")
    resources = [{k: r[k] for k in kept if r.get(k)} for r in having.rules if r.get("resources")]
    urls = [
        {"nonResourceURLs": r["nonResourceURLs"], "verbs": r.get("verbs") or []}
        for r in having.rules if r.get("nonResourceURLs")
    ]
    return {"resourceRules": resources, "nonResourceRules": urls, "incomplete": False}
