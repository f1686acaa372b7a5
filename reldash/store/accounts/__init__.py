"""Accounts in Postgres: users, what they prove, sessions, tokens, mails to be sent, audit log."""

from reldash.store.accounts.sign_ups import PendingSignUp
from reldash.store.accounts.transaction import AccountsTransaction

__all__ = ["AccountsTransaction", "PendingSignUp"]
