"""The graph has the objects and relations of the store."""

from __future__ import annotations

from types import SimpleNamespace

import networkx

from sanb.store.store import Store
from sanb.views.graph import graph


def _plane() -> SimpleNamespace:
    store = Store({})
    store.commit(("namespaces", "", "shop"), {"metadata": {"name": "shop", "uid": "n"}, "status": {"phase": "Active"}})
    store.commit(("serviceaccounts", "shop", "default"), {
        "metadata": {"namespace": "shop", "name": "default"}, "secrets": [{"name": "default-token-abcde"}]})
    store.commit(("secrets", "shop", "default-token-abcde"), {
        "type": "kubernetes.io/service-account-token",
        "metadata": {"namespace": "shop", "name": "default-token-abcde",
                     "annotations": {"kubernetes.io/service-account.name": "default"}}})
    store.commit(("pods", "shop", "web"), {
        "metadata": {"namespace": "shop", "name": "web", "uid": "w",
                     "ownerReferences": [{"kind": "ReplicaSet", "name": "rs", "uid": "r"}]},
        "spec": {"serviceAccountName": "default", "nodeName": "node-1", "imagePullSecrets": [{"name": "gone"}],
                 "volumes": [{"name": "t", "secret": {"secretName": "default-token-abcde"}}]},
        "status": {"phase": "Running"}})
    return SimpleNamespace(store=store)


def test_edges_are_the_relations_of_the_objects() -> None:
    assert sorted(graph(_plane()).edges(keys=True)) == [
        ("pod/shop/web", "namespace/shop", "in-namespace"),
        ("pod/shop/web", "node/node-1", "runs-on"),
        ("pod/shop/web", "secret/shop/default-token-abcde", "mounts"),
        ("pod/shop/web", "secret/shop/gone", "pulls-with"),
        ("pod/shop/web", "serviceaccount/shop/default", "uses"),
        ("replicaset/shop/rs", "pod/shop/web", "owns"),
        ("secret/shop/default-token-abcde", "namespace/shop", "in-namespace"),
        ("secret/shop/default-token-abcde", "serviceaccount/shop/default", "issued-for"),
        ("serviceaccount/shop/default", "namespace/shop", "in-namespace"),
        ("serviceaccount/shop/default", "secret/shop/default-token-abcde", "references"),
    ]


def test_nodes_say_what_they_are_and_missing_targets_that_they_are_missing() -> None:
    nodes = graph(_plane()).nodes
    assert nodes["pod/shop/web"] == {
        "kind": "Pod", "namespace": "shop", "name": "web", "uid": "w", "phase": "Running"}
    assert sorted(name for name, data in nodes.items() if data["phase"] == "Missing") == [
        "node/node-1", "replicaset/shop/rs", "secret/shop/gone"]


def test_the_graph_is_what_networkx_makes_of_its_nodes_and_edges() -> None:
    """The way back included: networkx keeps every edge twice."""
    made = graph(_plane())
    plain = networkx.MultiDiGraph()
    plain.add_nodes_from(made.nodes(data=True))
    plain.add_edges_from(list(made.edges(keys=True)))
    assert networkx.utils.graphs_equal(made, plain)
    assert sorted(made.in_edges("secret/shop/default-token-abcde", keys=True)) == sorted(
        plain.in_edges("secret/shop/default-token-abcde", keys=True))
    made.add_edge("pod/shop/web", "namespace/shop", "likes")
    assert sorted(made["pod/shop/web"]["namespace/shop"]) == ["in-namespace", "likes"]
    assert made.in_degree("namespace/shop") == plain.in_degree("namespace/shop") + 1
