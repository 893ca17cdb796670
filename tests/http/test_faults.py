"""Faults by themselves: which requests they are about, how often, and what they answer."""

from __future__ import annotations

import pytest

from sanb.apiserver.request import Request
from sanb.errors import ApiError
from sanb.http import faults
from sanb.http.faults import Fault

CREATE = Request("create", "pods", "default")
EVICT = Request("create", "pods", "default", "web", "eviction")
LIST = Request("list", "deployments.apps", "default")
VERSION = Request("get", "", path="/version")


@pytest.mark.parametrize(("text", "hit"), [
    ("create pods 500", [True, False, False, False]),
    ("create pods/eviction 500", [False, True, False, False]),
    ("* pods 500", [True, False, False, False]),
    ("create * 500", [True, True, False, False]),
    ("list deployments.apps 500", [False, False, True, False]),
    ("delete pods 500", [False, False, False, False]),
    ("* * 500", [True, True, True, False]),
])
def test_a_fault_is_about_what_it_names(text: str, hit: list[bool]) -> None:
    assert [Fault(text).hits(one) for one in (CREATE, EVICT, LIST, VERSION)] == hit


def test_only_what_fails_is_counted() -> None:
    fault = Fault("create pods 500 2")
    assert [fault.hits(one) for one in (LIST, CREATE, EVICT, CREATE, CREATE)] == [False, True, False, True, False]
    assert fault.left == 0
    always = Fault("create pods 500")
    assert [always.hits(CREATE) for _ in range(3)] == [True] * 3
    assert always.left is None


@pytest.mark.parametrize(("code", "reason"), [*faults.REASONS.items(), (429, "TooManyRequests")])
def test_the_answer_has_the_reason_of_its_code(code: int, reason: str) -> None:
    status = Fault(f"* * {code}").error().status
    assert (status["code"], status["reason"]) == (code, reason)


def test_those_who_come_too_often_are_told_when_to_come_back() -> None:
    assert Fault("* * 429").error().status["details"]["retryAfterSeconds"] == 1


def test_the_first_fault_that_is_about_a_request_answers_it_and_is_the_only_one_counted() -> None:
    found = faults.faults(("create pods 503 1", "* * 500 1"))
    with pytest.raises(ApiError) as first:
        faults.meet(found, CREATE)
    assert (first.value.status["code"], found[1].left) == (503, 1)
    with pytest.raises(ApiError) as second:
        faults.meet(found, CREATE)
    assert second.value.status["code"] == 500
    faults.meet(found, CREATE)
