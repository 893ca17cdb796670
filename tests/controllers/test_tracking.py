"""Legacy token tracking: upstream's table 11, with the limit of production: one creation in 30 minutes."""

from __future__ import annotations

from typing import Any

import pytest

from sanb.apiserver import status
from sanb.controllers import tracking
from sanb.controllers.tracking import CONFIG, NAMESPACE
from sanb.profiles.profile import Profile
from sanb.values import Obj
from tests.controllers.harness import Bench

MINUTE = 60.0
TODAY = "2026-01-01"
CREATE, UPDATE = (f"{verb} configmaps {NAMESPACE}/{CONFIG}" for verb in ("create", "update"))


def bench_of(minor: str = "1.36", **options: Any) -> Bench:
    profile = Profile.of(minor)
    return Bench(profile, tracking.controller(profile, None, 7), **options)


def config(since: str | None = None, name: str = CONFIG, **data: str) -> Obj:
    values = data if since is None else {**data, "since": since}
    return {
        "apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "namespace": NAMESPACE, "uid": name},
        "data": values,
    }


def since(bench: Bench) -> str | None:
    found = bench.get("configmaps", NAMESPACE, CONFIG)
    return None if found is None else found["data"].get("since")


@pytest.mark.parametrize(("minor", "there"), [("1.25", False), ("1.26", False), ("1.27", True), ("1.36", True)])
def test_uses_are_tracked_since_1_27(minor: str, there: bool) -> None:
    assert (tracking.controller(Profile.of(minor), None, 7) is not None) is there


def test_it_is_created_at_the_start_with_the_date_of_today() -> None:
    bench = bench_of()
    bench.run()
    assert (bench.calls(), since(bench)) == ([CREATE], TODAY)


def test_it_is_created_once_in_half_an_hour() -> None:
    """UT-217: the second creation comes when the window is over, however often it is asked for before."""
    bench = bench_of()
    bench.run()
    bench.vanishes("configmaps", NAMESPACE, CONFIG)
    for _ in range(3):
        bench.happens("configmaps", config("2021-05-05"))
        bench.vanishes("configmaps", NAMESPACE, CONFIG)
        bench.run()
        bench.run_for(9 * MINUTE)
    assert bench.calls() == [CREATE]
    bench.run_for(3 * MINUTE - 1)
    assert bench.calls() == []
    bench.run_for(1)
    assert bench.calls() == [CREATE]
    assert since(bench) == TODAY


def test_a_date_is_never_touched() -> None:
    """UT-218."""
    bench = bench_of()
    bench.known("configmaps", config("2021-05-05"))
    bench.run()
    assert bench.calls() == []


@pytest.mark.parametrize("text", ["2021-05-05T00:00:00Z", "BAD_TIMESTAMP", "", None, "2021-5-5", "2021-02-30", "2021/05/05"])
def test_what_is_no_date_is_replaced_and_the_rest_stays(text: str | None) -> None:
    """UT-219."""
    bench = bench_of()
    bench.known("configmaps", config(text, other="x"))
    bench.run()
    assert bench.calls() == [UPDATE]
    found = bench.get("configmaps", NAMESPACE, CONFIG)
    assert found is not None and found["data"] == {"other": "x", "since": TODAY}


@pytest.mark.parametrize("error", [
    status.not_found("configmaps", CONFIG), status.conflict("configmaps", CONFIG),
])
def test_a_config_map_that_went_or_changed_meanwhile_ends_the_attempt(error: Exception) -> None:
    """UT-221."""
    bench = bench_of(refuse=lambda request: error)
    bench.known("configmaps", config("BAD_TIMESTAMP"))
    bench.run()
    assert bench.calls() == [UPDATE]


def test_one_that_is_there_already_counts_and_a_failure_does_not() -> None:
    bench = bench_of(refuse=lambda request: status.already_exists("configmaps", CONFIG))
    bench.run()
    assert bench.calls() == [CREATE]
    failures = iter((status.internal("no"), status.internal("no")))
    bench = bench_of(refuse=lambda request: next(failures, None))
    bench.run()
    assert (bench.calls(), since(bench)) == ([CREATE] * 3, TODAY)


def test_other_config_maps_are_nothing_to_it() -> None:
    bench = bench_of()
    bench.known("configmaps", config("2021-05-05"))
    bench.run()
    bench.happens("configmaps", config("x", "another"))
    bench.run()
    assert bench.calls() == []
