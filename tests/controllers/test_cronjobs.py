"""Cron schedules and the CronJob controller."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from sanb.controllers import cron, cronjobs, jobs
from sanb.times import parse
from tests.controllers.harness import Bench
from tests.controllers.workloads import bench, pods

CRONJOBS = "cronjobs.batch"
JOBS = "jobs.batch"
NEW_YEAR = parse("2026-01-01T00:00:00Z")


# ---------------------------------------------------------------------- schedules


@pytest.mark.parametrize(
    ("text", "times"),
    [
        ("*/15 * * * *", ["2026-01-01 00:15", "2026-01-01 00:30", "2026-01-01 00:45"]),
        ("5 4 * * sun", ["2026-01-04 04:05", "2026-01-11 04:05", "2026-01-18 04:05"]),
        ("0 22 * * 1-5", ["2026-01-01 22:00", "2026-01-02 22:00", "2026-01-05 22:00"]),
        ("0 0 1,15 mar-apr *", ["2026-03-01 00:00", "2026-03-15 00:00", "2026-04-01 00:00"]),
        ("10-20/5 23 ? * ?", ["2026-01-01 23:10", "2026-01-01 23:15", "2026-01-01 23:20"]),
        ("30/10 0 * * *", ["2026-01-01 00:30", "2026-01-01 00:40", "2026-01-01 00:50"]),
        ("0 0 29 2 *", ["2028-02-29 00:00", "2032-02-29 00:00", "2036-02-29 00:00"]),
        ("@hourly", ["2026-01-01 01:00", "2026-01-01 02:00", "2026-01-01 03:00"]),
        ("@monthly", ["2026-02-01 00:00", "2026-03-01 00:00", "2026-04-01 00:00"]),
        ("@every 90m", ["2026-01-01 01:30", "2026-01-01 03:00", "2026-01-01 04:30"]),
        # days of the month and of the week: either, unless one is a star
        ("0 0 13 * 5", ["2026-01-02 00:00", "2026-01-09 00:00", "2026-01-13 00:00"]),
        ("TZ=Europe/Berlin 30 2 * * *", ["2026-01-01 01:30", "2026-01-02 01:30", "2026-01-03 01:30"]),
    ],
)
def test_a_schedule_means_these_times(text: str, times: list[str]) -> None:
    schedule, moment, found = cron.parse(text), NEW_YEAR, []
    for _ in range(3):
        after = schedule.after(moment)
        assert after is not None
        moment = after
        found.append(datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%d %H:%M"))
    assert found == times


def test_a_date_that_never_comes_is_not_looked_for_for_ever() -> None:
    assert cron.parse("0 0 30 2 *").after(NEW_YEAR) is None


def test_an_hour_that_summer_time_leaves_out_is_passed_over() -> None:
    after = cron.parse("30 2 * * *", "Europe/Berlin").after(parse("2026-03-28T12:00:00Z"))
    assert after == parse("2026-03-30T00:30:00Z")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("* * * *", "expected exactly 5 fields, found 4: [* * * *]"),
        ("60 * * * *", "end of range (60) above maximum (59): 60"),
        ("* * 0 * *", "beginning of range (0) below minimum (1): 0"),
        ("5-1 * * * *", "beginning of range (5) beyond end of range (1): 5-1"),
        ("x * * * *", 'failed to parse int from x: strconv.Atoi: parsing "x": invalid syntax'),
        ("@never", "unrecognized descriptor: @never"),
        ("*/0 * * * *", "step of range should be a positive number: */0"),
    ],
)
def test_a_text_that_is_no_schedule_is_refused(text: str, why: str) -> None:
    with pytest.raises(ValueError) as refused:
        cron.parse(text)
    assert str(refused.value) == why


def test_an_unknown_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown time zone Mars/Olympus"):
        cron.parse("* * * * *", "Mars/Olympus")


# ---------------------------------------------------------------------- the controller


def started(minor: str = "1.36", **spec: Any) -> Bench:
    world = bench(jobs, cronjobs, minor=minor)
    inner = {"restartPolicy": "Never", "containers": [{"name": "c", "image": "i"}]}
    job = {"spec": {"backoffLimit": 0, "template": {"spec": inner}}}
    body = {"metadata": {"name": "cj"}, "spec": {"schedule": "*/5 * * * *", "jobTemplate": job, **spec}}
    world.ask("create", CRONJOBS, "ns", body=body)
    world.run()
    return world


def status(world: Bench) -> Any:
    found = world.get(CRONJOBS, "ns", "cj")
    assert found is not None
    return found.get("status") or {}


def finish(world: Bench, phase: str = "Succeeded") -> None:
    for pod in pods(world):
        if pod["status"]["phase"] == "Pending":
            name = pod["metadata"]["name"]
            world.ask("patch", "pods", "ns", name, {"status": {"phase": phase}}, "status", patchType="merge")
    world.run()


def test_nobody_waits_for_the_next_time() -> None:
    world = started()
    assert (world.world.clock.now, world.names(JOBS)) == (NEW_YEAR, [])
    assert world.quiet()


@pytest.mark.parametrize(("minor", "name"), [("1.20", "cj-1767225900"), ("1.21", "cj-29453765")])
def test_a_job_is_made_at_its_time_and_named_after_it(minor: str, name: str) -> None:
    world = started(minor)
    world.run_for(299)
    assert world.names(JOBS) == []
    world.run_for(2)
    assert world.names(JOBS) == [name]
    assert [one["name"] for one in status(world)["active"]] == [name]
    assert status(world)["lastScheduleTime"] == "2026-01-01T00:05:00Z"
    assert f"SuccessfulCreate: Created job {name}" in world.events()


@pytest.mark.parametrize(
    ("minor", "text"),
    [("1.10", "{name}"), ("1.23", "{name}, status: Complete"), ("1.36", "{name}, condition: Complete")],
)
def test_a_finished_job_is_seen_and_no_longer_active(minor: str, text: str) -> None:
    world = started(minor)
    world.run_for(301)
    (name,) = world.names(JOBS)
    finish(world)
    assert "active" not in status(world)
    assert f"SawCompletedJob: Saw completed job: {text.format(name=name)}" in world.events()


def test_the_oldest_finished_jobs_beyond_the_limits_are_deleted() -> None:
    world = started(successfulJobsHistoryLimit=2, failedJobsHistoryLimit=1)
    for phase in ("Succeeded", "Failed", "Succeeded", "Failed", "Succeeded"):
        world.run_for(300.2)
        finish(world, phase)
    kept = {job: world.get(JOBS, "ns", job)["status"]["conditions"][-1]["type"] for job in world.names(JOBS)}  # type: ignore[index]
    assert list(kept.values()) == ["Complete", "Failed", "Complete"]


def test_forbid_leaves_a_time_out_while_a_job_is_running() -> None:
    world = started(concurrencyPolicy="Forbid")
    world.run_for(700)
    assert len(world.names(JOBS)) == 1
    assert (
        "JobAlreadyActive: Not starting job because prior execution is running and concurrency policy is Forbid"
        in world.events()
    )


def test_replace_deletes_the_job_that_is_running() -> None:
    world = started(concurrencyPolicy="Replace")
    world.run_for(700)
    assert world.names(JOBS) == ["cj-29453770"]
    assert "SuccessfulDelete: Deleted job cj-29453765" in world.events()


def test_allow_lets_jobs_run_side_by_side() -> None:
    world = started()
    world.run_for(700)
    assert [one["name"] for one in status(world)["active"]] == world.names(JOBS) == ["cj-29453765", "cj-29453770"]


def test_a_suspended_cronjob_starts_nothing_and_takes_up_the_last_time_when_it_goes_on() -> None:
    world = started(suspend=True)
    world.run_for(1000)
    assert world.names(JOBS) == []
    world.ask("patch", CRONJOBS, "ns", "cj", {"spec": {"suspend": False}}, patchType="merge")
    world.run()
    assert world.names(JOBS) == ["cj-29453775"]


def test_a_time_that_is_missed_by_more_than_the_deadline_is_left_out() -> None:
    world = started(suspend=True, startingDeadlineSeconds=30)
    world.run_for(1000)
    world.ask("patch", CRONJOBS, "ns", "cj", {"spec": {"suspend": False}}, patchType="merge")
    world.run()
    assert world.names(JOBS) == []


def test_a_job_that_somebody_deleted_is_missed() -> None:
    world = started()
    world.run_for(301)
    world.ask("delete", JOBS, "ns", "cj-29453765", {"propagationPolicy": "Background"})
    world.run()
    assert "active" not in status(world)
    assert "MissingJob: Active job went missing: cj-29453765" in world.events()


def test_the_time_zone_counts() -> None:
    world = started(schedule="30 9 * * *", timeZone="Asia/Tokyo")
    world.run_for(1801)
    assert status(world)["lastScheduleTime"] == "2026-01-01T00:30:00Z"


def test_jobs_say_what_time_they_were_meant_for() -> None:
    world = started()
    world.run_for(301)
    job = world.get(JOBS, "ns", "cj-29453765")
    assert job is not None
    assert job["metadata"]["annotations"] == {"batch.kubernetes.io/cronjob-scheduled-timestamp": "2026-01-01T00:05:00Z"}
    assert job["metadata"]["ownerReferences"][0]["kind"] == "CronJob"
