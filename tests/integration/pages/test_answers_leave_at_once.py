"""Small answers are not held back until the one before was acknowledged."""

import socket
import threading
import urllib.request

import uvicorn
from starlette.types import Receive, Scope, Send

from reldash.server.sockets import send_at_once
from tests.integration.waiting import wait_for


def test_connections_of_a_socket_that_does_not_name_its_protocol_send_at_once() -> None:
    found: list[int] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        assert scope["type"] == "http"
        transport = receive.__self__.transport  # type: ignore[attr-defined]
        connection = transport.get_extra_info("socket")
        found.append(connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
        await send({"type": "http.response.start", "status": 204})
        await send({"type": "http.response.body"})

    send_at_once()
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
    assert len(found) == 1
    assert found[0] > 0
