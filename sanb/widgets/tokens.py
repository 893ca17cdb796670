"""Tokens taken apart: header, each claim in plain words, whether the signature is right, how long it is good for."""

from __future__ import annotations

import json
from base64 import b64decode, urlsafe_b64decode
from collections.abc import Iterator, Mapping
from typing import Any, Final

from sanb.apiserver.relations import TOKEN_TYPE
from sanb.errors import ApiError
from sanb.times import rfc3339
from sanb.values import Obj, dig

MEANINGS: Final = {
    "iss": "Who issued it: the API server accepts tokens of issuers that it knows.",
    "sub": "Who bears it: the user name that requests with this token have.",
    "aud": "For whom it is: a service refuses tokens that do not name it. Without an audience: the API server.",
    "exp": "When it ends, in seconds since 1970. The kubelet asks for a new one after 80 % of its life.",
    "iat": "When it was issued.",
    "nbf": "Not good before this moment.",
    "jti": "The token's own id, which audit logs show.",
    "kubernetes.io": "What the token is bound to.",
    "kubernetes.io.namespace": "The namespace of the ServiceAccount.",
    "kubernetes.io.serviceaccount": "The ServiceAccount; if its uid is no longer this one, the token is void.",
    "kubernetes.io.pod": "The Pod that holds it: when that Pod is gone, the token is void.",
    "kubernetes.io.node": "The node on which that Pod runs.",
    "kubernetes.io.secret": "The Secret that it is bound to.",
    "kubernetes.io.warnafter": "From then on its use counts as stale: clients that reload their token never get here.",
    "kubernetes.io/serviceaccount/namespace": "The namespace of the ServiceAccount.",
    "kubernetes.io/serviceaccount/secret.name": "The Secret that holds it: deleting the Secret revokes the token.",
    "kubernetes.io/serviceaccount/service-account.name": "The name of the ServiceAccount.",
    "kubernetes.io/serviceaccount/service-account.uid": "Its uid: an account of the same name made later does not count.",
}
MOMENTS: Final = ("exp", "iat", "nbf", "warnafter")
HEADS: Final = {
    "alg": "How it is signed.",
    "kid": "Which key signed it: verifiers find the key of this id at /openid/v1/jwks.",
    "typ": "The type of token.",
}


def explained(cp: Any, text: str, where: str) -> dict[str, Any]:
    """One token for the inspector; what is no token says why."""
    try:
        header, claims = (_json(part) for part in text.split(".")[:2])
    except ValueError as problem:
        return {"where": where, "text": text, "problem": f"this is no token: {problem}", "rows": [], "head": []}
    try:
        cp.authority.verify(text)
        valid, why = True, "signed by this cluster's key"
    except ValueError as problem:
        valid, why = False, str(problem)
    return {
        "where": where, "text": text, "valid": valid, "why": why, "problem": "",
        "head": [[name, str(value), HEADS.get(name, "")] for name, value in header.items()],
        "rows": [list(row) for row in _rows(claims, "")],
        "expires": claims.get("exp"), "refused": _refused(cp, text),
    }


def _json(part: str) -> dict[str, Any]:
    found = json.loads(urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    if not isinstance(found, dict):
        raise ValueError("a part of it is no JSON object")
    return found


def _rows(claims: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, str, str]]:
    """Name, value and meaning of each claim; nested ones by their path."""
    for name, value in claims.items():
        path = f"{prefix}.{name}" if prefix else name
        if isinstance(value, Mapping) and path == "kubernetes.io":
            yield from _rows(value, path)
            continue
        shown = " ".join(str(each) for each in value.values()) if isinstance(value, Mapping) else value
        if isinstance(value, list):
            shown = ", ".join(map(str, value))
        if name in MOMENTS and isinstance(value, (int, float)):
            shown = f"{value}  ({rfc3339(value)})"
        yield path, str(shown), MEANINGS.get(path, "")


def _refused(cp: Any, text: str) -> str:
    """Why the API server would not accept it now, asked of a copy of the cluster; empty if it would."""
    try:
        cp.fork().authenticate(text)
    except ApiError:
        return "the API server refuses it: it has expired, or what it is bound to is gone"
    return ""


def of_secret(cp: Any, obj: Obj) -> list[dict[str, Any]]:
    """The token of a Secret of that type."""
    value = dig(obj, "data", "token")
    if obj.get("type") != TOKEN_TYPE or value is None:
        return []
    return [explained(cp, b64decode(str(value)).decode(errors="replace"), "data.token")]
