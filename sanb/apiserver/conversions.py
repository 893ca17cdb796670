"""Conversions: how an object gets from the shape of one version to that of another, through the newest shape."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from sanb.apiserver import autoscalers
from sanb.apiserver.versions import SHAPES
from sanb.values import Obj

Change = Callable[[Obj], Obj]


def converted(kind: str, source: str, target: str, obj: Obj) -> Obj:
    """The object, which has the shape of the apiVersion `source`, in that of `target`."""
    old, new = source.rpartition("/")[2], target.rpartition("/")[2]
    own = SHAPES.get(kind)
    if own is not None and (old in own or new in own) and old != new:
        if old in own:
            obj = _TO_NEWEST[kind, old](obj)
        if new in own:
            obj = _FROM_NEWEST[kind, new](obj)
    return obj if obj.get("apiVersion") == target else {**obj, "apiVersion": target}


def _renamed(obj: Obj, names: Mapping[str, str]) -> Obj:
    """The object with other names for some of its fields."""
    return {names.get(key, key): value for key, value in obj.items()}


def _spec(obj: Obj, change: Change) -> Obj:
    return obj if obj.get("spec") is None else {**obj, "spec": change(obj["spec"])}


def _each(obj: Obj, field: str, change: Change) -> Obj:
    found = obj.get(field)
    return obj if not found else {**obj, field: [change(item) for item in found]}


def _inner(obj: Obj, field: str, change: Change) -> Obj:
    return obj if obj.get(field) is None else {**obj, field: change(obj[field])}


# ---------------------------------------------------------------------- Ingresses


def _ingress(rename: Mapping[str, str], backend: Change) -> Change:
    def path(one: Obj) -> Obj:
        return _inner(one, "backend", backend)

    def rule(one: Obj) -> Obj:
        return _inner(one, "http", lambda http: _each(http, "paths", path))

    def spec(found: Obj) -> Obj:
        found = _renamed(_inner(found, next(iter(rename)), backend), rename)
        return _each(found, "rules", rule)

    return lambda obj: _spec(obj, spec)


def _new_backend(backend: Obj) -> Obj:
    rest = {key: value for key, value in backend.items() if key not in ("serviceName", "servicePort")}
    if not backend.get("serviceName") and "resource" in backend:
        return rest
    port = backend.get("servicePort", 0)
    field = "name" if isinstance(port, str) else "number"
    return {**rest, "service": {"name": backend.get("serviceName", ""), "port": {field: port} if port else {}}}


def _old_backend(backend: Obj) -> Obj:
    service = backend.get("service")
    rest = {key: value for key, value in backend.items() if key != "service"}
    if service is None:
        return rest
    port = service.get("port") or {}
    return {**rest, "serviceName": service.get("name", ""), "servicePort": port.get("name") or port.get("number", 0)}


# ---------------------------------------------------------------------- EndpointSlices

HOST: Final = "kubernetes.io/hostname"
ZONE: Final = "topology.kubernetes.io/zone"


def _new_endpoint(endpoint: Obj) -> Obj:
    topology = dict(endpoint.get("topology") or {})
    made = {key: value for key, value in endpoint.items() if key != "topology"}
    host, zone = topology.pop(HOST, None), topology.pop(ZONE, None)
    if host is not None and not made.get("nodeName"):
        made["nodeName"] = host
    if zone is not None:
        made["zone"] = zone
    return {**made, "deprecatedTopology": topology} if topology else made


def _old_endpoint(endpoint: Obj) -> Obj:
    topology = dict(endpoint.get("deprecatedTopology") or {})
    if endpoint.get("zone") is not None:
        topology[ZONE] = endpoint["zone"]
    if endpoint.get("nodeName") is not None:
        topology[HOST] = endpoint["nodeName"]
    made = {key: value for key, value in endpoint.items() if key not in ("deprecatedTopology", "zone")}
    return {**made, "topology": topology} if topology else made


# ---------------------------------------------------------------------- CustomResourceDefinitions

_SHARED: Final = ("schema", "subresources", "additionalPrinterColumns")
_OLD_PLACE: Final = {"schema": "validation"}
_PATH: Final = {"JSONPath": "jsonPath"}
_OLD_PATH: Final = {"jsonPath": "JSONPath"}


def _new_definition(spec: Obj) -> Obj:
    """What is said once for all versions is said in each of them."""
    versions = spec.get("versions") or [{"name": spec.get("version", ""), "served": True, "storage": True}]
    shared = {field: spec[place] for field in _SHARED if (place := _OLD_PLACE.get(field, field)) in spec}
    gone = ("version", "validation", "subresources", "additionalPrinterColumns")
    made = {key: value for key, value in spec.items() if key not in gone}
    made["versions"] = [
        _each({**one, **shared}, "additionalPrinterColumns", lambda column: _renamed(column, _PATH)) for one in versions
    ]
    if not made.get("preserveUnknownFields"):
        made.pop("preserveUnknownFields", None)
    return _inner(made, "conversion", _new_webhook)


def _new_webhook(conversion: Obj) -> Obj:
    client, reviews = conversion.get("webhookClientConfig"), conversion.get("conversionReviewVersions")
    made = {"strategy": conversion.get("strategy", "None")}
    if client is None and not reviews:
        return made
    hook: Obj = {"conversionReviewVersions": reviews or []}
    return {**made, "webhook": hook if client is None else {**hook, "clientConfig": client}}


def _old_definition(spec: Obj) -> Obj:
    """What all versions say alike is said once."""
    versions = [_each(one, "additionalPrinterColumns", lambda column: _renamed(column, _OLD_PATH))
                for one in spec.get("versions") or ()]
    made: dict[str, Any] = {**spec, "version": versions[0]["name"] if versions else ""}
    made.setdefault("preserveUnknownFields", False)
    for field in _SHARED:
        values = [json.dumps(one.get(field), sort_keys=True, default=str) for one in versions]
        if values and len(dict.fromkeys(values)) == 1:
            if field in versions[0]:
                made[_OLD_PLACE.get(field, field)] = versions[0][field]
            versions = [{key: value for key, value in one.items() if key != field} for one in versions]
    made["versions"] = versions
    return _inner(made, "conversion", _old_webhook)


def _old_webhook(conversion: Obj) -> Obj:
    hook = conversion.get("webhook")
    made = {key: value for key, value in conversion.items() if key != "webhook"}
    if hook is None:
        return made
    if hook.get("clientConfig") is not None:
        made["webhookClientConfig"] = hook["clientConfig"]
    return {**made, "conversionReviewVersions": hook.get("conversionReviewVersions") or []}


_TO_NEWEST: Final[Mapping[tuple[str, str], Change]] = {
    ("Ingress", "v1beta1"): _ingress({"backend": "defaultBackend"}, _new_backend),
    ("EndpointSlice", "v1beta1"): lambda obj: _each(obj, "endpoints", _new_endpoint),
    ("CustomResourceDefinition", "v1beta1"): lambda obj: _spec(obj, _new_definition),
    ("HorizontalPodAutoscaler", "v1"): autoscalers.from_v1,
    ("HorizontalPodAutoscaler", "v2beta1"): autoscalers.from_v2beta1,
}
_FROM_NEWEST: Final[Mapping[tuple[str, str], Change]] = {
    ("Ingress", "v1beta1"): _ingress({"defaultBackend": "backend"}, _old_backend),
    ("EndpointSlice", "v1beta1"): lambda obj: _each(obj, "endpoints", _old_endpoint),
    ("CustomResourceDefinition", "v1beta1"): lambda obj: _spec(obj, _old_definition),
    ("HorizontalPodAutoscaler", "v1"): autoscalers.to_v1,
    ("HorizontalPodAutoscaler", "v2beta1"): autoscalers.to_v2beta1,
}
