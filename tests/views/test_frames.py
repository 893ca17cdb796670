"""Frames hold what the store holds, however they came to it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sanb.kernel.journal import Cause, Served, Stepped
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


def test_requests_and_actions_are_rows_of_the_journal() -> None:
    request = SimpleNamespace(verb="create", resource="pods", namespace="shop", name="web")
    world = SimpleNamespace(
        journal=[Served(3, 1.5, "kubelet", request, 201, 7, 7, Cause("kubelet", "shop/web", 6), "")],
        actions=[Stepped(3, 1.5, "serve", "kube-apiserver", 1)])
    frames = Frames(SimpleNamespace(store=Store({}), world=world))
    assert frames.requests.to_dict("records") == [{
        "step": 3, "time": pd.Timestamp("1970-01-01T00:00:01.5Z"), "actor": "kubelet", "verb": "create",
        "resource": "pods", "namespace": "shop", "name": "web", "code": 201, "first_rev": 7, "last_rev": 7,
        "cause_rev": 6, "message": ""}]
    assert frames.actions.to_dict("records") == [{
        "step": 3, "time": pd.Timestamp("1970-01-01T00:00:01.5Z"), "op": "serve", "actor": "kube-apiserver", "item": "1"}]


@pytest.mark.parametrize(("name", "columns"), [("requests", REQUESTS), ("actions", ACTIONS)])
def test_an_empty_journal_keeps_columns_and_dtypes(name: str, columns: tuple[Column, ...]) -> None:
    world = SimpleNamespace(journal=[], actions=[])
    found = getattr(Frames(SimpleNamespace(store=Store({}), world=world)), name)
    assert {column: str(dtype) for column, dtype in found.dtypes.items()} == {
        column.name: column.dtype for column in columns}


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
