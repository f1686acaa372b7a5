"""Sessions: checked at every use, and ended at once by everything that should end them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from reldash.auth import AccountRules, Accounts
from reldash.domain.accounts import COMMAND_LINE, MailKind, Role, User
from reldash.store import Store
from tests.integration.auth.account_helpers import (
    ADA,
    ANN,
    BOB,
    BROWSER,
    DAY,
    HERE,
    HOUR,
    MINUTE,
    OTHER_PASSWORD,
    PASSWORD,
    SECOND,
    add_user,
    open_session,
    pass_time,
    run_concurrently,
    session_user,
    sign_in,
    take_mail,
)


def change_password(accounts: Accounts, user: User, token: str) -> None:
    del user
    assert accounts.change_password(
        session_user(accounts, token), PASSWORD, OTHER_PASSWORD, HERE
    ).ok


def reset(accounts: Accounts, user: User, token: str) -> None:
    del token
    accounts.request_reset(user.email, HERE)
    code = take_mail(accounts, MailKind.RESET).code
    assert accounts.reset(user.email, code, OTHER_PASSWORD, HERE).ok


ENDINGS: dict[str, Callable[[Accounts, User, str], object]] = {
    "signing out": lambda accounts, _, token: accounts.sign_out(
        session_user(accounts, token), HERE
    ),
    "signing out everywhere": lambda a, _, token: a.end_all(session_user(a, token), HERE),
    "changing the password": change_password,
    "resetting the password": reset,
    "disabling": lambda accounts, user, _: accounts.disable(COMMAND_LINE, user.id),
    "a change of role": lambda a, user, _: a.set_role(COMMAND_LINE, user.id, Role.ADMIN),
    "an administrator": lambda accounts, user, _: accounts.end_sessions(COMMAND_LINE, user.id),
}


@pytest.mark.parametrize("way", ENDINGS)
def test_a_copied_cookie_ends_with_its_session(accounts: Accounts, way: str) -> None:
    """A copied token ends, too, as sessions are checked in the database."""
    user = add_user(accounts)
    token = sign_in(accounts)
    copied = token
    assert accounts.check_session(copied) is not None
    ENDINGS[way](accounts, user, token)
    assert accounts.check_session(copied) is None
    assert accounts.check_session(copied, activity=False) is None


@pytest.mark.parametrize("way", [way for way in ENDINGS if way != "signing out"])
def test_an_unused_ticket_ends_with_the_sessions(accounts: Accounts, way: str) -> None:
    user = add_user(accounts)
    token, ticket = sign_in(accounts), accounts.sign_in(ANN, PASSWORD, HERE).ticket
    ENDINGS[way](accounts, user, token)
    assert accounts.open_session(ticket, BROWSER, HERE) is None


def test_a_session_has_the_current_data_of_its_user(accounts: Accounts) -> None:
    user = add_user(accounts, role=Role.ADMIN)
    add_user(accounts, ADA, Role.ADMIN)
    token = sign_in(accounts)
    assert session_user(accounts, token).is_admin
    accounts.set_name(session_user(accounts, token), "Ann Other", HERE)
    assert session_user(accounts, token).name == "Ann Other"
    accounts.set_role(COMMAND_LINE, user.id, Role.VIEWER)
    assert not session_user(accounts, sign_in(accounts)).is_admin


def test_an_idle_session_ends_and_a_used_one_does_not(accounts: Accounts, connection: Any) -> None:
    add_user(accounts)
    token = sign_in(accounts)
    for _ in range(3):
        pass_time(connection, 11 * HOUR)
        assert accounts.check_session(token) is not None
    pass_time(connection, 12 * HOUR + SECOND)
    assert accounts.check_session(token) is None


def test_automatic_requests_are_not_activity(accounts: Accounts, connection: Any) -> None:
    add_user(accounts)
    token = sign_in(accounts)
    for _ in range(11):
        pass_time(connection, HOUR)
        assert accounts.check_session(token, activity=False) is not None
    pass_time(connection, HOUR)
    assert accounts.check_session(token, activity=False) is None


def test_a_session_ends_after_its_lifetime_even_if_used(
    accounts: Accounts, connection: Any
) -> None:
    add_user(accounts)
    token = sign_in(accounts)
    for _ in range(13):
        pass_time(connection, 12 * HOUR - SECOND)
        assert accounts.check_session(token) is not None
    pass_time(connection, 12 * HOUR)
    assert accounts.check_session(token) is None


class TestOtherLifetimes:
    """`RELDASH_SESSION_IDLE`, `RELDASH_SESSION_LIFETIME`."""

    @pytest.fixture
    def rules(self, rules: AccountRules) -> AccountRules:
        return replace(rules, idle=MINUTE, lifetime=timedelta(minutes=3))

    def test_the_settings_decide(self, accounts: Accounts, connection: Any) -> None:
        add_user(accounts)
        token = sign_in(accounts)
        pass_time(connection, MINUTE + SECOND)
        assert accounts.check_session(token) is None
        (session,) = accounts.list_sessions(session_user(accounts, sign_in(accounts)))
        assert session.expires_at - session.created_at <= timedelta(minutes=3)


def test_activity_is_written_once_a_minute(accounts: Accounts, connection: Any) -> None:
    add_user(accounts)
    token = sign_in(accounts)

    def version() -> object:
        with connection.cursor() as cursor:
            cursor.execute("SELECT xmin::text FROM sessions")
            return cursor.fetchone()

    pass_time(connection, 2 * MINUTE)
    before = version()
    accounts.check_session(token, activity=False)
    assert version() == before
    accounts.check_session(token)
    noted = version()
    assert noted != before
    accounts.check_session(token)
    assert version() == noted


def test_a_ticket_works_once(accounts: Accounts) -> None:
    add_user(accounts)
    ticket = accounts.sign_in(ANN, PASSWORD, HERE).ticket
    tokens = run_concurrently([lambda: accounts.open_session(ticket, BROWSER, HERE)] * 8)
    assert sum(token is not None for token in tokens) == 1
    assert accounts.open_session(ticket, BROWSER, HERE) is None


def test_a_ticket_expires_after_a_minute(accounts: Accounts, connection: Any) -> None:
    add_user(accounts)
    ticket = accounts.sign_in(ANN, PASSWORD, HERE).ticket
    pass_time(connection, MINUTE + SECOND)
    assert accounts.open_session(ticket, BROWSER, HERE) is None


def test_a_ticket_is_no_session(accounts: Accounts) -> None:
    add_user(accounts)
    outcome = accounts.sign_in(ANN, PASSWORD, HERE)
    assert accounts.check_session(outcome.ticket) is None
    assert outcome.ticket not in repr(outcome)
    token = open_session(accounts, outcome)
    assert accounts.open_session(token, BROWSER, HERE) is None


def test_the_database_holds_no_token(accounts: Accounts, connection: Any) -> None:
    add_user(accounts)
    token = sign_in(accounts)
    ticket = accounts.sign_in(ANN, PASSWORD, HERE).ticket
    with connection.cursor() as cursor:
        cursor.execute("SELECT s::text FROM sessions s UNION ALL SELECT t::text FROM tickets t")
        rows = " ".join(row[0] for row in cursor.fetchall())
    for secret in (token, ticket):
        assert len(secret) >= 43
        assert secret not in rows
        assert secret.encode().hex() not in rows


def test_users_can_list_and_end_their_sessions(accounts: Accounts) -> None:
    add_user(accounts)
    add_user(accounts, BOB)
    here, there = (
        accounts.open_session(accounts.sign_in(ANN, PASSWORD, HERE).ticket, device, HERE)
        for device in ("Firefox", "Chromium")
    )
    assert here is not None
    assert there is not None
    bob = session_user(accounts, sign_in(accounts, BOB))
    ann = session_user(accounts, here)
    listed = {session.device: session for session in accounts.list_sessions(ann)}
    assert set(listed) == {"Firefox", "Chromium"}
    assert listed["Firefox"].id == ann.session_id
    assert accounts.end_session(bob, listed["Chromium"].id, HERE) is False
    assert accounts.end_session(ann, "no id", HERE) is False
    assert accounts.check_session(there) is not None
    assert accounts.end_session(ann, listed["Chromium"].id, HERE) is True
    assert accounts.check_session(there) is None
    assert accounts.check_session(here) is not None
    assert accounts.count_sessions() == {ann.user_id: 1, bob.user_id: 1}


@pytest.mark.parametrize("token", ["", "x", "\x00", "\ud800", "x" * 1_000_000, "' OR 1=1 --"])
def test_an_invalid_token_is_refused(accounts: Accounts, token: str) -> None:
    add_user(accounts)
    sign_in(accounts)
    assert accounts.check_session(token) is None
    assert accounts.open_session(token, BROWSER, HERE) is None
    assert accounts.check_token("rd_" + token) is None


def test_ended_sessions_are_deleted_after_a_month(accounts: Accounts, connection: Any) -> None:
    add_user(accounts)
    accounts.sign_out(session_user(accounts, sign_in(accounts)), HERE)
    kept = sign_in(accounts)
    accounts.tidy()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM sessions")
        assert cursor.fetchone() == (2,)
        pass_time(connection, 6 * DAY)
        cursor.execute("UPDATE sessions SET last_seen_at = now()")
        cursor.execute("UPDATE sessions SET ended_at = ended_at - interval '31 days'")
        accounts.tidy()
        cursor.execute("SELECT count(*) FROM sessions")
        assert cursor.fetchone() == (1,)
    assert accounts.check_session(kept) is not None


def test_concurrent_sign_in_and_sign_out_do_not_deadlock(
    database_url: str, rules: AccountRules
) -> None:
    """They may wait for each other; a deadlock would raise StoreError."""
    stores = [Store.open(database_url) for _ in range(2)]
    one, other = (Accounts(store, rules) for store in stores)
    user = add_user(one)
    for _ in range(10):
        tickets = [one.sign_in(ANN, PASSWORD, HERE).ticket for _ in range(3)]
        run_concurrently(
            [partial(one.open_session, ticket, BROWSER, HERE) for ticket in tickets]
            + [partial(other.end_sessions, COMMAND_LINE, user.id) for _ in range(2)]
        )
    other.end_sessions(COMMAND_LINE, user.id)
    assert one.count_sessions() == {}
    for store in stores:
        store.close()
