"""Commands that wait: they let virtual time pass."""

from __future__ import annotations

import pytest

from sanb import Cluster


@pytest.fixture
def c() -> Cluster:
    return Cluster("1.36", seed=1)


def test_wait_lets_time_pass_until_the_condition_is_met(c: Cluster) -> None:
    c.kubectl("run web --image=nginx")
    began = c.now
    assert c.kubectl("wait pod/web --for=condition=Ready").stdout == "pod/web condition met\n"
    assert c.now > began


def test_wait_gives_up_after_its_timeout(c: Cluster) -> None:
    c.kubectl(["run", "web", "--image=nginx", '--overrides={"spec":{"nodeSelector":{"no":"where"}}}'])
    began = c.now
    done = c.kubectl("wait pod/web --for=condition=Ready --timeout=90s")
    assert (done.exit_code, done.stderr) == (1, "error: timed out waiting for the condition on pods/web\n")
    assert c.now - began <= 90


def test_a_watch_shows_what_there_is_and_every_change_until_nothing_more_happens(c: Cluster) -> None:
    c.kubectl("run web --image=nginx")
    lines = [line.split() for line in c.kubectl("get pods -w").stdout.splitlines()]
    assert lines[0] == ["NAME", "READY", "STATUS", "RESTARTS", "AGE"]
    states = list(dict.fromkeys(line[2] for line in lines[1:]))
    assert states == ["Pending", "ContainerCreating", "Running"]


def test_a_watch_tells_its_events_and_ends_of_objects(c: Cluster) -> None:
    c.kubectl("run web --image=nginx")
    c.run()
    c.kubectl("delete pod web --wait=false")
    lines = [line.split()[0] for line in c.kubectl("get pods -w --output-watch-events").stdout.splitlines()]
    assert (lines[0], lines[1], lines[-1]) == ("EVENT", "ADDED", "DELETED")


def test_a_rollout_says_what_it_waits_for(c: Cluster) -> None:
    c.kubectl("create deployment web --image=nginx --replicas=2")
    said = c.kubectl("rollout status deploy/web").stdout.splitlines()
    assert said[0] == "Waiting for deployment spec update to be observed..."
    assert 'Waiting for deployment "web" rollout to finish: 0 of 2 updated replicas are available...' in said
    assert said[-1] == 'deployment "web" successfully rolled out'


def test_delete_waits_until_the_pod_is_gone_and_no_wait_does_not(c: Cluster) -> None:
    for name in ("a", "b"):
        c.kubectl(f"run {name} --image=nginx")
    c.run()
    began = c.now
    c.kubectl("delete pod b --wait=false")
    assert c.now == began
    c.kubectl("delete pod a")
    assert c.now > began
    assert c.kubectl("get pod a").exit_code == 1


def test_an_attached_pod_prints_what_its_command_prints_and_is_deleted(c: Cluster) -> None:
    done = c.kubectl("run hi --image=busybox --restart=Never -i --rm -- echo hello")
    assert (done.exit_code, done.stdout) == (0, 'hello\npod "hi" deleted from default namespace\n')
    assert c.kubectl("get pods").stderr == "No resources found in default namespace.\n"


def test_a_node_is_drained_when_its_pods_are_gone(c: Cluster) -> None:
    c.kubectl("create deployment web --image=nginx")
    c.run()
    done = c.kubectl("drain node-1")
    assert done.stdout.splitlines()[0] == "node/node-1 cordoned"
    assert done.stdout.splitlines()[-1] == "node/node-1 drained"
    assert "SchedulingDisabled" in c.kubectl("get nodes").stdout


def test_files_are_copied_out_of_a_pod_and_not_into_it(c: Cluster, tmp_path) -> None:  # type: ignore[no-untyped-def]
    c.kubectl("run web --image=nginx")
    c.run()
    account = "/var/run/secrets/kubernetes.io/serviceaccount"
    assert c.kubectl(f"cp web:{account}/namespace {tmp_path}/ns").exit_code == 0
    assert (tmp_path / "ns").read_text() == "default"
    assert c.kubectl(f"cp web:{account} {tmp_path}/all").exit_code == 0
    names = {one.name for one in (tmp_path / "all").iterdir() if not one.name.startswith(".")}
    assert names == {"ca.crt", "namespace", "token"}
    assert "nothing can be written" in c.kubectl(f"cp {tmp_path}/ns web:/tmp/x").stderr
