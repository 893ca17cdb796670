"""Python clients against a served cluster: what their documentation shows first."""

from __future__ import annotations

import warnings
from typing import Any

import pytest

from sanb import Cluster
from sanb.http.serve import Served

POD: dict[str, Any] = {
    "apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web", "labels": {"app": "web"}},
    "spec": {"containers": [{"name": "c", "image": "nginx"}]},
}


# ---------------------------------------------------------------------- the official client


@pytest.fixture
def core(api: Served) -> Any:
    """The official client's CoreV1Api."""
    kubernetes = pytest.importorskip("kubernetes", reason="the official client is not installed")
    return kubernetes.client.CoreV1Api(kubernetes.config.new_client_from_config(str(api.kubeconfig)))


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


def test_official_dynamic_client_reads_discovery_and_applies(api: Served) -> None:
    kubernetes = pytest.importorskip("kubernetes", reason="the official client is not installed")
    from kubernetes.dynamic import DynamicClient

    client = DynamicClient(kubernetes.config.new_client_from_config(str(api.kubeconfig)))
    kind = client.resources.get(api_version="v1", kind="ConfigMap")
    metadata = {"name": "c", "namespace": "default"}
    body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {"a": "b"}}
    kind.server_side_apply(body, field_manager="test")
    assert kind.get(name="c", namespace="default").data.a == "b"


# ---------------------------------------------------------------------- kr8s


@pytest.fixture
def kr8s_api(api: Served) -> Any:
    """A client of kr8s."""
    kr8s = pytest.importorskip("kr8s", reason="kr8s is not installed")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of minors that it does not know
        return kr8s.api(kubeconfig=str(api.kubeconfig))


def test_kr8s_create_wait_exec_watch_delete(kr8s_api: Any) -> None:
    from kr8s.objects import Pod

    pod = Pod(POD, api=kr8s_api)
    pod.create()
    pod.wait("condition=Ready", timeout=10)
    assert [one.name for one in kr8s_api.get("pods", label_selector={"app": "web"})] == ["web"]
    pod.label({"tier": "front"})
    done = pod.exec(["cat", "/etc/hostname"])
    assert (done.stdout, done.returncode) == (b"web\n", 0)
    assert list(pod.logs()) == []
    event, seen = next(iter(kr8s_api.watch("pods")))
    assert (event, seen.name) == ("ADDED", "web")
    pod.delete()
    assert not pod.exists()


# ---------------------------------------------------------------------- lightkube


def test_lightkube_create_list_apply_patch_watch_delete(api: Served, cluster: Cluster) -> None:
    lightkube = pytest.importorskip("lightkube", reason="lightkube is not installed")
    from lightkube.config.kubeconfig import KubeConfig
    from lightkube.models.meta_v1 import ObjectMeta
    from lightkube.resources.core_v1 import ServiceAccount

    client = lightkube.Client(KubeConfig.from_file(str(api.kubeconfig)), field_manager="test")
    made = client.create(ServiceAccount(metadata=ObjectMeta(name="bot", namespace="default")))
    assert [one.metadata.name for one in client.list(ServiceAccount, namespace="default")] == ["bot", "default"]
    client.apply(ServiceAccount(metadata=ObjectMeta(name="bot", namespace="default", labels={"a": "b"})))
    client.patch(ServiceAccount, "bot", {"metadata": {"labels": {"c": "d"}}})
    events = client.watch(
        ServiceAccount, namespace="default", resource_version=made.metadata.resourceVersion, server_timeout=1
    )
    assert [next(events)[1].metadata.labels for _ in range(2)] == [{"a": "b"}, {"a": "b", "c": "d"}]
    client.delete(ServiceAccount, "bot")
    assert [one.metadata.name for one in client.list(ServiceAccount, namespace="default")] == ["default"]
