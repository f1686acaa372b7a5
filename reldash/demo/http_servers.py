"""HTTP servers on 127.0.0.1: clusters' APIs over HTTPS, AWS over HTTP.

One thread with one event loop; one port per server.
"""

import asyncio
import socket
import ssl
import threading
from collections.abc import Coroutine
from concurrent.futures import Future
from dataclasses import dataclass, field

import trustme
import uvicorn
from starlette.types import ASGIApp

_HOST = "127.0.0.1"


@dataclass(slots=True)
class _Listener:
    app: ASGIApp
    port: int
    held: socket.socket | None  # bound_socket but not listening: connections are refused
    secure: bool
    server: uvicorn.Server | None = None
    task: asyncio.Task[None] | None = None
    changing: asyncio.Lock = field(default_factory=asyncio.Lock)  # serializes up and down


@dataclass(slots=True)
class HttpServers:
    """All servers of the fleet. `listen` binds a port; `close` releases all ports."""

    authority: trustme.CA
    _listeners: dict[str, _Listener] = field(default_factory=dict)
    _loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)
    _thread: threading.Thread | None = None
    _context: ssl.SSLContext = field(init=False)

    def __post_init__(self) -> None:
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.authority.issue_cert(_HOST, "localhost").configure_cert(self._context)

    def listen(self, name: str, app: ASGIApp, *, secure: bool = True) -> str:
        """Serve an application on a free port; returns its URL.

        Args:
            name: for `set_down` and `schedule_down`.
            app: the ASGI application.
            secure: use TLS, with a certificate of the authority.
        """
        if self._thread is None:
            self._thread = threading.Thread(
                target=self._loop.run_forever, name="demo-api", daemon=True
            )
            self._thread.start()
        held = bound_socket(0)
        listener = _Listener(app, held.getsockname()[1], held, secure)
        self._listeners[name] = listener
        self._run(self._up(name))
        return f"{'https' if secure else 'http'}://{_HOST}:{listener.port}"

    def set_down(self, name: str, *, down: bool) -> None:
        """Refuse connections at this server's port, or accept them again."""
        self._run(self._down(name) if down else self._up(name))

    def schedule_down(self, name: str, down: bool) -> None:
        """Call `set_down` without waiting; does nothing if this cluster is not served.

        For callers that hold a lock which a request in progress may be waiting for.
        """
        if name in self._listeners:
            work = self._down(name) if down else self._up(name)
            asyncio.run_coroutine_threadsafe(work, self._loop)

    def close(self) -> None:
        """Stop every server and the thread, and release the ports."""
        if self._thread is None:
            self._loop.close()
            return
        self._run(self._all_down())
        for listener in self._listeners.values():
            if listener.held is not None:
                listener.held.close()
        self._listeners.clear()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _run(self, work: Coroutine[None, None, None]) -> None:
        waiting: Future[None] = asyncio.run_coroutine_threadsafe(work, self._loop)
        waiting.result()

    async def _up(self, name: str) -> None:
        listener = self._listeners[name]
        async with listener.changing:
            if listener.held is not None:
                await self._listen(listener, listener.held)

    async def _listen(self, listener: _Listener, held: socket.socket) -> None:
        config = uvicorn.Config(
            listener.app,
            lifespan="off",
            log_config=None,
            access_log=False,
            log_level="warning",
        )
        config.load()
        if listener.secure:
            config.ssl = self._context
        listener.server = uvicorn.Server(config)
        listener.task = self._loop.create_task(listener.server.serve(sockets=[held]))
        listener.held = None
        while not listener.server.started and not listener.task.done():
            await asyncio.sleep(0.005)
        if listener.task.done():
            listener.task.result()

    async def _all_down(self) -> None:
        await asyncio.gather(*(self._down(name) for name in self._listeners))
        # Only requests to hanging clusters are left.
        left = asyncio.all_tasks() - {asyncio.current_task()}
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    async def _down(self, name: str) -> None:
        listener = self._listeners[name]
        async with listener.changing:
            if listener.server is not None and listener.task is not None:
                await self._refuse(listener, listener.server, listener.task)

    async def _refuse(
        self, listener: _Listener, server: uvicorn.Server, task: asyncio.Task[None]
    ) -> None:
        # Abort open connections instead of draining them, as when a cluster goes down.
        for connection in list(server.server_state.connections):
            connection.transport.abort()
        server.should_exit = server.force_exit = True
        await task
        listener.server = listener.task = None
        # Bind again at once, so that no other process gets the port meanwhile.
        listener.held = bound_socket(listener.port)


def bound_socket(port: int) -> socket.socket:
    """Return a socket bound to 127.0.0.1, not yet listening; port 0 for any free one."""
    # asyncio sets TCP_NODELAY only for sockets with an explicit protocol. Without it the second
    # part of a response waits up to 40 ms for the delayed acknowledgement of the first.
    held = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    held.bind((_HOST, port))
    held.setblocking(False)
    return held
