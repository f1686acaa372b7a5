"""How answers leave: at once, however small."""

import socket
from asyncio import BaseTransport, Protocol
from functools import wraps

from uvicorn.protocols.http.auto import AutoHTTPProtocol


def enable_tcp_nodelay() -> None:
    """Have every connection send what it is given without waiting for more (TCP_NODELAY).

    asyncio does so only for sockets that name their protocol, and Streamlit's does not. Then the
    second part of an answer waits until the browser has acknowledged the first, which browsers
    put off: some 40 ms for every script of a page, and for messages of its websocket. Streamlit
    gives no way to its socket. Called while Home.py is imported, before anybody connects.
    """
    connection_made = AutoHTTPProtocol.connection_made

    @wraps(connection_made)
    def connected(self: Protocol, transport: BaseTransport) -> None:
        peer = transport.get_extra_info("socket")
        if peer is not None and peer.family in {socket.AF_INET, socket.AF_INET6}:
            peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection_made(self, transport)

    AutoHTTPProtocol.connection_made = connected  # type: ignore[assignment, method-assign]
