"""TCP connections of the server: small responses at once, and an end to incomplete requests.

Streamlit gives no access to its socket or to uvicorn's settings, so uvicorn's protocol class is
extended while Home.py is imported, before there is any connection.
"""

import socket
from asyncio import Transport, get_running_loop
from functools import wraps
from typing import Any

import h11
from uvicorn.protocols.http.auto import AutoHTTPProtocol

# A browser sends a request in one go. Who takes longer holds a connection without using it.
REQUEST_SECONDS = 20.0


def set_up_connections(request_seconds: float = REQUEST_SECONDS) -> None:
    """Set TCP_NODELAY on each connection, and close it if a request is not complete in time.

    asyncio sets TCP_NODELAY only for sockets created with an explicit protocol, and Streamlit's is
    not. The second part of a response then waits for the browser's delayed acknowledgement of the
    first: some 40 ms for every script and websocket message.

    Args:
        request_seconds: how long a request, and the first one of a connection, may take to come.
            At most twice as long passes until the connection is closed.
    """
    connection_made = AutoHTTPProtocol.connection_made

    @wraps(connection_made)
    def connected(self: Any, transport: Transport) -> None:
        peer = transport.get_extra_info("socket")
        if peer is not None and peer.family in {socket.AF_INET, socket.AF_INET6}:
            peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection_made(self, transport)
        if isinstance(getattr(self, "conn", None), h11.Connection):
            _watch(self, transport, request_seconds, was_incomplete=True)

    AutoHTTPProtocol.connection_made = connected  # type: ignore[assignment, method-assign]


def _watch(protocol: Any, transport: Transport, seconds: float, *, was_incomplete: bool) -> None:
    """Look at a connection in some seconds, and close it if its request was incomplete twice."""

    def look() -> None:
        if transport.is_closing() or transport.get_protocol() is not protocol:
            return  # ended, or a websocket by now
        incomplete = _is_incomplete(protocol)
        if incomplete and was_incomplete:
            transport.close()
        else:
            _watch(protocol, transport, seconds, was_incomplete=incomplete)

    get_running_loop().call_later(seconds, look)


def _is_incomplete(protocol: Any) -> bool:
    """Whether the server waits for the rest of a request, or for a first one."""
    received, _ = protocol.conn.trailing_data
    match protocol.conn.their_state:
        case h11.IDLE:
            return protocol.cycle is None or bool(received)
        case h11.SEND_BODY:
            return True
        case _:
            return False
