"""The audit log: who did what, to whom, when, from where."""

from datetime import UTC, datetime

import pytest

from reldash.auth import AccountError, Accounts
from reldash.domain.accounts import COMMAND_LINE, Actor, MailKind, Role
from tests.integration.auth.account_helpers import (
    ADA,
    ANN,
    BOB,
    ELSEWHERE,
    HERE,
    HOUR,
    OTHER_PASSWORD,
    PASSWORD,
    add_user,
    open_session,
    session_user,
    sign_in,
    take_mail,
)


def lines(accounts: Accounts, **filters: str) -> list[tuple[str, str, str, str]]:
    """Return actor, action, target and address of entries, oldest first."""
    found = accounts.load_audit(**filters)  # type: ignore[arg-type]
    return [(each.actor, each.action, each.target, each.address) for each in reversed(found)]


def test_actions_are_logged_with_actor_and_client_address(accounts: Accounts) -> None:
    accounts.sign_up(ANN, "Ann", PASSWORD, HERE)
    begun = accounts.sign_in(ANN, PASSWORD, HERE)
    accounts.verify(begun.sign_up, take_mail(accounts, MailKind.SIGN_UP).code, HERE)
    token = sign_in(accounts)
    ann = session_user(accounts, token)
    accounts.sign_in(ANN, OTHER_PASSWORD, ELSEWHERE)
    token = open_session(accounts, accounts.change_password(ann, PASSWORD, OTHER_PASSWORD, HERE))
    accounts.set_role(COMMAND_LINE, ann.user_id, Role.ADMIN)
    admin = Actor(ANN, ann.user_id, HERE)
    bob = accounts.invite(admin, BOB, Role.VIEWER)
    accounts.disable(admin, bob.id)
    accounts.enable(admin, bob.id)
    accounts.end_sessions(admin, bob.id)
    ann = session_user(
        accounts, open_session(accounts, accounts.sign_in(ANN, OTHER_PASSWORD, HERE))
    )
    _, api_token = accounts.create_token(ann, "script", 1, HERE)
    accounts.revoke_token(ann, api_token.id, HERE)
    accounts.sign_out(ann, HERE)
    assert lines(accounts) == [
        (ANN, "signed up", "", HERE),
        (ANN, "signed in", "", HERE),
        (ANN, "sign-in failed", ANN, ELSEWHERE),
        (ANN, "password changed", "", HERE),
        ("command line", "changed role", ANN, ""),
        (ANN, "invited", BOB, HERE),
        (ANN, "disabled", BOB, HERE),
        (ANN, "enabled", BOB, HERE),
        (ANN, "ended sessions", BOB, HERE),
        (ANN, "signed in", "", HERE),
        (ANN, "made an API token", "", HERE),
        (ANN, "revoked an API token", "", HERE),
        (ANN, "signed out", "", HERE),
    ]


def test_refused_actions_are_not_logged_as_done(accounts: Accounts) -> None:
    ann = add_user(accounts, ANN, Role.ADMIN)
    before = lines(accounts)
    with pytest.raises(AccountError):
        accounts.disable(COMMAND_LINE, ann.id)
    assert lines(accounts) == before


def test_the_log_is_filtered_by_text_action_and_time(accounts: Accounts) -> None:
    for email in (ANN, BOB):
        add_user(accounts, email)
    sign_in(accounts, ANN)
    accounts.sign_in(BOB, OTHER_PASSWORD, ELSEWHERE)
    assert [line[1] for line in lines(accounts, text="BOB@")] == ["added user", "sign-in failed"]
    assert [line[0] for line in lines(accounts, text="198.51")] == [BOB]
    assert [line[2] for line in lines(accounts, action="added user")] == [ANN, BOB]
    assert lines(accounts, text="%") == []
    assert lines(accounts, text="'; DROP TABLE audit; --\x00") == []
    assert accounts.list_actions() == ["added user", "sign-in failed", "signed in"]
    now = datetime.now(UTC)
    assert accounts.load_audit(since=now + HOUR) == []
    assert accounts.load_audit(until=now - HOUR) == []
    assert len(accounts.load_audit(since=now - HOUR, until=now + HOUR)) == 4
    assert len(accounts.load_audit(limit=2)) == 2


def test_a_password_typed_as_an_address_is_not_logged(accounts: Accounts) -> None:
    accounts.sign_in("my secret password", PASSWORD, HERE)
    assert "secret" not in str(accounts.load_audit())


def test_entries_keep_the_address_a_user_had_at_the_time(accounts: Accounts) -> None:
    add_user(accounts, ANN)
    ann = session_user(accounts, sign_in(accounts))
    accounts.change_email(ann, ADA, PASSWORD, HERE)
    code = take_mail(accounts, MailKind.EMAIL, ADA).code
    assert accounts.confirm_email(ann, ADA, code, HERE).ok
    newest = accounts.load_audit()[0]
    assert (newest.actor, newest.action, newest.detail) == (ANN, "changed e-mail", {"to": ADA})
