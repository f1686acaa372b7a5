"""Forgotten passwords: nothing changes before the proof, everything ends after it."""

import pytest

from reldash.auth import AccountError, Accounts, NextStep
from reldash.domain.accounts import COMMAND_LINE, MailKind, Role
from tests.integration.auth.people import (
    ANN,
    BOB,
    HERE,
    OTHER_PASSWORD,
    PASSWORD,
    add,
    enter,
    mail_of,
    send_mails,
    sign_in,
    who,
    wrong,
)


def code_for(accounts: Accounts, email: str = ANN) -> str:
    assert accounts.request_reset(email, HERE).step is NextStep.CODE
    return mail_of(accounts, MailKind.RESET, email).code


def test_asking_for_a_reset_changes_nothing(accounts: Accounts) -> None:
    add(accounts)
    token = sign_in(accounts)
    code = code_for(accounts)
    assert not accounts.reset(ANN, wrong(code), OTHER_PASSWORD, HERE).ok
    assert not accounts.sign_in(ANN, OTHER_PASSWORD, HERE).ok
    assert accounts.sign_in(ANN, PASSWORD, HERE).ok
    assert accounts.check_session(token) is not None


def test_the_proof_allows_a_new_password_and_ends_all_sessions(accounts: Accounts) -> None:
    add(accounts)
    old = sign_in(accounts)
    ticket = accounts.sign_in(ANN, PASSWORD, HERE).ticket
    done = accounts.reset(ANN, code_for(accounts), OTHER_PASSWORD, HERE)
    assert accounts.check_session(old) is None
    assert accounts.open_session(ticket, "browser", HERE) is None
    assert who(accounts, enter(accounts, done)).email == ANN
    assert not accounts.sign_in(ANN, PASSWORD, HERE).ok
    assert accounts.sign_in(ANN, OTHER_PASSWORD, HERE).ok
    assert [mail.kind for mail in send_mails(accounts)] == [MailKind.PASSWORD_CHANGED]


def test_a_password_that_cannot_be_does_not_use_the_code_up(accounts: Accounts) -> None:
    add(accounts)
    code = code_for(accounts)
    with pytest.raises(AccountError, match="Password too short"):
        accounts.reset(ANN, code, "short", HERE)
    assert accounts.reset(ANN, code, OTHER_PASSWORD, HERE).ok


def test_an_account_disabled_meanwhile_stays_closed(accounts: Accounts) -> None:
    user = add(accounts)
    code = code_for(accounts)
    accounts.disable(COMMAND_LINE, user.id)
    assert not accounts.reset(ANN, code, OTHER_PASSWORD, HERE).ok
    accounts.enable(COMMAND_LINE, user.id)
    assert accounts.sign_in(ANN, PASSWORD, HERE).ok


def test_a_disabled_account_gets_no_code(accounts: Accounts) -> None:
    accounts.disable(COMMAND_LINE, add(accounts).id)
    accounts.request_reset(ANN, HERE)
    accounts.request_sign_in_code(ANN, HERE)
    assert send_mails(accounts) == []


def test_an_invitation_is_taken_up_by_a_reset_which_proves_the_address(accounts: Accounts) -> None:
    accounts.invite(COMMAND_LINE, BOB, Role.ADMIN)
    send_mails(accounts)
    assert not accounts.sign_in(BOB, PASSWORD, HERE).ok
    done = accounts.reset(BOB, code_for(accounts, BOB), PASSWORD, HERE)
    assert who(accounts, enter(accounts, done)).is_admin
    assert accounts.sign_in(BOB, PASSWORD, HERE).ok
    assert send_mails(accounts) == []


def test_an_invitation_cannot_be_signed_in_to_by_code_before(accounts: Accounts) -> None:
    accounts.invite(COMMAND_LINE, BOB, Role.ADMIN)
    accounts.request_sign_in_code(BOB, HERE)
    assert [mail.kind for mail in send_mails(accounts)] == [MailKind.INVITATION]
