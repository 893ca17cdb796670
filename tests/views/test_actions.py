"""What can happen next is told in sentences that name components and objects."""

from __future__ import annotations

from sanb import Cluster
from sanb.apiserver.request import Request
from sanb.components import APISERVER
from sanb.kernel.action import Action


def test_a_new_namespace_is_told_step_by_step() -> None:
    c = Cluster("1.10", seed=7)
    c.run()
    c.create("namespace", "shop")
    told = []
    while (enabled := c.enabled()) and len(told) < 8:
        told.append(enabled.sentences[0])
        c.step(enabled[0])
    secret = c.list("secrets", namespace="shop")[0]["metadata"]["name"]
    assert told == [
        "controller manager: learns that Namespace shop was created",
        "ServiceAccount controller: starts on shop",
        "API server: serves ServiceAccount controller: create ServiceAccount shop/default",
        "ServiceAccount controller: receives the answer to its call: create ServiceAccount shop/default",
        "controller manager: learns that ServiceAccount shop/default was created",
        "token controller: starts on shop/default",
        "API server: serves token controller: read ServiceAccount shop/default",
        "token controller: receives the answer to its call: read ServiceAccount shop/default",
    ]
    c.run()
    assert secret.startswith("default-token-")


def test_a_quiet_cluster_says_so() -> None:
    c = Cluster("1.36", controllers="")
    assert (repr(c.enabled()), c.enabled()._repr_html_()) == ("nothing can happen", "<em>nothing can happen</em>")


def test_the_list_is_numbered_as_it_is_indexed() -> None:
    c = Cluster("1.36", seed=7, nodes=0, controllers="serviceaccount")
    c.run()
    c.create("namespace", "a")
    c.create("namespace", "b")
    assert repr(c.enabled()) == "  0  controller manager: learns that Namespace a was created (1 more wait)"
    assert "<td" in c.enabled()._repr_html_()


def test_a_refused_call_is_told_as_such() -> None:
    c = Cluster("1.36", seed=7, controllers="serviceaccount")
    c.run()
    c.create("namespace", "shop")
    for _ in range(2):
        c.step()
    body = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "default", "namespace": "shop"}}
    number = c.submit(Request("create", "serviceaccounts", "shop", body=body))
    c.step(Action("serve", APISERVER, number))
    c.step(c.enabled()[0])
    assert "ServiceAccount controller: hears that it was refused to create ServiceAccount shop/default" in c.enabled().sentences


def test_what_looks_after_everything_makes_rounds() -> None:
    c = Cluster("1.36", seed=7)
    c.run()
    assert c.enabled().sentences == ["clock: it is time for the next round of the legacy token cleaner"]


def test_a_timer_is_told_with_what_it_is_for() -> None:
    c = Cluster("1.36", seed=7)
    c.run()
    c.create("pod", "web")
    c.run()
    assert c.enabled().sentences == ["clock: it is time for the kubelet to look at default/web again"]
