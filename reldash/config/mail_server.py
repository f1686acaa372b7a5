"""The mail server (RELDASH_SMTP_URL) and validation of email addresses."""

import re
from dataclasses import dataclass, field
from email.errors import MessageError
from email.policy import SMTP
from enum import StrEnum
from urllib.parse import unquote, urlsplit

from reldash.config.addresses import is_loopback

URL = (
    "smtp+starttls:// or smtps://[USER:PASSWORD@]HOST[:PORT], or smtp:// for a server without TLS "
    "(no password, except on this machine)"
)
SENDER = 'an address such as reldash@example.com, or "Name <reldash@example.com>"'
ADDRESS = "an address such as ann@example.com"
DOMAIN = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)(?:\.(?!-)[a-z0-9-]{1,63}(?<!-))*")
LOCAL_PART = re.compile(r'[^\s@<>()\[\],;:\\"]+')  # quoted ones are not used in practice
LONGEST_ADDRESS = 254  # https://www.rfc-editor.org/errata/eid1690


class Security(StrEnum):
    """The encryption of a connection to a mail server; the scheme of its URL."""

    NONE = "smtp"
    STARTTLS = "smtp+starttls"
    TLS = "smtps"


PORTS = {Security.NONE: 25, Security.STARTTLS: 587, Security.TLS: 465}


@dataclass(frozen=True, slots=True)
class MailServer:
    """A mail server. `user` and `password` are "" if it needs no login."""

    host: str
    port: int
    security: Security
    user: str = ""
    password: str = field(default="", repr=False)

    @property
    def place(self) -> str:
        """The address without credentials: "smtps://host:port"."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.security}://{host}:{self.port}"


def parse_mail_server(url: str) -> MailServer:
    """Parse a URL with percent-encoded user and password.

    A password is never sent without TLS, except to this machine.

    Raises:
        ValueError: with what is expected.
    """
    try:
        parts = urlsplit(url)
        security, port = Security(parts.scheme), parts.port
    except ValueError as error:  # another scheme, invalid port or IPv6 address
        raise ValueError(URL) from error
    host, user, password = (
        parts.hostname,
        unquote(parts.username or ""),
        unquote(parts.password or ""),
    )
    if (
        not host
        or port == 0
        or parts.path not in ("", "/")
        or "?" in url
        or "#" in url
        or bool(user) != bool(password)
        or (user and security is Security.NONE and not is_loopback(host))
        or not (host + user + password).isprintable()
        or not (user + password).isascii()  # smtplib supports no other
        or " " in host
    ):
        raise ValueError(URL)
    return MailServer(host, port or PORTS[security], security, user, password)


def mail_sender(text: str) -> str:
    """A From address with or without a name (ValueError: with what is expected)."""
    try:
        header = SMTP.header_factory("From", text)
        (group,) = header.groups
        (address,) = group.addresses
    except (ValueError, IndexError, MessageError) as error:
        raise ValueError(SENDER) from error
    named = group.display_name is not None  # a list of addresses
    if not text.isprintable() or header.defects or named or not is_address(address.addr_spec):
        raise ValueError(SENDER)
    return text


def mail_address(text: str) -> str:
    """One plain address (ValueError: with what is expected)."""
    if not is_address(text):
        raise ValueError(ADDRESS)
    return text


def is_address(text: str) -> bool:
    """Whether the text is one address without a name, with an ASCII domain."""
    local, _, domain = text.rpartition("@")
    return (
        text.isprintable()
        and len(text) <= LONGEST_ADDRESS
        and LOCAL_PART.fullmatch(local) is not None
        and DOMAIN.fullmatch(domain.lower()) is not None
    )
