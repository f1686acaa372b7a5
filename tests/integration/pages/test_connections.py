"""Connections send small responses at once, and end where a request does not come to its end."""

import socket
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import anyio
import pytest
import trustme
import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.auto import AutoHTTPProtocol

from reldash.demo.http_servers import HttpServers
from reldash.server.connections import set_up_connections
from tests.integration.waiting import wait_for


@dataclass
class Noting:
    """An application that notes TCP_NODELAY of each connection that asks it."""

    found: list[bool] = field(default_factory=list)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert scope["type"] == "http"
        transport = receive.__self__.transport  # type: ignore[attr-defined]
        connection = transport.get_extra_info("socket")
        self.found.append(connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) > 0)
        await send({"type": "http.response.start", "status": 204})
        await send({"type": "http.response.body"})


@contextmanager
def serving(app: ASGIApp, patch: pytest.MonkeyPatch, **options: float) -> Iterator[int]:
    """Serve an application on a socket as Streamlit makes its own; yields the port."""
    as_it_was = AutoHTTPProtocol.connection_made
    patch.setattr(AutoHTTPProtocol, "connection_made", as_it_was)  # and is again afterwards
    set_up_connections(**options)
    with socket.socket() as listening:  # of protocol 0
        listening.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(app, lifespan="off", log_level="error"))
        thread = threading.Thread(target=server.run, args=([listening],))
        thread.start()
        wait_for(lambda: server.started)
        yield listening.getsockname()[1]
        server.should_exit = True
        thread.join()


def test_connections_of_a_socket_that_does_not_name_its_protocol_send_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    app = Noting()
    with serving(app, monkeypatch) as port:
        urllib.request.urlopen(f"http://127.0.0.1:{port}/").close()
    assert app.found == [True]


HEAD = b"GET / HTTP/1.1\r\nHost: localhost\r\n"


@pytest.mark.parametrize(
    "sent",
    [b"", b"GET / HT", HEAD, b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nx"],
    ids=["nothing", "half a line", "half a head", "half a body"],
)
def test_a_connection_without_a_whole_request_is_closed(
    sent: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def read_body(scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG001
        while (await receive()).get("more_body"):
            pass

    with (
        serving(read_body, monkeypatch, request_seconds=0.1) as port,
        socket.create_connection(("127.0.0.1", port), timeout=20) as connection,
    ):
        connection.sendall(sent)
        assert connection.recv(1000) == b""


def test_a_connection_is_closed_if_a_later_request_stays_incomplete(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with (
        serving(Noting(), monkeypatch, request_seconds=0.1) as port,
        socket.create_connection(("127.0.0.1", port), timeout=20) as connection,
    ):
        connection.sendall(HEAD + b"\r\n")
        assert connection.recv(1000).startswith(b"HTTP/1.1 204")
        connection.sendall(HEAD)
        assert connection.recv(1000) == b""


def test_a_request_that_takes_long_to_answer_is_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    async def answer_late(scope: Scope, receive: Receive, send: Send) -> None:
        await anyio.sleep(0.5)  # longer than a request may take to come
        await Noting()(scope, receive, send)

    with serving(answer_late, monkeypatch, request_seconds=0.1) as port:
        urllib.request.urlopen(f"http://127.0.0.1:{port}/").close()


def test_the_demos_clusters_send_at_once_also_after_they_were_down() -> None:
    app = Noting()
    servers = HttpServers(trustme.CA())
    url = servers.listen("dev", app, secure=False)
    urllib.request.urlopen(url).close()  # noqa: S310 - our own server
    servers.set_down("dev", down=True)
    servers.set_down("dev", down=False)
    urllib.request.urlopen(url).close()  # noqa: S310 - likewise
    servers.close()
    assert app.found == [True, True]
