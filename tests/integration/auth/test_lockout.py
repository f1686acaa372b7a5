"""Guessing passwords: slowed, then locked, and the owner gets in all the same."""

from itertools import count
from typing import Any

import pytest

from reldash.auth import AccountRules, Accounts, NextStep
from reldash.domain.accounts import COMMAND_LINE, MailKind
from reldash.store import Store
from tests.integration.auth.people import (
    ANN,
    BOB,
    DAY,
    ELSEWHERE,
    HERE,
    HOUR,
    MINUTE,
    OTHER_PASSWORD,
    PASSWORD,
    add,
    at_once,
    enter,
    mail_of,
    pass_time,
    send_mails,
    who,
)

_addresses = (f"203.0.113.{number % 250 + 1}" for number in count())


def guess(accounts: Accounts, email: str = ANN, password: str = OTHER_PASSWORD) -> bool:
    """One more try from one more address: whether it got in."""
    return accounts.sign_in(email, password, next(_addresses)).ok


def compared(connection: Any) -> int:
    """How many wrong passwords were compared."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM audit WHERE action = 'sign-in failed'")
        (number,) = cursor.fetchone()
    return int(number)


def lock(accounts: Accounts, connection: Any, email: str = ANN) -> None:
    """Guess, with enough time between, until nothing is compared any more."""
    for _ in range(20):
        guess(accounts, email)
        pass_time(connection, 5 * MINUTE)
    before = compared(connection)
    assert not guess(accounts, email)
    assert compared(connection) == before


def test_a_thousand_wrong_passwords_from_many_addresses_keep_nobody_out(
    accounts: Accounts, connection: Any
) -> None:
    add(accounts)
    at_once([lambda: guess(accounts)] * 1000)
    assert compared(connection) <= 20
    assert accounts.request_sign_in_code(ANN, HERE).step is NextStep.CODE
    code = mail_of(accounts, MailKind.SIGN_IN).code
    outcome = accounts.sign_in_with_code(ANN, code, HERE)
    assert who(accounts, enter(accounts, outcome)).email == ANN


def test_the_owner_gets_in_although_the_guessing_goes_on(
    accounts: Accounts, connection: Any
) -> None:
    """Also where the guesser asks for codes first and uses all tries of each up."""
    add(accounts)
    lock(accounts, connection)
    for _ in range(12):
        attacker = next(_addresses)
        accounts.request_sign_in_code(ANN, attacker)
        for _ in range(6):
            accounts.sign_in_with_code(ANN, "000000", attacker)
        pass_time(connection, MINUTE)
    accounts.request_sign_in_code(ANN, HERE)
    newest = send_mails(accounts)[-1]
    for _ in range(6):
        accounts.sign_in_with_code(ANN, "000000", ELSEWHERE)
    assert accounts.sign_in_with_code(ANN, newest.long_code, HERE).ok


def test_a_code_that_works_is_never_out_of_reach(accounts: Accounts, connection: Any) -> None:
    """However often somebody else asks: the owner has a mail that is not older than its code."""
    add(accounts)
    last = None
    for minute in range(60):
        accounts.request_sign_in_code(ANN, next(_addresses))
        for mail in send_mails(accounts):
            last = (minute, mail)
        assert last is not None
        assert minute - last[0] < 10
        pass_time(connection, MINUTE)


def test_a_mailbox_is_not_flooded(accounts: Accounts, connection: Any) -> None:
    add(accounts)
    sent = 0
    for _ in range(60):
        accounts.request_sign_in_code(ANN, next(_addresses))
        sent += len(send_mails(accounts))
        pass_time(connection, MINUTE)
    assert sent <= 12


def test_the_right_password_does_not_help_while_locked(accounts: Accounts, connection: Any) -> None:
    add(accounts)
    lock(accounts, connection)
    pass_time(connection, HOUR)
    assert not guess(accounts, password=PASSWORD)


@pytest.mark.parametrize("way", ["code", "reset", "administrator", "time"])
def test_a_lockout_ends(accounts: Accounts, connection: Any, way: str) -> None:
    user = add(accounts)
    lock(accounts, connection)
    if way == "code":
        accounts.request_sign_in_code(ANN, HERE)
        code = mail_of(accounts, MailKind.SIGN_IN).code
        assert accounts.sign_in_with_code(ANN, code, HERE).ok
    elif way == "reset":
        accounts.request_reset(ANN, HERE)
        assert accounts.reset(ANN, mail_of(accounts, MailKind.RESET).code, PASSWORD, HERE).ok
    elif way == "administrator":
        accounts.enable(COMMAND_LINE, user.id)
    else:
        pass_time(connection, DAY)
    assert accounts.sign_in(ANN, PASSWORD, HERE).ok


def test_the_counter_outlives_the_object_that_counted(
    store: Store, rules: AccountRules, connection: Any
) -> None:
    """The form's own lockout forgets with the dictionary that it was given."""
    add(Accounts(store, rules))
    for _ in range(25):
        guess(Accounts(store, rules))
    assert compared(connection) <= 7


def test_an_unknown_address_is_slowed_and_locked_like_a_known_one(
    accounts: Accounts, connection: Any
) -> None:
    add(accounts)
    answers = [
        (accounts.sign_in(ANN, OTHER_PASSWORD, HERE), accounts.sign_in(BOB, OTHER_PASSWORD, HERE))
        for _ in range(8)
    ]
    assert [known.step for known, _ in answers] == [unknown.step for _, unknown in answers]
    waits = [(known.wait > 0 * DAY, unknown.wait > 0 * DAY) for known, unknown in answers]
    assert all(known == unknown for known, unknown in waits)
    assert waits[-1] == (True, True)
    lock(accounts, connection, BOB)


def test_one_address_against_many_accounts_is_slowed_and_others_are_not(
    accounts: Accounts, connection: Any
) -> None:
    add(accounts)
    outcomes = [
        accounts.sign_in(f"user{number}@example.com", OTHER_PASSWORD, ELSEWHERE)
        for number in range(200)
    ]
    assert compared(connection) <= 24
    assert outcomes[-1].wait > 0 * MINUTE
    assert accounts.sign_in(ANN, PASSWORD, HERE).ok
    assert not accounts.sign_in(ANN, PASSWORD, ELSEWHERE).ok


def test_addresses_of_one_ipv6_network_count_as_one(accounts: Accounts, connection: Any) -> None:
    for number in range(60):
        accounts.sign_in(f"user{number}@example.com", OTHER_PASSWORD, f"2001:db8:0:1::{number:x}")
    assert compared(connection) <= 24


def test_signing_in_to_an_own_account_in_between_does_not_help_to_guess(
    accounts: Accounts, connection: Any
) -> None:
    add(accounts, BOB)
    let_in = 0
    for number in range(100):
        accounts.sign_in(f"user{number}@example.com", OTHER_PASSWORD, ELSEWHERE)
        let_in += accounts.sign_in(BOB, PASSWORD, ELSEWHERE).ok
    assert compared(connection) <= 24
    assert let_in <= 24


def test_people_behind_one_address_who_mistype_are_not_slowed(accounts: Accounts) -> None:
    for number in range(10):
        email = f"user{number}@example.com"
        add(accounts, email)
        assert not accounts.sign_in(email, OTHER_PASSWORD, HERE).ok
        assert accounts.sign_in(email, PASSWORD, HERE).ok


def test_a_clock_that_is_set_back_locks_nobody_out(accounts: Accounts, connection: Any) -> None:
    add(accounts)
    lock(accounts, connection)
    pass_time(connection, -10 * DAY)
    assert accounts.sign_in(ANN, PASSWORD, HERE).ok
