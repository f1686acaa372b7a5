"""Emails are handed to a real SMTP server, or fail with a one-line reason."""

import socket
import ssl
import warnings
from collections.abc import Iterator
from email.message import EmailMessage, Message
from pathlib import Path

import pytest
import trustme

from reldash.config import MailServer
from reldash.config.mail_server import parse_mail_server
from reldash.mail import Letter, MailError, check_mail_server, send_mail
from tests.integration.mail_servers import Post, mail_server
from tests.integration.ports import free_port

SENDER = "Release dashboard <reldash@example.com>"
CODE = "482913"
LETTER = Letter("ann@example.com", "Your code", f"Code: {CODE}\n", f"<p>Code: <b>{CODE}</b></p>\n")
PASSWORD = "tell:n@body/%"  # all that a URL must encode


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> trustme.CA:
    """A CA that this process trusts, as with SSL_CERT_FILE."""
    made = trustme.CA()
    made.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    return made


@pytest.fixture(autouse=True)
def _aiosmtpd_warns() -> Iterator[None]:
    """Silence aiosmtpd's warning about logins without TLS, which some tests need."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Requiring AUTH while not requiring TLS")
        yield


def context_of(authority: trustme.CA, *names: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*names or ("127.0.0.1",)).configure_cert(context)
    return context


def content_of(part: Message) -> str:
    """Undo SMTP's CR LF line endings."""
    assert isinstance(part, EmailMessage)
    text: str = part.get_content()
    return text.replace("\r\n", "\n")


def server_at(post: Post, scheme: str = "smtp", login: str = "") -> MailServer:
    return parse_mail_server(f"{scheme}://{login}127.0.0.1:{post.port}")


def refusal(server: MailServer, letter: Letter = LETTER) -> MailError:
    with pytest.raises(MailError) as raised:
        send_mail(letter, server, SENDER)
    assert "\n" not in str(raised.value) + raised.value.fix
    return raised.value


def test_an_email_arrives_as_text_and_html() -> None:
    with mail_server() as post:
        send_mail(LETTER, server_at(post), SENDER)
    (message,) = post.taken
    assert (message["From"], message["To"]) == (SENDER, "ann@example.com")
    assert (message["Subject"], message["Auto-Submitted"]) == ("Your code", "auto-generated")
    assert message["Date"] is not None
    assert message["Message-ID"].endswith("@example.com>")
    text, html = message.iter_parts()
    assert (text.get_content_type(), content_of(text)) == ("text/plain", LETTER.text)
    assert (html.get_content_type(), content_of(html)) == ("text/html", LETTER.html)


def test_any_script_is_preserved() -> None:
    letter = Letter(
        "ann@example.com", "Ünïcode 版", "text 版 ‮\n" + "x" * 5000 + "\n", "<p>版 💥</p>\n"
    )
    with mail_server() as post:
        send_mail(letter, server_at(post), "Änn <a@example.com>")
    (message,) = post.taken
    assert (message["Subject"], message["From"]) == (letter.subject, "Änn <a@example.com>")
    assert [content_of(part) for part in message.iter_parts()] == [letter.text, letter.html]


def test_a_mailbox_in_another_script_receives_email() -> None:
    letter = Letter("änn@example.com", "s", "t", "h")
    with mail_server() as post:
        send_mail(letter, server_at(post), SENDER)
    assert post.recipients == [["änn@example.com"]]


@pytest.mark.parametrize("scheme", ["smtps", "smtp+starttls"])
def test_a_server_with_tls_and_login_accepts_the_email(authority: trustme.CA, scheme: str) -> None:
    context = context_of(authority)
    way = {"tls" if scheme == "smtps" else "starttls": context}
    with mail_server(login=("u@x", PASSWORD), **way) as post:  # type: ignore[arg-type]  # by scheme
        send_mail(LETTER, server_at(post, scheme, "u%40x:tell%3An%40body%2F%25@"), SENDER)
    assert len(post.taken) == 1


def test_an_error_at_quit_does_not_fail_the_delivery() -> None:
    with mail_server(Post({"QUIT": "500 what?"})) as post:
        send_mail(LETTER, server_at(post), SENDER)
    assert len(post.taken) == 1


HOSTILE = [
    "ann@example.com\r\nBcc: eve@example.com",
    "ann@example.com\nSubject: x",
    "ann@example.com, eve@example.com",
    "ann@example.com\0",
    "Ann <ann@example.com>",
    "<ann@example.com>\r\nDATA",
    "ann",
    "@example.com",
    "",
    "a" * 100_000,
    "ann@example.com\u2028",
    "ann@exämple.com",
]


@pytest.mark.parametrize("address", HOSTILE, ids=range(len(HOSTILE)))
def test_an_invalid_address_is_refused_before_connecting(address: str) -> None:
    with mail_server() as post:
        error = refusal(server_at(post), Letter(address, "s", "t", "h"))
    assert error.is_final
    assert (post.taken, post.recipients) == ([], [])


REPLIES = {
    "an unknown mailbox": (
        "RCPT",
        "550 5.1.1 no such user",
        "Mail server refused the address",
        True,
    ),
    "a full mailbox": ("RCPT", "452 4.2.2 mailbox full", "Mail server refused the address", False),
    "no relaying": ("RCPT", "550 5.7.1 relay denied", "Mail server refused the address", False),
    "a sign-in first": ("MAIL", "530 5.7.0 sign in", "Mail server requires a sign-in", False),
    "a sign-in at last": ("RCPT", "530 5.7.0 sign in", "Mail server requires a sign-in", False),
    "a foreign sender": ("MAIL", "553 5.7.1 not owner", "Mail server refused the sender", False),
    "too busy": ("DATA", "451 4.3.0 later", "Mail server refused the mail", False),
    "content refused": ("DATA", "554 5.6.0 no", "Mail server refused the mail", True),
}


@pytest.mark.parametrize(("command", "reply", "title", "final"), REPLIES.values(), ids=REPLIES)
def test_refusals_of_a_server_are_reported(
    command: str, reply: str, title: str, final: bool
) -> None:
    with mail_server(Post({command: reply})) as post:
        error = refusal(server_at(post))
    assert (error.title, error.is_final) == (title, final)
    assert reply[:9] in error.message
    assert f"smtp://127.0.0.1:{post.port}" in error.message
    assert post.taken == []


def test_a_reply_to_the_content_is_not_repeated() -> None:
    with mail_server(Post({"DATA": f"554 5.7.1 spam: Code: {CODE}"})) as post:
        error = refusal(server_at(post))
    assert "554 5.7.1" in error.message
    assert CODE not in str(error)


def test_a_server_that_is_down_is_reported_by_name() -> None:
    port = free_port()
    error = refusal(parse_mail_server(f"smtp://127.0.0.1:{port}"))
    assert str(error) == (f"Mail server not reachable: smtp://127.0.0.1:{port}: Connection refused")
    assert not error.is_final


def test_a_silent_server_times_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reldash.mail.SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        error = refusal(parse_mail_server(f"smtp://127.0.0.1:{silent.getsockname()[1]}"))
    assert error.title == "Mail server closed the connection"
    assert "timed out" in error.message


def test_a_closed_connection_is_reported() -> None:
    with mail_server(Post({"MAIL": "421 4.3.0 going down"})) as post:
        error = refusal(server_at(post))
    assert not error.is_final


def test_a_server_can_be_checked_without_sending(authority: trustme.CA) -> None:
    context = context_of(authority)
    with mail_server(starttls=context, login=("u", PASSWORD)) as post:
        check_mail_server(server_at(post, "smtp+starttls", "u:tell%3An%40body%2F%25@"))
        with pytest.raises(MailError, match="refused the sign-in"):
            check_mail_server(server_at(post, "smtp+starttls", "u:other@"))
    assert post.taken == []


def test_an_unknown_host_is_reported_by_name() -> None:
    error = refusal(parse_mail_server("smtp://mail.invalid"))
    assert error.title == "Mail server not reachable"
    assert "smtp://mail.invalid:25" in error.message


def test_a_wrong_password_is_reported_but_not_shown(authority: trustme.CA) -> None:
    with mail_server(starttls=context_of(authority), login=("u", PASSWORD)) as post:
        error = refusal(server_at(post, "smtp+starttls", "u:s3cret@"))
    assert error.title == "Mail server refused the sign-in"
    assert "535" in error.message
    assert "s3cret" not in str(error) + error.fix
    assert "RELDASH_SMTP_URL" in error.fix


def test_a_server_that_requires_starttls_leads_to_the_fix(authority: trustme.CA) -> None:
    with mail_server(starttls=context_of(authority)) as post:
        error = refusal(server_at(post))
    assert error.title == "Mail server requires a sign-in"
    assert "smtp+starttls://" in error.fix


def test_a_server_that_requires_a_login_leads_to_the_fix() -> None:
    with mail_server(login=("u", "p")) as post:
        error = refusal(server_at(post))
    assert error.title == "Mail server requires a sign-in"


def test_nothing_is_sent_without_starttls_if_configured() -> None:
    with mail_server() as post:
        error = refusal(server_at(post, "smtp+starttls", "u:s3cret@"))
    assert error.title == "Mail server not usable"
    assert "STARTTLS" in error.message
    assert post.taken == []


def test_a_port_without_tls_is_reported() -> None:
    with mail_server() as post:
        error = refusal(server_at(post, "smtps", "u:s3cret@"))
    assert error.title == "Mail server without TLS"


@pytest.mark.parametrize("scheme", ["smtps", "smtp+starttls"])
def test_an_untrusted_certificate_gets_no_password(scheme: str) -> None:
    context = context_of(trustme.CA())
    way = {"tls" if scheme == "smtps" else "starttls": context}
    with mail_server(login=("u", "p"), **way) as post:  # type: ignore[arg-type]  # by scheme
        error = refusal(server_at(post, scheme, "u:p@"))
    assert error.title == "Mail server not trusted"
    assert "SSL_CERT_FILE" in error.fix
    assert post.taken == []


def test_a_certificate_of_another_host_is_not_trusted(authority: trustme.CA) -> None:
    with mail_server(starttls=context_of(authority, "mail.example.com")) as post:
        error = refusal(server_at(post, "smtp+starttls"))
    assert error.title == "Mail server not trusted"
