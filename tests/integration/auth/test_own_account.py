"""What people change of their own account, and what they must prove for it."""

from dataclasses import replace

import pytest

from reldash.auth import AccountError, AccountRules, Accounts, NextStep
from reldash.domain.accounts import COMMAND_LINE, MailKind
from reldash.store import Store
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

NEW = "ann.new@example.com"


def test_the_password_changes_given_the_present_one_and_this_browser_goes_on(
    accounts: Accounts,
) -> None:
    add(accounts)
    here, there = sign_in(accounts), sign_in(accounts)
    done = accounts.change_password(who(accounts, here), PASSWORD, OTHER_PASSWORD, HERE)
    renewed = enter(accounts, done)
    assert accounts.check_session(here) is None
    assert accounts.check_session(there) is None
    assert who(accounts, renewed).email == ANN
    assert not accounts.sign_in(ANN, PASSWORD, HERE).ok
    assert accounts.sign_in(ANN, OTHER_PASSWORD, HERE).ok
    assert [mail.kind for mail in send_mails(accounts)] == [MailKind.PASSWORD_CHANGED]


def test_a_wrong_present_password_changes_nothing_and_is_slowed(accounts: Accounts) -> None:
    add(accounts)
    ann = who(accounts, sign_in(accounts))
    outcomes = [accounts.change_password(ann, "wrong", OTHER_PASSWORD, HERE) for _ in range(7)]
    assert {outcome.step for outcome in outcomes} == {NextStep.AGAIN}
    assert outcomes[-1].title == "Too many attempts"
    assert accounts.change_email(ann, NEW, "wrong", HERE).title == "Too many attempts"
    assert accounts.sign_in(ANN, PASSWORD, HERE).ok


def test_a_new_password_is_held_to_the_rules(accounts: Accounts) -> None:
    add(accounts)
    ann = who(accounts, sign_in(accounts))
    with pytest.raises(AccountError, match="Password too common"):
        accounts.change_password(ann, PASSWORD, "password1234", HERE)


def test_the_address_changes_by_proof_at_the_new_one_and_the_old_one_is_told(
    accounts: Accounts,
) -> None:
    add(accounts)
    token = sign_in(accounts)
    ann = who(accounts, token)
    assert accounts.change_email(ann, NEW, PASSWORD, HERE).step is NextStep.CODE
    code = mail_of(accounts, MailKind.EMAIL, NEW).code
    assert not accounts.confirm_email(ann, NEW, wrong(code), HERE).ok
    assert who(accounts, token).email == ANN
    assert accounts.confirm_email(ann, NEW, code, HERE).ok
    assert who(accounts, token).email == NEW
    assert mail_of(accounts, MailKind.EMAIL_CHANGED, ANN).data == {"email": NEW}
    assert accounts.sign_in(NEW, PASSWORD, HERE).ok
    assert not accounts.sign_in(ANN, PASSWORD, HERE).ok


def test_the_address_does_not_change_without_the_present_password(accounts: Accounts) -> None:
    add(accounts)
    ann = who(accounts, sign_in(accounts))
    assert accounts.change_email(ann, NEW, OTHER_PASSWORD, HERE).step is NextStep.AGAIN
    assert send_mails(accounts) == []


def test_an_address_of_somebody_else_looks_the_same_and_gets_no_code(accounts: Accounts) -> None:
    add(accounts)
    add(accounts, BOB)
    ann = who(accounts, sign_in(accounts))
    free = accounts.change_email(ann, NEW, PASSWORD, HERE)
    taken = accounts.change_email(ann, BOB, PASSWORD, HERE)
    assert replace(free, message="") == replace(taken, message="")
    assert free.message.replace(NEW, BOB) == taken.message
    assert [mail.address for mail in send_mails(accounts)] == [NEW]
    assert not accounts.confirm_email(ann, BOB, "123456", HERE).ok


def test_an_address_taken_since_the_code_was_sent_stays_with_its_owner(accounts: Accounts) -> None:
    add(accounts)
    ann = who(accounts, sign_in(accounts))
    accounts.change_email(ann, NEW, PASSWORD, HERE)
    code = mail_of(accounts, MailKind.EMAIL, NEW).code
    other = add(accounts, NEW)
    assert not accounts.confirm_email(ann, NEW, code, HERE).ok
    found = accounts.find_user(NEW)
    assert found is not None
    assert found.id == other.id


def test_a_code_for_a_new_address_serves_nobody_else(accounts: Accounts) -> None:
    add(accounts)
    add(accounts, BOB)
    ann, bob = who(accounts, sign_in(accounts)), who(accounts, sign_in(accounts, BOB))
    accounts.change_email(ann, NEW, PASSWORD, HERE)
    mail = mail_of(accounts, MailKind.EMAIL, NEW)
    assert not accounts.confirm_email(bob, NEW, mail.code, HERE).ok
    assert not accounts.confirm_email(bob, NEW, mail.long_code, HERE).ok


def test_the_mail_domains_hold_for_a_new_address_too(store: Store, rules: AccountRules) -> None:
    accounts = Accounts(store, replace(rules, sign_up_domains={"example.com"}))
    add(accounts)
    ann = who(accounts, sign_in(accounts))
    with pytest.raises(AccountError, match="Email domain not allowed"):
        accounts.change_email(ann, "ann@example.org", PASSWORD, HERE)


def test_who_is_disabled_meanwhile_changes_nothing(accounts: Accounts) -> None:
    user = add(accounts)
    ann = who(accounts, sign_in(accounts))
    accounts.disable(COMMAND_LINE, user.id)
    with pytest.raises(AccountError, match="Signed out"):
        accounts.change_password(ann, PASSWORD, OTHER_PASSWORD, HERE)
    with pytest.raises(AccountError, match="Signed out"):
        accounts.set_name(ann, "Ann", HERE)
    with pytest.raises(AccountError, match="Signed out"):
        accounts.create_token(ann, "script", 1, HERE)
