"""The token manager: upstream's cases (UT-236 to UT-263) and what SEM 11.3 adds."""

from __future__ import annotations

from collections.abc import Awaitable, Hashable
from math import inf
from typing import Any

import pytest

from sanb.errors import ApiError
from sanb.kubelet.tokenmanager import HELD, Entry, TokenError, TokenKey, due, forget, limit, request, token
from sanb.times import rfc3339
from sanb.values import Obj

START = 1_767_225_600.0
HOUR = 3600
FOO = TokenKey("foo-sa", "foo-ns", ("foo1", "foo2"), 2000, "foo-pod", "foo-uid")


class FakeApi:
    """Memory, clock and a token endpoint that counts its calls; the jitter drawn is 0."""

    def __init__(self, lifetime: int | None = HOUR) -> None:
        self.now = START
        self.lifetime = lifetime
        self.calls = 0
        self.broken: ApiError | None = None
        self.memory: dict[Hashable, Any] = {}

    def recall(self, key: Hashable) -> Any:
        return self.memory.get(key)

    def keep(self, key: Hashable, value: Any) -> None:
        if value is None:
            self.memory.pop(key, None)
        else:
            self.memory[key] = value

    def draw(self, *key: object) -> int:
        return 0

    async def create(self, resource: str, namespace: str, body: Obj, *, name: str, subresource: str) -> Obj:
        assert (resource, subresource) == ("serviceaccounts", "token")
        self.calls += 1
        if self.broken is not None:
            raise self.broken
        spec: Obj = {} if self.lifetime is None else {"expirationSeconds": self.lifetime}
        expires = rfc3339(self.now + (self.lifetime or HOUR))
        return {"spec": spec, "status": {"token": f"{name}-{self.calls}", "expirationTimestamp": expires}}


def get(api: FakeApi, key: TokenKey = FOO) -> Any:
    return finish(token(api, key)).text  # type: ignore[arg-type]


def finish(work: Awaitable[Any]) -> Any:
    try:
        work.__await__().send(None)  # type: ignore[attr-defined]
    except StopIteration as stop:
        return stop.value
    raise AssertionError("the fake never waits")


def refusal(message: str, code: int = 404) -> ApiError:
    return ApiError({"code": code, "message": message})


def test_a_second_request_at_once_is_served_from_the_cache() -> None:
    api = FakeApi()
    assert (get(api), get(api), api.calls) == ("foo-sa-1", "foo-sa-1", 1)


@pytest.mark.parametrize(
    ("lifetime", "later", "calls"),
    [
        pytest.param(HOUR, 50 * 60, 2, id="UT-236: a token of one hour after 50 minutes"),
        pytest.param(40 * HOUR, 25 * HOUR, 2, id="UT-237: a token of 40 hours after 25 hours"),
        pytest.param(HOUR, 47 * 60, 1, id="a token of one hour after 47 minutes"),
        pytest.param(40 * HOUR, 23 * HOUR, 1, id="a token of 40 hours after 23 hours"),
    ],
)
def test_a_token_is_refreshed_when_it_is_due(lifetime: int, later: int, calls: int) -> None:
    api = FakeApi(lifetime)
    get(api)
    api.now += later
    get(api)
    assert api.calls == calls


def test_every_uid_of_the_account_has_its_own_entry() -> None:
    """UT-239, UT-263."""
    api = FakeApi()
    get(api)
    get(api)
    assert api.calls == 1
    get(api, FOO._replace(account_uid="uid-1"))
    assert api.calls == 2
    get(api, FOO._replace(account_uid="uid-2"))
    assert api.calls == 3


@pytest.mark.parametrize(
    ("lifetime", "later", "expected"),
    [
        pytest.param(HOUR, 50 * 60, True, id="UT-242"),
        pytest.param(60 * HOUR, 25 * HOUR, True, id="UT-243"),
        pytest.param(HOUR, 70 * 60, True, id="UT-244"),
        pytest.param(None, 0, False, id="UT-245"),
        pytest.param(3607, 2886, False, id="3607 s: at the limit"),
        pytest.param(3607, 2886.5, True, id="3607 s: after the limit"),
    ],
)
def test_due_for_refresh(lifetime: int | None, later: float, expected: bool) -> None:
    entry = Entry("t", START + (lifetime or HOUR), lifetime)
    assert due(entry, START + later, 0) is expected


def test_jitter_makes_a_check_earlier() -> None:
    entry = Entry("t", START + 3607, 3607)
    assert due(entry, START + 2878, 9)
    assert not due(entry, START + 2877, 9)


def test_a_token_without_a_lifetime_has_no_limit() -> None:
    assert limit(Entry("t", START, None)) == inf


@pytest.mark.parametrize(
    ("broken_first", "removed", "left"),
    [
        pytest.param(None, ("uid-1", "uid-3"), ["uid-2"], id="UT-248"),
        pytest.param(None, ("uid-1", "uid-2", "uid-3"), [], id="UT-249"),
        pytest.param(False, ("uid-2",), ["uid-1", "uid-3"], id="UT-251"),
        pytest.param(True, (), ["uid-1", "uid-2", "uid-3", "uid-4"], id="UT-252"),
        pytest.param(True, ("uid-1",), ["uid-2", "uid-3", "uid-4"], id="UT-254"),
    ],
)
def test_tokens_of_removed_pods_are_dropped(
    broken_first: bool | None, removed: tuple[str, ...], left: list[str]
) -> None:
    """`broken_first`: a request for a fourth Pod fails, and (True) then succeeds."""
    api = FakeApi()
    for uid in ("uid-1", "uid-2", "uid-3"):
        get(api, FOO._replace(pod_uid=uid))
    if broken_first is not None:
        api.broken = refusal("not now", 500)
        with pytest.raises(TokenError):
            get(api, FOO._replace(pod_uid="uid-4"))
        api.broken = None
        if broken_first:
            get(api, FOO._replace(pod_uid="uid-4"))
    for uid in removed:
        forget(api, uid)  # type: ignore[arg-type]
    assert sorted(uid for _, uid in api.memory) == left  # type: ignore[misc]


def test_a_look_up_hits_only_the_same_request() -> None:
    """UT-258, UT-259."""
    api = FakeApi()
    get(api)
    assert (get(api, TokenKey(*FOO)), api.calls) == ("foo-sa-1", 1)
    assert (get(api, FOO._replace(lifetime=2001)), api.calls) == ("foo-sa-2", 2)


def test_a_failure_without_an_old_token_is_told() -> None:
    api = FakeApi()
    api.broken = refusal('serviceaccounts "foo-sa" not found')
    with pytest.raises(TokenError, match=r'^failed to fetch token: serviceaccounts "foo-sa" not found$'):
        get(api)


def test_a_failed_refresh_keeps_a_token_that_still_counts() -> None:
    api = FakeApi()
    get(api)
    api.now += 50 * 60
    api.broken = refusal('serviceaccounts "foo-sa" not found')
    assert (get(api), api.calls) == ("foo-sa-1", 2)


def test_a_failed_refresh_of_an_expired_token_names_the_key() -> None:
    api = FakeApi()
    get(api)
    api.now += 61 * 60
    api.broken = refusal("no")
    with pytest.raises(TokenError) as caught:
        get(api)
    assert str(caught.value) == (
        'token "foo-sa"/"foo-ns"/[]string{"foo1", "foo2"}/2000/v1.BoundObjectReference{Kind:"Pod", APIVersion:"v1", '
        'Name:"foo-pod", UID:"foo-uid"} expired and refresh failed: no'
    )


def test_an_api_without_the_endpoint_is_named() -> None:
    api = FakeApi()
    api.broken = refusal("the server could not find the requested resource")
    with pytest.raises(TokenError, match=r"^the API server does not have TokenRequest endpoints enabled$"):
        get(api)


def test_expired_entries_are_dropped_when_another_token_comes() -> None:
    api = FakeApi()
    get(api)
    api.now += 2 * HOUR
    other = FOO._replace(audiences=())
    get(api, other)
    assert list(api.memory[(HELD, "foo-uid")]) == [other]


def test_the_request_is_bound_to_the_pod() -> None:
    assert request(FOO) == {
        "apiVersion": "authentication.k8s.io/v1",
        "kind": "TokenRequest",
        "spec": {
            "audiences": ["foo1", "foo2"],
            "expirationSeconds": 2000,
            "boundObjectRef": {"kind": "Pod", "apiVersion": "v1", "name": "foo-pod", "uid": "foo-uid"},
        },
    }
    assert request(FOO._replace(account_uid="u"))["metadata"] == {"uid": "u"}
