"""lightkube against a served cluster: what its documentation shows."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

pytest.importorskip("lightkube", reason="lightkube is not installed")

import lightkube

from sanb import Cluster
from sanb.http.serve import Served
from tests.http.objects import BOOK, CRD, DEPLOYMENT, POD


@pytest.fixture
def client(api: Served) -> Any:
    """A client of lightkube."""
    from lightkube.config.kubeconfig import KubeConfig

    return lightkube.Client(KubeConfig.from_file(str(api.kubeconfig)), field_manager="test")


def test_create_list_apply_patch_watch_delete(client: Any) -> None:
    from lightkube.models.meta_v1 import ObjectMeta
    from lightkube.resources.core_v1 import ServiceAccount

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


def test_another_manager_gets_a_conflict_unless_it_forces(client: Any) -> None:
    from lightkube.models.meta_v1 import ObjectMeta
    from lightkube.resources.core_v1 import ConfigMap

    client.apply(ConfigMap(metadata=ObjectMeta(name="c", namespace="default"), data={"a": "1"}))
    other = ConfigMap(metadata=ObjectMeta(name="c", namespace="default"), data={"a": "2"})
    with pytest.raises(lightkube.ApiError) as caught:
        client.apply(other, field_manager="other")
    assert caught.value.status.code == 409 and 'conflict with "test"' in caught.value.status.message
    assert client.apply(other, field_manager="other", force=True).data == {"a": "2"}


def test_deployments_are_waited_for_scaled_and_set(client: Any) -> None:
    from lightkube.models.autoscaling_v1 import ScaleSpec
    from lightkube.models.meta_v1 import ObjectMeta
    from lightkube.resources.apps_v1 import Deployment
    from lightkube.resources.core_v1 import Pod

    client.create(Deployment.from_dict({**DEPLOYMENT, "metadata": {"name": "dep", "namespace": "default"}}))
    done = client.wait(Deployment, "dep", for_conditions=["Available"])
    assert done.status.availableReplicas == 2
    scale = Deployment.Scale(metadata=ObjectMeta(name="dep", namespace="default"), spec=ScaleSpec(replicas=3))
    assert client.replace(scale, "dep").spec.replicas == 3
    assert len(list(client.list(Pod, labels={"app": "dep"}))) == 3
    assert len(list(client.list(Pod, labels={"app": "dep"}, chunk_size=2))) == 3
    client.delete(Deployment, "dep", cascade=lightkube.types.CascadeType.FOREGROUND)
    assert list(client.list(Pod)) == []


def test_generic_resources_have_a_status(client: Any) -> None:
    from lightkube.generic_resource import create_namespaced_resource
    from lightkube.resources.apiextensions_v1 import CustomResourceDefinition

    client.create(CustomResourceDefinition.from_dict(CRD))
    client.wait(CustomResourceDefinition, "books.shop.example", for_conditions=["Established"])
    book_class = create_namespaced_resource("shop.example", "v1", "Book", "books")
    book = client.create(book_class.from_dict({**BOOK, "metadata": {"name": "emma", "namespace": "default"}}))
    book["status"] = {"sold": 3}
    assert client.replace(book_class.Status.from_dict(book.to_dict()), "emma")["status"] == {"sold": 3}
    assert [one["spec"]["title"] for one in client.list(book_class)] == ["Emma"]


def test_logs_and_manifests(client: Any, cluster: Cluster) -> None:
    from lightkube import codecs

    for one in codecs.load_all_yaml("apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n"):
        client.create(one)
    client.create(codecs.from_dict({**POD, "metadata": {"name": "web", "namespace": "shop"}}))
    assert list(client.log("web", namespace="shop")) == []
    assert cluster.get("pod", "web", namespace="shop")["status"]["phase"] == "Running"


def test_the_asynchronous_client(api: Served) -> None:
    from lightkube.config.kubeconfig import KubeConfig
    from lightkube.resources.core_v1 import Pod

    async def session() -> list[str]:
        client = lightkube.AsyncClient(KubeConfig.from_file(str(api.kubeconfig)))
        await client.create(Pod.from_dict({**POD, "metadata": {"name": "web", "namespace": "default"}}))
        await client.wait(Pod, "web", for_conditions=["Ready"])
        found = [one.metadata.name async for one in client.list(Pod)]
        await client.close()
        return found

    assert asyncio.run(session()) == ["web"]
