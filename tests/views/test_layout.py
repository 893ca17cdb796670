"""Layouts are deterministic, and nothing in them covers anything else."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sanb.views.layout import Box, Edge, Item, Layout, arrange, scene
from sanb.views.layout.layers import _rising
from sanb.views.layout.model import LAYERS, natural
from tests.views.planes import busy, plane, small

INSIDE = sorted(kind for kind in LAYERS if kind != "Node")
ITEMS = st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from(INSIDE), st.integers(0, 6)), unique=True, max_size=40)
TYPES = st.sampled_from(["uses", "mounts", "owns"])
ENDS = st.lists(st.tuples(st.integers(0, 99), st.integers(0, 99), TYPES), max_size=60)


def _graph(
    found: list[tuple[str, str, int]], ends: list[tuple[int, int, str]]
) -> tuple[list[Item], list[Edge]]:
    items = [Item(f"{kind}/{space}/{number}", kind, space, f"{kind}-{number}") for space, kind, number in found]
    links = [(items[one % len(items)], items[two % len(items)], kind) for one, two, kind in ends] if items else []
    edges = [Edge(one.id, two.id, kind) for one, two, kind in links if one.namespace == two.namespace]
    nodes = [Item(f"node/{number}", "Node", "", f"node-{number}") for number in range(3)]
    edges += [Edge(item.id, f"node/{place % 3}", "runs-on") for place, item in enumerate(items) if item.kind == "Pod"]
    return items + nodes, edges


def _cards(layout: Layout) -> dict[str, Box]:
    return {name: box for name, box in layout.nodes.items() if not name.startswith("namespace/")}


@settings(deadline=None, max_examples=60)
@given(ITEMS, ENDS)
def test_no_two_cards_overlap_and_each_is_inside_its_frame(
    found: list[tuple[str, str, int]], ends: list[tuple[int, int, str]]
) -> None:
    items, edges = _graph(found, ends)
    layout = arrange(items, edges)
    cards = _cards(layout)
    assert set(cards) == {item.id for item in items}
    assert [pair for pair in combinations(cards, 2) if cards[pair[0]].overlaps(cards[pair[1]])] == []
    assert [item.id for item in items if not layout.frames[item.namespace].holds(cards[item.id])] == []
    frames = list(layout.frames.values())
    assert [pair for pair in combinations(frames, 2) if pair[0].overlaps(pair[1])] == []
    picture = Box(0, 0, layout.width, layout.height)
    assert [frame for frame in frames if not picture.holds(frame)] == []
    for group in layout.groups.values():
        assert [name for name, box in cards.items() if (name in group.members) != group.box.overlaps(box)] == []


@settings(deadline=None, max_examples=60)
@given(ITEMS, ENDS)
def test_edges_start_and_end_at_their_cards_and_bend_on_no_other(
    found: list[tuple[str, str, int]], ends: list[tuple[int, int, str]]
) -> None:
    layout = arrange(*_graph(found, ends))
    blocks = {**_cards(layout), **{name: group.box for name, group in layout.groups.items()}}
    inside = {member: name for name, group in layout.groups.items() for member in group.members}
    for route in layout.edges:
        for name, (x, y) in ((route.source, route.points[0]), (route.target, route.points[-1])):
            box = blocks[name]
            assert box.x <= x <= box.right and box.y <= y <= box.bottom
        for x, y in route.points[1:-1]:
            covered = [name for name, box in blocks.items() if box.x < x < box.right and box.y < y < box.bottom]
            assert [name for name in covered if inside.get(name, name) not in (route.source, route.target)] == []


@settings(deadline=None, max_examples=30)
@given(ITEMS, ENDS, st.randoms(use_true_random=False))
def test_the_layout_does_not_depend_on_the_order_of_its_input(
    found: list[tuple[str, str, int]], ends: list[tuple[int, int, str]], random: object
) -> None:
    items, edges = _graph(found, ends)
    expected = arrange(items, edges)
    random.shuffle(items)  # type: ignore[attr-defined]
    random.shuffle(edges)  # type: ignore[attr-defined]
    assert arrange(items, edges) == expected


def test_one_namespace_stands_in_columns_by_kind() -> None:
    shown = scene(small().store.head)
    layout = arrange(shown.items, shown.edges)
    assert layout.frames == {"name1": Box(32, 32, 576, 184), "": Box(32, 248, 576, 72)}
    assert layout.nodes == {
        "namespace/name1": Box(32, 32, 576, 40),
        "serviceaccount/name1/default": Box(48, 128, 144, 40),
        "secret/name1/default-token-x4b2q": Box(240, 80, 176, 40),
        "configmap/name1/kube-root-ca.crt": Box(240, 136, 176, 40),
        "pod/name1/web": Box(464, 128, 128, 40),
        "node/node-1": Box(112, 264, 104, 40),
    }


def test_the_edges_of_one_namespace_run_through_the_gaps() -> None:
    shown = scene(small().store.head)
    routes = {(route.kind, route.source): route.points for route in arrange(shown.items, shown.edges).edges}
    assert routes["mounts", "pod/name1/web"] == ((464, 144.5), (416, 100))
    assert routes["runs-on", "pod/name1/web"] == (
        (592, 157), (600, 157), (600, 222), (164, 222), (164, 264))
    assert sorted(kind for kind, _ in routes) == ["issued-for", "mounts", "references", "runs-on", "uses"]


def test_pods_with_the_same_links_are_one_block_with_one_edge_of_each_type() -> None:
    shown = scene(busy().store.head)
    layout = arrange(shown.items, shown.edges)
    [block] = layout.groups.values()
    assert block.members == tuple(f"pod/shop/web-7d9f8-{number:05}" for number in range(7))
    assert [(route.kind, route.many) for route in layout.edges if route.target == "group:pod/shop/web-7d9f8-00000"] == [
        ("owns", 7)]


def test_another_object_of_its_own_moves_nothing_to_the_left_of_it() -> None:
    cp = busy()
    before = scene(cp.store.head)
    old = arrange(before.items, before.edges)
    cp.put("configmaps", "shop", "zz-last")
    after = scene(cp.store.head)
    new = arrange(after.items, after.edges)
    moved = [name for name, box in old.nodes.items() if (new.nodes[name].x, new.nodes[name].y) != (box.x, box.y)]
    assert [name for name in moved if "/shop/" in name] == []


def test_lines_between_namespaces_are_counted_only() -> None:
    items = [Item("serviceaccount/a/x", "ServiceAccount", "a", "x"), Item("rolebinding/b/y", "RoleBinding", "b", "y")]
    layout = arrange(items, [Edge("rolebinding/b/y", "serviceaccount/a/x", "binds")])
    assert (layout.edges, layout.unrouted) == ((), 1)


def test_built_in_roles_are_not_shown() -> None:
    cp = small()
    cp.put("roles.rbac.authorization.k8s.io", "name1", "mine")
    cp.put("roles.rbac.authorization.k8s.io", "name1", "system:x",
           {"labels": {"kubernetes.io/bootstrapping": "rbac-defaults"}})
    assert [item.name for item in scene(cp.store.head).items if item.kind == "Role"] == ["mine"]


def test_targets_that_are_not_there_are_missing() -> None:
    phases = {item.id: item.phase for item in scene(busy().store.head).items}
    assert phases["secret/shop/not-there"] == "Missing"


def test_one_namespace_alone_brings_the_nodes_its_pods_run_on() -> None:
    cp = busy()
    assert {item.namespace for item in scene(cp.store.head, "default").items} == {"", "default"}
    assert [item.id for item in scene(cp.store.head, "default").items if item.kind == "Node"] == []
    assert [item.id for item in scene(cp.store.head, "shop").items if item.kind == "Node"] == [
        "node/node-1", "node/node-2"]


def test_above_300_objects_kinds_are_counted() -> None:
    cp = plane()
    for number in range(60):
        cp.space(f"team-{number}")
        cp.pod(f"team-{number}", "web")
    shown = scene(cp.store.head)
    assert (shown.objects, shown.namespaces, shown.summarised, shown.left_out) == (300, 60, False, 0)
    cp.pod("team-11", "api")
    shown = scene(cp.store.head)
    assert (shown.objects, shown.summarised, shown.left_out) == (301, True, 12)
    assert {item.kind: item.many for item in shown.items if item.namespace == "team-11"} == {
        "ServiceAccount": 1, "Secret": 1, "ConfigMap": 1, "Pod": 2}
    assert Edge("pod/team-11/*", "secret/team-11/*", "mounts", 2) in shown.edges


def test_an_empty_cluster_has_an_empty_layout() -> None:
    layout = arrange((), ())
    assert (layout.nodes, layout.frames, layout.edges) == ({}, {}, ())


def test_numbers_in_names_count_as_numbers() -> None:
    assert sorted(["team-10", "team-2", "team-1", "a"], key=natural) == ["a", "team-1", "team-2", "team-10"]


@pytest.mark.parametrize(("values", "nearest"), [([1, 3, 2, 4], [1, 2.5, 2.5, 4]), ([3, 2, 1], [2, 2, 2]), ([], [])])
def test_pooling_gives_the_nearest_rising_sequence(values: list[float], nearest: list[float]) -> None:
    assert _rising(values, [1.0] * len(values)) == nearest
