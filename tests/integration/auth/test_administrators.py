"""User administration, and that one administrator always remains."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from reldash.auth import AccountError, AccountRules, Accounts
from reldash.domain.accounts import COMMAND_LINE, Actor, MailKind, Role
from reldash.store import Store
from tests.integration.auth.account_helpers import (
    ADA,
    ANN,
    BOB,
    HERE,
    PASSWORD,
    add_user,
    run_concurrently,
    send_mails,
    session_user,
    sign_in,
)

CHANGES: dict[str, Callable[[Accounts, Actor, str], object]] = {
    "invite": lambda accounts, actor, _: accounts.invite(actor, "new@example.com", Role.VIEWER),
    "add": lambda a, actor, _: a.add_user(actor, "new@example.com", Role.VIEWER, PASSWORD),
    "role": lambda accounts, actor, user: accounts.set_role(actor, user, Role.ADMIN),
    "disable": lambda accounts, actor, user: accounts.disable(actor, user),
    "enable": lambda accounts, actor, user: accounts.enable(actor, user),
    "end sessions": lambda accounts, actor, user: accounts.end_sessions(actor, user),
    "forget identity": lambda accounts, actor, user: accounts.forget_identity(actor, user),
}


@pytest.mark.parametrize("change", CHANGES)
def test_viewers_and_former_administrators_change_nothing(
    accounts: Accounts, connection: Any, change: str
) -> None:
    """Rights are checked in the database, not from an open page."""
    bob = add_user(accounts, BOB)
    viewer, former = add_user(accounts, ANN), add_user(accounts, ADA, Role.ADMIN)
    add_user(accounts, "last@example.com", Role.ADMIN)
    accounts.set_role(COMMAND_LINE, former.id, Role.VIEWER)
    for user in (viewer, former):
        with pytest.raises(AccountError, match="Not allowed"):
            CHANGES[change](accounts, Actor(user.email, user.id, HERE), bob.id)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM audit WHERE actor_id IS NOT NULL")
        assert cursor.fetchone() == (0,)


@pytest.mark.parametrize("user_id", ["", "x", "0" * 1000, "00000000-0000-0000-0000-000000000000"])
def test_an_unknown_user_id_is_refused(accounts: Accounts, user_id: str) -> None:
    for change in (accounts.disable, accounts.enable, accounts.end_sessions):
        with pytest.raises(AccountError, match="No such user"):
            change(COMMAND_LINE, user_id)


def test_the_last_administrator_can_be_neither_disabled_nor_demoted(accounts: Accounts) -> None:
    ann = add_user(accounts, ANN, Role.ADMIN)
    disabled = add_user(accounts, BOB, Role.ADMIN)
    accounts.disable(COMMAND_LINE, disabled.id)
    accounts.invite(COMMAND_LINE, ADA, Role.ADMIN)  # cannot sign in yet, so does not count
    actor = Actor(ANN, ann.id, HERE)
    for by in (actor, COMMAND_LINE):
        with pytest.raises(AccountError, match="Last administrator"):
            accounts.disable(by, ann.id)
        with pytest.raises(AccountError, match="Last administrator"):
            accounts.set_role(by, ann.id, Role.VIEWER)
    assert session_user(accounts, sign_in(accounts)).is_admin


def test_administrators_who_remove_each_other_at_once_leave_one(
    database_url: str, rules: AccountRules, connection: Any
) -> None:
    stores = [Store.open(database_url) for _ in range(2)]
    several = [Accounts(store, rules) for store in stores]
    admins = [add_user(several[0], f"admin{number}@example.com", Role.ADMIN) for number in range(6)]

    def remove(accounts: Accounts, number: int) -> bool:
        actor, victim = admins[number], admins[(number + 1) % len(admins)]
        try:
            if number % 2:
                accounts.disable(Actor(actor.email, actor.id), victim.id)
            else:
                accounts.set_role(Actor(actor.email, actor.id), victim.id, Role.VIEWER)
        except AccountError:
            return False
        return True

    run_concurrently([partial(remove, several[n % 2], n) for n in range(len(admins))])
    for store in stores:
        store.close()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM users WHERE role = 'admin' AND disabled_at IS NULL")
        (left,) = cursor.fetchone()
    assert left >= 1


def test_two_administrators_who_demote_each_other_leave_one_of_them(
    database_url: str, rules: AccountRules
) -> None:
    stores = [Store.open(database_url) for _ in range(2)]
    several = [Accounts(store, rules) for store in stores]

    def demote(accounts: Accounts, by: str, victim: str) -> bool:
        try:
            accounts.set_role(Actor("", by), victim, Role.VIEWER)
        except AccountError:
            return False
        return True

    for _ in range(5):
        ann, bob = (
            several[0].find_user(email) or add_user(several[0], email, Role.ADMIN)
            for email in (ANN, BOB)
        )
        for user in (ann, bob):
            several[0].set_role(COMMAND_LINE, user.id, Role.ADMIN)

        done = run_concurrently(
            [
                partial(demote, several[0], ann.id, bob.id),
                partial(demote, several[1], bob.id, ann.id),
            ]
        )
        assert sum(done) == 1
    for store in stores:
        store.close()


def test_a_disabled_user_cannot_sign_in_until_enabled(accounts: Accounts) -> None:
    user = add_user(accounts)
    token = sign_in(accounts)
    accounts.disable(COMMAND_LINE, user.id)
    accounts.disable(COMMAND_LINE, user.id)
    assert accounts.check_session(token) is None
    assert not accounts.sign_in(ANN, PASSWORD, HERE).ok
    accounts.enable(COMMAND_LINE, user.id)
    assert accounts.check_session(token) is None
    assert accounts.sign_in(ANN, PASSWORD, HERE).ok


def test_ending_sessions_returns_their_number(accounts: Accounts) -> None:
    user = add_user(accounts)
    tokens = [sign_in(accounts) for _ in range(3)]
    assert accounts.end_sessions(COMMAND_LINE, user.id) == 3
    assert [accounts.check_session(token) for token in tokens] == [None] * 3
    assert accounts.end_sessions(COMMAND_LINE, user.id) == 0


def test_an_invitation_can_be_resent_with_another_role(accounts: Accounts) -> None:
    first = accounts.invite(COMMAND_LINE, ANN, Role.VIEWER)
    again = accounts.invite(COMMAND_LINE, ANN, Role.ADMIN)
    assert again.id == first.id
    assert again.role is Role.ADMIN
    assert [mail.kind for mail in send_mails(accounts)] == [MailKind.INVITATION] * 2


def test_an_existing_account_cannot_be_invited_or_added_again(accounts: Accounts) -> None:
    add_user(accounts)
    with pytest.raises(AccountError, match="Account exists"):
        accounts.invite(COMMAND_LINE, ANN, Role.ADMIN)
    with pytest.raises(AccountError, match="Account exists"):
        add_user(accounts, ANN, Role.ADMIN)
    found = accounts.find_user(ANN)
    assert found is not None
    assert found.role is Role.VIEWER


def test_users_are_listed_by_address(accounts: Accounts) -> None:
    for email in (BOB, ANN):
        add_user(accounts, email)
    accounts.invite(COMMAND_LINE, ADA, Role.ADMIN)
    sign_in(accounts)
    listed = {user.email: user for user in accounts.list_users()}
    assert list(listed) == [ADA, ANN, BOB]
    assert [user.is_active for user in listed.values()] == [False, True, True]
    assert listed[ANN].last_sign_in_at is not None
    assert listed[BOB].last_sign_in_at is None
