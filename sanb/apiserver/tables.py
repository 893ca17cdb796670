"""Table output: what `kubectl get` asks the server for (meta.k8s.io/v1), by kind and minor (SEM 12.2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sanb.apiserver import cells, tablekinds
from sanb.apiserver.cells import Cell
from sanb.apiserver.columns import AGE, CREATED, NAME, TEMPLATE, Column, number, or_none, wide
from sanb.apiserver.context import Context
from sanb.apiserver.resources import RBAC, Resource
from sanb.apiserver.view import View
from sanb.profiles.profile import Profile
from sanb.values import Obj

_SUBJECTS: Final = (
    wide("Users", cells.subjects("User")),
    wide("Groups", cells.subjects("Group")),
    wide("ServiceAccounts", cells.subjects("ServiceAccount")),
)
_ROLES: Final = {"1.10": (NAME, AGE), "1.16": (NAME, CREATED)}
_BINDINGS: Final = {
    "1.10": (NAME, AGE, wide("Role", cells.role_ref), *_SUBJECTS),
    "1.16": (NAME, Column("Role", cells.role_ref), AGE, *_SUBJECTS),
}
_POD: Final = (
    NAME,
    Column("Ready", cells.pod_ready),
    Column("Status", cells.pod_status),
    Column("Restarts", cells.pod_restarts),
    AGE,
    wide("IP", or_none("status", "podIP")),
    wide("Node", or_none("spec", "nodeName")),
)
_NODE: Final = (
    NAME,
    Column("Status", cells.node_status),
    Column("Roles", cells.node_roles),
    AGE,
    Column("Version", cells.at("status", "nodeInfo", "kubeletVersion")),
)
_SYSTEM: Final = (
    wide("External-IP", cells.node_address("ExternalIP")),
    wide("OS-Image", cells.node_info("osImage")),
    wide("Kernel-Version", cells.node_info("kernelVersion")),
    wide("Container-Runtime", cells.node_info("containerRuntimeVersion")),
)
_DEPLOYMENT_COUNTS: Final = (
    number("Up-to-date", cells.at("status", "updatedReplicas", default=0)),
    number("Available", cells.at("status", "availableReplicas", default=0)),
)
_EVENT_WIDE: Final = (
    wide("Subobject", cells.at("involvedObject", "fieldPath")),
    wide("Source", cells.event_source),
)
COLUMNS: Final[Mapping[str, Mapping[str, tuple[Column, ...]]]] = {
    "serviceaccounts": {
        "1.10": (NAME, number("Secrets", cells.count("secrets")), AGE),
        "1.35": (NAME, AGE),
    },
    "secrets": {"1.10": (NAME, Column("Type", cells.at("type")), number("Data", cells.count("data")), AGE)},
    "configmaps": {"1.10": (NAME, number("Data", cells.config_data), AGE)},
    "namespaces": {"1.10": (NAME, Column("Status", cells.at("status", "phase")), AGE)},
    "pods": {
        "1.10": _POD,
        "1.11": (*_POD, wide("Nominated Node", or_none("status", "nominatedNodeName"))),
        "1.12": (
            *_POD,
            wide("Nominated Node", or_none("status", "nominatedNodeName")),
            wide("Readiness Gates", cells.readiness_gates),
        ),
    },
    "nodes": {"1.10": (*_NODE, *_SYSTEM), "1.12": (*_NODE, wide("Internal-IP", cells.node_address("InternalIP")), *_SYSTEM)},
    "deployments.apps": {
        "1.10": (
            NAME,
            number("Desired", cells.at("spec", "replicas", default=0)),
            number("Current", cells.at("status", "replicas", default=0)),
            *_DEPLOYMENT_COUNTS,
            AGE,
            *TEMPLATE,
        ),
        "1.15": (NAME, Column("Ready", cells.deployment_ready), *_DEPLOYMENT_COUNTS, AGE, *TEMPLATE),
    },
    "replicasets.apps": {
        "1.10": (
            NAME,
            number("Desired", cells.at("spec", "replicas", default=0)),
            number("Current", cells.at("status", "replicas", default=0)),
            number("Ready", cells.at("status", "readyReplicas", default=0)),
            AGE,
            *TEMPLATE,
        )
    },
    "services": {
        "1.10": (
            NAME,
            Column("Type", cells.at("spec", "type")),
            Column("Cluster-IP", or_none("spec", "clusterIP")),
            Column("External-IP", cells.outside),
            Column("Port(s)", cells.ports),
            AGE,
            wide("Selector", cells.service_selector),
        )
    },
    "events": {
        "1.10": (
            Column("Last Seen", cells.event_last_seen),
            Column("First Seen", cells.event_first_seen),
            number("Count", cells.at("count", default=1)),
            NAME,
            Column("Kind", cells.at("involvedObject", "kind")),
            Column("Subobject", cells.at("involvedObject", "fieldPath")),
            Column("Type", cells.at("type")),
            Column("Reason", cells.at("reason")),
            Column("Source", cells.event_source),
            Column("Message", cells.event_message),
        ),
        "1.15": (
            Column("Last Seen", cells.event_last_seen),
            Column("Type", cells.at("type")),
            Column("Reason", cells.at("reason")),
            Column("Object", cells.event_object),
            *_EVENT_WIDE,
            Column("Message", cells.event_message),
            wide("First Seen", cells.event_first_seen),
            Column("Count", cells.at("count", default=1), "integer", 1),
            Column("Name", cells.name, priority=1),
        ),
    },
    f"roles.{RBAC}": _ROLES,
    f"clusterroles.{RBAC}": _ROLES,
    f"rolebindings.{RBAC}": _BINDINGS,
    f"clusterrolebindings.{RBAC}": _BINDINGS,
    **tablekinds.COLUMNS,
}
"""resource -> minor -> columns."""
OTHERS: Final = (NAME, AGE)


def columns(resource: Resource, profile: Profile) -> tuple[Column, ...]:
    """The columns of a resource in a minor."""
    if resource.custom is not None:
        return resource.custom.versions[resource.api_version].columns  # type: ignore[no-any-return]
    table = COLUMNS.get(resource.id)
    return profile.pick(table) if table is not None else OTHERS


def table(context: Context, objects: list[Obj], revision: str = "", body: Obj | None = None) -> Obj:
    """The objects as a Table; `body` is the list they come from, whose metadata the Table has."""
    metadata = body["metadata"] if body is not None else {"resourceVersion": revision}
    found = rows(context.resource, context.view, context.options, objects)
    return {"kind": found["kind"], "apiVersion": found["apiVersion"], "metadata": metadata, **found}


def rows(resource: Resource, view: View, options: Mapping[str, Any], objects: list[Obj]) -> Obj:
    """The objects as a Table without metadata; `narrow` among the options leaves out what only `-o wide` shows."""
    shown = columns(resource, view.profile)
    if options.get("narrow"):
        shown = tuple(column for column in shown if not column.priority)
    include = options.get("includeObject") or "Metadata"
    makers = tuple(column.cell for column in shown)
    return {
        "kind": "Table",
        "apiVersion": f"meta.k8s.io/{options.get('asVersion', 'v1')}",
        "columnDefinitions": [
            {"name": c.name, "type": c.type, "format": c.format, "description": c.description, "priority": c.priority}
            for c in shown
        ],
        "rows": [_row(makers, obj, view, include) for obj in objects],
    }


def _row(shown: tuple[Cell, ...], obj: Obj, view: View, include: str) -> Obj:
    row: Obj = {"cells": [cell(obj, view) for cell in shown]}
    if include == "Object":
        row["object"] = obj
    elif include == "Metadata":
        row["object"] = {"kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1", "metadata": obj["metadata"]}
    return row
