"""Fixtures: accounts in this test's own database."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import psycopg2
import pytest
from argon2 import PasswordHasher

from reldash.auth import AccountRules, Accounts, passwords
from reldash.store import Store

SECRET_KEY = bytes(range(32))


@pytest.fixture(autouse=True)
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Use minimal Argon2 parameters; tests of the real ones restore them."""
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(passwords, "HASHER", quick)


@pytest.fixture
def rules() -> AccountRules:
    """The rules of `accounts`; a test may override them with a fixture of its own."""
    return AccountRules(SECRET_KEY)


@pytest.fixture
def accounts(store: Store, rules: AccountRules) -> Accounts:
    """Accounts with `rules`."""
    return Accounts(store, rules)


@pytest.fixture
def connection(database_url: str) -> Iterator[Any]:
    """A plain connection to this test's database, bypassing the store."""
    with closing(psycopg2.connect(database_url)) as opened:
        opened.autocommit = True
        yield opened
