"""Frames of authorization: roles, bindings, subjects, and permissions, which join them all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from sanb.apiserver.relations import BINDINGS, CLUSTER_BINDINGS, CLUSTER_ROLES, ROLES
from sanb.store.table import Table
from sanb.values import Obj
from sanb.views.framecolumns import BOOL, CATEGORY, INTEGER, TEXT, TIME, Column, Row

BOOTSTRAP: Final = "kubernetes.io/bootstrapping"


class Grants(NamedTuple):
    """One frame over all roles and bindings: its columns, and its rows as of a table."""

    columns: tuple[Column, ...]
    rows: Callable[[Table], Iterator[Row]]
    doc: str


def _objects(table: Table, *resources: str) -> Iterator[Obj]:
    for resource in resources:
        for version in table.scan(resource):
            yield version.last


def _is_bootstrap(obj: Obj) -> bool:
    return BOOTSTRAP in (obj["metadata"].get("labels") or {})


def _head(obj: Obj) -> tuple[str, str | None, str]:
    fields = obj["metadata"]
    return obj["kind"], fields.get("namespace"), fields["name"]


def _roles(table: Table) -> Iterator[Row]:
    for role in _objects(table, CLUSTER_ROLES, ROLES):
        fields = role["metadata"]
        yield (*_head(role), len(role.get("rules") or ()), "aggregationRule" in role, _is_bootstrap(role),
               fields.get("uid"), fields.get("creationTimestamp"))


def _bindings(table: Table) -> Iterator[Row]:
    for binding in _objects(table, CLUSTER_BINDINGS, BINDINGS):
        fields, reference = binding["metadata"], binding["roleRef"]
        yield (*_head(binding), reference["kind"], reference["name"], _role(table, binding) is not None,
               len(binding.get("subjects") or ()), _is_bootstrap(binding), fields.get("uid"),
               fields.get("creationTimestamp"))


def _role(table: Table, binding: Obj) -> Obj | None:
    """The role that a binding refers to, if it is there."""
    reference = binding["roleRef"]
    local = reference["kind"] == "Role"
    space = binding["metadata"].get("namespace", "") if local else ""
    version = table.get((ROLES if local else CLUSTER_ROLES, space, reference["name"]))
    return None if version is None else version.obj


def _who(binding: Obj) -> Iterator[tuple[str, str]]:
    """Kind and name of every subject; accounts as `namespace/name`."""
    own = binding["metadata"].get("namespace", "")
    for subject in binding.get("subjects") or ():
        kind, name = subject["kind"], subject["name"]
        yield kind, f"{subject.get('namespace') or own}/{name}" if kind == "ServiceAccount" else name


def _subjects(table: Table) -> Iterator[Row]:
    for binding in _objects(table, CLUSTER_BINDINGS, BINDINGS):
        kind, space, name = _head(binding)
        reference = binding["roleRef"]
        for subject_kind, subject in _who(binding):
            yield subject_kind, subject, space, kind, name, reference["kind"], reference["name"], _is_bootstrap(binding)


def _permissions(table: Table) -> Iterator[Row]:
    known: dict[int, tuple[Obj, list[tuple[str, str, str | None]]]] = {}
    for binding in _objects(table, CLUSTER_BINDINGS, BINDINGS):
        role = _role(table, binding)
        if role is None:
            continue
        kind, space, name = _head(binding)
        if id(role) not in known:
            known[id(role)] = role, list(_parts(role))
        parts = [part for part in known[id(role)][1] if space is None or not part[1].startswith("/")]
        source = (kind, name, role["kind"], role["metadata"]["name"], _is_bootstrap(binding))
        for who in _who(binding):
            for verb, what, names in parts:
                yield (*who, verb, what, names, space, *source)


def _parts(role: Obj) -> Iterator[tuple[str, str, str | None]]:
    """(verb, resource or URL, names) of a role's rules."""
    for rule in role.get("rules") or ():
        names = ",".join(rule.get("resourceNames") or ()) or None
        targets = [
            f"{resource}.{group}" if group else resource
            for group in rule.get("apiGroups") or () for resource in rule.get("resources") or ()
        ]
        targets += rule.get("nonResourceURLs") or ()
        for verb in rule.get("verbs") or ():
            for target in targets:
                yield verb, target, names


def _category(name: str, doc: str) -> Column:
    return Column(name, CATEGORY, doc)


_SPACE: Final = _category("namespace", "metadata.namespace; missing: for the whole cluster")
_NAME: Final = Column("name", TEXT, "metadata.name")
_OWN: Final = (Column("uid", TEXT, "metadata.uid"), Column("created", TIME, "metadata.creationTimestamp"))
_SUBJECT: Final = (
    _category("subject_kind", "User, Group or ServiceAccount"),
    Column("subject", TEXT, "its name; of a ServiceAccount namespace/name"),
)
_BOOTSTRAP: Final = Column("bootstrap", BOOL, "made by the API server itself")
_ROLE: Final = (_category("role_kind", "Role or ClusterRole"), _category("role", "name of the role"))
_SCOPE: Final = _category("scope", "the namespace it holds in; missing: everywhere")
_BINDING: Final = (
    _category("binding_kind", "RoleBinding or ClusterRoleBinding"), Column("binding", TEXT, "name of the binding"),
)
GRANTS: Final[dict[str, Grants]] = {
    "roles": Grants((
        _category("kind", "Role or ClusterRole"), _SPACE, _NAME, Column("rules", INTEGER, "how many rules"),
        Column("aggregated", BOOL, "put together of other roles"), _BOOTSTRAP, *_OWN,
    ), _roles, "One row per ClusterRole, then one per Role."),
    "bindings": Grants((
        _category("kind", "RoleBinding or ClusterRoleBinding"), _SPACE, _NAME, *_ROLE,
        Column("role_there", BOOL, "the role exists"), Column("subjects", INTEGER, "how many subjects"), _BOOTSTRAP,
        *_OWN,
    ), _bindings, "One row per ClusterRoleBinding, then one per RoleBinding."),
    "subjects": Grants(
        (*_SUBJECT, _SCOPE, *_BINDING, *_ROLE, _BOOTSTRAP), _subjects, "One row per binding and subject."),
    "permissions": Grants((
        *_SUBJECT, _category("verb", "verb"), _category("resource", "resource with its group, or URL"),
        Column("names", TEXT, "the only names it is about, separated by commas; missing: any"), _SCOPE, *_BINDING,
        *_ROLE, _BOOTSTRAP,
    ), _permissions, "One row per subject, verb, resource and scope, with the binding and the role it comes from."),
}
