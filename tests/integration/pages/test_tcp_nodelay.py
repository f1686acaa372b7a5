"""Small answers are not held back until the one before was acknowledged."""

import socket
import threading
import urllib.request
from dataclasses import dataclass, field

import pytest
import trustme
import uvicorn
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.auto import AutoHTTPProtocol

from reldash.demo.http_servers import HttpServers
from reldash.server.tcp_nodelay import enable_tcp_nodelay
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


def test_connections_of_a_socket_that_does_not_name_its_protocol_send_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    app, as_it_was = Noting(), AutoHTTPProtocol.connection_made
    monkeypatch.setattr(AutoHTTPProtocol, "connection_made", as_it_was)  # and is again afterwards
    enable_tcp_nodelay()
    with socket.socket() as listening:  # as Streamlit makes its own: of protocol 0
        listening.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(app, lifespan="off", log_level="error"))
        thread = threading.Thread(target=server.run, args=([listening],))
        thread.start()
        wait_for(lambda: server.started)
        port = listening.getsockname()[1]
        urllib.request.urlopen(f"http://127.0.0.1:{port}/").close()
        server.should_exit = True
        thread.join()
    assert app.found == [True]


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
