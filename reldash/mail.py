"""Sends one email over SMTP."""

import re
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate, make_msgid

from reldash.config import MailServer, Security
from reldash.config.mail_server import is_address
from reldash.errors import ReldashError

SECONDS = 10  # for each answer of the server
LONGEST_REPLY = 200  # characters of a server's reply that are shown

_VARIABLE = "RELDASH_SMTP_URL"
_LOGIN = f"Set the correct user and password in {_VARIABLE}, percent-encoded."
_STARTTLS = f"Use smtp+starttls:// with the user and password in {_VARIABLE}."
# RFC 3463: 5.1.x is about the address, 5.2.1 a disabled mailbox. 5.7.x is the server's policy,
# which its operator can change.
_ADDRESS_STATUS = re.compile(r"5\.1\.\d+|5\.2\.1")
_POLICY_STATUS = re.compile(r"5\.7\.\d+")
_NO_SUCH_MAILBOX = {550, 551, 553}  # RFC 5321, 4.2.3
_ENHANCED = re.compile(r"\b[245]\.\d{1,3}\.\d{1,3}\b")


class MailError(ReldashError):
    """The mail server did not accept an email.

    Attributes:
        fix: one line: how to fix it; may be empty.
        is_final: retrying is useless: the address or the content is refused.
    """

    def __init__(self, title: str, message: str, fix: str = "", *, is_final: bool = False) -> None:
        super().__init__(title, message)
        self.fix = fix
        self.is_final = is_final


@dataclass(frozen=True, slots=True)
class Letter:
    """An email to one person, as plain text and as HTML."""

    to: str
    subject: str
    text: str = field(repr=False)  # holds one-time codes
    html: str = field(repr=False)


def send_mail(letter: Letter, server: MailServer, sender: str) -> None:
    """Hand a letter to the mail server; returns once the server has accepted it.

    `sender` is the From header: an address, with or without a name.

    Raises:
        MailError: the server did not accept it. The message never holds a password, nor the
            server's reply to the content, which may repeat the content.
    """
    message = transform_message(letter, sender)
    with _faults_of(server, letter.to), _signed_in(server) as smtp:
        smtp.send_message(message, to_addrs=[letter.to])


def check_mail_server(server: MailServer) -> None:
    """Connect and sign in, without sending; raises MailError as `send_mail`."""
    with _faults_of(server), _signed_in(server) as smtp:
        smtp.noop()


def transform_message(letter: Letter, sender: str) -> EmailMessage:
    """Turn a letter into a MIME message.

    Raises:
        MailError: the recipient is not a valid email address.
    """
    message = EmailMessage(SMTP)
    message["From"] = sender
    domain = message["From"].addresses[0].domain
    if not is_address(letter.to):
        raise MailError("Address not usable", "expected one email address", is_final=True)
    local, _, at = letter.to.rpartition("@")
    message["To"] = Address(username=local, domain=at)
    message["Subject"] = letter.subject
    message["Date"] = formatdate()
    message["Message-ID"] = make_msgid(domain=domain)
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: suppresses out-of-office replies
    message.set_content(letter.text)
    message.add_alternative(letter.html, subtype="html")
    return message


@contextmanager
def _signed_in(server: MailServer) -> Iterator[smtplib.SMTP]:
    """Open a connection with the configured TLS mode, signed in if a user is configured."""
    context = ssl.create_default_context()
    if server.security is Security.TLS:
        smtp: smtplib.SMTP = smtplib.SMTP_SSL(
            server.host, server.port, timeout=SECONDS, context=context
        )
    else:
        smtp = smtplib.SMTP(server.host, server.port, timeout=SECONDS)
    try:
        if server.security is Security.STARTTLS:
            smtp.starttls(context=context)
        if server.user:
            smtp.login(server.user, server.password)
        yield smtp
    finally:
        # An error at QUIT must not fail a delivery: the email would be sent again.
        with suppress(smtplib.SMTPException, OSError):
            smtp.quit()
        smtp.close()


@contextmanager
def _faults_of(server: MailServer, to: str = "") -> Iterator[None]:
    """Turn smtplib's exceptions within the block into a MailError with a one-line message."""
    place = server.place
    try:
        yield
    except smtplib.SMTPRecipientsRefused as error:
        raise _refused_address(place, *error.recipients[to]) from error
    except smtplib.SMTPAuthenticationError as error:
        found = f"{place}: {_code(error.smtp_code, error.smtp_error)} to the sign-in"
        raise MailError("Mail server refused the sign-in", found, _LOGIN) from error
    except smtplib.SMTPDataError as error:
        found = f"{place}: {_code(error.smtp_code, error.smtp_error)} to the content"
        is_final = error.smtp_code >= 500
        raise MailError("Mail server refused the mail", found, is_final=is_final) from error
    except smtplib.SMTPSenderRefused as error:
        raise _refused_sender(place, error.smtp_code, error.smtp_error) from error
    except smtplib.SMTPResponseException as error:
        found = f"{place}: {_reply(error.smtp_code, error.smtp_error)}"
        fix = "Ask its operators whether this machine may use it."
        raise MailError("Mail server refused the connection", found, fix) from error
    except smtplib.SMTPNotSupportedError as error:
        raise _not_offered(server, to) from error
    except smtplib.SMTPServerDisconnected as error:  # includes timeouts
        fix = f"Check the scheme and the port in {_VARIABLE}."
        raise MailError("Mail server closed the connection", f"{place}: {error}", fix) from error
    except smtplib.SMTPException as error:
        found = f"{place}: offers no authentication method that we support"
        fix = "Ask its operators for PLAIN, LOGIN or CRAM-MD5."
        raise MailError("Mail server not usable", found, fix) from error
    except ssl.SSLCertVerificationError as error:
        found = f"{place}: its certificate is not trusted ({error.verify_message})"
        fix = f"Use the certificate's host name in {_VARIABLE}, and set SSL_CERT_FILE to its CA."
        raise MailError("Mail server not trusted", found, fix) from error
    except ssl.SSLError as error:
        found = f"{place}: does not speak TLS on this port"
        fix = f"Use smtp+starttls:// in {_VARIABLE} if TLS starts after the greeting."
        raise MailError("Mail server without TLS", found, fix) from error
    except OSError as error:
        reason = error.strerror or str(error) or type(error).__name__
        found = f"{place}: {reason}"
        raise MailError("Mail server not reachable", found, f"Check {_VARIABLE}.") from error


def _refused_address(place: str, code: int, reply: bytes) -> MailError:
    text = _reply(code, reply)
    if code == 530:
        return MailError("Mail server requires a sign-in", f"{place}: {text}", _STARTTLS)
    policy = _POLICY_STATUS.search(text) is not None
    is_final = bool(_ADDRESS_STATUS.search(text)) or (code in _NO_SUCH_MAILBOX and not policy)
    return MailError("Mail server refused the address", f"{place}: {text}", is_final=is_final)


def _refused_sender(place: str, code: int, reply: bytes) -> MailError:
    found = f"{place}: {_reply(code, reply)}"
    if code == 530:  # RFC 4954 and RFC 3207: sign-in, or TLS, required first
        return MailError("Mail server requires a sign-in", found, _STARTTLS)
    fix = "Allow RELDASH_MAIL_FROM as a sender on the server, or set an address that it accepts."
    return MailError("Mail server refused the sender", found, fix)


def _not_offered(server: MailServer, to: str) -> MailError:
    if not to.isascii():
        found = f"{server.place}: does not accept non-ASCII addresses (SMTPUTF8)"
        return MailError("Mail server refused the address", found, is_final=True)
    wanted = "a sign-in" if server.security is not Security.STARTTLS else "STARTTLS or a sign-in"
    fix = f"Use the scheme that the server supports in {_VARIABLE}: smtps://, or smtp://."
    return MailError("Mail server not usable", f"{server.place}: offers no {wanted}", fix)


def _code(code: int, reply: bytes | str) -> str:
    """Return the codes of a reply without its text: "554 5.7.1"."""
    enhanced = _ENHANCED.search(_text(reply))
    return f"{code} {enhanced.group()}" if enhanced else str(code)


def _reply(code: int, reply: bytes | str) -> str:
    """Return a reply with its text, on one line."""
    words = "".join(each if each.isprintable() else " " for each in _text(reply))
    return f"{code} {' '.join(words.split())}"[:LONGEST_REPLY]


def _text(reply: bytes | str) -> str:
    return reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply
