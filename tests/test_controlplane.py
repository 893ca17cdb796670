"""The composed control plane: deterministic, forkable, pausable, replayable."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from sanb.apiserver.request import Request
from sanb.controlplane import ControlPlane
from sanb.errors import ApiError, UsageError
from sanb.kernel import policy
from sanb.kernel.trace import Trace


def create(plane: ControlPlane, resource: str, name: str, namespace: str = "", **body: Any) -> Any:
    return plane.request(Request("create", resource, namespace, body={"metadata": {"name": name}, **body})).body


def pod(plane: ControlPlane, name: str, namespace: str) -> Any:
    return create(plane, "pods", name, namespace, spec={"containers": [{"name": "c", "image": "nginx"}]})


def names(plane: ControlPlane, resource: str, namespace: str | None = None) -> list[str]:
    return [version.key[2] for version in plane.store.head.scan(resource, namespace)]


def story(plane: ControlPlane) -> ControlPlane:
    """A namespace, a Pod in it, and all that follows."""
    plane.run()
    create(plane, "namespaces", "shop")
    plane.run()
    pod(plane, "web", "shop")
    plane.run()
    return plane


@pytest.mark.parametrize("minor", ["1.10", "1.23", "1.36"])
def test_a_pod_in_a_new_namespace_comes_to_run(minor: str) -> None:
    plane = story(ControlPlane(minor, seed=7))
    found = plane.store.head.get(("pods", "shop", "web"))
    assert found is not None and found.last["status"]["phase"] == "Running"


@pytest.mark.parametrize("minor", ["1.10", "1.36"])
def test_the_same_seed_and_calls_give_the_same_state_and_another_seed_another(minor: str) -> None:
    prints = [story(ControlPlane(minor, seed=seed)).fingerprint() for seed in (7, 7, 8)]
    assert prints[0] == prints[1] != prints[2]


@pytest.mark.parametrize("minor", ["1.10", "1.36"])
def test_a_long_run_makes_the_steps_that_single_steps_make(minor: str) -> None:
    one = story(ControlPlane(minor, seed=7))
    two = story(ControlPlane(minor, seed=7, policy=lambda world, enabled: enabled[0] if enabled else None))
    assert one.trace.dumps() == two.trace.dumps()
    assert list(one.world.journal) == list(two.world.journal)


SCRIPT = """
import hashlib
from sanb.controlplane import ControlPlane
from sanb.values import json_default
from tests.test_controlplane import story
import json
plane = story(ControlPlane("{minor}", seed=7))
objects = [(v.rev, v.key, v.obj) for v in plane.store.since(plane.store.oldest)]
text = json.dumps(objects, default=json_default) + plane.trace.dumps()
print(hashlib.sha256(text.encode()).hexdigest(), plane.fingerprint())
"""


@pytest.mark.parametrize("minor", ["1.10", "1.36"])
def test_every_byte_is_the_same_under_another_hash_seed(minor: str) -> None:
    outputs = []
    for hash_seed in ("1", "2"):
        done = subprocess.run(
            [sys.executable, "-c", SCRIPT.format(minor=minor)], capture_output=True, text=True, check=True,
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
        )
        outputs.append(done.stdout)
    assert outputs[0] == outputs[1] != ""


@pytest.mark.parametrize("seed", range(4))
def test_a_random_order_leads_to_a_pod_that_runs(seed: int) -> None:
    plane = ControlPlane("1.36", seed=seed, policy=policy.seeded(seed))
    found = story(plane).store.head.get(("pods", "shop", "web"))
    assert found is not None and found.last["status"]["phase"] == "Running"


def test_a_fork_has_its_own_future() -> None:
    plane = story(ControlPlane("1.23", seed=7))
    fork = plane.fork()
    assert fork.fingerprint() == plane.fingerprint()
    create(fork, "serviceaccounts", "robot", "shop")
    fork.run()
    assert names(fork, "serviceaccounts", "shop") == ["default", "robot"]
    assert names(plane, "serviceaccounts", "shop") == ["default"]


def test_a_fork_in_the_middle_of_everything_ends_where_its_origin_ends() -> None:
    plane = ControlPlane("1.10", seed=7)
    create(plane, "namespaces", "shop")
    forks = []
    while plane.step() is not None:
        forks.append(plane.fork())
    for fork in forks:
        fork.run()
    assert {fork.fingerprint() for fork in forks} == {plane.fingerprint()}


def test_a_paused_controller_does_nothing_until_the_block_ends() -> None:
    plane = ControlPlane("1.10", seed=7)
    plane.run()
    with plane.paused("tokens"):
        create(plane, "namespaces", "shop")
        plane.run()
        assert (names(plane, "serviceaccounts", "shop"), names(plane, "secrets", "shop")) == (["default"], [])
    plane.run()
    assert len(names(plane, "secrets", "shop")) == 1


def test_components_have_the_controller_managers_names_its_old_ones_and_short_ones() -> None:
    plane = ControlPlane("1.36", controllers="serviceaccount,rootca,namespace-controller")
    assert plane.components == (
        "serviceaccount-controller", "root-ca-certificate-publisher-controller", "namespace-controller",
    )
    assert "kubelet" not in ControlPlane("1.36", controllers="*,-scheduler,-kubelet").components


def test_an_unknown_component_is_named_with_what_there_is() -> None:
    with pytest.raises(UsageError, match=r"unknown component 'tokens-controller'.*known are"):
        ControlPlane("1.36", controllers="*,-tokens-controller")
    plane = ControlPlane("1.36", controllers="*,-kubelet")
    with pytest.raises(UsageError, match="kubelet does not run in this cluster"), plane.paused("kubelet"):
        raise AssertionError("not reached")


def test_a_paused_api_server_is_named_as_the_reason_that_nobody_answers() -> None:
    plane = ControlPlane("1.36")
    with plane.paused("kube-apiserver"), pytest.raises(UsageError, match="kube-apiserver is paused"):
        create(plane, "namespaces", "shop")


def test_time_passes_only_when_it_is_told_to() -> None:
    plane = ControlPlane("1.36", controllers="")
    plane.run()
    begin = plane.now
    plane.run(for_="1h30m")
    assert plane.now == begin + 5400
    plane.run(until="2026-01-02T00:00:00Z")
    assert plane.now == begin + 86400


def test_a_malformed_duration_is_refused_with_an_example() -> None:
    with pytest.raises(UsageError, match="'soon' is no duration: write numbers with units"):
        ControlPlane("1.36", controllers="").run(for_="soon")


@pytest.mark.parametrize("minor", ["1.10", "1.36"])
def test_a_saved_trace_is_replayed_to_the_same_state(minor: str, tmp_path: Path) -> None:
    plane = ControlPlane(minor, seed=7, policy=policy.seeded(5), gates={"TokenRequest": True})
    story(plane)
    plane.run(for_="2h")
    with pytest.raises(ApiError):
        plane.request(Request("get", "pods", "shop", "gone"))
    again = ControlPlane.replayed(Trace.load(plane.trace.save(tmp_path / "run.json")))
    assert (again.fingerprint(), again.now, again.store.rev) == (plane.fingerprint(), plane.now, plane.store.rev)
    assert again.trace == plane.trace


def test_a_trace_that_does_not_fit_says_what_is_enabled_instead() -> None:
    plane = story(ControlPlane("1.36", seed=7))
    trace = plane.trace
    wrong = trace._replace(setup={**trace.setup, "controllers": ["kubelet"]})
    with pytest.raises(UsageError, match="is not enabled now; enabled: "):
        ControlPlane.replayed(wrong)


def test_threads_may_call_while_another_runs() -> None:
    plane = ControlPlane("1.10", seed=7)

    def clicks(start: int) -> None:
        for number in range(start, start + 20):
            create(plane, "namespaces", f"ns-{number}")
            plane.run()

    threads = [Thread(target=clicks, args=(100 * n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert plane.store.head.count("serviceaccounts") == 3 + 80
    assert plane.store.head.count("secrets") == 3 + 80
