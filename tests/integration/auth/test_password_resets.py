"""Password resets: nothing changes before the code, all sessions end after it."""

import pytest

from reldash.auth import AccountError, Accounts, NextStep
from reldash.domain.accounts import COMMAND_LINE, MailKind, Role
from tests.integration.auth.account_helpers import (
    ANN,
    BOB,
    HERE,
    OTHER_PASSWORD,
    PASSWORD,
    add_user,
    open_session,
    other_code,
    send_mails,
    session_user,
    sign_in,
    take_mail,
)


def code_for(accounts: Accounts, email: str = ANN) -> str:
    assert accounts.request_reset(email, HERE).step is NextStep.CODE
    return take_mail(accounts, MailKind.RESET, email).code


def test_requesting_a_reset_changes_nothing(accounts: Accounts) -> None:
    add_user(accounts)
    token = sign_in(accounts)
    code = code_for(accounts)
    assert not accounts.reset(ANN, other_code(code), OTHER_PASSWORD, HERE).ok
    assert not accounts.sign_in(ANN, OTHER_PASSWORD, HERE).ok
    assert accounts.sign_in(ANN, PASSWORD, HERE).ok
    assert accounts.check_session(token) is not None


def test_a_reset_sets_the_password_and_ends_all_sessions(accounts: Accounts) -> None:
    add_user(accounts)
    old = sign_in(accounts)
    ticket = accounts.sign_in(ANN, PASSWORD, HERE).ticket
    done = accounts.reset(ANN, code_for(accounts), OTHER_PASSWORD, HERE)
    assert accounts.check_session(old) is None
    assert accounts.open_session(ticket, "browser", HERE) is None
    assert session_user(accounts, open_session(accounts, done)).email == ANN
    assert not accounts.sign_in(ANN, PASSWORD, HERE).ok
    assert accounts.sign_in(ANN, OTHER_PASSWORD, HERE).ok
    assert [mail.kind for mail in send_mails(accounts)] == [MailKind.PASSWORD_CHANGED]


def test_an_unacceptable_password_does_not_use_up_the_code(accounts: Accounts) -> None:
    add_user(accounts)
    code = code_for(accounts)
    with pytest.raises(AccountError, match="Password too short"):
        accounts.reset(ANN, code, "short", HERE)
    assert accounts.reset(ANN, code, OTHER_PASSWORD, HERE).ok


def test_an_account_disabled_meanwhile_stays_closed(accounts: Accounts) -> None:
    user = add_user(accounts)
    code = code_for(accounts)
    accounts.disable(COMMAND_LINE, user.id)
    assert not accounts.reset(ANN, code, OTHER_PASSWORD, HERE).ok
    accounts.enable(COMMAND_LINE, user.id)
    assert accounts.sign_in(ANN, PASSWORD, HERE).ok


def test_a_disabled_account_gets_no_code(accounts: Accounts) -> None:
    accounts.disable(COMMAND_LINE, add_user(accounts).id)
    accounts.request_reset(ANN, HERE)
    accounts.request_sign_in_code(ANN, HERE)
    assert send_mails(accounts) == []


def test_a_reset_accepts_an_invitation_and_verifies_the_address(accounts: Accounts) -> None:
    accounts.invite(COMMAND_LINE, BOB, Role.ADMIN)
    send_mails(accounts)
    assert not accounts.sign_in(BOB, PASSWORD, HERE).ok
    done = accounts.reset(BOB, code_for(accounts, BOB), PASSWORD, HERE)
    assert session_user(accounts, open_session(accounts, done)).is_admin
    assert accounts.sign_in(BOB, PASSWORD, HERE).ok
    assert send_mails(accounts) == []


def test_a_pending_invitation_cannot_sign_in_by_code(accounts: Accounts) -> None:
    accounts.invite(COMMAND_LINE, BOB, Role.ADMIN)
    accounts.request_sign_in_code(BOB, HERE)
    assert [mail.kind for mail in send_mails(accounts)] == [MailKind.INVITATION]
