"""Defaults of containers: image pull policy, termination message, probes, ports, environment."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, Final

from sanb.apiserver.defaults.fill import every, fill, within
from sanb.values import Obj

_MESSAGES: Final = {"terminationMessagePath": "/dev/termination-log", "terminationMessagePolicy": "File"}
_BY_POLICY: Final[dict[str, Obj]] = {
    policy: {"resources": {}, **_MESSAGES, "imagePullPolicy": policy} for policy in ("Always", "IfNotPresent")
}
_PROBE: Final = {"timeoutSeconds": 1, "periodSeconds": 10, "successThreshold": 1, "failureThreshold": 3}
_HTTP: Final = {"path": "/", "scheme": "HTTP"}
_GRPC: Final = {"service": ""}
_TCP: Final = {"protocol": "TCP"}
_NONE: Final[Obj] = {}
_FIELD: Final = {"apiVersion": "v1"}
_MORE: Final = frozenset(("ports", "env", "livenessProbe", "readinessProbe", "startupProbe", "lifecycle"))
_IMAGE: Final = re.compile(
    r"(?:[a-zA-Z0-9.-]+(?::[0-9]+)?/)?[a-z0-9]+(?:[._-]+[a-z0-9]+)*(?:/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*"
    r"(?::(?P<tag>\w[\w.-]{0,127}))?(?P<digest>@[A-Za-z0-9+._-]+:[0-9a-fA-F]{32,})?",
    re.ASCII,
)


@lru_cache(maxsize=4096)
def pull_policy(image: str) -> str:
    """Always for the tag `latest`, given or meant; IfNotPresent for every other image, also one that cannot be read."""
    match = _IMAGE.fullmatch(image)
    latest = match and (match["tag"] == "latest" or not (match["tag"] or match["digest"]))
    return "Always" if latest else "IfNotPresent"


def container(obj: Obj) -> Obj:
    """A container, init container or ephemeral container."""
    obj = fill(obj, _BY_POLICY[pull_policy(obj.get("image") or "")])
    if _MORE.isdisjoint(obj):
        return obj
    obj = every(obj, "ports", port)
    obj = every(obj, "env", _variable)
    for name in ("livenessProbe", "readinessProbe", "startupProbe"):
        obj = within(obj, name, _probe)
    return within(obj, "lifecycle", _lifecycle)


def port(obj: Obj) -> Obj:
    """A container's or a service's port."""
    return fill(obj, _TCP)


def field_ref(obj: Obj) -> Obj:
    """A value with a `fieldRef`: of the environment, or a file of the downward API."""
    return within(obj, "fieldRef", _field)


def request_limits(obj: Obj) -> Obj:
    """A container (or Pod spec) whose resources ask for as much as they are limited to, where they do not say."""
    resources = obj.get("resources") or _NONE
    limits = resources.get("limits")
    if not limits:
        return obj
    requests: dict[str, Any] = resources.get("requests") or {}
    if requests.keys() >= limits.keys():
        return obj
    return {**obj, "resources": {**resources, "requests": {**limits, **requests}}}


def host_ports(obj: Obj) -> Obj:
    """A container in the network of its node: its ports are ports of the node."""
    return every(obj, "ports", _host_port)


def _host_port(obj: Obj) -> Obj:
    return obj if obj.get("hostPort") else {**obj, "hostPort": obj.get("containerPort", 0)}


def _variable(obj: Obj) -> Obj:
    return within(obj, "valueFrom", field_ref)


def _field(obj: Obj) -> Obj:
    return fill(obj, _FIELD)


def _probe(obj: Obj) -> Obj:
    return within(within(fill(obj, _PROBE), "httpGet", _http_get), "grpc", _grpc)


def _lifecycle(obj: Obj) -> Obj:
    return within(within(obj, "postStart", _handler), "preStop", _handler)


def _handler(obj: Obj) -> Obj:
    return within(obj, "httpGet", _http_get)


def _http_get(obj: Obj) -> Obj:
    return fill(obj, _HTTP)


def _grpc(obj: Obj) -> Obj:
    return fill(obj, _GRPC)
