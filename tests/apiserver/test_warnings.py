"""The warning about an annotation that is on its way out."""

from __future__ import annotations

import pytest

from tests.apiserver.alone import Alone, pod

ENFORCE = "kubernetes.io/enforce-mountable-secrets"
TEXT = (
    "metadata.annotations[kubernetes.io/enforce-mountable-secrets]: deprecated in v1.32+;"
    " prefer separate namespaces to isolate access to mounted secrets"
)


PLAIN = {"metadata": {"name": "a", "annotations": {"note": "x"}}}
STRICT = {"metadata": {"name": "a", "annotations": {ENFORCE: "true"}}}


@pytest.mark.parametrize(("minor", "warnings"), [("1.31", ()), ("1.32", (TEXT,)), ("1.36", (TEXT,))])
def test_an_account_that_enforces_its_list_is_warned_of(minor: str, warnings: tuple) -> None:
    """UT-406."""
    assert Alone(minor).ask("create", "serviceaccounts", "shop", body=STRICT).warnings == warnings


def test_other_annotations_are_not_warned_of() -> None:
    assert Alone().ask("create", "serviceaccounts", "shop", body=PLAIN).warnings == ()


def test_an_update_is_warned_of_only_if_it_sets_the_annotation() -> None:
    alone = Alone()
    alone.ask("create", "serviceaccounts", "shop", body=PLAIN)
    assert alone.ask("update", "serviceaccounts", "shop", "a", body=STRICT).warnings == (TEXT,)
    again = {**STRICT, "automountServiceAccountToken": False}
    assert alone.ask("update", "serviceaccounts", "shop", "a", body=again).warnings == ()


def test_a_pod_of_such_an_account_is_not_warned_of() -> None:
    """UT-407."""
    alone = Alone()
    alone.ask("create", "serviceaccounts", "shop", body=STRICT)
    assert alone.ask("create", "pods", "shop", body=pod("p", serviceAccountName="a")).warnings == ()
