"""Defaults of Endpoints, EndpointSlices, Ingresses and NetworkPolicies."""

from __future__ import annotations

from functools import partial
from typing import Final

from sanb.apiserver.defaults.fill import Change, each, every, fill, within
from sanb.profiles.profile import Profile
from sanb.values import Obj

PATH_TYPE: Final = {"1.10": False, "1.18": True}
"""Whether a path of an Ingress in an old version says how it is meant."""
CLASS_SCOPE: Final = {"1.10": False, "1.22": True}
"""Whether the parameters of an IngressClass say where they are (gate IngressClassNamespacedParams)."""
_TCP: Final = {"protocol": "TCP"}
_SLICE_PORT: Final = {"name": "", "protocol": "TCP"}
_BY_NATURE: Final = {"pathType": "ImplementationSpecific"}


def endpoints(obj: Obj) -> Obj:
    """Ports are of TCP."""
    return every(obj, "subsets", partial(every, key="ports", change=partial(fill, defaults=_TCP)))


def endpoint_slice(obj: Obj) -> Obj:
    """Ports are of TCP and have no name."""
    return every(obj, "ports", partial(fill, defaults=_SLICE_PORT))


def ingress(profile: Profile, version: str) -> Change | None:
    """The change that completes an Ingress sent under `version`; None if there is nothing to complete."""
    if not version.endswith("/v1beta1") or not profile.pick(PATH_TYPE):
        return None
    paths = partial(within, key="http", change=partial(every, key="paths", change=partial(fill, defaults=_BY_NATURE)))
    return partial(within, key="spec", change=partial(every, key="rules", change=paths))


def ingress_class(profile: Profile) -> Change | None:
    """The change that completes an IngressClass."""
    if not profile.pick(CLASS_SCOPE):
        return None
    scope = partial(within, key="parameters", change=partial(fill, defaults={"scope": "Cluster"}))
    return partial(within, key="spec", change=scope)


def network_policy(obj: Obj) -> Obj:
    """What a policy is about follows from its rules; ports are of TCP."""
    return within(obj, "spec", _policy)


def _policy(spec: Obj) -> Obj:
    for direction in ("ingress", "egress"):
        if spec.get(direction):
            spec = {**spec, direction: each(spec[direction], _ports)}
    if spec.get("policyTypes"):
        return spec
    return {**spec, "policyTypes": ["Ingress", "Egress"] if spec.get("egress") else ["Ingress"]}


def _ports(rule: Obj) -> Obj:
    return every(rule, "ports", partial(fill, defaults=_TCP))
