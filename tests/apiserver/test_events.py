"""Events: what a recorder sends, and that the short way through the server ends where the long one does."""

from __future__ import annotations

from typing import Any

import pytest

from sanb.apiserver.admission import Chain, Plugin
from sanb.apiserver.events import REMEMBERED, Recorder, written_out
from sanb.apiserver.relations import INDEXERS
from sanb.apiserver.request import Request, UserInfo
from sanb.apiserver.server import ApiServer
from sanb.controlplane import ControlPlane
from sanb.errors import ApiError
from sanb.kernel.outcome import Decision, Wait
from sanb.profiles.profile import MINORS, Profile
from sanb.store.store import Store
from sanb.values import Late, Obj

NOW = 1767225600.0
KUBELET = UserInfo("system:node:n", groups=("system:nodes",))
POD: Obj = {
    "apiVersion": "v1", "kind": "Pod", "spec": {"nodeName": "n"},
    "metadata": {"namespace": "shop", "name": "web", "uid": "u-1", "resourceVersion": "7"},
}
NODE: Obj = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "n", "uid": "u-2"}}


def tell(recorder: Recorder, reason: str = "Started", now: float = NOW, path: str = "", obj: Obj = POD) -> Request | None:
    return recorder.compose(KUBELET, obj, obj["kind"], "Normal", reason, f"{reason} it", now, path)


def body(request: Request | None) -> Any:
    assert request is not None
    return written_out(request).body if isinstance(request.body, Late) else request.body


def store(phase: str = "Active") -> Store:
    found = Store(INDEXERS)
    for name in ("shop", "default"):
        namespace = {"metadata": {"name": name, "resourceVersion": "1"}, "status": {"phase": phase}}
        found.commit(("namespaces", "", name), namespace)
    return found


def decide(server: ApiServer, into: Store, request: Request) -> Obj:
    """The object that a request leads to."""
    decision = server.handle(into, NOW + 5, request)
    assert isinstance(decision, Decision)
    (write,) = decision.writes
    obj = into.commit(write.key, write.obj).obj
    assert obj is not None
    return obj


# ---------------------------------------------------------------------- the short way


@pytest.mark.parametrize("minor", MINORS)
@pytest.mark.parametrize("component", ["kubelet", "kube-scheduler"])
@pytest.mark.parametrize("obj", [POD, NODE])
def test_the_short_way_stores_what_the_long_one_does(minor: str, component: str, obj: Obj) -> None:
    server = ApiServer(Profile.of(minor), 7)
    for reporting in (False, True):
        for path in ("", "spec.containers{c}"):
            request = tell(Recorder(component, reporting=reporting), path=path, obj=obj)
            assert request is not None
            assert decide(server, store(), request) == decide(server, store(), written_out(request))


@pytest.mark.parametrize("minor", ["1.10", "1.23", "1.36"])
def test_a_cluster_without_the_short_way_comes_to_the_same(minor: str) -> None:
    long, short = (ControlPlane(minor, seed=7) for _ in range(2))
    long._server.chain = Chain((*short._server.chain.plugins, Plugin("idle", lambda view, attributes: None)))
    for plane in (long, short):
        plane.run()
        plane.request(Request("create", "pods", "default", body={
            "metadata": {"name": "web"}, "spec": {"containers": [{"name": "c", "image": "nginx"}]},
        }))
        plane.run()
    found = [[(v.rev, v.key, v.obj) for v in plane.store.since(plane.store.oldest)] for plane in (long, short)]
    assert found[0] == found[1]


def test_nothing_is_made_before_somebody_looks() -> None:
    into, request = store(), tell(Recorder("kubelet", reporting=True))
    assert request is not None
    decision = ApiServer(Profile.of("1.36"), 7).handle(into, NOW, request)
    assert isinstance(decision, Decision) and isinstance(decision.writes[0].obj, Late)


def test_an_event_for_a_namespace_that_is_going_is_refused_as_any_object() -> None:
    request = tell(Recorder("kubelet", reporting=True))
    assert request is not None
    with pytest.raises(ApiError, match=f'events "{request.name}" is forbidden: unable to create new content in namespace shop'):
        ApiServer(Profile.of("1.36"), 7).handle(store("Terminating"), NOW, request)


def test_an_event_for_a_namespace_that_is_not_there_waits_as_any_object() -> None:
    request = tell(Recorder("kubelet", reporting=True))
    assert request is not None
    assert isinstance(ApiServer(Profile.of("1.36"), 7).handle(Store({}), NOW, request), Wait)


def test_an_event_that_is_there_already_is_refused() -> None:
    into, request, server = store(), tell(Recorder("kubelet", reporting=True)), ApiServer(Profile.of("1.36"), 7)
    assert request is not None
    decide(server, into, request)
    with pytest.raises(ApiError, match="already exists"):
        server.handle(into, NOW, request)


# ---------------------------------------------------------------------- the recorder


def test_events_of_one_instant_are_named_in_the_order_in_which_they_were_told() -> None:
    recorder = Recorder("kubelet", reporting=True)
    names = [body(tell(recorder, reason))["metadata"]["name"] for reason in ("Pulled", "Created", "Started")]
    assert names == sorted(names) and len(set(names)) == 3
    assert {int(name.removeprefix("web."), 16) // 10**6 for name in names} == {int(NOW * 1000)}


def test_what_happens_again_is_counted() -> None:
    recorder = Recorder("kubelet", reporting=True)
    first, other, again = tell(recorder), tell(recorder, path="spec.containers{c}"), tell(recorder, now=NOW + 60)
    assert first is not None and other is not None and again is not None
    assert (again.verb, again.name, first.name != other.name) == ("patch", first.name, True)
    assert again.body == {"count": 2, "lastTimestamp": "2026-01-01T00:01:00Z"}


def test_a_burst_of_25_events_about_one_object_then_one_every_five_minutes() -> None:
    recorder = Recorder("kubelet", reporting=True)
    told = [tell(recorder, f"R{number}") is not None for number in range(27)]
    assert told == [True] * 25 + [False] * 2
    assert [tell(recorder, "R", NOW + seconds) is not None for seconds in (299, 300, 301)] == [False, True, False]


def test_a_fork_remembers_what_its_origin_did_and_goes_its_own_way() -> None:
    recorder = Recorder("kubelet", reporting=True)
    first = tell(recorder)
    fork = recorder.fork()
    assert first is not None
    for one in (recorder, fork, recorder.fork()):
        again = tell(one)
        assert again is not None and (again.name, again.body["count"]) == (first.name, 2)


def test_old_objects_are_forgotten_but_the_latest_are_not() -> None:
    recorder = Recorder("kubelet", reporting=True)
    pods = [{**POD, "metadata": {**POD["metadata"], "uid": str(number)}} for number in range(2 * REMEMBERED + 1)]
    for pod in pods:
        tell(recorder, obj=pod)
    again = [tell(recorder, obj=pod) for pod in (pods[0], pods[REMEMBERED], pods[-1])]
    assert [request.verb for request in again if request is not None] == ["create", "patch", "patch"]
