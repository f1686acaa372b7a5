"""TCP_NODELAY for all connections, so that small responses are sent at once."""

import socket
from asyncio import BaseTransport, Protocol
from functools import wraps

from uvicorn.protocols.http.auto import AutoHTTPProtocol


def enable_tcp_nodelay() -> None:
    """Set TCP_NODELAY on every connection; call while Home.py is imported, before any connection.

    asyncio sets it only for sockets created with an explicit protocol, and Streamlit's is not. The
    second part of a response then waits for the browser's delayed acknowledgement of the first:
    some 40 ms for every script and websocket message. Streamlit gives no access to its socket.
    """
    connection_made = AutoHTTPProtocol.connection_made

    @wraps(connection_made)
    def connected(self: Protocol, transport: BaseTransport) -> None:
        peer = transport.get_extra_info("socket")
        if peer is not None and peer.family in {socket.AF_INET, socket.AF_INET6}:
            peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection_made(self, transport)

    AutoHTTPProtocol.connection_made = connected  # type: ignore[assignment, method-assign]
