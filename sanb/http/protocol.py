"""uvicorn's protocols, which additionally hand over the certificate that a client showed."""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol


def _with_certificate(app: Any, transport: asyncio.BaseTransport) -> Any:
    """The application, told who is at the other end of this connection."""
    tls = transport.get_extra_info("ssl_object")
    certificate = tls.getpeercert(binary_form=True) if tls is not None else None
    if certificate is None:
        return app

    async def told(scope: Any, receive: Any, send: Any) -> None:
        scope["sanb.certificate"] = certificate
        await app(scope, receive, send)

    return told


class Protocol(HttpToolsProtocol):
    """HTTP/1.1."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A client is there."""
        super().connection_made(transport)
        self.app = _with_certificate(self.app, transport)


class WebSockets(WebSocketsSansIOProtocol):
    """WebSocket."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A connection was upgraded."""
        super().connection_made(transport)
        self.app = _with_certificate(self.app, transport)
