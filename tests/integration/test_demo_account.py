"""The demo's offered account works while the demo runs, and not afterwards."""

import stat
from pathlib import Path
from secrets import token_hex

import pytest
from pydantic import SecretStr

from reldash.auth import Accounts, NextStep
from reldash.auth.factory import open_accounts
from reldash.commands.demo_account import offered_account
from reldash.config import Settings
from reldash.demo.secret_key import load_key
from reldash.domain.accounts import COMMAND_LINE, Role
from reldash.store import Store

KEY = token_hex(32)


@pytest.fixture
def accounts(store: Store) -> Accounts:
    return open_accounts(store, Settings(secret_key=SecretStr(KEY)))


def gets_in(accounts: Accounts, offered: str) -> bool:
    email, _, password = offered.partition(":")
    return accounts.sign_in(email, password, "127.0.0.1").step is NextStep.DONE


def test_the_offered_account_is_an_administrator_while_the_demo_runs(
    accounts: Accounts, database_url: str
) -> None:
    with offered_account(database_url, KEY) as offered:
        assert gets_in(accounts, offered)
        (user,) = accounts.list_users()
        assert (user.email, user.role) == ("demo@example.com", Role.ADMIN)
    assert not gets_in(accounts, offered)


def test_its_session_ends_with_the_demo(accounts: Accounts, database_url: str) -> None:
    with offered_account(database_url, KEY) as offered:
        email, _, password = offered.partition(":")
        ticket = accounts.sign_in(email, password, "127.0.0.1").ticket
        token = accounts.open_session(ticket, "Firefox", "127.0.0.1")
        assert token is not None
        assert accounts.check_session(token, activity=True) is not None
    assert accounts.check_session(token, activity=True) is None


def test_the_next_demo_restores_the_account(accounts: Accounts, database_url: str) -> None:
    accounts.add_user(COMMAND_LINE, "ann@example.com", Role.ADMIN, "a strange enough sentence")
    with offered_account(database_url, KEY) as first:
        user = accounts.find_user("demo@example.com")
        assert user is not None
        accounts.set_role(COMMAND_LINE, user.id, Role.VIEWER)
        accounts.disable(COMMAND_LINE, user.id)
        assert not gets_in(accounts, first)
    with offered_account(database_url, KEY) as second:
        assert gets_in(accounts, second)
        found = accounts.find_user("demo@example.com")
        assert found is not None
        assert found.role is Role.ADMIN
    assert first != second


def test_a_crashed_demo_leaves_no_usable_account(accounts: Accounts, database_url: str) -> None:
    accounts_offered = []

    def break_down() -> None:
        with offered_account(database_url, KEY) as offered:
            accounts_offered.append(offered)
            raise KeyError

    with pytest.raises(KeyError):
        break_down()
    assert not gets_in(accounts, accounts_offered[0])


def test_the_key_is_created_once_and_readable_by_its_owner_only(tmp_path: Path) -> None:
    key = load_key(tmp_path / "demo")
    assert load_key(tmp_path / "demo") == key
    assert load_key(tmp_path / "other") != key
    (file,) = (tmp_path / "demo").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    file.write_text("spoilt")
    assert load_key(tmp_path / "demo") not in {key, "spoilt"}
