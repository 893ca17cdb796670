"""Bound tokens: times, the account, and the object that the token is bound to, in Kubernetes' order (SEM 9.3)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sanb.apiserver.authn_result import Accepted, TokenRefused
from sanb.apiserver.view import View
from sanb.times import parse
from sanb.values import Obj, dig

LEEWAY: Final = 60
"""Seconds by which a token's times may be missed."""
TEXTS: Final = {
    "old": {
        "expired": "Token has expired.", "early": "Token could not be validated.",
        "account-uid": "ServiceAccount UID ({}) does not match claim ({})",
        "account-deleted": "ServiceAccount {}/{} has been deleted", "invalidated": "Token has been invalidated",
        "secrets": "Secret UID ({}) does not match claim ({})", "pods": "Pod UID ({}) does not match claim ({})",
        "nodes": "Node UID ({}) does not match claim ({})",
    },
    "new": {
        "expired": "service account token has expired", "early": "service account token is not valid yet",
        "account-uid": "service account UID ({}) does not match claim ({})",
        "account-deleted": "service account {}/{} has been deleted",
        "invalidated": "service account token has been invalidated",
        "secrets": "secret UID ({}) does not match service account secret ref claim ({})",
        "pods": "pod UID ({}) does not match service account pod ref claim ({})",
        "nodes": "node UID ({}) does not match service account node ref claim ({})",
    },
}
FUTURE: Final = "service account token is issued in the future"
NOT_BOUND_TO_NODES: Final = (
    "token is bound to a Node object but the ServiceAccountTokenNodeBindingValidation feature gate is disabled"
)
POD_EXTRA: Final = {"1.10": False, "1.12": True}
"""Whether the user carries the Pod's name and uid."""
EXTRA: Final = "authentication.kubernetes.io/"
BOUND: Final = (("secret", "secrets"), ("pod", "pods"), ("node", "nodes"))


def judge(view: View, claims: Mapping[str, Any], token: str | None) -> Accepted:
    """The account of a token whose signature is right.

    Raises:
        TokenRefused: it has expired, or what it is bound to is gone.
    """
    texts = TEXTS[view.profile["token_error_wording"]]
    private = _object(claims.get("kubernetes.io"))
    _times(view, claims, texts)
    namespace = private.get("namespace", "")
    account = _object(private.get("serviceaccount"))
    _account(view, namespace, account, texts)
    _objects(view, namespace, private, texts)
    return Accepted(namespace, account.get("name", ""), account.get("uid", ""), _extra(view, claims, private))


def _object(claim: Any) -> Mapping[str, Any]:
    """A claim that is an object; whoever signs something else with our key has said nothing."""
    return claim if isinstance(claim, dict) else {}


def _times(view: View, claims: Mapping[str, Any], texts: Mapping[str, str]) -> None:
    now = view.now
    expires, begins, issued = (_time(claims.get(name), now) for name in ("exp", "nbf", "iat"))
    if now > expires + LEEWAY:
        raise TokenRefused(texts["expired"])
    if now < begins - LEEWAY:
        raise TokenRefused(texts["early"])
    if view.profile["issued_in_future_check"] and now < issued - LEEWAY:
        raise TokenRefused(FUTURE)


def _time(claim: Any, default: float) -> float:
    return claim if isinstance(claim, int | float) else default


def _account(view: View, namespace: str, claim: Mapping[str, str], texts: Mapping[str, str]) -> None:
    name = claim.get("name", "")
    found = view.get("serviceaccounts", namespace, name)
    if found is None:
        raise TokenRefused(f'serviceaccounts "{name}" not found')
    deleted = TokenRefused(texts["account-deleted"].format(namespace, name))
    other = TokenRefused(texts["account-uid"].format(found["metadata"]["uid"], claim.get("uid", "")))
    _same_and_there(view, found, claim, other, deleted)


def _same_and_there(
    view: View, found: Obj, claim: Mapping[str, str], other: TokenRefused, deleted: TokenRefused
) -> None:
    """The uid is that of the claim, and the object was not deleted more than the grace ago; which first, by minor."""
    gone, differs = _deleted(view, found), found["metadata"]["uid"] != claim.get("uid", "")
    order = ((differs, other), (gone, deleted))
    for wrong, refusal in order if view.profile["uid_before_deletion"] else order[::-1]:
        if wrong:
            raise refusal


def _deleted(view: View, obj: Obj) -> bool:
    """Whether the object was deleted strictly more than the grace ago."""
    stamp = obj["metadata"].get("deletionTimestamp")
    grace = view.profile["deletion_grace"]
    return stamp is not None and (not grace or parse(stamp) < view.now - grace)


def _objects(view: View, namespace: str, private: Mapping[str, Any], texts: Mapping[str, str]) -> None:
    pod_bound = "pod" in private
    for field, resource in BOUND:
        claim = _object(private.get(field))
        if not claim or (field == "node" and pod_bound):
            continue
        if field == "node" and not view.profile["node_bound_accepted"]:
            raise TokenRefused(NOT_BOUND_TO_NODES)
        found = view.get(resource, "" if field == "node" else namespace, claim.get("name", ""))
        if found is None:
            raise TokenRefused(texts["invalidated"])
        if not view.profile["pod_uid_compared"]:
            claim = {**claim, "uid": found["metadata"]["uid"]}
        other = TokenRefused(texts[resource].format(found["metadata"]["uid"], claim.get("uid", "")))
        _same_and_there(view, found, claim, other, TokenRefused(texts["invalidated"]))


def _extra(view: View, claims: Mapping[str, Any], private: Mapping[str, Any]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """What the user carries: Pod, node, and the id of the credential."""
    profile = view.profile
    found: list[tuple[str, tuple[str, ...]]] = []
    if claims.get("jti") and profile["jti"]:
        found.append((f"{EXTRA}credential-id", (f"JTI={claims['jti']}",)))
    shown = (("pod", profile.pick(POD_EXTRA)), ("node", profile["node_info"]))
    for field, on in shown:
        for part in ("name", "uid"):
            value = dig(private, field, part, default="")
            if on and value:
                found.append((f"{EXTRA}{field}-{part}", (value,)))
    return tuple(sorted(found))
