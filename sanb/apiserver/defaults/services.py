"""Defaults of Services; addresses and IP families are not defaults but allocated."""

from __future__ import annotations

from functools import partial
from typing import Any, Final

from sanb.apiserver.defaults.containers import port
from sanb.apiserver.defaults.fill import Change, every, fill, within
from sanb.profiles.profile import Profile
from sanb.values import Obj

_SPEC: Final = {"sessionAffinity": "None", "type": "ClusterIP"}
_CLIENT_IP: Final = {"clientIP": {"timeoutSeconds": 10800}}
_OUTSIDE: Final = {"externalTrafficPolicy": "Cluster"}
_INSIDE: Final = {"internalTrafficPolicy": "Cluster"}
BY_TYPE: Final[dict[str, dict[str, dict[str, Any]]]] = {
    "1.10": {"NodePort": _OUTSIDE, "LoadBalancer": _OUTSIDE},
    "1.22": {
        "ClusterIP": _INSIDE,
        "NodePort": {**_INSIDE, **_OUTSIDE},
        "LoadBalancer": {**_INSIDE, **_OUTSIDE, "allocateLoadBalancerNodePorts": True},
    },
}
_INGRESS_MODE: Final[dict[str, dict[str, Any]]] = {"1.10": {}, "1.30": {"ipMode": "VIP"}}


def service(profile: Profile) -> Change:
    """The change that completes a Service of this minor."""
    spec = partial(_spec, by_type=profile.pick(BY_TYPE))
    mode = profile.pick(_INGRESS_MODE)

    def change(obj: Obj) -> Obj:
        obj = within(obj, "spec", spec)
        return within(obj, "status", partial(_status, mode=mode)) if mode and obj.get("status") else obj

    return change


def _spec(spec: Obj, by_type: dict[str, dict[str, Any]]) -> Obj:
    spec = fill(spec, _SPEC)
    if spec["sessionAffinity"] == "ClientIP":
        spec = within(fill(spec, {"sessionAffinityConfig": _CLIENT_IP}), "sessionAffinityConfig", _affinity)
    elif spec["sessionAffinity"] == "None" and "sessionAffinityConfig" in spec:
        spec = {key: value for key, value in spec.items() if key != "sessionAffinityConfig"}
    return fill(every(spec, "ports", _port), by_type.get(spec["type"], {}))


def _affinity(config: Obj) -> Obj:
    return within(fill(config, _CLIENT_IP), "clientIP", partial(fill, defaults=_CLIENT_IP["clientIP"]))


def _port(obj: Obj) -> Obj:
    obj = port(obj)
    return obj if obj.get("targetPort") else {**obj, "targetPort": obj.get("port", 0)}


def _status(obj: Obj, mode: Obj) -> Obj:
    return within(obj, "loadBalancer", lambda balancer: every(balancer, "ingress", partial(_ingress, mode=mode)))


def _ingress(obj: Obj, mode: Obj) -> Obj:
    return fill(obj, mode) if obj.get("ip") else obj
