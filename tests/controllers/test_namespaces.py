"""Namespace controller: order of deletion, conditions, waiting, the end."""

from __future__ import annotations

from typing import Any

import pytest

from sanb.apiserver import status
from sanb.controllers import namespaces
from sanb.profiles.profile import Profile
from tests.controllers.harness import NOW, Bench

TYPES = [
    "NamespaceDeletionDiscoveryFailure", "NamespaceDeletionGroupVersionParsingFailure",
    "NamespaceDeletionContentFailure", "NamespaceContentRemaining", "NamespaceFinalizersRemaining",
]


def bench_of(minor: str = "1.36", **options: Any) -> Bench:
    profile = Profile.of(minor)
    bench = Bench(profile, namespaces.controller(profile, None, 7), **options)
    bench.ask("create", "namespaces", body={"metadata": {"name": "shop"}})
    return bench


def config(bench: Bench, name: str = "c", **fields: Any) -> None:
    bench.ask("create", "configmaps", "shop", body={"metadata": {"name": name, **fields}})


def delete(bench: Bench) -> None:
    bench.ask("delete", "namespaces", "", "shop")
    bench.served()


def conditions(bench: Bench) -> list[dict]:
    found = bench.get("namespaces", "", "shop")
    assert found is not None
    return found["status"].get("conditions", [])


def test_a_namespace_that_lives_is_not_looked_at() -> None:
    bench = bench_of()
    bench.run()
    assert bench.calls() == []


def test_the_first_look_comes_after_five_seconds() -> None:
    bench = bench_of()
    delete(bench)
    bench.run_for(4.9)
    assert bench.calls() == []
    bench.run_for(0.2)
    assert bench.names("namespaces") == []


@pytest.mark.parametrize(("minor", "first"), [
    ("1.10", "deletecollection serviceaccounts shop"),
    ("1.32", "deletecollection serviceaccounts shop"),
    ("1.33", "deletecollection pods shop"),
    ("1.36", "deletecollection pods shop"),
])
def test_pods_go_first_since_1_33(minor: str, first: str) -> None:
    bench = bench_of(minor)
    delete(bench)
    bench.run()
    deletions = [call for call in bench.calls() if call.startswith("deletecollection")]
    assert deletions[0] == first
    assert sorted(deletions) == sorted(f"deletecollection {row.id} shop" for row in namespaces.emptied(Profile.of(minor)))


def test_everything_in_it_goes_and_then_the_namespace() -> None:
    bench = bench_of()
    config(bench)
    bench.ask("create", "secrets", "shop", body={"metadata": {"name": "s"}})
    delete(bench)
    bench.run()
    assert (bench.names("configmaps"), bench.names("secrets"), bench.names("namespaces")) == ([], [], [])
    assert bench.calls()[-1] == "update namespaces/finalize shop"


def test_a_finalizer_holds_the_namespace_and_is_named() -> None:
    bench = bench_of()
    config(bench, finalizers=["example.com/hold"])
    config(bench, "d", finalizers=["example.com/hold"])
    config(bench, "e")
    delete(bench)
    bench.run_for(6.0)
    assert bench.names("configmaps") == ["c", "d"]
    assert [one["type"] for one in conditions(bench)] == TYPES
    assert [one["status"] for one in conditions(bench)] == ["False", "False", "False", "True", "True"]
    remaining, finalizers = conditions(bench)[3:]
    assert (remaining["reason"], remaining["message"]) == (
        "SomeResourcesRemain", "Some resources are remaining: configmaps. has 2 resource instances"
    )
    assert (finalizers["reason"], finalizers["message"]) == (
        "SomeFinalizersRemain",
        "Some content in the namespace has finalizers remaining: example.com/hold in 2 resource instances",
    )


def test_what_waits_for_a_finalizer_is_looked_at_every_eight_seconds() -> None:
    bench = bench_of("1.10")
    config(bench, finalizers=["example.com/hold"])
    delete(bench)
    bench.run_for(5.0 + 3 * 8.0 + 1.0)
    looks = [entry.time for entry in bench.served() if entry.request.verb == "get"]
    assert [round(time - NOW, 3) for time in looks] == [5.0, 13.0, 21.0, 29.0]
    bench.ask("patch", "configmaps", "shop", "c", body={"metadata": {"finalizers": None}}, patchType="merge")
    bench.run_for(8.0)
    assert bench.names("namespaces") == []


def test_a_namespace_that_waits_for_ever_does_not_keep_the_world_busy() -> None:
    bench = bench_of()
    config(bench, finalizers=["example.com/hold"])
    delete(bench)
    bench.run()
    assert bench.quiet()
    assert bench.names("namespaces") == ["shop"]


def test_conditions_that_say_the_same_are_not_written_again() -> None:
    bench = bench_of()
    config(bench, finalizers=["example.com/hold"])
    delete(bench)
    bench.run()
    assert bench.calls().count("update namespaces/status shop") == 1


def test_running_pods_are_given_half_their_grace_period() -> None:
    bench = bench_of()
    bench.ask("create", "pods", "shop", body=_pod(terminationGracePeriodSeconds=40))
    config(bench)
    delete(bench)
    bench.run_for(6.0)
    assert bench.names("configmaps") == ["c"]
    assert conditions(bench)[3]["message"] == "Some resources are remaining: pods. has 1 resource instances"
    looks = [entry.time for entry in bench.served() if entry.request.verb == "get"]
    bench.vanishes("pods", "shop", "p")
    bench.run_for(21.0)
    looks += [entry.time for entry in bench.served() if entry.request.verb == "get"]
    assert looks[1] == looks[0] + 5.0  # the status that the controller wrote itself is an event with a delay of its own
    assert bench.names("namespaces") == []


def test_a_pod_that_outlives_its_grace_period_is_an_error() -> None:
    bench = bench_of()
    bench.ask("create", "pods", "shop", body=_pod(terminationGracePeriodSeconds=3))
    delete(bench)
    bench.run_for(6.0)
    failure = conditions(bench)[2]
    assert (failure["status"], failure["reason"], failure["message"]) == (
        "True", "ContentDeletionFailed",
        "Failed to delete all resource types, 1 remaining: "
        "unexpected items still remain in namespace: shop for gvr: /v1, Resource=pods",
    )


def test_1_10_has_no_conditions() -> None:
    bench = bench_of("1.10")
    config(bench, finalizers=["example.com/hold"])
    delete(bench)
    bench.run()
    assert conditions(bench) == []


def test_an_unscheduled_pod_goes_at_once() -> None:
    bench = bench_of()
    bench.ask("create", "pods", "shop", body=_pod(nodeName=None))
    delete(bench)
    bench.run_for(5.1)
    assert (bench.names("pods"), bench.names("namespaces")) == ([], [])


def test_a_resource_that_cannot_be_deleted_is_reported_and_tried_again() -> None:
    left = [2]

    def refuse(request: Any) -> Any:
        if request.verb != "deletecollection" or request.resource != "secrets" or not left[0]:
            return None
        left[0] -= 1
        return status.internal("broken")

    bench = bench_of(refuse=refuse)
    delete(bench)
    bench.run()
    assert bench.names("namespaces") == []
    assert bench.calls().count("deletecollection secrets shop") == 3


def test_a_foreign_namespace_finalizer_stays() -> None:
    bench = bench_of()
    found = bench.ask("get", "namespaces", "", "shop")
    body = {**found, "spec": {"finalizers": ["kubernetes", "example.com/mine"]}}
    bench.ask("update", "namespaces", "", "shop", body=body, subresource="finalize")
    delete(bench)
    bench.run()
    left = bench.get("namespaces", "", "shop")
    assert left is not None
    assert left["spec"]["finalizers"] == ["example.com/mine"]


def test_a_conflict_while_finalizing_is_read_again() -> None:
    left = [1]

    def refuse(request: Any) -> Any:
        if request.subresource != "finalize" or not left[0]:
            return None
        left[0] -= 1
        return status.conflict("namespaces", "shop")

    bench = bench_of(refuse=refuse)
    delete(bench)
    bench.run()
    assert bench.calls()[-3:] == [
        "update namespaces/finalize shop", "get namespaces shop", "update namespaces/finalize shop"
    ]
    assert bench.names("namespaces") == []


def _pod(**spec: Any) -> dict:
    given = {"nodeName": "node-1", "containers": [{"name": "c", "image": "i"}], **spec}
    return {"metadata": {"name": "p"}, "spec": {key: value for key, value in given.items() if value is not None}}
