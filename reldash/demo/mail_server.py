"""The demo's SMTP server on 127.0.0.1, which stores emails in a Maildir."""

import mailbox
import socket
from collections.abc import Coroutine
from email.message import Message
from pathlib import Path
from typing import Any, Self

from aiosmtpd.controller import BaseThreadedController
from aiosmtpd.handlers import Mailbox

from reldash.demo.http_servers import bound_socket

MAX_MAILS = 200  # a demo that runs for weeks must not fill the disk


class _MaildirHandler(Mailbox):
    """Stores emails in a Maildir and deletes the oldest beyond `MAX_MAILS`."""

    def handle_message(self, message: Message) -> None:
        """Store one email."""
        super().handle_message(message)
        paths = sorted(Path(self.mail_dir).glob("new/*"), key=lambda path: path.stat().st_mtime)
        for path in paths[:-MAX_MAILS]:
            path.unlink(missing_ok=True)


class _BoundSocketController(BaseThreadedController):
    """Serves on a socket that is already bound, so that the port is known and reserved."""

    def __init__(self, handler: _MaildirHandler, held: socket.socket) -> None:
        super().__init__(handler, hostname="localhost")  # avoids a DNS lookup of its own name
        self.held = held

    def _create_server(self) -> Coroutine[Any, Any, Any]:
        return self.loop.create_server(self._factory_invoker, sock=self.held)

    def _trigger_server(self) -> None:
        with socket.create_connection(self.held.getsockname(), timeout=5) as connection:
            connection.recv(1)  # the greeting: the server is up


class DemoMailServer:
    """A running mail server. Usable as a context manager.

    Attributes:
        folder: a Maildir with the emails received since the start.
        url: the value for RELDASH_SMTP_URL.
    """

    def __init__(self, folder: Path) -> None:
        folder.parent.mkdir(parents=True, exist_ok=True)
        mailbox.Maildir(folder).clear()  # codes of an earlier run are no longer valid
        self.folder = folder
        held = bound_socket(0)
        self.url = f"smtp://127.0.0.1:{held.getsockname()[1]}"
        self._controller = _BoundSocketController(_MaildirHandler(folder), held)
        self._controller.start()

    def close(self) -> None:
        """Stop the server; the emails stay."""
        self._controller.stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
