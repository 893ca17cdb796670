"""kr8s against a served cluster: what its documentation shows."""

from __future__ import annotations

import asyncio
import copy
import warnings
from typing import Any

import pytest

pytest.importorskip("kr8s", reason="kr8s is not installed")

import kr8s

from sanb import Cluster
from sanb.http.serve import Served
from tests.http.objects import BOOK, CRD, DEPLOYMENT, POD


@pytest.fixture
def client(api: Served) -> Any:
    """A client of kr8s."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of minors that it does not know
        return kr8s.api(kubeconfig=str(api.kubeconfig))


def test_create_wait_exec_watch_delete(client: Any) -> None:
    from kr8s.objects import Pod

    pod = Pod(copy.deepcopy(POD), api=client)
    pod.create()
    pod.wait("condition=Ready", timeout=10)
    assert [one.name for one in client.get("pods", label_selector={"app": "web"})] == ["web"]
    pod.label({"tier": "front"})
    pod.annotate({"note": "hello"})
    pod.patch({"metadata": {"labels": {"tier": None}}})
    pod.refresh()
    assert (dict(pod.labels), dict(pod.annotations)) == ({"app": "web"}, {"note": "hello"})
    done = pod.exec(["cat", "/etc/hostname"])
    assert (done.stdout, done.returncode) == (b"web\n", 0)
    assert list(pod.logs()) == []
    event, seen = next(iter(client.watch("pods")))
    assert (event, seen.name) == ("ADDED", "web")
    pod.delete()
    assert not pod.exists()


def test_deployments_are_scaled_and_show_their_pods(client: Any, cluster: Cluster) -> None:
    from kr8s.objects import Deployment

    deployment = Deployment(copy.deepcopy(DEPLOYMENT), api=client)
    deployment.create()
    deployment.wait("condition=Available", timeout=10)
    assert deployment.ready() and len(deployment.pods()) == 2
    deployment.scale(3)
    assert deployment.replicas == 3 and len(cluster.list("pod")) == 3
    deployment.delete(propagation_policy="Foreground")
    assert cluster.list("pod") == []


def test_custom_kinds_have_classes(client: Any) -> None:
    from kr8s.objects import CustomResourceDefinition, new_class

    CustomResourceDefinition(copy.deepcopy(CRD), api=client).create()
    book_class = new_class(kind="Book", version="shop.example/v1", namespaced=True, plural="books")
    book = book_class(copy.deepcopy(BOOK), api=client)
    book.create()
    assert [one.spec.title for one in client.get("books.shop.example")] == ["Emma"]
    book.patch({"status": {"sold": 3}}, subresource="status")
    assert book.status.sold == 3
    book.delete()
    assert list(client.get("books.shop.example")) == []


def test_what_the_server_has_and_refuses(client: Any) -> None:
    from kr8s.objects import Pod

    assert client.version()["minor"] == "36"
    assert {"pods", "serviceaccounts"} <= {one["name"] for one in client.api_resources()}
    with pytest.raises(kr8s.NotFoundError):
        Pod.get("nope", api=client)
    with pytest.raises(kr8s.ServerError, match="Invalid value"):
        Pod({**copy.deepcopy(POD), "metadata": {"name": "A_b", "namespace": "default"}}, api=client).create()


def test_the_asynchronous_client(api: Served) -> None:
    async def session() -> list[str]:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            client = await kr8s.asyncio.api(kubeconfig=str(api.kubeconfig))
        pod = await kr8s.asyncio.objects.Pod(copy.deepcopy(POD), api=client)
        await pod.create()
        await pod.wait("condition=Ready", timeout=10)
        return [one.name async for one in client.get("pods")]

    assert asyncio.run(session()) == ["web"]


def test_whoami_is_admin_who_is_known_as_long_as_the_door_is_open(client: Any, api: Served) -> None:
    assert client.whoami() == "admin"
    review = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenReview", "spec": {"token": api.token}}
    cluster = api.plane
    assert cluster.create("tokenreview", body=review)["status"]["user"]["uid"] == "admin-uid"
    api.close()
    assert "authenticated" not in cluster.create("tokenreview", body=review)["status"]
