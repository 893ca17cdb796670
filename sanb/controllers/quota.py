"""Quota controller: counts what a namespace uses, into the status of its ResourceQuotas."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

from sanb.apiserver import usage
from sanb.apiserver.amounts import total
from sanb.apiserver.client import Api
from sanb.apiserver.resources import served
from sanb.apiserver.usage import QUOTAS
from sanb.apiserver.validation.quantities import quantity
from sanb.controllers.identity import PROCESS, account_user
from sanb.errors import ApiError
from sanb.kernel.controller import Controller, Watch
from sanb.profiles.profile import Profile
from sanb.values import Obj

NAME: Final = "resourcequota-controller"
WORKERS: Final = 5
IGNORED: Final = ("events", QUOTAS)
Key = tuple[str, str]
"""(namespace, name) of a quota."""


def controller(profile: Profile, authority: object, seed: int) -> Controller:
    """The controller of a profile. What is created is counted by admission; it counts what goes, and what was there."""
    counted = tuple(row.id for row in served(profile).values() if row.namespaced and row.id not in IGNORED)
    own = Watch(QUOTAS, _itself, on=frozenset({"add", "update"}), changed=_limits_changed)
    gone = tuple(Watch(resource, related=_quotas, on=frozenset({"delete"})) for resource in counted)
    less = tuple(
        Watch(resource, related=_quotas, on=frozenset({"update"}), changed=changed)
        for resource, changed in (("pods", _ended), ("services", _other_spec), ("persistentvolumeclaims", _other_spec))
    )
    return Controller(
        NAME, NAME, PROCESS, account_user("resourcequota-controller"), watches=(own, *gone, *less),
        reconcile=_reconciler(frozenset(counted)), workers=WORKERS,
    )


def _itself(quota: Obj) -> Iterator[Key]:
    yield quota["metadata"]["namespace"], quota["metadata"]["name"]


def _quotas(obj: Obj, lister: Any) -> Iterable[Key]:
    """The quotas of an object's namespace."""
    return [key for quota in lister.cached_list(QUOTAS, obj["metadata"]["namespace"]) for key in _itself(quota)]


def _limits_changed(old: Obj, new: Obj) -> bool:
    return old.get("spec") is not new.get("spec") and old.get("spec") != new.get("spec")


def _ended(old: Obj, new: Obj) -> bool:
    """Whether a Pod has stopped using what it used."""
    before, after = old.get("status") or {}, new.get("status") or {}
    return after.get("phase") in usage.ENDED and before.get("phase") not in usage.ENDED


def _other_spec(old: Obj, new: Obj) -> bool:
    return old.get("spec") is not new.get("spec") and old.get("spec") != new.get("spec")


def _reconciler(counted: frozenset[str]) -> Callable[[Api, Key], Any]:
    async def reconcile(api: Api, key: Key) -> None:
        """Count anew, and say so if it is something new."""
        namespace, name = key
        found = (await api.list(QUOTAS, namespace, fieldSelector=f"metadata.name={name}"))["items"]
        if not found:
            return
        quota, state = found[0], found[0].get("status") or {}
        hard = (quota.get("spec") or {}).get("hard") or {}
        used = await _used(api, quota, hard, counted)
        if state.get("hard") == hard and state.get("used") == used:
            return
        try:
            await api.update(QUOTAS, {**quota, "status": {"hard": hard, "used": used}}, subresource="status")
        except ApiError as error:
            if error.code != 404:
                raise

    return reconcile


async def _used(api: Api, quota: Obj, hard: Obj, counted: frozenset[str]) -> dict[str, str]:
    """What is used of all that the quota limits.

    It is counted after the quota was read: whatever is created meanwhile changes the quota, so that the update conflicts.
    """
    namespace = quota["metadata"]["namespace"]
    found: dict[str, str] = {}
    for resource in dict.fromkeys(usage.resource_of(name) for name in hard):
        if resource != QUOTAS and resource not in counted:
            continue
        items = (await api.list(resource, namespace))["items"]
        objects = [one for one in items if usage.about(quota, resource, one)]
        found |= total(usage.of(resource, one) for one in objects)
    return {name: found.get(name, "0") if quantity(found.get(name, "0")) else "0" for name in hard}
