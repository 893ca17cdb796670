"""ResourceQuota: what is created must fit into the quotas of its namespace, and is added to what they say is used."""

from __future__ import annotations

from typing import Final

from sanb.apiserver import status, usage
from sanb.apiserver.admission import CREATE, UPDATE, Attributes, Plugin
from sanb.apiserver.amounts import plus
from sanb.apiserver.usage import QUOTAS
from sanb.apiserver.validation.quantities import quantity
from sanb.apiserver.view import View
from sanb.errors import ApiError
from sanb.profiles.profile import Profile
from sanb.values import Key, Obj

NAMED: Final = {"1.10": False, "1.23": True}
"""Whether a Pod that does not say what it needs is told for which containers."""
DEMANDED: Final = ("cpu", "limits.cpu", "limits.memory", "memory", "requests.cpu", "requests.memory")
"""What every container must say if a quota is about it."""


def plugin(profile: Profile) -> Plugin:
    """The plugin of a profile; events are nobody's quota."""
    named = profile.pick(NAMED)

    def validate(view: View, attributes: Attributes) -> None:
        if not attributes.namespace or not view.table.count(QUOTAS, attributes.namespace):
            return
        delta = _delta(attributes)
        obj = attributes.obj
        if not delta or obj is None:
            return
        quotas = [one for one in view.scan(QUOTAS, attributes.namespace) if usage.about(one, attributes.resource, obj)]
        if attributes.resource == "pods":
            for quota in quotas:
                _demanded(attributes, quota, obj, named)
        wanted = ((quota, _wanted(quota, delta)) for quota in quotas)
        view.also = tuple(_charged(attributes, quota, some) for quota, some in wanted if some)

    return Plugin("ResourceQuota", validate=validate, but=frozenset({"events"}))


def _delta(attributes: Attributes) -> dict[str, str]:
    """What the request would use more."""
    obj, resource = attributes.obj, attributes.resource
    if obj is None or attributes.subresource:
        return {}
    if attributes.operation == CREATE:
        return {name: value for name, value in usage.of(resource, obj).items() if quantity(value)}
    if attributes.operation != UPDATE or resource not in usage.MEASURED or resource == "pods" or attributes.old is None:
        return {}
    before, after = usage.of(resource, attributes.old), usage.of(resource, obj)
    more = {name: plus(value, before.get(name, "0"), -1) for name, value in after.items()}
    return {name: value for name, value in more.items() if quantity(value) > 0}


def _wanted(quota: Obj, delta: dict[str, str]) -> dict[str, str]:
    """What of it the quota limits, as far as its status says so."""
    hard = (quota.get("status") or {}).get("hard") or {}
    return {name: delta[name] for name in sorted(delta) if name in hard}


def _charged(attributes: Attributes, quota: Obj, wanted: dict[str, str]) -> tuple[Key, Obj]:
    """The quota with what is used more.

    Raises:
        ApiError: 403, it is too much.
    """
    name, state = quota["metadata"]["name"], quota["status"]
    hard, used = state["hard"], state.get("used") or {}
    after = {what: plus(used.get(what, "0"), value) for what, value in wanted.items()}
    over = [what for what in wanted if quantity(after[what]) > quantity(hard[what])]
    if over:
        parts = [("requested", wanted), ("used", used), ("limited", hard)]
        texts = (f"{word}: {','.join(f'{what}={amounts.get(what, 0)}' for what in over)}" for word, amounts in parts)
        raise _refused(attributes, f"exceeded quota: {name}, {', '.join(texts)}")
    new = {**quota, "status": {**state, "used": {**used, **after}}}
    return (QUOTAS, attributes.namespace, name), new


def _demanded(attributes: Attributes, quota: Obj, pod: Obj, named: bool) -> None:
    """Every container must say how much it needs of what a quota is about.

    Raises:
        ApiError: 403, one does not.
    """
    name, hard = quota["metadata"]["name"], (quota.get("status") or {}).get("hard") or {}
    missing: dict[str, list[str]] = {}
    for container in (*(pod["spec"].get("containers") or ()), *(pod["spec"].get("initContainers") or ())):
        resources = container.get("resources") or {}
        for what in DEMANDED:
            field, _, short = what.rpartition(".")
            if what in hard and short not in (resources.get(field or "requests") or {}):
                missing.setdefault(what, []).append(container["name"])
    if missing:
        listed = "; ".join(f"{what} for: {','.join(sorted(missing[what]))}" for what in sorted(missing))
        raise _refused(attributes, f"failed quota: {name}: must specify {listed if named else ','.join(sorted(missing))}")


def _refused(attributes: Attributes, why: str) -> ApiError:
    return status.forbidden(attributes.resource, attributes.admitted_name, why)
