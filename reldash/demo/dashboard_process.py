"""The release dashboard as a child process of the demo."""

import http.client
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress

from reldash.errors import ReldashError

_AFTER_CTRL_C_SECONDS = 3.0  # Ctrl-C reaches the child, too; give it time to end by itself
_AFTER_SIGTERM_SECONDS = 10.0


class DashboardProcess:
    """A running `python -m reldash serve`.

    It stays in this process group, so that Ctrl-C in a terminal reaches both.
    """

    def __init__(self, port: int, environment: Mapping[str, str]) -> None:
        self.port = port
        command = [sys.executable, "-m", "reldash", "serve", "--port", str(port)]
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            command, env=dict(environment)
        )

    @property
    def exit_code(self) -> int | None:
        """None while it runs; 128 plus the signal's number after a signal, as in shells."""
        code = self._process.poll()
        return 128 - code if code is not None and code < 0 else code

    def is_answering(self) -> bool:
        """Whether the server responds to requests."""
        connection = http.client.HTTPConnection("localhost", self.port, timeout=2)
        try:
            connection.request("GET", "/_stcore/health")
            return connection.getresponse().status == http.HTTPStatus.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def end(self, *, interrupted: bool) -> None:
        """End the process and wait for it.

        Args:
            interrupted: Ctrl-C has reached the child, too: first wait for it to end by itself.
        """
        if interrupted and self._has_ended(_AFTER_CTRL_C_SECONDS):
            return
        self._process.send_signal(signal.SIGTERM)
        if not self._has_ended(_AFTER_SIGTERM_SECONDS):
            self._process.kill()
            self._process.wait()

    def _has_ended(self, within: float) -> bool:
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=within)
        return self._process.returncode is not None


def check_port(port: int) -> None:
    """Raise ReldashError if the port is in use."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            message = f"localhost:{port} is in use ({error.strerror}); choose another with --port"
            raise ReldashError("Port in use", message) from error
