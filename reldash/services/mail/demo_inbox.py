"""The demo's inbox: messages received by its own mail server, for a page to show."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path


@dataclass(frozen=True, slots=True)
class InboxMail:
    """One received message. `received_at` is aware UTC; `text` is the plain-text part.

    All texts are untrusted: escape them.
    """

    to: str
    subject: str
    text: str
    received_at: datetime


def load_inbox(folder: Path, limit: int = 50) -> list[InboxMail]:
    """The newest messages of a Maildir, newest first; none if the folder does not exist."""
    found = sorted(_files_of(folder), reverse=True)
    mails = []
    for received, path in found[:limit]:
        with suppress(OSError):  # deleted meanwhile
            mails.append(_read(path, received))
    return mails


def _files_of(folder: Path) -> Iterator[tuple[float, Path]]:
    for path in (*folder.glob("new/*"), *folder.glob("cur/*")):
        with suppress(OSError):
            yield path.stat().st_mtime, path


def _read(path: Path, received: float) -> InboxMail:
    message = message_from_bytes(path.read_bytes(), EmailMessage, policy=default)
    body = message.get_body(("plain",))
    text = body.get_content() if body is not None else ""
    return InboxMail(
        str(message["To"] or ""),
        str(message["Subject"] or ""),
        text.replace("\r\n", "\n"),
        datetime.fromtimestamp(received, UTC),
    )
