"""kubernetes_asyncio against a served cluster: what its examples show, in one session."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

pytest.importorskip("kubernetes_asyncio", reason="kubernetes-asyncio is not installed")

from sanb.http.serve import Served
from tests.http.objects import BOOK, CRD, DEPLOYMENT, POD, config_map

Session = Callable[[Any], Awaitable[Any]]
EXEC = {"stderr": True, "stdin": False, "stdout": True, "tty": False}


def _run(api: Served, session: Session) -> Any:
    from kubernetes_asyncio import config

    async def whole() -> Any:
        async with await config.new_client_from_config(str(api.kubeconfig)) as client:
            return await session(client)

    return asyncio.run(whole())


def test_pods_are_created_listed_patched_watched_and_deleted(api: Served) -> None:
    async def session(connection: Any) -> None:
        from kubernetes_asyncio import client, watch

        core = client.CoreV1Api(connection)
        made = await core.create_namespaced_pod("default", POD)
        assert (await core.read_namespaced_pod("web", "default")).status.phase == "Running"
        await core.patch_namespaced_pod("web", "default", {"metadata": {"labels": {"tier": "front"}}})
        found = await core.list_namespaced_pod("default", label_selector="tier=front")
        assert [pod.metadata.name for pod in found.items] == ["web"]
        seen = []
        async with watch.Watch().stream(
            core.list_namespaced_pod, "default", resource_version=made.metadata.resource_version, timeout_seconds=1
        ) as stream:
            async for event in stream:
                seen.append((event["type"], event["object"].metadata.name))
        assert set(seen) == {("MODIFIED", "web")}
        assert await core.read_namespaced_pod_log("web", "default") == ""
        await core.delete_namespaced_pod("web", "default")
        with pytest.raises(client.ApiException) as caught:
            await core.read_namespaced_pod("web", "default")
        assert (caught.value.status, caught.value.reason) == (404, "Not Found")

    _run(api, session)


def test_commands_run_in_containers(api: Served) -> None:
    async def session(connection: Any) -> tuple[str, int]:
        from kubernetes_asyncio import client, config
        from kubernetes_asyncio.stream import WsApiClient

        await client.CoreV1Api(connection).create_namespaced_pod("default", POD)
        ours = client.Configuration()
        await config.load_kube_config(str(api.kubeconfig), client_configuration=ours)
        async with WsApiClient(ours) as stream:
            core = client.CoreV1Api(stream)
            command = ["sh", "-c", "echo out; exit 3"]
            said = await core.connect_get_namespaced_pod_exec("web", "default", command=command, **EXEC)
            socket = await core.connect_get_namespaced_pod_exec(
                "web", "default", command=command, _preload_content=False, **EXEC
            )
            async with socket as wires:
                code = -1
                async for message in wires:
                    if message.data[:1] == b"\x03":
                        code = stream.parse_error_data(message.data[1:].decode())
            return said, code

    assert _run(api, session) == ("out\n", 3)


def test_deployments_scale_and_config_maps_are_applied(api: Served) -> None:
    async def session(connection: Any) -> None:
        from kubernetes_asyncio import client
        from kubernetes_asyncio.dynamic import DynamicClient

        apps = client.AppsV1Api(connection)
        await apps.create_namespaced_deployment("default", DEPLOYMENT)
        await apps.patch_namespaced_deployment_scale("dep", "default", {"spec": {"replicas": 3}})
        assert (await apps.read_namespaced_deployment_status("dep", "default")).status.ready_replicas == 3
        await apps.delete_namespaced_deployment("dep", "default", propagation_policy="Foreground")
        assert (await apps.list_namespaced_replica_set("default")).items == []
        dynamic = await DynamicClient(connection)
        kind = await dynamic.resources.get(api_version="v1", kind="ConfigMap")
        await kind.server_side_apply(config_map("c", a="b"), name="c", namespace="default", field_manager="test")
        assert (await kind.get(name="c", namespace="default")).data.a == "b"

    _run(api, session)


def test_custom_objects(api: Served) -> None:
    async def session(connection: Any) -> None:
        from kubernetes_asyncio import client

        await client.ApiextensionsV1Api(connection).create_custom_resource_definition(CRD)
        books, place = client.CustomObjectsApi(connection), ("shop.example", "v1", "default", "books")
        await books.create_namespaced_custom_object(*place, BOOK)
        await books.patch_namespaced_custom_object_status(
            *place, "emma", {"status": {"sold": 3}}, _content_type="application/merge-patch+json"
        )
        found = await books.list_namespaced_custom_object(*place)
        assert [(one["spec"]["title"], one["status"]["sold"]) for one in found["items"]] == [("Emma", 3)]
        await books.delete_namespaced_custom_object(*place, "emma")

    _run(api, session)
