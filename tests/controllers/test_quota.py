"""Quota controller: what is used is counted anew when something goes."""

from __future__ import annotations

from typing import Any

import pytest

from sanb.controllers import quota
from sanb.profiles.profile import Profile
from tests.controllers.harness import Bench


def bench(minor: str = "1.36", **hard: str) -> Bench:
    profile = Profile.of(minor)
    found = Bench(profile, quota.controller(profile, None, 7), plugins=True)
    found.ask("create", "namespaces", body={"metadata": {"name": "shop"}})
    if hard:
        found.ask("create", "resourcequotas", "shop", body={"metadata": {"name": "q"}, "spec": {"hard": hard}})
        found.run()
    return found


def config(found: Bench, name: str) -> None:
    found.ask("create", "configmaps", "shop", body={"metadata": {"name": name}})


def status(found: Bench) -> Any:
    quota_object = found.get("resourcequotas", "shop", "q")
    return None if quota_object is None else quota_object.get("status")


@pytest.mark.parametrize("minor", ["1.10", "1.23", "1.36"])
def test_a_new_quota_counts_what_there_is(minor: str) -> None:
    found = bench(minor)
    config(found, "a")
    hard = {"configmaps": "3", "count/secrets": "1", "pods": "5"}
    found.ask("create", "resourcequotas", "shop", body={"metadata": {"name": "q"}, "spec": {"hard": hard}})
    assert status(found) == {}
    found.run()
    assert status(found) == {"hard": hard, "used": {"configmaps": "1", "count/secrets": "0", "pods": "0"}}


def test_what_is_deleted_is_free_again() -> None:
    found = bench(configmaps="1")
    config(found, "a")
    assert status(found)["used"] == {"configmaps": "1"}
    found.ask("delete", "configmaps", "shop", "a")
    assert status(found)["used"] == {"configmaps": "1"}
    found.run()
    assert status(found)["used"] == {"configmaps": "0"}


def test_another_limit_is_taken_over() -> None:
    found = bench(configmaps="1")
    found.ask("patch", "resourcequotas", "shop", "q", body={"spec": {"hard": {"configmaps": "2"}}}, patchType="merge")
    found.run()
    assert status(found) == {"hard": {"configmaps": "2"}, "used": {"configmaps": "0"}}


def test_nothing_is_written_when_nothing_is_new() -> None:
    found = bench(configmaps="1")
    assert found.calls()
    found.ask("patch", "resourcequotas", "shop", "q", body={"metadata": {"labels": {"a": "b"}}}, patchType="merge")
    found.run()
    assert found.calls() == []
