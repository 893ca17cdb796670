"""Clusters that outlive their process: saved, loaded, followed, and killed at any moment."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

import sanb
from sanb.apiserver.taskapi import outlives
from sanb.durable import file
from sanb.errors import UsageError

ROOT = Path(__file__).parent.parent
MINORS = ("1.10", "1.23", "1.36")
EVERYTHING = "get all,serviceaccounts,secrets,configmaps,events -A -o json"


def _busy(minor: str) -> sanb.Cluster:
    c = sanb.Cluster(minor, seed=3)
    c.create("deployment", "web", image="nginx", replicas=2)
    c.create("pod", "solo", image="nginx")
    c.create("serviceaccount", "robot")
    c.run()
    return c


def _token(c: sanb.Cluster) -> str:
    return str(c.kubectl("exec solo -- cat /var/run/secrets/kubernetes.io/serviceaccount/token"))


# ---------------------------------------------------------------------- what is saved


@pytest.mark.parametrize("minor", MINORS)
def test_a_loaded_cluster_has_the_same_objects_revision_time_and_keys(tmp_path: Path, minor: str) -> None:
    c = _busy(minor)
    c.save(tmp_path / "state.db")
    d = sanb.Cluster.load(tmp_path / "state.db")
    assert (d.minor, d.seed, d.store.rev, d.now) == (c.minor, c.seed, c.store.rev, c.now)
    assert str(d.kubectl(EVERYTHING)) == str(c.kubectl(EVERYTHING))
    assert d.authority.ca_pem == c.authority.ca_pem and d.authority.jwks() == c.authority.jwks()
    assert _token(d) == _token(c)
    assert d.authenticate(_token(c))[0] == c.authenticate(_token(c))[0]


@pytest.mark.parametrize("minor", MINORS)
def test_components_that_start_anew_find_everything_as_it_should_be(tmp_path: Path, minor: str) -> None:
    c = _busy(minor)
    c.save(tmp_path / "state.db")
    d = sanb.Cluster.load(tmp_path / "state.db")
    assert d.run().quiet
    assert d.store.rev == c.store.rev, "nothing was restarted, re-created or written again"


@pytest.mark.parametrize("minor", MINORS)
def test_a_loaded_cluster_goes_on_like_the_one_that_was_saved(tmp_path: Path, minor: str) -> None:
    c = _busy(minor)
    c.save(tmp_path / "state.db")
    d = sanb.Cluster.load(tmp_path / "state.db")
    told = []
    for one in (c, d):
        one.kubectl("delete pod solo")
        one.run()
        one.create("pod", "solo", image="nginx")
        one.kubectl("scale deployment web --replicas=4")
        one.run()
        told.append({
            pod["metadata"]["name"]: (pod["metadata"]["uid"], pod["status"]["podIP"], pod["status"]["phase"])
            for pod in one.list("pods")
        })
    assert {name: uid for name, (uid, _, _) in told[0].items()} == {name: uid for name, (uid, _, _) in told[1].items()}
    addresses = [address for _, address, _ in told[1].values()]
    assert len(set(addresses)) == len(addresses) == 5
    assert {phase for _, _, phase in told[1].values()} == {"Running"}


def test_what_was_under_way_goes_on_after_loading(tmp_path: Path) -> None:
    c = sanb.Cluster("1.36", seed=3)
    c.run()
    c.create("deployment", "web", image="nginx", replicas=3)
    c.run(for_="1s")
    c.save(tmp_path / "state.db")
    d = sanb.Cluster.load(tmp_path / "state.db")
    d.run()
    assert [pod["status"]["phase"] for pod in d.list("pods")] == ["Running"] * 3


def test_rotated_keys_certificates_and_an_upgrade_are_saved(tmp_path: Path) -> None:
    c = _busy("1.23")
    c.users.create("jane", groups=["dev"])
    old = _token(c)
    c.rotate_keys(keep=False)
    c.upgrade("1.29", gates={"LegacyServiceAccountTokenCleanUp": False})
    c.run()
    c.save(tmp_path / "state.db")
    d = sanb.Cluster.load(tmp_path / "state.db")
    assert (d.minor, d.profile.gate("LegacyServiceAccountTokenCleanUp")) == ("1.29", False)
    assert d.certificates == c.certificates
    assert d.authority.jwks() == c.authority.jwks()
    with pytest.raises(sanb.ApiError):
        d.authenticate(old)
    assert str(d.kubectl("get secrets -A -o json")) == str(c.kubectl("get secrets -A -o json"))


def test_random_keys_are_saved_and_the_file_is_its_owners_only(tmp_path: Path) -> None:
    c = sanb.Cluster("1.36", keys="random")
    c.save(tmp_path / "state.db")
    assert (tmp_path / "state.db").stat().st_mode & 0o777 == 0o600
    d = sanb.Cluster.load(tmp_path / "state.db")
    assert d.authority.signing == c.authority.signing and d.authority.ca_pem == c.authority.ca_pem


def test_what_runs_can_be_chosen_anew(tmp_path: Path) -> None:
    _busy("1.36").save(tmp_path / "state.db")
    d = sanb.Cluster.load(tmp_path / "state.db", controllers="*,-scheduler")
    assert "scheduler" not in d.components and "kubelet" in d.components


def test_watches_from_before_are_told_to_list_anew(tmp_path: Path) -> None:
    c = _busy("1.36")
    c.save(tmp_path / "state.db")
    d = sanb.Cluster.load(tmp_path / "state.db")
    assert d.store.oldest == c.store.rev


def test_a_trace_of_a_loaded_cluster_says_what_it_began_with(tmp_path: Path) -> None:
    _busy("1.36").save(tmp_path / "state.db")
    d = sanb.Cluster.load(tmp_path / "state.db")
    d.create("configmap", "one")
    trace = d.trace.save(tmp_path / "run.json")
    with pytest.raises(UsageError, match=r"began with the cluster saved in .*state\.db"):
        sanb.replay(trace)


# ---------------------------------------------------------------------- following


def test_a_followed_cluster_is_written_as_it_goes_on(tmp_path: Path) -> None:
    c = _busy("1.36")
    with c.save(tmp_path / "state.db", follow=True) as saved:
        assert saved.following
        c.kubectl("delete pod solo")
        c.kubectl("scale deployment web --replicas=3")
        c.run()
        c.rotate_keys()
        c.run(for_="2h")
        assert not (tmp_path / "state.db.part").exists()
    c.create("configmap", "after")
    d = sanb.Cluster.load(tmp_path / "state.db")
    assert [one["metadata"]["name"] for one in d.list("configmaps")] == ["kube-root-ca.crt"]
    c.delete("configmap", "after")
    assert str(d.kubectl("get all,secrets -A -o json")) == str(c.kubectl("get all,secrets -A -o json"))
    assert d.authority.jwks() == c.authority.jwks()


def _left(path: Path, folder: Path) -> sanb.Cluster:
    """What a process that is killed now leaves."""
    folder.mkdir()
    for name in path.parent.glob(f"{path.name}*"):
        shutil.copy(name, folder / name.name)
    return sanb.Cluster.load(folder / path.name)


def _remembered(c: sanb.Cluster, every: bool = False) -> dict[str, list[tuple[Any, ...]]]:
    """What components remember: all of it, or what is still there when their process has ended."""
    found: dict[str, list[tuple[Any, ...]]] = {}
    for name, workers in c.world.workers.items():
        memory = workers.memory
        entries = [(bucket, key, value) for bucket in memory.names() for key, value in (memory.bucket(bucket) or {}).items()]
        found[name] = sorted((one for one in entries if every or outlives(workers.controller, *one[:2])), key=repr)
    return found


STEPS: dict[str, Callable[[sanb.Cluster], Any]] = {
    "a Pod deleted": lambda c: (c.kubectl("delete pod solo"), c.run()),
    "Pods made": lambda c: (c.kubectl("scale deployment web --replicas=3"), c.run()),
    "a user": lambda c: c.users.create("jane", groups=["dev"]),
    "new keys": lambda c: c.rotate_keys(keep=False),
    "tokens renewed": lambda c: (c.run(for_="2h"), c.create("configmap", "later")),
    "nothing but time": lambda c: c.run(for_="90s"),
    "a newer minor": lambda c: c.upgrade("1.30"),
    "a Pod deleted there": lambda c: (c.kubectl("delete pod -l app=web"), c.run()),
}


def test_after_every_call_the_file_has_all_that_a_killed_process_must_leave(tmp_path: Path) -> None:
    c = _busy("1.29")
    with c.save(tmp_path / "state.db", follow=True):
        for number, (what, step) in enumerate(STEPS.items()):
            step(c)
            d = _left(tmp_path / "state.db", tmp_path / str(number))
            assert (d.minor, d.store.rev, d.certificates) == (c.minor, c.store.rev, c.certificates), what
            assert d.now == c.now, what
            assert d.store.tally.all() == c.store.tally.all(), what
            assert _remembered(d, every=True) == _remembered(c), what
            assert (d.authority.jwks(), d.authority.ca_pem) == (c.authority.jwks(), c.authority.ca_pem), what
            assert str(d.kubectl(EVERYTHING)) == str(c.kubectl(EVERYTHING)), what


def test_a_fork_of_a_followed_cluster_is_not_written(tmp_path: Path) -> None:
    c = _busy("1.36")
    with c.save(tmp_path / "state.db", follow=True):
        rev = c.store.rev
        other = c.fork()
        assert other.observers == [] and len(c.observers) == 1
        other.create("configmap", "elsewhere")
        other.run()
    assert sanb.Cluster.load(tmp_path / "state.db").store.rev == rev


def test_nothing_is_answered_that_cannot_be_written(tmp_path: Path) -> None:
    c = _busy("1.36")
    told: list[int] = []
    c.observers.append(lambda: told.append(c.store.rev))
    saved = c.save(tmp_path / "state.db", follow=True)
    db = saved._db
    assert db is not None
    db.execute("PRAGMA query_only=1")
    with pytest.raises(sanb.SanbError, match=r"state\.db cannot be written"):
        c.create("configmap", "one")
    assert told == [], "those who look on, like watches, are told no more than whoever asked"
    db.execute("PRAGMA query_only=0")
    c.create("configmap", "two")
    saved.close()
    assert [one["metadata"]["name"] for one in sanb.Cluster.load(tmp_path / "state.db").list("configmaps")] == [
        "kube-root-ca.crt", "one", "two",
    ]


def test_what_could_not_be_written_is_written_before_the_file_is_let_go(tmp_path: Path) -> None:
    c = _busy("1.36")
    saved = c.save(tmp_path / "state.db", follow=True)
    assert saved._db is not None
    saved._db.execute("PRAGMA query_only=1")
    with pytest.raises(sanb.SanbError):
        c.create("configmap", "one")
    saved._db.execute("PRAGMA query_only=0")
    saved.close()
    assert sanb.Cluster.load(tmp_path / "state.db").get("configmap", "one")


def test_a_cluster_saved_where_another_was_killed_is_nothing_but_itself(tmp_path: Path) -> None:
    c = _busy("1.36")
    with c.save(tmp_path / "state.db", follow=True):
        c.create("configmap", "old")
        _left(tmp_path / "state.db", tmp_path / "left")
    assert (tmp_path / "left" / "state.db-wal").stat().st_size
    new = sanb.Cluster("1.30", seed=4)
    new.save(tmp_path / "left" / "state.db")
    assert [one.name for one in (tmp_path / "left").iterdir()] == ["state.db"]
    d = sanb.Cluster.load(tmp_path / "left" / "state.db")
    assert (d.minor, d.seed, d.store.rev) == ("1.30", 4, new.store.rev)
    assert str(d.kubectl(EVERYTHING)) == str(new.kubectl(EVERYTHING))


def test_a_write_that_fails_leaves_the_file_of_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "state.db"
    _busy("1.36").save(path)
    before = path.read_bytes()

    def full(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(file, "put_meta", full)
    with pytest.raises(UsageError, match=r"cannot write .*state\.db: database or disk is full; choose a folder"):
        sanb.Cluster("1.36").save(path)
    assert path.read_bytes() == before and [one.name for one in tmp_path.iterdir()] == ["state.db"]


def test_a_file_that_is_written_belongs_to_its_process(tmp_path: Path) -> None:
    c = _busy("1.36")
    with c.save(tmp_path / "state.db", follow=True):
        done = subprocess.run(
            [sys.executable, "-c", "import sanb, sys; sanb.Cluster.load(sys.argv[1])", str(tmp_path / "state.db")],
            cwd=ROOT, capture_output=True, text=True,
        )
    assert "is in use: another process writes it" in done.stderr


# ---------------------------------------------------------------------- files that cannot be used


def _truncate(path: Path) -> None:
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size // 2)


def _scratch(path: Path) -> None:
    data = bytearray(path.read_bytes())
    place = data.index(b'"nginx"')
    data[place + 1 : place + 6] = b"xnign"
    path.write_bytes(data)


def _renumber(path: Path) -> None:
    db = sqlite3.connect(path)
    db.execute("UPDATE counters SET count = count + 1")
    db.commit()
    db.close()


def _reset(path: Path) -> None:
    db = sqlite3.connect(path)
    db.execute("UPDATE meta SET value = replace(value, '1.36', '1.35') WHERE name = 'setup'")
    db.commit()
    db.close()


def _miscount(path: Path) -> None:
    """The header says that pages are free: no row is concerned, but what is written next would be."""
    data = bytearray(path.read_bytes())
    data[36:40] = (5).to_bytes(4, "big")
    path.write_bytes(data)


def _newer(path: Path) -> None:
    db = sqlite3.connect(path)
    db.execute("PRAGMA user_version=2")
    db.close()


def _foreign(path: Path) -> None:
    path.unlink()
    db = sqlite3.connect(path)
    db.execute("CREATE TABLE mine (a)")
    db.commit()
    db.close()


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (_truncate, "is damaged"),
        (_scratch, "is damaged .checksum of a row of objects"),
        (_renumber, "is damaged .checksum of a row of counters"),
        (_reset, "is damaged .checksum of setup"),
        (_miscount, r"(?s)is damaged .*freelist: size is 0 but should be 5"),
        (_newer, r"was written by another version of sanb .format 2, this one reads 1"),
        (_foreign, "is no saved cluster"),
        (lambda path: path.write_text("{}"), "is no saved cluster"),
        (lambda path: path.write_bytes(b""), "is no saved cluster"),
    ],
)
def test_a_file_that_cannot_be_used_is_told_and_left_as_it_is(
    tmp_path: Path, spoil: Callable[[Path], Any], why: str
) -> None:
    path = tmp_path / "state.db"
    _busy("1.36").save(path)
    spoil(path)
    before = path.read_bytes()
    with pytest.raises(UsageError, match=why) as caught:
        sanb.Cluster.load(path)
    assert str(path) in str(caught.value)
    assert path.read_bytes() == before and [one.name for one in tmp_path.iterdir()] == ["state.db"]
    if spoil not in (_scratch, _renumber, _reset):  # those can be replaced: only their rows are wrong
        with pytest.raises(UsageError, match=why):
            sanb.Cluster("1.36").save(path)
        assert path.read_bytes() == before


def test_a_file_that_is_not_there_and_a_folder_that_is_not_there_are_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"no saved cluster at .*: No such file or directory; c\.save"):
        sanb.Cluster.load(tmp_path / "state.db")
    with pytest.raises(UsageError, match="cannot write"):
        sanb.Cluster("1.36").save(tmp_path / "nowhere" / "state.db")


def test_a_file_names_nothing_that_would_be_run(tmp_path: Path) -> None:
    from sanb.durable.codec import unpacked

    c = sanb.Cluster("1.36")
    for text in ('["os:system", "true"]', '["sanb.cli:main"]', '["sanb.errors:SanbError", "x"]', '["late", "_other"]'):
        with pytest.raises(ValueError, match=r"no record|not a value"):
            unpacked(text, c.authority)


# ---------------------------------------------------------------------- killed


@contextmanager
def _serving(state: Path, *options: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    config = state.with_name("config")
    config.unlink(missing_ok=True)
    process = subprocess.Popen(
        [
            sys.executable, "-u", "-m", "sanb.cli", "serve", "--port", "0", "--token", "secret", "--clock", "fast",
            "--kubeconfig", str(config), "--save", str(state), *options,
        ],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )
    try:
        assert process.stdout is not None and process.stderr is not None
        line = process.stdout.readline()
        assert line.startswith("Kubernetes "), process.stderr.read()
        for _ in range(3):
            line = process.stdout.readline()
        assert line == f"    saved in {state}\n"
        yield process, json.loads(config.read_text())["clusters"][0]["cluster"]["server"]
    finally:
        process.kill()
        process.communicate()


def _create_until_killed(url: str, answered: list[str], worker: int) -> None:
    import requests

    with requests.Session() as session:
        session.headers["Authorization"], session.verify = "Bearer secret", False
        session.trust_env = False
        for number in range(10_000):
            name = f"c-{worker}-{number}"
            try:
                code = session.post(
                    f"{url}/api/v1/namespaces/default/configmaps", json={"metadata": {"name": name}}, timeout=10
                ).status_code
            except requests.RequestException:
                return
            assert code == 201
            answered.append(name)


@pytest.mark.filterwarnings("ignore:Unverified HTTPS request")
def test_killed_at_any_moment_it_has_everything_that_it_answered(tmp_path: Path) -> None:
    pytest.importorskip("uvicorn", reason="serving needs the extra serve")
    state = tmp_path / "state.db"
    answered: list[str] = []
    for life in range(3):
        with _serving(state) as (process, url):
            clients = [
                threading.Thread(target=_create_until_killed, args=(url, answered, 10 * life + one)) for one in range(3)
            ]
            for client in clients:
                client.start()
            enough = len(answered) + 40 + 25 * life
            while len(answered) < enough and any(client.is_alive() for client in clients):
                threading.Event().wait(0.005)
            os.kill(process.pid, signal.SIGKILL)
            for client in clients:
                client.join()
        for name in list(tmp_path.glob("state.db*")):  # as it was left, for whoever wants to look
            shutil.copy(name, tmp_path / name.name.replace("state", f"left-{life}"))
    found = {one["metadata"]["name"] for one in sanb.Cluster.load(state).list("configmaps")}
    assert len(answered) >= 120
    assert not set(answered) - found


def test_served_again_it_goes_on_and_other_options_are_refused(tmp_path: Path) -> None:
    pytest.importorskip("uvicorn", reason="serving needs the extra serve")
    state = tmp_path / "state.db"
    with _serving(state, "--minor", "1.29", "--seed", "4") as (process, _):
        process.send_signal(signal.SIGTERM)
        out, _ = process.communicate(timeout=20)
        assert out.endswith(f"stopped; everything is in {state}\n") and process.returncode == 0
    assert not state.with_name("state.db-wal").exists()
    first = sanb.Cluster.load(state)
    with _serving(state, "--minor", "1.36", "--seed", "4") as (process, _):
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=20)
    second = sanb.Cluster.load(state)
    assert (first.minor, second.minor, second.seed) == ("1.29", "1.36", 4)
    done = subprocess.run(
        [sys.executable, "-m", "sanb.cli", "serve", "--port", "0", "--save", str(state), "--seed", "5"],
        cwd=ROOT, capture_output=True, text=True, timeout=20,
    )
    assert done.returncode == 1
    assert done.stderr.startswith(f"sanb: the cluster in {state} was made with --seed 4, which cannot change")
    assert "Traceback" not in done.stderr
