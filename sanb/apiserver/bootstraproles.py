"""The roles and bindings that every API server sees to when it starts: it adds what is missing (SEM 10.5)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Final

from sanb import entropy
from sanb.apiserver import metadata, rulecover
from sanb.apiserver.clusterroles import CLUSTER_ROLES, NODE, SPACE_ROLES, BootstrapRole, node_role_rules, rules_of
from sanb.apiserver.controllerroles import controller_rules, events_rule
from sanb.apiserver.relations import BINDINGS, CLUSTER_BINDINGS, ROLES
from sanb.apiserver.relations import CLUSTER_ROLES as CLUSTER_ROLES_RESOURCE
from sanb.apiserver.resources import RESOURCES
from sanb.profiles.profile import Profile
from sanb.store.selectors import matches
from sanb.store.store import Store
from sanb.times import rfc3339
from sanb.values import Key, Obj

GROUP: Final = "rbac.authorization.k8s.io"
LABELS: Final = {"kubernetes.io/bootstrapping": "rbac-defaults"}
AUTOUPDATE: Final = "rbac.authorization.kubernetes.io/autoupdate"
ANNOTATIONS: Final = {AUTOUPDATE: "true"}
AGGREGATE: Final = "rbac.authorization.k8s.io/aggregate-to-"
NO_SUBJECTS: Final[dict[str, Obj]] = {"1.10": {"subjects": None}, "1.12": {}}


def bootstrap(store: Store, profile: Profile, seed: int, now: float, *, aggregated: bool = True) -> None:
    """Commit the bootstrap objects that are not there and complete those that lack something.

    `aggregated` fills in the rules of roles that are put together of others, as the controller for that would do next.
    """
    stamp, linked = rfc3339(now), profile.pick(metadata.SELF_LINK)
    for key, wanted in prepared(profile, aggregated):
        version = store.head.get(key)
        if version is None or version.obj is None:
            _create(store, seed, stamp, linked, key, wanted)
        else:
            merged = completed(version.obj, wanted)
            if merged is not version.obj:
                fields = {**merged["metadata"], "resourceVersion": str(store.rev + 1)}
                store.commit(key, {**merged, "metadata": fields})


def _create(store: Store, seed: int, stamp: str, linked: bool, key: Key, wanted: Obj) -> None:
    counter = ("uid", *key)
    fields = {
        **wanted["metadata"], "uid": entropy.uid(seed, *counter, store.tally.get(counter)),
        "creationTimestamp": stamp, "resourceVersion": str(store.rev + 1),
    }
    if linked:
        fields["selfLink"] = metadata.link_of(RESOURCES[key[0]], key[1], key[2])
    store.commit(key, {**wanted, "metadata": fields})
    store.tally.add(counter)


def completed(stored: Obj, wanted: Obj) -> Obj:
    """The stored role or binding with the rules or subjects that it lacks; itself if it lacks none or wants none."""
    if (stored["metadata"].get("annotations") or {}).get(AUTOUPDATE) == "false":
        return stored
    field = "subjects" if "roleRef" in wanted else "rules"
    have, want = stored.get(field) or [], wanted.get(field) or []
    if "aggregationRule" in wanted:
        return stored if "aggregationRule" in stored else {**stored, "aggregationRule": wanted["aggregationRule"]}
    missing = rulecover.covers(have, want)[1] if field == "rules" else [one for one in want if one not in have]
    return {**stored, field: [*have, *missing]} if missing else stored


# ---------------------------------------------------------------------- what there should be


@lru_cache(maxsize=64)
def prepared(profile: Profile, aggregated: bool = True) -> tuple[tuple[Key, Obj], ...]:
    """Every bootstrap object of a minor with its key, without what only a store can fill in."""
    roles = dict(_cluster_roles(profile))
    if aggregated:
        for name in ("view", "edit", "admin"):
            roles[name] = {**roles[name], "rules": aggregate(roles[name], roles.values())}
    found: list[tuple[Key, Obj]] = [((CLUSTER_ROLES_RESOURCE, "", name), role) for name, role in roles.items()]
    found += [((CLUSTER_BINDINGS, "", made["metadata"]["name"]), made) for made in _cluster_bindings(profile)]
    for made in _space_objects(profile):
        resource = BINDINGS if "roleRef" in made else ROLES
        found.append(((resource, made["metadata"]["namespace"], made["metadata"]["name"]), made))
    return tuple(found)


def _object(kind: str, name: str, namespace: str = "", labels: dict[str, str] | None = None, **rest: Any) -> Obj:
    fields: Obj = {"name": name, "labels": {**LABELS, **(labels or {})}, "annotations": ANNOTATIONS}
    if namespace:
        fields["namespace"] = namespace
    return {"apiVersion": f"{GROUP}/v1", "kind": kind, "metadata": fields, **rest}


def _rows(profile: Profile) -> Iterator[BootstrapRole]:
    for row in CLUSTER_ROLES:
        if profile.pick({"1.0": False, row.since: True}) and row.served(profile):
            yield row


def _cluster_roles(profile: Profile) -> Iterator[tuple[str, Obj]]:
    for row in _rows(profile):
        part = profile.pick(row.into)
        labels = {AGGREGATE + part: "true"} if part else {}
        if row.aggregates:
            selector = {"matchLabels": {AGGREGATE + row.aggregates: "true"}}
            more: Obj = {"aggregationRule": {"clusterRoleSelectors": [selector]}, "rules": None}
        else:
            more = {"rules": rules_of(row, profile)}
        yield row.name, _object("ClusterRole", row.name, labels=labels, **more)
    yield NODE, _object("ClusterRole", NODE, rules=node_role_rules(profile))
    for name, rules in controller_rules(profile).items():
        full = f"system:controller:{name}"
        yield full, _object("ClusterRole", full, rules=rules)


def _cluster_bindings(profile: Profile) -> Iterator[Obj]:
    for row in _rows(profile):
        subjects = profile.pick(row.bound)
        if subjects:
            yield _binding("ClusterRoleBinding", "ClusterRole", row.name, subjects)
    yield _object("ClusterRoleBinding", NODE, roleRef=_reference("ClusterRole", NODE), **profile.pick(NO_SUBJECTS))
    for name in controller_rules(profile):
        full = f"system:controller:{name}"
        yield _binding("ClusterRoleBinding", "ClusterRole", full, (f"ServiceAccount:kube-system/{name}",))


def _space_objects(profile: Profile) -> Iterator[Obj]:
    for row in SPACE_ROLES:
        rules = [*row.rules, *([events_rule(profile)] if row.events else ())]
        yield _object("Role", row.name, row.namespace, rules=rules)
        if row.bound:
            yield _binding("RoleBinding", "Role", row.name, row.bound, row.namespace, row.binding)


def _reference(kind: str, name: str) -> Obj:
    return {"apiGroup": GROUP, "kind": kind, "name": name}


def _binding(kind: str, role: str, name: str, subjects: tuple[str, ...], namespace: str = "", own: str = "") -> Obj:
    return _object(
        kind, own or name, namespace, roleRef=_reference(role, name), subjects=[_subject(one) for one in subjects]
    )


def _subject(text: str) -> Obj:
    kind, _, name = text.partition(":")
    if kind == "ServiceAccount":
        namespace, _, account = name.partition("/")
        return {"kind": kind, "name": account, "namespace": namespace}
    return {"apiGroup": GROUP, "kind": kind, "name": name}


def aggregate(role: Obj, roles: Any) -> list[Obj]:
    """The rules of a role that is put together of others: theirs, in order of their names, each once (SEM 6.5)."""
    selectors = role["aggregationRule"].get("clusterRoleSelectors") or ()
    own = role["metadata"]["name"]
    found: list[Obj] = []
    for other in sorted(roles, key=lambda one: one["metadata"]["name"]):
        labels = other["metadata"].get("labels")
        if other["metadata"]["name"] != own and any(matches(selector, labels) for selector in selectors):
            found.extend(rule for rule in other.get("rules") or () if rule not in found)
    return found
