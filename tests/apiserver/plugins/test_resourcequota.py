"""ResourceQuota: what does not fit is refused, what fits is charged with the object itself."""

from __future__ import annotations

from typing import Any

import pytest

from sanb.apiserver.admission import Chain
from sanb.apiserver.plugins import resourcequota
from sanb.profiles.profile import Profile
from tests.apiserver.alone import Alone, config, pod


def server(minor: str = "1.36", hard: dict[str, str] | None = None, used: dict[str, str] | None = None, **spec: Any) -> Alone:
    """A server with a quota whose status is known."""
    found = Alone(minor, chain=Chain((resourcequota.plugin(Profile.of(minor)),)))
    hard = hard or {"pods": "2"}
    made = found.body("create", "resourcequotas", "shop", body={"metadata": {"name": "q"}, "spec": {"hard": hard, **spec}})
    state = {"hard": hard, "used": used or dict.fromkeys(hard, "0")}
    found.ask("update", "resourcequotas", "shop", "q", body={**made, "status": state}, subresource="status")
    return found


def used(found: Alone) -> dict[str, str]:
    result: dict[str, str] = found.body("get", "resourcequotas", "shop", "q")["status"]["used"]
    return result


def sized(name: str, **requests: str) -> Any:
    return pod(name, containers=[{"name": "c", "image": "nginx", "resources": {"requests": requests}}])


def test_what_is_created_is_charged_and_what_is_too_much_refused() -> None:
    found = server()
    for name in ("a", "b"):
        found.ask("create", "pods", "shop", body=pod(name))
    assert used(found) == {"pods": "2"}
    assert found.refused("create", "pods", "shop", body=pod("c"))["message"] == (
        'pods "c" is forbidden: exceeded quota: q, requested: pods=1, used: pods=2, limited: pods=2'
    )


def test_object_and_quota_are_written_in_one_step() -> None:
    found = server()
    made = found.body("create", "pods", "shop", body=pod("a"))
    quota = found.body("get", "resourcequotas", "shop", "q")
    revisions = [int(obj["metadata"]["resourceVersion"]) for obj in (made, quota)]
    assert revisions == [found.store.rev - 1, found.store.rev]


def test_what_is_refused_for_another_reason_is_not_charged() -> None:
    found = server(hard={"count/configmaps": "9"})
    found.ask("create", "configmaps", "shop", body=config("a"))
    assert found.refused("create", "configmaps", "shop", body=config("a"))["reason"] == "AlreadyExists"
    assert used(found) == {"count/configmaps": "1"}
    found.ask("create", "configmaps", "shop", body=config("b"), dryRun="All")
    assert used(found) == {"count/configmaps": "1"}


def test_other_namespaces_events_and_quotas_without_status_do_not_count() -> None:
    found = server(hard={"pods": "0"})
    found.ask("create", "pods", "other", body=pod("a"))
    body = {"metadata": {"name": "e", "namespace": "shop"}, "involvedObject": {"namespace": "shop"}}
    found.ask("create", "events", "shop", body=body)
    found.ask("create", "resourcequotas", "other", body={"metadata": {"name": "new"}, "spec": {"hard": {"pods": "0"}}})
    found.ask("create", "pods", "other", body=pod("b"))


def test_quantities_are_summed_in_their_own_form() -> None:
    found = server(hard={"requests.memory": "1Gi", "requests.cpu": "1"})
    found.ask("create", "pods", "shop", body=sized("a", memory="512Mi", cpu="250m"))
    found.ask("create", "pods", "shop", body=sized("b", memory="256Mi", cpu="250m"))
    assert used(found) == {"requests.memory": "768Mi", "requests.cpu": "500m"}
    assert found.refused("create", "pods", "shop", body=sized("c", memory="512Mi", cpu="1"))["message"] == (
        'pods "c" is forbidden: exceeded quota: q, requested: requests.cpu=1,requests.memory=512Mi, '
        "used: requests.cpu=500m,requests.memory=768Mi, limited: requests.cpu=1,requests.memory=1Gi"
    )


@pytest.mark.parametrize(("minor", "text"), [
    ("1.10", "failed quota: q: must specify cpu,limits.memory"),
    ("1.36", "failed quota: q: must specify cpu for: c; limits.memory for: c"),
])
def test_containers_must_say_what_a_quota_is_about(minor: str, text: str) -> None:
    found = server(minor, {"cpu": "1", "limits.memory": "1Gi"})
    assert found.refused("create", "pods", "shop", body=pod("a"))["message"] == f'pods "a" is forbidden: {text}'


@pytest.mark.parametrize(("scope", "priority", "charged"), [
    ("BestEffort", "", "1"), ("NotBestEffort", "", "0"), ("Terminating", "", "0"), ("NotTerminating", "", "1"),
])
def test_a_quota_with_scopes_is_about_pods_in_them(scope: str, priority: str, charged: str) -> None:
    found = server(scopes=[scope])
    found.ask("create", "pods", "shop", body=pod("a"))
    assert used(found) == {"pods": charged}


def test_a_quota_may_be_about_a_priority_class() -> None:
    wanted = {"matchExpressions": [{"scopeName": "PriorityClass", "operator": "In", "values": ["high"]}]}
    found = server(scopeSelector=wanted)
    found.ask("create", "pods", "shop", body=pod("a"))
    found.ask("create", "pods", "shop", body=pod("b", priorityClassName="high"))
    assert used(found) == {"pods": "1"}


def test_services_use_node_ports_and_load_balancers() -> None:
    found = server(hard={"services": "9", "services.nodeports": "9", "services.loadbalancers": "9"})
    ports = [{"port": 80}, {"port": 443, "name": "b"}]
    spec = {"type": "NodePort", "ports": [{**port, "name": port.get("name", "a")} for port in ports]}
    made = found.body("create", "services", "shop", body={"metadata": {"name": "s"}, "spec": spec})
    assert used(found) == {"services": "1", "services.nodeports": "2", "services.loadbalancers": "0"}
    changed = {**made, "spec": {**made["spec"], "type": "LoadBalancer"}}
    found.ask("update", "services", "shop", "s", body=changed)
    assert used(found) == {"services": "1", "services.nodeports": "2", "services.loadbalancers": "1"}


def test_claims_use_storage_of_their_class() -> None:
    fast = "fast.storageclass.storage.k8s.io/requests.storage"
    found = server(hard={"requests.storage": "10Gi", fast: "5Gi", "persistentvolumeclaims": "3"})
    spec = {"accessModes": ["ReadWriteOnce"], "storageClassName": "fast", "resources": {"requests": {"storage": "4Gi"}}}
    found.ask("create", "persistentvolumeclaims", "shop", body={"metadata": {"name": "a"}, "spec": spec})
    assert used(found) == {"requests.storage": "4Gi", fast: "4Gi", "persistentvolumeclaims": "1"}
    refused = found.refused("create", "persistentvolumeclaims", "shop", body={"metadata": {"name": "b"}, "spec": spec})
    assert refused["message"].endswith(f"exceeded quota: q, requested: {fast}=4Gi, used: {fast}=4Gi, limited: {fast}=5Gi")
