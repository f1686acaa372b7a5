"""The demo account, offered on the sign-in page while the demo runs."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from pydantic import SecretStr

from reldash.auth import Accounts
from reldash.auth.factory import open_accounts
from reldash.config import Settings
from reldash.domain.accounts import COMMAND_LINE, Role, User
from reldash.errors import ReldashError
from reldash.store import Store

EMAIL = "demo@example.com"
NAME = "Demo visitor"


@contextmanager
def offered_account(database_url: str, key: str) -> Iterator[str]:
    """An administrator account for the block; yields the value for RELDASH_OFFERED_ACCOUNT.

    The password is random and replaced at the end of the block, since the embedded database may
    serve real clusters later.

    Raises:
        StoreError: the database cannot be reached.
    """
    store = Store.open(database_url)
    try:
        accounts = open_accounts(store, Settings(secret_key=SecretStr(key)))
        password = secrets.token_urlsafe(12)
        visitor = _enable_visitor(accounts, password)
        try:
            yield f"{EMAIL}:{password}"
        finally:
            with suppress(ReldashError):  # without the database nobody can sign in either
                accounts.set_password(visitor, secrets.token_urlsafe(32))
    finally:
        store.close()


def _enable_visitor(accounts: Accounts, password: str) -> User:
    user = accounts.find_user(EMAIL)
    if user is None:
        return accounts.add_user(COMMAND_LINE, EMAIL, Role.ADMIN, password, NAME)
    accounts.enable(COMMAND_LINE, user.id)
    accounts.set_role(COMMAND_LINE, user.id, Role.ADMIN)
    accounts.set_password(user, password)
    return user
