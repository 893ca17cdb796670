"""A server that keeps a part of the history: what is refused then, what goes on, and that nothing comes twice."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("uvicorn", reason="serving needs the extra serve")

import sanb
from sanb.errors import UsageError
from sanb.http.calls import Call, Watched
from sanb.http.front import Front
from sanb.http.pace import Fast
from sanb.http.serve import Served, serve
from tests.http.served import Http

MAPS = "/api/v1/namespaces/default/configmaps"
KEPT = 100


@pytest.fixture
def cluster() -> sanb.Cluster:
    """A cluster in which little happens by itself."""
    return sanb.Cluster("1.36", seed=3, controllers="namespace,garbagecollector", nodes=0)


@pytest.fixture
def front(cluster: sanb.Cluster) -> Front:
    """Its counter, which keeps a hundred revisions."""
    return Front(cluster, "secret", Fast(), history=KEPT)


def _ask(front: Front, method: str, path: str, body: Any = None) -> Any:
    text = b"" if body is None else json.dumps(body).encode()
    return front.answer(Call(method, path, {"authorization": "Bearer secret", "content-type": "application/json"}, text))


def _asked(front: Front, method: str, path: str, body: Any = None) -> Any:
    return json.loads(_ask(front, method, path, body).body)


def _pass(front: Front, count: int, name: str = "busy") -> list[str]:
    """Make and delete one object so many times; the UIDs that it had."""
    uids = []
    for _ in range(count):
        uids.append(_asked(front, "POST", MAPS, {"metadata": {"name": name}})["metadata"]["uid"])
        _asked(front, "DELETE", f"{MAPS}/{name}")
    return uids


def test_what_is_kept_does_not_grow(front: Front, cluster: sanb.Cluster) -> None:
    sizes = []
    for _ in range(3):
        _pass(front, 200)
        log, world = cluster.store._log, cluster.world
        tapes = (log.all, log.tape("configmaps"), world.journal, world.actions, cluster._commands)
        sizes.append([len(tape) - tape.first for tape in tapes])
    assert all(KEPT <= size < 4 * KEPT for row in sizes for size in row)
    version = cluster.store.head.scan("namespaces")[0]
    assert version.prev is None or version.rev > cluster.store.oldest


def test_watches_and_lists_of_what_is_forgotten_are_refused_as_after_a_compaction(front: Front, cluster: sanb.Cluster) -> None:
    start = _asked(front, "GET", MAPS)["metadata"]["resourceVersion"]
    for name in "abc":
        _asked(front, "POST", MAPS, {"metadata": {"name": name}})
    page = _asked(front, "GET", f"{MAPS}?limit=2")["metadata"]["continue"]
    _pass(front, 300)
    watched = _ask(front, "GET", f"{MAPS}?watch=1&resourceVersion={start}")
    assert isinstance(watched, Watched)
    (event,) = watched.watcher.poll(cluster.store)
    assert (event.type, event.object["code"], event.object["reason"]) == ("ERROR", 410, "Expired")
    assert event.object["message"] == f"too old resource version: {start} ({cluster.store.oldest})"
    for query in (f"limit=2&continue={page}", f"resourceVersion={start}&resourceVersionMatch=Exact"):
        answer = _asked(front, "GET", f"{MAPS}?{query}")
        assert (answer["code"], answer["reason"]) == (410, "Expired")
    newest = _asked(front, "GET", MAPS)["metadata"]["resourceVersion"]
    assert _asked(front, "GET", f"{MAPS}?resourceVersion={newest}&resourceVersionMatch=Exact")["kind"] == "ConfigMapList"


def test_a_watch_that_has_seen_everything_goes_on_however_long_nothing_happens(front: Front, cluster: sanb.Cluster) -> None:
    secrets = "/api/v1/namespaces/default/secrets"
    quiet, late = (_ask(front, "GET", f"{path}?watch=1&resourceVersion={cluster.store.rev}") for path in (secrets, MAPS))
    assert quiet.watcher.poll(cluster.store) == late.watcher.poll(cluster.store) == []
    _pass(front, 300)
    assert quiet.watcher.poll(cluster.store) == []
    _asked(front, "POST", secrets, {"metadata": {"name": "s"}})
    assert [(event.type, event.object["metadata"]["name"]) for event in quiet.watcher.poll(cluster.store)] == [("ADDED", "s")]
    (event,) = late.watcher.poll(cluster.store)
    assert (event.type, event.object["code"]) == ("ERROR", 410), "one that has missed something is told so"


def test_no_uid_comes_twice_although_names_are_forgotten(front: Front) -> None:
    names = ["one", "two", "three"]
    uids = [uid for _ in range(3) for name in names for uid in _pass(front, 80, name)]
    assert len(set(uids)) == len(uids) == 720


def test_components_that_have_not_been_told_keep_what_they_wait_for(front: Front, cluster: sanb.Cluster) -> None:
    path = "/api/v1/namespaces/gone"
    with cluster.paused("namespace"):
        _asked(front, "POST", "/api/v1/namespaces", {"metadata": {"name": "gone"}})
        _asked(front, "POST", f"{path}/configmaps", {"metadata": {"name": "a"}})
        _asked(front, "DELETE", path)
        _pass(front, 300)
        assert _asked(front, "GET", path)["status"]["phase"] == "Terminating"
    cluster.run()
    assert _asked(front, "GET", path)["code"] == 404


def test_a_fork_keeps_what_the_server_forgets(front: Front, cluster: sanb.Cluster) -> None:
    _pass(front, 20)
    rev = cluster.store.rev
    _asked(front, "POST", MAPS, {"metadata": {"name": "a"}})
    fork = cluster.fork()
    before = fork.store.at(rev).contents()
    _pass(front, 300)
    assert fork.store.at(rev).contents() == before
    assert [version.key[2] for version in fork.store.since(rev)] == ["a"]


def test_there_is_no_trace_of_a_cluster_whose_beginning_is_forgotten(front: Front, cluster: sanb.Cluster) -> None:
    _pass(front, 5)
    assert sanb.Cluster.replayed(cluster.trace).fingerprint() == cluster.fingerprint()
    _pass(front, 300)
    with pytest.raises(UsageError, match="--history all"):
        _ = cluster.trace


def test_what_a_file_holds_goes_on_without_a_uid_that_was_there(tmp_path: Path, cluster: sanb.Cluster, front: Front) -> None:
    with cluster.save(tmp_path / "state.db", follow=True):
        uids = _pass(front, 50, "first") + _pass(front, 300)
    loaded = sanb.Cluster.load(tmp_path / "state.db")
    again = Front(loaded, "secret", Fast(), history=KEPT)
    assert not set(uids) & set(_pass(again, 60, "first") + _pass(again, 10))
    assert loaded.store.tally.floor >= cluster.store.tally.floor > 0


@pytest.fixture
def api(cluster: sanb.Cluster) -> Iterator[Served]:
    """It, served with a bounded history."""
    with serve(cluster, history=KEPT) as served:
        yield served


def test_requests_that_are_forgotten_stay_counted(api: Served, tmp_path: Path) -> None:
    http = Http(api, tmp_path)

    def count() -> float:
        lines = http("GET", "/metrics").text.splitlines()
        return float(next(line for line in lines if line.startswith('sanb_requests_total{component="user"}')).split(" ")[1])

    before = count()
    for _ in range(260):
        http("GET", f"{MAPS}/nope")
    assert count() == before + 261
    assert api.plane.world.journal.first > 0


def test_too_little_history_is_refused(cluster: sanb.Cluster) -> None:
    with pytest.raises(UsageError, match="history=99 is too little"):
        serve(cluster, history=99)
