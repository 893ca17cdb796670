"""Tables: columns by minor and what their cells say (SEM 12.2)."""

from __future__ import annotations

import pytest

from sanb.apiserver.cells import outside, pod_ready, pod_status
from tests.apiserver.alone import Alone, config, pod


def _table(server: Alone, resource: str, namespace: str = "shop", **options: object) -> dict:
    return server.body("list", resource, namespace, **{"as": "Table", **options})


def _header(table: dict, wide: bool = False) -> list[str]:
    return [c["name"] for c in table["columnDefinitions"] if wide or not c["priority"]]


@pytest.mark.parametrize(
    ("minor", "resource", "header"),
    [
        ("1.34", "serviceaccounts", ["Name", "Secrets", "Age"]),
        ("1.35", "serviceaccounts", ["Name", "Age"]),
        ("1.10", "secrets", ["Name", "Type", "Data", "Age"]),
        ("1.36", "configmaps", ["Name", "Data", "Age"]),
        ("1.36", "pods", ["Name", "Ready", "Status", "Restarts", "Age"]),
        ("1.10", "deployments.apps", ["Name", "Desired", "Current", "Up-to-date", "Available", "Age"]),
        ("1.36", "deployments.apps", ["Name", "Ready", "Up-to-date", "Available", "Age"]),
        ("1.36", "replicasets.apps", ["Name", "Desired", "Current", "Ready", "Age"]),
        ("1.10", "roles.rbac.authorization.k8s.io", ["Name", "Age"]),
        ("1.36", "roles.rbac.authorization.k8s.io", ["Name", "Created At"]),
        ("1.10", "rolebindings.rbac.authorization.k8s.io", ["Name", "Age"]),
        ("1.36", "rolebindings.rbac.authorization.k8s.io", ["Name", "Role", "Age"]),
    ],
)
def test_columns_follow_the_minor(minor: str, resource: str, header: list[str]) -> None:
    assert _header(_table(Alone(minor), resource)) == header


def test_a_table_has_the_metadata_of_its_list() -> None:
    server = Alone()
    for name in ("a", "b"):
        server.ask("create", "configmaps", "shop", body=config(name, k="v"))
    table = _table(server, "configmaps", limit=1)
    assert (table["kind"], table["apiVersion"]) == ("Table", "meta.k8s.io/v1")
    assert table["metadata"]["remainingItemCount"] == 1 and table["metadata"]["continue"]
    (row,) = table["rows"]
    assert row["cells"] == ["a", 1, "0s"]
    assert row["object"]["kind"] == "PartialObjectMetadata" and row["object"]["metadata"]["name"] == "a"


@pytest.mark.parametrize(("include", "kind"), [("None", None), ("Object", "ConfigMap"), ("Metadata", "PartialObjectMetadata")])
def test_rows_include_as_much_of_the_object_as_asked_for(include: str, kind: str | None) -> None:
    server = Alone()
    server.ask("create", "configmaps", "shop", body=config("a"))
    (row,) = _table(server, "configmaps", includeObject=include)["rows"]
    assert row.get("object", {}).get("kind") == kind


def test_one_object_can_be_a_table_too() -> None:
    server = Alone()
    server.ask("create", "configmaps", "shop", body=config("a"))
    table = server.body("get", "configmaps", "shop", "a", **{"as": "Table"})
    assert [row["cells"][0] for row in table["rows"]] == ["a"] and table["metadata"] == {"resourceVersion": "1"}


def _pod_cells(state: dict, spec: dict | None = None, deleted: bool = False, minor: str = "1.36") -> list:
    server = Alone(minor)
    server.ask("create", "pods", "shop", body=pod("p", nodeName="n", **(spec or {})))
    server.ask("patch", "pods", "shop", "p", {"status": state}, "status", patchType="merge")
    if deleted:
        server.ask("delete", "pods", "shop", "p")
    cells: list = _table(server, "pods")["rows"][0]["cells"]
    return cells


RUNNING = {"name": "c", "ready": True, "restartCount": 0, "state": {"running": {}}}


@pytest.mark.parametrize(
    ("state", "ready", "word"),
    [
        ({"phase": "Pending"}, "0/1", "Pending"),
        ({"phase": "Running", "containerStatuses": [RUNNING]}, "1/1", "Running"),
        ({"containerStatuses": [{"name": "c", "ready": False, "state": {"waiting": {"reason": "ContainerCreating"}}}]}, "0/1",
         "ContainerCreating"),
        ({"containerStatuses": [{"name": "c", "state": {"terminated": {"exitCode": 3}}}]}, "0/1", "ExitCode:3"),
        ({"containerStatuses": [{"name": "c", "state": {"terminated": {"exitCode": 1, "signal": 9}}}]}, "0/1", "Signal:9"),
        ({"phase": "Failed", "reason": "Evicted"}, "0/1", "Evicted"),
    ],
)
def test_the_status_of_a_pod_is_what_keeps_it_from_running(state: dict, ready: str, word: str) -> None:
    assert _pod_cells(state)[:3] == ["p", ready, word]


def test_a_deleted_pod_is_terminating() -> None:
    assert _pod_cells({"phase": "Running", "containerStatuses": [RUNNING]}, deleted=True)[2] == "Terminating"


def test_init_containers_come_first() -> None:
    spec = {"initContainers": [{"name": "i", "image": "x"}, {"name": "j", "image": "x"}]}
    done = {"name": "i", "state": {"terminated": {"exitCode": 0}}}
    waits = {"name": "j", "state": {"waiting": {"reason": "PodInitializing"}}}
    fails = {"name": "j", "state": {"waiting": {"reason": "CrashLoopBackOff"}}}
    assert _pod_cells({"initContainerStatuses": [done, waits]}, spec)[2] == "Init:1/2"
    assert _pod_cells({"initContainerStatuses": [done, fails]}, spec)[2] == "Init:CrashLoopBackOff"


def test_restarts_tell_when_the_last_one_was_from_1_22() -> None:
    last = {"terminated": {"exitCode": 1, "finishedAt": "2020-09-13T12:26:30Z"}}
    state = {"containerStatuses": [{**RUNNING, "restartCount": 2, "lastState": last}]}
    assert _pod_cells(state)[3] == "2 (10s ago)"
    assert _pod_cells(state, minor="1.10")[3] == "2"


def test_wide_columns_have_priority_one() -> None:
    table = _table(Alone(), "pods")
    assert _header(table, wide=True)[5:] == ["IP", "Node", "Nominated Node", "Readiness Gates"]


@pytest.mark.parametrize(("started", "cells"), [(False, ["0/2", "Init:0/1"]), (True, ["1/2", "PodInitializing"])])
def test_a_sidecar_counts_as_a_container_and_does_not_hold_up_the_others(started: bool, cells: list[str]) -> None:
    proxy = {"name": "proxy", "ready": True, "started": started, "restartCount": 0, "state": {"running": {}}}
    main = {"name": "m", "ready": False, "restartCount": 0, "state": {"waiting": {"reason": "PodInitializing"}}}
    pod = {
        "metadata": {"name": "s"},
        "spec": {"initContainers": [{"name": "proxy", "restartPolicy": "Always"}], "containers": [{"name": "m"}]},
        "status": {"phase": "Pending", "initContainerStatuses": [proxy], "containerStatuses": [main]},
    }
    assert [cell(pod, None) for cell in (pod_ready, pod_status)] == cells  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("spec", "shown"),
    [
        ({"type": "ClusterIP"}, "<none>"), ({"type": "NodePort", "externalIPs": ["1.2.3.4", "1.2.3.5"]}, "1.2.3.4,1.2.3.5"),
        ({"type": "LoadBalancer"}, "<pending>"), ({"type": "LoadBalancer", "externalIPs": ["1.2.3.4"]}, "1.2.3.4"),
        ({"type": "ExternalName", "externalName": "a.b"}, "a.b"),
    ],
)
def test_the_addresses_of_a_service_outside_by_type(spec: dict[str, object], shown: str) -> None:
    assert outside({"metadata": {"name": "s"}, "spec": spec}, None) == shown  # type: ignore[arg-type]
