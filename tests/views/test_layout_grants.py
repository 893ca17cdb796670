"""Pictures of who is granted what: users, groups and roles of the cluster in the frames where they matter."""

from __future__ import annotations

import pytest

import sanb
from sanb.views.layout import arrange, scene

pytest.importorskip("matplotlib")


@pytest.fixture
def c() -> sanb.Cluster:
    cluster = sanb.Cluster("1.36", seed=7)
    for space in ("shop", "ops"):
        cluster.create("namespace", space)
    cluster.run()
    cluster.create("sa", "web", namespace="shop")
    cluster.kubectl("create rolebinding admins --clusterrole=admin --group=dev --user=jane -n shop")
    cluster.kubectl("create rolebinding lost --clusterrole=ghost --serviceaccount=shop:web -n ops")
    cluster.kubectl("create clusterrolebinding viewers --clusterrole=view --serviceaccount=shop:web --user=jane")
    cluster.kubectl("create clusterrolebinding people --clusterrole=view --user=jane")
    return cluster


def lines(c: sanb.Cluster, namespace: str | None) -> set[tuple[str, str, str]]:
    return {(edge.source, edge.target, edge.kind) for edge in scene(c.store.head, namespace, people=True).edges
            if edge.kind in ("grants", "binds")}


SHOP = {
    ("rolebinding/shop/admins", "clusterrole/shop/admin", "grants"),
    ("rolebinding/shop/admins", "group/shop/dev", "binds"),
    ("rolebinding/shop/admins", "user/shop/jane", "binds"),
    ("clusterrolebinding/shop/viewers", "clusterrole/shop/view", "grants"),
    ("clusterrolebinding/shop/viewers", "serviceaccount/shop/web", "binds"),
    ("clusterrolebinding/shop/viewers", "user/shop/jane", "binds"),
}
OPS = {
    ("rolebinding/ops/lost", "clusterrole/ops/ghost", "grants"),
    ("rolebinding/ops/lost", "serviceaccount/shop/web", "binds"),
}


def test_a_namespace_shows_who_is_bound_in_it_and_by_what(c: sanb.Cluster) -> None:
    assert lines(c, "shop") == SHOP
    assert lines(c, None) == SHOP | OPS
    assert lines(c, "ops") == OPS


def test_a_binding_of_the_cluster_is_in_each_frame_with_the_accounts_of_that_frame(c: sanb.Cluster) -> None:
    c.kubectl("create clusterrolebinding both --clusterrole=view --serviceaccount=shop:web --serviceaccount=ops:cron")
    assert {line for line in lines(c, None) if line[0].endswith("/both")} == {
        ("clusterrolebinding/shop/both", "clusterrole/shop/view", "grants"),
        ("clusterrolebinding/shop/both", "serviceaccount/shop/web", "binds"),
        ("clusterrolebinding/ops/both", "clusterrole/ops/view", "grants"),
        ("clusterrolebinding/ops/both", "serviceaccount/ops/cron", "binds"),
    }


def test_the_number_of_objects_is_that_of_what_is_stored(c: sanb.Cluster) -> None:
    assert scene(c.store.head, "shop", people=True).objects == scene(c.store.head, "shop").objects


def test_a_role_that_is_missing_looks_missing(c: sanb.Cluster) -> None:
    found = {item.id: item.phase for item in scene(c.store.head, people=True).items}
    assert (found["clusterrole/ops/ghost"], found["clusterrole/shop/view"]) == ("Missing", "")


def test_many_grants_stay_in_their_frames(c: sanb.Cluster) -> None:
    """No line of a grant crosses a frame's border, and those that are alike are one block."""
    for number in range(40):
        c.kubectl(f"create rolebinding b{number} --clusterrole=view --user=user-{number % 10} -n shop")
    shown = scene(c.store.head, "shop", people=True)
    layout = arrange(shown.items, shown.edges)
    frame = layout.frames["shop"]
    grants = [route for route in layout.edges if route.kind in ("grants", "binds")]
    assert len(grants) < 40
    assert all(frame.x <= x <= frame.right and frame.y <= y <= frame.bottom for route in grants for x, y in route.points)
    assert len(c.draw("shop").words) > 0


def test_the_legend_names_users_and_roles_of_the_cluster(c: sanb.Cluster) -> None:
    texts = [text.get_text() for text in c.draw("shop").axes[0].texts]
    assert {"User", "Group", "ClusterRole", "ClusterRoleBinding", "jane", "dev", "viewers"} <= set(texts)
