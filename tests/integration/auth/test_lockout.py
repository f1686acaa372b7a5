"""Password guessing is slowed, then locked, while the owner can still sign in."""

from itertools import count
from typing import Any

import pytest

from reldash.auth import AccountRules, Accounts, NextStep
from reldash.domain.accounts import COMMAND_LINE, MailKind
from reldash.store import Store
from tests.integration.auth.account_helpers import (
    ANN,
    BOB,
    DAY,
    ELSEWHERE,
    HERE,
    HOUR,
    MINUTE,
    OTHER_PASSWORD,
    PASSWORD,
    add_user,
    open_session,
    pass_time,
    run_concurrently,
    send_mails,
    session_user,
    take_mail,
)

_addresses = (f"203.0.113.{number % 250 + 1}" for number in count())


def guess(accounts: Accounts, email: str = ANN, password: str = OTHER_PASSWORD) -> bool:
    """Try a password from another address; returns whether it succeeded."""
    return accounts.sign_in(email, password, next(_addresses)).ok


def compared(connection: Any) -> int:
    """Count the wrong passwords that were compared."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM audit WHERE action = 'sign-in failed'")
        (number,) = cursor.fetchone()
    return int(number)


def lock(accounts: Accounts, connection: Any, email: str = ANN) -> None:
    """Guess, with pauses, until the password is locked."""
    for _ in range(20):
        guess(accounts, email)
        pass_time(connection, 5 * MINUTE)
    before = compared(connection)
    assert not guess(accounts, email)
    assert compared(connection) == before


def test_a_thousand_wrong_passwords_do_not_lock_out_the_owner(
    accounts: Accounts, connection: Any
) -> None:
    add_user(accounts)
    run_concurrently([lambda: guess(accounts)] * 1000)
    assert compared(connection) <= 20
    assert accounts.request_sign_in_code(ANN, HERE).step is NextStep.CODE
    code = take_mail(accounts, MailKind.SIGN_IN).code
    outcome = accounts.sign_in_with_code(ANN, code, HERE)
    assert session_user(accounts, open_session(accounts, outcome)).email == ANN


def test_the_owner_can_sign_in_while_guessing_goes_on(accounts: Accounts, connection: Any) -> None:
    """Even if the attacker requests codes first and uses up their attempts."""
    add_user(accounts)
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


def test_the_owner_can_always_get_a_valid_code(accounts: Accounts, connection: Any) -> None:
    """However often others request codes, the owner has an email with a valid one."""
    add_user(accounts)
    last = None
    for minute in range(60):
        accounts.request_sign_in_code(ANN, next(_addresses))
        for mail in send_mails(accounts):
            last = (minute, mail)
        assert last is not None
        assert minute - last[0] < 10
        pass_time(connection, MINUTE)


def test_repeated_requests_do_not_flood_a_mailbox(accounts: Accounts, connection: Any) -> None:
    add_user(accounts)
    sent = 0
    for _ in range(60):
        accounts.request_sign_in_code(ANN, next(_addresses))
        sent += len(send_mails(accounts))
        pass_time(connection, MINUTE)
    assert sent <= 12


def test_the_right_password_is_refused_while_locked(accounts: Accounts, connection: Any) -> None:
    add_user(accounts)
    lock(accounts, connection)
    pass_time(connection, HOUR)
    assert not guess(accounts, password=PASSWORD)


@pytest.mark.parametrize("way", ["code", "reset", "administrator", "time"])
def test_a_lockout_ends(accounts: Accounts, connection: Any, way: str) -> None:
    user = add_user(accounts)
    lock(accounts, connection)
    if way == "code":
        accounts.request_sign_in_code(ANN, HERE)
        code = take_mail(accounts, MailKind.SIGN_IN).code
        assert accounts.sign_in_with_code(ANN, code, HERE).ok
    elif way == "reset":
        accounts.request_reset(ANN, HERE)
        assert accounts.reset(ANN, take_mail(accounts, MailKind.RESET).code, PASSWORD, HERE).ok
    elif way == "administrator":
        accounts.enable(COMMAND_LINE, user.id)
    else:
        pass_time(connection, DAY)
    assert accounts.sign_in(ANN, PASSWORD, HERE).ok


def test_the_counter_is_kept_in_the_database(
    store: Store, rules: AccountRules, connection: Any
) -> None:
    """Unlike the form's own lockout, which lives in a dictionary."""
    add_user(Accounts(store, rules))
    for _ in range(25):
        guess(Accounts(store, rules))
    assert compared(connection) <= 7


def test_unknown_addresses_are_slowed_and_locked_like_known_ones(
    accounts: Accounts, connection: Any
) -> None:
    add_user(accounts)
    answers = [
        (accounts.sign_in(ANN, OTHER_PASSWORD, HERE), accounts.sign_in(BOB, OTHER_PASSWORD, HERE))
        for _ in range(8)
    ]
    assert [known.step for known, _ in answers] == [unknown.step for _, unknown in answers]
    waits = [(known.wait > 0 * DAY, unknown.wait > 0 * DAY) for known, unknown in answers]
    assert all(known == unknown for known, unknown in waits)
    assert waits[-1] == (True, True)
    lock(accounts, connection, BOB)


def test_a_client_that_tries_many_accounts_is_slowed_and_others_are_not(
    accounts: Accounts, connection: Any
) -> None:
    add_user(accounts)
    outcomes = [
        accounts.sign_in(f"user{number}@example.com", OTHER_PASSWORD, ELSEWHERE)
        for number in range(200)
    ]
    assert compared(connection) <= 24
    assert outcomes[-1].wait > 0 * MINUTE
    assert accounts.sign_in(ANN, PASSWORD, HERE).ok
    assert not accounts.sign_in(ANN, PASSWORD, ELSEWHERE).ok


def test_addresses_of_one_ipv6_network_count_as_one_client(
    accounts: Accounts, connection: Any
) -> None:
    for number in range(60):
        accounts.sign_in(f"user{number}@example.com", OTHER_PASSWORD, f"2001:db8:0:1::{number:x}")
    assert compared(connection) <= 24


def test_signing_in_to_an_own_account_does_not_reset_the_limit(
    accounts: Accounts, connection: Any
) -> None:
    add_user(accounts, BOB)
    let_in = 0
    for number in range(100):
        accounts.sign_in(f"user{number}@example.com", OTHER_PASSWORD, ELSEWHERE)
        let_in += accounts.sign_in(BOB, PASSWORD, ELSEWHERE).ok
    assert compared(connection) <= 24
    assert let_in <= 24


def test_typing_errors_behind_a_shared_address_are_not_slowed(accounts: Accounts) -> None:
    for number in range(10):
        email = f"user{number}@example.com"
        add_user(accounts, email)
        assert not accounts.sign_in(email, OTHER_PASSWORD, HERE).ok
        assert accounts.sign_in(email, PASSWORD, HERE).ok


def test_setting_the_clock_back_locks_nobody_out(accounts: Accounts, connection: Any) -> None:
    add_user(accounts)
    lock(accounts, connection)
    pass_time(connection, -10 * DAY)
    assert accounts.sign_in(ANN, PASSWORD, HERE).ok
