"""A Kubernetes API server that answers what a test gives it, over real HTTPS.

It shares nothing with the collector or the demo's simulator.
"""

import gzip
import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import trustme

RECORDINGS = Path(__file__).parent.parent / "data" / "recordings"

LISTS = {
    "deployments": "/apis/apps/v1/deployments",
    "statefulsets": "/apis/apps/v1/statefulsets",
    "daemonsets": "/apis/apps/v1/daemonsets",
    "replicasets": "/apis/apps/v1/replicasets",
    "controllerrevisions": "/apis/apps/v1/controllerrevisions",
    "cronjobs": "/apis/batch/v1/cronjobs",
    "jobs": "/apis/batch/v1/jobs",
    "pods": "/api/v1/pods",
}
ROLLOUTS = "/apis/argoproj.io/v1alpha1/rollouts"


def recording(name: str) -> bytes:
    """The body of a recording."""
    return gzip.decompress((RECORDINGS / f"{name}.json.gz").read_bytes())


def items(name: str) -> list[dict[str, Any]]:
    """The objects of a recorded list."""
    found: list[dict[str, Any]] = json.loads(recording(name))["items"]
    return found


@dataclass(frozen=True)
class Request:
    """A request of the collector."""

    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    header_lines: Sequence[tuple[str, str]] = ()  # as sent; a name may repeat


@dataclass(frozen=True)
class Answer:
    """What it is answered; `drip` is sent a byte at a time, for ever, in place of a body."""

    status: int = 200
    body: bytes = b"{}"
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str = "application/json"
    silent: bool = False  # accept, and never answer
    drip: bool = False  # begin, and send a byte now and then
    cut: bool = False  # end the connection in the middle of the body


Handler = Callable[[Request], Answer]


def listed(objects: Sequence[Any], *, token: str = "") -> bytes:
    """A list, or a page of one."""
    return json.dumps(
        {"kind": "List", "apiVersion": "v1", "metadata": {"continue": token}, "items": objects}
    ).encode()


def status(code: int, message: str, reason: str = "") -> bytes:
    """A Status, as API servers say no."""
    return json.dumps(
        {"kind": "Status", "status": "Failure", "message": message, "reason": reason, "code": code}
    ).encode()


class ApiServer:
    """Answers by path; what has no handler is served as an empty list, or not found.

    `lists` holds objects by path, served in pages as requested. `handlers` go first.
    """

    def __init__(self) -> None:
        self.lists: dict[str, list[Any]] = {path: [] for path in LISTS.values()}
        self.handlers: dict[str, Handler] = {
            "/version": lambda _: Answer(body=recording("version"))
        }
        self.requests: list[Request] = []
        self.url = ""
        self.ca_file = Path()
        self.stopping = threading.Event()

    def serve_recordings(self, cluster: str) -> None:
        """Serve the recorded lists of a cluster as they are, whole."""
        for plural, path in LISTS.items():
            if (RECORDINGS / f"{cluster}.{plural}.json.gz").exists():
                self.answer(path, body=recording(f"{cluster}.{plural}"))

    def answer(self, path: str, **values: Any) -> None:
        """Answer a path always alike."""
        self.handlers[path] = lambda _: Answer(**values)

    def answer_in_turn(self, path: str, *answers: Answer) -> None:
        """Answer a path with one after the other; the last one stays."""
        queue = list(answers)
        self.handlers[path] = lambda _: queue.pop(0) if len(queue) > 1 else queue[0]

    def refuse(self, path: str) -> None:
        """Answer a path with a 403 as RBAC does."""
        plural = path.rpartition("/")[2]
        self.answer(path, status=403, body=status(403, f'User "x" cannot list "{plural}"'))

    def install_argo(self, rollouts: list[Any]) -> None:
        """Serve Argo Rollouts."""
        group, _, plural = ROLLOUTS.rpartition("/")
        self.answer(group, body=json.dumps({"resources": [{"name": plural}]}).encode())
        self.lists[ROLLOUTS] = rollouts

    def requests_for(self, path: str) -> list[Request]:
        """The requests for one path."""
        return [request for request in self.requests if request.path == path]

    def handle(self, request: Request) -> Answer:
        """The answer to one request."""
        self.requests.append(request)
        handler = self.handlers.get(request.path)
        if handler is not None:
            return handler(request)
        found = self._selected(request)
        if found is None:
            return Answer(404, status(404, "not found"))
        start = int(request.query.get("continue", "0"))
        end = start + int(request.query.get("limit", "1000000"))
        return Answer(body=listed(found[start:end], token=str(end) if end < len(found) else ""))

    def _selected(self, request: Request) -> list[Any] | None:
        path, namespace = request.path, None
        if "/namespaces/" in path:
            head, _, tail = path.partition("/namespaces/")
            namespace, _, plural = tail.partition("/")
            path = f"{head}/{plural}"
        found = self.lists.get(path)
        if found is None or namespace is None:
            return found
        key, _, values = request.query.get("labelSelector", "").partition(" in ")
        return [
            each
            for each in found
            if each["metadata"]["namespace"] == namespace
            and (not key or each["metadata"]["labels"].get(key) in values.strip("()").split(","))
        ]


@contextmanager
def running(server: ApiServer, authority: trustme.CA, folder: Path) -> Iterator[ApiServer]:
    """Serve on 127.0.0.1 until the context ends."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    server.ca_file = folder / "ca.crt"
    authority.cert_pem.write_to_path(str(server.ca_file))

    class Requests(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 30
        disable_nagle_algorithm = True  # or each answer would wait for an acknowledgement

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            query = dict(parse_qsl(parts.query))
            lines = self.headers.items()
            request = Request(parts.path, query, dict(self.headers), lines)
            # The client may have gone: at its deadline it does not say goodbye.
            with suppress(ConnectionError, ssl.SSLError):
                self._send(server.handle(request))

        def _send(self, answer: Answer) -> None:
            if answer.silent:
                server.stopping.wait()
                self.close_connection = True
                return
            body = answer.body
            headers = {"Content-Type": answer.content_type, **answer.headers}
            if "gzip" in self.headers.get("Accept-Encoding", "") and len(body) > 2**17:
                body, headers["Content-Encoding"] = gzip.compress(body, 1), "gzip"
            headers.setdefault("Content-Length", str(len(body)))
            if answer.drip:
                self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
                while not server.stopping.wait(0.05):
                    self.wfile.write(b"x")
                return
            self.send_response(answer.status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body[: len(body) // 2] if answer.cut else body)
            if answer.cut:
                self.close_connection = True

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
            """Say nothing: the tests look at `ApiServer.requests`."""

    class Sockets(ThreadingHTTPServer):
        daemon_threads = True
        block_on_close = False

        def get_request(self) -> tuple[socket.socket, Any]:
            plain, address = super().get_request()
            plain.settimeout(5)
            return context.wrap_socket(
                plain, server_side=True, do_handshake_on_connect=False
            ), address

        def handle_error(self, request: Any, address: Any) -> None:
            """Say nothing of handshakes that a test means to fail."""

    http = Sockets(("127.0.0.1", 0), Requests)
    server.url = f"https://127.0.0.1:{http.server_port}"
    thread = threading.Thread(target=lambda: http.serve_forever(poll_interval=0.02), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.stopping.set()
        http.shutdown()
        http.server_close()
        thread.join()
