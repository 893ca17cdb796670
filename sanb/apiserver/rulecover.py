"""Whether rules cover other rules: what escalation checks and bootstrap need to know (SEM 10.3)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from sanb.apiserver.rbac import path_matches
from sanb.apiserver.status import quoted
from sanb.values import Obj

_PARTS = (
    ("apiGroups", "APIGroups"), ("resources", "Resources"), ("nonResourceURLs", "NonResourceURLs"),
    ("resourceNames", "ResourceNames"), ("verbs", "Verbs"),
)


def covers(owner: Sequence[Obj], wanted: Iterable[Obj]) -> tuple[bool, list[Obj]]:
    """Whether an owner of rules has all that other rules give, and the atoms that he has not."""
    missing = [atom for rule in wanted for atom in atoms(rule) if not any(rule_covers(own, atom) for own in owner)]
    return not missing, missing


def atoms(rule: Obj) -> Iterator[Obj]:
    """A rule in pieces: one verb on one resource of one group (and one name), or one verb on one URL."""
    names = rule.get("resourceNames") or ()
    verbs = rule.get("verbs") or ()
    for group in rule.get("apiGroups") or ():
        for resource in rule.get("resources") or ():
            for verb in verbs:
                atom: Obj = {"apiGroups": [group], "resources": [resource], "verbs": [verb]}
                if names:
                    yield from ({**atom, "resourceNames": [name]} for name in names)
                else:
                    yield atom
    for url in rule.get("nonResourceURLs") or ():
        for verb in verbs:
            yield {"nonResourceURLs": [url], "verbs": [verb]}


def rule_covers(owner: Obj, atom: Obj) -> bool:
    """Whether one rule covers one atom; a list of names covers no request without one, and no list covers a star."""
    names, wanted = owner.get("resourceNames") or (), atom.get("resourceNames") or ()
    if names and not (wanted and _has_all(names, wanted)):
        return False
    if not _has_all(owner.get("verbs") or (), atom.get("verbs") or ()):
        return False
    urls = owner.get("nonResourceURLs") or ()
    return (
        _has_all(owner.get("apiGroups") or (), atom.get("apiGroups") or ())
        and _resources(owner.get("resources") or (), atom.get("resources") or ())
        and all(path_matches(urls, url) for url in atom.get("nonResourceURLs") or ())
    )


def _has_all(have: Sequence[str], wanted: Sequence[str]) -> bool:
    return "*" in have or all(one in have for one in wanted)


def _resources(have: Sequence[str], wanted: Sequence[str]) -> bool:
    if _has_all(have, wanted):
        return True
    for path in wanted:
        resource, slash, subresource = path.partition("/")
        if path not in have and not (resource and slash and f"*/{subresource}" in have):
            return False
    return True


def is_simple(rule: Obj) -> bool:
    """Whether a rule is one group, one resource and at most one name: such rules differ only in verbs."""
    return (
        not rule.get("nonResourceURLs") and len(rule.get("apiGroups") or ()) == 1
        and len(rule.get("resources") or ()) == 1 and len(rule.get("resourceNames") or ()) <= 1
    )


def compacted(rules: Iterable[Obj]) -> list[Obj]:
    """The rules with the verbs of equal simple ones put together; others as they are, first."""
    others: list[Obj] = []
    simple: dict[tuple[str, str, str | None], Obj] = {}
    for rule in rules:
        if not is_simple(rule):
            others.append(rule)
            continue
        names = rule.get("resourceNames")
        place = rule["apiGroups"][0], rule["resources"][0], names[0] if names else None
        known = simple.get(place)
        verbs = rule.get("verbs") or []
        simple[place] = rule if known is None else {**known, "verbs": [*(known.get("verbs") or []), *verbs]}
    return [*others, *simple.values()]


def text(rule: Obj) -> str:
    """A rule as refusals print it: `{APIGroups:[""], Resources:["pods"], Verbs:["get"]}`."""
    parts = [f"{name}:{quotes(rule[field])}" for field, name in _PARTS if rule.get(field)]
    return f"{{{', '.join(parts)}}}"


def quotes(words: Iterable[str]) -> str:
    """A list of strings as Go's %q prints it."""
    return f"[{' '.join(quoted(word) for word in words)}]"
