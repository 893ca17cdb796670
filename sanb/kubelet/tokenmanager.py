"""The kubelet's token manager: bound tokens, cached until they are due for refresh (SEM 11.3)."""

from __future__ import annotations

import json
from math import inf
from typing import Any, Final, NamedTuple

from sanb.apiserver.client import Api
from sanb.errors import ApiError
from sanb.times import parse
from sanb.values import Obj

MAX_AGE: Final = 24 * 3600
"""A token older than this is refreshed, however long it lives (seconds)."""
JITTER: Final = 10
"""Each check is early by 0 … 9 whole seconds."""
HELD: Final = "held tokens"
"""Under this and a Pod's uid its tokens are kept; no namespace can have that name."""
NO_ENDPOINT: Final = "the server could not find the requested resource"


class TokenError(Exception):
    """No token to be had; the text is what the mount reports."""


class TokenKey(NamedTuple):
    """What makes two requests the same: `lifetime` in seconds, `pod` and `pod_uid` of the bound object.

    `account_uid` (from 1.34) is the precondition on the account's uid; projected volumes never set it.
    """

    account: str
    namespace: str
    audiences: tuple[str, ...]
    lifetime: int
    pod: str
    pod_uid: str
    account_uid: str = ""

    def __str__(self) -> str:
        audiences = "{" + ", ".join(json.dumps(a) for a in self.audiences) + "}" if self.audiences else "(nil)"
        bound = f'v1.BoundObjectReference{{Kind:"Pod", APIVersion:"v1", Name:"{self.pod}", UID:"{self.pod_uid}"}}'
        return f'"{self.account}"/"{self.namespace}"/[]string{audiences}/{self.lifetime}/{bound}'


class Entry(NamedTuple):
    """A token as answered: `text` may be lazy; `expires` in seconds since the epoch; `lifetime` None: for ever."""

    text: Any
    expires: float
    lifetime: int | None


def due(entry: Entry, now: float, jitter: int) -> bool:
    """Whether the token is older than 24 hours or than 80 % of its lifetime, less `jitter` seconds."""
    return now > limit(entry) - jitter


def limit(entry: Entry) -> float:
    """The time after which the token is due whatever is drawn; infinite if it has no lifetime."""
    if entry.lifetime is None:
        return inf
    return min(entry.expires - entry.lifetime + MAX_AGE, entry.expires - entry.lifetime * 20 // 100)


def expired(entry: Entry, now: float) -> bool:
    """Whether the stated lifetime is over; the JWT itself may live longer (SEM 8.4)."""
    return now > entry.expires


async def token(api: Api, key: TokenKey) -> Entry:
    """The token for `key`: from the cache, or by TokenRequest when there is none or it is due.

    Raises:
        TokenError: it could not be fetched and there is no old one that still counts.
    """
    kept: dict[TokenKey, Entry] = api.recall((HELD, key.pod_uid)) or {}
    old = kept.get(key)
    now = api.now
    if old is not None and not due(old, now, api.draw("token-jitter", int(now)) % JITTER):
        return old
    try:
        answer = await api.create("serviceaccounts", key.namespace, request(key), name=key.account, subresource="token")
    except ApiError as error:
        if old is not None and not expired(old, now):
            return old
        raise TokenError(_failure(key, old, error)) from error
    entry = _entry(answer)
    api.keep((HELD, key.pod_uid), {**_living(kept, now), key: entry})
    return entry


def request(key: TokenKey) -> Obj:
    """The TokenRequest for `key`."""
    bound = {"kind": "Pod", "apiVersion": "v1", "name": key.pod, "uid": key.pod_uid}
    spec: Obj = {"audiences": list(key.audiences), "expirationSeconds": key.lifetime, "boundObjectRef": bound}
    body: Obj = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": spec}
    return {**body, "metadata": {"uid": key.account_uid}} if key.account_uid else body


def forget(api: Api, pod_uid: str) -> None:
    """Drop every token bound to a pod that is gone."""
    api.keep((HELD, pod_uid), None)


def _living(kept: dict[TokenKey, Entry], now: float) -> dict[TokenKey, Entry]:
    return {key: entry for key, entry in kept.items() if not expired(entry, now)}


def _entry(answer: Obj) -> Entry:
    status, lifetime = answer["status"], answer["spec"].get("expirationSeconds")
    return Entry(status["token"], parse(status["expirationTimestamp"]), lifetime)


def _failure(key: TokenKey, old: Entry | None, error: ApiError) -> str:
    if error.code == 404 and error.message == NO_ENDPOINT:
        return "the API server does not have TokenRequest endpoints enabled"
    if old is None:
        return f"failed to fetch token: {error.message}"
    return f"token {key} expired and refresh failed: {error.message}"
