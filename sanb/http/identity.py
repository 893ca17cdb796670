"""Who sends a request: the bearer of the admin token, a service account, a client certificate, or nobody."""

from __future__ import annotations

from collections.abc import Mapping
from hmac import compare_digest
from typing import Any, Final

from sanb.apiserver import status
from sanb.apiserver.request import ADMIN, UserInfo
from sanb.controlplane import ControlPlane
from sanb.values import dig

BEARER: Final = "bearer "
SUBPROTOCOL: Final = "base64url.bearer.authorization.k8s.io."
"""Browsers cannot set headers of a WebSocket: they hand the token over as a subprotocol."""
AUTHENTICATED: Final = "system:authenticated"
ANONYMOUS: Final = UserInfo("system:anonymous", groups=("system:unauthenticated",))
LEGACY: Final = "kubernetes.io/serviceaccount/"
POD_EXTRA: Final = "authentication.kubernetes.io/pod-"


def identify(plane: ControlPlane, headers: Mapping[str, str], certificate: bytes | None, admin_token: str) -> UserInfo:
    """The user that a request comes from; header names are in lower case.

    Raises:
        ApiError: 401, the token is unknown, expired, or its account is gone.
    """
    token = bearer(headers)
    if not token:
        return ANONYMOUS if certificate is None else certified(plane, certificate)
    if compare_digest(token.encode(), admin_token.encode()):
        return ADMIN
    user = _account(plane, token)
    if user is None:
        raise status.unauthorized()
    return user


def bearer(headers: Mapping[str, str]) -> str:
    """The token of the Authorization header; "" if there is none."""
    given = headers.get("authorization", "").strip()
    return given[len(BEARER):].strip() if given[: len(BEARER)].lower() == BEARER else ""


def certified(plane: ControlPlane, certificate: bytes) -> UserInfo:
    """The user of a client certificate, whose signature the handshake has checked: its times are those of the cluster.

    Raises:
        ApiError: 401, it is not valid now.
    """
    from cryptography import x509
    from cryptography.x509.oid import NameOID

    found = x509.load_der_x509_certificate(certificate)
    if not found.not_valid_before_utc.timestamp() <= plane.now <= found.not_valid_after_utc.timestamp():
        raise status.unauthorized()
    names = [str(one.value) for one in found.subject.get_attributes_for_oid(NameOID.COMMON_NAME)]
    groups = [str(one.value) for one in found.subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)]
    return UserInfo(names[0] if names else "", groups=(*groups, AUTHENTICATED))


# ---------------------------------------------------------------------- service accounts


def _account(plane: ControlPlane, token: str) -> UserInfo | None:
    """The service account of a token, if it is valid now and all that it is bound to is there."""
    try:
        claims = plane.authority.verify(token)
    except ValueError:
        return None
    bound = claims.get("kubernetes.io")
    if bound is None:
        return _legacy(plane, claims)
    if not claims.get("nbf", 0) <= plane.now < claims.get("exp", 0):
        return None
    if not set(claims.get("aud") or ()) & set(plane.authority.api_audiences):
        return None
    namespace, pod = bound["namespace"], bound.get("pod")
    for resource, one in (("pods", pod), ("secrets", bound.get("secret"))):
        if one is not None and _uid(plane, resource, namespace, one["name"]) != one["uid"]:
            return None
    account = bound["serviceaccount"]
    extra = () if pod is None else ((f"{POD_EXTRA}name", (pod["name"],)), (f"{POD_EXTRA}uid", (pod["uid"],)))
    return _user(plane, namespace, account["name"], account["uid"], extra)


def _legacy(plane: ControlPlane, claims: Mapping[str, Any]) -> UserInfo | None:
    namespace, secret = claims.get(f"{LEGACY}namespace", ""), claims.get(f"{LEGACY}secret.name", "")
    if not _uid(plane, "secrets", namespace, secret):
        return None
    name, uid = (claims.get(f"{LEGACY}service-account.{field}", "") for field in ("name", "uid"))
    return _user(plane, namespace, name, uid)


def _user(plane: ControlPlane, namespace: str, name: str, uid: str, extra: tuple[Any, ...] = ()) -> UserInfo | None:
    if not uid or _uid(plane, "serviceaccounts", namespace, name) != uid:
        return None
    groups = ("system:serviceaccounts", f"system:serviceaccounts:{namespace}", AUTHENTICATED)
    return UserInfo(f"system:serviceaccount:{namespace}:{name}", uid, groups, extra)


def _uid(plane: ControlPlane, resource: str, namespace: str, name: str) -> str:
    version = plane.store.head.get((resource, namespace, name))
    return "" if version is None or version.obj is None else str(dig(version.obj, "metadata", "uid", default=""))
