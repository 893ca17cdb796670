"""ServiceAccount controller: upstream's table 9 and what happens when the API says no."""

from __future__ import annotations

import pytest

from sanb.apiserver import status
from sanb.controllers import serviceaccounts
from sanb.profiles.profile import Profile
from tests.controllers.harness import Bench

WANTED = ("default", "managed")


def bench_of(minor: str = "1.36", wanted: tuple[str, ...] = WANTED, **options: object) -> Bench:
    profile = Profile.of(minor)
    return Bench(profile, serviceaccounts.controller(profile, None, 7, wanted), **options)


def namespace(phase: str = "Active") -> dict:
    return {"kind": "Namespace", "metadata": {"name": "ns", "uid": "n"}, "status": {"phase": phase}}


def account(name: str) -> dict:
    return {"kind": "ServiceAccount", "metadata": {"name": name, "namespace": "ns", "uid": name}}


@pytest.mark.parametrize(("phase", "there", "expected"), [
    ("Active", [], ["create serviceaccounts ns/default", "create serviceaccounts ns/managed"]),
    ("Active", ["managed"], ["create serviceaccounts ns/default"]),  # UT-181
    ("Active", ["default", "managed"], []),
    ("Terminating", [], []),  # UT-183
])
def test_a_namespace_that_appears_gets_what_it_lacks_if_it_is_active(phase: str, there: list, expected: list) -> None:
    """UT-181 and UT-183."""
    bench = bench_of()
    for name in there:
        bench.known("serviceaccounts", account(name))
    bench.happens("namespaces", namespace(phase))
    bench.run()
    assert bench.calls() == expected


def test_an_update_of_a_terminating_namespace_makes_nothing() -> None:
    """UT-187."""
    bench = bench_of()
    bench.known("namespaces", namespace())
    bench.happens("namespaces", namespace("Terminating"))
    bench.run()
    assert bench.calls() == []


@pytest.mark.parametrize(("phase", "deleted", "expected"), [
    ("Active", "default", ["create serviceaccounts ns/default"]),  # UT-189
    ("Terminating", "default", []),  # UT-190
    ("Active", "other-unmanaged", []),  # UT-191
])
def test_a_deleted_account_comes_back_if_it_is_wanted(phase: str, deleted: str, expected: list) -> None:
    """UT-189, UT-190 and UT-191."""
    bench = bench_of()
    bench.known("namespaces", namespace(phase))
    for name in dict.fromkeys((*WANTED, deleted)):
        bench.known("serviceaccounts", account(name))
    bench.vanishes("serviceaccounts", "ns", deleted)
    bench.run()
    assert bench.calls() == expected


def test_a_recreated_default_account_has_another_uid() -> None:
    bench = bench_of(wanted=("default",))
    bench.ask("create", "namespaces", body={"metadata": {"name": "ns"}})
    bench.run()
    before = bench.ask("get", "serviceaccounts", "ns", "default")["metadata"]["uid"]
    bench.ask("delete", "serviceaccounts", "ns", "default")
    bench.run()
    assert bench.ask("get", "serviceaccounts", "ns", "default")["metadata"]["uid"] != before


def test_an_account_that_the_cache_has_not_seen_is_no_failure() -> None:
    bench = bench_of(wanted=("default",))
    bench.known("namespaces", namespace())
    bench.happens("namespaces", namespace())
    bench.hear("namespaces")
    bench.happens("serviceaccounts", account("default"))
    bench.world.workers[serviceaccounts.NAME].queue.add("ns")
    bench.world.mark(bench.world.workers[serviceaccounts.NAME])
    bench.run(deliver=False)
    assert bench.calls() == ["create serviceaccounts ns/default"]


@pytest.mark.parametrize(("minor", "calls"), [("1.10", 6), ("1.36", 1)])
def test_a_terminating_namespace_ends_the_attempts_where_the_api_gives_the_cause(minor: str, calls: int) -> None:
    """The cache still shows the namespace as active; from the fifth repeat on nobody waits for another one."""
    bench = bench_of(minor, ("default",), plugins=True)
    bench.happens("namespaces", namespace())
    bench.world.step(bench.world.first())
    bench.happens("namespaces", namespace("Terminating"))
    bench.run(deliver=False)
    assert bench.calls() == ["create serviceaccounts ns/default"] * calls


def test_other_failures_are_tried_again_without_limit() -> None:
    failures = 12
    left = [failures]

    def refuse(request: object) -> object:
        left[0] -= 1
        return status.forbidden("serviceaccounts", "default", "no") if left[0] >= 0 else None

    bench = bench_of(wanted=("default",), refuse=refuse)
    bench.happens("namespaces", namespace())
    bench.run_for(60.0)
    assert bench.calls() == ["create serviceaccounts ns/default"] * (failures + 1)
    assert bench.names("serviceaccounts", "ns") == ["default"]
