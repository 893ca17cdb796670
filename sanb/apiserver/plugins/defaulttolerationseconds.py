"""DefaultTolerationSeconds: a Pod stays five minutes on a node that is not ready or cannot be reached."""

from __future__ import annotations

from typing import Any, Final

from sanb.apiserver.admission import CREATE, PODS, UPDATE, Attributes, Plugin
from sanb.apiserver.view import View
from sanb.profiles.profile import Profile
from sanb.values import Obj

NOT_READY: Final = "node.kubernetes.io/not-ready"
UNREACHABLE: Final = "node.kubernetes.io/unreachable"
ALPHA_KEYS: Final = {
    "1.10": {"node.alpha.kubernetes.io/notReady": NOT_READY, "node.alpha.kubernetes.io/unreachable": UNREACHABLE},
    "1.16": {},
}
"""Older names of the taints that still count as tolerating them."""
SECONDS: Final = 300


def _toleration(key: str) -> Obj:
    return {"key": key, "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": SECONDS}


DEFAULTS: Final[list[Obj]] = [_toleration(NOT_READY), _toleration(UNREACHABLE)]
"""Shared by all Pods that bring no toleration of their own."""


def plugin(profile: Profile) -> Plugin:
    """The plugin of a profile."""
    aliases: dict[str, str] = profile.pick(ALPHA_KEYS)

    def mutate(view: View, attributes: Attributes) -> Obj | None:
        if attributes.resource != "pods" or attributes.subresource or attributes.operation not in (CREATE, UPDATE):
            return None
        pod = attributes.obj
        assert pod is not None
        spec = pod["spec"]
        given = spec.get("tolerations")
        tolerations = DEFAULTS if not given else _completed(given, aliases)
        if tolerations is given:
            return None
        return {**pod, "spec": {**spec, "tolerations": tolerations}}

    return Plugin("DefaultTolerationSeconds", mutate, None, PODS)


def _completed(given: list[Obj], aliases: dict[str, str]) -> list[Obj]:
    """The tolerations with the defaults that are not covered; the same list if both are."""
    covered: dict[Any, None] = {}
    for toleration in given:
        if (toleration.get("effect") or "NoExecute") == "NoExecute":
            key = toleration.get("key") or ""
            covered[aliases.get(key, key)] = None
    if "" in covered:
        return given
    missing = [default for default in DEFAULTS if default["key"] not in covered]
    return [*given, *missing] if missing else given
