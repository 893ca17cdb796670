"""What tokens say: the claims of legacy and of bound tokens as plain data (SEM 8.2, 8.3)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

LEGACY_ISSUER: Final = "kubernetes/serviceaccount"
LEGACY_PREFIX: Final = "kubernetes.io/serviceaccount/"
ONE_OBJECT: Final = "internal error, token can only be bound to one object type"

Ref = tuple[str, str]
"""(name, uid) of an object that a token names."""


def subject(namespace: str, account: str) -> str:
    """The user name of a ServiceAccount."""
    return f"system:serviceaccount:{namespace}:{account}"


def legacy(namespace: str, secret: str, account: str, account_uid: str) -> dict[str, str]:
    """The claims of the token in a Secret: it never expires and names the Secret that holds it."""
    return {
        "iss": LEGACY_ISSUER,
        "kubernetes.io/serviceaccount/namespace": namespace,
        "kubernetes.io/serviceaccount/secret.name": secret,
        "kubernetes.io/serviceaccount/service-account.name": account,
        "kubernetes.io/serviceaccount/service-account.uid": account_uid,
        "sub": f"system:serviceaccount:{namespace}:{account}",
    }


def bound(
    issuer: str, namespace: str, account: Ref, *, now: int, seconds: int, audiences: Sequence[str],
    pod: Ref | None = None, secret: Ref | None = None, node: Ref | None = None, jti: str = "", warn_after: int = 0,
) -> dict[str, Any]:
    """The claims of a token that expires `seconds` after `now`; keys are in sorted order at each level.

    `node` beside `pod` is where the Pod runs; its uid is empty if the Node object is missing. `warn_after` is given for
    an extended token: the seconds after which it should have been replaced. An empty `jti` is left out.

    Raises:
        ValueError: bound to a Secret and to something else.
    """
    if secret is not None and (pod is not None or node is not None):
        raise ValueError(ONE_OBJECT)
    private: dict[str, Any] = {"namespace": namespace}
    if node is not None:
        private["node"] = _ref(node)
    if pod is not None:
        private["pod"] = _ref(pod)
    if secret is not None:
        private["secret"] = _ref(secret)
    private["serviceaccount"] = _ref(account)
    if warn_after:
        private["warnafter"] = now + warn_after
    claims: dict[str, Any] = {"aud": list(audiences), "exp": now + seconds, "iat": now, "iss": issuer}
    if jti:
        claims["jti"] = jti
    claims["kubernetes.io"] = private
    claims["nbf"] = now
    claims["sub"] = f"system:serviceaccount:{namespace}:{account[0]}"
    return claims


def _ref(ref: Ref) -> dict[str, str]:
    name, uid = ref
    return {"name": name, "uid": uid} if uid else {"name": name}
