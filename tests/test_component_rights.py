"""Controllers act under their own identities: without their bindings they fail as real ones do, and with them they recover."""

from __future__ import annotations

from collections.abc import Callable

import pytest

import sanb

SHOP = {"namespace": "shop"}
Check = Callable[[sanb.Cluster], bool]


def there(kind: str, **space: str) -> Check:
    return lambda c: bool(c.list(kind, **space))


def deployment(c: sanb.Cluster) -> None:
    c.create("deployment", "web", image="nginx", **SHOP)


def late(c: sanb.Cluster) -> None:
    c.create("namespace", "late")


CONTROLLER = "system:controller:"
ROWS: list[tuple[str, str, Callable[[sanb.Cluster], None], Check]] = [
    # its binding, what is asked for, whether it was done
    ("deployment-controller", "create replicasets.apps", deployment, there("replicasets", **SHOP)),
    ("replicaset-controller", "create pods", deployment, there("pods", **SHOP)),
    ("service-account-controller", "create serviceaccounts", late, there("serviceaccounts", namespace="late")),
    ("root-ca-cert-publisher", "create configmaps", late, there("configmaps", namespace="late")),
]


@pytest.mark.parametrize(("name", "denied", "ask", "done"), ROWS, ids=[row[0] for row in ROWS])
def test_a_controller_without_its_binding_is_refused_until_it_has_it_again(
    name: str, denied: str, ask: Callable[[sanb.Cluster], None], done: Check,
) -> None:
    c = sanb.Cluster("1.36", seed=7)
    c.create("namespace", "shop")
    c.run()
    binding = c.get("clusterrolebinding", CONTROLLER + name)
    c.delete("clusterrolebinding", CONTROLLER + name)
    ask(c)
    c.run()
    assert not done(c)
    assert (f"system:serviceaccount:kube-system:{name}", denied) in denials(c)
    metadata = {"name": binding["metadata"]["name"], "labels": binding["metadata"]["labels"]}
    c.apply({**binding, "metadata": metadata})
    c.run(for_="20m")  # the longest back-off
    assert done(c)


def denials(c: sanb.Cluster) -> set[tuple[str, str]]:
    """Who was refused, and what."""
    calls = [entry.request for entry in c.world.journal if entry.code == 403]
    return {(one.acting.name, f"{one.verb} {one.resource}{f'/{one.subresource}' if one.subresource else ''}") for one in calls}


def test_a_scheduler_that_may_not_bind_leaves_pods_pending() -> None:
    c = sanb.Cluster("1.36", seed=7)
    c.run()
    c.delete("clusterrolebinding", "system:kube-scheduler")
    c.create("pod", "web", image="nginx")
    c.run()
    assert c.get("pod", "web")["status"]["phase"] == "Pending"
    assert ("system:kube-scheduler", "create pods/binding") in denials(c)


def test_a_token_controller_that_may_not_make_secrets_makes_none() -> None:
    """It acts as kube-controller-manager itself."""
    c = sanb.Cluster("1.23", seed=7)
    c.run()
    c.delete("clusterrolebinding", "system:kube-controller-manager")
    late(c)
    c.run()
    assert c.list("secrets", namespace="late") == [] and c.list("sa", namespace="late") != []
    assert denials(c) == {("system:kube-controller-manager", "get serviceaccounts")}
