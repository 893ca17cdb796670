"""Legacy token cleaner: generated Secrets that nobody used for a year are marked, and a year later deleted (SEM 5.6)."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from sanb.apiserver.authn_legacy import INVALID_SINCE, LAST_USED
from sanb.apiserver.client import Api
from sanb.apiserver.relations import TOKEN_TYPE
from sanb.apiserver.tokensecrets import annotated_account, belongs, listed_names
from sanb.controllers.identity import PROCESS, account_user
from sanb.controllers.tracking import CONFIG, NAMESPACE, SINCE
from sanb.errors import ApiError
from sanb.kernel.controller import Controller, Upkeep
from sanb.profiles.profile import Profile
from sanb.times import DAY, date, parse, parse_date
from sanb.values import Obj

NAME: Final = "legacy-serviceaccount-token-cleaner-controller"
KEY: Final = "clean"
PERIOD: Final = 365 * DAY
"""So long a Secret may stay unused, and then stay marked."""
INTERVAL: Final = DAY


class Cleaner(NamedTuple):
    """Passes over all Secrets. `marks`: what is unused is marked first; without, it is deleted at once (1.28)."""

    marks: bool
    period: float
    interval: float

    async def reconcile(self, api: Api, key: str) -> Upkeep:
        """One pass."""
        if await self._tracked_long_enough(api):
            for secret in api.cached_list("secrets"):
                if self._stale(api, secret):
                    await self._clean(api, secret)
        return Upkeep(self.interval)

    async def _tracked_long_enough(self, api: Api) -> bool:
        """Whether uses have been noted for a whole period, from the day after the first."""
        try:
            config = await api.get("configmaps", NAMESPACE, CONFIG)
        except ApiError:
            return False
        since = parse_date((config.get("data") or {}).get(SINCE) or "")
        return since is not None and api.now >= since + DAY + self.period

    def _stale(self, api: Api, secret: Obj) -> bool:
        """Whether a Secret is an auto-generated token that nobody used or mounted in the period."""
        fields, cutoff = secret["metadata"], api.now - self.period
        return (
            secret.get("type") == TOKEN_TYPE
            and parse(fields["creationTimestamp"]) < cutoff
            and "deletionTimestamp" not in fields
            and _unused(fields.get("labels") or {}, date(cutoff))
            and _auto_generated(api, secret)
            and not api.count_by("pods", "secret", (fields["namespace"], fields["name"]))
        )

    async def _clean(self, api: Api, secret: Obj) -> None:
        """Mark a Secret, or delete one that was marked a period ago; what fails is tried again in the next pass."""
        fields = secret["metadata"]
        since = (fields.get("labels") or {}).get(INVALID_SINCE) or ""
        try:
            if self.marks and parse_date(since) is None:
                body = {"metadata": {"uid": fields["uid"], "labels": {INVALID_SINCE: date(api.now)}}}
                await api.patch("secrets", fields["namespace"], fields["name"], body)
            elif not self.marks or since < date(api.now - self.period):
                version = fields["resourceVersion"]
                await api.delete("secrets", fields["namespace"], fields["name"], resource_version=version)
        except ApiError:
            return


def _unused(labels: Obj, cutoff: str) -> bool:
    """Whether the last use was before a date; a label that is no date says nothing, and then nothing is done."""
    if LAST_USED not in labels:
        return True
    return parse_date(labels[LAST_USED]) is not None and labels[LAST_USED] < cutoff


def _auto_generated(api: Api, secret: Obj) -> bool:
    """Whether an account of these days lists the Secret, which manual ones are not."""
    name, _ = annotated_account(secret)
    fields = secret["metadata"]
    account = api.cached("serviceaccounts", fields["namespace"], name) if name else None
    if account is None or not belongs(secret, name, account["metadata"]["uid"]):
        return False
    return fields["name"] in listed_names(account)


def controller(
    profile: Profile, authority: Any, seed: int, *, period: float = PERIOD, interval: float = INTERVAL
) -> Controller | None:
    """The controller; None where the minor has none, or it is off."""
    if not profile["cleaner"]:
        return None
    cleaner = Cleaner(profile["invalid_since"], period, interval)
    return Controller(
        name=NAME, component=NAME, process=PROCESS, user=account_user("legacy-service-account-token-cleaner"),
        watches=(), reconcile=cleaner.reconcile, lists=("secrets", "serviceaccounts", "pods"), on_start=(KEY,),
    )
