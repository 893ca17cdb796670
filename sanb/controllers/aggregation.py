"""ClusterRole aggregation: roles whose rules are those of other roles, found by label (SEM 6.5)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from sanb.apiserver.bootstraproles import aggregate
from sanb.apiserver.client import Api
from sanb.apiserver.relations import CLUSTER_ROLES
from sanb.controllers.identity import PROCESS, account_user
from sanb.kernel.controller import Controller, Watch
from sanb.profiles.profile import Profile
from sanb.values import Obj

NAME: Final = "clusterrole-aggregation-controller"


def controller(profile: Profile, authority: Any, seed: int) -> Controller:
    """The controller: whatever happens to any ClusterRole, all that are put together of others are looked at again."""
    return Controller(
        name=NAME, component=NAME, process=PROCESS, user=account_user(NAME), reconcile=reconcile,
        watches=(Watch(CLUSTER_ROLES, related=_aggregated),),
    )


def _aggregated(role: Obj, lister: Any) -> Iterator[str]:
    for other in lister.cached_by(CLUSTER_ROLES, "aggregated", True):
        yield other["metadata"]["name"]


async def reconcile(api: Api, key: str) -> None:
    """Give a role the rules that it is made of; what somebody wrote there himself is lost."""
    role = api.cached(CLUSTER_ROLES, "", key)
    if role is None or "aggregationRule" not in role:
        return
    rules = aggregate(role, api.cached_list(CLUSTER_ROLES))
    if rules != (role.get("rules") or []):
        await api.update(CLUSTER_ROLES, {**role, "rules": rules})
