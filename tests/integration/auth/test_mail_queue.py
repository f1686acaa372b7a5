"""The mail queue: claims, retries, and giving up."""

from typing import Any

import pytest

from reldash.auth import Accounts
from reldash.domain.accounts import COMMAND_LINE, Mail, MailKind, Role
from tests.integration.auth.account_helpers import (
    ADA,
    ANN,
    BOB,
    DAY,
    HERE,
    MINUTE,
    SECOND,
    add_user,
    pass_time,
    run_concurrently,
    send_mails,
)


def claim(accounts: Accounts) -> Mail:
    mail = accounts.claim_mail()
    assert mail is not None
    return mail


def test_each_email_is_claimed_by_one_sender(accounts: Accounts) -> None:
    for number in range(5):
        accounts.invite(COMMAND_LINE, f"user{number}@example.com", Role.VIEWER)
    claimed = [mail for mail in run_concurrently([accounts.claim_mail] * 12) if mail is not None]
    assert sorted(mail.address for mail in claimed) == [f"user{n}@example.com" for n in range(5)]


def test_claiming_does_not_wait_for_other_senders(accounts: Accounts, connection: Any) -> None:
    accounts.invite(COMMAND_LINE, ANN, Role.VIEWER)
    accounts.invite(COMMAND_LINE, BOB, Role.VIEWER)
    with connection.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute("SELECT 1 FROM outbox WHERE email = %s FOR UPDATE", (ANN,))
        (claimed,) = run_concurrently([accounts.claim_mail])
        cursor.execute("COMMIT")
    assert claimed is not None
    assert claimed.address == BOB


def test_an_email_of_a_dead_sender_is_sent_again_with_a_valid_code(
    accounts: Accounts, connection: Any
) -> None:
    add_user(accounts)
    accounts.request_sign_in_code(ANN, HERE)
    lost = claim(accounts)
    assert accounts.claim_mail() is None
    pass_time(connection, 2 * MINUTE + SECOND)
    again = claim(accounts)
    assert (again.id, again.attempts) == (lost.id, 2)
    assert accounts.sign_in_with_code(ANN, again.code, HERE).ok


def test_a_failed_email_is_retried_after_growing_pauses(
    accounts: Accounts, connection: Any
) -> None:
    accounts.invite(COMMAND_LINE, ANN, Role.VIEWER)
    for seconds in (5, 15, 60, 300, 900, 900):
        mail = claim(accounts)
        accounts.mail_failed(mail, "no route to host")
        pass_time(connection, (seconds - 1) * SECOND)
        assert accounts.claim_mail() is None
        pass_time(connection, SECOND)


def test_an_email_is_given_up_after_a_day(accounts: Accounts, connection: Any) -> None:
    accounts.invite(COMMAND_LINE, ANN, Role.VIEWER)
    accounts.mail_failed(claim(accounts), "no route to host")
    pass_time(connection, DAY)
    accounts.mail_failed(claim(accounts), "no route to host")
    pass_time(connection, DAY)
    assert accounts.claim_mail() is None


def test_a_permanently_refused_email_does_not_count_as_failing_mail(
    accounts: Accounts, connection: Any
) -> None:
    accounts.invite(COMMAND_LINE, ANN, Role.VIEWER)
    accounts.mail_failed(claim(accounts), "550 no such user", give_up=True)
    pass_time(connection, DAY)
    assert accounts.claim_mail() is None
    assert not accounts.is_mail_failing()


def test_mail_is_failing_if_the_last_attempt_failed(accounts: Accounts) -> None:
    assert not accounts.is_mail_failing()
    accounts.invite(COMMAND_LINE, ANN, Role.VIEWER)
    mail = claim(accounts)
    assert not accounts.is_mail_failing()
    accounts.mail_failed(mail, "no route to host")
    assert accounts.is_mail_failing()
    accounts.invite(COMMAND_LINE, BOB, Role.VIEWER)
    mail = claim(accounts)
    assert accounts.is_mail_failing()  # an attempt in progress does not count
    accounts.mail_sent(mail)
    assert not accounts.is_mail_failing()


def test_a_failure_reported_after_success_does_not_resend(
    accounts: Accounts, connection: Any
) -> None:
    accounts.invite(COMMAND_LINE, ANN, Role.VIEWER)
    mail = claim(accounts)
    accounts.mail_sent(mail)
    accounts.mail_failed(mail, "timed out")
    pass_time(connection, DAY)
    assert accounts.claim_mail() is None


@pytest.mark.parametrize("error", ["", "\x00", "x" * 1_000_000, "‮"])
def test_any_error_text_can_be_stored(accounts: Accounts, error: str) -> None:
    accounts.invite(COMMAND_LINE, ANN, Role.VIEWER)
    accounts.mail_failed(claim(accounts), error)
    assert accounts.is_mail_failing()


def test_requests_for_unknown_addresses_send_nothing(accounts: Accounts, connection: Any) -> None:
    accounts.request_reset(ADA, HERE)
    accounts.invite(COMMAND_LINE, BOB, Role.VIEWER)
    assert [mail.kind for mail in send_mails(accounts)] == [MailKind.INVITATION]
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM outbox WHERE email = %s", (ADA,))
        assert cursor.fetchone() == (0,)


def test_an_email_has_the_name_of_its_user(accounts: Accounts) -> None:
    accounts.invite(COMMAND_LINE, ANN, Role.VIEWER, "Ann Other")
    assert claim(accounts).name == "Ann Other"


def test_expired_rows_are_deleted_and_pending_ones_kept(
    accounts: Accounts, connection: Any
) -> None:
    add_user(accounts)
    accounts.request_sign_in_code(ANN, HERE)
    send_mails(accounts)
    accounts.sign_in(ANN, "wrong password", HERE)
    pass_time(connection, 31 * DAY)
    accounts.invite(COMMAND_LINE, BOB, Role.VIEWER)
    accounts.tidy()
    with connection.cursor() as cursor:
        for table, rows in (("outbox", 1), ("codes", 0), ("attempts", 0), ("users", 2)):
            cursor.execute(f"SELECT count(*) FROM {table}")  # noqa: S608 - constants
            assert cursor.fetchone() == (rows,), table
    assert [mail.kind for mail in send_mails(accounts)] == [MailKind.INVITATION]
