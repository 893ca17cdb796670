"""Frames hold what the store holds, however they came to it."""

from __future__ import annotations

from collections.abc import Iterable
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sanb.apiserver.request import Request
from sanb.errors import UsageError
from sanb.kernel.journal import Cause, Served, Stepped
from sanb.store.log import Tape
from sanb.store.store import Store
from sanb.views.framecolumns import ACTIONS, FRAMES, REQUESTS, Column
from sanb.views.frames import Frames

BORN = "2018-06-08T00:00:00Z"
MOUNT = {"name": "t", "mountPath": "/var/run/t"}
PROJECTED = {"name": "t", "projected": {"sources": [{"serviceAccountToken": {"expirationSeconds": 3607}}]}}


def _pod(name: str, phase: str = "Running", containers: int = 1) -> dict[str, Any]:
    return {"metadata": {"namespace": "shop", "name": name, "uid": f"u-{name}", "creationTimestamp": BORN},
            "spec": {"serviceAccountName": "default", "nodeName": "node-1", "volumes": [PROJECTED],
                     "containers": [{"name": f"c{n}", "image": "nginx", "volumeMounts": [MOUNT]}
                                    for n in range(containers)]},
            "status": {"phase": phase}}


def _plane() -> Any:
    return SimpleNamespace(store=Store({}))


def test_a_pod_is_one_row() -> None:
    cp = _plane()
    cp.store.commit(("pods", "shop", "web"), _pod("web"))
    assert Frames(cp).pods.to_dict("records") == [{
        "namespace": "shop", "name": "web", "phase": "Running", "node": "node-1", "service_account": "default",
        "containers": 1, "uid": "u-web", "created": pd.Timestamp(BORN)}]


def test_a_mount_is_one_row_per_container() -> None:
    cp = _plane()
    cp.store.commit(("pods", "shop", "web"), _pod("web", containers=2))
    found = Frames(cp).mounts
    assert list(found["container"]) == ["c0", "c1"]
    assert list(found["source"]) == ["ServiceAccountToken"] * 2
    assert list(found["expiry"]) == [3607, 3607]


@pytest.mark.parametrize("name", FRAMES)
def test_an_empty_frame_keeps_columns_and_dtypes(name: str) -> None:
    found = getattr(Frames(_plane()), name)
    assert {column: str(dtype) for column, dtype in found.dtypes.items()} == {
        column.name: column.dtype for column in FRAMES[name].columns}


def test_a_caller_who_changes_a_frame_changes_only_the_copy() -> None:
    cp = _plane()
    cp.store.commit(("pods", "shop", "web"), _pod("web"))
    frames = Frames(cp)
    mine = frames.pods
    mine.loc[0, "name"] = "other"
    assert list(mine["name"]) == ["other"]
    assert list(frames.pods["name"]) == ["web"]


def test_what_a_caller_writes_is_in_no_later_frame_and_what_changes_later_is_not_in_his() -> None:
    cp = _plane()
    for name in ("api", "web"):
        cp.store.commit(("pods", "shop", name), _pod(name))
    frames = Frames(cp)
    mine, other = frames.pods, frames.pods
    mine.iloc[0, mine.columns.get_loc("name")] = "mine"
    mine.loc[1, "containers"] = 9
    cp.store.commit(("pods", "shop", "web"), {**_pod("web"), "status": {"phase": "Failed"}})
    later = frames.pods
    later.loc[0, "created"] = pd.Timestamp("2000-01-01T00:00:00Z")
    again = frames.pods
    assert [list(frame["name"]) for frame in (mine, other, later, again)] == [["mine", "web"], *[["api", "web"]] * 3]
    assert [frame["containers"].tolist() for frame in (mine, other, again)] == [[1, 9], [1, 1], [1, 1]]
    assert other["phase"].tolist()[1] != "Failed" == again["phase"].tolist()[1]
    assert again["created"].equals(other["created"])


def test_a_fork_has_its_own_frames() -> None:
    cp = _plane()
    cp.store.commit(("pods", "shop", "web"), _pod("web"))
    frames = Frames(cp)
    assert len(frames.pods) == 1
    other = SimpleNamespace(store=cp.store.fork())
    other.store.commit(("pods", "shop", "api"), _pod("api"))
    cp.store.commit(("pods", "shop", "web"), None)
    assert list(Frames(other).pods["name"]) == ["api", "web"]
    assert len(frames.pods) == 0


def _world(journal: Iterable[Served] = (), actions: Iterable[Stepped] = ()) -> Any:
    world = SimpleNamespace(journal=Tape(), actions=Tape())
    for call in journal:
        world.journal.append(call)
    for action in actions:
        world.actions.append(action)
    return SimpleNamespace(store=Store({}), world=world)


def _served(step: int, request: Request, code: int = 201) -> Served:
    return Served(step, 1.5, "kubelet", request, code, 7, 7, Cause("kubelet", "shop/web", 6), "")


SECOND = pd.Timestamp("1970-01-01T00:00:01.5Z")


def test_requests_and_actions_are_rows_of_the_journal() -> None:
    cp = _world([_served(3, Request("create", "pods", "shop", "web"))],
                [Stepped(3, 1.5, "serve", "kube-apiserver", 1), Stepped(4, 1.5, "start", "kubelet", ("shop", "web"))])
    frames = Frames(cp)
    assert frames.requests.to_dict("records") == [{
        "step": 3, "time": SECOND, "actor": "kubelet", "user": "admin", "verb": "create",
        "resource": "pods", "subresource": "", "namespace": "shop", "name": "web", "code": 201, "first_rev": 7,
        "last_rev": 7, "cause_rev": 6, "message": ""}]
    assert frames.actions.to_dict("records") == [
        {"step": 3, "time": SECOND, "op": "serve", "actor": "kube-apiserver", "item": "1"},
        {"step": 4, "time": SECOND, "op": "start", "actor": "kubelet", "item": "shop/web"}]


def test_later_requests_are_added_at_the_end() -> None:
    cp = _world([_served(1, Request("create", "pods", "shop", "b"))])
    frames = Frames(cp)
    assert list(frames.requests["name"]) == ["b"]
    cp.world.journal.append(_served(2, Request("delete", "pods", "shop", "a")))
    assert list(frames.requests["name"]) == ["b", "a"]
    pd.testing.assert_frame_equal(frames.requests, Frames(cp).requests)


@pytest.mark.parametrize(("name", "columns"), [("requests", REQUESTS), ("actions", ACTIONS)])
def test_an_empty_journal_keeps_columns_and_dtypes(name: str, columns: tuple[Column, ...]) -> None:
    found = Frames(_world())[name]
    assert {column: str(dtype) for column, dtype in found.dtypes.items()} == {
        column.name: column.dtype for column in columns}


def test_tokens_are_the_legacy_secrets_and_the_bound_tokens_that_were_issued() -> None:
    holder = {"kind": "Pod", "name": "web"}
    body = {"spec": {"audiences": ["vault"], "expirationSeconds": 600, "boundObjectRef": holder}}
    cp = _world([
        _served(1, Request("create", "serviceaccounts", "shop", "robot", "token", body)),
        _served(2, Request("create", "serviceaccounts", "shop", "robot", "token", {"spec": {}}), code=403),
        _served(3, Request("create", "serviceaccounts", "shop", "plain", "token", {})),
    ])
    cp.store.commit(("secrets", "shop", "s"), {
        "type": "kubernetes.io/service-account-token",
        "metadata": {"namespace": "shop", "name": "s", "creationTimestamp": BORN,
                     "annotations": {"kubernetes.io/service-account.name": "default"}}})
    other = {"type": "Opaque", "metadata": {"namespace": "shop", "name": "other"}}
    cp.store.commit(("secrets", "shop", "other"), other)
    found = Frames(cp).tokens
    assert found.drop(columns=["issued", "expires"]).astype(object).where(found.notna(), None).values.tolist() == [
        ["shop", "default", "legacy", "s", None, None],
        ["shop", "robot", "bound", None, "vault", "pod/web"],
        ["shop", "plain", "bound", None, None, None]]
    assert list(found["issued"]) == [pd.Timestamp(BORN), SECOND, SECOND]
    assert list((found["expires"] - found["issued"]).dt.total_seconds())[1:] == [600.0, 3600.0]
    assert found["expires"].isna().tolist() == [True, False, False]
    assert {column: str(dtype) for column, dtype in found.dtypes.items()} == {
        column.name: column.dtype for column in FRAMES["tokens"].columns}


def test_a_frame_that_is_not_there_is_refused() -> None:
    with pytest.raises(UsageError, match="there is no frame 'pod'; there are namespaces, serviceaccounts, "):
        Frames(_plane())["pod"]


def test_the_documentation_of_a_frame_lists_its_columns_with_their_dtypes() -> None:
    assert (Frames.pods.__doc__ or "").splitlines()[:4] == [
        "One row per Pod.", "", "Columns:", "    namespace        category             metadata.namespace"]


PHASES = st.sampled_from([None, "Pending", "Running"])
STEP = st.tuples(st.sampled_from("abcd"), PHASES, st.integers(0, 3), st.booleans())


@settings(deadline=None, max_examples=30)
@given(st.lists(STEP, max_size=15))
def test_an_updated_frame_equals_one_built_anew(steps: list[tuple[str, str | None, int, bool]]) -> None:
    cp = _plane()
    frames = Frames(cp)
    for name, phase, containers, look in steps:
        key = ("pods", "shop", name)
        if phase is None and cp.store.head.get(key) is None:
            continue
        cp.store.commit(key, None if phase is None else _pod(name, phase, containers))
        if look:
            pd.testing.assert_frame_equal(frames.mounts, Frames(cp).mounts)
    for each in ("pods", "containers", "mounts"):
        pd.testing.assert_frame_equal(getattr(frames, each), getattr(Frames(cp), each))


def test_pods_column_by_column_are_pods_row_by_row() -> None:
    """The fast way through all Pods gives what the rows of single ones give."""
    from sanb.views.framecolumns import FRAMES

    frame = FRAMES["pods"]
    assert frame.bulk is not None
    pods: list[dict[str, Any]] = [
        {"metadata": {"namespace": "a", "name": "x"}, "spec": {}},
        {
            "metadata": {"namespace": "b", "name": "y", "uid": "u", "creationTimestamp": "2026-01-01T00:00:00Z"},
            "spec": {"nodeName": "n", "serviceAccountName": "s", "containers": [{}, {}]}, "status": {"phase": "Running"},
        },
    ]
    assert list(zip(*frame.bulk(pods), strict=True)) == [row[2:] for pod in pods for row in frame.rows(pod)]
    assert [column.name for column in frame.columns[:2]] == ["namespace", "name"]


def test_arranged_columns_have_each_row_at_its_place() -> None:
    """Also texts, counts, times and what is missing; the categories stay those of their rows."""
    from sanb.views.framearrays import Cells, arrange, table
    from sanb.views.framecolumns import CATEGORY, INTEGER, TEXT, TIME, Column

    columns = [Column("a", CATEGORY, ""), Column("b", TEXT, ""), Column("c", INTEGER, ""), Column("d", TIME, "")]
    rows = [("x", "one", 1, 0.0), (None, None, None, None), ("y", "three", 3, 2.5)]
    placed = [Cells(column, values) for column, values in zip(columns, zip(*rows, strict=True), strict=True)]
    arrange(placed, [2, 0, 1])
    ordered = zip(rows[1], rows[2], rows[0], strict=True)
    pd.testing.assert_frame_equal(table(placed), table([Cells(*pair) for pair in zip(columns, ordered, strict=True)]))


def test_a_frame_of_many_pods_in_order_of_names_is_not_in_the_order_in_which_they_were_made() -> None:
    """Rows that are read in the order of memory stand where their names belong, and can be changed one by one."""
    cp = _plane()
    for number in range(600):
        cp.store.commit(("pods", "shop", f"p{number * 7 % 600:03}"), _pod(f"p{number * 7 % 600:03}", "Running", 1))
    frames = Frames(cp)
    assert list(frames.pods["name"]) == [f"p{number:03}" for number in range(600)]
    cp.store.commit(("pods", "shop", "p300"), _pod("p300", "Failed", 2))
    changed = frames.pods
    assert list(changed.index[changed["phase"] == "Failed"]) == [300]
    assert changed["containers"].sum() == 601
