"""The official Python client against a served cluster: what its documentation and examples show."""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("kubernetes", reason="the official client is not installed")

from sanb import Cluster
from sanb.http.serve import Served
from tests.http.objects import BOOK, CRD, DEPLOYMENT, POD, config_map


@pytest.fixture
def connection(api: Served) -> Any:
    """The official client's ApiClient."""
    from kubernetes import config

    return config.new_client_from_config(str(api.kubeconfig))


@pytest.fixture
def core(connection: Any) -> Any:
    """The official client's CoreV1Api."""
    from kubernetes import client

    return client.CoreV1Api(connection)


def test_official_create_read_list_patch_delete(core: Any) -> None:
    made = core.create_namespaced_pod("default", POD)
    assert made.metadata.uid
    assert core.read_namespaced_pod("web", "default").status.phase == "Running"
    assert [pod.metadata.name for pod in core.list_namespaced_pod("default", label_selector="app=web").items] == ["web"]
    patched = core.patch_namespaced_pod("web", "default", {"metadata": {"labels": {"tier": "front"}}})
    assert patched.metadata.labels == {"app": "web", "tier": "front"}
    core.delete_namespaced_pod("web", "default")
    assert core.list_namespaced_pod("default").items == []


def test_official_errors_have_the_servers_status(core: Any) -> None:
    from kubernetes.client import ApiException

    with pytest.raises(ApiException) as caught:
        core.read_namespaced_pod("nope", "default")
    assert (caught.value.status, caught.value.reason) == (404, "Not Found")
    assert 'pods \\"nope\\" not found' in caught.value.body


def test_official_watch(core: Any) -> None:
    from kubernetes import watch

    core.create_namespaced_pod("default", POD)
    stream = watch.Watch().stream(core.list_namespaced_pod, "default", timeout_seconds=1)
    assert [(event["type"], event["object"].metadata.name) for event in stream] == [("ADDED", "web")]


def test_official_exec_and_log(core: Any) -> None:
    from kubernetes.stream import stream

    core.create_namespaced_pod("default", POD)
    options = {"stderr": True, "stdin": False, "stdout": True, "tty": False}
    command = ["sh", "-c", "echo out; echo err >&2; exit 3"]
    assert core.read_namespaced_pod_log("web", "default") == ""
    channel = stream(
        core.connect_get_namespaced_pod_exec, "web", "default", command=command, _preload_content=False, **options
    )
    channel.run_forever(timeout=10)
    assert (channel.read_stdout(), channel.read_stderr(), channel.returncode) == ("out\n", "err\n", 3)


def test_official_terminal(core: Any) -> None:
    """A shell on a terminal echoes, prompts, keeps its directory and ends with `exit`."""
    from kubernetes.stream import stream

    core.create_namespaced_pod("default", POD)
    channel = stream(
        core.connect_get_namespaced_pod_exec, "web", "default", command=["sh"], stderr=True, stdin=True, stdout=True,
        tty=True, _preload_content=False,
    )
    for line in ("cd /etc", "pwd", "exit 4"):
        channel.write_stdin(line + "\n")
    channel.run_forever(timeout=10)
    assert channel.read_stdout() == "# cd /etc\r\n# pwd\r\n/etc\r\n# exit 4\r\n"
    assert channel.returncode == 4


def test_official_token(core: Any) -> None:
    made = core.create_namespaced_service_account_token("default", "default", {"spec": {"expirationSeconds": 600}})
    assert made.status.token.count(".") == 2


def test_dynamic_client_reads_discovery_applies_and_watches(connection: Any) -> None:
    from kubernetes.dynamic import DynamicClient

    client = DynamicClient(connection)
    kind = client.resources.get(api_version="v1", kind="ConfigMap")
    kind.server_side_apply({**config_map("c", a="b"), "metadata": {"name": "c", "namespace": "default"}}, field_manager="test")
    found = kind.get(name="c", namespace="default")
    assert found.data.a == "b"
    changed = kind.patch(body={"data": {"a": "c"}}, name="c", namespace="default", content_type="application/merge-patch+json")
    events = kind.watch(namespace="default", resource_version=found.metadata.resourceVersion, timeout=1)
    assert [(one["type"], one["object"].data.a) for one in events] == [("MODIFIED", "c")]
    kind.delete(name="c", namespace="default", body={"preconditions": {"uid": changed.metadata.uid}})
    assert [one.metadata.name for one in kind.get(namespace="default").items] == ["kube-root-ca.crt"]


def test_create_from_yaml(connection: Any, core: Any, cluster: Cluster) -> None:
    from kubernetes import utils

    utils.create_from_dict(connection, DEPLOYMENT)
    cluster.run()
    pods = core.list_namespaced_pod("default", label_selector="app=dep").items
    assert [pod.status.phase for pod in pods] == ["Running", "Running"]
    with pytest.raises(utils.FailToCreateError, match='"dep\\\\" already exists'):
        utils.create_from_dict(connection, DEPLOYMENT)


def test_deployments_are_scaled_and_rolled_out(connection: Any) -> None:
    from kubernetes import client

    apps = client.AppsV1Api(connection)
    apps.create_namespaced_deployment("default", DEPLOYMENT)
    apps.patch_namespaced_deployment_scale("dep", "default", {"spec": {"replicas": 3}})
    scale = apps.read_namespaced_deployment_scale("dep", "default")
    assert (scale.spec.replicas, scale.status.replicas, scale.status.selector) == (3, 3, "app=dep")
    image = [{"name": "c", "image": "nginx:2"}]
    apps.patch_namespaced_deployment("dep", "default", {"spec": {"template": {"spec": {"containers": image}}}})
    status = apps.read_namespaced_deployment_status("dep", "default").status
    assert (status.observed_generation, status.updated_replicas, status.available_replicas) == (3, 3, 3)
    assert len(apps.list_namespaced_replica_set("default").items) == 2
    apps.delete_namespaced_deployment("dep", "default", propagation_policy="Foreground")
    assert apps.list_namespaced_replica_set("default").items == []


def test_custom_objects_with_a_status_of_their_own(connection: Any) -> None:
    from kubernetes import client

    client.ApiextensionsV1Api(connection).create_custom_resource_definition(CRD)
    books, place = client.CustomObjectsApi(connection), ("shop.example", "v1", "default", "books")
    books.create_namespaced_custom_object(*place, BOOK)
    books.patch_namespaced_custom_object(*place, "emma", {"spec": {"title": "Persuasion"}, "status": {"sold": 9}})
    books.patch_namespaced_custom_object_status(*place, "emma", {"spec": {"title": "no"}, "status": {"sold": 3}})
    found = books.get_namespaced_custom_object(*place, "emma")
    assert (found["spec"], found["status"]) == ({"title": "Persuasion"}, {"sold": 3})
    assert [one["metadata"]["name"] for one in books.list_namespaced_custom_object(*place)["items"]] == ["emma"]
    books.delete_namespaced_custom_object(*place, "emma")
    assert books.list_namespaced_custom_object(*place)["items"] == []


def test_lists_are_paged_and_a_page_that_is_gone_is_told(core: Any, cluster: Cluster) -> None:
    for number in range(5):
        core.create_namespaced_config_map("default", config_map(f"c{number}"))
    first = core.list_namespaced_config_map("default", limit=4)
    rest = core.list_namespaced_config_map("default", limit=4, _continue=first.metadata._continue)
    names = [one.metadata.name for page in (first, rest) for one in page.items]
    assert names == ["c0", "c1", "c2", "c3", "c4", "kube-root-ca.crt"]
    assert (first.metadata.remaining_item_count, rest.metadata._continue) == (2, None)


def test_a_watch_begins_with_what_there_is_and_gets_bookmarks(core: Any) -> None:
    from kubernetes import watch

    core.create_namespaced_pod("default", POD)
    stream = watch.Watch().stream(
        core.list_namespaced_pod, "default", timeout_seconds=1, allow_watch_bookmarks=True, send_initial_events=True,
        resource_version_match="NotOlderThan",
    )
    seen = [(event["type"], event["raw_object"]["metadata"].get("annotations")) for event in stream]
    assert seen == [("ADDED", None), ("BOOKMARK", {"k8s.io/initial-events-end": "true"})]


def test_a_watch_from_a_revision_that_is_yet_to_come_waits_for_it(core: Any) -> None:
    from kubernetes import watch

    assert list(watch.Watch().stream(core.list_namespaced_pod, "default", timeout_seconds=1, resource_version="999999999")) == []


def test_pods_are_bound_evicted_and_deleted_in_bulk(core: Any, cluster: Cluster) -> None:
    from kubernetes import client

    core.create_namespaced_pod("default", {**POD, "spec": {**POD["spec"], "schedulerName": "mine"}})
    target = client.V1ObjectReference(api_version="v1", kind="Node", name="node-1")
    core.create_namespaced_pod_binding(
        "web", "default", client.V1Binding(metadata=client.V1ObjectMeta(name="web"), target=target), _preload_content=False
    )
    assert core.read_namespaced_pod("web", "default").spec.node_name == "node-1"
    core.create_namespaced_pod_eviction("web", "default", client.V1Eviction(metadata=client.V1ObjectMeta(name="web")))
    assert core.list_namespaced_pod("default").items == []
    for name in ("a", "b"):
        core.create_namespaced_pod("default", {**POD, "metadata": {"name": name, "labels": {"app": name}}})
    core.delete_collection_namespaced_pod("default", label_selector="app=a")
    assert [one.metadata.name for one in core.list_namespaced_pod("default").items] == ["b"]


def test_the_last_lines_of_a_log_are_told(core: Any, cluster: Cluster) -> None:
    notes = {"sanb.dev/log": "2026-01-01T00:00:01Z one\n2026-01-01T00:00:02Z two\n2026-01-01T00:00:03Z three"}
    body = {"metadata": {"name": "talks", "annotations": notes}, "spec": {
        "initContainers": [{"name": "first", "image": "x"}], "containers": [{"name": "c", "image": "x"}]}}
    core.create_namespaced_pod("default", body)
    cluster.run()
    assert core.read_namespaced_pod_log("talks", "default", tail_lines=2) == "two\nthree\n"
    assert core.read_namespaced_pod_log("talks", "default", tail_lines=1, timestamps=True) == "2026-01-01T00:00:03Z three\n"
    assert core.read_namespaced_pod_log("talks", "default", container="first", limit_bytes=3) == "one"


def test_logs_are_followed_until_the_container_is_gone(core: Any, cluster: Cluster) -> None:
    core.create_namespaced_pod("default", POD)
    following = core.read_namespaced_pod_log("web", "default", follow=True, tail_lines=5, _preload_content=False)
    cluster.delete("pod", "web", grace=0)
    assert (following.status, following.read()) == (200, b"")


def test_a_program_elects_itself_leader(api: Served, connection: Any) -> None:
    """Leases are renewed with the resourceVersion that was read: what leader election lives on."""
    from kubernetes import client
    from kubernetes.client import ApiException

    leases = client.CoordinationV1Api(connection)
    made = leases.create_namespaced_lease("default", client.V1Lease(
        metadata=client.V1ObjectMeta(name="leader"), spec=client.V1LeaseSpec(holder_identity="one", lease_duration_seconds=15),
    ))
    made.spec.holder_identity = "two"
    renewed = leases.replace_namespaced_lease("leader", "default", made)
    assert renewed.spec.holder_identity == "two"
    with pytest.raises(ApiException) as caught:
        leases.replace_namespaced_lease("leader", "default", made)
    assert (caught.value.status, caught.value.reason) == (409, "Conflict")
