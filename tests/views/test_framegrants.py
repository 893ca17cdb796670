"""Frames of roles, bindings, subjects, permissions and denials; grants in the graph."""

from __future__ import annotations

from typing import Any

import pytest

import sanb

pd = pytest.importorskip("pandas")
WEB = "system:serviceaccount:shop:web"


@pytest.fixture
def c() -> sanb.Cluster:
    cluster = sanb.Cluster("1.36", seed=1)
    cluster.create("namespace", "shop")
    cluster.create("sa", "web", namespace="shop")
    cluster.run()
    cluster.kubectl("create role reader --verb=get,list --resource=pods --resource-name=p -n shop")
    cluster.kubectl("create rolebinding readers --role=reader --serviceaccount=shop:web --user=jane -n shop")
    cluster.kubectl("create rolebinding lost --role=ghost --group=dev -n shop")
    return cluster


def own(frame: Any) -> list[tuple[Any, ...]]:
    """The rows that are not of the API server's own roles and bindings."""
    mine = frame[~frame.bootstrap].drop(columns=["bootstrap"])
    mine = mine[[column for column in mine.columns if column not in ("uid", "created")]]
    return [tuple(None if pd.isna(value) else value for value in row) for row in mine.itertuples(index=False)]


def test_roles_and_bindings(c: sanb.Cluster) -> None:
    assert own(c.frames.roles) == [("Role", "shop", "reader", 1, False)]
    assert own(c.frames.bindings) == [
        ("RoleBinding", "shop", "lost", "Role", "ghost", False, 1),
        ("RoleBinding", "shop", "readers", "Role", "reader", True, 2),
    ]
    assert c.frames.roles.query("aggregated").name.tolist() == ["admin", "edit", "view"]


def test_subjects(c: sanb.Cluster) -> None:
    source = ("shop", "RoleBinding")
    assert own(c.frames.subjects) == [
        ("Group", "dev", *source, "lost", "Role", "ghost"),
        ("User", "jane", *source, "readers", "Role", "reader"),
        ("ServiceAccount", "shop/web", *source, "readers", "Role", "reader"),
    ]


def test_permissions_join_subjects_bindings_and_rules(c: sanb.Cluster) -> None:
    rest = ("pods", "p", "shop", "RoleBinding", "readers", "Role", "reader")
    assert own(c.frames.permissions) == [
        (kind, name, verb, *rest)
        for kind, name in (("User", "jane"), ("ServiceAccount", "shop/web")) for verb in ("get", "list")
    ]


def test_a_role_binding_gives_no_urls(c: sanb.Cluster) -> None:
    c.kubectl("create clusterrole metrics --verb=get --non-resource-url=/metrics")
    c.kubectl("create rolebinding m --clusterrole=metrics --user=jane -n shop")
    c.kubectl("create clusterrolebinding m --clusterrole=metrics --user=jane")
    frame = c.frames.permissions.query("resource == '/metrics' and not bootstrap")
    assert frame.binding_kind.tolist() == ["ClusterRoleBinding"]


def test_permissions_agree_with_the_authorizer(c: sanb.Cluster) -> None:
    for row in c.frames.permissions.query("subject_kind == 'User' and names.isna()").itertuples():
        namespace = "" if pd.isna(row.scope) else row.scope
        assert "*" in (row.verb, row.resource) or c.can(row.subject, row.verb, row.resource, namespace=namespace), row


def test_frames_follow_the_cluster(c: sanb.Cluster) -> None:
    before = c.frames.permissions
    assert c.frames.permissions.equals(before)
    c.delete("rolebinding", "readers", namespace="shop")
    assert own(c.frames.permissions) == []
    assert len(before) > len(c.frames.permissions)


def test_denials(c: sanb.Cluster) -> None:
    assert c.frames.denials.empty
    with c.as_(WEB), pytest.raises(sanb.ApiError):
        c.get("secret", "db", namespace="shop")
    row = c.frames.denials.iloc[-1]
    assert (row.user, row.verb, row.resource, row.namespace, row["name"], row.code) == (
        WEB, "get", "secrets", "shop", "db", 403)
    assert row.message.startswith('secrets "db" is forbidden')


def test_the_graph_has_grants_and_not_what_every_cluster_has(c: sanb.Cluster) -> None:
    c.kubectl("create rolebinding viewers --clusterrole=view --serviceaccount=shop:web -n shop")
    graph = c.graph()
    edges = {(a, b, type_) for a, b, type_ in graph.edges(keys=True) if type_ in ("grants", "binds")}
    assert edges == {
        ("rolebinding/shop/lost", "role/shop/ghost", "grants"),
        ("rolebinding/shop/readers", "role/shop/reader", "grants"),
        ("rolebinding/shop/readers", "serviceaccount/shop/web", "binds"),
        ("rolebinding/shop/viewers", "clusterrole/view", "grants"),
        ("rolebinding/shop/viewers", "serviceaccount/shop/web", "binds"),
    }
    assert graph.nodes["role/shop/ghost"]["phase"] == "Missing"
    assert {name for name in graph if "clusterrole" in name} == {"clusterrole/view"}


@pytest.mark.parametrize("name", ["roles", "bindings", "subjects", "permissions", "denials"])
def test_columns_and_dtypes_are_those_that_are_documented_also_of_empty_frames(c: sanb.Cluster, name: str) -> None:
    from sanb.views.framecolumns import JOURNALS
    from sanb.views.framegrants import GRANTS
    from sanb.views.frames import Frames
    from tests.views.planes import plane

    expected = {column.name: column.dtype for column in (GRANTS.get(name) or JOURNALS[name]).columns}
    empty = Frames(plane())[name]
    assert empty.empty
    for frame in (empty, c.frames[name]):
        assert {column: str(dtype) for column, dtype in frame.dtypes.items()} == expected
    documentation = getattr(Frames, name).__doc__
    assert all(f"    {column} " in documentation for column in expected)
