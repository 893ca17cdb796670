"""Token controller: legacy token Secrets are filled in, and go with their account (SEM 5.3).

Two queues: accounts, and Secrets of the token type. In minors that auto-generate, an account also gets a token Secret
that it lists. Upstream's retries on conflict wait 10 to 100 ms between tries; here they follow each other at once.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, Final, NamedTuple

from sanb.apiserver.client import Api
from sanb.apiserver.relations import ACCOUNT_NAME, ACCOUNT_UID, TOKEN_TYPE
from sanb.apiserver.tokensecrets import annotated_account, belongs, listed_names
from sanb.controllers.identity import MANAGER, PROCESS
from sanb.errors import ApiError
from sanb.kernel.controller import ALL, Controller, Retry, Watch
from sanb.profiles.profile import Profile
from sanb.values import Lazy, Obj

COMPONENT: Final = "serviceaccount-token-controller"
WORKERS: Final = 5
RETRIES: Final = 10
MAX_NAME_BASE: Final = 58
REMEMBERED: Final = 60.0
"""Seconds for which a Secret that was just made counts although the informer has not heard of it."""
REMOVE_TRIES: Final = 10
ADD_TRIES: Final = 5


class AccountKey(NamedTuple):
    """One incarnation of an account."""

    namespace: str
    name: str
    uid: str


class SecretKey(NamedTuple):
    """One incarnation of a Secret and what its annotations said; `account_uid` may be empty."""

    namespace: str
    name: str
    uid: str
    account: str
    account_uid: str


class Contents(NamedTuple):
    """What token Secrets are filled with."""

    authority: Any
    ca: str

    def token(self, account: Obj, secret: str) -> Lazy:
        """The base64 text of the legacy token in a Secret; signed when somebody reads it."""
        fields = account["metadata"]
        value: Lazy = self.authority.legacy_secret_value(fields["namespace"], secret, fields["name"], fields["uid"])
        return value


def controllers(profile: Profile, authority: Any, seed: int) -> tuple[Controller, ...]:
    """The controllers of the two queues."""
    contents = Contents(authority, b64encode(authority.ca_pem.encode()).decode())
    auto: bool = profile["auto_token_secrets"]
    # without auto-generation an account that is there needs nothing, so only its end matters
    accounts = Watch("serviceaccounts", _account_keys, on=ALL if auto else frozenset({"delete"}))
    secrets = Watch("secrets", _secret_keys)
    return (
        _controller("accounts", accounts, _AccountSync(contents, auto).reconcile, lists=("secrets",)),
        _controller("secrets", secrets, _SecretSync(contents).reconcile, lists=("serviceaccounts",)),
    )


def _controller(queue: str, watch: Watch, reconcile: Any, lists: tuple[str, ...]) -> Controller:
    return Controller(
        name=f"{COMPONENT}/{queue}", component=COMPONENT, process=PROCESS, user=MANAGER, watches=(watch,),
        reconcile=reconcile, workers=WORKERS, retries=RETRIES, lists=lists,
    )


def _account_keys(account: Obj) -> Iterator[AccountKey]:
    fields = account["metadata"]
    yield AccountKey(fields["namespace"], fields["name"], fields["uid"])


def _secret_keys(secret: Obj) -> Iterator[SecretKey]:
    """A Secret that names no account concerns nobody."""
    if secret.get("type") == TOKEN_TYPE:
        fields = secret["metadata"]
        account, uid = annotated_account(secret)
        if account:
            yield SecretKey(fields["namespace"], fields["name"], fields["uid"], account, uid)


def _cached(api: Api, resource: str, namespace: str, name: str, uid: str) -> Obj | None:
    """The cached object if it is that very incarnation; any incarnation for an empty uid."""
    found = api.cached(resource, namespace, name)
    return found if found is not None and (not uid or found["metadata"]["uid"] == uid) else None


def _has_token(api: Api, account: Obj) -> bool:
    """Whether the account lists a Secret that is a token of it."""
    fields = account["metadata"]
    for name in listed_names(account):
        secret = api.cached("secrets", fields["namespace"], name)
        if secret is not None and belongs(secret, fields["name"], fields["uid"]):
            return True
    return False


async def _delete(api: Api, namespace: str, name: str, uid: str) -> None:
    """Delete one incarnation of a Secret; that it is gone already, or is another one, is as good."""
    try:
        await api.delete("secrets", namespace, name, uid=uid)
    except ApiError as error:
        if error.reason not in ("NotFound", "Conflict"):
            raise


# ---------------------------------------------------------------------- accounts


class _AccountSync(NamedTuple):
    contents: Contents
    auto: bool

    async def reconcile(self, api: Api, key: AccountKey) -> None:
        account = _cached(api, "serviceaccounts", *key)
        if account is None:
            await self._delete_tokens(api, key)
        elif self.auto and not _has_token(api, account):
            await self._ensure_token(api, account)

    async def _delete_tokens(self, api: Api, key: AccountKey) -> None:
        """The tokens of an account go with it."""
        failed = False
        for secret in api.cached_by("secrets", "account", (key.namespace, key.name)):
            if not belongs(secret, key.name, key.uid):
                continue
            try:
                await _delete(api, key.namespace, secret["metadata"]["name"], secret["metadata"]["uid"])
            except ApiError:
                failed = True
        if failed:
            raise Retry

    async def _ensure_token(self, api: Api, account: Obj) -> None:
        """Make a token Secret and list it."""
        fields = account["metadata"]
        live = await api.get("serviceaccounts", fields["namespace"], fields["name"])
        if live["metadata"]["resourceVersion"] != fields["resourceVersion"]:
            raise Retry
        try:
            secret = await api.create("secrets", fields["namespace"], self._secret(api, account))
        except ApiError as error:
            if error.has_cause("NamespaceTerminating"):
                return
            raise
        # the update below will be heard of before the creation may be: do not make yet another Secret then
        api.mutated("secrets", secret, REMEMBERED)
        await self._list(api, account, live, secret)

    def _secret(self, api: Api, account: Obj) -> Obj:
        fields = account["metadata"]
        name = f"{fields['name']}-token-"[:MAX_NAME_BASE] + api.suffix("token secret")
        data = {
            "token": self.contents.token(account, name),
            "namespace": b64encode(fields["namespace"].encode()).decode(),
        }
        if self.contents.ca:
            data["ca.crt"] = self.contents.ca
        annotations = {ACCOUNT_NAME: fields["name"], ACCOUNT_UID: fields["uid"]}
        metadata = {"name": name, "namespace": fields["namespace"], "annotations": annotations}
        return {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "data": data, "type": TOKEN_TYPE}

    async def _list(self, api: Api, account: Obj, live: Obj, secret: Obj) -> None:
        """Add the Secret to the account's list, or delete it if that cannot be."""
        fields = secret["metadata"]
        added, failure = await self._add_reference(api, account, live, fields["name"])
        if not added:
            with suppress(ApiError):  # upstream only logs it
                await _delete(api, fields["namespace"], fields["name"], fields["uid"])
        if failure is not None and failure.reason not in ("Conflict", "NotFound"):
            raise failure

    async def _add_reference(self, api: Api, account: Obj, live: Obj, secret: str) -> tuple[bool, ApiError | None]:
        """Whether the account lists the Secret now, and the last error."""
        namespace, name, uid = (account["metadata"][field] for field in ("namespace", "name", "uid"))
        failure: ApiError | None = None
        for attempt in range(ADD_TRIES):
            try:
                if attempt:
                    live = await api.get("serviceaccounts", namespace, name)
                    if live["metadata"]["uid"] != uid or _has_token(api, live):
                        return False, None
                listed = [*(live.get("secrets") or ()), {"name": secret}]
                await api.update("serviceaccounts", {**live, "secrets": listed})
            except ApiError as error:
                failure = error
                if error.reason != "Conflict":
                    return False, error
            else:
                return True, None
        return False, failure


# ---------------------------------------------------------------------- Secrets


class _SecretSync(NamedTuple):
    contents: Contents

    async def reconcile(self, api: Api, key: SecretKey) -> None:
        secret = _cached(api, "secrets", key.namespace, key.name, key.uid)
        if secret is None:
            await self._unlist(api, key)
            return
        account = await self._account(api, key)
        if account is None:
            await _delete(api, key.namespace, key.name, key.uid)
        elif any(self._missing(secret)):
            await self._fill(api, secret, account)

    async def _unlist(self, api: Api, key: SecretKey) -> None:
        """A Secret that is gone leaves the account's list; a failure is only logged upstream."""
        if _cached(api, "serviceaccounts", key.namespace, key.account, key.account_uid) is None:
            return
        for _ in range(REMOVE_TRIES):
            try:
                await self._remove_reference(api, key)
            except ApiError as error:
                if error.reason == "Conflict":
                    continue
            return

    async def _remove_reference(self, api: Api, key: SecretKey) -> None:
        account = await api.get("serviceaccounts", key.namespace, key.account)
        if key.account_uid and key.account_uid != account["metadata"]["uid"]:
            return
        before = account.get("secrets") or ()
        after = [reference for reference in before if reference.get("name") != key.name]
        if len(after) < len(before):
            await api.update("serviceaccounts", {**account, "secrets": after})

    async def _account(self, api: Api, key: SecretKey) -> Obj | None:
        """The account of a Secret, looked for live if the cache does not have it."""
        account = _cached(api, "serviceaccounts", key.namespace, key.account, key.account_uid)
        if account is not None:
            return account
        try:
            account = await api.get("serviceaccounts", key.namespace, key.account)
        except ApiError as error:
            if error.reason == "NotFound":
                return None
            raise
        return account if not key.account_uid or account["metadata"]["uid"] == key.account_uid else None

    def _missing(self, secret: Obj) -> tuple[bool, bool, bool]:
        """Whether ca.crt is wrong, the namespace is empty, the token is empty."""
        data = secret.get("data") or {}
        token = data.get("token")
        # the length of a lazy token would sign it
        no_token = not isinstance(token, Lazy) and not token
        return bool(self.contents.ca) and data.get("ca.crt") != self.contents.ca, not data.get("namespace"), no_token

    async def _fill(self, api: Api, cached: Obj, account: Obj) -> None:
        """Fill in what a Secret lacks, unless it has changed meanwhile: then its event comes."""
        fields = cached["metadata"]
        try:
            live = await api.get("secrets", fields["namespace"], fields["name"])
            if live["metadata"]["resourceVersion"] != fields["resourceVersion"]:
                return
            await api.update("secrets", self._filled(live, account))
        except ApiError as error:
            if error.reason not in ("NotFound", "Conflict"):
                raise

    def _filled(self, secret: Obj, account: Obj) -> Obj:
        no_ca, no_namespace, no_token = self._missing(secret)
        fields, data = secret["metadata"], dict(secret.get("data") or {})
        if no_ca:
            data["ca.crt"] = self.contents.ca
        if no_namespace:
            data["namespace"] = b64encode(fields["namespace"].encode()).decode()
        if no_token:
            data["token"] = self.contents.token(account, fields["name"])
        owner = account["metadata"]
        annotations = {**(fields.get("annotations") or {}), ACCOUNT_NAME: owner["name"], ACCOUNT_UID: owner["uid"]}
        return {**secret, "metadata": {**fields, "annotations": annotations}, "data": data}
