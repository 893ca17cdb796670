"""Who sends a request: the bearer of the admin token, a service account, a client certificate, or nobody."""

from __future__ import annotations

from collections.abc import Mapping
from hmac import compare_digest
from typing import Final

from sanb.apiserver import status
from sanb.apiserver.request import ADMIN, ANONYMOUS, NOBODY, UserInfo
from sanb.errors import ApiError

BEARER: Final = "bearer "
SUBPROTOCOL: Final = "base64url.bearer.authorization.k8s.io."
"""Browsers cannot set headers of a WebSocket: they hand the token over as a subprotocol."""
AUTHENTICATED: Final = "system:authenticated"


def identify(
    headers: Mapping[str, str], certificate: bytes | None, admin_token: str, now: float
) -> tuple[UserInfo, str]:
    """The user that a request comes from, or NOBODY and the token that the API server must look at.

    Header names are in lower case; `now` is the cluster's time. A certificate counts before a token.

    Raises:
        ApiError: 401, the certificate is not valid now.
    """
    token = bearer(headers)
    if certificate is not None:
        try:
            return certified(certificate, now), ""
        except ApiError:
            if not token:
                raise
    if not token:
        return ANONYMOUS, ""
    if compare_digest(token.encode(), admin_token.encode()):
        return ADMIN, ""
    return NOBODY, token


def bearer(headers: Mapping[str, str]) -> str:
    """The token of the Authorization header; "" if there is none."""
    given = headers.get("authorization", "").strip()
    return given[len(BEARER):].strip() if given[: len(BEARER)].lower() == BEARER else ""


def certified(certificate: bytes, now: float) -> UserInfo:
    """The user of a client certificate, whose signature the handshake has checked: its times are those of the cluster.

    Raises:
        ApiError: 401, it is not valid now.
    """
    from cryptography import x509
    from cryptography.x509.oid import NameOID

    found = x509.load_der_x509_certificate(certificate)
    if not found.not_valid_before_utc.timestamp() <= now <= found.not_valid_after_utc.timestamp():
        raise status.unauthorized()
    names = [str(one.value) for one in found.subject.get_attributes_for_oid(NameOID.COMMON_NAME)]
    groups = [str(one.value) for one in found.subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)]
    return UserInfo(names[0] if names else "", groups=(*groups, AUTHENTICATED))
