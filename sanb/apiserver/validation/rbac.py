"""Roles and bindings (SEM 10.4)."""

from __future__ import annotations

from typing import Final

from sanb.apiserver import status
from sanb.apiserver.status import FieldError
from sanb.apiserver.validation import metadata, selectors, shown
from sanb.apiserver.validation.names import path_segment
from sanb.apiserver.validation.rules import Rules
from sanb.values import Obj

GROUP: Final = "rbac.authorization.k8s.io"
NAMESPACED_URLS: Final = "namespaced rules cannot apply to non-resource URLs"
BOTH: Final = "rules cannot apply to both regular resources and non-resource URLs"
NO_SELECTOR: Final = "at least one clusterRoleSelector required if aggregationRule is non-nil"
SUBJECTS: Final = ("ServiceAccount", "User", "Group")


def role(out: list[FieldError], obj: Obj, rules: Rules) -> None:
    """A Role or a ClusterRole."""
    namespaced = obj["kind"] == "Role"
    metadata.created(out, obj["metadata"], namespaced, path_segment, rules)
    for index, rule in enumerate(obj.get("rules") or ()):
        _rule(out, rule, namespaced, f"rules[{index}]", rules)
    if (aggregation := obj.get("aggregationRule")) is not None:
        _aggregation(out, aggregation, "aggregationRule.clusterRoleSelectors", rules)


def _aggregation(out: list[FieldError], given: Obj, path: str, rules: Rules) -> None:
    found = given.get("clusterRoleSelectors") or ()
    if not found:
        out.append(status.required(path, NO_SELECTOR))
    for index, selector in enumerate(found):
        here = f"{path}[{index}]"
        selectors.label_selector(out, selector, here, rules)
        if not selectors.usable(selector):
            out.append(status.invalid_shown(here, shown.selector(selector, rules), "invalid label selector."))


def _rule(out: list[FieldError], rule: Obj, namespaced: bool, path: str, rules: Rules) -> None:
    if not rule.get("verbs"):
        out.append(status.required(f"{path}.verbs", "verbs must contain at least one value"))
    if urls := rule.get("nonResourceURLs"):
        text = shown.strings(urls, rules)
        if namespaced:
            out.append(status.invalid_shown(f"{path}.nonResourceURLs", text, NAMESPACED_URLS))
        if rule.get("apiGroups") or rule.get("resources") or rule.get("resourceNames"):
            out.append(status.invalid_shown(f"{path}.nonResourceURLs", text, BOTH))
        return
    if not rule.get("apiGroups"):
        out.append(status.required(f"{path}.apiGroups", "resource rules must supply at least one api group"))
    if not rule.get("resources"):
        out.append(status.required(f"{path}.resources", "resource rules must supply at least one resource"))


def binding(out: list[FieldError], obj: Obj, rules: Rules) -> None:
    """A RoleBinding or a ClusterRoleBinding; the role and the subjects need not exist."""
    namespaced = obj["kind"] == "RoleBinding"
    metadata.created(out, obj["metadata"], namespaced, path_segment, rules)
    reference = obj.get("roleRef") or {}
    group, kind, name = reference.get("apiGroup", ""), reference.get("kind", ""), reference.get("name", "")
    if group != GROUP:
        out.append(status.unsupported("roleRef.apiGroup", group, (GROUP,)))
    allowed = ("Role", "ClusterRole") if namespaced else ("ClusterRole",)
    if kind not in allowed:
        out.append(status.unsupported("roleRef.kind", kind, allowed))
    if name:
        out.extend(status.invalid_value("roleRef.name", name, text) for text in path_segment(name))
    else:
        out.append(status.required("roleRef.name"))
    for index, subject in enumerate(obj.get("subjects") or ()):
        _subject(out, subject, namespaced, f"subjects[{index}]", rules)


def _subject(out: list[FieldError], subject: Obj, namespaced: bool, path: str, rules: Rules) -> None:
    kind, name, group = subject.get("kind", ""), subject.get("name") or "", subject.get("apiGroup") or ""
    if not name:
        out.append(status.required(f"{path}.name"))
    if kind == "ServiceAccount":
        if name:
            out.extend(status.invalid_value(f"{path}.name", name, text) for text in rules.names.subdomain(name))
        if group:
            out.append(status.unsupported(f"{path}.apiGroup", group, ("",)))
        if not namespaced and not subject.get("namespace"):
            out.append(status.required(f"{path}.namespace"))
    elif kind in ("User", "Group"):
        if not name:
            out.append(status.invalid_value(f"{path}.name", "", f"{kind.lower()} name cannot be empty"))
        if group != GROUP:
            out.append(status.unsupported(f"{path}.apiGroup", group, (GROUP,)))
    else:
        out.append(status.unsupported(f"{path}.kind", kind, SUBJECTS))


def role_update(out: list[FieldError], new: Obj, old: Obj, rules: Rules) -> None:
    """A changed role; upstream looks at it twice."""
    role(out, new, rules)
    role(out, new, rules)
    metadata.updated(out, new["metadata"], old["metadata"], rules)


def binding_update(out: list[FieldError], new: Obj, old: Obj, rules: Rules) -> None:
    """A changed binding: the role it names stays."""
    binding(out, new, rules)
    binding(out, new, rules)
    metadata.updated(out, new["metadata"], old["metadata"], rules)
    if (after := new.get("roleRef") or {}) != (old.get("roleRef") or {}):
        out.append(status.invalid_shown("roleRef", shown.role_ref(after, rules), "cannot change roleRef"))
