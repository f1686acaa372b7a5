"""API tokens: shown once, named, expiring, revocable."""

from typing import Any

import pytest

from reldash.auth import AccountError, Accounts
from reldash.domain.accounts import COMMAND_LINE, Role
from tests.integration.auth.account_helpers import (
    ANN,
    BOB,
    DAY,
    HERE,
    SECOND,
    add_user,
    pass_time,
    session_user,
    sign_in,
)


def test_a_token_identifies_its_user_until_revoked(accounts: Accounts) -> None:
    add_user(accounts)
    ann = session_user(accounts, sign_in(accounts))
    text, token = accounts.create_token(ann, "nightly report", 30, HERE)
    assert text.startswith("rd_")
    found = accounts.check_token(text)
    assert found is not None
    assert (found.user_id, found.role, found.session_id) == (ann.user_id, Role.VIEWER, "")
    (listed,) = accounts.list_tokens(ann)
    assert (listed.id, listed.name) == (token.id, "nightly report")
    assert listed.last_used_at is not None
    assert accounts.revoke_token(ann, token.id, HERE) is True
    assert accounts.check_token(text) is None
    assert accounts.list_tokens(ann) == []
    assert accounts.revoke_token(ann, token.id, HERE) is False


def test_the_database_does_not_hold_the_token(accounts: Accounts, connection: Any) -> None:
    add_user(accounts)
    ann = session_user(accounts, sign_in(accounts))
    text, token = accounts.create_token(ann, "script", 30, HERE)
    with connection.cursor() as cursor:
        cursor.execute("SELECT t::text FROM api_tokens t UNION ALL SELECT a::text FROM audit a")
        rows = str(cursor.fetchall())
    assert text not in rows
    assert text.removeprefix("rd_") not in rows + repr(token)


def test_a_token_expires(accounts: Accounts, connection: Any) -> None:
    add_user(accounts)
    text, _ = accounts.create_token(session_user(accounts, sign_in(accounts)), "script", 1, HERE)
    pass_time(connection, DAY + SECOND)
    assert accounts.check_token(text) is None


def test_the_token_of_a_disabled_user_is_refused(accounts: Accounts) -> None:
    user = add_user(accounts)
    text, _ = accounts.create_token(session_user(accounts, sign_in(accounts)), "script", 1, HERE)
    accounts.disable(COMMAND_LINE, user.id)
    assert accounts.check_token(text) is None


def test_a_token_has_the_current_role_of_its_user(accounts: Accounts) -> None:
    user = add_user(accounts)
    text, _ = accounts.create_token(session_user(accounts, sign_in(accounts)), "script", 1, HERE)
    accounts.set_role(COMMAND_LINE, user.id, Role.ADMIN)
    found = accounts.check_token(text)
    assert found is not None
    assert found.is_admin


def test_a_token_cannot_change_accounts(accounts: Accounts) -> None:
    add_user(accounts)
    text, _ = accounts.create_token(session_user(accounts, sign_in(accounts)), "script", 1, HERE)
    by_token = accounts.check_token(text)
    assert by_token is not None
    with pytest.raises(AccountError, match="Signed out"):
        accounts.create_token(by_token, "another", 365, HERE)
    with pytest.raises(AccountError, match="Signed out"):
        accounts.set_name(by_token, "Eve", HERE)


def test_users_can_revoke_only_their_own_tokens(accounts: Accounts) -> None:
    add_user(accounts, ANN)
    add_user(accounts, BOB)
    ann, bob = (
        session_user(accounts, sign_in(accounts)),
        session_user(accounts, sign_in(accounts, BOB)),
    )
    text, token = accounts.create_token(ann, "script", 1, HERE)
    assert accounts.revoke_token(bob, token.id, HERE) is False
    assert accounts.revoke_token(ann, "no id", HERE) is False
    assert accounts.list_tokens(bob) == []
    assert accounts.check_token(text) is not None


@pytest.mark.parametrize("days", [0, -1, 366, 10**12])
def test_a_lifetime_is_one_day_to_a_year(accounts: Accounts, days: int) -> None:
    add_user(accounts)
    with pytest.raises(AccountError, match="1 to 365 days"):
        accounts.create_token(session_user(accounts, sign_in(accounts)), "script", days, HERE)


def test_a_user_can_have_at_most_twenty_tokens(accounts: Accounts) -> None:
    add_user(accounts)
    ann = session_user(accounts, sign_in(accounts))
    for number in range(20):
        accounts.create_token(ann, f"script {number}", 1, HERE)
    with pytest.raises(AccountError, match="Too many tokens"):
        accounts.create_token(ann, "one more", 1, HERE)
