"""Job controller and TTL-after-finished controller."""

from __future__ import annotations

from typing import Any

import pytest

from sanb.controllers import finishedjobs, jobpods, jobs
from sanb.kernel.policy import seeded
from sanb.profiles.profile import Profile
from tests.controllers.harness import Bench
from tests.controllers.workloads import bench, pods

JOBS = "jobs.batch"
FINALIZER = ["batch.kubernetes.io/job-tracking"]


def body(restart: str = "Never", **spec: Any) -> dict[str, Any]:
    inner = {"restartPolicy": restart, "containers": [{"name": "c", "image": "i"}]}
    return {"metadata": {"name": "j"}, "spec": {"template": {"spec": inner}, **spec}}


def started(minor: str = "1.36", *, ttl: bool = False, restart: str = "Never", **spec: Any) -> Bench:
    world = bench(jobs, finishedjobs, minor=minor) if ttl else bench(jobs, minor=minor)
    world.ask("create", JOBS, "ns", body=body(restart, **spec))
    world.run()
    return world


def job(world: Bench) -> Any:
    found = world.get(JOBS, "ns", "j")
    assert found is not None
    return found


def status(world: Bench) -> Any:
    return job(world)["status"]


def conditions(world: Bench) -> list[tuple[str, str]]:
    return [(one["type"], one.get("reason", "")) for one in status(world).get("conditions", ())]


def living(world: Bench) -> list[Any]:
    return [
        pod for pod in pods(world)
        if pod["status"]["phase"] not in ("Succeeded", "Failed") and "deletionTimestamp" not in pod["metadata"]
    ]


def end(world: Bench, phase: str, count: int = 1) -> None:
    """Let Pods come to their end."""
    for pod in living(world)[:count]:
        name = pod["metadata"]["name"]
        world.ask("patch", "pods", "ns", name, {"status": {"phase": phase}}, "status", patchType="merge")
    world.run()


# ---------------------------------------------------------------------- completions


def test_so_many_pods_work_at_once_until_so_many_have_succeeded() -> None:
    world = started(completions=3, parallelism=2)
    seen = [(len(living(world)), status(world).get("succeeded", 0))]
    for _ in range(3):
        end(world, "Succeeded")
        seen.append((len(living(world)), status(world).get("succeeded", 0)))
    assert seen == [(2, 0), (2, 1), (1, 2), (0, 3)]
    assert status(world)["completionTime"] == "2026-01-01T00:00:00Z"


@pytest.mark.parametrize(
    ("minor", "wanted"),
    [
        ("1.10", [("Complete", "")]),
        ("1.30", [("Complete", "")]),
        ("1.31", [("SuccessCriteriaMet", "CompletionsReached"), ("Complete", "CompletionsReached")]),
    ],
)
def test_the_conditions_of_a_complete_job_by_minor(minor: str, wanted: list[tuple[str, str]]) -> None:
    world = started(minor)
    end(world, "Succeeded")
    assert conditions(world) == wanted


@pytest.mark.parametrize(("minor", "told"), [("1.17", False), ("1.18", True)])
def test_a_complete_job_is_told_from_1_18_on(minor: str, told: bool) -> None:
    world = started(minor)
    end(world, "Succeeded")
    assert ("Completed: Job completed" in world.events()) is told


def test_without_completions_one_success_ends_the_work_when_the_others_have_ended() -> None:
    world = started(parallelism=2)
    world.ask("patch", JOBS, "ns", "j", {"spec": {"completions": None}}, patchType="merge")
    end(world, "Succeeded")
    assert len(living(world)) == 1
    end(world, "Succeeded")
    assert conditions(world)[-1] == ("Complete", "CompletionsReached")


def test_completions_with_a_number_are_each_made_once() -> None:
    world = started(completions=4, parallelism=2, completionMode="Indexed")
    first = living(world)[0]
    assert first["metadata"]["annotations"] == {jobpods.INDEX: "0"}
    assert first["metadata"]["labels"][jobpods.INDEX] == "0"
    assert first["spec"]["hostname"] == "j-0"
    assert first["metadata"]["generateName"] == "j-0-"
    variable = first["spec"]["containers"][0]["env"][0]
    assert variable["valueFrom"]["fieldRef"]["fieldPath"] == f"metadata.labels['{jobpods.INDEX}']"
    for _ in range(4):
        end(world, "Succeeded")
    assert (status(world)["completedIndexes"], status(world)["succeeded"]) == ("0-3", 4)


def test_an_index_that_failed_is_made_again() -> None:
    world = started(completions=2, parallelism=2, completionMode="Indexed")
    end(world, "Failed")
    assert sorted(str(jobpods.index_of(pod)) for pod in living(world)) == ["0", "1"]


@pytest.mark.parametrize(
    ("numbers", "text"), [([], ""), ([3], "3"), ([0, 1], "0,1"), ([0, 1, 2, 5, 7, 8, 9], "0-2,5,7-9")]
)
def test_numbers_are_listed_in_ranges(numbers: list[int], text: str) -> None:
    assert jobpods.listed(frozenset(numbers)) == text
    assert jobpods.parsed(text) == frozenset(numbers)


# ---------------------------------------------------------------------- failures


def test_a_failed_pod_is_replaced_after_a_pause_that_doubles() -> None:
    world = started(backoffLimit=3)
    times = []
    for _ in range(3):
        end(world, "Failed")
        times.append(world.world.clock.now - 1_767_225_600)
    assert times == [10, 30, 70]
    assert (status(world)["failed"], len(living(world))) == (3, 1)


@pytest.mark.parametrize(
    ("minor", "kinds"), [("1.10", ["Failed"]), ("1.30", ["Failed"]), ("1.31", ["FailureTarget", "Failed"])]
)
def test_beyond_the_back_off_limit_the_job_fails(minor: str, kinds: list[str]) -> None:
    world = started(minor, backoffLimit=1)
    end(world, "Failed")
    end(world, "Failed")
    assert conditions(world) == [(kind, "BackoffLimitExceeded") for kind in kinds]
    assert "BackoffLimitExceeded: Job has reached the specified backoff limit" in world.events()
    assert status(world)["failed"] == 2


@pytest.mark.parametrize("minor", ["1.10", "1.25", "1.36"])
def test_after_its_deadline_a_job_fails_and_its_pods_go(minor: str) -> None:
    world = started(minor, activeDeadlineSeconds=20)
    assert world.world.clock.now == 1_767_225_600, "nobody waits for a deadline"
    world.run_for(21)
    assert conditions(world)[-1] == ("Failed", "DeadlineExceeded")
    assert living(world) == []
    assert "DeadlineExceeded: Job was active longer than specified deadline" in world.events()


def test_restarts_of_containers_count_where_pods_are_restarted() -> None:
    world = started(backoffLimit=2, restart="OnFailure")
    name = living(world)[0]["metadata"]["name"]
    statuses = [{"name": "c", "image": "i", "imageID": "", "ready": False, "restartCount": 2}]
    world.ask("patch", "pods", "ns", name, {"status": {"containerStatuses": statuses}}, "status", patchType="merge")
    world.run()
    assert conditions(world)[-1] == ("Failed", "BackoffLimitExceeded")


# ---------------------------------------------------------------------- other


def test_a_suspended_job_has_no_pods_and_goes_on_when_resumed() -> None:
    world = started(suspend=True)
    assert (living(world), conditions(world)) == ([], [("Suspended", "JobSuspended")])
    assert "startTime" not in status(world)
    world.ask("patch", JOBS, "ns", "j", {"spec": {"suspend": False}}, patchType="merge")
    world.run()
    assert len(living(world)) == 1
    assert status(world)["conditions"][0]["status"] == "False"
    assert [text for text in world.events() if "Job " in text] == ["Suspended: Job suspended", "Resumed: Job resumed"]


def test_less_parallelism_deletes_pods() -> None:
    world = started("1.23", completions=5, parallelism=3)
    world.ask("patch", JOBS, "ns", "j", {"spec": {"parallelism": 1}}, patchType="merge")
    world.run()
    assert len(living(world)) == 1


@pytest.mark.parametrize(("minor", "held"), [("1.24", None), ("1.25", FINALIZER)])
def test_pods_are_held_until_they_are_counted(minor: str, held: list[str] | None) -> None:
    world = started(minor, completions=2, parallelism=1)
    assert living(world)[0]["metadata"].get("finalizers") == held
    end(world, "Succeeded")
    done = next(pod for pod in pods(world) if pod["status"]["phase"] == "Succeeded")
    assert done["metadata"].get("finalizers") is None
    assert ("uncountedTerminatedPods" in status(world)) is (held is not None)


def test_counted_pods_stay_counted_when_they_are_deleted() -> None:
    world = started(completions=2, parallelism=1)
    done = living(world)[0]["metadata"]["name"]
    end(world, "Succeeded")
    world.ask("delete", "pods", "ns", done)
    world.run()
    assert status(world)["succeeded"] == 1
    end(world, "Succeeded")
    assert conditions(world)[-1][0] == "Complete"


def test_pods_of_a_job_that_is_gone_are_let_go() -> None:
    world = started()
    world.ask("delete", JOBS, "ns", "j", {"propagationPolicy": "Background"})
    world.run()
    assert pods(world)[0]["metadata"].get("finalizers") is None


def test_a_finished_job_goes_when_its_time_has_come() -> None:
    world = started(ttl=True, ttlSecondsAfterFinished=60)
    end(world, "Succeeded")
    world.run_for(59)
    assert world.names(JOBS) == ["j"]
    world.run_for(2)
    found = world.get(JOBS, "ns", "j")
    assert found is None or found["metadata"]["finalizers"] == ["foregroundDeletion"]


def test_minors_before_1_21_have_no_ttl_controller() -> None:
    assert finishedjobs.controller(Profile.of("1.20"), None, 7) is None


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("minor", ["1.23", "1.36"])
def test_whatever_the_order_of_happenings_no_more_pods_are_made_than_wanted(minor: str, seed: int) -> None:
    world = bench(jobs, minor=minor)
    world.ask("create", JOBS, "ns", body=body(completions=3, parallelism=2))
    policy, made = seeded(seed), set()
    for step in range(600):
        action = policy(world.world, world.world.enabled(upkeep=False))
        if action is not None:
            world.world.step(action)
        made |= {pod["metadata"]["uid"] for pod in pods(world)}
        if step % 40 == 39 and (found := living(world)):
            name = found[0]["metadata"]["name"]
            world.ask("patch", "pods", "ns", name, {"status": {"phase": "Succeeded"}}, "status", patchType="merge")
    assert (len(made), status(world)["succeeded"], conditions(world)[-1][0]) == (3, 3, "Complete")


# ---------------------------------------------------------------------- podFailurePolicy


def failing(world: Bench, code: int, conditions: tuple[str, ...] = ()) -> None:
    """Let the Pod that works end with this code."""
    name = living(world)[0]["metadata"]["name"]
    ended = {"name": "c", "image": "i", "imageID": "", "ready": False, "restartCount": 0,
             "state": {"terminated": {"exitCode": code, "finishedAt": "2026-01-01T00:00:00Z"}}}
    state: dict[str, Any] = {"phase": "Failed", "containerStatuses": [ended]}
    if conditions:
        state["conditions"] = [{"type": one, "status": "True"} for one in conditions]
    world.ask("patch", "pods", "ns", name, {"status": state}, "status", patchType="merge")
    world.run()


POLICY = {"rules": [
    {"action": "FailJob", "onExitCodes": {"operator": "In", "values": [42]}},
    {"action": "Ignore", "onPodConditions": [{"type": "DisruptionTarget", "status": "True"}]},
]}


def test_an_exit_code_of_the_policy_fails_the_job_at_once() -> None:
    world = started(podFailurePolicy=POLICY)
    name = living(world)[0]["metadata"]["name"]
    failing(world, 42)
    assert conditions(world) == [("FailureTarget", "PodFailurePolicy"), ("Failed", "PodFailurePolicy")]
    assert status(world)["conditions"][-1]["message"] == (
        f"Container c for pod ns/{name} failed with exit code 42 matching FailJob rule at index 0"
    )
    assert living(world) == []


def test_ignored_failures_do_not_count() -> None:
    world = started(podFailurePolicy=POLICY, backoffLimit=0)
    failing(world, 137, ("DisruptionTarget",))
    assert (conditions(world), status(world).get("failed", 0), len(living(world))) == ([], 0, 1)
    failing(world, 1)
    assert conditions(world)[-1] == ("Failed", "BackoffLimitExceeded")


def test_a_pod_that_was_deleted_before_it_failed_is_no_case_for_the_policy() -> None:
    world = started("1.28", podFailurePolicy=POLICY)
    name = living(world)[0]["metadata"]["name"]
    ended = {"name": "c", "image": "i", "imageID": "", "ready": False, "restartCount": 0,
             "state": {"terminated": {"exitCode": 42, "finishedAt": "2026-01-01T00:00:00Z"}}}
    status_of = {"phase": "Running", "containerStatuses": [ended]}
    world.ask("patch", "pods", "ns", name, {"status": status_of}, "status", patchType="merge")
    world.ask("delete", "pods", "ns", name)
    world.run()
    assert (conditions(world), status(world)["failed"]) == ([], 1)


def test_minors_before_1_26_know_no_policy() -> None:
    world = started("1.25", podFailurePolicy=POLICY)
    failing(world, 42)
    assert conditions(world) == []
