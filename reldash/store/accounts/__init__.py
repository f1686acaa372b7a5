"""Accounts in Postgres: users, sign-ups, codes, sessions, API tokens, outbox, audit log."""

from reldash.store.accounts.sign_ups import PendingSignUp
from reldash.store.accounts.transaction import AccountsTransaction

__all__ = ["AccountsTransaction", "PendingSignUp"]
