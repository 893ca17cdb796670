"""Paths that belong to no resource: discovery, OpenAPI, health, metrics, the token issuer's documents."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from sanb.apiserver import aggregated, discovery, health, openapi, status
from sanb.apiserver.request import Response
from sanb.controlplane import ControlPlane
from sanb.errors import UsageError
from sanb.http import negotiation, wire
from sanb.http.wire import JSON, NOSNIFF, Message
from sanb.profiles.profile import Profile

GROUP: Final = "apidiscovery.k8s.io"
JWKS: Final = "application/jwk-set+json"
OPENAPI_V2: Final = "application/com.github.proto-openapi.spec.v2"
ASKED: Final = (f"{OPENAPI_V2}@v1.0+protobuf", f"{OPENAPI_V2}.v1.0+protobuf")
"""The document in protobuf is asked for under either name, and answered under the second, which MIME allows."""
NOT_ACCEPTABLE: Final = {
    "1.10": "406: Not Acceptable", "1.30": f"406: Not Acceptable\n\nAvailable representations: {JWKS}",
}
CACHED: Final = (("Cache-Control", "public, max-age=3600"),)


class Site:
    """Answers what is no resource. `address` gives the host and port that clients use."""

    def __init__(self, plane: ControlPlane, address: Callable[[], str]) -> None:
        self._plane = plane
        self._address = address

    def answer(self, method: str, target: str, headers: Mapping[str, str]) -> Message:
        """The answer to a path outside resources."""
        path = urlsplit(target).path
        if method not in ("GET", "HEAD"):
            return elsewhere(self._plane.profile, method, target, self._plane.custom())
        parts = [part for part in path.split("/") if part]
        special = self._special(parts, headers)
        if special is not None:
            return special
        body = self._body(parts, path)
        if body is None:
            return elsewhere(self._plane.profile, method, target, self._plane.custom())
        return negotiation.compressed(wire.render(Response(200, body)), headers)

    def _special(self, parts: list[str], headers: Mapping[str, str]) -> Message | None:
        """Answers whose form is not simply JSON."""
        match parts:
            case ["api" | "apis" as root]:
                return self._aggregated(root, headers)
            case ["openapi", "v2"]:
                return self._openapi_v2(headers)
            case [".well-known", "openid-configuration"]:
                document = self._issuer()
                return None if document is None else _json(document, JSON, CACHED)
            case ["openid", "v1", "jwks"]:
                return self._keys(headers)
            case ["metrics"]:
                from sanb.http import metrics

                return Message(200, (("Content-Type", metrics.CONTENT_TYPE),), metrics.text(self._plane))
        return None

    def _keys(self, headers: Mapping[str, str]) -> Message | None:
        """The issuer's key set, for clients that take its media type."""
        if self._issuer() is None:
            return None
        accepted = [clause.media for clause in negotiation.clauses(headers.get("accept", "") or "*/*")]
        if not any(media in ("*/*", "application/*", JWKS) for media in accepted):
            why = self._plane.profile.pick(NOT_ACCEPTABLE)
            return wire.refuse(status.failure(406, "NotAcceptable", why, {}))
        return _json(self._plane.authority.jwks(), JWKS, CACHED)

    def _issuer(self) -> Any:
        """The issuer's document; None where the minor publishes none, or the issuer is no address that it could be at."""
        if not self._plane.profile["oidc"]:
            return None
        try:
            return self._plane.authority.discovery(self._address())
        except UsageError:
            return None

    def _aggregated(self, root: str, headers: Mapping[str, str]) -> Message | None:
        """The aggregated form of discovery, if the client asks for it and the minor has it."""
        for _, parameters in negotiation.clauses(headers.get("accept", "")):
            version = parameters.get("v", "")
            if parameters.get("as") != "APIGroupDiscoveryList" or parameters.get("g") != GROUP:
                continue
            body = aggregated.groups(self._plane.profile, root, version, self._plane.custom())
            if body is not None:
                media = f"{JSON};g={GROUP};v={version};as=APIGroupDiscoveryList"
                return negotiation.compressed(_json(body, media, (("Vary", "Accept"),)), headers)
        return None

    def _openapi_v2(self, headers: Mapping[str, str]) -> Message:
        body = openapi.v2(self._plane.profile, self._plane.custom())
        names = [clause.media for clause in negotiation.clauses(headers.get("accept", ""))]
        if any(name in ASKED for name in names) and JSON not in names:
            from sanb.http import gnostic

            message = Message(200, (("Content-Type", ASKED[1]),), gnostic.encode(body))
        else:
            message = _json(body, JSON)
        return negotiation.compressed(message, headers)

    def _body(self, parts: list[str], path: str) -> Any:
        profile = self._plane.profile
        match parts:
            case []:
                return {"paths": discovery.paths(profile, self._plane.custom())}
            case ["api"]:
                return discovery.api_versions(self._address())
            case ["openapi", "v3"]:
                return openapi.v3_index(profile, self._plane.custom())
            case ["openapi", "v3", *rest]:
                return openapi.v3(profile, "/".join(rest), self._plane.custom())
        return discovery.answer(profile, path, self._plane.custom())


def elsewhere(profile: Profile, method: str, target: str, custom: discovery.Custom = ()) -> Message:
    """The answer to a path that belongs to no resource: discovery, health, or 404 in plain text."""
    path, query = urlsplit(target)[2:4]
    if method in ("GET", "HEAD"):
        told = health.answer(profile, path, query)
        if told is not None:
            return Message(200, NOSNIFF, told.encode())
        body = discovery.answer(profile, path, custom)
        if body is not None:
            return wire.render(Response(200, body))
    listed = discovery.lost(profile, path)
    if listed is not None:
        return wire.render(Response(404, listed))
    return Message(404, NOSNIFF, b"404 page not found\n")


def _json(body: Any, media: str, headers: tuple[tuple[str, str], ...] = ()) -> Message:
    return Message(200, (("Content-Type", media), *headers), json.dumps(body, separators=(",", ":")).encode() + b"\n")
