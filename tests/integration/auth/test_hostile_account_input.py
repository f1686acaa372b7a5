"""Hostile input is refused with a message or stored unchanged; nothing breaks or leaks."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reldash.auth import AccountError, Accounts, Outcome
from reldash.domain.accounts import COMMAND_LINE, MailKind, Role
from tests.integration.auth.account_helpers import (
    ANN,
    BROWSER,
    HERE,
    OTHER_PASSWORD,
    PASSWORD,
    add_user,
    open_session,
    send_mails,
    session_user,
    sign_in,
    take_mail,
)

HOSTILE = {
    "nothing": "",
    "spaces": " \t\r\n ",
    "markup": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "SQL": "'; DROP TABLE users; --",
    "NUL": "a\x00b",
    "controls": "a\x1b[31m\x07\x08\x7fb",
    "half a pair": "a\ud800b",
    "right to left": "\u202etxt.exe\u202c",
    "invisible": "a\u200bb\u2060\ufeff",
    "combining": "Z" + "\u0351" * 300,
    "format": "%s %(name)s {0} :name $1",
    "a megabyte": "x" * 1_000_000,
    "a megabyte of accents": "e\u0301" * 500_000,
    "new lines": "Subject: x\r\nBcc: eve@example.com\r\n\r\nbody",
}


def outcome_of(call: Callable[[], Outcome | None]) -> bool:
    """Whether the call succeeded; anything but an outcome or AccountError fails the test."""
    try:
        outcome = call()
    except AccountError as error:
        if "\n" in str(error) or len(str(error)) > 300:
            pytest.fail(f"no line for people: {str(error)[:300]!r}")
        return False
    return outcome is None or outcome.ok


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_any_input_is_handled_before_sign_in(
    accounts: Accounts, connection: Any, text: str
) -> None:
    add_user(accounts)
    for call in (
        lambda: accounts.sign_in(text, PASSWORD, HERE),
        lambda: accounts.sign_in(ANN, text, HERE),
        lambda: accounts.sign_up(text, "Eve", PASSWORD, HERE),
        lambda: accounts.sign_up(f"{text}@example.com", "Eve", PASSWORD, HERE),
        lambda: accounts.sign_up(f"eve@{text}.com", "Eve", PASSWORD, HERE),
        lambda: accounts.resend(text, HERE),
        lambda: accounts.verify(text, "123456", HERE),
        lambda: accounts.request_reset(text, HERE),
        lambda: accounts.request_sign_in_code(text, HERE),
        lambda: accounts.reset(text, "123456", PASSWORD, HERE),
        lambda: accounts.reset(ANN, text, PASSWORD, HERE),
        lambda: accounts.sign_in_with_code(ANN, text, HERE),
        lambda: accounts.sign_in_with_code(text, "123456", HERE),
        lambda: accounts.sign_in_with_email("https://id", "eve", text, True, None),
    ):
        assert outcome_of(call) is False
    assert accounts.sign_in(ANN, PASSWORD, HERE).ok
    with connection.cursor() as cursor:
        cursor.execute("SELECT email FROM users")
        assert cursor.fetchall() == [(ANN,)]


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_any_text_is_stored_exactly_or_refused(accounts: Accounts, text: str) -> None:
    """Names and passwords are stored exactly or refused; client data is cleaned."""
    add_user(accounts)
    token = accounts.open_session(accounts.sign_in(ANN, PASSWORD, text).ticket, text, text)
    assert token is not None
    ann = session_user(accounts, token)
    (session,) = accounts.list_sessions(ann)
    assert len(session.device) <= 200
    assert session.device.isprintable()
    assert session.address == ""
    if outcome_of(lambda: accounts.set_name(ann, text, text)):
        assert accounts.load_own(ann).name == text.strip()
    if outcome_of(lambda: accounts.create_token(ann, text, 1, text) and None):
        assert [each.name for each in accounts.list_tokens(ann)] == [text.strip()]
    if outcome_of(lambda: accounts.change_password(ann, PASSWORD, text, text)):
        assert accounts.sign_in(ANN, text, HERE).ok
    else:
        assert accounts.sign_in(ANN, PASSWORD, HERE).ok


@pytest.mark.parametrize("name", ["markup", "SQL", "format"])
def test_harmless_text_that_looks_dangerous_is_stored_unchanged(
    accounts: Accounts, name: str
) -> None:
    add_user(accounts)
    ann = session_user(accounts, sign_in(accounts))
    accounts.set_name(ann, HOSTILE[name], HERE)
    password = f"{HOSTILE[name]} and more"
    accounts.change_password(ann, PASSWORD, password, HERE)
    assert session_user(accounts, sign_in(accounts, ANN, password)).name == HOSTILE[name]
    mail = send_mails(accounts)[0]
    assert mail.name == HOSTILE[name]


@pytest.mark.parametrize(
    "name", ["NUL", "controls", "half a pair", "right to left", "invisible", "new lines", "nothing"]
)
def test_a_name_with_invisible_characters_is_refused(accounts: Accounts, name: str) -> None:
    with pytest.raises(AccountError, match="Name"):
        accounts.sign_up(ANN, HOSTILE[name], PASSWORD, HERE)
    with pytest.raises(AccountError, match="Name"):
        accounts.invite(COMMAND_LINE, ANN, Role.VIEWER, HOSTILE[name] or "\x00")
    assert accounts.list_users() == []


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(email=st.text(max_size=300), password=st.text(max_size=300), code=st.text(max_size=60))
def test_any_text_gets_a_reply(accounts: Accounts, email: str, password: str, code: str) -> None:
    for call in (
        lambda: accounts.sign_in(email, password, HERE),
        lambda: accounts.sign_up(email, password, password, HERE),
        lambda: accounts.sign_in_with_code(email, code, HERE),
        lambda: accounts.reset(email, code, password, HERE),
    ):
        outcome_of(call)


LOOK_ALIKES = [
    "аnn@example.com",  # noqa: RUF001 - Cyrillic a
    "ａnn@example.com",  # noqa: RUF001 - full width
    "ann@example.com\u200b",
    "ann\u00ad@example.com",
    '"ann"@example.com',
    "ann@eхample.com",  # noqa: RUF001 - Cyrillic x: another domain, shown as such
    "ann@examplе.com",  # noqa: RUF001 - Cyrillic e, likewise
    "ann@example.com.",
    "ann@[127.0.0.1]",
    "ann@example.com@example.org",
    "ann(comment)@example.com",
]


@pytest.mark.parametrize("email", LOOK_ALIKES)
def test_a_look_alike_address_gets_no_email_of_the_owner(accounts: Accounts, email: str) -> None:
    user = add_user(accounts)
    outcome_of(lambda: accounts.request_reset(email, HERE))
    assert send_mails(accounts) == []
    if outcome_of(lambda: accounts.sign_up(email, "Eve", OTHER_PASSWORD, HERE)):
        (mail,) = send_mails(accounts)
        assert "xn--" in mail.address
        begun = accounts.sign_in(email, OTHER_PASSWORD, HERE)
        done = accounts.verify(begun.sign_up, mail.code, HERE)
        eve = session_user(accounts, open_session(accounts, done))
        assert eve.user_id != user.id
        assert eve.email == mail.address
    assert accounts.sign_in(ANN, PASSWORD, HERE).ok


def test_a_full_width_domain_is_the_same_and_email_goes_to_the_account(
    accounts: Accounts,
) -> None:
    add_user(accounts)
    accounts.request_reset("ann@ｅｘａｍｐｌｅ.com", HERE)  # noqa: RUF001 - that is the test
    assert take_mail(accounts, MailKind.RESET).address == ANN


@pytest.mark.parametrize(
    "password",
    [
        "пароль из букв",
        "密码密码一二三四五六七八",
        "🐎🔋📎🪜 und noch mehr",
        "\u202eright to left",
        "a\x00bcd" * 5,
    ],
)
def test_passwords_may_use_any_script(accounts: Accounts, password: str) -> None:
    add_user(accounts, password=password)
    assert accounts.open_session(accounts.sign_in(ANN, password, HERE).ticket, BROWSER, HERE)
