"""Sessions: opaque, checked each time, and ended at once by whatever should end them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from reldash.auth import AccountRules, Accounts
from reldash.domain.accounts import COMMAND_LINE, MailKind, Role, User
from reldash.store import Store
from tests.integration.auth.people import (
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
    add,
    at_once,
    enter,
    mail_of,
    pass_time,
    sign_in,
    who,
)


def change_password(accounts: Accounts, user: User, token: str) -> None:
    del user
    assert accounts.change_password(who(accounts, token), PASSWORD, OTHER_PASSWORD, HERE).ok


def reset(accounts: Accounts, user: User, token: str) -> None:
    del token
    accounts.request_reset(user.email, HERE)
    code = mail_of(accounts, MailKind.RESET).code
    assert accounts.reset(user.email, code, OTHER_PASSWORD, HERE).ok


ENDINGS: dict[str, Callable[[Accounts, User, str], object]] = {
    "signing out": lambda accounts, _, token: accounts.sign_out(who(accounts, token), HERE),
    "signing out everywhere": lambda a, _, token: a.end_all(who(a, token), HERE),
    "changing the password": change_password,
    "resetting the password": reset,
    "disabling": lambda accounts, user, _: accounts.disable(COMMAND_LINE, user.id),
    "a change of role": lambda a, user, _: a.set_role(COMMAND_LINE, user.id, Role.ADMIN),
    "an administrator": lambda accounts, user, _: accounts.end_sessions(COMMAND_LINE, user.id),
}


@pytest.mark.parametrize("way", ENDINGS)
def test_a_copied_cookie_dies_with_its_session(accounts: Accounts, way: str) -> None:
    """The same token, shown by a second browser: nothing but the database knows that it is over."""
    user = add(accounts)
    token = sign_in(accounts)
    copied = token
    assert accounts.check_session(copied) is not None
    ENDINGS[way](accounts, user, token)
    assert accounts.check_session(copied) is None
    assert accounts.check_session(copied, activity=False) is None


@pytest.mark.parametrize("way", [way for way in ENDINGS if way != "signing out"])
def test_a_ticket_not_yet_exchanged_dies_too(accounts: Accounts, way: str) -> None:
    user = add(accounts)
    token, ticket = sign_in(accounts), accounts.sign_in(ANN, PASSWORD, HERE).ticket
    ENDINGS[way](accounts, user, token)
    assert accounts.open_session(ticket, BROWSER, HERE) is None


def test_a_session_shows_the_user_as_of_now(accounts: Accounts) -> None:
    user = add(accounts, role=Role.ADMIN)
    add(accounts, ADA, Role.ADMIN)
    token = sign_in(accounts)
    assert who(accounts, token).is_admin
    accounts.set_name(who(accounts, token), "Ann Other", HERE)
    assert who(accounts, token).name == "Ann Other"
    accounts.set_role(COMMAND_LINE, user.id, Role.VIEWER)
    assert not who(accounts, sign_in(accounts)).is_admin


def test_an_idle_session_ends_and_a_used_one_does_not(accounts: Accounts, connection: Any) -> None:
    add(accounts)
    token = sign_in(accounts)
    for _ in range(3):
        pass_time(connection, 11 * HOUR)
        assert accounts.check_session(token) is not None
    pass_time(connection, 12 * HOUR + SECOND)
    assert accounts.check_session(token) is None


def test_what_a_page_does_by_itself_is_no_activity(accounts: Accounts, connection: Any) -> None:
    add(accounts)
    token = sign_in(accounts)
    for _ in range(11):
        pass_time(connection, HOUR)
        assert accounts.check_session(token, activity=False) is not None
    pass_time(connection, HOUR)
    assert accounts.check_session(token, activity=False) is None


def test_a_session_ends_after_its_lifetime_however_much_it_is_used(
    accounts: Accounts, connection: Any
) -> None:
    add(accounts)
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
        add(accounts)
        token = sign_in(accounts)
        pass_time(connection, MINUTE + SECOND)
        assert accounts.check_session(token) is None
        (session,) = accounts.list_sessions(who(accounts, sign_in(accounts)))
        assert session.expires_at - session.created_at <= timedelta(minutes=3)


def test_use_is_noted_once_a_minute(accounts: Accounts, connection: Any) -> None:
    add(accounts)
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


def test_a_ticket_is_good_once(accounts: Accounts) -> None:
    add(accounts)
    ticket = accounts.sign_in(ANN, PASSWORD, HERE).ticket
    tokens = at_once([lambda: accounts.open_session(ticket, BROWSER, HERE)] * 8)
    assert sum(token is not None for token in tokens) == 1
    assert accounts.open_session(ticket, BROWSER, HERE) is None


def test_a_ticket_is_over_after_a_minute(accounts: Accounts, connection: Any) -> None:
    add(accounts)
    ticket = accounts.sign_in(ANN, PASSWORD, HERE).ticket
    pass_time(connection, MINUTE + SECOND)
    assert accounts.open_session(ticket, BROWSER, HERE) is None


def test_a_ticket_is_no_session(accounts: Accounts) -> None:
    add(accounts)
    outcome = accounts.sign_in(ANN, PASSWORD, HERE)
    assert accounts.check_session(outcome.ticket) is None
    assert outcome.ticket not in repr(outcome)
    token = enter(accounts, outcome)
    assert accounts.open_session(token, BROWSER, HERE) is None


def test_the_database_holds_no_token(accounts: Accounts, connection: Any) -> None:
    add(accounts)
    token = sign_in(accounts)
    ticket = accounts.sign_in(ANN, PASSWORD, HERE).ticket
    with connection.cursor() as cursor:
        cursor.execute("SELECT s::text FROM sessions s UNION ALL SELECT t::text FROM tickets t")
        rows = " ".join(row[0] for row in cursor.fetchall())
    for secret in (token, ticket):
        assert len(secret) >= 43
        assert secret not in rows
        assert secret.encode().hex() not in rows


def test_people_see_their_sessions_and_end_one(accounts: Accounts) -> None:
    add(accounts)
    add(accounts, BOB)
    here, there = (
        accounts.open_session(accounts.sign_in(ANN, PASSWORD, HERE).ticket, device, HERE)
        for device in ("Firefox", "Chromium")
    )
    assert here is not None
    assert there is not None
    bob = who(accounts, sign_in(accounts, BOB))
    ann = who(accounts, here)
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
def test_what_is_no_token_is_nobody(accounts: Accounts, token: str) -> None:
    add(accounts)
    sign_in(accounts)
    assert accounts.check_session(token) is None
    assert accounts.open_session(token, BROWSER, HERE) is None
    assert accounts.check_token("rd_" + token) is None


def test_ended_sessions_are_forgotten_after_a_month(accounts: Accounts, connection: Any) -> None:
    add(accounts)
    accounts.sign_out(who(accounts, sign_in(accounts)), HERE)
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


def test_signing_in_and_being_signed_out_at_once_do_not_hold_each_other_up(
    database_url: str, rules: AccountRules
) -> None:
    """Each waits for the other at most; a deadlock would be a StoreError."""
    stores = [Store.open(database_url) for _ in range(2)]
    one, other = (Accounts(store, rules) for store in stores)
    user = add(one)
    for _ in range(10):
        tickets = [one.sign_in(ANN, PASSWORD, HERE).ticket for _ in range(3)]
        at_once(
            [partial(one.open_session, ticket, BROWSER, HERE) for ticket in tickets]
            + [partial(other.end_sessions, COMMAND_LINE, user.id) for _ in range(2)]
        )
    other.end_sessions(COMMAND_LINE, user.id)
    assert one.count_sessions() == {}
    for store in stores:
        store.close()
