"""Public manifests with scheduler and kubelet on: the state of every Pod, and what those that wait wait for."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from sanb import Cluster

HERE = Path(__file__).parent.parent / "conformance" / "manifests"
ABC = "bcdfghjklmnpqrstvwxz2456789"
NO_REDIS_SECRET = ("CreateContainerConfigError", 'secret "argocd-redis" not found')

ARGO = {
    "argocd-application-controller-0": NO_REDIS_SECRET,
    "argocd-applicationset-controller": "Running",
    "argocd-dex-server": "Running",
    "argocd-notifications-controller": "Running",
    "argocd-redis": NO_REDIS_SECRET,
    "argocd-repo-server": NO_REDIS_SECRET,
    "argocd-server": NO_REDIS_SECRET,
}
PROMETHEUS = {
    "blackbox-exporter": "Running",
    "grafana": ("ContainerCreating", ""),
    "kube-state-metrics": "Running",
    "node-exporter": "Running",
    "prometheus-adapter": "Running",
    "prometheus-operator": "Running",
}
BOUTIQUE = dict.fromkeys((
    "adservice", "cartservice", "checkoutservice", "currencyservice", "emailservice", "frontend", "loadgenerator",
    "paymentservice", "productcatalogservice", "recommendationservice", "redis-cart", "shippingservice",
), "Running")


def applied(minor: str, manifest: str, namespace: str) -> Cluster:
    c = Cluster(minor, seed=1, nodes=3)
    c.create("namespace", namespace)
    c.run()
    c.apply(HERE / manifest, namespace=namespace)
    c.run()
    return c


def state(pod: Any) -> Any:
    """Running if all containers are ready, what the first one waits for and why, or the phase."""
    status = pod["status"]
    for one in status.get("containerStatuses", ()):
        if "waiting" in one["state"]:
            return one["state"]["waiting"]["reason"], one["state"]["waiting"].get("message", "")
    if status["phase"] == "Running":
        assert all(one["ready"] for one in status["containerStatuses"])
    return status["phase"]


def states(c: Cluster, namespace: str) -> dict[str, Any]:
    """name of the workload (or of the Pod, where that is fixed) -> state of all its Pods."""
    found: dict[str, Any] = {}
    for pod in c.list("pods", namespace=namespace):
        name = re.sub(rf"(-[{ABC}]{{6,10}})?-[{ABC}]{{5}}$", "", pod["metadata"]["name"])
        now = state(pod)
        assert found.setdefault(name, now) == now, f"the Pods of {name} differ"
    return found


def warnings(c: Cluster, namespace: str) -> set[tuple[str, str]]:
    events = c.list("events", namespace=namespace)
    return {(event["reason"], event["message"]) for event in events if event["type"] == "Warning"}


@pytest.mark.parametrize("minor", ["1.23", "1.36"])
def test_argo_cd_waits_for_the_secret_that_a_program_would_make(minor: str) -> None:
    c = applied(minor, "argo-cd-namespaced.yaml", "argocd")
    assert states(c, "argocd") == ARGO
    assert warnings(c, "argocd") == {("Failed", 'Error: secret "argocd-redis" not found')}
    c.create("secret", "argocd-redis", namespace="argocd", data={"auth": "c2VjcmV0"})
    c.run()
    assert states(c, "argocd") == dict.fromkeys(ARGO, "Running")


@pytest.mark.parametrize("minor", ["1.23", "1.36"])
def test_ingress_nginx_waits_for_its_certificate_and_its_jobs_finish_and_go(minor: str) -> None:
    """The Jobs say `ttlSecondsAfterFinished: 0`: from 1.21 on they are gone as soon as they have finished."""
    c = applied(minor, "ingress-nginx.yaml", "ingress-nginx")
    assert states(c, "ingress-nginx") == {"ingress-nginx-controller": ("ContainerCreating", "")}
    assert warnings(c, "ingress-nginx") == {(
        "FailedMount",
        'MountVolume.SetUp failed for volume "webhook-cert" : secret "ingress-nginx-admission" not found',
    )}
    assert c.list("jobs", namespace="ingress-nginx") == []
    events = c.list("events", namespace="ingress-nginx")
    done = [event["involvedObject"]["name"] for event in events if event["reason"] == "Completed"]
    assert sorted(done) == ["ingress-nginx-admission-create", "ingress-nginx-admission-patch"]
    c.create("secret", "ingress-nginx-admission", namespace="ingress-nginx", data={"cert": "Yw==", "key": "aw=="})
    c.run()
    assert states(c, "ingress-nginx") == {"ingress-nginx-controller": "Running"}


def test_jobs_of_minors_without_the_ttl_controller_stay_and_have_succeeded() -> None:
    c = applied("1.20", "ingress-nginx.yaml", "ingress-nginx")
    assert states(c, "ingress-nginx") == {
        "ingress-nginx-admission-create": "Succeeded", "ingress-nginx-admission-patch": "Succeeded",
        "ingress-nginx-controller": ("ContainerCreating", ""),
    }
    jobs = c.list("jobs", namespace="ingress-nginx")
    assert [job["status"]["succeeded"] for job in jobs] == [1, 1]
    assert [job["status"]["conditions"][0]["type"] for job in jobs] == ["Complete", "Complete"]


@pytest.mark.parametrize("minor", ["1.23", "1.36"])
def test_kube_prometheus_runs_but_for_grafana_whose_dashboards_are_not_in_the_file(minor: str) -> None:
    c = applied(minor, "kube-prometheus.yaml", "monitoring")
    assert states(c, "monitoring") == PROMETHEUS
    reason = 'MountVolume.SetUp failed for volume "grafana-datasources" : secret "grafana-datasources" not found'
    assert ("FailedMount", reason) in warnings(c, "monitoring")
    (exporter,) = c.list("daemonsets", namespace="monitoring")
    assert (exporter["status"]["desiredNumberScheduled"], exporter["status"]["numberReady"]) == (3, 3)
    agents = [p for p in c.list("pods", namespace="monitoring") if p["metadata"]["name"].startswith("node-exporter")]
    nodes = [pod["spec"]["nodeName"] for pod in agents]
    assert sorted(nodes) == ["node-1", "node-2", "node-3"]
    budgets = {b["metadata"]["name"]: b["status"]["disruptionsAllowed"] for b in c.list("pdb", namespace="monitoring")}
    assert budgets == {"alertmanager-main": 0, "prometheus-adapter": 1, "prometheus-k8s": 0}


@pytest.mark.parametrize("minor", ["1.23", "1.36"])
def test_every_pod_of_the_boutique_runs_and_every_service_has_an_address(minor: str) -> None:
    c = applied(minor, "online-boutique.yaml", "shop")
    assert states(c, "shop") == BOUTIQUE
    addresses = {
        one["metadata"]["name"]: sum(len(part.get("addresses", ())) for part in one.get("subsets", ()))
        for one in c.list("endpoints", namespace="shop")
    }
    services = sorted(one["metadata"]["name"] for one in c.list("services", namespace="shop"))
    assert addresses == dict.fromkeys(services, 1)


def test_on_1_10_pods_that_ask_for_a_label_of_later_nodes_stay_pending() -> None:
    """`kubernetes.io/os` is a label of nodes from 1.14 on."""
    c = applied("1.10", "argo-cd-namespaced.yaml", "argocd")
    assert set(states(c, "argocd").values()) == {"Pending"}
    assert warnings(c, "argocd") == {
        ("FailedScheduling", "0/3 nodes are available: 3 node(s) didn't match node selector.")
    }
