"""Tokens from Secrets: the Secret, its text, the account; and what using one leaves behind (SEM 9.4)."""

from __future__ import annotations

from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Mapping
from typing import Any, Final

from sanb.apiserver.authn_result import Accepted, TokenRefused
from sanb.apiserver.bootstrap import USER
from sanb.apiserver.request import Request
from sanb.apiserver.view import View
from sanb.times import DAY, date
from sanb.tokens.claims import LEGACY_PREFIX, subject
from sanb.values import Obj, dig

LAST_USED: Final = "kubernetes.io/legacy-token-last-used"
INVALID_SINCE: Final = "kubernetes.io/legacy-token-invalid-since"
FIELDS: Final = (
    ("namespace", "namespace"), ("secretName", "secret.name"), ("serviceAccountName", "service-account.name"),
    ("serviceAccountUID", "service-account.uid"),
)
AUTO_GENERATED: Final = (
    "Use tokens from the TokenRequest API or manually created secret-based tokens instead of auto-generated "
    "secret-based tokens."
)
MARKED: Final = (
    "the token in secret {space}/{secret} for service account {space}/{account} has been marked invalid. Use tokens from "
    f"the TokenRequest API or manually created secret-based tokens, or remove the '{INVALID_SINCE}' label from the "
    "secret to temporarily allow use of this token"
)


def judge(view: View, claims: Mapping[str, Any], token: str | None) -> Accepted:
    """The account of a Secret's token whose signature is right; None stands for the Secret's own copy.

    Raises:
        TokenRefused: a claim is missing, the Secret or the account is gone, or the token was marked invalid.
    """
    namespace, secret_name, name, uid = _claims(claims)
    secret = _secret(view, namespace, secret_name, token)
    account = _account(view, namespace, name, uid)
    use = _use(view, secret)
    if view.profile["invalid_since"] and dig(secret, "metadata", "labels", INVALID_SINCE, default=""):
        raise TokenRefused(MARKED.format(space=namespace, secret=secret_name, account=name), use)
    listed = any(one.get("name") == secret_name for one in account.get("secrets") or ())
    warnings = (AUTO_GENERATED,) if listed and view.profile["tracking"] else ()
    return Accepted(namespace, name, uid, (), warnings, use)


def _claims(claims: Mapping[str, Any]) -> tuple[str, str, str, str]:
    if not claims.get("sub"):
        raise TokenRefused("sub claim is missing")
    values = []
    for word, field in FIELDS:
        value = claims.get(LEGACY_PREFIX + field)
        if not value:
            raise TokenRefused(f"{word} claim is missing")
        values.append(str(value))
    if claims["sub"] != subject(values[0], values[2]):
        raise TokenRefused("sub claim is invalid")
    return values[0], values[1], values[2], values[3]


def _secret(view: View, namespace: str, name: str, token: str | None) -> Obj:
    found = view.get("secrets", namespace, name)
    if found is None or found["metadata"].get("deletionTimestamp"):
        raise TokenRefused("Token has been invalidated")
    if token is None:
        return found
    try:
        own = b64decode(str((found.get("data") or {}).get("token", "")))
    except (Base64Error, ValueError):
        own = b""
    if own != token.encode():
        raise TokenRefused("Token does not match server's copy")
    return found


def _account(view: View, namespace: str, name: str, uid: str) -> Obj:
    found = view.get("serviceaccounts", namespace, name)
    if found is None:
        raise TokenRefused(f'serviceaccounts "{name}" not found')
    if found["metadata"].get("deletionTimestamp"):
        raise TokenRefused(f"ServiceAccount {namespace}/{name} has been deleted")
    if found["metadata"]["uid"] != uid:
        raise TokenRefused(f"ServiceAccount UID ({found['metadata']['uid']}) does not match claim ({uid})")
    return found


def _use(view: View, secret: Obj) -> Request | None:
    """The call that puts today's date of use on the Secret, unless it has today's or tomorrow's already."""
    if not view.profile["tracking"]:
        return None
    metadata = secret["metadata"]
    today, tomorrow = date(view.now), date(view.now + DAY)
    if (metadata.get("labels") or {}).get(LAST_USED) in (today, tomorrow):
        return None
    body = {"metadata": {"uid": metadata["uid"], "labels": {LAST_USED: today}}}
    options = {"patchType": "merge", "fieldManager": "kube-apiserver"}
    return Request("patch", "secrets", metadata["namespace"], metadata["name"], "", body, options, USER)
