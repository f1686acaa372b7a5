"""A small HTTP proxy: CONNECT and absolute URLs, with or without a password."""

import select
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class HttpProxy:
    """Counts what it is asked for.

    Attributes:
        authorization: the Proxy-Authorization that it wants; None for none.
        status: what it answers to a CONNECT that it accepts; 200 connects.
        asked: (target, Proxy-Authorization) of each request.
        authorizations: the Authorization of each request that is no CONNECT.
        hosts: names that it knows, with the address of each.
    """

    def __init__(self) -> None:
        self.authorization: str | None = None
        self.status = 200
        self.port = 0
        self.asked: list[tuple[str, str | None]] = []
        self.authorizations: list[str | None] = []
        self.hosts: dict[str, str] = {}

    def refusal(self, target: str, authorization: str | None) -> int | None:
        """The status of a refusal; None to go on."""
        self.asked.append((target, authorization))
        if self.authorization is not None and authorization != self.authorization:
            return 407
        return self.status if self.status != 200 else None


@contextmanager
def running_proxy() -> Iterator[HttpProxy]:
    """Serve on 127.0.0.1 until the context ends."""
    proxy = HttpProxy()

    class Requests(BaseHTTPRequestHandler):
        def do_CONNECT(self) -> None:
            refusal = proxy.refusal(self.path, self.headers.get("Proxy-Authorization"))
            if refusal:
                self.send_error(refusal)
                return
            host, _, port = self.path.rpartition(":")
            address = proxy.hosts.get(host, host), int(port)
            with socket.create_connection(address, timeout=5) as upstream:
                self.send_response(200)
                self.end_headers()
                with suppress(OSError):
                    self._copy(upstream)

        def do_GET(self) -> None:
            refusal = proxy.refusal(self.path, self.headers.get("Proxy-Authorization"))
            proxy.authorizations.append(self.headers.get("Authorization"))
            self.send_error(refusal or 404)

        def _copy(self, upstream: socket.socket) -> None:
            ends = {self.connection: upstream, upstream: self.connection}
            while True:
                ready, _, _ = select.select(list(ends), [], [], 5)
                for end in ready:
                    data = end.recv(65536)
                    if not data:
                        return
                    ends[end].sendall(data)
                if not ready:
                    return

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
            """Say nothing: the tests look at `HttpProxy.asked`."""

    http = ThreadingHTTPServer(("127.0.0.1", 0), Requests)
    http.daemon_threads = True
    http.block_on_close = False
    proxy.port = http.server_port
    thread = threading.Thread(target=lambda: http.serve_forever(poll_interval=0.02), daemon=True)
    thread.start()
    try:
        yield proxy
    finally:
        http.shutdown()
        http.server_close()
        thread.join()
