"""Containers that end, crash, are held back, probed and restarted, as annotations say."""

from __future__ import annotations

from typing import Any

import pytest

from sanb.kernel.policy import run
from sanb.kubelet import scripts
from sanb.kubelet.times import go_duration
from tests.kubelet.node import Node, container, reasons

JOB = {"apiVersion": "batch/v1", "kind": "Job", "name": "j", "uid": "u", "controller": True}


def told(**values: str) -> dict[str, str]:
    """Annotations: `exit_code="1"` is `sanb.dev/exit-code: "1"`; two underscores are the dot before a container."""
    return {f"sanb.dev/{key.replace('__', '.').replace('_', '-')}": value for key, value in values.items()}


def status(node: Node, name: str = "web") -> Any:
    return node.pod(name)["status"]


def first(node: Node) -> Any:
    return status(node)["containerStatuses"][0]


def conditions(node: Node) -> dict[str, tuple[str, str]]:
    return {one["type"]: (one["status"], one.get("reason", "")) for one in status(node)["conditions"]}


# ---------------------------------------------------------------------- ends


def test_a_container_that_ends_well_makes_its_pod_succeed() -> None:
    node = Node()
    node.start(restartPolicy="Never", annotations=told(run="20s"))
    ended = first(node)["state"]["terminated"]
    assert (status(node)["phase"], ended["exitCode"], ended["reason"]) == ("Succeeded", 0, "Completed")
    assert (first(node)["ready"], first(node)["started"]) == (False, False)
    assert conditions(node)["Ready"] == conditions(node)["ContainersReady"] == ("False", "PodCompleted")
    assert conditions(node)["Initialized"] == ("True", "PodCompleted")


@pytest.mark.parametrize(("minor", "reason"), [("1.25", "ContainersNotReady"), ("1.26", "PodFailed")])
def test_a_container_that_ends_badly_makes_its_pod_fail(minor: str, reason: str) -> None:
    node = Node(minor)
    node.start(restartPolicy="Never", annotations=told(run="1s", exit_code="3"))
    ended = first(node)["state"]["terminated"]
    assert (status(node)["phase"], ended["exitCode"], ended["reason"]) == ("Failed", 3, "Error")
    assert conditions(node)["Ready"] == ("False", reason)


def test_a_pod_ends_when_its_last_container_does() -> None:
    node = Node()
    annotations = told(run__a="5s", run__b="60s", exit_code__a="1")
    node.create(restartPolicy="Never", containers=[container("a"), container("b")], annotations=annotations)
    node.bench.run_for(30)
    assert status(node)["phase"] == "Running"
    node.bench.run()
    assert status(node)["phase"] == "Failed"


def test_a_container_of_a_job_ends_by_itself_and_well() -> None:
    node = Node()
    body = {
        "metadata": {"name": "web", "ownerReferences": [JOB]},
        "spec": {"nodeName": "n1", "restartPolicy": "Never", "containers": [container()]},
    }
    node.bench.ask("create", "pods", "shop", body=body)
    node.bench.run()
    assert status(node)["phase"] == "Succeeded"


def test_without_annotations_a_container_runs_for_ever_whatever_its_restart_policy() -> None:
    node = Node()
    node.start(restartPolicy="Never")
    node.bench.run_for(10_000)
    assert status(node)["phase"] == "Running"


def test_a_pod_that_has_ended_is_left_alone_and_can_be_deleted() -> None:
    node = Node()
    node.start(restartPolicy="Never", annotations=told(run="1s"))
    node.bench.served()
    node.bench.run_for(10_000)
    assert node.bench.served() == []
    node.bench.ask("delete", "pods", "shop", "web")
    node.bench.run()
    assert node.bench.get("pods", "shop", "web") is None
    assert "Killing" not in reasons(node.bench.events())


# ---------------------------------------------------------------------- restarts


def test_a_container_that_crashed_once_is_restarted_at_once() -> None:
    node = Node()
    node.start(annotations=told(crashes="1"))
    one = first(node)
    assert ("running" in one["state"], one["restartCount"], one["ready"]) == (True, 1, True)
    assert one["lastState"]["terminated"]["exitCode"] == 1
    assert one["lastState"]["terminated"]["containerID"] != one["containerID"]
    assert "BackOff" not in reasons(node.bench.events())


def test_a_container_that_crashes_again_and_again_is_held_back_twice_as_long_each_time() -> None:
    node = Node()
    node.create(annotations=told(crash_after="1s"))
    seen: list[str] = []
    for _ in range(1200):
        node.bench.run_for(1)
        waiting = (status(node).get("containerStatuses") or [{"state": {}}])[0]["state"].get("waiting", {})
        if waiting.get("reason") == "CrashLoopBackOff" and waiting["message"] not in seen:
            seen.append(waiting["message"])
    uid = node.pod()["metadata"]["uid"]
    assert seen == [
        f"back-off {pause} restarting failed container=app pod=web_shop({uid})"
        for pause in ("10s", "20s", "40s", "1m20s", "2m40s", "5m0s")
    ]


@pytest.mark.parametrize(
    ("minor", "text"),
    [("1.10", "Back-off restarting failed container"),
     ("1.26", "Back-off restarting failed container app in pod web_shop({uid})")],
)
def test_a_crash_loop_is_told_and_is_where_the_world_rests(minor: str, text: str) -> None:
    node = Node(minor)
    uid = node.start(annotations=told(crash_after="1s"))["metadata"]["uid"]
    assert first(node)["state"]["waiting"]["reason"] == "CrashLoopBackOff"
    assert first(node)["lastState"]["terminated"]["exitCode"] == 1
    assert f"BackOff: {text.format(uid=uid)}" in node.bench.events()
    assert status(node)["phase"] == "Running"
    assert conditions(node)["Ready"] == ("False", "ContainersNotReady")
    assert node.bench.quiet()


def test_the_back_off_begins_anew_after_ten_minutes_of_running() -> None:
    node = Node()
    node.start(annotations=told(crash_after="11m"))
    node.bench.run_for(3600)
    assert first(node)["restartCount"] >= 5
    assert "BackOff" not in reasons(node.bench.events())


def test_on_failure_restarts_what_failed_and_not_what_succeeded() -> None:
    node = Node()
    annotations = told(crashes__a="1", run__b="5s")
    node.start(restartPolicy="OnFailure", containers=[container("a"), container("b")], annotations=annotations)
    a, b = status(node)["containerStatuses"]
    assert ("running" in a["state"], a["restartCount"]) == (True, 1)
    assert (b["state"]["terminated"]["exitCode"], b["restartCount"]) == (0, 0)


def test_an_image_that_is_always_pulled_is_pulled_for_a_restart() -> None:
    node = Node()
    node.start(containers=[container(image="nginx")], annotations=told(crashes="1"))
    assert reasons(node.bench.events()) == ["Pulling", "Pulled", "Created", "Started"] * 2


# ---------------------------------------------------------------------- init containers


def test_a_failing_init_container_is_restarted_and_holds_the_others_up() -> None:
    node = Node()
    node.start(initContainers=[container("i")], annotations=told(exit_code__i="2"))
    (init,) = status(node)["initContainerStatuses"]
    assert init["state"]["waiting"]["reason"] == "CrashLoopBackOff"
    assert first(node)["state"] == {"waiting": {"reason": "PodInitializing"}}
    assert status(node)["phase"] == "Pending"


def test_a_failing_init_container_fails_a_pod_that_is_never_restarted() -> None:
    node = Node()
    node.start(restartPolicy="Never", initContainers=[container("i")], annotations=told(exit_code__i="2"))
    assert status(node)["phase"] == "Failed"
    assert first(node)["state"] == {"waiting": {"reason": "PodInitializing"}}


def test_an_init_container_that_fails_once_only_delays_the_others() -> None:
    node = Node()
    node.start(initContainers=[container("i")], annotations=told(crashes__i="1"))
    (init,) = status(node)["initContainerStatuses"]
    assert (init["state"]["terminated"]["exitCode"], init["restartCount"], init["ready"]) == (0, 1, True)
    assert status(node)["phase"] == "Running"


def test_a_sidecar_does_not_keep_a_pod_from_succeeding_and_is_stopped() -> None:
    node = Node()
    sidecar = container("mesh", restartPolicy="Always")
    node.start(restartPolicy="Never", initContainers=[sidecar], annotations=told(run__app="5s"))
    assert status(node)["phase"] == "Succeeded"
    assert "terminated" in status(node)["initContainerStatuses"][0]["state"]


def test_a_sidecar_that_crashes_is_restarted_even_in_a_pod_that_is_not() -> None:
    node = Node()
    sidecar = container("mesh", restartPolicy="Always")
    node.start(restartPolicy="Never", initContainers=[sidecar], annotations=told(crashes__mesh="1"))
    (mesh,) = status(node)["initContainerStatuses"]
    assert ("running" in mesh["state"], mesh["restartCount"]) == (True, 1)


# ---------------------------------------------------------------------- images and starts


@pytest.mark.parametrize(
    ("minor", "why", "held"),
    [
        ("1.10", "rpc error: code = Unknown desc = Error response from daemon: manifest for nginx:1.25 not found",
         'Back-off pulling image "nginx:1.25"'),
        ("1.31", 'rpc error: code = NotFound desc = failed to pull and unpack image "docker.io/library/nginx:1.25": '
         'failed to resolve reference "docker.io/library/nginx:1.25": docker.io/library/nginx:1.25: not found',
         'Back-off pulling image "nginx:1.25"'),
        ("1.36", "no such thing", 'Back-off pulling image "nginx:1.25": ErrImagePull: no such thing'),
    ],
)
def test_an_image_that_cannot_be_pulled_is_told_and_tried_again(minor: str, why: str, held: str) -> None:
    node = Node(minor)
    error = why if minor == "1.36" else "true"
    node.start(annotations=told(image_pull_error=error))
    assert node.state() == {"waiting": {"reason": "ImagePullBackOff", "message": held}}
    assert node.bench.events()[1:5] == [
        f'Failed: Failed to pull image "nginx:1.25": {why}',
        "Failed: Error: ErrImagePull",
        'BackOff: Back-off pulling image "nginx:1.25"',
        "Failed: Error: ImagePullBackOff",
    ]
    assert status(node)["phase"] == "Pending"
    assert node.bench.quiet()


def test_containers_beside_one_that_cannot_be_pulled_run() -> None:
    node = Node()
    node.start(containers=[container("a"), container("b")], annotations=told(image_pull_error__a="true"))
    states = [next(iter(one["state"])) for one in status(node)["containerStatuses"]]
    assert (states, status(node)["phase"]) == (["waiting", "running"], "Pending")
    assert conditions(node)["Ready"] == ("False", "ContainersNotReady")


def test_a_container_is_pulled_when_its_annotation_is_taken_away() -> None:
    node = Node()
    node.start(annotations=told(image_pull_error="true"))
    node.change("pods", "web", metadata={"annotations": {"sanb.dev/image-pull-error": None}})
    node.bench.run_for(301)
    assert status(node)["phase"] == "Running"


def test_a_container_that_the_runtime_cannot_start_says_why() -> None:
    node = Node()
    node.start(annotations=told(start_error='exec: "x": executable file not found in $PATH'))
    message = 'exec: "x": executable file not found in $PATH'
    assert node.state() == {"waiting": {"reason": "RunContainerError", "message": message}}
    assert f"Failed: Error: {message}" in node.bench.events()


# ---------------------------------------------------------------------- probes


def test_a_container_is_ready_when_its_readiness_probe_succeeds() -> None:
    node = Node()
    probe = {"httpGet": {"path": "/", "port": 80}}
    node.create(containers=[container(readinessProbe=probe)], annotations=told(ready_after="30s"))
    node.bench.run_for(20)
    assert (status(node)["phase"], first(node)["ready"]) == ("Running", False)
    assert "Unhealthy: Readiness probe failed: HTTP probe failed with statuscode: 503" in node.bench.events()
    node.bench.run()
    assert (first(node)["ready"], conditions(node)["Ready"]) == (True, ("True", ""))


def test_a_container_whose_liveness_probe_fails_is_killed_and_restarted() -> None:
    node = Node()
    probe = {"tcpSocket": {"port": 80}, "periodSeconds": 5, "failureThreshold": 2}
    node.create(containers=[container(livenessProbe=probe)], annotations=told(unhealthy_after="60s"))
    node.bench.run_for(80)
    assert first(node)["restartCount"] == 1
    assert first(node)["lastState"]["terminated"]["exitCode"] == 137
    events = node.bench.events()
    assert "Killing: Container app failed liveness probe, will be restarted" in events
    assert any("Liveness probe failed: dial tcp 10.244.0.2:80: connect: connection refused" in one for one in events)


# ---------------------------------------------------------------------- annotations


def test_annotations_that_make_no_sense_are_told_and_count_as_absent() -> None:
    node = Node()
    node.start(annotations=told(run="soon", exit_code="x", fly="1") | {"other.dev/run": "x"})
    assert status(node)["phase"] == "Running"
    found = [one for one in node.bench.events() if one.startswith("InvalidAnnotation")]
    assert found == [
        "InvalidAnnotation: sanb.dev/run: 'soon' is no duration like 20s",
        "InvalidAnnotation: sanb.dev/exit-code: 'x' is no number from 0 to 255",
        f"InvalidAnnotation: sanb.dev/fly: unknown; there are {', '.join(scripts.ANNOTATIONS)}",
    ]


def test_what_is_meant_for_one_container_comes_before_what_is_meant_for_all() -> None:
    pod = {"metadata": {"annotations": told(exit_code="1", exit_code__b="2")}}
    assert [scripts.script(pod, name).code for name in "ab"] == [1, 2]


@pytest.mark.parametrize(("seconds", "text"), [(10, "10s"), (80, "1m20s"), (300, "5m0s")])
def test_durations_are_printed_as_go_does(seconds: float, text: str) -> None:
    assert go_duration(seconds) == text


def test_a_fork_goes_on_like_the_original_through_crashes() -> None:
    node = Node()
    node.create(annotations=told(crash_after="3s"))
    node.bench.run_for(25)
    other = node.bench.world.fork()
    node.bench.run()
    run(other)
    found = other.store.head.get(("pods", "shop", "web"))
    assert found is not None
    assert found.obj == node.pod()
