"""A timeline tells who changed an object, and why."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from sanb.apiserver.request import Request
from sanb.errors import UsageError
from sanb.kernel.journal import Cause, Served
from sanb.store.store import Store
from sanb.views.timeline import Entry, parse, timeline


def test_each_version_names_its_call_its_changes_and_its_cause() -> None:
    store, key = Store({}), ("serviceaccounts", "shop", "default")
    store.commit(key, {"metadata": {"name": "default"}})
    store.commit(key, {"metadata": {"name": "default"}, "secrets": [{"name": "t"}]})
    journal = [Served(1, 1.0, "client", Request("create", key[0]), 201, 1, 1, None, ""),
               Served(2, 2.0, "tokens", Request("update", key[0]), 200, 2, 2, Cause("tokens", "shop/default", 1), "")]
    cp = SimpleNamespace(store=store, world=SimpleNamespace(journal=journal, actions=[]))
    found = timeline(cp, "sa/shop/default")
    assert found == [Entry(1.0, 1, "client", "admin", "create", (), ""),
                     Entry(2.0, 2, "tokens", "admin", "update", ("secrets",), "shop/default at 1")]
    assert repr(found).splitlines()[1] == (
        "1970-01-01T00:00:02Z  2  tokens (admin)  update  secrets  because of shop/default at 1")


@pytest.mark.parametrize("kind", ["sa", "serviceaccount", "serviceaccounts", "ServiceAccount"])
def test_kinds_are_read_in_every_spelling(kind: str) -> None:
    assert parse(f"{kind}/shop/default") == ("serviceaccounts", "shop", "default")


@pytest.mark.parametrize("text", ["thing/a/b", "pod", "pod/a/b/c", "pod//b"])
def test_what_is_no_reference_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        parse(text)
