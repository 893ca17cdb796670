"""The last reconcile as a diagram: where it begins, what is refused in it, and how much of it is told."""

from __future__ import annotations

import sanb
from sanb.widgets.lanes import Row
from sanb.widgets.sequence import LONGEST, _chain, last_reconcile


def test_where_nobody_has_reacted_there_is_no_diagram() -> None:
    c = sanb.Cluster("1.36", controllers="", nodes=0)
    c.create("configmap", "alone")
    assert last_reconcile(c) == ""


def test_what_nobody_has_reacted_to_yet_is_not_the_last_reconcile() -> None:
    c = sanb.Cluster("1.36", seed=7)
    c.create("pod", "web")
    c.run()
    before = last_reconcile(c)
    assert "bind Pod default/web" in before
    c.create("configmap", "late")
    assert last_reconcile(c) == before


def test_a_refusal_is_a_line_of_its_own() -> None:
    c = sanb.Cluster("1.36", seed=7)
    c.run()
    c.delete("clusterrolebinding", "system:controller:replicaset-controller")
    c.create("deployment", "web", image="nginx")
    c.run()
    assert last_reconcile(c).splitlines()[-3:] == [
        "  p1-->>p3: ReplicaSet default/web-5d79f54576 is there",
        "  p3->>p1: change ReplicaSet default/web-5d79f54576",
        "  p1--xp3: refused",
    ]


def test_of_a_long_chain_the_last_calls_are_told() -> None:
    marks = {str(each): Row(0.0, "who", "update", "Pod", "", "", str(each), False, each - 1, each) for each in range(30)}
    assert [mark.name for mark in _chain(marks)] == [str(each) for each in range(30 - LONGEST, 30)]
