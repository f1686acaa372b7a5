"""Sessions for tests of pages and routes, opened as any other: there is no way around sign-in."""

from contextlib import closing

from reldash.auth import AccountRules, Accounts
from reldash.domain.accounts import COMMAND_LINE, Role
from reldash.store import Store

KEY = "8f2a61c4d7e05b93a1f6c82e4d703b59e6d1b07c3f8a29457c10d9e5b34f68a2"
COOKIE = "reldash_session"
HERE = "127.0.0.1"
VIEWER, ADMIN = "vera@example.com", "ada@example.com"
PASSWORD = "four quiet harbours"


def accounts_of(store: Store) -> Accounts:
    """The accounts of a store, with the key that servers of tests have."""
    return Accounts(store, AccountRules(bytes.fromhex(KEY)))


def add_user(accounts: Accounts, email: str = VIEWER, role: Role = Role.VIEWER) -> str:
    """An account with `PASSWORD`; returns its id."""
    return accounts.add_user(COMMAND_LINE, email, role, PASSWORD, email.partition("@")[0]).id


def open_session(
    accounts: Accounts, email: str = VIEWER, device: str = "a test", address: str = HERE
) -> str:
    """The token of a new session of an account with `PASSWORD`."""
    outcome = accounts.sign_in(email, PASSWORD, address)
    token = accounts.open_session(outcome.ticket, device, address)
    assert token is not None, outcome
    return token


def new_session(database_url: str, email: str = VIEWER, role: Role = Role.VIEWER) -> str:
    """The token of a session of a user of this database, who is made if need be."""
    with closing(Store.open(database_url)) as store:
        accounts = accounts_of(store)
        if accounts.find_user(email) is None:
            add_user(accounts, email, role)
        return open_session(accounts, email)
