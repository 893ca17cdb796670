"""Defaults of Pods and of Pod templates."""

from __future__ import annotations

from functools import partial
from typing import Any, Final

from sanb.apiserver.defaults.containers import container, host_ports, request_limits
from sanb.apiserver.defaults.fill import Change, each, fill, put, within
from sanb.apiserver.defaults.volumes import volume
from sanb.profiles.profile import Profile
from sanb.values import Obj

_SPEC: Final = {
    "restartPolicy": "Always",
    "terminationGracePeriodSeconds": 30,
    "dnsPolicy": "ClusterFirst",
    "securityContext": {},
    "schedulerName": "default-scheduler",
}
SERVICE_LINKS: Final[dict[str, dict[str, Any]]] = {"1.10": {}, "1.13": {"enableServiceLinks": True}}
"""What Pods have besides, and templates have not."""
HOST_PORTS_IN_TEMPLATES: Final = {"1.10": True, "1.28": False}
_LISTS: Final = ("initContainers", "ephemeralContainers")


def pod(profile: Profile) -> Change:
    """The change that completes a Pod of this minor."""
    defaults = {**_SPEC, **profile.pick(SERVICE_LINKS)}
    spec = partial(_pod_spec, defaults=defaults)
    return partial(within, key="spec", change=spec)


def template(profile: Profile) -> Change:
    """The change that completes a Pod template of this minor."""
    spec = partial(_spec, defaults=_SPEC, on_host=profile.pick(HOST_PORTS_IN_TEMPLATES))
    return partial(within, key="spec", change=spec)


def _pod_spec(spec: Obj, defaults: Obj) -> Obj:
    spec = _spec(spec, defaults, on_host=True)
    containers = spec.get("containers")
    if containers:
        spec = put(spec, "containers", each(containers, request_limits))
    if "initContainers" in spec:
        spec = put(spec, "initContainers", each(spec["initContainers"], request_limits))
    return request_limits(spec) if "resources" in spec else spec


def _spec(spec: Obj, defaults: Obj, on_host: bool) -> Obj:
    spec = _account(fill(spec, defaults))
    if spec.get("containers"):
        spec = put(spec, "containers", each(spec["containers"], container))
    if "volumes" in spec:
        spec = put(spec, "volumes", each(spec["volumes"], volume))
    for name in _LISTS:
        if name in spec:
            spec = put(spec, name, each(spec[name], container))
    return _on_host(spec) if on_host and spec.get("hostNetwork") else spec


def _account(spec: Obj) -> Obj:
    """`serviceAccount` is another word for `serviceAccountName`, which wins (SEM 3.3)."""
    name, old = spec.get("serviceAccountName"), spec.get("serviceAccount")
    if name == old:
        return spec
    return {**spec, "serviceAccountName": name or old, "serviceAccount": name or old}


def _on_host(spec: Obj) -> Obj:
    for name in ("containers", "initContainers"):
        if spec.get(name):
            spec = put(spec, name, each(spec[name], host_ports))
    return spec
