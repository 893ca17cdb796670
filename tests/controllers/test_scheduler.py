"""Scheduler: which Node a Pod gets, why it gets none, and when it is tried again."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from sanb.controllers import nodes, scheduler
from sanb.controllers.placement import chosen, place_of, tolerated
from sanb.profiles.profile import Profile
from tests.controllers.harness import Bench
from tests.controllers.workloads import bench, pods

GPU = {"key": "gpu", "value": "yes", "effect": "NoSchedule"}


def cluster(*descriptions: dict[str, Any], minor: str = "1.36", **options: Any) -> Bench:
    world = bench(scheduler, minor=minor, **options)
    add_nodes(world, *descriptions)
    world.run()
    return world


def add_nodes(world: Bench, *descriptions: dict[str, Any]) -> None:
    for request in nodes.described(world.profile, descriptions):
        world.ask("create", "nodes", body=request.body)


def add_pod(world: Bench, name: str = "p", *, run: bool = True, **spec: Any) -> None:
    body = {"metadata": {"name": name}, "spec": {"containers": [{"name": "c", "image": "i"}], **spec}}
    world.ask("create", "pods", "ns", body=body)
    if run:
        world.run()


def node_of(world: Bench, name: str = "p") -> str | None:
    found = world.get("pods", "ns", name)
    return None if found is None else found["spec"].get("nodeName")


def refusal(world: Bench, name: str = "p") -> dict[str, Any]:
    return next(c for c in world.get("pods", "ns", name)["status"]["conditions"] if c["type"] == "PodScheduled")


# ---------------------------------------------------------------------- where Pods go


@pytest.mark.parametrize(
    ("minor", "text"),
    [("1.10", "Successfully assigned p to a"), ("1.23", "Successfully assigned ns/p to a")],
)
def test_a_pod_is_bound_to_the_node_and_an_event_says_so(minor: str, text: str) -> None:
    world = cluster({"name": "a"}, minor=minor)
    add_pod(world)
    assert node_of(world) == "a"
    assert refusal(world)["status"] == "True"
    assert world.events() == [f"Scheduled: {text}"]
    assert world.calls() == ["create pods/binding ns/p"]


def test_pods_are_spread_evenly() -> None:
    world = cluster(*({"name": name} for name in "abc"))
    for number in range(300):
        add_pod(world, f"p{number}", run=False)
    world.run()
    assert Counter(pod["spec"]["nodeName"] for pod in pods(world)) == {"a": 100, "b": 100, "c": 100}


def test_the_node_that_lost_a_pod_gets_the_next_one() -> None:
    world = cluster({"name": "a"}, {"name": "b"})
    for number in range(4):
        add_pod(world, f"p{number}")
    gone = next(pod for pod in pods(world) if pod["spec"]["nodeName"] == "b")
    world.ask("delete", "pods", "ns", gone["metadata"]["name"], {"gracePeriodSeconds": 0})
    world.run()
    add_pod(world, "next")
    assert node_of(world, "next") == "b"


def test_the_same_seed_gives_the_same_nodes() -> None:
    def placed() -> list[str]:
        world = cluster(*({"name": name} for name in "abcd"))
        for number in range(10):
            add_pod(world, f"p{number}", run=False)
        world.run()
        return [pod["spec"]["nodeName"] for pod in pods(world)]

    assert placed() == placed()


def test_a_node_is_never_given_more_pods_than_it_holds() -> None:
    world = cluster({"name": "a", "pods": 2}, {"name": "b", "pods": 5})
    for number in range(9):
        add_pod(world, f"p{number}", run=False)
    world.run()
    assert Counter(pod["spec"].get("nodeName") for pod in pods(world)) == {"a": 2, "b": 5, None: 2}


def test_pods_that_have_ended_take_no_room() -> None:
    world = cluster({"name": "a", "pods": 1})
    add_pod(world, "first")
    world.ask("patch", "pods", "ns", "first", {"status": {"phase": "Succeeded"}}, "status", patchType="merge")
    add_pod(world, "second")
    assert node_of(world, "second") == "a"


@pytest.mark.parametrize(
    "spec",
    [
        {"nodeName": "elsewhere"}, {"schedulerName": "mine"}, {"schedulingGates": [{"name": "example.com/wait"}]},
    ],
)
def test_pods_that_are_not_its_own_are_left_alone(spec: dict[str, Any]) -> None:
    world = cluster({"name": "a"})
    add_pod(world, **spec)
    assert world.calls() == []


def test_a_pod_whose_gates_are_gone_is_scheduled() -> None:
    world = cluster({"name": "a"})
    add_pod(world, schedulingGates=[{"name": "example.com/wait"}])
    world.ask("patch", "pods", "ns", "p", {"spec": {"schedulingGates": None}}, patchType="merge")
    world.run()
    assert node_of(world) == "a"


def test_a_selector_chooses_among_the_nodes() -> None:
    world = cluster({"name": "a"}, {"name": "b", "labels": {"disk": "ssd"}})
    for number in range(3):
        add_pod(world, f"p{number}", nodeSelector={"disk": "ssd"})
    assert {node_of(world, f"p{number}") for number in range(3)} == {"b"}


def test_a_tainted_node_is_for_those_who_tolerate_it() -> None:
    world = cluster({"name": "a", "taints": [GPU]})
    add_pod(world, "plain")
    add_pod(world, "tolerant", tolerations=[{"key": "gpu", "operator": "Exists"}])
    assert (node_of(world, "plain"), node_of(world, "tolerant")) == (None, "a")


def test_a_node_that_is_not_ready_gets_no_pods() -> None:
    world = cluster({"name": "a", "ready": False}, {"name": "b"})
    for number in range(4):
        add_pod(world, f"p{number}")
    assert {pod["spec"]["nodeName"] for pod in pods(world)} == {"b"}


@pytest.mark.parametrize(
    ("toleration", "expected"),
    [
        ({"key": "gpu", "operator": "Equal", "value": "yes"}, True), ({"key": "gpu", "value": "no"}, False),
        ({"key": "gpu", "operator": "Exists", "effect": "NoExecute"}, False), ({"operator": "Exists"}, True),
        ({"key": "other", "operator": "Exists"}, False),
    ],
)
def test_tolerations_match_key_value_and_effect(toleration: dict[str, Any], expected: bool) -> None:
    assert tolerated(GPU, [toleration]) is expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ({"key": "n", "operator": "In", "values": ["5", "6"]}, True),
        ({"key": "n", "operator": "NotIn", "values": ["5"]}, False),
        ({"key": "m", "operator": "NotIn", "values": ["5"]}, True),
        ({"key": "n", "operator": "Exists"}, True),
        ({"key": "n", "operator": "DoesNotExist"}, False),
        ({"key": "n", "operator": "Gt", "values": ["4"]}, True),
        ({"key": "n", "operator": "Lt", "values": ["5"]}, False),
        ({"key": "m", "operator": "Gt", "values": ["4"]}, False),
    ],
)
def test_required_affinity_understands_all_operators(expression: dict[str, Any], expected: bool) -> None:
    place = place_of(nodes.node(Profile.of("1.36"), {"name": "a", "labels": {"n": "5"}}))
    terms = {"nodeSelectorTerms": [{"matchExpressions": [expression]}]}
    spec = {"affinity": {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": terms}}}
    assert chosen(spec, place) is expected


def test_affinity_terms_are_alternatives_and_an_empty_one_is_never_met() -> None:
    place = place_of(nodes.node(Profile.of("1.36"), {"name": "a"}))
    by_name = {"matchFields": [{"key": "metadata.name", "operator": "In", "values": ["a"]}]}

    def met(*terms: dict[str, Any]) -> bool:
        required = {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": list(terms)}}
        return chosen({"affinity": {"nodeAffinity": required}}, place)

    assert (met({}), met({}, by_name)) == (False, True)


# ---------------------------------------------------------------------- why there is no place


def test_without_nodes_the_pod_says_so_and_waits() -> None:
    world = cluster()
    add_pod(world)
    assert world.events() == ["FailedScheduling: no nodes available to schedule pods"]
    assert refusal(world) == {
        "type": "PodScheduled", "status": "False", "lastProbeTime": None, "lastTransitionTime": "2026-01-01T00:00:00Z",
        "reason": "Unschedulable", "message": "no nodes available to schedule pods",
    }
    assert world.quiet()


@pytest.mark.parametrize(
    ("minor", "text"),
    [
        ("1.10", "0/3 nodes are available: 1 Insufficient pods, 1 node(s) had taints that the pod didn't tolerate, "
                 "1 node(s) were unschedulable."),
        ("1.23", "0/3 nodes are available: 1 Too many pods, 1 node(s) had taint {gpu: yes}, that the pod didn't "
                 "tolerate, 1 node(s) were unschedulable."),
        ("1.30", "0/3 nodes are available: 1 Too many pods, 1 node(s) had untolerated taint {gpu: yes}, "
                 "1 node(s) were unschedulable. preemption: 0/3 nodes are available: "
                 "1 No preemption victims found for incoming pod, 2 Preemption is not helpful for scheduling."),
        ("1.36", "0/3 nodes are available: 1 Too many pods, 1 node(s) had untolerated taint(s), "
                 "1 node(s) were unschedulable. no new claims to deallocate, preemption: 0/3 nodes are available: "
                 "1 No preemption victims found for incoming pod, 2 Preemption is not helpful for scheduling."),
    ],
)
def test_the_reasons_of_the_nodes_are_counted_in_the_words_of_the_minor(minor: str, text: str) -> None:
    full, tainted = {"name": "a", "pods": 0}, {"name": "b", "taints": [GPU]}
    world = cluster(full, tainted, {"name": "c", "unschedulable": True}, minor=minor)
    add_pod(world)
    assert world.events() == [f"FailedScheduling: {text}"]


@pytest.mark.parametrize(
    ("minor", "words"),
    [
        ("1.10", "node(s) didn't match node selector"), ("1.23", "node(s) didn't match Pod's node affinity/selector"),
    ],
)
def test_a_selector_that_no_node_meets(minor: str, words: str) -> None:
    world = cluster({"name": "a"}, minor=minor)
    add_pod(world, nodeSelector={"disk": "ssd"})
    assert world.events() == [f"FailedScheduling: 0/1 nodes are available: 1 {words}."]


def test_its_own_report_does_not_make_it_try_again() -> None:
    world = cluster()
    add_pod(world)
    world.run_for(3600)
    assert world.calls() == ["patch pods/status ns/p"]


# ---------------------------------------------------------------------- when it is tried again


def test_a_node_that_comes_later_takes_the_waiting_pods_after_their_back_off() -> None:
    world = cluster()
    for number in range(3):
        add_pod(world, f"p{number}", run=False)
    world.run()
    begun = world.world.clock.now
    add_nodes(world, {"name": "late"})
    world.run()
    assert {pod["spec"].get("nodeName") for pod in pods(world)} == {"late"}
    assert world.world.clock.now == begun + 1.0


def test_every_failure_doubles_the_back_off_up_to_ten_seconds() -> None:
    world = cluster()
    add_pod(world, nodeSelector={"disk": "ssd"})
    waits = []
    for number in range(6):
        begun = world.world.clock.now
        add_nodes(world, {"name": f"n{number}"})
        world.run()
        waits.append(world.world.clock.now - begun)
    assert waits == [1.0, 2.0, 4.0, 8.0, 10.0, 10.0]


def test_room_that_becomes_free_is_used() -> None:
    world = cluster({"name": "a", "pods": 1})
    add_pod(world, "first")
    add_pod(world, "second")
    assert node_of(world, "second") is None
    world.ask("delete", "pods", "ns", "first", {"gracePeriodSeconds": 0})
    world.run()
    assert node_of(world, "second") == "a"


def test_a_node_that_is_uncordoned_takes_the_waiting_pods() -> None:
    world = cluster({"name": "a", "unschedulable": True})
    add_pod(world)
    world.ask("patch", "nodes", "", "a", {"spec": {"unschedulable": None}}, patchType="merge")
    world.run()
    assert node_of(world) == "a"


def test_a_heartbeat_of_a_node_is_no_reason_to_try_again() -> None:
    world = cluster({"name": "a", "unschedulable": True})
    add_pod(world)
    world.calls()
    ready = {"type": "Ready", "status": "True", "lastHeartbeatTime": "2026-01-01T00:05:00Z"}
    beat = {"status": {"conditions": [ready]}}
    world.ask("patch", "nodes", "", "a", beat, "status", patchType="strategic")
    world.run()
    assert world.calls() == []


def test_a_pod_that_vanishes_while_it_waits_is_forgotten() -> None:
    world = cluster()
    add_pod(world)
    world.ask("delete", "pods", "ns", "p", {"gracePeriodSeconds": 0})
    world.calls()
    add_nodes(world, {"name": "a"})
    world.run()
    assert world.calls() == []


def test_somebody_who_was_faster_wins_without_complaint() -> None:
    world = cluster({"name": "a"})
    add_pod(world, run=False)
    body = {"metadata": {"name": "p"}, "target": {"kind": "Node", "name": "b"}}
    world.ask("create", "pods", "ns", "p", body, "binding")
    world.run()
    assert node_of(world) == "b"
    assert world.events() == []
