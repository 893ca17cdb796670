"""Jobs whose indexes have limits of their own, success policies, and when Pods are replaced."""

from __future__ import annotations

from typing import Any

import pytest

from sanb.controllers import jobindexes, jobpods
from sanb.errors import ApiError
from tests.controllers.harness import Bench
from tests.controllers.test_jobs import JOBS, body, conditions, job, living, started, status

INDEXED: dict[str, Any] = {"completionMode": "Indexed", "completions": 3, "parallelism": 3}


def end(world: Bench, index: int, phase: str) -> None:
    """Let the Pod of one index come to its end."""
    pod = next(one for one in living(world) if jobpods.index_of(one) == index)
    world.ask("patch", "pods", "ns", pod["metadata"]["name"], {"status": {"phase": phase}}, "status", patchType="merge")
    world.run()


def wait(world: Bench, seconds: float) -> None:
    world.run_for(seconds)


def busy(world: Bench) -> list[int | None]:
    return sorted(jobpods.index_of(pod) or 0 for pod in living(world))


def test_an_index_fails_for_good_and_the_others_go_on() -> None:
    world = started(**INDEXED, backoffLimitPerIndex=1)
    assert job(world)["spec"]["backoffLimit"] == 2**31 - 1
    end(world, 1, "Failed")
    assert busy(world) == [0, 1, 2]
    again = next(pod for pod in living(world) if jobpods.index_of(pod) == 1)
    assert again["metadata"]["annotations"][jobindexes.FAILURES] == "1"
    end(world, 1, "Failed")
    wait(world, 100)
    assert (busy(world), status(world)["failedIndexes"]) == ([0, 2], "1")
    end(world, 0, "Succeeded")
    end(world, 2, "Succeeded")
    assert conditions(world) == [("FailureTarget", "FailedIndexes"), ("Failed", "FailedIndexes")]
    assert status(world)["conditions"][-1]["message"] == "Job has failed indexes"
    assert (status(world)["completedIndexes"], status(world)["failed"]) == ("0,2", 2)


def test_more_failed_indexes_than_allowed_fail_the_job_at_once() -> None:
    world = started(**INDEXED, backoffLimitPerIndex=0, maxFailedIndexes=1)
    end(world, 0, "Failed")
    assert conditions(world) == []
    end(world, 1, "Failed")
    assert conditions(world)[0] == ("FailureTarget", "MaxFailedIndexesExceeded")
    assert living(world) == []


def test_a_rule_may_fail_one_index_at_once() -> None:
    rule = {"action": "FailIndex", "onPodConditions": [{"type": "Broken"}]}
    world = started(**INDEXED, backoffLimitPerIndex=5, podFailurePolicy={"rules": [rule]})
    pod = next(one for one in living(world) if jobpods.index_of(one) == 2)
    broken = {"phase": "Failed", "conditions": [{"type": "Broken", "status": "True"}]}
    world.ask("patch", "pods", "ns", pod["metadata"]["name"], {"status": broken}, "status", patchType="merge")
    world.run()
    assert status(world)["failedIndexes"] == "2"


def test_the_limit_by_index_means_nothing_before_1_29() -> None:
    world = started("1.28", **INDEXED, backoffLimitPerIndex=0)
    assert "backoffLimitPerIndex" not in job(world)["spec"]
    end(world, 0, "Failed")
    assert "failedIndexes" not in status(world)


@pytest.mark.parametrize(
    ("rule", "enough"),
    [
        ({"succeededIndexes": "0,2"}, (0, 2)),
        ({"succeededCount": 1}, (1,)),
        ({"succeededIndexes": "1-2", "succeededCount": 1}, (2,)),
    ],
)
def test_a_success_policy_completes_the_job_and_ends_the_other_pods(rule: dict[str, Any], enough: tuple[int, ...]) -> None:
    world = started(**INDEXED, successPolicy={"rules": [rule]})
    for index in enough:
        assert conditions(world) == []
        end(world, index, "Succeeded")
    assert conditions(world)[0] == ("SuccessCriteriaMet", "SuccessPolicy")
    assert status(world)["conditions"][0]["message"] == "Matched rules at index 0"
    assert living(world) == []


def test_a_success_policy_means_nothing_before_1_31() -> None:
    world = started("1.30", **INDEXED, successPolicy={"rules": [{"succeededCount": 1}]})
    end(world, 0, "Succeeded")
    assert conditions(world) == []


@pytest.mark.parametrize(("policy", "replaced"), [("TerminatingOrFailed", True), ("Failed", False)])
def test_a_pod_that_is_going_is_replaced_at_once_or_when_it_has_ended(policy: str, replaced: bool) -> None:
    world = started(podReplacementPolicy=policy)
    pod = living(world)[0]["metadata"]["name"]
    world.ask("patch", "pods", "ns", pod, {"metadata": {"finalizers": ["a/b", jobpods.FINALIZER]}}, patchType="merge")
    world.ask("delete", "pods", "ns", pod)
    world.run()
    wait(world, 60)
    assert bool(living(world)) is replaced
    assert status(world)["terminating"] == 1


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"backoffLimitPerIndex": 1}, "spec.backoffLimitPerIndex: Invalid value: 1: requires indexed completion mode"),
    ({**INDEXED, "maxFailedIndexes": 1}, "spec.backoffLimitPerIndex: Required value: when maxFailedIndexes is specified"),
    ({**INDEXED, "maxFailedIndexes": 4, "backoffLimitPerIndex": 1},
     "spec.maxFailedIndexes: Invalid value: 4: must be less than or equal to completions"),
    ({**INDEXED, "successPolicy": {"rules": []}},
     "spec.successPolicy.rules: Required value: at least one rules must be specified when the successPolicy is specified"),
    ({**INDEXED, "successPolicy": {"rules": [{}]}},
     "spec.successPolicy.rules[0]: Required value: at least one of succeededCount or succeededIndexes must be specified"),
    ({**INDEXED, "podFailurePolicy": {"rules": [{"action": "FailIndex", "onPodConditions": [{"type": "A"}]}]}},
     'spec.podFailurePolicy.rules[0].action: Invalid value: "FailIndex": requires the backoffLimitPerIndex to be set'),
    ({"podFailurePolicy": {"rules": [{"action": "Ignore"}]}},
     "spec.podFailurePolicy.rules[0]: Invalid value: specifying one of OnExitCodes and OnPodConditions is required"),
    ({"podReplacementPolicy": "TerminatingOrFailed", "podFailurePolicy": {"rules": []}},
     'spec.podReplacementPolicy: Unsupported value: "TerminatingOrFailed": supported values: "Failed"'),
]


@pytest.mark.parametrize(("spec", "message"), WRONG)
def test_policies_that_do_not_fit_are_refused(spec: dict[str, Any], message: str) -> None:
    with pytest.raises(ApiError) as caught:
        started().ask("create", JOBS, "ns", body={**body(**spec), "metadata": {"name": "other"}})
    assert message in str(caught.value)


def test_containers_of_a_job_with_a_failure_policy_are_not_started_again() -> None:
    with pytest.raises(ApiError, match='only "Never" is supported when podFailurePolicy is specified'):
        started(restart="OnFailure", podFailurePolicy={"rules": []})


@pytest.mark.parametrize(("minor", "made"), [("1.31", 1), ("1.32", 0)])
def test_a_job_that_somebody_else_manages_is_left_alone(minor: str, made: int) -> None:
    assert len(living(started(minor, managedBy="example.com/queue"))) == made
