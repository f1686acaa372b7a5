"""One-time codes: random, few attempts, one use, ten minutes, one purpose."""

import re
from functools import partial
from typing import Any

import pytest

from reldash.auth import AccountRules, Accounts
from reldash.auth.secrets import new_code
from reldash.domain.accounts import CodePurpose, Mail, MailKind
from reldash.store import Store
from tests.integration.auth.account_helpers import (
    ANN,
    BOB,
    HERE,
    MINUTE,
    PASSWORD,
    SECOND,
    add_user,
    other_code,
    pass_time,
    run_concurrently,
    send_mails,
    take_mail,
)


@pytest.fixture
def code(accounts: Accounts) -> Mail:
    """An email to Ann with a sign-in code."""
    add_user(accounts)
    accounts.request_sign_in_code(ANN, HERE)
    return take_mail(accounts, MailKind.SIGN_IN)


def test_codes_are_six_random_digits() -> None:
    codes = [new_code() for _ in range(2000)]
    assert all(re.fullmatch(r"[0-9]{6}", each) for each in codes)
    assert len(set(codes)) > 1980
    assert any(each.startswith("0") for each in codes)


def test_a_code_works_once(accounts: Accounts, code: Mail) -> None:
    assert accounts.sign_in_with_code(ANN, code.code, HERE).ok
    assert not accounts.sign_in_with_code(ANN, code.code, HERE).ok
    assert not accounts.sign_in_with_code(ANN, code.long_code, HERE).ok


def test_a_code_may_be_typed_with_spaces_and_dashes(accounts: Accounts, code: Mail) -> None:
    typed = f" {code.code[:3]}-{code.code[3:]} "
    assert accounts.sign_in_with_code(ANN, typed, HERE).ok


def test_the_long_code_may_be_typed_in_small_letters(accounts: Accounts, code: Mail) -> None:
    assert accounts.sign_in_with_code(ANN, code.long_code.lower().replace("-", " "), HERE).ok


def test_at_most_five_of_200_concurrent_guesses_are_compared(
    database_url: str, rules: AccountRules, accounts: Accounts, code: Mail, connection: Any
) -> None:
    stores = [Store.open(database_url) for _ in range(2)]
    several = [Accounts(store, rules) for store in stores]
    guesses = [f"{number:06}" for number in range(200) if f"{number:06}" != code.code]
    outcomes = run_concurrently(
        [
            partial(several[n % 2].sign_in_with_code, ANN, guess, f"10.0.0.{n}")
            for n, guess in enumerate(guesses)
        ],
        threads=16,
    )
    for store in stores:
        store.close()
    assert not any(outcome.ok for outcome in outcomes)
    with connection.cursor() as cursor:
        cursor.execute("SELECT tries FROM codes")
        assert cursor.fetchall() == [(5,)]
    assert not accounts.sign_in_with_code(ANN, code.code, HERE).ok


def test_the_fifth_attempt_is_accepted_and_the_sixth_is_not(
    accounts: Accounts, code: Mail, connection: Any
) -> None:
    for _ in range(4):
        accounts.sign_in_with_code(ANN, other_code(code.code), HERE)
    assert accounts.sign_in_with_code(ANN, code.code, HERE).ok
    pass_time(connection, MINUTE)
    accounts.request_sign_in_code(ANN, HERE)
    second = take_mail(accounts, MailKind.SIGN_IN)
    for _ in range(5):
        accounts.sign_in_with_code(ANN, other_code(second.code), HERE)
    assert not accounts.sign_in_with_code(ANN, second.code, HERE).ok
    assert accounts.sign_in_with_code(ANN, second.long_code, HERE).ok


def test_all_codes_of_a_day_together_allow_fifty_guesses(
    accounts: Accounts, connection: Any
) -> None:
    add_user(accounts)
    for round_ in range(60):
        accounts.request_sign_in_code(ANN, f"10.0.1.{round_}")
        for _ in range(5):
            accounts.sign_in_with_code(ANN, "000000", f"10.0.2.{round_}")
        send_mails(accounts)
        pass_time(connection, 11 * MINUTE)
    with connection.cursor() as cursor:
        cursor.execute("SELECT sum(tries) FROM codes")
        (compared,) = cursor.fetchone()
    assert compared <= 50


def test_a_code_expires_after_ten_minutes(accounts: Accounts, code: Mail, connection: Any) -> None:
    pass_time(connection, 10 * MINUTE + SECOND)
    assert not accounts.sign_in_with_code(ANN, code.code, HERE).ok
    assert not accounts.sign_in_with_code(ANN, code.long_code, HERE).ok


def test_a_code_just_within_ten_minutes_works(
    accounts: Accounts, code: Mail, connection: Any
) -> None:
    pass_time(connection, 9 * MINUTE)
    assert accounts.sign_in_with_code(ANN, code.code, HERE).ok


def test_a_code_is_for_one_address_and_one_purpose(accounts: Accounts, code: Mail) -> None:
    add_user(accounts, BOB)
    for typed in (code.code, code.long_code):
        assert not accounts.sign_in_with_code(BOB, typed, HERE).ok
        assert not accounts.reset(ANN, typed, PASSWORD, HERE).ok
    assert accounts.sign_in_with_code(ANN, code.code, HERE).ok


def test_a_code_of_another_secret_key_is_refused(store: Store, code: Mail) -> None:
    other = Accounts(store, AccountRules(bytes(32)))
    assert not other.sign_in_with_code(ANN, code.code, HERE).ok
    assert not other.sign_in_with_code(ANN, code.long_code, HERE).ok


@pytest.mark.parametrize("change", ["purpose = 'sign_in'", f"email = '{BOB}', purpose = 'sign_in'"])
def test_a_tampered_row_does_not_verify_anything(
    accounts: Accounts, connection: Any, change: str
) -> None:
    """Write access to the database, without the key, cannot repurpose a code."""
    add_user(accounts)
    add_user(accounts, BOB)
    accounts.request_reset(ANN, HERE)
    mail = take_mail(accounts, MailKind.RESET)
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE codes SET {change}")  # noqa: S608 - constants
    for email in (ANN, BOB):
        for typed in (mail.code, mail.long_code):
            assert not accounts.sign_in_with_code(email, typed, HERE).ok


def test_only_one_of_several_concurrent_uses_of_a_code_succeeds(
    accounts: Accounts, code: Mail
) -> None:
    outcomes = run_concurrently(
        [partial(accounts.sign_in_with_code, ANN, code.long_code, HERE)] * 8
    )
    assert sum(outcome.ok for outcome in outcomes) == 1


def test_the_database_never_holds_a_code(accounts: Accounts, connection: Any) -> None:
    add_user(accounts)
    accounts.request_sign_in_code(ANN, HERE)
    accounts.request_reset(ANN, HERE)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM codes")
        assert cursor.fetchone() == (0,)
    mails = send_mails(accounts)
    secrets = [text for mail in mails for text in (mail.code, mail.long_code)]
    assert len(set(secrets)) == 4
    everything = dump(connection)
    for secret in secrets:
        assert secret not in everything
        assert secret.encode().hex() not in everything


def dump(connection: Any) -> str:
    """Return every row of every table as text."""
    rows = []
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT t::text FROM "{table}" t')  # noqa: S608 - our own tables
            rows += [row[0] for row in cursor.fetchall()]
    return "\n".join(rows)


def test_the_repr_of_an_email_hides_its_codes(code: Mail) -> None:
    assert code.code not in repr(code)
    assert code.long_code not in repr(code)


def test_each_purpose_has_an_email_with_its_code() -> None:
    assert {kind.purpose for kind in MailKind} == {*CodePurpose, None}
