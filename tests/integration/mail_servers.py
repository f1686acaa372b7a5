"""Real SMTP servers on 127.0.0.1: one that takes mail, and ones that are difficult."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.integration.ports import free_port


@dataclass  # without slots: aiosmtpd reads all attributes, and Python 3.11.2 fails at __weakref__
class Post:
    """What a server does with mail, and what it took.

    Attributes:
        answers: a command such as "RCPT" or "DATA" -> the reply it gets instead of being obeyed.
        taken: messages by order. recipients: what each was addressed to on the envelope.
    """

    answers: dict[str, str] = field(default_factory=dict)
    taken: list[EmailMessage] = field(default_factory=list)
    recipients: list[list[str]] = field(default_factory=list)
    port: int = 0

    @property
    def url(self) -> str:
        """For RELDASH_SMTP_URL, without TLS and login."""
        return f"smtp://127.0.0.1:{self.port}"

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's names
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return self.answers.get("MAIL", "250 OK")

    async def handle_RCPT(  # noqa: N802
        self,
        _server: SMTP,
        _session: Session,
        envelope: Envelope,
        address: str,
        _options: list[str],
    ) -> str:
        if "RCPT" not in self.answers:
            envelope.rcpt_tos.append(address)
        return self.answers.get("RCPT", "250 OK")

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        if "DATA" in self.answers:
            return self.answers["DATA"]
        assert isinstance(envelope.content, bytes)
        message = message_from_bytes(envelope.content, policy=default)
        assert isinstance(message, EmailMessage)
        self.taken.append(message)
        self.recipients.append(list(envelope.rcpt_tos))
        return "250 taken"

    async def handle_QUIT(self, _server: SMTP, _session: Session, _envelope: Envelope) -> str:  # noqa: N802
        return self.answers.get("QUIT", "221 Bye")


@contextmanager
def mail_server(
    post: Post | None = None,
    *,
    tls: ssl.SSLContext | None = None,
    starttls: ssl.SSLContext | None = None,
    login: tuple[str, str] | None = None,
    port: int = 0,
) -> Iterator[Post]:
    """A server that runs within the block.

    With `tls` it speaks TLS from the first byte, with `starttls` it demands it before any mail.
    `login` is the user and password that it demands. `port` is where it ran before.
    """
    post = post or Post()
    post.port = port or free_port()

    def check(
        _server: SMTP, _session: Session, _envelope: Envelope, _way: str, given: object
    ) -> AuthResult:
        assert isinstance(given, LoginPassword)
        right = login and (given.login, given.password) == tuple(each.encode() for each in login)
        return AuthResult(success=bool(right), handled=False)  # it answers

    controller = Controller(
        post,
        hostname="127.0.0.1",
        port=post.port,
        ssl_context=tls,
        tls_context=starttls,
        require_starttls=starttls is not None,
        auth_required=login is not None,
        auth_require_tls=starttls is not None,
        authenticator=check,
    )
    controller.start()
    try:
        yield post
    finally:
        controller.stop()
