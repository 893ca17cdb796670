"""Token controller: upstream's tables 1 (no auto-generation) and 2 (auto-generation), conflicts and staleness."""

from __future__ import annotations

from base64 import b64encode
from types import SimpleNamespace
from typing import Any

import pytest

from sanb.apiserver import status
from sanb.controllers import tokens
from sanb.profiles.profile import Profile
from sanb.tokens.authority import Authority
from sanb.values import Lazy
from tests.controllers.harness import NOW, Bench

AUTO, MANUAL = "1.10", "1.36"
NAME, UID = "kubernetes.io/service-account.name", "kubernetes.io/service-account.uid"
AUTHORITY = SimpleNamespace(
    ca_pem="CA Data", legacy_secret_value=lambda *subject: Lazy(lambda *given: b64("ABC"), *subject)
)
GET, UPDATE = "get serviceaccounts default/default", "update serviceaccounts default/default"
GET_SECRET, UPDATE_SECRET = "get secrets default/token-secret-1", "update secrets default/token-secret-1"
DELETE_SECRET = "delete secrets default/token-secret-1"


def b64(text: str) -> str:
    return b64encode(text.encode()).decode()


FULL = {"token": b64("ABC"), "ca.crt": b64("CA Data"), "namespace": b64("default")}


def bench_of(minor: str, retries: int = 10, **options: Any) -> Bench:
    profile = Profile.of(minor)
    made = [one._replace(retries=retries) for one in tokens.controllers(profile, AUTHORITY, 7)]
    return Bench(profile, made, **options)


def account(*secrets: str, uid: str = "12345", **fields: str) -> dict:
    metadata = {"name": "default", "namespace": "default", "uid": uid, **fields}
    made: dict = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": metadata}
    return {**made, "secrets": [{"name": name} for name in secrets]} if secrets else made


def token(*without: str, name: str = "token-secret-1", annotations: dict | None = None, **data: str) -> dict:
    """A token Secret of the account, without some keys, with others."""
    filled = {key: value for key, value in {**FULL, **data}.items() if key not in without}
    annotations = {NAME: "default", UID: "12345"} if annotations is None else annotations
    metadata = {"name": name, "namespace": "default", "uid": "23456", "annotations": annotations}
    kind = "kubernetes.io/service-account-token"
    return {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "type": kind, "data": filled}


def opaque() -> dict:
    metadata = {"name": "regular-secret-1", "namespace": "default", "uid": "r"}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "type": "Opaque"}


def listed(bench: Bench) -> list[str]:
    found = bench.get("serviceaccounts", "default", "default")
    assert found is not None
    return [reference["name"] for reference in found.get("secrets") or ()]


def data_of(bench: Bench, name: str = "token-secret-1") -> dict:
    found = bench.get("secrets", "default", name)
    assert found is not None
    return found["data"]


def generic(calls: list[str]) -> list[str]:
    """The calls with generated names cut off."""
    return [call.split("-token-")[0] for call in calls]


# ---------------------------------------------------------------------- table 1: minors that do not auto-generate


@pytest.mark.parametrize(("references", "secrets"), [
    (["missing-secret-1"], []),  # UT-002
    (["regular-secret-1"], [opaque()]),  # UT-003
    (["token-secret-1"], [token()]),  # UT-004
])
def test_an_account_that_appears_needs_nothing(references: list, secrets: list) -> None:
    """UT-002, UT-003 and UT-004."""
    bench = bench_of(MANUAL)
    for secret in secrets:
        bench.known("secrets", secret)
    bench.happens("serviceaccounts", account(*references))
    bench.run()
    assert bench.calls() == []
    assert bench.quiet()


@pytest.mark.parametrize("retries", [10, 1])
def test_an_account_that_changes_needs_nothing(retries: int) -> None:
    """UT-005 and UT-009."""
    bench = bench_of(MANUAL, retries)
    bench.known("serviceaccounts", account())
    bench.happens("serviceaccounts", account(label="x"))
    bench.run(deliver=False)
    bench.run_for(1.0)
    assert bench.calls() == []


@pytest.mark.parametrize("event", ["add", "update"])
@pytest.mark.parametrize(("without", "wrong"), [
    (["token"], {}),  # UT-016, UT-023
    (["ca.crt"], {}),  # UT-017
    (["namespace"], {}),  # UT-019, UT-026
    ([], {"ca.crt": b64("wrong")}),  # UT-025
])
def test_an_incomplete_secret_is_filled_in(event: str, without: list, wrong: dict) -> None:
    """UT-016, UT-017, UT-019, UT-023, UT-025 and UT-026."""
    bench = bench_of(MANUAL)
    bench.known("serviceaccounts", account())
    if event == "update":
        bench.known("secrets", token())
    bench.happens("secrets", token(*without, **wrong))
    bench.run()
    assert bench.calls() == [GET_SECRET, UPDATE_SECRET]
    assert data_of(bench) == FULL
    assert bench.quiet()


def test_a_namespace_of_ones_own_is_kept() -> None:
    """UT-020."""
    bench = bench_of(MANUAL)
    bench.known("serviceaccounts", account())
    bench.happens("secrets", token(namespace=b64("custom")))
    bench.run()
    assert bench.calls() == []


def test_a_wrong_token_is_not_repaired() -> None:
    bench = bench_of(MANUAL)
    bench.known("serviceaccounts", account())
    bench.happens("secrets", token(token=b64("wrong")))
    bench.run()
    assert bench.calls() == []


def test_a_secret_without_account_is_deleted_after_a_live_look() -> None:
    """UT-021."""
    bench = bench_of(MANUAL)
    bench.known("secrets", token())
    bench.happens("secrets", token())
    bench.run()
    served = bench.served()
    assert [entry.request.verb for entry in served] == ["get", "delete"]
    assert served[1].request.body == {"preconditions": {"uid": "23456"}}
    assert bench.names("secrets") == []


def test_a_deleted_secret_of_nobody_makes_no_call() -> None:
    """UT-028."""
    bench = bench_of(MANUAL)
    bench.known("secrets", token())
    bench.vanishes("secrets", "default", "token-secret-1")
    bench.run()
    assert bench.calls() == []


def test_a_deleted_account_queues_exactly_its_own_key() -> None:
    """UT-031."""
    bench = bench_of(MANUAL)
    bench.known("serviceaccounts", account())
    bench.vanishes("serviceaccounts", "default", "default")
    bench.world.step(bench.world.first())
    queue = bench.world.workers["serviceaccount-token-controller/accounts"].queue
    assert queue.waiting == (("default", "default", "12345"),)


def test_the_tokens_of_a_deleted_account_go_with_it() -> None:
    """Those that say no uid too; those of an earlier incarnation stay for their own events."""
    bench = bench_of(MANUAL)
    bench.known("serviceaccounts", account())
    bench.known("secrets", token(name="a"))
    bench.known("secrets", token(name="b", annotations={NAME: "default"}))
    bench.known("secrets", token(name="c", annotations={NAME: "default", UID: "before"}))
    bench.known("secrets", token(name="d", annotations={NAME: "other"}))
    bench.vanishes("serviceaccounts", "default", "default")
    bench.run(deliver=True)
    assert bench.calls() == ["delete secrets default/a", "delete secrets default/b"]


def test_a_recreated_account_loses_the_tokens_of_the_old_one() -> None:
    bench = bench_of(MANUAL)
    bench.known("serviceaccounts", account())
    bench.known("secrets", token())
    bench.vanishes("serviceaccounts", "default", "default")
    bench.happens("serviceaccounts", account(uid="new"))
    bench.run()
    assert bench.calls() == [DELETE_SECRET]


@pytest.mark.parametrize("minor", [AUTO, MANUAL])
def test_a_deleted_secret_leaves_the_list_of_its_account(minor: str) -> None:
    bench = bench_of(minor)
    bench.known("serviceaccounts", account("token-secret-1", "other", "token-secret-1"))
    bench.known("secrets", token())
    bench.known("secrets", token(name="other"))
    bench.vanishes("secrets", "default", "token-secret-1")
    bench.run()
    assert bench.calls() == [GET, UPDATE]
    assert listed(bench) == ["other"]


def test_conflicts_while_removing_a_reference_are_tried_ten_times() -> None:
    bench = bench_of(MANUAL, refuse=lambda r: status.conflict(r.resource, r.name) if r.verb == "update" else None)
    bench.known("serviceaccounts", account("token-secret-1"))
    bench.known("secrets", token())
    bench.vanishes("secrets", "default", "token-secret-1")
    bench.run()
    assert bench.calls() == [GET, UPDATE] * 10


def test_a_secret_renamed_to_another_account_is_deleted_if_the_uid_stays() -> None:
    bench = bench_of(MANUAL)
    bench.known("serviceaccounts", account())
    other = account(uid="54321")
    bench.known("serviceaccounts", {**other, "metadata": {**other["metadata"], "name": "other"}})
    bench.known("secrets", token())
    bench.happens("secrets", token(annotations={NAME: "other", UID: "12345"}))
    bench.run()
    assert bench.calls() == ["get serviceaccounts default/other", DELETE_SECRET]


def test_a_secret_that_changed_meanwhile_waits_for_its_event() -> None:
    bench = bench_of(MANUAL)
    bench.known("serviceaccounts", account())
    bench.happens("secrets", token("token"))
    bench.world.step(bench.world.first())
    bench.happens("secrets", token("token", "namespace"))
    bench.run(deliver=False)
    assert bench.calls() == [GET_SECRET]
    bench.run()
    assert bench.calls() == [GET_SECRET, UPDATE_SECRET]


# ---------------------------------------------------------------------- table 2: minors that auto-generate

ROUND = [GET, "create secrets default/default"]


@pytest.mark.parametrize("event", ["add", "update"])
@pytest.mark.parametrize(("references", "secrets"), [
    ([], []),
    (["missing-secret-1"], []),  # UT-035, UT-041
    (["regular-secret-1"], [opaque()]),  # UT-037
    (["token-secret-1"], [token(annotations={NAME: "default", UID: "before"})]),
])
def test_an_account_without_a_listed_token_gets_one(event: str, references: list, secrets: list) -> None:
    """UT-035, UT-037 and UT-041: what was listed stays listed."""
    bench = bench_of(AUTO)
    for secret in secrets:
        bench.known("secrets", secret)
    if event == "update":
        bench.known("serviceaccounts", account(*references))
    bench.happens("serviceaccounts", account(*references))
    bench.run()
    assert generic(bench.calls()) == [*ROUND, UPDATE]
    assert listed(bench)[:-1] == references
    made = bench.get("secrets", "default", listed(bench)[-1])
    assert made is not None
    assert made["metadata"]["name"].startswith("default-token-")
    assert made["metadata"]["annotations"] == {NAME: "default", UID: "12345"}
    assert (made["type"], made["data"]) == ("kubernetes.io/service-account-token", FULL)
    assert bench.quiet()


def test_a_listed_token_is_enough() -> None:
    """UT-043."""
    bench = bench_of(AUTO)
    bench.known("secrets", token())
    bench.known("serviceaccounts", account("token-secret-1"))
    bench.happens("serviceaccounts", account("token-secret-1"))
    bench.run()
    assert bench.calls() == []


def test_two_refusals_mean_three_names_and_one_token() -> None:
    """UT-033."""
    left = [2]

    def refuse(request: Any) -> Any:
        if request.verb != "create" or not left[0]:
            return None
        left[0] -= 1
        return status.forbidden("secrets", "", "no")

    bench = bench_of(AUTO, refuse=refuse)
    bench.happens("serviceaccounts", account())
    bench.run_for(10.0)
    calls = bench.calls()
    assert generic(calls) == [*ROUND, *ROUND, *ROUND, UPDATE]
    names = [call for call in calls if call.startswith("create")]
    assert len(dict.fromkeys(names)) == 3
    assert [f"create secrets default/{name}" for name in listed(bench)] == names[2:]


def test_refusals_end_with_the_retries() -> None:
    """UT-034."""
    error = status.forbidden("secrets", "", "no")
    bench = bench_of(AUTO, 2, refuse=lambda request: error if request.verb == "create" else None)
    bench.happens("serviceaccounts", account())
    bench.run_for(60.0)
    calls = bench.calls()
    assert generic(calls) == ROUND * 3
    assert len(dict.fromkeys(calls)) == 4
    assert bench.quiet()


def test_a_stale_cache_makes_no_second_token() -> None:
    """UT-044."""
    bench = bench_of(AUTO, 1)
    bench.happens("serviceaccounts", account())
    bench.world.step(bench.world.first())
    bench.happens("serviceaccounts", account(label="x"))
    bench.run(deliver=False)
    assert bench.calls() == [GET, GET]
    assert bench.names("secrets") == []


def test_the_own_update_heard_before_the_own_secret_makes_no_second_token() -> None:
    """The race that upstream's mutation cache is for."""
    bench = bench_of(AUTO)
    bench.happens("serviceaccounts", account())
    while not bench.names("secrets") or not listed(bench):
        bench.world.step(bench.world.first())
    while (action := next((a for a in bench.world.enabled() if "secrets" not in a.actor), None)) is not None:
        bench.world.step(action)
    assert len(bench.names("secrets")) == 1
    bench.run()
    assert len(bench.names("secrets")) == 1


def test_a_deleted_token_is_replaced_by_one_of_another_name() -> None:
    bench = bench_of(AUTO)
    bench.happens("serviceaccounts", account())
    bench.run()
    (before,) = listed(bench)
    bench.ask("delete", "secrets", "default", before)
    bench.run()
    (after,) = listed(bench)
    assert after != before
    assert bench.names("secrets") == [after]


def test_a_token_that_cannot_be_listed_is_deleted_again() -> None:
    bench = bench_of(AUTO, refuse=lambda r: status.conflict(r.resource, r.name) if r.verb == "update" else None)
    bench.happens("serviceaccounts", account())
    bench.world.step(bench.world.first())
    bench.run(deliver=False)
    calls = generic(bench.calls())
    assert calls == [*ROUND, UPDATE, *[GET, UPDATE] * 4, "delete secrets default/default"]
    assert bench.names("secrets") == []


def test_a_terminating_namespace_ends_the_attempts() -> None:
    error = status.forbidden("secrets", "", "terminated", [{"reason": "NamespaceTerminating"}])
    bench = bench_of("1.23", refuse=lambda request: error if request.verb == "create" else None)
    bench.happens("serviceaccounts", account())
    bench.run()
    assert generic(bench.calls()) == ROUND


def test_a_token_is_signed_only_when_somebody_reads_it() -> None:
    profile = Profile.of(AUTO)
    authority = Authority.make(profile, 7, NOW, keys="seeded")
    bench = Bench(profile, tokens.controllers(profile, authority, 7), authority=authority)
    bench.happens("serviceaccounts", account())
    bench.run()
    value = data_of(bench, listed(bench)[0])["token"]
    assert isinstance(value, Lazy)
    assert value._text is None
