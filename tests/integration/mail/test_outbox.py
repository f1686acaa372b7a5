"""Emails are sent over a real mail server: retried on failure, and once each."""

import logging
import re
import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg2
import pytest
from pydantic import SecretStr

from reldash.auth import Accounts, NextStep
from reldash.auth.factory import open_accounts
from reldash.config import Settings
from reldash.domain.accounts import COMMAND_LINE, Role
from reldash.services.mail.outbox import MailSender
from reldash.store import Store
from tests.integration.mail_servers import Post, mail_server
from tests.integration.ports import free_port
from tests.integration.waiting import wait_for

KEY = SecretStr(secrets.token_hex(32))
PASSWORD = "a strange enough sentence"
CLIENT = "192.0.2.1"


def settings_for(port: int | None) -> Settings:
    if port is None:
        return Settings(secret_key=KEY)
    url = SecretStr(f"smtp://127.0.0.1:{port}")
    return Settings(secret_key=KEY, smtp_url=url, mail_from="reldash@example.com")


@pytest.fixture
def accounts(store: Store) -> Accounts:
    return open_accounts(store, settings_for(None))


def sender_to(accounts: Accounts, port: int | None) -> MailSender:
    return MailSender(accounts, settings_for(port))


def sign_up(accounts: Accounts, email: str = "ann@example.com") -> str:
    outcome = accounts.sign_up(email, "Ann", PASSWORD, CLIENT)
    assert outcome.step is NextStep.CODE
    return outcome.sign_up


def code_in(post: Post, number: int = -1) -> str:
    """Return the six-digit code of a received message."""
    text = post.taken[number].get_body(("plain",))
    assert text is not None
    found = re.search(r"^ +(\d{6})\r?$", text.get_content(), re.MULTILINE)
    assert found is not None
    return found.group(1)


def make_due(url: str) -> None:
    """End the pauses between attempts."""
    with psycopg2.connect(url) as connection:
        connection.cursor().execute("UPDATE outbox SET next_at = clock_timestamp()")


@contextmanager
def running(sender: MailSender) -> Iterator[None]:
    sender.start()
    try:
        yield
    finally:
        sender.stop()


def test_the_code_of_an_email_verifies_the_address(accounts: Accounts) -> None:
    token = sign_up(accounts)
    with mail_server() as post:
        assert sender_to(accounts, post.port).send_due() == 1
    assert post.recipients == [["ann@example.com"]]
    assert accounts.verify(token, code_in(post), CLIENT).step is NextStep.DONE


def test_emails_are_sent_in_the_background_soon_after_queuing(accounts: Accounts) -> None:
    with mail_server() as post, running(sender_to(accounts, post.port)):
        sign_up(accounts)
        wait_for(lambda: post.taken, seconds=5)
        assert accounts.sign_up("bo@example.com", "Bo", PASSWORD, CLIENT).step is NextStep.CODE
        wait_for(lambda: len(post.taken) == 2, seconds=5)


def test_no_email_is_sent_to_an_address_without_account(accounts: Accounts) -> None:
    accounts.request_reset("nobody@example.com", CLIENT)
    with mail_server() as post:
        assert sender_to(accounts, post.port).send_due() == 0
    assert post.taken == []
    assert not accounts.is_mail_failing()


def test_a_server_that_is_down_loses_no_sign_up(accounts: Accounts, database_url: str) -> None:
    port = free_port()
    sender = sender_to(accounts, port)
    token = sign_up(accounts)
    assert sender.send_due() == 0
    assert accounts.is_mail_failing()
    with mail_server(port=port) as post:
        assert sender.send_due() == 0  # its pause has not ended
        make_due(database_url)
        assert sender.send_due() == 1
    assert not accounts.is_mail_failing()
    assert accounts.verify(token, code_in(post), CLIENT).step is NextStep.DONE


def test_the_newer_code_of_an_email_sent_twice_is_valid(
    accounts: Accounts, database_url: str
) -> None:
    token = sign_up(accounts)
    with mail_server() as post:
        assert sender_to(accounts, post.port).send_due() == 1
        with psycopg2.connect(database_url) as connection:  # its sender died before recording it
            connection.cursor().execute("UPDATE outbox SET sent_at = NULL")
        make_due(database_url)
        assert sender_to(accounts, post.port).send_due() == 1
    first, second = code_in(post, 0), code_in(post, 1)
    if first != second:
        assert accounts.verify(token, first, CLIENT).step is NextStep.AGAIN
    assert accounts.verify(token, second, CLIENT).step is NextStep.DONE


REFUSALS: dict[str, tuple[dict[str, str], bool, int]] = {
    "a mailbox that is none": ({"RCPT": "550 5.1.1 no such user"}, False, 0),
    "a full mailbox": ({"RCPT": "452 4.2.2 full"}, True, 1),
    "a sign-in that is missing": ({"MAIL": "530 5.7.0 sign in"}, True, 1),
}


@pytest.mark.parametrize(("answers", "failing", "left"), REFUSALS.values(), ids=REFUSALS)
def test_only_permanent_failures_are_given_up(
    accounts: Accounts, database_url: str, answers: dict[str, str], *, failing: bool, left: int
) -> None:
    sign_up(accounts)
    with mail_server(Post(answers)) as post:
        assert sender_to(accounts, post.port).send_due() == 0
        assert accounts.is_mail_failing() == failing
        make_due(database_url)
        post.answers.clear()
        assert sender_to(accounts, post.port).send_due() == left


def test_an_email_is_given_up_after_a_day_and_pages_still_say_so(
    accounts: Accounts, database_url: str
) -> None:
    port = free_port()
    sign_up(accounts)
    with psycopg2.connect(database_url) as connection:
        connection.cursor().execute("UPDATE outbox SET created_at = created_at - interval '25 h'")
    sender_to(accounts, port).send_due()
    assert accounts.is_mail_failing()
    make_due(database_url)
    with mail_server(port=port) as post:
        assert sender_to(accounts, port).send_due() == 0
    assert post.taken == []


def test_pages_say_that_no_email_is_sent_without_a_mail_server(accounts: Accounts) -> None:
    sign_up(accounts)
    assert sender_to(accounts, None).send_due() == 0
    assert accounts.is_mail_failing()


def test_a_failure_is_logged_at_its_start_and_end(
    accounts: Accounts, database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "reldash.services.mail.outbox")
    port = free_port()
    sender = sender_to(accounts, port)
    sign_up(accounts)
    for _ in range(3):
        sender.send_due()
        make_due(database_url)
    with mail_server(port=port):
        sender.send_due()
    begun, ended = (record.getMessage() for record in caplog.records)
    assert begun.startswith(
        f"email not sent, will retry: Mail server not reachable: smtp://127.0.0.1:{port}"
    )
    assert ended.startswith("email is sent again")


def test_no_code_is_in_the_database_or_the_log(
    accounts: Accounts, database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    sign_up(accounts)
    with mail_server(Post({"DATA": "451 4.3.0 later"})) as post:
        sender = sender_to(accounts, post.port)
        sender.send_due()
        make_due(database_url)
        post.answers.clear()
        sender.send_due()
    with psycopg2.connect(database_url) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(o::text, ' ') FROM outbox o")
        (rows,) = cursor.fetchone() or ("",)
        cursor.execute("SELECT string_agg(c::text, ' ') FROM codes c")
        (codes,) = cursor.fetchone() or ("",)
    code = code_in(post)
    ours = [record for record in caplog.records if record.name.startswith("reldash")]
    said = " ".join(record.getMessage() for record in ours)
    assert re.search(rf"\b{code}\b", rows + said) is None
    assert f",{code}," not in codes


def test_many_senders_send_each_email_once(store: Store) -> None:
    accounts = open_accounts(store, settings_for(None))
    addresses = [f"user{number}@example.com" for number in range(12)]
    for address in addresses:
        accounts.invite(COMMAND_LINE, address, Role.VIEWER)
    with mail_server() as post:
        at_once(lambda: sender_to(accounts, post.port).send_due(), 4)
    assert sorted(recipient for (recipient,) in post.recipients) == sorted(addresses)


def test_a_stopped_sender_leaves_the_rest_for_later(accounts: Accounts) -> None:
    sign_up(accounts)
    with mail_server() as post:
        sender = sender_to(accounts, post.port)
        sender.stop()
        assert sender.send_due() == 0
        assert sender_to(accounts, post.port).send_due() == 1


def at_once(action: Callable[[], object], times: int) -> None:
    threads = [threading.Thread(target=action) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
