"""A timeline tells who changed an object, and why."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from sanb.apiserver.request import Request, UserInfo
from sanb.errors import UsageError
from sanb.kernel.journal import Cause, Served
from sanb.store.log import Tape
from sanb.store.store import Store
from sanb.views.timeline import Entry, parse, timeline

MANAGER = UserInfo("system:kube-controller-manager")
ACCOUNTS = "serviceaccount-controller"
TOKENS = "serviceaccount-token-controller/account"
SECRET = ("secrets", "name1", "default-token-abcde")


def _plane() -> Any:
    """A namespace, its account, the account's token Secret, and the reference to it."""
    store, journal = Store({}), Tape[Served]()
    account = ("serviceaccounts", "name1", "default")

    def call(actor: str, request: Request, cause: Cause | None) -> None:
        rev = store.rev
        journal.append(Served(rev, float(rev), actor, request, 201, rev, rev, cause, ""))

    store.commit(("namespaces", "", "name1"), {"metadata": {"name": "name1"}})
    call("", Request("create", "namespaces"), None)
    store.commit(account, {"metadata": {"name": "default"}})
    call(ACCOUNTS, Request("create", account[0], "name1", user=MANAGER), Cause(ACCOUNTS, "name1", 1))
    store.commit(SECRET, {"metadata": {"name": SECRET[2]}})
    call(TOKENS, Request("create", "secrets", "name1", user=MANAGER), Cause(TOKENS, "k", 2))
    changed = {"metadata": {"name": "default", "resourceVersion": "4"}, "secrets": [{"name": SECRET[2]}]}
    store.commit(account, changed)
    call(TOKENS, Request("update", account[0], "name1", "default", user=MANAGER), Cause(TOKENS, "k", 2))
    return SimpleNamespace(store=store, world=SimpleNamespace(journal=journal, actions=Tape()))


def test_the_chain_of_causes_is_told_in_plain_words() -> None:
    [entry] = timeline(_plane(), "secret/name1/default-token-abcde")
    assert entry.sentence == (
        "token controller created it for serviceaccount name1/default (revision 2, created by ServiceAccount "
        "controller because namespace name1 was created by admin)")


def test_each_version_names_who_made_it_and_what_it_changed() -> None:
    assert timeline(_plane(), "sa/name1/default") == [
        Entry(2.0, 2, "ServiceAccount controller", MANAGER.name, "created", (),
              "for namespace name1 (revision 1, created by admin)"),
        Entry(4.0, 4, "token controller", MANAGER.name, "updated", ("secrets",),
              "after it was created by ServiceAccount controller because namespace name1 was created by admin "
              "(revision 2)")]


def test_a_timeline_prints_as_a_table() -> None:
    assert repr(timeline(_plane(), "ns/name1")) == (
        "namespace name1\n"
        "TIME                  REVISION  WHO    DID      CHANGED  WHY\n"
        "1970-01-01T00:00:01Z  1         admin  created")


def test_the_timeline_of_what_never_was_says_so() -> None:
    assert repr(timeline(_plane(), "pod/name1/web")) == "pod name1/web: nothing is known"


def test_a_timeline_is_a_frame_too() -> None:
    found = timeline(_plane(), "sa/name1/default").frame()
    assert list(found["did"]) == ["created", "updated"]
    assert list(found["time"]) == [pd.Timestamp(2, unit="s", tz="UTC"), pd.Timestamp(4, unit="s", tz="UTC")]
    assert {column: str(dtype) for column, dtype in timeline(_plane(), "pod/a/b").frame().dtypes.items()} == {
        "time": "datetime64[ns, UTC]", "revision": "Int64", "actor": "category", "user": "category", "did": "category",
        "changed": "object", "why": "object"}


def test_a_slice_of_a_timeline_is_one() -> None:
    found = timeline(_plane(), "sa/name1/default")
    assert repr(found[1:]).splitlines()[0] == "serviceaccount name1/default"
    assert [entry.rev for entry in found[1:]] == [4]


def test_a_version_without_a_call_is_of_unknown_origin() -> None:
    cp = _plane()
    cp.store.commit(SECRET, None)
    assert timeline(cp, "secret/name1/default-token-abcde")[-1] == Entry(None, 5, "unknown", "", "wrote", (), "")


@pytest.mark.parametrize("kind", ["sa", "serviceaccount", "serviceaccounts", "ServiceAccount"])
def test_kinds_are_read_in_every_spelling(kind: str) -> None:
    assert parse(f"{kind}/shop/default") == ("serviceaccounts", "shop", "default")


@pytest.mark.parametrize("text", ["thing/a/b", "pod", "pod/web", "pod/a/b/c", "pod//b", "node/a/b"])
def test_what_is_no_reference_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        parse(text)
