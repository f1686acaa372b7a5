"""Password sign-in: the same reply and the same work for every failure."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from argon2 import PasswordHasher

from reldash.auth import AccountError, AccountRules, Accounts, NextStep, Outcome, passwords
from reldash.domain.accounts import COMMAND_LINE, MailKind, Role
from reldash.store import Store
from tests.integration.auth.account_helpers import (
    ADA,
    ANN,
    BOB,
    HERE,
    MINUTE,
    OTHER_PASSWORD,
    PASSWORD,
    add_user,
    send_mails,
    session_user,
    sign_in,
)

UNKNOWN = "nobody@example.com"
REAL = passwords.HASHER  # before `quick_hashes` replaces it


def test_the_right_password_opens_a_session(accounts: Accounts) -> None:
    user = add_user(accounts)
    assert session_user(accounts, sign_in(accounts)).user_id == user.id


def test_an_address_matches_however_it_is_written(accounts: Accounts) -> None:
    add_user(accounts, "Ann@Example.com")
    assert accounts.sign_in(" ANN@EXAMPLE.COM ", PASSWORD, HERE).ok


def test_every_failure_gets_the_same_reply(accounts: Accounts) -> None:
    add_user(accounts, ANN)
    disabled = add_user(accounts, BOB)
    accounts.disable(COMMAND_LINE, disabled.id)
    accounts.invite(COMMAND_LINE, ADA, Role.VIEWER)
    answers = [
        accounts.sign_in(ANN, OTHER_PASSWORD, HERE),
        accounts.sign_in(ANN, "", HERE),
        accounts.sign_in(BOB, PASSWORD, HERE),
        accounts.sign_in(BOB, OTHER_PASSWORD, HERE),
        accounts.sign_in(ADA, PASSWORD, HERE),
        accounts.sign_in(UNKNOWN, PASSWORD, HERE),
        accounts.sign_in("no address", PASSWORD, HERE),
        accounts.sign_in("", "", HERE),
    ]
    assert answers[0].step is NextStep.AGAIN
    assert set(answers) == {answers[0]}


@pytest.mark.parametrize("email", [ANN, UNKNOWN, ADA, "no address"])
def test_every_failure_hashes_twice_and_writes_one_log_line(
    accounts: Accounts, connection: Any, monkeypatch: pytest.MonkeyPatch, email: str
) -> None:
    """Counts the slow operations; `benchmarks/sign_in.py` measures times."""
    verified = []

    class Counting(PasswordHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> Any:  # noqa: A002 - theirs
            verified.append(str(hash).split("$")[:4])
            return super().verify(hash, password)

    monkeypatch.setattr(
        passwords, "HASHER", Counting(time_cost=2, memory_cost=19_456, parallelism=1)
    )
    add_user(accounts, ANN)
    accounts.invite(COMMAND_LINE, ADA, Role.VIEWER)
    before = count_lines(connection)
    accounts.sign_in(email, OTHER_PASSWORD, HERE)
    assert verified == 2 * [["", "argon2id", "v=19", "m=19456,t=2,p=1"]]
    assert count_lines(connection) == before + 1


def count_lines(connection: Any) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM audit")
        (number,) = cursor.fetchone()
    return int(number)


def test_requesting_a_code_looks_the_same_for_known_and_unknown(
    accounts: Accounts, connection: Any
) -> None:
    add_user(accounts)
    for request in (accounts.request_reset, accounts.request_sign_in_code):
        assert request(ANN, HERE) == request(UNKNOWN, HERE)
        again = [request(email, HERE) for email in (ANN, UNKNOWN)]  # within the minute
        assert all(timedelta(0) < outcome.wait <= MINUTE for outcome in again)
        assert replace(again[0], wait=MINUTE) == replace(again[1], wait=MINUTE)
    with connection.cursor() as cursor:
        cursor.execute("SELECT email, count(*) FROM outbox GROUP BY email ORDER BY email")
        assert cursor.fetchall() == [(ANN, 2), (UNKNOWN, 2)]
    assert {mail.address for mail in send_mails(accounts)} == {ANN}


def test_a_pending_sign_up_does_not_reveal_who_has_an_account(
    accounts: Accounts,
) -> None:
    add_user(accounts)
    answers = []
    for email in (ANN, UNKNOWN):
        accounts.sign_up(email, "Eve", OTHER_PASSWORD, HERE)
        begun = accounts.sign_in(email, OTHER_PASSWORD, HERE)
        assert begun.step is NextStep.CODE
        answers.append(
            [
                replace(begun, sign_up=""),
                accounts.verify(begun.sign_up, "not it", HERE),
                replace(accounts.resend(begun.sign_up, HERE), sign_up="", wait=MINUTE),
            ]
        )
    assert answers[0] == answers[1]
    assert accounts.sign_in(ANN, PASSWORD, HERE).ticket


def test_email_goes_to_the_stored_address_not_the_typed_one(
    accounts: Accounts,
) -> None:
    add_user(accounts, "Ann@example.com")
    accounts.request_reset("ANN@example.com", HERE)
    accounts.sign_up("aNN@example.com", "Eve", PASSWORD, HERE)
    assert [mail.address for mail in send_mails(accounts)] == ["Ann@example.com"] * 2


def test_a_hash_with_weaker_parameters_is_renewed_at_the_next_sign_in(
    accounts: Accounts, connection: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = add_user(accounts)
    weak = passwords.HASHER.hash(PASSWORD)
    monkeypatch.setattr(passwords, "HASHER", REAL)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE users SET password_hash = %s WHERE id = %s", (weak, user.id))
        sign_in(accounts)
        cursor.execute("SELECT password_hash FROM users WHERE id = %s", (user.id,))
        (renewed,) = cursor.fetchone()
    assert renewed.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert accounts.sign_in(ANN, PASSWORD, HERE).ok


def test_a_broken_hash_in_the_database_is_refused(accounts: Accounts, connection: Any) -> None:
    add_user(accounts)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE users SET password_hash = 'broken'")
    assert not accounts.sign_in(ANN, PASSWORD, HERE).ok


def test_password_sign_in_can_be_switched_off(store: Store, rules: AccountRules) -> None:
    add_user(Accounts(store, rules))
    off = Accounts(store, AccountRules(rules.secret_key, password_sign_in=False))
    calls: list[Callable[[], Outcome]] = [
        lambda: off.sign_in(ANN, PASSWORD, HERE),
        lambda: off.sign_up(BOB, "Bob", PASSWORD, HERE),
        lambda: off.request_reset(ANN, HERE),
        lambda: off.reset(ANN, "123456", OTHER_PASSWORD, HERE),
        lambda: off.request_sign_in_code(ANN, HERE),
        lambda: off.sign_in_with_code(ANN, "123456", HERE),
        lambda: off.verify("token", "123456", HERE),
    ]
    for call in calls:
        with pytest.raises(AccountError, match="Password sign-in is off"):
            call()
    assert send_mails(off) == []


def test_a_new_device_is_reported_except_the_first(accounts: Accounts) -> None:
    add_user(accounts)
    accounts.open_session(accounts.sign_in(ANN, PASSWORD, HERE).ticket, "Firefox", HERE)
    accounts.open_session(accounts.sign_in(ANN, PASSWORD, HERE).ticket, "Firefox", HERE)
    assert send_mails(accounts) == []
    accounts.open_session(accounts.sign_in(ANN, PASSWORD, HERE).ticket, "curl", HERE)
    (mail,) = send_mails(accounts)
    assert mail.kind is MailKind.NEW_DEVICE
    assert (mail.data["device"], mail.data["address"]) == ("curl", HERE)
    assert mail.data["at"].endswith("Z")
