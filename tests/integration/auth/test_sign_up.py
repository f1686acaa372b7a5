"""Sign-up: verifying the address creates the account; nothing reveals existing ones."""

from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from reldash.auth import AccountError, AccountRules, Accounts, NextStep, Outcome
from reldash.domain.accounts import COMMAND_LINE, MailKind, Role
from reldash.store import Store
from tests.integration.auth.account_helpers import (
    ANN,
    BOB,
    DAY,
    ELSEWHERE,
    HERE,
    MINUTE,
    OTHER_PASSWORD,
    PASSWORD,
    add_user,
    open_session,
    other_code,
    pass_time,
    run_concurrently,
    send_mails,
    session_user,
    sign_in,
    take_mail,
)


def sign_up(accounts: Accounts, email: str = ANN, password: str = PASSWORD) -> Outcome:
    outcome = accounts.sign_up(email, "Ann", password, HERE)
    assert outcome.step is NextStep.CODE
    return outcome


def test_verifying_the_address_creates_the_account_and_signs_in(accounts: Accounts) -> None:
    begun = sign_up(accounts)
    assert accounts.find_user(ANN) is None
    mail = take_mail(accounts, MailKind.SIGN_UP)
    done = accounts.verify(begun.sign_up, mail.code, HERE)
    assert done.step is NextStep.DONE
    user = session_user(accounts, open_session(accounts, done))
    assert (user.email, user.name, user.role) == (ANN, "Ann", Role.VIEWER)
    assert session_user(accounts, sign_in(accounts)).user_id == user.user_id


def test_a_wrong_code_creates_no_account(accounts: Accounts) -> None:
    begun = sign_up(accounts)
    code = take_mail(accounts, MailKind.SIGN_UP).code
    assert accounts.verify(begun.sign_up, other_code(code), HERE).step is NextStep.AGAIN
    assert accounts.find_user(ANN) is None
    assert accounts.verify(begun.sign_up, code, HERE).ok


def test_a_sign_up_for_somebody_else_never_takes_effect(accounts: Accounts) -> None:
    """An earlier sign-up with another password must not take effect when the owner verifies."""
    sign_up(accounts, password="the attacker chose it")
    own = sign_up(accounts)
    code = take_mail(accounts, MailKind.SIGN_UP).code
    assert accounts.verify(own.sign_up, code, HERE).ok
    assert not accounts.sign_in(ANN, "the attacker chose it", HERE).ok
    assert accounts.sign_in(ANN, PASSWORD, HERE).ok


def test_signing_up_with_an_existing_address_looks_the_same_and_notifies_its_owner(
    accounts: Accounts,
) -> None:
    add_user(accounts, BOB)
    new, known = sign_up(accounts, ANN), sign_up(accounts, BOB)
    assert replace(new, sign_up="") == replace(known, sign_up="")
    mails = {mail.address: mail for mail in send_mails(accounts)}
    assert mails[ANN].code
    assert mails[BOB].kind is MailKind.SIGN_UP_KNOWN
    assert mails[BOB].code == mails[BOB].long_code == ""
    failed = [
        accounts.verify(begun.sign_up, "000000" if code != "000000" else "000001", HERE)
        for begun, code in ((new, mails[ANN].code), (known, ""))
    ]
    assert failed[0] == failed[1]


def test_concurrent_sign_ups_of_one_address_create_one_account(
    database_url: str, rules: AccountRules, connection: Any
) -> None:
    stores = [Store.open(database_url) for _ in range(2)]
    several = [Accounts(store, rules) for store in stores]
    begun = run_concurrently([partial(sign_up, each, "Ann@Example.com") for each in several * 4])
    code = take_mail(several[0], MailKind.SIGN_UP, "Ann@example.com").code
    done = run_concurrently(
        [
            partial(each.verify, one.sign_up, code, HERE)
            for each, one in zip(several * 2, begun[:4], strict=True)
        ]
    )
    for store in stores:
        store.close()
    assert sum(outcome.ok for outcome in done) == 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT email FROM users")
        assert cursor.fetchall() == [(ANN,)]


def test_a_code_can_be_resent_after_a_minute(accounts: Accounts, connection: Any) -> None:
    begun = sign_up(accounts)
    first = take_mail(accounts, MailKind.SIGN_UP)
    assert accounts.resend(begun.sign_up, HERE).step is NextStep.CODE
    assert send_mails(accounts) == []
    pass_time(connection, MINUTE)
    accounts.resend(begun.sign_up, HERE)
    second = take_mail(accounts, MailKind.SIGN_UP)
    if first.code != second.code:
        assert not accounts.verify(begun.sign_up, first.code, HERE).ok
    assert accounts.verify(begun.sign_up, second.code, HERE).ok


def test_an_interrupted_sign_up_continues_by_signing_in(accounts: Accounts) -> None:
    sign_up(accounts)
    code = take_mail(accounts, MailKind.SIGN_UP).code
    assert accounts.sign_in(ANN, OTHER_PASSWORD, HERE).step is NextStep.AGAIN
    resumed = accounts.sign_in(ANN, PASSWORD, HERE)
    assert (resumed.step, resumed.ticket) == (NextStep.CODE, "")
    assert accounts.verify(resumed.sign_up, code, HERE).ok


def test_a_sign_up_expires_after_a_day(accounts: Accounts, connection: Any) -> None:
    begun = sign_up(accounts)
    send_mails(accounts)
    pass_time(connection, DAY)
    assert accounts.resend(begun.sign_up, HERE).title == "Sign-up expired"
    accounts.tidy()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM sign_ups")
        assert cursor.fetchone() == (0,)


def test_no_sign_up_is_lost_while_the_mail_server_is_down(
    accounts: Accounts, connection: Any
) -> None:
    begun = sign_up(accounts)
    assert not accounts.is_mail_failing()
    mail = accounts.claim_mail()
    assert mail is not None
    accounts.mail_failed(mail, "connection refused")
    assert accounts.is_mail_failing()
    assert accounts.claim_mail() is None
    pass_time(connection, MINUTE)
    assert accounts.verify(begun.sign_up, take_mail(accounts, MailKind.SIGN_UP).code, HERE).ok
    assert not accounts.is_mail_failing()


class TestDomains:
    """`RELDASH_SIGNUP_DOMAINS`."""

    @pytest.fixture
    def rules(self, rules: AccountRules) -> AccountRules:
        return replace(rules, sign_up_domains=frozenset({"example.com"}))

    @pytest.mark.parametrize(
        "email", ["eve@example.org", "eve@sub.example.com", "eve@example.com.evil.org"]
    )
    def test_another_mail_domain_may_not_sign_up(self, accounts: Accounts, email: str) -> None:
        with pytest.raises(AccountError, match="Email domain not allowed"):
            accounts.sign_up(email, "Eve", PASSWORD, HERE)

    def test_the_domain_is_compared_without_case(self, accounts: Accounts) -> None:
        assert accounts.sign_up("Ann@EXAMPLE.com", "Ann", PASSWORD, HERE).ok

    def test_who_was_invited_from_elsewhere_comes_in_by_a_reset(self, accounts: Accounts) -> None:
        accounts.invite(COMMAND_LINE, "eve@example.org", Role.VIEWER)
        accounts.request_reset("eve@example.org", HERE)
        mails = {mail.kind: mail for mail in send_mails(accounts)}
        assert mails[MailKind.INVITATION].data == {"by": "command line", "role": "viewer"}
        code = mails[MailKind.RESET].code
        assert accounts.reset("eve@example.org", code, PASSWORD, HERE).ok


def test_signing_up_accepts_an_invitation_and_keeps_its_role(
    accounts: Accounts,
) -> None:
    accounts.invite(COMMAND_LINE, ANN, Role.ADMIN, "Somebody")
    begun = sign_up(accounts)
    (code,) = [mail.code for mail in send_mails(accounts) if mail.kind is MailKind.SIGN_UP]
    user = session_user(
        accounts, open_session(accounts, accounts.verify(begun.sign_up, code, HERE))
    )
    assert (user.role, user.name) == (Role.ADMIN, "Ann")


class TestFirstAdministrator:
    """`RELDASH_ADMIN_EMAIL`."""

    @pytest.fixture
    def rules(self, rules: AccountRules) -> AccountRules:
        return replace(rules, admin_email="Ann@Example.com")

    def test_the_address_named_becomes_admin_when_it_is_proved(self, accounts: Accounts) -> None:
        begun = sign_up(accounts)
        code = take_mail(accounts, MailKind.SIGN_UP).code
        user = session_user(
            accounts, open_session(accounts, accounts.verify(begun.sign_up, code, HERE))
        )
        assert user.is_admin

    def test_it_becomes_admin_at_sign_in_while_there_is_none(self, accounts: Accounts) -> None:
        add_user(accounts, ANN)
        add_user(accounts, BOB)
        assert not session_user(accounts, sign_in(accounts, BOB)).is_admin
        assert session_user(accounts, sign_in(accounts, ANN)).is_admin

    def test_it_stays_viewer_where_an_admin_has_decided_so(self, accounts: Accounts) -> None:
        add_user(accounts, ANN)
        add_user(accounts, BOB, Role.ADMIN)
        assert not session_user(accounts, sign_in(accounts, ANN)).is_admin


def test_a_client_that_sends_codes_to_many_addresses_is_slowed(accounts: Accounts) -> None:
    outcomes = [
        accounts.request_reset(f"user{number}@example.com", ELSEWHERE) for number in range(14)
    ]
    assert [outcome.ok for outcome in outcomes] == [True] * 11 + [False] * 3
    assert accounts.request_reset(ANN, HERE).ok
