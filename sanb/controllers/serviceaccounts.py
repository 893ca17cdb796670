"""ServiceAccount controller: every active namespace has its `default` account (SEM 5.2)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from sanb.apiserver.client import Api
from sanb.controllers.identity import PROCESS, account_user
from sanb.errors import ApiError
from sanb.kernel.controller import Controller, Retry, Watch
from sanb.profiles.profile import Profile
from sanb.values import Obj

NAME: Final = "serviceaccount-controller"
WANTED: Final = ("default",)


def controller(profile: Profile, authority: Any, seed: int, wanted: tuple[str, ...] = WANTED) -> Controller:
    """The controller; `wanted` are the accounts that every namespace shall have."""

    async def reconcile(api: Api, key: str) -> None:
        """Make the accounts that an active namespace lacks."""
        namespace = api.cached("namespaces", "", key)
        if namespace is None or (namespace.get("status") or {}).get("phase") != "Active":
            return
        failed = False
        for name in wanted:
            if api.cached("serviceaccounts", key, name) is None:
                failed |= not await _created(api, key, name)
        if failed:
            raise Retry

    return Controller(
        name=NAME, component=NAME, process=PROCESS, user=account_user("service-account-controller"),
        reconcile=reconcile,
        watches=(
            Watch("namespaces", _name, on=frozenset({"add", "update"})),
            Watch("serviceaccounts", _namespace, on=frozenset({"delete"})),
        ),
    )


def _name(namespace: Obj) -> Iterator[str]:
    yield namespace["metadata"]["name"]


def _namespace(account: Obj) -> Iterator[str]:
    yield account["metadata"]["namespace"]


async def _created(api: Api, namespace: str, name: str) -> bool:
    """Make one account; tells whether that is settled: an account that is there already, or need not come, is."""
    body = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": name, "namespace": namespace}}
    try:
        await api.create("serviceaccounts", namespace, body)
    except ApiError as error:
        return error.reason == "AlreadyExists" or error.has_cause("NamespaceTerminating")
    return True
