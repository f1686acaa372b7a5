"""The demo's mail server: a real one on 127.0.0.1, which keeps what it takes in a folder."""

import mailbox
import socket
from collections.abc import Coroutine
from email.message import Message
from pathlib import Path
from typing import Any, Self

from aiosmtpd.controller import BaseThreadedController
from aiosmtpd.handlers import Mailbox

from reldash.demo.http_servers import bound_socket

MAX_MAILS = 200  # mails; a demo that runs for weeks must not fill the disk


class _MaildirHandler(Mailbox):
    """Puts mails into a Maildir and takes the oldest away."""

    def handle_message(self, message: Message) -> None:
        """Keep one mail."""
        super().handle_message(message)
        paths = sorted(Path(self.mail_dir).glob("new/*"), key=lambda path: path.stat().st_mtime)
        for path in paths[:-MAX_MAILS]:
            path.unlink(missing_ok=True)


class _BoundSocketController(BaseThreadedController):
    """Serves on a socket that is bound_socket already, so that its port is known and ours."""

    def __init__(self, handler: _MaildirHandler, held: socket.socket) -> None:
        super().__init__(handler, hostname="localhost")  # else it asks DNS for its own name
        self.held = held

    def _create_server(self) -> Coroutine[Any, Any, Any]:
        return self.loop.create_server(self._factory_invoker, sock=self.held)

    def _trigger_server(self) -> None:
        with socket.create_connection(self.held.getsockname(), timeout=5) as connection:
            connection.recv(1)  # the greeting: it answers


class DemoMailServer:
    """A running mail server. Usable as a context manager.

    Attributes:
        folder: a Maildir of what it has taken since it was started.
        url: what RELDASH_SMTP_URL says of it.
    """

    def __init__(self, folder: Path) -> None:
        folder.parent.mkdir(parents=True, exist_ok=True)
        mailbox.Maildir(folder).clear()  # codes of an earlier run say nothing any more
        self.folder = folder
        held = bound_socket(0)
        self.url = f"smtp://127.0.0.1:{held.getsockname()[1]}"
        self._controller = _BoundSocketController(_MaildirHandler(folder), held)
        self._controller.start()

    def close(self) -> None:
        """Stop it; the mails stay."""
        self._controller.stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
