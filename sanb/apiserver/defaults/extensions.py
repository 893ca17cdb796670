"""Defaults of CustomResourceDefinitions, APIServices and webhooks."""

from __future__ import annotations

from functools import partial
from typing import Any, Final

from sanb.apiserver.defaults.fill import Change, every, fill, within
from sanb.profiles.profile import Profile
from sanb.values import Obj

CONVERSION: Final = {"1.10": False, "1.13": True}
"""Whether a CustomResourceDefinition says how versions are converted."""
PRESERVED: Final = {"1.10": False, "1.15": True}
"""Whether one of an old version says that unknown fields stay."""
PORT: Final[dict[str, dict[str, Any]]] = {"1.10": {}, "1.15": {"port": 443}}
WEBHOOK: Final[dict[str, dict[str, Any]]] = {
    "1.10": {"failurePolicy": "Ignore", "namespaceSelector": {}},
    "1.12": {"failurePolicy": "Ignore", "namespaceSelector": {}, "sideEffects": "Unknown"},
    "1.14": {"failurePolicy": "Ignore", "namespaceSelector": {}, "sideEffects": "Unknown", "timeoutSeconds": 30,
             "admissionReviewVersions": ["v1beta1"]},
    "1.15": {"failurePolicy": "Ignore", "matchPolicy": "Exact", "namespaceSelector": {}, "objectSelector": {},
             "sideEffects": "Unknown", "timeoutSeconds": 30, "admissionReviewVersions": ["v1beta1"]},
}
"""Webhooks in v1beta1."""
WEBHOOK_V1: Final[dict[str, Any]] = {
    "failurePolicy": "Fail", "matchPolicy": "Equivalent", "namespaceSelector": {}, "objectSelector": {}, "timeoutSeconds": 10,
}
REINVOCATION: Final[dict[str, dict[str, Any]]] = {"1.10": {}, "1.15": {"reinvocationPolicy": "Never"}}
SCOPE: Final[dict[str, dict[str, Any]]] = {"1.10": {}, "1.14": {"scope": "*"}}


def definition(profile: Profile, version: str) -> Change:
    """The change that completes a CustomResourceDefinition sent under `version`."""
    old, conversion, port = version.endswith("/v1beta1"), profile.pick(CONVERSION), profile.pick(PORT)
    preserved = old and profile.pick(PRESERVED)

    def spec(found: Obj) -> Obj:
        found = within(found, "names", _names)
        if old:
            found = _single(found)
        if preserved and found.get("preserveUnknownFields") is None:
            found = {**found, "preserveUnknownFields": True}
        if conversion:
            found = within(fill(found, {"conversion": {"strategy": "None"}}), "conversion", partial(_converted, port=port))
        return found

    return partial(within, key="spec", change=spec)


def _names(names: Obj) -> Obj:
    kind = str(names.get("kind") or "")
    if kind and not names.get("singular"):
        names = {**names, "singular": kind.lower()}
    return names if names.get("listKind") or not kind else {**names, "listKind": f"{kind}List"}


def _single(spec: Obj) -> Obj:
    """The one version and the list of versions stand in for each other."""
    if not spec.get("scope"):
        spec = {**spec, "scope": "Namespaced"}
    if not spec.get("versions") and spec.get("version"):
        return {**spec, "versions": [{"name": spec["version"], "storage": True, "served": True}]}
    if spec.get("versions") and not spec.get("version"):
        return {**spec, "version": spec["versions"][0].get("name", "")}
    return spec


def _converted(conversion: Obj, port: Obj) -> Obj:
    return within(conversion, "webhook", partial(_client, port=port))


def _client(hook: Obj, port: Obj) -> Obj:
    return within(hook, "clientConfig", partial(within, key="service", change=partial(fill, defaults=port)))


def api_service(profile: Profile) -> Change:
    """The change that completes an APIService."""
    service = partial(within, key="service", change=partial(fill, defaults=profile.pick(PORT)))
    return partial(within, key="spec", change=service)


def webhooks(profile: Profile, version: str, *, mutating: bool) -> Change:
    """The change that completes a webhook configuration sent under `version`."""
    defaults = profile.pick(WEBHOOK) if version.endswith("/v1beta1") else WEBHOOK_V1
    if mutating:
        defaults = {**defaults, **profile.pick(REINVOCATION)}
    rule, port = partial(fill, defaults=profile.pick(SCOPE)), profile.pick(PORT)

    def hook(found: Obj) -> Obj:
        return _client(every(fill(found, defaults), "rules", rule), port)

    return partial(every, key="webhooks", change=hook)
