"""The life of Pods on a node."""

from __future__ import annotations

import pytest

from sanb.apiserver.request import Request
from sanb.errors import ApiError
from sanb.kernel.policy import run, seeded
from sanb.kubelet.images import image
from sanb.kubelet.kubelet import adopted
from tests.kubelet.node import Node, access, authority, container, mounted, pod, reasons, volumes

# ---------------------------------------------------------------------- start


def test_a_pod_is_first_reported_as_being_created_and_then_as_running() -> None:
    node = Node()
    node.create(**access())
    node.bench.run()
    assert node.bench.calls() == [
        "update pods/status shop/web",
        "create serviceaccounts/token shop/default",
        "update pods/status shop/web",
    ]
    seen = [version.last["status"] for version in node.bench.store.since(0, "pods")]
    waiting = [status.get("containerStatuses", [{}])[0].get("state") for status in seen[:2]]
    assert waiting == [None, {"waiting": {"reason": "ContainerCreating"}}]
    assert [status["phase"] for status in seen] == ["Pending", "Pending", "Running"]


def test_a_started_pod_is_running_and_ready() -> None:
    node = Node()
    status = node.start(**access())["status"]
    assert status["phase"] == "Running"
    assert status["containerStatuses"][0]["ready"] is True
    assert {c["type"]: c["status"] for c in status["conditions"]} == {
        "PodReadyToStartContainers": "True",
        "Initialized": "True",
        "Ready": "True",
        "ContainersReady": "True",
        "PodScheduled": "True",
    }
    assert (status["hostIP"], status["podIP"]) == ("172.18.0.2", "10.244.0.2")


def test_the_kubelet_acts_as_its_node() -> None:
    node = Node()
    node.start(**access())
    assert {entry.request.user.name for entry in node.bench.served()} == {"system:node:n1"}


EVENTS = {
    "1.10": [
        'SuccessfulMountVolume: MountVolume.SetUp succeeded for volume "v"',
        'Pulling: pulling image "nginx:1.25"',
        'Pulled: Successfully pulled image "nginx:1.25"',
        "Created: Created container",
        "Started: Started container",
    ],
    "1.23": [
        'Pulling: Pulling image "nginx:1.25"',
        'Pulled: Successfully pulled image "nginx:1.25" in {took}',
        "Created: Created container app",
        "Started: Started container app",
    ],
    "1.27": [
        'Pulling: Pulling image "nginx:1.25"',
        'Pulled: Successfully pulled image "nginx:1.25" in {took} ({took} including waiting)',
        "Created: Created container app",
        "Started: Started container app",
    ],
    "1.31": [
        'Pulling: Pulling image "nginx:1.25"',
        'Pulled: Successfully pulled image "nginx:1.25" in {took} ({took} including waiting). '
        "Image size: {size} bytes.",
        "Created: Created container: app",
        "Started: Started container app",
    ],
    "1.36": [
        'Pulling: Pulling image "nginx:1.25"',
        'Pulled: Successfully pulled image "nginx:1.25" in {took} ({took} including waiting). '
        "Image size: {size} bytes.",
        "Created: Container created",
        "Started: Container started",
    ],
}


@pytest.mark.parametrize("minor", EVENTS)
def test_the_events_of_a_start_by_minor(minor: str) -> None:
    """SEM 11.4."""
    node = Node(minor)
    node.start(**volumes(({"name": "v", "emptyDir": {}}, "/v")))
    took, size = f"{node.life().pulled}s", image("nginx:1.25").size
    assert node.bench.events() == [text.format(took=took, size=size) for text in EVENTS[minor]]


def test_events_of_containers_name_their_place_and_the_node() -> None:
    node = Node()
    node.start()
    started = next(e for e in node.bench.ask("list", "events", "shop")["items"] if e["reason"] == "Started")
    assert started["involvedObject"]["fieldPath"] == "spec.containers{app}"
    assert started["source"] == {"component": "kubelet", "host": "n1"}


def test_an_image_that_is_on_the_node_is_not_pulled_again() -> None:
    node = Node()
    node.start("one")
    node.start("two")
    assert node.bench.events()[4:] == [
        'Pulled: Container image "nginx:1.25" already present on machine and can be accessed by the pod',
        "Created: Container created",
        "Started: Container started",
    ]


def test_another_node_pulls_the_image_for_itself() -> None:
    node = Node()
    node.machine("n2")
    node.start("one")
    node.start("two", nodeName="n2")
    assert reasons(node.bench.events())[4:] == ["Pulling", "Pulled", "Created", "Started"]


def test_an_image_without_a_tag_is_checked_each_time() -> None:
    node = Node()
    for name in ("one", "two"):
        node.start(name, containers=[container(image="nginx")])
    assert reasons(node.bench.events())[4:] == ["Pulling", "Pulled", "Created", "Started"]
    assert 0.6 <= (node.life("two").pulled or 0) <= 1.6


def test_a_pull_that_another_pod_has_begun_is_waited_for() -> None:
    node = Node()
    node.create("one")
    node.create("two")
    node.bench.run()
    started = [node.state(name)["running"]["startedAt"] for name in ("one", "two")]
    assert reasons(node.bench.events()).count("Pulling") == 2
    assert abs(int(started[0][-3:-1]) - int(started[1][-3:-1])) <= 1


def test_containers_are_pulled_and_started_one_after_the_other() -> None:
    node = Node()
    status = node.start(containers=[container("a"), container("b", "redis:7")])["status"]
    assert [one["name"] for one in status["containerStatuses"] if one["ready"]] == ["a", "b"]
    assert reasons(node.bench.events()) == ["Pulling", "Pulled", "Created", "Started"] * 2


def test_an_image_that_must_not_be_pulled_blocks_its_container() -> None:
    node = Node()
    node.start(containers=[container(imagePullPolicy="Never")])
    text = 'Container image "nginx:1.25" is not present with pull policy of Never'
    assert node.state() == {"waiting": {"reason": "ErrImageNeverPull", "message": text}}
    assert set(node.bench.events()) == {f"ErrImageNeverPull: {text}"}
    assert node.bench.quiet()


# ---------------------------------------------------------------------- init containers


def test_init_containers_run_to_their_end_before_the_others_start() -> None:
    node = Node()
    node.create(initContainers=[container("first", "busybox:1"), container("second", "busybox:1")])
    node.bench.run()
    seen = [version.last["status"] for version in node.bench.store.since(0, "pods")][1:]
    states = [[next(iter(one["state"])) for one in status["initContainerStatuses"]] for status in seen]
    assert states == [
        ["waiting", "waiting"],
        ["running", "waiting"],
        ["terminated", "waiting"],
        ["terminated", "running"],
        ["terminated", "terminated"],
        ["terminated", "terminated"],
    ]
    assert seen[0]["containerStatuses"][0]["state"] == {"waiting": {"reason": "PodInitializing"}}
    assert seen[0]["conditions"][1]["message"] == "containers with incomplete status: [first second]"
    assert seen[2]["conditions"][1]["message"] == "containers with incomplete status: [second]"
    assert [status["phase"] for status in seen] == ["Pending"] * 5 + ["Running"]


def test_a_sidecar_keeps_running_beside_the_others() -> None:
    node = Node()
    status = node.start(initContainers=[container("mesh", "envoy:1", restartPolicy="Always")])["status"]
    assert "running" in status["initContainerStatuses"][0]["state"]
    assert status["phase"] == "Running"


# ---------------------------------------------------------------------- nodes


def test_a_pod_on_a_node_that_does_not_exist_stays_pending() -> None:
    node = Node(machine=False)
    assert node.start()["status"] == {"phase": "Pending", "qosClass": "BestEffort"}


def test_a_pod_starts_when_its_node_appears() -> None:
    node = Node(machine=False)
    node.start()
    node.machine()
    node.bench.run()
    assert node.pod()["status"]["phase"] == "Running"


def test_a_pod_without_a_node_is_none_of_the_kubelets_business() -> None:
    node = Node()
    assert node.start(nodeName="")["status"]["phase"] == "Pending"
    assert node.bench.calls() == []


# ---------------------------------------------------------------------- volumes that cannot be mounted


def test_a_missing_secret_keeps_the_pod_in_container_creating() -> None:
    """SEM 11.1: back-off 500 ms doubling; run() waits for the first four."""
    node = Node()
    node.start(**volumes(({"name": "v", "secret": {"secretName": "s"}}, "/v")))
    assert node.state() == {"waiting": {"reason": "ContainerCreating"}}
    assert set(node.bench.events()) == {'FailedMount: MountVolume.SetUp failed for volume "v" : secret "s" not found'}
    assert node.clock == 0.5 + 1 + 2 + 4
    assert node.bench.quiet()


def test_a_pod_goes_on_when_what_it_waited_for_appears() -> None:
    node = Node()
    node.start(**volumes(({"name": "v", "secret": {"secretName": "s"}}, "/v")))
    node.bench.run_for(60)
    node.secret("s", key="value")
    node.bench.run()
    assert node.pod()["status"]["phase"] == "Running"
    assert node.clock > 63.5, "the back-off of the volume is waited for"


def test_other_volumes_are_not_mounted_twice_while_one_is_missing() -> None:
    node = Node("1.10")
    node.start(
        **volumes(({"name": "e", "emptyDir": {}}, "/e"), ({"name": "v", "secret": {"secretName": "s"}}, "/v"))
    )
    node.secret("s", key="value")
    node.bench.run()
    assert node.bench.events()[:2] == [
        'SuccessfulMountVolume: MountVolume.SetUp succeeded for volume "e"',
        'FailedMount: MountVolume.SetUp failed for volume "v" : secrets "s" not found',
    ]
    assert reasons(node.bench.events()).count("SuccessfulMountVolume") == 2


def test_the_account_may_vanish_between_admission_and_mount() -> None:
    node = Node()
    node.bench.ask("delete", "serviceaccounts", "shop", "default")
    node.start(**access())
    assert node.bench.events()[0] == (
        'FailedMount: MountVolume.SetUp failed for volume "kube-api-access-abcde" : failed to fetch token: '
        'serviceaccounts "default" not found'
    )
    node.make("serviceaccounts", "default")
    node.bench.run_for(130)
    assert node.pod()["status"]["phase"] == "Running"


# ---------------------------------------------------------------------- environment


def test_a_variable_from_a_missing_secret_blocks_its_container() -> None:
    node = Node()
    env = [{"name": "A", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}}]
    node.start(containers=[container(env=env)])
    assert node.state() == {"waiting": {"reason": "CreateContainerConfigError", "message": 'secret "s" not found'}}
    assert 'Failed: Error: secret "s" not found' in node.bench.events()
    node.secret("s", other="x")
    node.bench.run_for(200)
    message = node.state()["waiting"]["message"]
    assert message == "couldn't find key k in Secret shop/s"
    node.change("secrets", "s", data={"k": "dg=="})
    node.bench.run_for(400)
    assert node.pod()["status"]["phase"] == "Running"
    assert node.exec("printenv", "A").stdout == "v\n"


# ---------------------------------------------------------------------- re-sync


def test_a_running_pod_does_not_keep_the_world_busy() -> None:
    node = Node()
    node.start(**access())
    before = len(node.bench.served())
    node.bench.run()
    assert before > 0
    assert node.bench.quiet()


def test_a_changed_configmap_reaches_the_files_at_the_next_re_sync() -> None:
    node = Node()
    node.make("configmaps", "c", data={"key": "old"})
    node.start(**volumes(({"name": "v", "configMap": {"name": "c"}}, "/v")))
    node.change("configmaps", "c", data={"key": "new"})
    node.bench.run()
    assert node.exec("cat", "/v/key").stdout == "old"
    node.bench.run_for(90)
    assert node.exec("cat", "/v/key").stdout == "new"


def test_an_unchanged_volume_keeps_its_directory_at_a_re_sync() -> None:
    node = Node()
    node.make("configmaps", "c", data={"key": "same"})
    node.start(**volumes(({"name": "v", "configMap": {"name": "c"}}, "/v")))
    before = node.exec("readlink", "/v/..data").stdout
    node.change("configmaps", "c", data={"more": "x"})
    node.bench.run_for(90)
    assert node.exec("readlink", "/v/..data").stdout != before
    after = node.exec("readlink", "/v/..data").stdout
    node.change("configmaps", "c", metadata={"labels": {"a": "b"}})
    node.bench.run_for(90)
    assert node.exec("readlink", "/v/..data").stdout == after


def test_a_running_pod_keeps_the_files_of_a_secret_that_is_deleted() -> None:
    """SEM 11.2."""
    node = Node()
    node.secret("s", key="value")
    node.start(**volumes(({"name": "v", "secret": {"secretName": "s"}}, "/v")))
    node.bench.ask("delete", "secrets", "shop", "s")
    node.bench.run_for(100)
    assert node.exec("cat", "/v/key").stdout == "value"
    assert 'FailedMount: MountVolume.SetUp failed for volume "v" : secret "s" not found' in node.bench.events()
    node.start("late", **volumes(({"name": "v", "secret": {"secretName": "s"}}, "/v")))
    assert node.pod("late")["status"]["phase"] == "Pending"


def test_the_token_is_refreshed_once_it_is_due() -> None:
    """SEM 11.3: from 2877 to 2886 s after its issue on, at a re-sync."""
    node = Node()
    node.start(**access())
    first = node.token()
    node.bench.served()
    node.bench.run_for(2870)
    assert node.bench.calls() == []
    node.bench.run_for(130)
    assert node.bench.calls()[0] == "create serviceaccounts/token shop/default"
    assert node.token() != first


def test_an_old_token_stays_when_its_account_is_gone() -> None:
    node = Node()
    node.start(**access())
    first = node.token()
    node.bench.ask("delete", "serviceaccounts", "shop", "default")
    node.bench.run_for(3100)
    assert node.token() == first


# ---------------------------------------------------------------------- deletion


def test_a_deleted_pod_is_stopped_within_its_grace_and_then_gone() -> None:
    node = Node()
    node.start()
    node.bench.ask("delete", "pods", "shop", "web")
    assert node.pod()["metadata"]["deletionGracePeriodSeconds"] == 30
    node.bench.served()
    node.bench.run()
    assert node.bench.get("pods", "shop", "web") is None
    assert node.bench.calls() == ["delete pods shop/web"]
    assert node.bench.events()[-1] == "Killing: Stopping container app"
    assert node.life() is None


def test_the_last_deletion_is_of_this_very_pod_and_without_grace() -> None:
    node = Node()
    uid = node.start()["metadata"]["uid"]
    node.bench.served()
    node.bench.ask("delete", "pods", "shop", "web")
    node.bench.run()
    (entry,) = node.bench.served()
    assert entry.request.body == {"preconditions": {"uid": uid}, "gracePeriodSeconds": 0}


def test_stopping_takes_no_longer_than_the_grace() -> None:
    node = Node()
    node.start()
    before = node.clock
    node.bench.ask("delete", "pods", "shop", "web", {"gracePeriodSeconds": 1})
    node.bench.run()
    assert node.clock - before <= 1


def test_a_pod_that_is_deleted_before_its_containers_start_goes_at_once() -> None:
    node = Node()
    node.create()
    before = node.clock
    node.bench.ask("delete", "pods", "shop", "web")
    node.bench.run()
    assert (node.bench.get("pods", "shop", "web"), node.clock) == (None, before)
    assert "Killing" not in reasons(node.bench.events())


def test_a_pod_that_waits_for_its_volumes_can_be_deleted() -> None:
    node = Node()
    node.start(**volumes(({"name": "v", "secret": {"secretName": "s"}}, "/v")))
    node.bench.ask("delete", "pods", "shop", "web")
    node.bench.run()
    assert node.bench.get("pods", "shop", "web") is None


def test_a_pod_removed_by_force_is_forgotten() -> None:
    node = Node()
    node.start(**access())
    node.bench.ask("delete", "pods", "shop", "web", {"gracePeriodSeconds": 0})
    node.bench.run()
    assert node.life() is None
    node.start(**access())
    assert node.pod()["status"]["phase"] == "Running"


def test_a_pod_of_the_same_name_begins_anew() -> None:
    node = Node()
    first = node.start()["metadata"]["uid"]
    node.bench.ask("delete", "pods", "shop", "web", {"gracePeriodSeconds": 0})
    second = node.start()
    assert second["metadata"]["uid"] != first
    assert node.life().uid == second["metadata"]["uid"]
    assert second["status"]["phase"] == "Running"


def test_a_pod_with_a_finalizer_stays_after_its_containers_have_stopped() -> None:
    node = Node()
    node.start(finalizers=["example.com/wait"])
    node.bench.ask("delete", "pods", "shop", "web")
    node.bench.run()
    assert node.pod()["metadata"]["finalizers"] == ["example.com/wait"]
    node.change("pods", "web", metadata={"finalizers": None})
    node.bench.run()
    assert node.bench.get("pods", "shop", "web") is None


# ---------------------------------------------------------------------- trouble with the API server


def test_a_conflict_is_tried_again_without_telling_anything_twice() -> None:
    left = [1]

    def refuse(request):  # type: ignore[no-untyped-def]
        status = (request.body or {}).get("status", {}) if request.subresource == "status" else {}
        if left and status.get("phase") == "Running":
            left.pop()
            return ApiError({"code": 409, "message": "the object has been modified"})
        return None

    node = Node(refuse=refuse)
    node.start()
    assert node.pod()["status"]["phase"] == "Running"
    assert reasons(node.bench.events()) == ["Pulling", "Pulled", "Created", "Started"]


def test_a_change_of_the_labels_does_not_disturb_a_pod_that_starts() -> None:
    node = Node()
    node.create()
    node.change("pods", "web", metadata={"labels": {"a": "b"}})
    node.bench.run()
    assert node.pod()["status"]["phase"] == "Running"
    assert node.pod()["metadata"]["labels"] == {"a": "b"}


def test_a_kubelet_without_memory_lets_a_running_pod_run() -> None:
    node = Node()
    running = node.start(**access())
    life = adopted(running, "now", "host")
    assert (life.stage, life.ip, life.runs) == ("running", "10.244.0.2", node.life().runs)
    waiting = {"metadata": {"uid": "u"}, "spec": pod("x")["spec"], "status": {"phase": "Pending"}}
    assert adopted(waiting, "now", "host").stage == "admit"


def test_a_pod_whose_status_was_set_to_failed_is_left_alone() -> None:
    node = Node(machine=False)
    node.start()
    node.bench.ask("patch", "pods", "shop", "web", {"status": {"phase": "Failed"}}, "status", patchType="merge")
    node.machine()
    node.bench.run()
    assert node.pod()["status"]["phase"] == "Failed"


def test_a_fork_goes_on_like_the_original() -> None:
    node = Node()
    node.create(**mounted({"secret": {"name": "s"}}))
    node.bench.run()
    node.secret("s", k="v")
    other = node.bench.world.fork()
    node.bench.run()
    run(other)
    assert other.store.head.get(("pods", "shop", "web")).obj == node.pod()  # type: ignore[union-attr]


def test_a_fork_amid_a_call_goes_on_like_the_original() -> None:
    """The coroutine is rebuilt from its transcript at every step of a start."""
    node = Node()
    node.create(**access())
    world = node.bench.world
    forks = []
    while (action := world.first()) is not None:
        if world.workers["kubelet"].tasks:
            forks.append(world.fork())
        world.step(action)
    assert len(forks) > 3
    for other in forks:
        run(other)
        assert other.store.head.get(("pods", "shop", "web")).obj == node.pod()  # type: ignore[union-attr]


def test_a_refreshed_token_is_not_signed_to_tell_it_from_the_old_one() -> None:
    node = Node()
    node.start(**access())
    old = node.life().mounts[0].sources[0].data
    node.bench.run_for(3000)
    new = node.life().mounts[0].sources[0].data
    assert new is not old
    assert (old.text._text, new.text._text) == (None, None)


def test_an_account_that_was_made_anew_gives_the_token_at_the_refresh() -> None:
    """SEM 14.1, timeline 4."""
    node = Node()
    node.start(**access())
    node.bench.ask("delete", "serviceaccounts", "shop", "default")
    uid = node.make("serviceaccounts", "default")["metadata"]["uid"]
    claims = authority("1.36").verify(node.token())
    assert claims["kubernetes.io"]["serviceaccount"]["uid"] != uid
    node.bench.run_for(3000)
    claims = authority("1.36").verify(node.token())
    assert claims["kubernetes.io"]["serviceaccount"]["uid"] == uid
    assert claims["kubernetes.io"]["pod"]["uid"] == node.pod()["metadata"]["uid"]


def test_the_names_of_events_are_in_the_order_of_their_telling() -> None:
    node = Node()
    node.start()
    events = node.bench.ask("list", "events", "shop")["items"]
    assert [event["reason"] for event in events] == ["Pulling", "Pulled", "Created", "Started"]


def test_a_seed_decides_everything() -> None:
    first, second = Node(), Node()
    for node in (first, second):
        node.start("a", **access())
        node.start("b")
    assert [v.obj for v in first.bench.store.since(0)] == [v.obj for v in second.bench.store.since(0)]


def test_events_about_two_containers_are_two_though_they_say_the_same() -> None:
    node = Node()
    node.start(containers=[container("a"), container("b")])
    events = node.bench.ask("list", "events", "shop")["items"]
    started = [event for event in events if event["reason"] == "Started"]
    assert [(event["involvedObject"]["fieldPath"], event["count"]) for event in started] == [
        ("spec.containers{a}", 1),
        ("spec.containers{b}", 1),
    ]


@pytest.mark.parametrize("seed", range(6))
def test_any_order_of_things_ends_alike(seed: int) -> None:
    """Four Pods start while one is labelled and one is deleted, in random orders: nothing is told twice."""
    node = Node()
    node.secret("s", key="value")
    secret = volumes(({"name": "v", "secret": {"secretName": "s"}}, "/v"))
    for name, spec in (("a", secret), ("b", access()), ("c", secret), ("d", access())):
        node.create(name, **spec, initContainers=[container("i", "busybox:1")] if name == "d" else [])
    world, pick = node.bench.world, seeded(seed)
    run(world, pick, until=lambda world: world.steps > 30)
    labels = {"metadata": {"labels": {"x": "y"}}}
    world.submit(Request("patch", "pods", "shop", "b", "", labels, {"patchType": "merge"}))
    world.submit(Request("delete", "pods", "shop", "c"))
    run(world, lambda world, _: pick(world, world.enabled(upkeep=False)))
    pods = {version.key[2]: version.last["status"]["phase"] for version in world.store.head.scan("pods")}
    assert pods == {"a": "Running", "b": "Running", "d": "Running"}
    assert {event["count"] for event in node.bench.ask("list", "events", "shop")["items"]} == {1}
