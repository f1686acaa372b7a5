"""One message, handed to a mail server over SMTP."""

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
LONGEST_REPLY = 200  # characters of what the server says that are repeated

_VARIABLE = "RELDASH_SMTP_URL"
_LOGIN = f"Put the right user and password into {_VARIABLE}, percent-encoded."
_STARTTLS = f"Use smtp+starttls:// with the user and password in {_VARIABLE}."
# RFC 3463: 5.1 is about the address; 5.2.1 a mailbox that is switched off. 5.7 is the server's
# policy, which its owner may change.
_ADDRESS_STATUS = re.compile(r"5\.1\.\d+|5\.2\.1")
_POLICY_STATUS = re.compile(r"5\.7\.\d+")
_NO_SUCH_MAILBOX = {550, 551, 553}  # RFC 5321, 4.2.3
_ENHANCED = re.compile(r"\b[245]\.\d{1,3}\.\d{1,3}\b")


class MailError(ReldashError):
    """A mail was not handed over.

    Attributes:
        mend: one line: what to do about it; may be empty.
        is_final: this mail will never go: the address is refused, or the content.
    """

    def __init__(self, title: str, message: str, mend: str = "", *, is_final: bool = False) -> None:
        super().__init__(title, message)
        self.mend = mend
        self.is_final = is_final


@dataclass(frozen=True, slots=True)
class Letter:
    """What one person is to read, twice: as plain text, and as an HTML document."""

    to: str
    subject: str
    text: str = field(repr=False)  # holds one-time codes
    html: str = field(repr=False)


def send_mail(letter: Letter, server: MailServer, sender: str) -> None:
    """Hand a letter to the server, and return as soon as it has taken it.

    `sender` is what stands in From: an address, with or without a name.

    Raises:
        MailError: the server did not take it. No message holds a password, nor what the server
            says about content, which may repeat the content.
    """
    message = transform_message(letter, sender)
    with _faults_of(server, letter.to), _signed_in(server) as smtp:
        smtp.send_message(message, to_addrs=[letter.to])


def check_mail_server(server: MailServer) -> None:
    """Go as far as a sign-in and no further; MailError as `send_mail`."""
    with _faults_of(server), _signed_in(server) as smtp:
        smtp.noop()


def transform_message(letter: Letter, sender: str) -> EmailMessage:
    """The letter as it goes over the wire.

    Raises:
        MailError: the address is none that mail can be sent to.
    """
    message = EmailMessage(SMTP)
    message["From"] = sender
    domain = message["From"].addresses[0].domain
    if not is_address(letter.to):
        raise MailError("Address not usable", "expected one mail address", is_final=True)
    local, _, at = letter.to.rpartition("@")
    message["To"] = Address(username=local, domain=at)
    message["Subject"] = letter.subject
    message["Date"] = formatdate()
    message["Message-ID"] = make_msgid(domain=domain)
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no absence notes, please
    message.set_content(letter.text)
    message.add_alternative(letter.html, subtype="html")
    return message


@contextmanager
def _signed_in(server: MailServer) -> Iterator[smtplib.SMTP]:
    """A connection that is as private as the settings say, signed in if they hold a user."""
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
        # Once a mail is taken, a server that takes leave badly must not have it sent again.
        with suppress(smtplib.SMTPException, OSError):
            smtp.quit()
        smtp.close()


@contextmanager
def _faults_of(server: MailServer, to: str = "") -> Iterator[None]:
    """Turn what smtplib raises within the block into a MailError of one line."""
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
        mend = "Ask those who run it whether this machine may use it."
        raise MailError("Mail server refused the connection", found, mend) from error
    except smtplib.SMTPNotSupportedError as error:
        raise _not_offered(server, to) from error
    except smtplib.SMTPServerDisconnected as error:  # also where an answer took too long
        mend = f"Look at the scheme and the port in {_VARIABLE}."
        raise MailError("Mail server broke off", f"{place}: {error}", mend) from error
    except smtplib.SMTPException as error:
        found = f"{place}: takes no sign-in of a kind that we know"
        mend = "Ask those who run it for a sign-in by PLAIN, LOGIN or CRAM-MD5."
        raise MailError("Mail server not usable", found, mend) from error
    except ssl.SSLCertVerificationError as error:
        found = f"{place}: its certificate is not trusted ({error.verify_message})"
        mend = f"Name the host of its certificate in {_VARIABLE}, and its authority's file in "
        raise MailError("Mail server not trusted", found, f"{mend}SSL_CERT_FILE.") from error
    except ssl.SSLError as error:
        found = f"{place}: no TLS is spoken there"
        mend = f"Use smtp+starttls:// in {_VARIABLE} if TLS begins after the greeting."
        raise MailError("Mail server without TLS", found, mend) from error
    except OSError as error:
        reason = error.strerror or str(error) or type(error).__name__
        found = f"{place}: {reason}; expected a mail server there"
        raise MailError("Mail server not reachable", found, f"Look at {_VARIABLE}.") from error


def _refused_address(place: str, code: int, reply: bytes) -> MailError:
    said = _reply(code, reply)
    if code == 530:
        return MailError("Mail server wants a sign-in", f"{place}: {said}", _STARTTLS)
    policy = _POLICY_STATUS.search(said) is not None
    is_final = bool(_ADDRESS_STATUS.search(said)) or (code in _NO_SUCH_MAILBOX and not policy)
    return MailError("Mail server refused the address", f"{place}: {said}", is_final=is_final)


def _refused_sender(place: str, code: int, reply: bytes) -> MailError:
    found = f"{place}: {_reply(code, reply)}"
    if code == 530:  # RFC 4954 and RFC 3207: a sign-in, or TLS, is wanted first
        return MailError("Mail server wants a sign-in", found, _STARTTLS)
    mend = "Let the server take mail from RELDASH_MAIL_FROM, or name an address that it takes."
    return MailError("Mail server refused the sender", found, mend)


def _not_offered(server: MailServer, to: str) -> MailError:
    if not to.isascii():
        found = f"{server.place}: takes no addresses beyond ASCII (SMTPUTF8)"
        return MailError("Mail server refused the address", found, is_final=True)
    wanted = "a sign-in" if server.security is not Security.STARTTLS else "STARTTLS or a sign-in"
    mend = f"Use the scheme of {_VARIABLE} that the server speaks: smtps://, or smtp://."
    return MailError("Mail server not usable", f"{server.place}: offers no {wanted}", mend)


def _code(code: int, reply: bytes | str) -> str:
    """The numbers of a reply without its words: "554 5.7.1"."""
    enhanced = _ENHANCED.search(_text(reply))
    return f"{code} {enhanced.group()}" if enhanced else str(code)


def _reply(code: int, reply: bytes | str) -> str:
    """A reply with its words, on one line."""
    words = "".join(each if each.isprintable() else " " for each in _text(reply))
    return f"{code} {' '.join(words.split())}"[:LONGEST_REPLY]


def _text(reply: bytes | str) -> str:
    return reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply
