"""Small parts: images, texts of times, back-offs, addresses, quantities, variables."""

from __future__ import annotations

import pytest

from sanb.kubelet.downward import quantity, resource
from sanb.kubelet.environment import expand, service_variables
from sanb.kubelet.images import image
from sanb.kubelet.network import host_address
from sanb.kubelet.stages import MOUNT_BACK_OFF, Life, back_off, resync, span
from sanb.kubelet.times import directory, duration
from tests.kubelet.node import Node, container

START = 1_767_225_600.0
NAMES = {
    "nginx": ("docker.io/library/nginx:latest", "nginx:latest"),
    "nginx:1.25": ("docker.io/library/nginx:1.25", "nginx:1.25"),
    "bitnami/redis": ("docker.io/bitnami/redis:latest", "bitnami/redis:latest"),
    "registry.k8s.io/pause:3.9": ("registry.k8s.io/pause:3.9", "registry.k8s.io/pause:3.9"),
    "localhost:5000/a/b": ("localhost:5000/a/b:latest", "localhost:5000/a/b:latest"),
    "nginx@sha256:" + "a" * 64: ("docker.io/library/nginx@sha256:" + "a" * 64, "nginx@sha256:" + "a" * 64),
}


@pytest.mark.parametrize("name", NAMES)
def test_the_names_of_an_image(name: str) -> None:
    found = image(name)
    assert (found.canonical, found.familiar) == NAMES[name]
    assert len(found.digest) == 64


def test_durations_are_printed_as_go_prints_them() -> None:
    shown = [duration(took, digits=3) for took in (1.2, 2.345, 0.85, 62.5, 3.0)]
    assert shown == ["1.2s", "2.345s", "850ms", "1m2.5s", "3s"]


def test_the_name_of_a_volumes_directory() -> None:
    assert directory(START + 1.9, 7) == "..2026_01_01_00_00_01.000000007"


def test_a_span_lies_between_its_limits() -> None:
    assert span("stop", 0) == 0.15
    assert span("stop", 2**64 - 1) == 1.7


def test_mounts_are_tried_again_after_half_a_second_and_at_last_every_122_seconds() -> None:
    delays = [back_off(MOUNT_BACK_OFF, failures) for failures in range(1, 12)]
    assert delays == [0.5, 1, 2, 4, 8, 16, 32, 64, 122, 122, 122]


@pytest.mark.parametrize("drawn", [0, 2**63, 2**64 - 1])
def test_re_syncs_lie_on_a_grid_of_60_to_90_seconds(drawn: int) -> None:
    life = Life("u", "n", began="2026-01-01T00:00:00Z")
    first = resync(life, drawn, START)
    second = resync(life, drawn, first)
    assert 60 <= first - START <= 90
    assert second - first == pytest.approx(first - START)
    assert resync(life, drawn, first + 1) == second


def test_pods_of_a_node_get_its_addresses_one_after_the_other() -> None:
    node = Node(machine=False)
    node.machine("n1", podCIDR="10.244.3.0/24")
    node.machine("n2")
    names = [("a", "n1"), ("b", "n1"), ("c", "n2")]
    ips = [node.start(name, nodeName=host)["status"]["podIP"] for name, host in names]
    assert ips == ["10.244.3.2", "10.244.3.3", "10.244.0.2"]


def test_a_full_block_is_followed_by_a_free_one() -> None:
    node = Node(machine=False)
    node.machine("n1", podCIDR="10.244.0.0/24")
    for number in range(254):
        node.create(f"web-{number}", containers=[container()])
    node.bench.run()
    ips = [version.last["status"]["podIP"] for version in node.bench.store.head.scan("pods")]
    assert len(set(ips)) == 254
    assert sorted(ip for ip in ips if not ip.startswith("10.244.0.")) == ["10.244.1.2"]


def test_a_pod_on_the_network_of_its_host_has_the_hosts_address() -> None:
    status = Node().start(hostNetwork=True)["status"]
    assert status["podIP"] == status["hostIP"] == "172.18.0.2"


def test_a_node_without_an_address_gets_one_from_its_name() -> None:
    assert host_address({"metadata": {"name": "n"}}) == host_address({"metadata": {"name": "n"}, "status": {}})
    assert host_address({"metadata": {"name": "n"}}).startswith("10.128.")


@pytest.mark.parametrize(("text", "number"), [("100m", 0.1), ("2", 2), ("1Gi", 2**30), ("1k", 1000), ("1e3", 1000)])
def test_quantities(text: str, number: float) -> None:
    assert quantity(text) == pytest.approx(number)


def test_amounts_are_divided_and_rounded_up() -> None:
    amounts = {"limits": {"cpu": "1500m"}, "requests": {"memory": "1Mi"}}
    pod = {"spec": {"containers": [{"name": "a", "resources": amounts}]}}
    asked = [("limits.cpu", "1"), ("limits.cpu", "1m"), ("requests.memory", "1Ki"), ("limits.memory", "1Gi")]
    found = [resource(pod, {"containerName": "a", "resource": name, "divisor": by}) for name, by in asked]
    assert found == ["2", "1500", "1024", "4"]
    assert resource(pod, {"resource": "requests.cpu", "divisor": "0"}, "a") == "0"


def test_references_to_variables_are_replaced_where_they_are_known() -> None:
    assert expand("$(A)-$(B)-$$(A)-$A", {"A": "1"}) == "1-$(B)-$(A)-$A"


def test_services_without_an_address_have_no_variables() -> None:
    headless = {"metadata": {"name": "x"}, "spec": {"clusterIP": "None", "ports": [{"port": 1}]}}
    assert service_variables([headless]) == service_variables([])
    assert service_variables([])["KUBERNETES_PORT"] == "tcp://10.96.0.1:443"


def test_variables_from_everywhere() -> None:
    node = Node()
    node.secret("s", password="x")
    node.make("configmaps", "c", data={"color": "blue"})
    sources = [{"configMapRef": {"name": "c"}, "prefix": "C_"}, {"secretRef": {"name": "no", "optional": True}}]
    refs = [
        ("P", {"secretKeyRef": {"name": "s", "key": "password"}}),
        ("Q", {"configMapKeyRef": {"name": "c", "key": "color"}}),
        ("R", {"secretKeyRef": {"name": "s", "key": "no", "optional": True}}),
        ("IP", {"fieldRef": {"fieldPath": "status.podIP"}}),
        ("NODE", {"fieldRef": {"fieldPath": "spec.nodeName"}}),
        ("ACCOUNT", {"fieldRef": {"fieldPath": "spec.serviceAccountName"}}),
        ("CPU", {"resourceFieldRef": {"resource": "limits.cpu"}}),
    ]
    env = [{"name": name, "valueFrom": source} for name, source in refs]
    node.start(containers=[container(env=env, envFrom=sources)])
    shown = dict(line.split("=", 1) for line in node.exec("env").stdout.splitlines())
    names = ("C_color", "P", "Q", "R", "IP", "NODE", "ACCOUNT", "CPU")
    assert [shown.get(name) for name in names] == ["blue", "x", "blue", None, "10.244.0.2", "n1", "default", "2"]


def test_variables_stay_as_they_were_when_the_container_started() -> None:
    node = Node()
    node.secret("s", key="old")
    env = [{"name": "A", "valueFrom": {"secretKeyRef": {"name": "s", "key": "key"}}}]
    node.start(containers=[container(env=env)])
    node.change("secrets", "s", data={"key": "bmV3"})
    node.bench.run_for(200)
    assert node.exec("printenv", "A").stdout == "old\n"
