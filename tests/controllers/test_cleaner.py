"""Legacy token cleaner: upstream's table 10, and the passes of years."""

from __future__ import annotations

from typing import Any

import pytest

from sanb.apiserver.authn_legacy import INVALID_SINCE, LAST_USED
from sanb.controllers import cleaner
from sanb.controllers.tracking import CONFIG, NAMESPACE
from sanb.errors import ApiError
from sanb.profiles.profile import Profile
from sanb.times import DAY, parse, parse_date
from sanb.values import Obj
from tests.controllers.harness import NOW, Bench

SECRET = "token-secret-1"
TODAY = "2026-01-01"
LOOK = f"get configmaps {NAMESPACE}/{CONFIG}"
MARK, DELETE = f"patch secrets default/{SECRET}", f"delete secrets default/{SECRET}"
TYPE = "kubernetes.io/service-account-token"


def bench_of(cutoff: str = "", minor: str = "1.36", **options: Any) -> Bench:
    """A cleaner whose period is chosen so that now less the period is `cutoff`."""
    profile = Profile.of(minor, {"LegacyServiceAccountTokenCleanUp": True})
    settings = {"period": NOW - (parse_date(cutoff) or 0.0)} if cutoff else {}
    return Bench(profile, cleaner.controller(profile, None, 7, **settings), **options)


def tracked(bench: Bench, since: str | None) -> None:
    fields = {"name": CONFIG, "namespace": NAMESPACE, "uid": "c"}
    bench.known("configmaps", {"metadata": fields, "data": {"other": "x"} if since is None else {"since": since}})


def account(bench: Bench, *references: str, uid: str = "12345") -> None:
    fields = {"name": "default", "namespace": "default", "uid": uid}
    bench.known("serviceaccounts", {"metadata": fields, "secrets": [{"name": name} for name in references]})


def secret(
    bench: Bench, created: str = "2022-12-27", used: str | None = None, invalid: str | None = None, *,
    kind: str = TYPE, deleted: bool = False, uid: str = "12345",
) -> None:
    labels = {key: value for key, value in ((LAST_USED, used), (INVALID_SINCE, invalid)) if value is not None}
    annotations = {"kubernetes.io/service-account.name": "default", "kubernetes.io/service-account.uid": uid}
    fields: Obj = {
        "name": SECRET, "namespace": "default", "uid": "23456", "creationTimestamp": f"{created}T00:00:00Z",
        "annotations": annotations, **({"labels": labels} if labels else {}),
    }
    if deleted:
        fields["deletionTimestamp"] = "2022-12-28T00:00:00Z"
    bench.known("secrets", {"apiVersion": "v1", "kind": "Secret", "metadata": fields, "type": kind})


def passed(bench: Bench) -> list[str]:
    """The calls of one pass, the first one left out, which is always the same."""
    bench.run()
    first, *rest = bench.calls()
    assert first == LOOK
    return rest


def label(bench: Bench) -> str | None:
    found = bench.get("secrets", "default", SECRET)
    assert found is not None
    labels: dict[str, str] = found["metadata"].get("labels") or {}
    return labels.get(INVALID_SINCE)


# ---------------------------------------------------------------------- table 10


def test_without_tracking_nothing_is_cleaned() -> None:
    """UT-193, UT-194."""
    for since in (False, None):
        bench = bench_of("2022-12-28")
        if since is None:
            tracked(bench, None)
        account(bench, SECRET)
        secret(bench, used="2022-12-27")
        assert passed(bench) == []


@pytest.mark.parametrize(("since", "cutoff", "listed", "how"), [
    pytest.param("2022-12-27", "2022-12-29", False, {}, id="UT-198: a manual secret"),
    pytest.param("2022-12-27", "2022-12-29", True, {"created": "2022-12-30"}, id="UT-199: too young"),
    pytest.param("2022-12-27", "2022-12-30", True, {"deleted": True}, id="UT-200: on its way out"),
    pytest.param("2022-12-28", "2022-12-30", True, {"used": "2022-12-27", "invalid": "2023-05-01"},
                 id="UT-212: marked not long ago"),
    pytest.param("2022-12-28", "2022-12-28", True, {}, id="not tracked long enough"),
    pytest.param("2022-12-28", "2022-12-30", True, {"used": "2022-12-30"}, id="used on the last day"),
    pytest.param("2022-12-28", "2022-12-30", True, {"used": "yesterday"}, id="used who knows when"),
    pytest.param("2022-12-28", "2022-12-30", True, {"used": ""}, id="an empty use"),
    pytest.param("2022-12-28", "2022-12-30", True, {"created": "2022-12-30"}, id="created at the cutoff"),
    pytest.param("2022-12-28", "2022-12-30", True, {"uid": "other"}, id="of an account of the past"),
    pytest.param("2022-12-28", "2022-12-30", True, {"kind": "Opaque"}, id="no token"),
    pytest.param("2022-12-28", "2022-12-30", True, {"invalid": "2022-12-30"}, id="marked on the last day"),
])
def test_these_are_left_alone(since: str, cutoff: str, listed: bool, how: dict[str, Any]) -> None:
    bench = bench_of(cutoff)
    tracked(bench, since)
    account(bench, *((SECRET,) if listed else ()))
    secret(bench, **how)
    assert passed(bench) == []


def test_a_token_of_no_account_is_left_alone() -> None:
    """UT-203."""
    bench = bench_of("2022-12-29")
    tracked(bench, "2022-12-27")
    secret(bench)
    assert passed(bench) == []


@pytest.mark.parametrize("used", [None, "2022-12-27"])
def test_an_unused_token_is_marked_first(used: str | None) -> None:
    """UT-206, UT-211: a merge patch with the Secret's uid."""
    bench = bench_of("2022-12-30")
    tracked(bench, "2022-12-28")
    account(bench, SECRET)
    secret(bench, used=used)
    bench.run()
    _, patch = bench.served()
    request = patch.request
    assert (request.verb, request.name, request.options) == ("patch", SECRET, {"patchType": "merge"})
    assert request.body == {"metadata": {"uid": "23456", "labels": {INVALID_SINCE: TODAY}}}
    assert label(bench) == TODAY


@pytest.mark.parametrize("mark", ["", "soon", "2022-12-32"])
def test_a_mark_that_is_no_date_is_made_anew(mark: str) -> None:
    bench = bench_of("2022-12-30")
    tracked(bench, "2022-12-28")
    account(bench, SECRET)
    secret(bench, invalid=mark)
    assert (passed(bench), label(bench)) == ([MARK], TODAY)


def test_a_token_that_was_marked_a_period_ago_is_deleted() -> None:
    """UT-209: with the resourceVersion as precondition, and no uid."""
    bench = bench_of("2023-01-01")
    tracked(bench, "2022-12-28")
    account(bench, SECRET)
    secret(bench, invalid="2022-12-29")
    stored = bench.get("secrets", "default", SECRET)
    assert stored is not None
    bench.run()
    _, delete = bench.served()
    assert delete.request.verb == "delete"
    assert delete.request.body == {"preconditions": {"resourceVersion": stored["metadata"]["resourceVersion"]}}
    assert bench.names("secrets") == []


@pytest.mark.parametrize("spec", [
    {"volumes": [{"name": "v", "secret": {"secretName": SECRET}}]},
    {"volumes": [{"name": "v", "projected": {"sources": [{"secret": {"name": SECRET}}]}}]},
    {"containers": [{"name": "c", "envFrom": [{"secretRef": {"name": SECRET}}]}]},
    {"initContainers": [{"name": "c", "env": [{"name": "E", "valueFrom": {"secretKeyRef": {"name": SECRET, "key": "k"}}}]}]},
    {"imagePullSecrets": [{"name": SECRET}]},
])
def test_a_token_that_a_pod_refers_to_is_left_alone(spec: Obj) -> None:
    """UT-210: whether it runs or not."""
    bench = bench_of("2022-12-29")
    tracked(bench, "2022-12-27")
    account(bench, SECRET)
    secret(bench, used="2022-12-27")
    fields = {"name": "p", "namespace": "default", "uid": "p"}
    bench.known("pods", {"metadata": fields, "spec": {"containers": [], **spec}, "status": {"phase": "Failed"}})
    assert passed(bench) == []


def test_1_28_deletes_at_once() -> None:
    bench = bench_of("2022-12-30", "1.28")
    tracked(bench, "2022-12-28")
    account(bench, SECRET)
    secret(bench)
    assert passed(bench) == [DELETE]


@pytest.mark.parametrize(("minor", "gates", "there"), [
    ("1.27", {}, False), ("1.28", {}, False), ("1.28", {"LegacyServiceAccountTokenCleanUp": True}, True),
    ("1.29", {}, True), ("1.36", {"LegacyServiceAccountTokenCleanUp": False}, False),
])
def test_it_is_on_since_1_29(minor: str, gates: dict[str, bool], there: bool) -> None:
    assert (cleaner.controller(Profile.of(minor, gates), None, 7) is not None) is there


# ---------------------------------------------------------------------- passes


def test_a_pass_comes_every_day_and_what_failed_is_tried_again() -> None:
    failures = iter((ApiError({"code": 500, "message": "no"}),))
    bench = bench_of("2022-12-30", refuse=lambda r: next(failures, None) if r.verb == "patch" else None)
    tracked(bench, "2022-12-28")
    account(bench, SECRET)
    secret(bench)
    bench.run()
    assert bench.calls() == [LOOK, MARK]
    bench.run_for(DAY - 1)
    assert bench.calls() == []
    bench.run_for(1)
    assert (bench.calls(), label(bench)) == ([LOOK, MARK], "2026-01-02")


def test_the_year_begins_on_the_day_after_the_first_of_tracking() -> None:
    """SEM 14.1 item 6: from 00:00 of D+1+365 days."""
    bench = bench_of()
    tracked(bench, TODAY)
    account(bench, SECRET)
    secret(bench)
    bench.run_for(366 * DAY - 1)
    assert label(bench) is None
    bench.run_for(1)
    assert label(bench) == "2027-01-02"
    bench.run_for(parse("2028-01-02T23:59:59Z") - parse("2027-01-02T00:00:00Z"))
    assert bench.names("secrets") == [SECRET]
    bench.run_for(1)
    assert bench.names("secrets") == []
