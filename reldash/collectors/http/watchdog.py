"""Ends connections at a deadline, whatever the server does.

A socket's timeout bounds a single wait: with a server that sends a byte now and then, reading its
headers alone could last for ever.
"""

import socket
import threading
import time
from contextlib import suppress
from typing import Any

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool


class Watchdog:
    """Shuts down every connection of a pool manager at a deadline."""

    def __init__(self, pool: urllib3.PoolManager, deadline: float) -> None:
        """Watch new connections of `pool`; `deadline` is of `time.monotonic()`."""
        self._connections: list[HTTPConnection] = []
        connections = self._connections

        class WatchedHTTP(HTTPConnection):
            def connect(self) -> None:
                connections.append(self)
                super().connect()

        class WatchedHTTPS(HTTPSConnection):
            def connect(self) -> None:
                connections.append(self)
                super().connect()

        class PoolHTTP(HTTPConnectionPool):
            ConnectionCls = WatchedHTTP

        class PoolHTTPS(HTTPSConnectionPool):
            ConnectionCls = WatchedHTTPS

        # urllib3 keeps this attribute for others to override (its PoolManager says so).
        classes: dict[str, Any] = {"http": PoolHTTP, "https": PoolHTTPS}
        pool.pool_classes_by_scheme = classes
        self._timer = threading.Timer(max(deadline - time.monotonic(), 0), self._end)
        self._timer.daemon = True
        self._timer.start()

    def stop(self) -> None:
        """Cancel the deadline."""
        self._timer.cancel()

    def _end(self) -> None:
        for connection in list(self._connections):
            sock = connection.sock
            if sock is not None:
                with suppress(OSError):
                    # The socket's own method: SSLSocket's would first take the TLS state away
                    # from the thread that is reading.
                    socket.socket.shutdown(sock, socket.SHUT_RDWR)
