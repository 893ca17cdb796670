"""uvicorn's WebSockets, which additionally hand over the certificate that a client showed. Slow to import, and seldom needed."""

from __future__ import annotations

import asyncio

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from sanb.http.protocol import shown, with_certificate


class WebSockets(WebSocketsSansIOProtocol):
    """WebSocket."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A connection was upgraded."""
        super().connection_made(transport)
        self.app = with_certificate(self.app, shown(transport))
