"""The release dashboard as a child process of the demo: started, watched, ended."""

import http.client
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress

from reldash.errors import ReldashError

_BY_ITSELF_SECONDS = 3.0  # Ctrl-C reaches the child, too; give it time to end by itself
_ON_REQUEST_SECONDS = 10.0


class DashboardProcess:
    """A running `python -m reldash serve`.

    It stays in this process's group, so that Ctrl-C in a terminal reaches both.
    """

    def __init__(self, port: int, environment: Mapping[str, str]) -> None:
        self.port = port
        command = [sys.executable, "-m", "reldash", "serve", "--port", str(port)]
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            command, env=dict(environment)
        )

    @property
    def exit_code(self) -> int | None:
        """None while it runs; 128 and the signal's number where one ended it, as shells say."""
        code = self._process.poll()
        return 128 - code if code is not None and code < 0 else code

    def is_answering(self) -> bool:
        """Whether the server takes requests by now."""
        connection = http.client.HTTPConnection("localhost", self.port, timeout=2)
        try:
            connection.request("GET", "/_stcore/health")
            return connection.getresponse().status == http.HTTPStatus.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def end(self, *, asked: bool) -> None:
        """Wait for its end, and bring it about.

        Args:
            asked: a signal has reached the child as well (Ctrl-C), so that it needs no other yet.
        """
        if asked and self._has_ended(_BY_ITSELF_SECONDS):
            return
        self._process.send_signal(signal.SIGTERM)
        if not self._has_ended(_ON_REQUEST_SECONDS):
            self._process.kill()
            self._process.wait()

    def _has_ended(self, within: float) -> bool:
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=within)
        return self._process.returncode is not None


def check_port(port: int) -> None:
    """Raise ReldashError where something listens there already, so that it is not taken for us."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            message = f"localhost:{port} is taken ({error.strerror}): name another with --port"
            raise ReldashError("Port not free", message) from error
