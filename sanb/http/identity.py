"""Who sends a request: the bearer of the admin token, or whoever the cluster knows."""

from __future__ import annotations

from collections.abc import Mapping
from hmac import compare_digest
from typing import Final

from sanb.apiserver import status
from sanb.apiserver.request import ADMIN, UserInfo
from sanb.controlplane import ControlPlane

BEARER: Final = "bearer "
SUBPROTOCOL: Final = "base64url.bearer.authorization.k8s.io."
"""Browsers cannot set headers of a WebSocket: they hand the token over as a subprotocol."""


def identify(plane: ControlPlane, headers: Mapping[str, str], certificate: bytes | None, admin_token: str) -> UserInfo:
    """The user that a request comes from; header names are in lower case.

    Raises:
        ApiError: 401, the credential is unknown.
    """
    token = bearer(headers)
    if token and compare_digest(token.encode(), admin_token.encode()):
        return ADMIN
    raise status.unauthorized()


def bearer(headers: Mapping[str, str]) -> str:
    """The token of the Authorization header; "" if there is none."""
    given = headers.get("authorization", "").strip()
    return given[len(BEARER):].strip() if given[: len(BEARER)].lower() == BEARER else ""
