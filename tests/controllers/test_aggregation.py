"""ClusterRole aggregation (SEM 6.5)."""

from __future__ import annotations

from sanb.apiserver.bootstraproles import aggregate
from sanb.apiserver.relations import CLUSTER_BINDINGS, CLUSTER_ROLES
from sanb.apiserver.request import Request
from sanb.controlplane import ControlPlane
from sanb.values import Obj
from tests.apiserver.granted import role, rule


def part(name: str, *rules: Obj, **labels: str) -> Obj:
    made = role(name, *rules)
    return {**made, "metadata": {**made["metadata"], "labels": labels}}


def whole(name: str, *selectors: Obj, **labels: str) -> Obj:
    return {**part(name, **labels), "aggregationRule": {"clusterRoleSelectors": list(selectors)}}


def by(**labels: str) -> Obj:
    return {"matchLabels": labels}


PODS, SECRETS, NODES = (rule("get", "core", what) for what in ("pods", "secrets", "nodes"))


def test_rules_come_in_order_of_names_each_once() -> None:
    roles = [part("b", SECRETS, PODS, to="x"), part("a", PODS, to="x"), part("c", NODES, to="y"), part("d", NODES)]
    assert aggregate(whole("sum", by(to="x"), by(to="y")), roles) == [PODS, SECRETS, NODES]


def test_a_role_is_no_part_of_itself() -> None:
    me = {**whole("sum", by(to="x"), to="x"), "rules": [NODES]}
    assert aggregate(me, [me, part("a", PODS, to="x")]) == [PODS]


def rules_of(plane: ControlPlane, name: str) -> list[Obj]:
    found: list[Obj] = plane.request(Request("get", CLUSTER_ROLES, "", name)).body.get("rules")
    return found


def make(plane: ControlPlane, obj: Obj, verb: str = "create") -> None:
    name = "" if verb == "create" else obj["metadata"]["name"]
    plane.request(Request(verb, CLUSTER_ROLES, "", name, body=obj))
    plane.run()


def test_the_controller_follows_the_parts() -> None:
    plane = ControlPlane("1.36", seed=1)
    make(plane, whole("sum", by(to="sum")))
    assert not rules_of(plane, "sum")
    make(plane, part("a", PODS, to="sum"))
    assert rules_of(plane, "sum") == [PODS]
    make(plane, part("b", SECRETS, to="sum"))
    assert rules_of(plane, "sum") == [PODS, SECRETS]
    plane.request(Request("delete", CLUSTER_ROLES, "", "a"))
    plane.run()
    assert rules_of(plane, "sum") == [SECRETS]


def test_what_somebody_writes_into_an_aggregated_role_is_lost() -> None:
    plane = ControlPlane("1.36", seed=1)
    make(plane, part("a", PODS, to="sum"))
    make(plane, whole("sum", by(to="sum")))
    make(plane, {**whole("sum", by(to="sum")), "rules": [NODES]}, "update")
    assert rules_of(plane, "sum") == [PODS]


def test_a_role_that_is_labelled_for_view_becomes_part_of_view_edit_and_admin() -> None:
    plane = ControlPlane("1.36", seed=1)
    made = part("widgets", rule("get", "example.com", "widgets"))
    labels = {"rbac.authorization.k8s.io/aggregate-to-view": "true"}
    make(plane, {**made, "metadata": {"name": "widgets", "labels": labels}})
    for name in ("view", "edit", "admin"):
        assert made["rules"][0] in rules_of(plane, name)


def test_roles_that_are_part_of_each_other_come_to_rest() -> None:
    plane = ControlPlane("1.36", seed=1)
    make(plane, whole("one", by(to="one"), to="two"))
    make(plane, whole("two", by(to="two"), to="one"))
    make(plane, part("a", PODS, to="one"))
    assert (rules_of(plane, "one"), rules_of(plane, "two")) == ([PODS], [PODS])
    assert plane.run().quiet


def test_without_its_binding_the_controller_is_refused() -> None:
    plane = ControlPlane("1.36", seed=1)
    plane.run()
    plane.request(Request("delete", CLUSTER_BINDINGS, "", "system:controller:clusterrole-aggregation-controller"))
    make(plane, whole("sum", by(to="sum")))
    plane.request(Request("create", CLUSTER_ROLES, body=part("a", PODS, to="sum")))
    plane.run(for_=1.0)
    assert not rules_of(plane, "sum")
    refusals = [call.message for call in plane.world.journal if call.code == 403]
    assert refusals[0].startswith(
        'clusterroles.rbac.authorization.k8s.io "sum" is forbidden: User '
        '"system:serviceaccount:kube-system:clusterrole-aggregation-controller" cannot update resource "clusterroles"'
    )
