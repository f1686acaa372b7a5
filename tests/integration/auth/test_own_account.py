"""Changes of one's own account, and the proof each requires."""

from dataclasses import replace

import pytest

from reldash.auth import AccountError, AccountRules, Accounts, NextStep
from reldash.domain.accounts import COMMAND_LINE, MailKind
from reldash.store import Store
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

NEW = "ann.new@example.com"


def test_changing_the_password_keeps_this_browser_signed_in(
    accounts: Accounts,
) -> None:
    add_user(accounts)
    here, there = sign_in(accounts), sign_in(accounts)
    done = accounts.change_password(session_user(accounts, here), PASSWORD, OTHER_PASSWORD, HERE)
    renewed = open_session(accounts, done)
    assert accounts.check_session(here) is None
    assert accounts.check_session(there) is None
    assert session_user(accounts, renewed).email == ANN
    assert not accounts.sign_in(ANN, PASSWORD, HERE).ok
    assert accounts.sign_in(ANN, OTHER_PASSWORD, HERE).ok
    assert [mail.kind for mail in send_mails(accounts)] == [MailKind.PASSWORD_CHANGED]


def test_a_wrong_current_password_changes_nothing_and_is_slowed(accounts: Accounts) -> None:
    add_user(accounts)
    ann = session_user(accounts, sign_in(accounts))
    outcomes = [accounts.change_password(ann, "wrong", OTHER_PASSWORD, HERE) for _ in range(7)]
    assert {outcome.step for outcome in outcomes} == {NextStep.AGAIN}
    assert outcomes[-1].title == "Too many attempts"
    assert accounts.change_email(ann, NEW, "wrong", HERE).title == "Too many attempts"
    assert accounts.sign_in(ANN, PASSWORD, HERE).ok


def test_a_new_password_must_follow_the_rules(accounts: Accounts) -> None:
    add_user(accounts)
    ann = session_user(accounts, sign_in(accounts))
    with pytest.raises(AccountError, match="Password too common"):
        accounts.change_password(ann, PASSWORD, "password1234", HERE)


def test_the_address_changes_once_verified_and_the_old_one_is_notified(
    accounts: Accounts,
) -> None:
    add_user(accounts)
    token = sign_in(accounts)
    ann = session_user(accounts, token)
    assert accounts.change_email(ann, NEW, PASSWORD, HERE).step is NextStep.CODE
    code = take_mail(accounts, MailKind.EMAIL, NEW).code
    assert not accounts.confirm_email(ann, NEW, other_code(code), HERE).ok
    assert session_user(accounts, token).email == ANN
    assert accounts.confirm_email(ann, NEW, code, HERE).ok
    assert session_user(accounts, token).email == NEW
    assert take_mail(accounts, MailKind.EMAIL_CHANGED, ANN).data == {"email": NEW}
    assert accounts.sign_in(NEW, PASSWORD, HERE).ok
    assert not accounts.sign_in(ANN, PASSWORD, HERE).ok


def test_changing_the_address_requires_the_current_password(accounts: Accounts) -> None:
    add_user(accounts)
    ann = session_user(accounts, sign_in(accounts))
    assert accounts.change_email(ann, NEW, OTHER_PASSWORD, HERE).step is NextStep.AGAIN
    assert send_mails(accounts) == []


def test_changing_to_an_existing_address_looks_the_same_and_sends_no_code(
    accounts: Accounts,
) -> None:
    add_user(accounts)
    add_user(accounts, BOB)
    ann = session_user(accounts, sign_in(accounts))
    free = accounts.change_email(ann, NEW, PASSWORD, HERE)
    taken = accounts.change_email(ann, BOB, PASSWORD, HERE)
    assert replace(free, message="") == replace(taken, message="")
    assert free.message.replace(NEW, BOB) == taken.message
    assert [mail.address for mail in send_mails(accounts)] == [NEW]
    assert not accounts.confirm_email(ann, BOB, "123456", HERE).ok


def test_an_address_taken_since_the_code_was_sent_stays_with_its_owner(accounts: Accounts) -> None:
    add_user(accounts)
    ann = session_user(accounts, sign_in(accounts))
    accounts.change_email(ann, NEW, PASSWORD, HERE)
    code = take_mail(accounts, MailKind.EMAIL, NEW).code
    other = add_user(accounts, NEW)
    assert not accounts.confirm_email(ann, NEW, code, HERE).ok
    found = accounts.find_user(NEW)
    assert found is not None
    assert found.id == other.id


def test_a_code_for_a_new_address_works_only_for_its_user(accounts: Accounts) -> None:
    add_user(accounts)
    add_user(accounts, BOB)
    ann, bob = (
        session_user(accounts, sign_in(accounts)),
        session_user(accounts, sign_in(accounts, BOB)),
    )
    accounts.change_email(ann, NEW, PASSWORD, HERE)
    mail = take_mail(accounts, MailKind.EMAIL, NEW)
    assert not accounts.confirm_email(bob, NEW, mail.code, HERE).ok
    assert not accounts.confirm_email(bob, NEW, mail.long_code, HERE).ok


def test_the_allowed_domains_apply_to_a_new_address(store: Store, rules: AccountRules) -> None:
    accounts = Accounts(store, replace(rules, sign_up_domains={"example.com"}))
    add_user(accounts)
    ann = session_user(accounts, sign_in(accounts))
    with pytest.raises(AccountError, match="Email domain not allowed"):
        accounts.change_email(ann, "ann@example.org", PASSWORD, HERE)


def test_a_user_disabled_meanwhile_cannot_change_anything(accounts: Accounts) -> None:
    user = add_user(accounts)
    ann = session_user(accounts, sign_in(accounts))
    accounts.disable(COMMAND_LINE, user.id)
    with pytest.raises(AccountError, match="Signed out"):
        accounts.change_password(ann, PASSWORD, OTHER_PASSWORD, HERE)
    with pytest.raises(AccountError, match="Signed out"):
        accounts.set_name(ann, "Ann", HERE)
    with pytest.raises(AccountError, match="Signed out"):
        accounts.create_token(ann, "script", 1, HERE)
