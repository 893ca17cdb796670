"""Tables of the kinds beyond accounts and Pods."""

from __future__ import annotations

from typing import Any

import pytest

from tests.apiserver.alone import Alone

TEMPLATE = {"metadata": {"labels": {"a": "b"}}, "spec": {"containers": [{"name": "c", "image": "nginx"}]}}
ONCE = {"spec": {"restartPolicy": "Never", "containers": [{"name": "c", "image": "nginx"}]}}
SELECTOR = {"matchLabels": {"a": "b"}}
CLAIM = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}, "storageClassName": "fast"}


def row(minor: str, resource: str, body: dict[str, Any], status: Any = None, namespace: str = "shop") -> dict[str, Any]:
    """Columns and cells of one object, without those of wide output."""
    found = Alone(minor)
    made = found.body("create", resource, namespace, body={"metadata": {"name": "x"}, **body})
    name = made["metadata"]["name"]
    if status is not None:
        found.ask("update", resource, namespace, name, body={**made, "status": status}, subresource="status")
    table = found.body("get", resource, namespace, name, **{"as": "Table"})
    shown = zip(table["columnDefinitions"], table["rows"][0]["cells"], strict=True)
    return {column["name"]: cell for column, cell in shown if not column["priority"] and column["name"] != "Age"}


@pytest.mark.parametrize(("minor", "cells"), [
    ("1.10", {"Name": "x", "Desired": 3, "Current": 2}),
    ("1.14", {"Name": "x", "Ready": "1/3"}),
])
def test_statefulsets(minor: str, cells: dict[str, Any]) -> None:
    body = {"spec": {"replicas": 3, "serviceName": "s", "selector": SELECTOR, "template": TEMPLATE}}
    assert row(minor, "statefulsets.apps", body, {"replicas": 2, "readyReplicas": 1}) == cells


def test_daemonsets() -> None:
    template = {**TEMPLATE, "spec": {**TEMPLATE["spec"], "nodeSelector": {"os": "linux"}}}
    status = {"desiredNumberScheduled": 3, "currentNumberScheduled": 3, "numberReady": 2, "numberMisscheduled": 0,
              "updatedNumberScheduled": 3, "numberAvailable": 1}
    assert row("1.36", "daemonsets.apps", {"spec": {"selector": SELECTOR, "template": template}}, status) == {
        "Name": "x", "Desired": 3, "Current": 3, "Ready": 2, "Up-to-date": 3, "Available": 1, "Node Selector": "os=linux",
    }


DONE = {"succeeded": 1, "startTime": "2020-09-13T12:25:00Z", "completionTime": "2020-09-13T12:25:07Z",
        "conditions": [{"type": "Complete", "status": "True"}]}


@pytest.mark.parametrize(("minor", "cells"), [
    ("1.10", {"Name": "x", "Desired": "2", "Successful": 1}),
    ("1.11", {"Name": "x", "Completions": "1/2", "Duration": "7s"}),
    ("1.31", {"Name": "x", "Status": "Complete", "Completions": "1/2", "Duration": "7s"}),
])
def test_jobs(minor: str, cells: dict[str, Any]) -> None:
    assert row(minor, "jobs.batch", {"spec": {"completions": 2, "template": ONCE}}, DONE) == cells


def test_a_job_for_a_work_queue_counts_its_workers() -> None:
    cells = row("1.36", "jobs.batch", {"spec": {"parallelism": 3, "template": ONCE}})
    assert (cells["Status"], cells["Completions"], cells["Duration"]) == ("Running", "0/1 of 3", "")


def test_cronjobs() -> None:
    body = {"spec": {"schedule": "@daily", "jobTemplate": {"spec": {"template": ONCE}}}}
    cells = {"Name": "x", "Schedule": "@daily", "Suspend": "False", "Active": 0, "Last Schedule": "<none>"}
    assert row("1.20", "cronjobs.batch", body) == cells
    assert row("1.36", "cronjobs.batch", body) == {**cells, "Timezone": "<none>"}


@pytest.mark.parametrize(("minor", "targets"), [("1.10", "<unknown>/50%"), ("1.36", "cpu: <unknown>/50%")])
def test_autoscalers(minor: str, targets: str) -> None:
    target = {"kind": "Deployment", "name": "d"}
    body = {"apiVersion": "autoscaling/v1", "kind": "HorizontalPodAutoscaler",
            "spec": {"scaleTargetRef": target, "maxReplicas": 3, "targetCPUUtilizationPercentage": 50}}
    assert row(minor, "horizontalpodautoscalers.autoscaling", body) == {
        "Name": "x", "Reference": "Deployment/d", "Targets": targets, "MinPods": 1, "MaxPods": 3, "Replicas": 0,
    }


def test_budgets() -> None:
    assert row("1.36", "poddisruptionbudgets.policy", {"spec": {"minAvailable": "50%", "selector": SELECTOR}}) == {
        "Name": "x", "Min Available": "50%", "Max Unavailable": "N/A", "Allowed Disruptions": 0,
    }


def test_ingresses() -> None:
    backend = {"service": {"name": "s", "port": {"number": 80}}}
    paths = {"paths": [{"path": "/", "pathType": "Prefix", "backend": backend}]}
    rules = [{"host": f"{letter}.example.com", "http": paths} for letter in "abcd"]
    body = {"spec": {"ingressClassName": "nginx", "rules": rules, "tls": [{"hosts": ["a.example.com"]}]}}
    status = {"loadBalancer": {"ingress": [{"ip": "1.2.3.4"}, {"hostname": "h"}]}}
    assert row("1.36", "ingresses.networking.k8s.io", body, status) == {
        "Name": "x", "Class": "nginx", "Hosts": "a.example.com,b.example.com,c.example.com + 1 more...",
        "Address": "1.2.3.4,h", "Ports": "80, 443",
    }


def test_network_policies() -> None:
    selector = {"matchLabels": {"b": "c"}, "matchExpressions": [
        {"key": "a", "operator": "In", "values": ["y", "x"]}, {"key": "z", "operator": "DoesNotExist"}]}
    cells = row("1.36", "networkpolicies.networking.k8s.io", {"spec": {"podSelector": selector}})
    assert cells == {"Name": "x", "Pod-Selector": "!z,a in (x,y),b=c"}


def test_endpoints_and_slices() -> None:
    subsets = [{"addresses": [{"ip": f"10.0.0.{n}"} for n in (1, 2)], "ports": [{"port": 80, "name": "a"},
                                                                              {"port": 81, "name": "b"}]}]
    assert row("1.36", "endpoints", {"subsets": subsets})["Endpoints"] == (
        "10.0.0.1:80,10.0.0.1:81,10.0.0.2:80 + 1 more..."
    )
    body = {"addressType": "IPv4", "endpoints": [{"addresses": ["10.0.0.1"]}], "ports": [{"port": 80}]}
    assert row("1.36", "endpointslices.discovery.k8s.io", body) == {
        "Name": "x", "AddressType": "IPv4", "Ports": "80", "Endpoints": "10.0.0.1",
    }


def test_claims_and_volumes() -> None:
    bound = {"phase": "Bound", "capacity": {"storage": "1Gi"}, "accessModes": ["ReadWriteOnce"]}
    cells = row("1.36", "persistentvolumeclaims", {"spec": {**CLAIM, "volumeName": "v"}}, bound)
    assert cells == {"Name": "x", "Status": "Bound", "Volume": "v", "Capacity": "1Gi", "Access Modes": "RWO",
                     "StorageClass": "fast", "VolumeAttributesClass": "<unset>"}
    spec = {"capacity": {"storage": "1Gi"}, "accessModes": ["ReadWriteMany", "ReadWriteOnce"], "hostPath": {"path": "/x"},
            "claimRef": {"namespace": "shop", "name": "c"}}
    cells = row("1.20", "persistentvolumes", {"spec": spec}, namespace="")
    assert cells == {"Name": "x", "Capacity": "1Gi", "Access Modes": "RWO,RWX", "Reclaim Policy": "Retain",
                     "Status": "Pending", "Claim": "shop/c", "StorageClass": "", "Reason": ""}


def test_storage_classes() -> None:
    notes = {"storageclass.kubernetes.io/is-default-class": "true"}
    body = {"metadata": {"name": "x", "annotations": notes}, "provisioner": "a.io/b"}
    assert row("1.36", "storageclasses.storage.k8s.io", body, namespace="") == {
        "Name": "x (default)", "Provisioner": "a.io/b", "ReclaimPolicy": "Delete", "VolumeBindingMode": "Immediate",
        "AllowVolumeExpansion": "False",
    }


def test_quotas() -> None:
    hard = {"pods": "2", "limits.cpu": "1"}
    status = {"hard": hard, "used": {"pods": "1"}}
    assert row("1.36", "resourcequotas", {"spec": {"hard": hard}}, status) == {
        "Name": "x", "Request": "pods: 1/2", "Limit": "limits.cpu: 0/1",
    }


def test_priority_classes_and_webhooks() -> None:
    assert row("1.36", "priorityclasses.scheduling.k8s.io", {"value": 7}, namespace="") == {
        "Name": "x", "Value": 7, "Global-Default": "False", "PreemptionPolicy": "PreemptLowerPriority",
    }
    assert row("1.36", "mutatingwebhookconfigurations.admissionregistration.k8s.io", {}, namespace="") == {
        "Name": "x", "Webhooks": 0,
    }
